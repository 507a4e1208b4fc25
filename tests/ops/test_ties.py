"""Derivatives at kinks and ties are conventions; these are torch's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
import nn.functional as F
from tests.helpers.oracle import host, torch_or_skip


def _engine(x: Any) -> Any:
    """The engine a tensor belongs to, with its functional layers as F."""
    if isinstance(x, autograd.Tensor):
        return autograd, F
    torch = torch_or_skip()
    return torch, torch.nn.functional


# name: (function, where, the derivative of its sum there)
TIES: dict[str, tuple[Callable[[Any], Any], list, list]] = {
    "abs": (lambda x: x.abs(), [0.0, -1.0], [0, -1]),
    "relu": (lambda x: _engine(x)[1].relu(x), [0.0, 1.0, -1.0], [0, 1, 0]),
    "leaky_relu": (lambda x: _engine(x)[1].leaky_relu(x, 0.1), [0.0, 1.0], [0.1, 1]),
    "elu": (lambda x: _engine(x)[1].elu(x), [0.0], [1]),
    "relu6": (lambda x: _engine(x)[1].relu6(x), [0.0, 6.0, 3.0], [0, 0, 1]),
    "hardtanh": (lambda x: _engine(x)[1].hardtanh(x), [-1.0, 1.0, 0.5], [0, 0, 1]),
    "clamp": (lambda x: x.clamp(-1, 1), [-1.0, 1.0, 2.0], [1, 1, 0]),
    "maximum of itself": (lambda x: _engine(x)[0].maximum(x, x * 1.0), [2.0, 3.0], [1, 1]),
    "maximum, one side": (lambda x: _engine(x)[0].maximum(x, x.detach()), [2.0], [0.5]),
    "minimum, one side": (lambda x: _engine(x)[0].minimum(x, x.detach()), [2.0], [0.5]),
    "fmax, one side": (lambda x: _engine(x)[0].fmax(x, x.detach()), [2.0], [1]),
    "amax": (lambda x: x.amax(), [1.0, 3.0, 3.0], [0, 0.5, 0.5]),
    "amin": (lambda x: x.amin(0), [1.0, 1.0, 3.0], [0.5, 0.5, 0]),
    "max": (lambda x: x.max(), [3.0, 1.0, 3.0], [0.5, 0, 0.5]),
    "median": (lambda x: x.median(), [2.0, 1.0, 2.0, 5.0, 1.0], [0.5, 0, 0.5, 0, 0]),
    "norm at 0": (lambda x: x.norm(), [0.0, 0.0], [0, 0]),
    "std of equal numbers": (lambda x: x.std(), [2.0, 2.0, 2.0], [0, 0, 0]),
    "atan2 at the origin": (lambda x: _engine(x)[0].atan2(x, x * 2), [0.0, 0.0], [0, 0]),
    "hardswish": (
        lambda x: _engine(x)[1].hardswish(x),
        [-3.0, 3.0, 0.0, float("inf"), -float("inf")],
        [0, 1, 0.5, 1, 0],
    ),
    "huber_loss far away": (
        lambda x: _engine(x)[1].huber_loss(x, x.detach() * 0, reduction="sum"),
        [1e300, 2.0, 0.5],
        [1, 1, 0.5],
    ),
    "sqrt of a square": (lambda x: (x * x).sqrt(), [2.0, -2.0], [1, -1]),
    "pow 0": (lambda x: x**0, [0.0, 2.0], [0, 0]),
    "pow 2": (lambda x: x**2, [0.0], [0]),
    "l1_loss": (lambda x: _engine(x)[1].l1_loss(x, x.detach(), reduction="sum"), [1.0], [0]),
    "max_pool takes the first": (
        lambda x: _engine(x)[1].max_pool1d(x.reshape(1, 1, -1), 2),
        [2.0, 2.0, 1.0, 3.0],
        [1, 0, 0, 1],
    ),
    "prod with one zero": (lambda x: x.prod(), [0.0, 2.0, 3.0], [6, 0, 0]),
    "prod with two zeros": (lambda x: x.prod(), [0.0, 0.0, 3.0], [0, 0, 0]),
    "where hides an infinity": (lambda x: _engine(x)[0].where(x > 0, x, x * 0), [0.0, 1.0], [0, 1]),
    "scatter_reduce": (
        lambda x: _engine(x)[0].scatter_reduce(x[:2], 0, _engine(x)[0].tensor([0, 0, 1]), x[2:], "amax"),
        [1.0, 5.0, 2.0, 2.0, 5.0],
        [0, 0.5, 0.5, 0.5, 0.5],
    ),
    "fmod": (lambda x: _engine(x)[0].fmod(x, 2.0), [4.0, 3.0], [1, 1]),
}


@pytest.mark.parametrize("name", TIES)
def test_derivative_at_a_tie(name: str) -> None:
    function, at, expected = TIES[name]
    x = autograd.tensor(at, dtype=autograd.float64, requires_grad=True)
    (g,) = autograd.grad(function(x).sum(), x)
    np.testing.assert_allclose(host(g), expected)


@pytest.mark.parametrize("name", TIES)
def test_it_is_torchs(name: str) -> None:
    torch = torch_or_skip()
    function, at, expected = TIES[name]
    x = torch.tensor(at, dtype=torch.float64, requires_grad=True)
    (g,) = torch.autograd.grad(function(x).sum(), x)
    np.testing.assert_allclose(host(g), expected)
