"""functional against torch's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd
from autograd import functional
from tests.helpers.oracle import assert_same, torch_or_skip

FUNCTIONS = {
    "elementwise": (lambda t, x: t.sin(x) * x, 1),
    "reducing": (lambda t, x: (x**3).sum(), 1),
    "several inputs": (lambda t, x, y: (x @ y).tanh(), 2),
    "several outputs": (lambda t, x, y: (x * 2, (x * y.T).exp()), 2),
    "unused input": (lambda t, x, y: x * 2, 2),
}


SCALARS = {
    "cubic": (lambda t, x: (x**3).sum() + x[0, 0] * x[0, 1], 1),
    "coupled": (lambda t, x, y: ((x @ y) ** 2).sum(), 2),
    "linear": (lambda t, x: x.sum() * 2, 1),
}


def both(count: int) -> list[tuple[Any, tuple]]:
    torch = torch_or_skip()
    rng = np.random.default_rng(0)
    values = [rng.normal(size=shape) for shape in ((2, 3), (3, 2))][:count]
    return [(autograd, tuple(map(autograd.tensor, values))), (torch, tuple(map(torch.tensor, values)))]


def flat(result: Any) -> list[Any]:
    return [leaf for part in result for leaf in flat(part)] if isinstance(result, tuple | list) else [result]


def agree(ours: Any, theirs: Any) -> None:
    for a, b in zip(flat(ours), flat(theirs), strict=True):
        assert_same(a, b)
        assert not a.requires_grad


def module(engine: Any) -> Any:
    return functional if engine is autograd else engine.autograd.functional


@pytest.mark.parametrize("name", FUNCTIONS)
def test_jacobian(name: str) -> None:
    f, count = FUNCTIONS[name]
    agree(*[module(t).jacobian(lambda *a, t=t: f(t, *a), xs if count > 1 else xs[0]) for t, xs in both(count)])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_vjp_and_jvp(name: str) -> None:
    f, count = FUNCTIONS[name]
    results = []
    for t, xs in both(count):
        outputs = flat(f(t, *xs))
        v = tuple(out * 0 + 0.5 for out in outputs)
        inputs = xs if count > 1 else xs[0]
        results.append(
            [
                module(t).vjp(lambda *a, t=t: f(t, *a), inputs, v if len(v) > 1 else v[0]),
                module(t).jvp(lambda *a, t=t: f(t, *a), inputs, tuple(x * 0 + 2.0 for x in xs) if count > 1 else xs[0]),
            ]
        )
    agree(*results)


@pytest.mark.parametrize("name", SCALARS)
def test_hessian_and_products(name: str) -> None:
    f, count = SCALARS[name]
    results = []
    for t, xs in both(count):
        inputs = xs if count > 1 else xs[0]
        v = tuple(x * 0 + 1.5 for x in xs) if count > 1 else xs[0]
        called = lambda *a, t=t: f(t, *a)  # noqa: E731
        m = module(t)
        results.append([m.hessian(called, inputs), m.hvp(called, inputs, v), m.vhp(called, inputs, v)])
    agree(*results)


def test_results_can_be_differentiated() -> None:
    x = autograd.tensor([1.0, 2.0], requires_grad=True)
    functional.jacobian(lambda x: x**3, x, create_graph=True).sum().backward()
    assert x.grad.tolist() == [6.0, 12.0]
    y = autograd.tensor([1.0, 2.0], requires_grad=True)
    functional.jvp(lambda x: x**3, y, autograd.ones(2), create_graph=True)[1].sum().backward()
    assert y.grad.tolist() == [6.0, 12.0]


def test_errors() -> None:
    x = autograd.ones(2)
    with pytest.raises(autograd.BackwardError, match="single number"):
        functional.hessian(lambda x: x, x)
    with pytest.raises(autograd.BackwardError, match="v must have the shapes"):
        functional.vjp(lambda x: x, x, autograd.ones(3))
    with pytest.raises(autograd.BackwardError, match="strict"):
        functional.jacobian(lambda x: autograd.ones(2), x, strict=True)
    with pytest.raises(TypeError, match="must return tensors"):
        functional.jacobian(lambda x: 3, x)
