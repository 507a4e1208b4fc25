"""Trains a small convolutional network on real handwritten digits and draws what it learned.

The data are scikit-learn's 1,797 digits of 8x8 pixels (E. Alpaydin, C. Kaynak, 1998). The loop is an
ordinary PyTorch one; only the imports differ.

    python examples/digits.py [--device cuda] [--epochs 20] [--seed 0] [--out out/digits.png]
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # runs from a checkout without an install

import numpy as np
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from tqdm import tqdm

import autograd
import nn
import nn.functional as F
import optim
from autograd.data import DataLoader, Dataset, random_split

HELD_OUT = 360


class Digits(Dataset):
    """Pictures (1, 8, 8) with values in [-1, 1], and their classes."""

    def __init__(self) -> None:
        bunch = load_digits()
        self.images = autograd.tensor(bunch.images / 8.0 - 1.0, dtype=autograd.float32).unsqueeze(1)
        self.targets = autograd.tensor(bunch.target)

    def __len__(self) -> int:
        return len(self.targets)

    def __getitem__(self, index: int) -> tuple[autograd.Tensor, autograd.Tensor]:
        return self.images[index], self.targets[index]


class Net(nn.Module):
    """Two convolutions with batch normalisation, and a linear head over what they found."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, kernel_size=3, padding=1)
        self.norm1 = nn.BatchNorm2d(16)
        self.conv2 = nn.Conv2d(16, 32, kernel_size=3, padding=1)
        self.norm2 = nn.BatchNorm2d(32)
        self.pool = nn.MaxPool2d(2)
        self.dropout = nn.Dropout(0.3)
        self.head = nn.Linear(32 * 2 * 2, 10)

    def forward(self, x: autograd.Tensor) -> autograd.Tensor:
        x = self.pool(F.relu(self.norm1(self.conv1(x))))
        x = self.pool(F.relu(self.norm2(self.conv2(x))))
        return self.head(self.dropout(x.flatten(1)))


def train(model: nn.Module, loader: DataLoader, optimizer: optim.Optimizer, device: autograd.device, bar: tqdm) -> list:
    """One pass over the training digits; the loss of each batch."""
    model.train()
    losses = []
    for images, targets in loader:
        images, targets = images.to(device), targets.to(device)
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images), targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        bar.update()
        bar.set_postfix(loss=f"{losses[-1]:.3f}", refresh=False)
    return losses


@autograd.no_grad()
def predict(model: nn.Module, loader: DataLoader, device: autograd.device) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The digits of a loader with their classes and the model's guesses."""
    model.eval()
    seen = [(images, targets, model(images.to(device)).argmax(1).cpu()) for images, targets in loader]
    images, targets, guesses = (autograd.cat(part).numpy() for part in zip(*seen, strict=True))
    return images[:, 0], targets, guesses


def draw(path: Path, losses: list[float], accuracies: list[float], filters: np.ndarray, wrong: list[tuple]) -> None:
    """The loss curve, the filters of the first layer, and the digits that were taken for others."""
    figure = Figure(figsize=(11, 7), layout="constrained")
    top, bottom = figure.subfigures(2, 1, height_ratios=[2, 1])
    left, right = top.subfigures(1, 2, width_ratios=[2, 1])

    axes = left.subplots()
    axes.plot(losses, color="tab:blue", linewidth=0.8)
    axes.set(xlabel="step", ylabel="training loss", yscale="log")
    beside = axes.twinx()
    steps = np.linspace(0, len(losses), len(accuracies) + 1)[1:]
    beside.plot(steps, [100 * each for each in accuracies], color="tab:orange", marker=".")
    beside.set(ylabel="held-out accuracy (%)")

    right.suptitle("filters of the first layer")
    reach = np.abs(filters).max()
    for axes, picture in zip(right.subplots(4, 4).flat, filters[:, 0], strict=True):
        axes.imshow(picture, cmap="RdBu", vmin=-reach, vmax=reach)
        axes.axis("off")

    bottom.suptitle(f"{len(wrong)} of {HELD_OUT} held-out digits taken for others")
    for axes, mistake in zip(bottom.subplots(1, 8).flat, wrong[:8] + [None] * 8, strict=False):
        axes.axis("off")
        if mistake is not None:
            picture, target, guess = mistake
            axes.imshow(picture, cmap="gray_r")
            axes.set_title(f"{target} taken for {guess}", fontsize=8)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)


def main(arguments: list[str] | None = None) -> float:
    """Trains, reports, draws; returns the accuracy on the held-out digits."""
    parser = argparse.ArgumentParser(description="Trains a small CNN on scikit-learn's digits.")
    parser.add_argument("--device", default="cpu", help="cpu, cuda, cuda:1, ...")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("out/digits.png"), help="where the picture goes")
    options = parser.parse_args(arguments)
    try:
        device = autograd.device(options.device)
        autograd.zeros(1, device=device)
    except RuntimeError as error:
        parser.error(str(error))

    autograd.manual_seed(options.seed)
    digits = Digits()
    training, held_out = random_split(digits, [len(digits) - HELD_OUT, HELD_OUT])
    loader = DataLoader(training, batch_size=64, shuffle=True)
    test_loader = DataLoader(held_out, batch_size=HELD_OUT)

    model = Net().to(device)
    optimizer = optim.Adam(model.parameters(), lr=3e-3)
    losses: list[float] = []
    accuracies: list[float] = []
    start = time.perf_counter()
    with tqdm(total=options.epochs * len(loader), unit="batch", mininterval=0.2) as bar:
        for epoch in range(1, options.epochs + 1):
            if epoch == options.epochs * 3 // 4:
                optimizer.param_groups[0]["lr"] /= 10
            epoch_losses = train(model, loader, optimizer, device, bar)
            images, targets, guesses = predict(model, test_loader, device)
            losses += epoch_losses
            accuracies.append(float((guesses == targets).mean()))
            tqdm.write(
                f"epoch {epoch:2}  loss {np.mean(epoch_losses):.6f}  held-out accuracy {accuracies[-1]:.2%}",
                file=sys.stdout,
            )
    wrong = [mistake for mistake in zip(images, targets, guesses, strict=True) if mistake[1] != mistake[2]]
    draw(options.out, losses, accuracies, model.conv1.weight.detach().cpu().numpy(), wrong)
    print(f"{accuracies[-1]:.2%} of {HELD_OUT} held-out digits right after {time.perf_counter() - start:.1f} s")
    print(f"picture: {options.out}")
    return accuracies[-1]


if __name__ == "__main__":
    main()
