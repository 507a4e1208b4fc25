"""Networks in bfloat16 train as torch's do: losses of twenty steps within two hundredths, from the same parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F
import optim
from autograd import bfloat16
from autograd.capture import record
from autograd.data import DataLoader, TensorDataset
from tests.helpers.oracle import torch_or_skip

pytestmark = [pytest.mark.cpu_only, pytest.mark.numbers]


def mlp(layers: Any) -> Any:
    return layers.Sequential(layers.Linear(12, 32), layers.ReLU(), layers.Linear(32, 4))


def cnn(layers: Any) -> Any:
    return layers.Sequential(
        layers.Unflatten(1, (3, 2, 2)),
        layers.Conv2d(3, 8, 3, padding=1),
        layers.BatchNorm2d(8),
        layers.GELU(),
        layers.AdaptiveAvgPool2d(1),
        layers.Flatten(),
        layers.Linear(8, 4),
    )


def transformer(layers: Any) -> Any:
    return layers.Sequential(
        layers.Unflatten(1, (3, 4)),
        layers.TransformerEncoderLayer(4, 2, 16, dropout=0.0, batch_first=True),
        layers.Flatten(),
        layers.Linear(12, 4),
    )


OPTIMIZERS: dict[str, Callable[[Any, Any], Any]] = {
    "SGD": lambda o, p: o.SGD(p, lr=0.1),
    "momentum": lambda o, p: o.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01, nesterov=True),
    "Adam": lambda o, p: o.Adam(p, lr=0.01),
    "amsgrad": lambda o, p: o.Adam(p, lr=0.01, weight_decay=0.1, amsgrad=True),
    "AdamW": lambda o, p: o.AdamW(p, lr=0.01, weight_decay=0.1),
    "RMSprop": lambda o, p: o.RMSprop(p, lr=0.003),
}
CASES = [(mlp, name) for name in OPTIMIZERS] + [(cnn, "AdamW"), (transformer, "Adam")]


def data(engine: Any) -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    return engine.tensor(rng.normal(size=(32, 12)).astype(np.float32)), engine.tensor(rng.integers(0, 4, 32))


def same_start(build: Callable[[Any], Any]) -> tuple[Any, Any]:
    """A network of each engine, with torch's numbers."""
    torch = torch_or_skip()
    torch.manual_seed(0)
    theirs, ours = build(torch.nn), build(nn)
    ours.load_state_dict({name: autograd.tensor(value.tolist()) for name, value in theirs.state_dict().items()})
    return ours, theirs


@pytest.mark.parametrize(("build", "optimizer"), CASES, ids=[f"{build.__name__}-{name}" for build, name in CASES])
def test_trains_as_torchs(build: Callable[[Any], Any], optimizer: str) -> None:
    torch = torch_or_skip()
    losses = []
    for engine, net, package in zip(
        (autograd, torch), same_start(build), ((F, optim), (torch.nn.functional, torch.optim)), strict=True
    ):
        functional, optimizers = package
        net = net.to(engine.bfloat16)
        x, y = data(engine)
        x = x.bfloat16()
        descent = OPTIMIZERS[optimizer](optimizers, net.parameters())
        losses.append([])
        for _ in range(20):
            descent.zero_grad()
            loss = functional.cross_entropy(net(x), y)
            loss.backward()
            descent.step()
            losses[-1].append(loss.item())
        assert all(p.dtype is engine.bfloat16 and p.grad.dtype is engine.bfloat16 for p in net.parameters())
    assert losses[0][-1] < losses[0][0]
    np.testing.assert_allclose(losses[0], losses[1], rtol=0.02)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_steps_are_torchs(optimizer: str) -> None:
    """Parameters and state after three steps along equal gradients: most are equal, the others near."""
    torch = torch_or_skip()
    rng = np.random.default_rng(1)
    start, gradients = rng.normal(size=200), rng.normal(size=(3, 200))
    ends = []
    for engine, optimizers in ((autograd, optim), (torch, torch.optim)):
        p = engine.tensor(start, dtype=engine.bfloat16, requires_grad=True)
        descent = OPTIMIZERS[optimizer](optimizers, [p])
        for gradient in gradients:
            p.grad = engine.tensor(gradient, dtype=engine.bfloat16)
            descent.step()
        kept = {name: x for name, x in descent.state[p].items() if name != "step" and x is not None}
        assert all(x.dtype is engine.bfloat16 for x in kept.values())
        ends.append([np.array(p.tolist()), *(np.array(kept[name].tolist()) for name in sorted(kept))])
    for ours, theirs in zip(*ends, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=2**-6, atol=2**-8)
        assert (ours == theirs).mean() > 0.4


@pytest.mark.parametrize("build", [mlp, cnn, transformer])
def test_under_autocast_trains_as_torchs(build: Callable[[Any], Any]) -> None:
    torch = torch_or_skip()
    losses = []
    for engine, net, package in zip(
        (autograd, torch), same_start(build), ((F, optim), (torch.nn.functional, torch.optim)), strict=True
    ):
        functional, optimizers = package
        x, y = data(engine)
        descent = optimizers.AdamW(net.parameters(), lr=0.01)
        losses.append([])
        for _ in range(20):
            descent.zero_grad()
            with engine.autocast("cpu"):
                out = net(x)
                loss = functional.cross_entropy(out, y)
            assert out.dtype is engine.bfloat16
            assert loss.dtype is engine.float32
            loss.backward()
            descent.step()
            losses[-1].append(loss.item())
        assert all(p.grad.dtype is engine.float32 for p in net.parameters())
    assert losses[0][-1] < losses[0][0]
    np.testing.assert_allclose(losses[0], losses[1], rtol=0.02)


def test_a_recorded_step_replays_it() -> None:
    ends = []
    for recorded in (False, True):
        autograd.manual_seed(0)
        net = mlp(nn).bfloat16()
        descent = optim.AdamW(net.parameters(), lr=0.01)

        def step(x: autograd.Tensor, y: autograd.Tensor, net: Any = net, descent: Any = descent) -> autograd.Tensor:
            descent.zero_grad()
            loss = F.cross_entropy(net(x), y)
            loss.backward()
            descent.step()
            return loss.detach()

        run = record(step) if recorded else step
        x, y = data(autograd)
        ends.append([run(x.bfloat16() * (1 + 0.1 * i), y).item() for i in range(6)])
        ends[-1] += net[0].weight.tolist()
    assert ends[0] == ends[1]


def test_goes_through_the_loader_and_stays() -> None:
    x = autograd.randn(6, 2, dtype=bfloat16)
    for workers in (0, 1):
        batches = [batch for (batch,) in DataLoader(TensorDataset(x), batch_size=4, num_workers=workers)]
        assert all(batch.dtype is bfloat16 for batch in batches)
        assert autograd.cat(batches).tolist() == x.tolist()
