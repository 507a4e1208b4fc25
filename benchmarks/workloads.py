"""Whole training steps, written once for both engines: forward, loss, backward, Adam, in float32."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Engine:
    """One way to run a workload: an engine with its packages, on a device."""

    name: str
    core: Any
    nn: Any
    optim: Any
    device: str
    synchronize: Callable[[], None]
    adam_options: dict[str, Any]
    wrap: Callable[[Callable[[], Any]], Callable[[], Any]]


def _mlp(nn: Any, *sizes: int) -> Any:
    layers: list[Any] = []
    for inputs, outputs in itertools.pairwise(sizes):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def _cnn(nn: Any) -> Any:
    return nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(64 * 7 * 7, 128),
        nn.ReLU(),
        nn.Linear(128, 10),
    )


@dataclass(frozen=True)
class Workload:
    """A model, the shape of its batch, and what this project aims at: our time over PyTorch's on the CPU."""

    name: str
    model: Callable[[Any], Any]
    shape: tuple[int, ...]
    target: float

    def step(self, engine: Engine) -> Callable[[], Any]:
        """A function that does one whole step."""
        engine.core.manual_seed(0)
        model = self.model(engine.nn).to(engine.device)
        x = engine.core.randn(*self.shape, device=engine.device)
        y = engine.core.randint(0, 10, (self.shape[0],), device=engine.device)
        optimizer = engine.optim.Adam(model.parameters(), lr=1e-3, **engine.adam_options)
        loss_of = engine.nn.CrossEntropyLoss()

        def step() -> Any:
            optimizer.zero_grad()
            loss = loss_of(model(x), y)
            loss.backward()
            optimizer.step()
            return loss.detach()

        return engine.wrap(step)


WORKLOADS = [
    Workload("MLP 64-32-10, batch 64", lambda nn: _mlp(nn, 64, 32, 10), (64, 64), 1.0),
    Workload("MLP 784-128-10, batch 64", lambda nn: _mlp(nn, 784, 128, 10), (64, 784), 1.0),
    Workload("MLP 784-512-512-10, batch 128", lambda nn: _mlp(nn, 784, 512, 512, 10), (128, 784), 1.0),
    Workload("CNN 28x28, 32 and 64 channels, batch 64", _cnn, (64, 1, 28, 28), 1.3),
]
