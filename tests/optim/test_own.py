"""Optimizers that users write: an update on arrays, as the engine's own, or a step, as for torch; and hooks."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import autograd
import optim
from autograd.backend import get_backend
from autograd.capture import record
from optim.update import update as primitive
from tests.helpers.oracle import host


class SignDescent(optim.Optimizer):
    """m = momentum m + (1 - momentum) g, p = p - lr sign(m); with `averaged` the mean of all p, too."""

    def __init__(self, params: Any, lr: Any = 0.1, momentum: float = 0.5, averaged: bool = False) -> None:
        super().__init__(params, {"lr": lr, "momentum": momentum, "averaged": averaged})

    @staticmethod
    def update(xp: Any, p: Any, g: Any, step: Any, mean: Any, average: Any = None, *, lr: Any, momentum: float) -> None:
        step += 1.0
        mean += (g - mean) * (1.0 - momentum)
        p -= lr * xp.sign(mean)
        if average is not None:
            average += (p - average) / xp.astype(step, p.dtype)

    def new_state(self, p: autograd.Tensor, group: dict[str, Any]) -> dict[str, autograd.Tensor]:
        state = super().new_state(p, group)
        if group["averaged"]:
            state["average"] = autograd.zeros_like(p.detach())
        return state


def steps(p: Any, optimizer: Any, count: int) -> None:
    for _ in range(count):
        optimizer.zero_grad()
        (p**2).sum().backward()
        optimizer.step()


def start() -> Any:
    return autograd.tensor([[1.0, -2.0, 0.25]], requires_grad=True)


def test_an_update_is_all_that_an_optimizer_needs() -> None:
    p = start()
    optimizer = SignDescent([p], averaged=True)
    steps(p, optimizer, 4)
    x, m, every = host(start()).copy(), 0.0, []
    for _ in range(4):
        m = m + (2 * x - m) * 0.5
        x = x - 0.1 * np.sign(m)
        every.append(x)
    np.testing.assert_allclose(host(p), x, rtol=1e-6)
    state = optimizer.state[p]
    assert list(state) == ["step", "mean", "average"]
    assert (state["step"].item(), state["step"].shape, state["step"].dtype) == (4.0, (), autograd.float32)
    np.testing.assert_allclose(host(state["average"]), np.mean(every, axis=0), rtol=1e-6)


def test_its_state_is_saved_and_what_misfits_is_refused() -> None:
    whole, half = start(), start()
    steps(whole, SignDescent([whole], averaged=True), 6)
    first = SignDescent([half], averaged=True)
    steps(half, first, 3)
    rest = SignDescent([half], averaged=True)
    rest.load_state_dict(copy.deepcopy(first.state_dict()))
    steps(half, rest, 3)
    np.testing.assert_array_equal(host(half), host(whole))
    rest.state[half]["mean"] = autograd.ones(4)
    with pytest.raises(autograd.OperationError, match=r"SignDescent.*the state 'mean' of shape \(4,\)"):
        steps(half, rest, 1)
    del rest.state[half]["mean"]
    with pytest.raises(KeyError, match="SignDescent.*no more than 'step', 'average'"):
        steps(half, rest, 1)


def test_it_is_recorded() -> None:
    ends = []
    for recorded in (False, True):
        p = start()
        optimizer = SignDescent([p], lr=0.1)

        def step(p: Any = p, optimizer: Any = optimizer) -> Any:
            optimizer.zero_grad()
            loss = (p**2).sum()
            loss.backward()
            optimizer.step()
            return loss.detach()

        call = record(step) if recorded else step
        for rate in (0.1, 0.1, 0.1, 0.1, 0.03, 0.01):
            optimizer.param_groups[0]["lr"] = rate
            call()
        if recorded:
            assert call.replayed  # type: ignore[attr-defined]
            assert f"algorithm={__name__}.SignDescent" in str(call.program)  # type: ignore[attr-defined]
        ends.append([host(p), *map(host, optimizer.state[p].values())])
    for eager, replayed in zip(*ends, strict=True):
        np.testing.assert_array_equal(eager, replayed)


class SmallAdam(optim.Adam):
    """A subclass with an update of its own."""

    @staticmethod
    def update(xp: Any, p: Any, g: Any, step: Any, exp_avg: Any, exp_avg_sq: Any, *, lr: Any) -> None:
        p -= 0.001 * lr * g


class Lookahead(optim.Adam):
    """A subclass with a method called `update`, which has nothing to do with the algorithm."""

    def update(self, group: dict[str, Any]) -> None:  # type: ignore[override]
        raise AssertionError("never called")


def test_what_a_subclass_of_adam_computes() -> None:
    """No loop that was made for Adam takes the place of another update."""
    p, q, r = start(), start(), start()
    steps(p, SmallAdam([p], lr=1.0), 1)
    np.testing.assert_allclose(host(p), 0.998 * host(start()), rtol=1e-6)
    steps(q, optim.Adam([q], lr=1.0), 3)
    steps(r, Lookahead([r], lr=1.0), 3)
    np.testing.assert_array_equal(host(q), host(r))
    assert Lookahead.algorithm is optim.Adam.algorithm is not SmallAdam.algorithm


@pytest.mark.cpu_only
def test_a_loop_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def loop(p: np.ndarray, g: np.ndarray, step: np.ndarray, mean: np.ndarray, **hyper: Any) -> Any:
        calls.append(p.dtype)
        return NotImplemented if p.dtype == np.float64 else SignDescent.update(np, p, g, step, mean, **hyper)

    monkeypatch.setitem(get_backend("cpu").loops, (SignDescent.algorithm.name, ("step", "mean")), loop)
    for dtype in (autograd.float32, autograd.float64):
        p = start().detach().to(dtype).requires_grad_()
        steps(p, SignDescent([p]), 2)
        np.testing.assert_allclose(host(p), [[0.8, -1.8, 0.05]], rtol=1e-6)
    assert calls == [np.float32] * 2 + [np.float64] * 2
    assert primitive.params == ["algorithm", "count", "names"]


def test_neither_update_nor_step() -> None:
    class Nothing(optim.Optimizer):
        @staticmethod
        def update(p: Any, g: Any) -> None:
            """As written for torch: no algorithm."""

    p = start()
    optimizer = Nothing([p], {})
    assert Nothing.algorithm is optim.Optimizer.algorithm
    with pytest.raises(autograd.OperationError, match="defines a static update"):
        steps(p, optimizer, 1)


# A step of one's own, as for torch


class Own(optim.Optimizer):
    """State and update in step."""

    def __init__(self, params: Any, lr: float = 0.1) -> None:
        super().__init__(params, {"lr": lr})

    @autograd.no_grad()
    def step(self, closure: Any = None) -> None:
        for group in self.param_groups:
            for p in group["params"]:
                state = self.state[p]
                if not state:
                    state["step"], state["trace"] = 0, autograd.zeros_like(p)
                state["step"] += 1
                state["trace"].mul_(0.9).add_(p.grad)
                p.add_(state["trace"], alpha=-group["lr"])


def test_a_step_of_ones_own() -> None:
    p, q = (autograd.ones(2, requires_grad=True) for _ in range(2))
    steps(p, optim.SGD([p], lr=0.1, momentum=0.9), 6)
    own = Own([q])
    steps(q, own, 3)
    resumed = Own([q])
    resumed.load_state_dict(copy.deepcopy(own.state_dict()))
    steps(q, resumed, 3)
    np.testing.assert_allclose(host(p), host(q), rtol=1e-6)
    assert resumed.state[q]["step"] == 6


@pytest.mark.parametrize("make", [lambda p: optim.Adam([p]), lambda p: Own([p])], ids=["Adam", "Own"])
def test_step_hooks(make: Any) -> None:
    p = autograd.ones(1, requires_grad=True)
    optimizer = make(p)
    p.grad = autograd.ones(1)
    calls = []
    before = optimizer.register_step_pre_hook(lambda o, args, kwargs: calls.append(("before", p.item())))
    optimizer.register_step_post_hook(lambda o, args, kwargs: calls.append(("after", p.item())))
    optimizer.step()
    assert [name for name, _ in calls] == ["before", "after"]
    assert calls[0][1] == 1.0
    assert calls[1][1] < 1.0
    before.remove()
    optimizer.step()
    assert [name for name, _ in calls] == ["before", "after", "after"]
