"""func: functions that make functions."""

from __future__ import annotations

import pytest

import autograd
from autograd import func


def test_grad_of_grad() -> None:
    cubic = lambda x: x**3  # noqa: E731
    x = autograd.tensor(2.0)
    assert func.grad(cubic)(x).item() == 12.0
    assert func.grad(func.grad(cubic))(x).item() == 12.0
    assert func.grad(func.grad(func.grad(cubic)))(x).item() == 6.0
    assert not func.grad(cubic)(x).requires_grad


def test_grad_and_value() -> None:
    def f(x, y, scale=1.0):
        return (x * y).sum() * scale, "kept"

    x, y = autograd.tensor([1.0, 2.0]), autograd.tensor([3.0, 4.0])
    (gx, gy), (value, kept) = func.grad_and_value(f, argnums=(0, 1), has_aux=True)(x, y, scale=2.0)
    assert gx.tolist() == [6.0, 8.0]
    assert gy.tolist() == [2.0, 4.0]
    assert value.item() == 22.0
    assert kept == "kept"
    gradient, kept = func.grad(f, argnums=1, has_aux=True)(x, y)
    assert gradient.tolist() == [1.0, 2.0]
    value, gradient = func.value_and_grad(lambda x: (x * x).sum())(x)
    assert (value.item(), gradient.tolist()) == (5.0, [2.0, 4.0])


def test_func_products_and_matrices() -> None:
    x = autograd.tensor([1.0, 2.0])
    out, pull_back = func.vjp(lambda x: x**2, x)
    assert out.tolist() == [1.0, 4.0]
    assert pull_back(autograd.tensor([1.0, 10.0]))[0].tolist() == [2.0, 40.0]
    assert func.jvp(lambda x: x**2, (x,), (autograd.ones(2),))[1].tolist() == [2.0, 4.0]
    assert func.jacrev(lambda a, x: a * x**2, argnums=1)(3.0, x).tolist() == [[6.0, 0.0], [0.0, 12.0]]
    assert func.hessian(lambda x: (x**3).sum())(x).tolist() == [[6.0, 0.0], [0.0, 12.0]]


def test_grad_wants_a_single_number() -> None:
    with pytest.raises(autograd.BackwardError, match="0-d"):
        func.grad(lambda x: x)(autograd.ones(2))
