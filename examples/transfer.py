"""Transfer learning: what a network learned about some digits describes others that it never saw.

A network learns scikit-learn's digits 0 to 4, each somewhere on a larger canvas, and its weights go to a
file. A second one loads them, drops its head, and its features, frozen, become descriptors of the digits 5
to 9: a new linear head is trained on a few of them. Beside it, the same head on the raw pixels and on the
features of random weights.

    python examples/transfer.py [--weights out/zero_to_four.safetensors] [--examples 5]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # runs from a checkout without an install

from sklearn.datasets import load_digits

import autograd
import nn
import nn.functional as F
import optim
from autograd import Tensor
from autograd.data import DataLoader, TensorDataset


class Net(nn.Module):
    """Convolutions that find features (N, 64), and a linear head on them."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1),
            nn.BatchNorm2d(16),
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, padding=1),
            nn.BatchNorm2d(32),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3, padding=1),
            nn.BatchNorm2d(64),
            nn.ReLU(),
            nn.AdaptiveMaxPool2d(1),
            nn.Flatten(),
        )
        self.head = nn.Linear(64, classes)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.features(x))


def scattered(images: Tensor, size: int) -> Tensor:
    """Each picture (N, 1, 8, 8) at a random place of an empty canvas."""
    canvas = autograd.full((len(images), 1, size, size), -1.0)
    places = autograd.randint(0, size - 7, (len(images), 2)).tolist()
    for picture, image, (top, left) in zip(canvas, images, places, strict=True):
        picture[:, top : top + 8, left : left + 8] = image
    return canvas


def train(model: nn.Module, x: Tensor, y: Tensor, epochs: int, lr: float) -> None:
    """Adam on the parameters that are to be trained."""
    optimizer = optim.Adam([p for p in model.parameters() if p.requires_grad], lr=lr, weight_decay=1e-4)
    loader = DataLoader(TensorDataset(x, y), batch_size=64, shuffle=True)
    model.train()
    for _ in range(epochs):
        for inputs, targets in loader:
            optimizer.zero_grad()
            F.cross_entropy(model(inputs), targets).backward()
            optimizer.step()


@autograd.no_grad()
def accuracy(model: nn.Module, x: Tensor, y: Tensor) -> float:
    """The share of right answers."""
    model.eval()
    return float((model(x).argmax(1) == y).float().mean())


@autograd.no_grad()
def descriptors(model: Net, x: Tensor) -> Tensor:
    """The features of a frozen network, (N, 64), scaled to length 1."""
    model.eval()
    return F.normalize(model.features(x), dim=1)


def main(arguments: list[str] | None = None) -> dict[str, float]:
    """Trains, and returns the accuracy of each kind of descriptor on held-out digits 5 to 9."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--weights", type=Path, default=Path("out/zero_to_four.safetensors"))
    parser.add_argument("--examples", type=int, default=5, help="how many of each new digit the head learns from")
    parser.add_argument("--canvas", type=int, default=12, help="height and width of the pictures")
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    autograd.manual_seed(options.seed)

    bunch = load_digits()
    digits = autograd.tensor(bunch.images / 8.0 - 1.0, dtype=autograd.float32).unsqueeze(1)
    images = scattered(digits, options.canvas).to(options.device)
    targets = autograd.tensor(bunch.target).to(options.device)
    old, new = targets < 5, targets >= 5

    teacher = Net(5).to(options.device)
    if options.weights.exists():
        print(f"weights from {options.weights}")
        teacher.load_state_dict(autograd.load(options.weights, map_location=options.device))
    else:
        train(teacher, images[old], targets[old], options.epochs, lr=3e-3)
        options.weights.parent.mkdir(parents=True, exist_ok=True)
        autograd.save(teacher.state_dict(), options.weights)
    print(f"digits 0 to 4, as it was taught: {accuracy(teacher, images[old], targets[old]):.1%}")

    x, y = images[new], targets[new] - 5
    order = autograd.randperm(len(y)).to(options.device)
    x, y = x[order], y[order]
    shown = autograd.cat([(y == digit).nonzero().flatten()[: options.examples] for digit in range(5)])
    held_out = autograd.ones(len(y), dtype=autograd.bool, device=options.device)
    held_out[shown] = False

    fresh = Net(5).to(options.device)
    kinds = {
        "raw pixels": F.normalize(x.flatten(1), dim=1),
        "features of random weights": descriptors(fresh, x),
        "features learned from 0 to 4": descriptors(teacher, x),
    }
    results = {}
    for kind, described in kinds.items():
        head = nn.Linear(described.shape[1], 5).to(options.device)
        train(head, described[shown], y[shown], epochs=300, lr=0.03)
        results[kind] = accuracy(head, described[held_out], y[held_out])
        print(f"digits 5 to 9 from {options.examples} examples each, {kind}: {results[kind]:.1%}")
    return results


if __name__ == "__main__":
    main()
