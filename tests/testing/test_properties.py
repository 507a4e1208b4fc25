"""The property checker: what it draws, finds, shrinks and says."""

from __future__ import annotations

import re

import numpy as np
import pytest

import autograd
from tests.helpers.oracle import host

hypothesis = pytest.importorskip("hypothesis")
from hypothesis import (  # noqa: E402
    given,
    settings,
    strategies as st,
)

from autograd.testing import (  # noqa: E402
    GradientError,
    assert_gradients,
    broadcastable_shapes,
    find_culprits,
    gradcheck,
    matmul_shapes,
    shapes,
    tensors,
)


class Cube(autograd.Function):
    """x^3 with a wrong factor."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, g):
        return g * 2.9 * ctx.saved_tensors[0] ** 2


def model(x, y):
    return Cube.apply(x * y).sin()


PAIRS = broadcastable_shapes().flatmap(lambda pair: st.tuples(*map(tensors, pair)))


def test_right_functions_pass() -> None:
    assert_gradients(lambda x, y: (x * y).sin() + x, PAIRS, order=2, max_examples=20)
    assert_gradients(
        autograd.matmul, matmul_shapes().flatmap(lambda pair: st.tuples(*map(tensors, pair))), max_examples=20
    )
    assert_gradients(lambda x, n: x**n, tensors((3,)), 3, max_examples=5)


def test_the_report_names_the_culprit_and_reproduces() -> None:
    with pytest.raises(GradientError) as error:
        assert_gradients(model, PAIRS)
    report = str(error.value)
    assert "the derivative of model is wrong" in report
    assert re.search(r"backward: 1\.56.*\n.*numeric: +1\.62", report)  # at x = y = 1, the plainest numbers
    assert re.search(r"wrong:\n +Cube, called at .*test_properties\.py:\d+: return Cube\.apply", report)
    assert "backward: 2.9" in report
    snippet = "\n".join(line.strip() for line in report.partition("to reproduce:\n")[2].splitlines())
    with pytest.raises(autograd.testing.GradcheckError):
        exec(snippet, {"model": model})


def test_a_missing_gradient_is_told_apart() -> None:
    with pytest.raises(GradientError, match="look for a detach"):
        assert_gradients(lambda x: x.detach() * x, tensors((2,)), max_examples=10)


def test_a_wrong_second_derivative() -> None:
    class Square(autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, g):
            return g * 2 * ctx.saved_tensors[0].detach()

    assert_gradients(Square.apply, tensors((2,)), max_examples=10)
    with pytest.raises(GradientError, match="Square, second derivatives, called at"):
        assert_gradients(Square.apply, tensors((2,)), order=2, max_examples=10)


def test_other_errors_come_through() -> None:
    with pytest.raises(autograd.OperationError, match="matmul"):
        assert_gradients(autograd.matmul, tensors((2, 3)), tensors((2, 3)))


def test_culprits() -> None:
    x = autograd.tensor([1.0, 2.0], dtype=autograd.float64, requires_grad=True)
    assert find_culprits(lambda x: x.sin().sum(), (x,)) == []
    assert len(find_culprits(model, (x, x))) == 1


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_strategies_keep_their_promises(data: st.DataObject) -> None:
    x = data.draw(tensors(low=-1.0, high=2.0, avoid=(0.0, 1.0)))
    values = host(x)
    assert x.requires_grad
    assert x.is_leaf
    assert x.dtype is autograd.float64
    assert ((values >= -1) & (values <= 2)).all()
    assert (np.abs(values) > 0.05).all()
    assert (np.abs(values - 1) > 0.05).all()
    y = host(data.draw(tensors(shapes(min_dims=1), distinct=True)))
    assert len(np.unique(y)) == y.size
    i = data.draw(tensors((3,), 0, 5, dtype=autograd.int64))
    assert i.dtype is autograd.int64
    assert not i.requires_grad
    a, b, c = data.draw(broadcastable_shapes(3))
    np.broadcast_shapes(a, b, c)
    m, n = data.draw(matmul_shapes())
    assert (np.zeros(m) @ np.zeros(n)).ndim >= 0
    assert len(data.draw(shapes(max_dims=2, min_side=0))) <= 2


def test_the_page_in_the_readme() -> None:
    x = autograd.randn(4, dtype=autograd.float64, requires_grad=True)
    assert not gradcheck(Cube.apply, x, raise_exception=False)
