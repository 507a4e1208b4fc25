"""LBFGS against torch's."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import autograd
import optim
from tests.helpers.oracle import assert_same, host, torch_or_skip


def rosenbrock(p: Any) -> Any:
    return (100 * (p[1:] - p[:-1] ** 2) ** 2 + (1 - p[:-1]) ** 2).sum()


def lbfgs_run(engine: Any, package: Any, options: dict[str, Any], steps: int, dtype: str = "float64") -> Any:
    p = engine.tensor([-1.2, 1.0, 0.7, -0.3], dtype=getattr(engine, dtype), requires_grad=True)
    optimizer = package.LBFGS([p], **options)
    losses = []

    def closure() -> Any:
        optimizer.zero_grad()
        loss = rosenbrock(p)
        loss.backward()
        return loss

    for _ in range(steps):
        losses.append(optimizer.step(closure).item())
    return p, optimizer, losses


@pytest.mark.parametrize(
    "options",
    [
        {"lr": 0.001, "max_iter": 4},
        {"lr": 0.001, "history_size": 2},
        {"line_search_fn": "strong_wolfe"},
        {"line_search_fn": "strong_wolfe", "max_iter": 5, "history_size": 3},
        {"line_search_fn": "strong_wolfe", "lr": 10.0, "max_iter": 7},
        {"line_search_fn": "strong_wolfe", "max_eval": 9},
        {"line_search_fn": "strong_wolfe", "tolerance_grad": 1e-2},
    ],
    ids=str,
)
def test_lbfgs_is_torch(options: dict[str, Any]) -> None:
    torch = torch_or_skip()
    here, ours, losses = lbfgs_run(autograd, optim, options, 10)
    there, theirs, their_losses = lbfgs_run(torch, torch.optim, options, 10)
    np.testing.assert_allclose(losses, their_losses, rtol=1e-6, atol=1e-10)
    assert_same(here, there, rtol=1e-6, atol=1e-8)
    mine, other = ours.state_dict()["state"][0], theirs.state_dict()["state"][0]
    assert mine.keys() == other.keys() - {"al"}  # its scratch
    assert (mine["func_evals"], mine["n_iter"]) == (other["func_evals"], other["n_iter"])
    assert ours.state_dict()["param_groups"][0] == other_group(theirs)


def other_group(optimizer: Any) -> dict[str, Any]:
    return optimizer.state_dict()["param_groups"][0]


def test_lbfgs_with_line_search_finds_the_minimum() -> None:
    p = autograd.tensor([-1.2, 1.0], dtype=autograd.float64, requires_grad=True)
    optimizer = optim.LBFGS([p], line_search_fn="strong_wolfe")

    def closure() -> Any:
        optimizer.zero_grad()
        loss = rosenbrock(p)
        loss.backward()
        return loss

    losses = [optimizer.step(closure).item() for _ in range(6)]
    assert losses[0] > 20
    np.testing.assert_allclose(host(p), 1.0, atol=1e-4)


def test_lbfgs_goes_on_from_its_state() -> None:
    options = {"line_search_fn": "strong_wolfe", "max_iter": 3}
    whole, _, _ = lbfgs_run(autograd, optim, options, 6)
    half, first, _ = lbfgs_run(autograd, optim, options, 3)
    saved = copy.deepcopy(first.state_dict())
    second = optim.LBFGS([half], **options)  # type: ignore[arg-type]
    second.load_state_dict(saved)

    def closure() -> Any:
        second.zero_grad()
        loss = rosenbrock(half)
        loss.backward()
        return loss

    for _ in range(3):
        second.step(closure)
    np.testing.assert_array_equal(host(whole), host(half))


def test_lbfgs_errors() -> None:
    p = autograd.ones(1, requires_grad=True)
    with pytest.raises(TypeError, match="closure"):
        optim.LBFGS([p]).step()
    with pytest.raises(RuntimeError, match="strong_wolfe"):
        optim.LBFGS([p], line_search_fn="armijo")
    with pytest.raises(ValueError, match="parameter groups"):
        optim.LBFGS([{"params": [p]}, {"params": [autograd.ones(1, requires_grad=True)]}])
