"""Laws that hold for all inputs: derivatives are the numeric ones, forwards are NumPy's; inputs drawn by hypothesis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import autograd
import nn.functional as F
from autograd import OperationError, Tensor
from autograd.testing import gradcheck, gradgradcheck
from tests.helpers.calls import arguments, differentiated, ours, theirs
from tests.helpers.operation import Call, Draw, Inputs, Operation
from tests.helpers.oracle import as_list, assert_same, here, host, there, torch_or_skip
from tests.helpers.table import EVERY, SMOOTH

pytest.importorskip("hypothesis")
import hypothesis.extra.numpy as hnp
from hypothesis import HealthCheck, assume, given, settings, strategies as st

from autograd.testing import assert_gradients, broadcastable_shapes, matmul_shapes, shapes, tensors

pytestmark = pytest.mark.numbers
EXAMPLES = 4


@dataclass(frozen=True)
class Layout:
    """How drawn arrays lie in memory: in C order, in another order, with gaps, backwards."""

    kind: str

    def tensor(self, array: np.ndarray, differentiated: bool) -> Tensor:
        kind = array.dtype.kind
        dtype = {"f": autograd.float64, "c": autograd.complex128}.get(kind)
        if self.kind == "reversed" and autograd.get_default_device() == "cpu" and array.ndim:
            x = autograd.from_numpy(np.ascontiguousarray(array[::-1])[::-1])  # a negative stride
        elif self.kind == "gaps" and array.ndim:
            x = autograd.tensor(np.repeat(array, 2, axis=-1), dtype=dtype)[..., ::2].detach()
        elif self.kind == "another order" and array.ndim:
            x = (
                autograd.tensor(np.ascontiguousarray(array.T), dtype=dtype)
                .permute(*reversed(range(array.ndim)))
                .detach()
            )
        else:
            x = autograd.tensor(array, dtype=dtype)
        return x.requires_grad_(differentiated and kind in "fc")


LAYOUTS = st.sampled_from([Layout(kind) for kind in ("C order", "another order", "gaps", "reversed")])


@st.composite
def arrays(draw: Any, shape: tuple, domain: tuple[float, float], avoid: Any = (), distinct: bool = False) -> np.ndarray:
    """Arrays of numbers in a domain, away from kinks and, if `distinct`, from each other."""
    x = tensors(shape, *map(float, domain), avoid=avoid, distinct=distinct, strided=False, device="cpu")
    return host(draw(x))


@st.composite
def calls_of(draw: Any, row: Operation) -> Call:
    """Arguments from the whole family that a row belongs to."""
    inputs = row.samples
    if not isinstance(inputs, Inputs):
        return _redrawn(draw, row)
    first = inputs.domains[0]
    options = dict(inputs.options)
    if inputs.family == "unary":
        shape = draw(shapes(min_side=0, max_side=3))
        return Call((draw(arrays(shape, first, inputs.avoid)),))
    if inputs.family in ("binary", "apart"):
        pair = draw(broadcastable_shapes(min_side=0, max_side=3))
        x, y = (draw(arrays(shape, domain)) for shape, domain in zip(pair, inputs.domains, strict=True))
        if inputs.family == "apart":  # no ties
            y = np.asarray(y * 0.97 + 0.0137)
            assume(bool((np.abs(x - y) > 1e-3).all()))
        return Call((x, y))
    shape = draw(shapes(min_dims=1, max_side=3))
    rank = len(shape)
    x = draw(arrays(shape, first, distinct=inputs.family.startswith("distinct")))
    if inputs.family == "reduced":
        dims = draw(st.lists(st.integers(-rank, rank - 1), unique_by=lambda d: d % rank, max_size=3))
        return Call((x, tuple(dims) or None), {"keepdim": draw(st.booleans()), **options})
    return Call((x, draw(st.integers(-rank, rank - 1))), options)


def _redrawn(draw: Any, row: Operation) -> Call:
    """One of a row's samples, its values drawn anew unless they are where they must be."""
    maker = Draw()
    if row.redrawn:
        maker.rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    samples = list(row.samples(maker))
    return samples[draw(st.integers(0, len(samples) - 1))]


def holds(row: Operation, law: Any) -> None:
    """Runs a law on drawn calls of a row, in drawn layouts."""

    families = isinstance(row.samples, Inputs)
    examples = EXAMPLES if families else 2 if row.redrawn else 1

    @settings(
        max_examples=examples, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(calls_of(row), LAYOUTS)
    def property_(call: Call, layout: Layout) -> None:
        law(call, layout)

    property_()


@pytest.mark.parametrize("row", SMOOTH)
def test_derivatives_are_the_numeric_ones(row: Operation) -> None:
    """First and, where there are some, second derivatives: any shape, any broadcasting, any memory layout."""

    def law(call: Call, layout: Layout) -> None:
        function, targets = differentiated(row, call, layout.tensor)
        if targets:
            assert gradcheck(function, targets)
            if row.twice:
                assert gradgradcheck(function, targets, atol=1e-4)

    holds(row, law)


@pytest.mark.parametrize("row", EVERY)
def test_values_are_torchs(row: Operation) -> None:
    """Values, shapes and dtypes, in double and single precision, of any shape and layout."""
    torch_or_skip()

    def law(call: Call, layout: Layout) -> None:
        for kind, digits in (("float64", 1e-9 if row.exact else 1e-6), ("float32", 1e-4)):
            mine, theirs_ = [], []
            args, kwargs = arguments(call, lambda a, d, kind=kind: _as_kind(layout.tensor(a, False), kind))
            mine = as_list(here(row.name)(*args, **kwargs))
            args, kwargs = arguments(call, theirs(kind, grad=False))
            theirs_ = as_list(there(row.name)(*args, **kwargs))
            assert len(mine) == len(theirs_)
            for out, expected in zip(mine, theirs_, strict=True):
                assert_same(out, expected, rtol=digits, atol=digits, what=str(call))

    holds(row, law)


def _as_kind(x: Tensor, kind: str) -> Tensor:
    wanted = getattr(autograd, kind)
    return x.to(wanted.to_complex() if x.is_complex() else wanted) if x.dtype.is_inexact else x


# Where a tensor beside itself stands on a kink: the distance of a point from itself.
KINKED_BESIDE_ITSELF = {
    "cdist",
    "dist",
    "nn.functional.l1_loss",
    "maximum",
    "minimum",
    "fmax",
    "fmin",
    "remainder",
    "fmod",
    "atan2",
    "max",
    "min",
    "nn.functional.kl_div",
    "special.xlog1py",
    "nextafter",
    "nn.functional.cosine_similarity",
}


@pytest.mark.parametrize("row", [row for row in SMOOTH if row.values[0].name not in KINKED_BESIDE_ITSELF])
def test_the_same_tensor_twice(row: Operation) -> None:
    """A tensor in the place of each argument of its shape receives the sum of their gradients."""
    for call in row.samples(Draw()):
        places = [i for i, x in enumerate(call.args) if isinstance(x, np.ndarray) and x.dtype.kind in "fc"]
        twins = [i for i in places if places and call.args[i].shape == call.args[places[0]].shape]
        if len(twins) < 2 or call.args[twins[0]].dtype != call.args[twins[1]].dtype:
            continue
        args, kwargs = arguments(Call(call.args, call.kwargs), ours())
        x = args[twins[0]]

        def function(x: Tensor, args: list = args, twins: list = twins, kwargs: dict = kwargs) -> Any:
            out = as_list(here(row.name)(*[x if i in twins[:2] else a for i, a in enumerate(args)], **kwargs))
            return tuple(each for each in out if each.dtype.is_inexact)

        try:
            function(x)
        except OperationError:  # the domain of one argument is not that of the other
            continue
        assert gradcheck(function, x)


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
            n,
            first : first + w.shape[1],
            i * stride[0] : i * stride[0] + dilation[0] * w.shape[2] : dilation[0],
            j * stride[1] : j * stride[1] + dilation[1] * w.shape[3] : dilation[1],
        ]
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
