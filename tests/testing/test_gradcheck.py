"""The checkers themselves: what they accept, find, and say."""

from __future__ import annotations

import pytest

import autograd
from autograd.testing import GradcheckError, gradcheck, gradgradcheck


def double(*values: float) -> autograd.Tensor:
    return autograd.tensor(list(values), dtype=autograd.float64, requires_grad=True)


class Half(autograd.Function):
    """x * y with half of the derivative by y missing."""

    @staticmethod
    def forward(ctx, x, y):
        ctx.save_for_backward(x, y)
        return x * y

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        return g * y, g * x / 2


def test_right_functions_pass() -> None:
    x, y = double(0.5, 1.5), double(2.0)
    assert gradcheck(lambda x, y: (x * y, x.sin() / y), (x, y))
    assert gradgradcheck(lambda x, y: (x * y, x.sin() / y), (x, y))
    assert gradcheck(lambda x: x.sum(), x)
    assert gradcheck(lambda x, n: x**n, (x, 3))
    assert gradcheck(lambda x: (x * 2, x > 0, x.long()), x)
    assert gradcheck(autograd.exp, autograd.zeros(0, 2, dtype=autograd.float64, requires_grad=True))


def test_the_wrong_input_and_element_are_named() -> None:
    with pytest.raises(GradcheckError) as error:
        gradcheck(Half.apply, (double(1.0, 3.0), double(2.0, 5.0)))
    message = str(error.value)
    assert "derivative of output 0 by input 1: 2 of 4 derivatives differ" in message
    assert "worst: d output[1] / d input[1]" in message
    assert "backward: 1.5" in message
    assert "numeric:  3" in message
    assert "tensor([2., 5.]" in message


def test_a_missing_gradient_is_found() -> None:
    with pytest.raises(GradcheckError):
        gradcheck(lambda x: x.detach() * x, double(1.0))


def test_a_wrong_second_derivative_is_found() -> None:
    class Square(autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * 2 * x.detach()

    assert gradcheck(Square.apply, double(1.0))
    with pytest.raises(GradcheckError):
        gradgradcheck(Square.apply, double(1.0))
    assert not gradgradcheck(Square.apply, double(1.0), raise_exception=False)


def test_a_nan_is_found() -> None:
    with pytest.raises(GradcheckError):
        gradcheck(lambda x: autograd.where(x > 0, x, autograd.sqrt(x - 2)), double(1.0))


def test_a_random_function_is_found() -> None:
    with pytest.raises(GradcheckError):
        gradcheck(lambda x: x * autograd.rand(1, dtype=autograd.float64), double(1.0))


def test_a_backward_that_changes_its_input_is_found() -> None:
    class Rude(autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.x = x.detach()
            return x * 1

        @staticmethod
        def backward(ctx, g):
            ctx.x.add_(1)
            return g * 1

    with pytest.raises(GradcheckError, match="was changed"):
        gradcheck(Rude.apply, double(1.0))


def test_bad_inputs_are_refused() -> None:
    with pytest.raises(ValueError, match="none of the inputs requires grad"):
        gradcheck(autograd.sin, autograd.ones(1))
    with pytest.raises(ValueError, match=r"input 0 is autograd.float32.*\.double"):
        gradcheck(autograd.sin, autograd.ones(1, requires_grad=True))
    if autograd.get_default_device() != "strict":
        shared = autograd.ones(1, dtype=autograd.float64).expand(3).requires_grad_()
        with pytest.raises(ValueError, match="share memory"):
            gradcheck(autograd.sin, shared)


def test_inputs_are_left_as_they_were() -> None:
    x = double(0.5, 1.5)
    gradcheck(autograd.sin, x)
    assert x.tolist() == [0.5, 1.5]
    assert x.grad is None

    def fails(x: autograd.Tensor) -> autograd.Tensor:
        if x[0].item() != 0.5:
            raise ZeroDivisionError
        return x * 1

    with pytest.raises(ZeroDivisionError):
        gradcheck(fails, x)
    assert x.tolist() == [0.5, 1.5]
