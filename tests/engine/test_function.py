"""Function: a user's own forward and backward."""

from __future__ import annotations

import pytest

import autograd
from autograd import BackwardError, Function, Tensor
from autograd.engine.function import once_differentiable
from autograd.testing import GradcheckError, gradcheck, gradgradcheck


class Cube(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * 3 * x**2


class Exp(Function):
    """Saves its output."""

    @staticmethod
    def forward(ctx, x):
        out = x.exp()
        ctx.save_for_backward(out)
        return out

    @staticmethod
    def backward(ctx, g):
        return g * ctx.saved_tensors[0]


class SumAndProduct(Function):
    """Two outputs, a number among the arguments, one argument without a gradient."""

    @staticmethod
    def forward(ctx, x, y, scale):
        ctx.save_for_backward(x, y)
        ctx.scale = scale
        return (x + y) * scale, x * y

    @staticmethod
    def backward(ctx, g_sum, g_product):
        x, y = ctx.saved_tensors
        assert ctx.needs_input_grad == (x.requires_grad, y.requires_grad, False)
        return ctx.scale * g_sum + g_product * y, ctx.scale * g_sum + g_product * x, None


class Separate(Function):
    """forward without ctx."""

    @staticmethod
    def forward(x):
        return x * x

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx, g):
        return 2 * g * ctx.saved_tensors[0]


def double(*shape: int) -> Tensor:
    return autograd.randn(*shape, dtype=autograd.float64, requires_grad=True)


@pytest.mark.parametrize("function", [Cube, Exp, Separate])
def test_first_and_second_derivatives(function: type[Function]) -> None:
    x = double(3)
    assert gradcheck(function.apply, x)
    assert gradgradcheck(function.apply, x)
    assert function.apply(x).grad_fn.name() == f"{function.__name__}Backward"


def test_several_outputs_and_arguments() -> None:
    x, y = double(2), double(2)
    assert gradcheck(lambda x, y: SumAndProduct.apply(x, y, 2.5), (x, y))
    assert gradgradcheck(lambda x, y: SumAndProduct.apply(x, y, 2.5), (x, y))
    _, product = SumAndProduct.apply(x, y.detach(), 2.0)
    product.sum().backward()
    assert x.grad.tolist() == y.tolist()


def test_nothing_is_recorded_without_need() -> None:
    assert Cube.apply(autograd.ones(2)).grad_fn is None
    with autograd.no_grad():
        assert Cube.apply(double(2)).grad_fn is None


def test_saved_values_are_guarded() -> None:
    x = double(2)
    y = x * 1
    out = Cube.apply(y)
    y.zero_()
    with pytest.raises(BackwardError, match="modified in place"):
        out.sum().backward()
    out = Cube.apply(x)
    out.sum().backward()
    with pytest.raises(BackwardError, match="retain_graph"):
        out.sum().backward()


def test_mark_non_differentiable() -> None:
    class Sorted(Function):
        @staticmethod
        def forward(ctx, x):
            values, places = x * 2, (x > 0).double()
            ctx.mark_non_differentiable(places)
            return values, places

        @staticmethod
        def backward(ctx, g, g_places):
            assert g_places.tolist() == [0.0, 0.0]
            return g * 2

    values, places = Sorted.apply(double(2))
    assert values.requires_grad
    assert not places.requires_grad
    values.sum().backward()


def test_set_materialize_grads() -> None:
    seen = []

    class Pair(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.set_materialize_grads(False)
            return x * 1, x * 2

        @staticmethod
        def backward(ctx, g, h):
            seen.append((g is None, h is None))
            return h * 2

    _, second = Pair.apply(double(2))
    second.sum().backward()
    assert seen == [(True, False)]


def test_once_differentiable() -> None:
    class Once(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        @once_differentiable
        def backward(ctx, g):
            return 2 * g * ctx.saved_tensors[0]

    x = double(2)
    assert gradcheck(Once.apply, x)
    (g,) = autograd.grad(Once.apply(x).sum(), x, create_graph=True)
    with pytest.raises(BackwardError, match="once_differentiable"):
        g.sum().backward()


def test_mark_dirty() -> None:
    class Double(Function):
        @staticmethod
        def forward(ctx, x):
            x.mul_(2)
            ctx.mark_dirty(x)
            return x

        @staticmethod
        def backward(ctx, g):
            return g * 2

    x = double(2)
    y = x * 1
    out = Double.apply(y)
    assert out is y
    (out * out).sum().backward()
    assert autograd.allclose(x.grad, 8 * x.detach())
    with pytest.raises(BackwardError, match="leaf"):
        Double.apply(x)


def test_an_input_handed_back() -> None:
    class Same(Function):
        @staticmethod
        def forward(ctx, x):
            return x

        @staticmethod
        def backward(ctx, g):
            return g * 5

    x = double(2)
    out = Same.apply(x)
    assert out is not x
    out.sum().backward()
    assert x.grad.tolist() == [5.0, 5.0]


def test_bad_functions_are_named() -> None:
    class TooMany(Cube):
        @staticmethod
        def backward(ctx, g):
            return g, g

    class WrongShape(Cube):
        @staticmethod
        def backward(ctx, g):
            return g.sum().reshape(1, 1, 1).expand(4, 1, 1)

    class NoBackward(Function):
        @staticmethod
        def forward(ctx, x):
            return x * 1

    with pytest.raises(RuntimeError, match="TooMany"):
        TooMany.apply(double(2)).sum().backward()
    with pytest.raises(RuntimeError, match="WrongShape"):
        WrongShape.apply(double(2)).sum().backward()
    with pytest.raises(NotImplementedError, match="backward"):
        NoBackward.apply(double(2)).sum().backward()


def test_gradcheck_finds_a_wrong_backward() -> None:
    class Wrong(Cube):
        @staticmethod
        def backward(ctx, g):
            return g * 2.9 * ctx.saved_tensors[0] ** 2

    x = autograd.tensor([1.0, 2.0], dtype=autograd.float64, requires_grad=True)
    with pytest.raises(GradcheckError, match=r"(?s)worst: d output\[1\] / d input\[1\].*backward: 11.6.*numeric: +12"):
        gradcheck(Wrong.apply, x)
    assert not gradcheck(Wrong.apply, x, raise_exception=False)
