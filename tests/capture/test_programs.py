"""Random programs, recorded and replayed, give what eager ones give, to the same bits."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import autograd
import nn
import nn.functional as F
import optim
from autograd import Tensor
from autograd.capture import CaptureWarning, record
from tests.helpers.oracle import host

# A statement takes two of the values at hand and gives one; those in place change the first.
STATEMENTS: dict[str, Callable[[Tensor, Tensor], Any]] = {
    "x + y": lambda x, y: x + y,
    "x * y": lambda x, y: x * y,
    "2 - x": lambda x, y: 2 - x,
    "tanh": lambda x, y: x.tanh(),
    "relu": lambda x, y: x.relu(),
    "matmul": lambda x, y: x @ y.t(),
    "transposed": lambda x, y: x.t(),
    "row": lambda x, y: x[0:1].expand(3, 3),
    "columns": lambda x, y: x[:, [2, 0, 1]],
    "sum": lambda x, y: x.sum(0, keepdim=True) + y,
    "softmax": lambda x, y: x.softmax(1),
    "where": lambda x, y: autograd.where(x > y, x, y),
    "cat": lambda x, y: autograd.cat([x[:1], y[1:]]),
    "view": lambda x, y: x.reshape(9).view(3, 3),
    "detach": lambda x, y: x * y.detach(),
    "dropout": lambda x, y: F.dropout(x, 0.3),
    "noise": lambda x, y: x + autograd.rand_like(y),
    "gather": lambda x, y: x.gather(1, autograd.tensor([[0, 2, 1]] * 3)),
    "add_": lambda x, y: (x * 1).add_(y, alpha=0.5),
    "mul_": lambda x, y: (x * 1).mul_(y),
    "write row": lambda x, y: _written(x * 1, y),
    "write view": lambda x, y: _view_written(x * 1, y),
    "silu_": lambda x, y: F.silu(x * 1, inplace=True),
    "sigmoid_": lambda x, y: (x * 1).sigmoid_(),
}


def _written(x: Tensor, y: Tensor) -> Tensor:
    x[1] = y[0]
    return x


def _view_written(x: Tensor, y: Tensor) -> Tensor:
    x.t()[0].mul_(y[2])
    return x


statements = st.lists(st.tuples(st.sampled_from(sorted(STATEMENTS)), st.integers(0, 9), st.integers(0, 9)), max_size=8)


def world(program: list[tuple[str, int, int]]) -> tuple[Callable[[Tensor], Any], Tensor, optim.Optimizer]:
    w = autograd.tensor(np.random.default_rng(1).normal(size=(3, 3))).requires_grad_()
    descent = optim.SGD([w], lr=0.01, momentum=0.9)

    def step(x: Tensor) -> Any:
        descent.zero_grad()
        values = [x, w * 1]
        for name, i, j in program:
            values.append(STATEMENTS[name](values[i % len(values)], values[j % len(values)]))
        loss = (values[-1] * values[1]).sum()
        loss.backward()
        descent.step()
        return loss.detach(), values[-1].detach()

    return step, w, descent


@settings(max_examples=60, deadline=None)
@given(program=statements)
def test_random_programs(program: list[tuple[str, int, int]]) -> None:
    traces = []
    for recorded in (False, True):
        autograd.manual_seed(0)
        step, w, _ = world(program)
        run = record(step) if recorded else step
        trace = []
        for i in range(6):
            loss, last = run(autograd.tensor(np.random.default_rng(i).normal(size=(3, 3))))
            trace += [host(loss).copy(), host(last).copy(), host(w).copy(), host(w.grad).copy()]
        traces.append(trace)
    assert run.replayed
    for eager, replayed in zip(*traces, strict=True):
        np.testing.assert_array_equal(eager, replayed)


LAYERS: dict[str, Callable[[], nn.Module]] = {
    "linear": lambda: nn.Linear(4, 4),
    "relu": lambda: nn.ReLU(inplace=True),
    "silu": lambda: nn.SiLU(inplace=True),
    "elu": lambda: nn.ELU(inplace=True),
    "gelu": nn.GELU,
    "dropout": lambda: nn.Dropout(0.3),
    "batch norm": lambda: nn.BatchNorm1d(4),
    "layer norm": lambda: nn.LayerNorm(4),
    "prelu": nn.PReLU,
    "rms norm": lambda: nn.RMSNorm(4),
    "bilinear": lambda: _Gate(),
    "weight norm": lambda: nn.utils.parametrizations.weight_norm(nn.Linear(4, 4)),
}


class _Gate(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.gate = nn.Bilinear(4, 4, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.gate(x, x) + x


@settings(max_examples=40, deadline=None)
@given(layers=st.lists(st.sampled_from(sorted(LAYERS)), max_size=5), decay=st.sampled_from([0.0, 0.1]))
def test_random_stacks(layers: list[str], decay: float) -> None:
    traces = []
    for recorded in (False, True):
        autograd.manual_seed(0)
        net = nn.Sequential(nn.Linear(3, 4), *[LAYERS[name]() for name in layers], nn.Linear(4, 2))
        descent = optim.AdamW(net.parameters(), lr=0.01, weight_decay=decay)

        def step(x: Tensor, y: Tensor, net: Any = net, descent: Any = descent) -> Any:
            descent.zero_grad()
            loss = F.cross_entropy(net(x), y)
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 0.5)
            descent.step()
            return loss.item()

        run = record(step) if recorded else step
        trace: list[Any] = []
        for i in range(7):
            rng = np.random.default_rng(i)
            x = autograd.tensor(rng.normal(size=(5, 3)), dtype=autograd.float32)
            trace.append(run(x, autograd.tensor(rng.integers(0, 2, 5))))
        trace += [host(x).copy() for x in net.state_dict().values()]
        traces.append(trace)
    assert run.replayed
    for eager, replayed in zip(*traces, strict=True):
        np.testing.assert_array_equal(eager, replayed)


@pytest.mark.parametrize("reader", ["bool", "comparison", "product", "text", "sum of two", "isnan", "kept", "size"])
def test_a_number_that_is_read_and_used_is_refused(reader: str) -> None:
    """Only what is handed out as it is can be read anew."""
    kept: list[float] = []

    def step(x: Tensor) -> Any:
        number = x.sum().item()
        if reader == "bool":
            return number if number else None
        if reader == "comparison":
            return number if number < 3 else None
        if reader == "product":
            return number * 2, number
        if reader == "text":
            return number, f"{number}"
        if reader == "isnan":
            return None if math.isnan(number) else number
        if reader == "kept":
            kept.append(number)
            return number
        if reader == "size":
            return x[: x.long().sum().item()].sum()
        return number, sum([number, 1.0])

    run = record(step)
    inputs = [autograd.full((2,), i) for i in (1.0, 2.0, 3.0, 4.0, 5.0)]
    with pytest.warns(CaptureWarning, match=r"test_programs\.py:\d+|returned a"):
        found = [run(x) for x in inputs]
    assert found == [step(x) for x in inputs]
    assert not run.replayed


@pytest.mark.cpu_only  # the code of a stand-in for a device counts as the user's
def test_numbers_read_at_the_end_are_plain() -> None:
    run = record(lambda x: {"loss": x.sum().item(), "count": (x > 0).sum().item()})
    for i in range(5):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = run(autograd.full((2,), float(i)))
        assert found == {"loss": 2.0 * i, "count": 2 * (i > 0)}
        assert [type(each) for each in found.values()] == [float, int]
    assert run.replayed
