"""Laws that hold for all inputs: derivatives are the numeric ones, forwards are NumPy's; inputs drawn by hypothesis."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from more_operations import SMOOTH_BINARY
from more_operations import UNARY as MORE_UNARY
from operations import ACTIVATIONS, FLOAT_UNARY
from oracle import here, host

import autograd
import nn.functional as F

pytest.importorskip("hypothesis")
import hypothesis.extra.numpy as hnp
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd.testing import assert_gradients, broadcastable_shapes, matmul_shapes, shapes, tensors

EXAMPLES = 12
KINKS = {
    "abs": (0,), "relu": (0,), "sign": (0,), "sgn": (0,), "leaky_relu": (0,), "elu": (0,), "relu6": (0, 6),
    "hardtanh": (-1, 1), "reciprocal": (0,), "nan_to_num": (),
}  # fmt: skip
WHOLE = tuple(range(-7, 8))
JUMPS = {"floor": WHOLE, "ceil": WHOLE, "trunc": WHOLE, "frac": WHOLE, "round": tuple(i + 0.5 for i in range(-7, 7))}
UNARY = {**FLOAT_UNARY, **MORE_UNARY, **{f"nn.functional.{name}": (-7, 7) for name in ACTIVATIONS}}


@pytest.mark.parametrize("name", UNARY)
def test_functions_of_one_tensor(name: str) -> None:
    """First and second derivatives, any shape (also empty), any memory layout."""
    low, high = UNARY[name]
    short = name.rpartition(".")[2]
    avoid = KINKS.get(short, ()) + JUMPS.get(short, ())
    drawn = tensors(shapes(min_side=0, max_side=3), float(low), float(high), avoid=avoid)
    assert_gradients(here(name), drawn, order=2, max_examples=EXAMPLES)


BINARY = {
    "add": (-3, 3), "sub": (-3, 3), "mul": (-3, 3), "div": (0.3, 3), "pow": (0.3, 2.5), "atan2": (0.2, 3),
    "logaddexp": (-3, 3), "rsub": (-3, 3), "xlogy": (0.2, 3), **SMOOTH_BINARY,
}  # fmt: skip


def pairs(low: float, high: float, count: int = 2, **options: Any) -> st.SearchStrategy[tuple]:
    return broadcastable_shapes(count, max_side=3).flatmap(
        lambda found: st.tuples(*(tensors(shape, low, high, **options) for shape in found))
    )


@pytest.mark.parametrize("name", [name for name in BINARY if name not in ("fmax", "fmin", "copysign")])
def test_functions_of_two_tensors_that_broadcast(name: str) -> None:
    low, high = BINARY[name]
    assert_gradients(here(name), pairs(low, high), order=2, max_examples=EXAMPLES)


@pytest.mark.parametrize("name", ["maximum", "minimum", "fmax", "fmin"])
def test_the_larger_of_two(name: str) -> None:
    function = here(name)
    apart = pairs(-3, 3).map(lambda pair: (pair[0], (pair[1] * 0.97 + 0.013).detach().requires_grad_()))
    distinct = apart.filter(lambda pair: bool(((pair[0] - pair[1]).abs() > 1e-3).all()))
    assert_gradients(function, distinct, max_examples=EXAMPLES)


def test_functions_of_three() -> None:
    assert_gradients(autograd.lerp, pairs(-3, 3, 3), order=2, max_examples=EXAMPLES)
    assert_gradients(autograd.addcmul, pairs(-3, 3, 3), order=2, max_examples=EXAMPLES)
    assert_gradients(autograd.addcdiv, pairs(0.5, 3, 3), order=2, max_examples=EXAMPLES)


@st.composite
def reductions(draw: Any, distinct: bool = False) -> tuple:
    """A tensor, some of its dimensions, and whether they are kept."""
    shape = draw(shapes(min_dims=1, max_side=3))
    rank = len(shape)
    dims = draw(st.lists(st.integers(-rank, rank - 1), unique_by=lambda d: d % rank, max_size=3))
    return draw(tensors(shape, 0.3, 3.0, distinct=distinct)), tuple(dims), draw(st.booleans())


@pytest.mark.parametrize("name", ["sum", "mean", "logsumexp", "norm", "amax", "amin", "nansum", "var"])
def test_reductions(name: str) -> None:
    function = here(name)

    def reduce(x: autograd.Tensor, dims: tuple, keep: bool) -> autograd.Tensor:
        if name == "norm":
            return function(x, 2, dims or None, keep)
        if name == "var":
            return function(x, dims or None, correction=0, keepdim=keep)
        return function(x, dims or tuple(range(x.ndim)), keep)

    assert_gradients(reduce, reductions(distinct=name in ("amax", "amin")), order=2, max_examples=EXAMPLES)


@pytest.mark.parametrize(
    "name",
    ["cumsum", "cumprod", "prod", "cummax", "cummin", "sort", "softmax", "log_softmax", "diff", "flip", "logcumsumexp"],
)
def test_along_a_dimension(name: str) -> None:
    function = here(name)
    drawn = shapes(min_dims=1, max_side=3).flatmap(
        lambda shape: st.tuples(
            tensors(shape, 0.3, 2.0, distinct=name in ("cummax", "cummin", "sort")),
            st.integers(-len(shape), len(shape) - 1),
        )
    )
    call = (lambda x, dim: function(x, dim=dim)) if name == "diff" else lambda x, dim: function(x, dim)
    assert_gradients(call, drawn, order=2, max_examples=EXAMPLES)


def test_products() -> None:
    drawn = matmul_shapes(max_side=3).flatmap(lambda pair: st.tuples(*(tensors(shape) for shape in pair)))
    assert_gradients(autograd.matmul, drawn, order=2, max_examples=2 * EXAMPLES)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_indexing_is_numpys(data: st.DataObject) -> None:
    """Basic and integer indices read what NumPy's read, and their gradient counts how often each element was read."""
    shape = data.draw(shapes(min_dims=1, min_side=1))
    index = data.draw(
        hnp.basic_indices(shape, allow_newaxis=True).filter(
            lambda i: all(
                not isinstance(p, slice) or p.step is None or p.step > 0 for p in (i if isinstance(i, tuple) else (i,))
            )
        )
        | hnp.integer_array_indices(shape)
    )
    values = np.random.default_rng(0).normal(size=shape)
    x = autograd.tensor(values, requires_grad=True)
    out = x[index]
    np.testing.assert_array_equal(host(out), values[index])
    out.sum().backward()
    counted = np.zeros(shape)
    np.add.at(counted, index, 1.0)
    np.testing.assert_array_equal(host(x.grad), counted)
    written = autograd.tensor(values)
    written[index] = 7.0
    values[index] = 7.0
    np.testing.assert_array_equal(host(written), values)


@st.composite
def convolutions(draw: Any) -> tuple:
    """Arguments of conv2d that fit."""
    groups = draw(st.integers(1, 2))
    per_group, outputs = draw(st.integers(1, 2)), groups * draw(st.integers(1, 2))
    kernel, stride, padding, dilation = (
        tuple(draw(st.integers(low, high)) for _ in range(2)) for low, high in ((1, 3), (1, 2), (0, 1), (1, 2))
    )
    space = [
        draw(st.integers(max(1, d * (k - 1) + 1 - 2 * p), 5)) for k, p, d in zip(kernel, padding, dilation, strict=True)
    ]
    x = draw(tensors((draw(st.integers(1, 2)), groups * per_group, *space)))
    weight = draw(tensors((outputs, per_group, *kernel)))
    bias = draw(st.none() | tensors((outputs,)))
    return x, weight, bias, stride, padding, dilation, groups


def test_convolution() -> None:
    assert_gradients(F.conv2d, convolutions(), order=1, max_examples=25)


@settings(max_examples=40, deadline=None)
@given(convolutions())
def test_convolution_is_the_sum_it_stands_for(arguments: tuple) -> None:
    """Every output is the sum over channels and kernel places that the definition says."""
    x, weight, bias, stride, padding, dilation, groups = arguments
    out = host(F.conv2d(*arguments))
    padded = np.pad(host(x), ((0, 0), (0, 0), (padding[0],) * 2, (padding[1],) * 2))
    w = host(weight)
    expected = np.zeros_like(out)
    for n, o, i, j in np.ndindex(*out.shape):
        first = o // (w.shape[0] // groups) * w.shape[1]
        window = padded[
            n, first : first + w.shape[1],
            i * stride[0] : i * stride[0] + dilation[0] * w.shape[2] : dilation[0],
            j * stride[1] : j * stride[1] + dilation[1] * w.shape[3] : dilation[1],
        ]  # fmt: skip
        expected[n, o, i, j] = (window[:, : w.shape[2], : w.shape[3]] * w[o]).sum()
    np.testing.assert_allclose(out, expected + (0 if bias is None else host(bias)[:, None, None]), atol=1e-10)


@settings(max_examples=40, deadline=None)
@given(tensors(shapes(min_dims=1)), st.data())
def test_shapes_come_back(x: autograd.Tensor, data: st.DataObject) -> None:
    """Rearranging and undoing it is the identity, for values and gradients."""
    order = data.draw(st.permutations(range(x.ndim)))
    inverse = sorted(range(x.ndim), key=order.__getitem__)
    dim = data.draw(st.integers(-x.ndim, x.ndim - 1))
    shift = data.draw(st.integers(-5, 5))
    for there_and_back in (
        lambda x: x.permute(*order).permute(*inverse),
        lambda x: x.reshape(-1).reshape(x.shape),
        lambda x: x.flip(dim).flip(dim),
        lambda x: autograd.roll(autograd.roll(x, shift, dim), -shift, dim),
        lambda x: autograd.cat(x.split(1, dim), dim),
        lambda x: autograd.stack(x.unbind(dim), dim),
        lambda x: x.unsqueeze(dim).squeeze(dim),
        lambda x: x.movedim(dim, 0).movedim(0, dim),
        lambda x: x.sort(dim).values.gather(dim, x.argsort(dim).argsort(dim)),
    ):
        x.grad = None
        back = there_and_back(x)
        np.testing.assert_array_equal(host(back), host(x))
        (back * back.detach()).sum().backward()
        np.testing.assert_array_equal(host(x.grad), host(x))
