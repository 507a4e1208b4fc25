"""Trains a residual network on CIFAR-10, with skip connections or without, as in the paper of 2015.

Give the folder that holds `cifar-10-batches-py` or `cifar-10-batches-bin` (from the dataset's home page;
nothing is downloaded). The paper's settings are the defaults: 64,000 steps of SGD with momentum, the rate
divided by ten twice, random crops and flips.

    python examples/cifar_resnet.py --data ~/data [--depth 20] [--plain] [--device cuda] [--amp]
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # runs from a checkout without an install

import autograd
import nn
import nn.functional as F
import optim
from autograd.amp import GradScaler
from autograd.data import DataLoader, datasets, transforms
from nn.models import CifarResNet

MEAN, DEVIATION = (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)


def loaders(options: argparse.Namespace) -> tuple[DataLoader, DataLoader]:
    """Training batches with random crops and flips, and test batches as they are."""
    plain = [transforms.ToTensor(), transforms.Normalize(MEAN, DEVIATION)]
    augmented = [transforms.RandomCrop(32, padding=4), transforms.RandomHorizontalFlip(), *plain]
    train = datasets.CIFAR10(options.data, train=True, transform=transforms.Compose(augmented))
    test = datasets.CIFAR10(options.data, train=False, transform=transforms.Compose(plain))
    common = {"num_workers": options.workers, "persistent_workers": options.workers > 0}
    return (
        DataLoader(train, options.batch, shuffle=True, drop_last=True, **common),
        DataLoader(test, 500, **common),
    )


@autograd.no_grad()
def accuracy(model: nn.Module, loader: DataLoader, device: str) -> float:
    """The share of images whose class the model finds."""
    model.eval()
    right = total = 0
    for x, y in loader:
        right += int((model(x.to(device)).argmax(1) == y.to(device)).sum())
        total += len(y)
    return right / total


def main(arguments: list[str] | None = None) -> float:
    """Trains and returns the accuracy on the test images."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder with CIFAR-10's files")
    parser.add_argument("--depth", type=int, default=20, help="6n + 2 layers: 20, 32, 44, 56, 110")
    parser.add_argument("--plain", action="store_true", help="without skip connections")
    parser.add_argument("--epochs", type=int, default=164)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--lr", type=float, default=0.1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--amp", action="store_true", help="convolutions in half precision")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--checkpoint", type=Path, help="a file to write each epoch, and to go on from")
    options = parser.parse_args(arguments)

    autograd.manual_seed(options.seed)
    train, test = loaders(options)
    model = CifarResNet(options.depth, skip=not options.plain).to(options.device)
    size = nn.summary(model, (1, 3, 32, 32)).total
    print(f"{size.parameters:,} parameters, {size.multiply_adds:,} multiply-adds an image")
    optimizer = optim.SGD(model.parameters(), options.lr, momentum=0.9, weight_decay=1e-4)
    halfway = [options.epochs // 2, options.epochs * 3 // 4]
    scheduler = optim.lr_scheduler.MultiStepLR(optimizer, halfway, gamma=0.1)
    scaler = GradScaler(options.device, enabled=options.amp)

    parts = {"model": model, "optimizer": optimizer, "scheduler": scheduler}
    first = 0
    if options.checkpoint is not None and options.checkpoint.exists():
        first = autograd.load_checkpoint(options.checkpoint, map_location=options.device, **parts)["epoch"]

    share = 0.0
    for epoch in range(first, options.epochs):
        model.train()
        start, total = time.perf_counter(), 0.0
        for x, y in train:
            optimizer.zero_grad()
            with autograd.autocast(options.device, enabled=options.amp):
                value = F.cross_entropy(model(x.to(options.device)), y.to(options.device))
            scaler.scale(value).backward()
            scaler.step(optimizer)
            scaler.update()
            total += value.item()
        scheduler.step()
        share = accuracy(model, test, options.device)
        seconds = time.perf_counter() - start
        print(
            f"epoch {epoch + 1}: loss {total / len(train):.3f}, test accuracy {share:.2%}, {seconds:.1f} s", flush=True
        )
        if options.checkpoint is not None:
            options.checkpoint.parent.mkdir(parents=True, exist_ok=True)
            autograd.save_checkpoint(options.checkpoint, **parts, epoch=epoch + 1)
    return share


if __name__ == "__main__":
    main()
