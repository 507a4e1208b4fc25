"""Reductions under a mask: where torch's differ, what has no gradient, and what is refused."""

from __future__ import annotations

import pytest

import autograd
from autograd.engine.errors import OperationError

X = [[3.0, 9.0, 1.0], [4.0, 2.0, 8.0]]
MASK = [[True, False, True], [True, True, False]]


def test_the_place_of_an_extreme_is_an_integer() -> None:
    x, mask = autograd.tensor(X), autograd.tensor(MASK)
    assert autograd.masked.argmax(x, 1, mask=mask).tolist() == [0, 0]
    assert autograd.masked.argmin(x, 1, keepdim=True, mask=mask).tolist() == [[2], [1]]
    assert autograd.masked.argmax(x, mask=mask).item() == 3
    assert autograd.masked.argmin(x.half(), 0).dtype == autograd.int64


def test_what_the_mask_leaves_out_has_a_gradient_of_zero() -> None:
    for name in ("sum", "prod", "amax", "amin", "mean", "var", "std", "norm", "logsumexp", "median"):
        x = autograd.tensor(X, requires_grad=True)
        getattr(autograd.masked, name)(x, dim=1, mask=autograd.tensor(MASK)).sum().backward()
        assert x.grad is not None
        assert bool((x.grad[~autograd.tensor(MASK)] == 0).all()), name
        assert bool(x.grad.isfinite().all()), name


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda x: autograd.masked.sum(x, mask=autograd.ones(2, 3)), "masked.sum: expected a mask of bools"),
        (lambda x: autograd.masked.amax(x, mask=autograd.ones(3, 3) > 0), r"\(3, 3\) does not broadcast .* \(2, 3\)"),
        (lambda x: autograd.masked.amin(x, mask=autograd.ones(1, 2, 3) > 0), r"\(1, 2, 3\) does not broadcast"),
        (
            lambda x: autograd.masked.mean(x.long()),
            "masked.mean: expected floating-point numbers, got autograd.int64; give a dtype",
        ),
        (lambda x: autograd.masked.median(x.long()), "masked.median: expected floating-point numbers"),
        (lambda x: autograd.masked.var(x, 0, True, correction=1), "unbiased and correction"),
    ],
)
def test_mistakes_are_named(call, said: str) -> None:
    with pytest.raises(OperationError, match=said):
        call(autograd.tensor(X))
