"""Whole training steps: forward, loss, backward, Adam, in float32."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .models import cnn, gpt, lstm, mlp, resnet20, vit


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


@dataclass(frozen=True)
class Workload:
    """A model and its batch: `shape` is that of a sample; with a vocabulary, samples and targets are tokens."""

    name: str
    model: Callable[[Any, Any], Any]
    batch: int
    shape: tuple[int, ...]
    classes: int = 10
    vocabulary: int | None = None

    def step(self, engine: Engine, batch: int | None = None) -> Callable[[], Any]:
        """A function that does one whole step and returns the loss."""
        core, count = engine.core, batch or self.batch
        core.manual_seed(0)
        model = self.model(core, engine.nn).to(engine.device)
        if self.vocabulary is None:
            x = core.randn(count, *self.shape, device=engine.device)
            y = core.randint(0, self.classes, (count,), device=engine.device)
        else:
            x = core.randint(0, self.vocabulary, (count, *self.shape), device=engine.device)
            y = core.randint(0, self.vocabulary, (x.numel(),), device=engine.device)
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
    Workload("MLP 64-32-10", mlp(64, 32, 10), 64, (64,)),
    Workload("MLP 784-128-10", mlp(784, 128, 10), 64, (784,)),
    Workload("MLP 784-512-512-10", mlp(784, 512, 512, 10), 128, (784,)),
    Workload("MLP 1024-2048-2048-1000", mlp(1024, 2048, 2048, 1000), 256, (1024,), classes=1000),
    Workload("CNN 28x28, 32 and 64 channels", cnn, 64, (1, 28, 28)),
    Workload("ResNet-20 32x32", resnet20, 32, (3, 32, 32)),
    Workload("GPT 4 layers, width 128, context 128", gpt(65, 128, 128, 4, 4), 16, (128,), vocabulary=65),
    Workload("LSTM 128 hidden, 64 steps", lstm(64, 128), 32, (64, 64)),
    Workload("ViT 4 layers, width 96, 65 tokens", vit(96, 4, 4), 32, (3, 32, 32)),
]
BY_NAME = {workload.name: workload for workload in WORKLOADS}
