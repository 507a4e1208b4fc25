"""Convolution over any number of dimensions: three primitives that are each other's derivatives.

    y = convolution(x, w)             the layer
    x = convolution_input(g, w)       its adjoint by x: a transposed convolution
    w = convolution_weight(g, x)      its adjoint by w

Each is linear in both arguments, so the derivatives of one are calls of the others, to any order.
Logically x is (N, C, *S) and w (O, C/groups, *K), as in torch. In memory the work is done channels
last: windows (N, *O, *K, C) times a matrix, one product for the whole batch. Results keep that
memory order under an (N, O, *S) view, so a chain of layers is never transposed.

V. Dumoulin, F. Visin, "A guide to convolution arithmetic for deep learning", 2016.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from ..backend import Array, Backend, Namespace
from ..backend.order import Layout, channels_last
from ..engine.errors import OperationError
from ..engine.modes import modes
from ..engine.primitive import primitive
from ..engine.tensor import Tensor
from ..types import PerDim
from .dims import as_ints
from .layout import as_rows
from .padding import pad_constant
from .promotion import cast, require_tensors, rounded_once
from .reduction import sum
from .shape import squeeze, unsqueeze

AT_ONCE = 8  # partial sums of a weight's gradient that are kept before they are added up, in order


def output_size(size: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    """floor((size + 2 padding - dilation (kernel - 1) - 1) / stride) + 1."""
    return (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1


@primitive(
    autocast="half",
    linear=True,
    lies=lambda x, weight, bias, **params: _as_images(x, weight),
    x=lambda g, weight, x_shape, stride, padding, dilation, groups: _convolution_input(
        g,
        weight,
        space=tuple(x_shape[2:]),
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=groups,
    ),
    weight=lambda g, x, weight_shape, stride, padding, dilation, groups: _convolution_weight(
        g,
        x,
        kernel=tuple(weight_shape[2:]),
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=groups,
    ),
    bias=lambda g: sum(g, [0, *range(2, g.ndim)]),
)
def _convolution(
    backend: Backend,
    x: Array,
    weight: Array,
    bias: Array | None,
    *,
    stride: tuple[int, ...],
    padding: tuple[int, ...],
    dilation: tuple[int, ...],
    groups: int,
) -> Array:
    """(N, C, *S), (O, C/groups, *K) -> (N, O, *S')."""
    xp = backend.xp
    outs = _output_space(x.shape[2:], weight.shape[2:], stride, padding, dilation)
    matrix = _weight_matrix(xp, weight, groups)

    def part(batch: slice) -> Any:
        windows = _windows(backend, x[batch, ...], weight.shape[2:], stride, padding, dilation)
        product = _join_groups(xp, backend.matmul(_by_group(xp, windows, len(outs), groups), matrix))
        if bias is not None:
            product += bias
        return xp.reshape(product, (-1, *outs, weight.shape[0]))

    shape = (x.shape[0], *outs, weight.shape[0])
    return _joined(backend, part, _blocks(backend, x, outs, weight.shape[2:]), shape, xp.result_type(x, weight))


@primitive(
    autocast="half",
    linear=True,
    lies=lambda up, weight, **params: _as_images(up, weight),
    up=lambda g, weight, stride, padding, dilation, groups: _convolution(
        g, weight, None, stride=stride, padding=padding, dilation=dilation, groups=groups
    ),
    weight=lambda g, up, weight_shape, stride, padding, dilation, groups: _convolution_weight(
        up,
        g,
        kernel=tuple(weight_shape[2:]),
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=groups,
    ),
)
def _convolution_input(
    backend: Backend,
    up: Array,
    weight: Array,
    *,
    space: tuple[int, ...],
    stride: tuple[int, ...],
    padding: tuple[int, ...],
    dilation: tuple[int, ...],
    groups: int,
) -> Array:
    """(N, O, *S'), (O, C/groups, *K) -> (N, C, *space)."""
    xp = backend.xp
    outs, kernel, channels = up.shape[2:], weight.shape[2:], weight.shape[1]
    matrix = xp.matrix_transpose(_weight_matrix(xp, weight, groups))
    padded = [size + 2 * p for size, p in zip(space, padding, strict=True)]
    inner = (slice(None), *(slice(p, p + size) for p, size in zip(padding, space, strict=True)), slice(None))

    def part(batch: slice) -> Any:
        product = backend.matmul(_by_group(xp, _channels_last(xp, up[batch, ...]), len(outs), groups), matrix)
        if groups == 1:
            windows = xp.reshape(product, (-1, *outs, *kernel, channels))
        else:
            apart = xp.reshape(product, (groups, -1, *outs, *kernel, channels))
            windows = xp.reshape(xp.moveaxis(apart, 0, -2), (-1, *outs, *kernel, groups * channels))
        if _is_pointwise(kernel, stride, padding):
            return xp.reshape(windows, (-1, *space, groups * channels))
        return backend.fold(windows, padded, stride, dilation)[inner]

    shape = (up.shape[0], *space, groups * channels)
    blocks = _blocks(backend, up, outs, kernel, groups * channels)
    return _joined(backend, part, blocks, shape, xp.result_type(up, weight))


@primitive(
    linear=True,
    up=lambda g, x, stride, padding, dilation, groups: _convolution(
        x, g, None, stride=stride, padding=padding, dilation=dilation, groups=groups
    ),
    x=lambda g, up, x_shape, stride, padding, dilation, groups: _convolution_input(
        up,
        g,
        space=tuple(x_shape[2:]),
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=groups,
    ),
)
def _convolution_weight(
    backend: Backend,
    up: Array,
    x: Array,
    *,
    kernel: tuple[int, ...],
    stride: tuple[int, ...],
    padding: tuple[int, ...],
    dilation: tuple[int, ...],
    groups: int,
) -> Array:
    """(N, O, *S'), (N, C, *S) -> (O, C/groups, *kernel)."""
    xp = backend.xp
    out, channels = up.shape[1], x.shape[1] // groups

    def part(batch: slice) -> Any:
        rows = _by_group(xp, _windows(backend, x[batch, ...], kernel, stride, padding, dilation), len(kernel), groups)
        above = _by_group(xp, _channels_last(xp, up[batch, ...]), len(kernel), groups)
        return backend.matmul(xp.matrix_transpose(above), rows)

    total: Any = None
    blocks = _blocks(backend, x, up.shape[2:], kernel)
    for start in range(0, len(blocks), AT_ONCE):
        for product in backend.each(part, blocks[start : start + AT_ONCE]):
            total = product if total is None else total + product
    return backend.contiguous(xp.moveaxis(xp.reshape(total, (out, *kernel, channels)), -1, 1))


def _as_images(x: Layout, weight: Layout) -> list[int] | None:
    """How torch's result lies: channels last if the images or the weight do."""
    if len(x.shape) != 3:
        return channels_last(x) or channels_last(weight)
    return as_rows(weight)  # sequences lie in C order there, and the weight alone can say otherwise


def _output_space(
    space: Sequence[int], kernel: Sequence[int], stride: Sequence[int], padding: Sequence[int], dilation: Sequence[int]
) -> tuple[int, ...]:
    return tuple(output_size(*each) for each in zip(space, kernel, stride, padding, dilation, strict=True))


def _blocks(
    backend: Backend, x: Array, outs: Sequence[int], kernel: Sequence[int], channels: int | None = None
) -> list[slice]:
    """Slices of the batch whose windows are small enough for the device to work on at once."""
    a_sample = math.prod(outs) * math.prod(kernel) * (x.shape[1] if channels is None else channels)
    return list(backend.blocks(x.shape[0], a_sample * 4))


def _is_pointwise(kernel: Sequence[int], stride: Sequence[int], padding: Sequence[int]) -> bool:
    return all(k == 1 for k in kernel) and all(s == 1 for s in stride) and not any(padding)


def _channels_last(xp: Namespace, x: Array) -> Array:
    return xp.moveaxis(x, 1, -1)


def _joined(
    backend: Backend, part: Callable[[slice], Any], blocks: list[slice], shape: tuple[int, ...], kind: Any
) -> Array:
    """The parts (n, *S, C) of a batch (N, *S, C) as (N, C, *S)."""
    xp = backend.xp
    if len(blocks) == 1:
        return xp.moveaxis(part(blocks[0]), -1, 1)
    whole = xp.empty(shape, dtype=kind)

    def fill(batch: slice) -> None:
        whole[batch, ...] = part(batch)

    backend.each(fill, blocks)
    return xp.moveaxis(whole, -1, 1)


def _windows(
    backend: Backend,
    x: Array,
    kernel: Sequence[int],
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
) -> Array:
    """All that the kernel sees, (N, *S', *K, C)."""
    xp = backend.xp
    last = _channels_last(xp, x)
    if _is_pointwise(kernel, stride, padding):
        return xp.reshape(last, (*last.shape[:-1], *kernel, last.shape[-1]))
    if any(padding):
        shape = tuple(size + 2 * p for size, p in zip(x.shape[2:], padding, strict=True))
        padded = xp.zeros((x.shape[0], *shape, x.shape[1]), dtype=x.dtype)
        inner = tuple(slice(p, p + size) for size, p in zip(x.shape[2:], padding, strict=True))
        padded[(slice(None), *inner, slice(None))] = last
        last = padded
    return backend.unfold(last, tuple(kernel), stride, dilation)


def _by_group(xp: Namespace, x: Array, dims: int, groups: int) -> Array:
    """(N, *S, ..., C) with `dims` dimensions S as a matrix of a row a place, or as one a group of channels."""
    places, within, channels = math.prod(x.shape[: 1 + dims]), math.prod(x.shape[1 + dims : -1]), x.shape[-1]
    if groups == 1:
        return xp.reshape(x, (places, within * channels))
    apart = xp.reshape(x, (places, within, groups, channels // groups))
    return xp.reshape(xp.permute_dims(apart, (2, 0, 1, 3)), (groups, places, within * channels // groups))


def _weight_matrix(xp: Namespace, weight: Array, groups: int) -> Array:
    """(O, C/groups, *K) as (K C, O), or as (groups, K C/groups, O/groups)."""
    last = xp.moveaxis(weight, 1, -1)
    a_row = math.prod(weight.shape[1:])
    if groups == 1:
        return xp.matrix_transpose(xp.reshape(last, (weight.shape[0], a_row)))
    return xp.matrix_transpose(xp.reshape(last, (groups, weight.shape[0] // groups, a_row)))


def _join_groups(xp: Namespace, product: Array) -> Array:
    """(groups, rows, O/groups) as (rows, O)."""
    if product.ndim == 2:
        return product
    groups, rows, channels = product.shape
    return xp.reshape(xp.permute_dims(product, (1, 0, 2)), (rows, groups * channels))


# The public functions


def as_tuple(value: int | Sequence[int], dims: int) -> tuple[int, ...]:
    """One int a dimension."""
    if type(value) is int:
        return (value,) * dims
    try:
        values = as_ints(value)
    except TypeError:
        values = ()
    if len(values) not in (1, dims):
        what = "an int" if dims == 1 else f"an int or {dims} of them"
        raise TypeError(f"expected {what} for a kernel size, stride, padding or dilation, got {value!r}")
    return values * dims if len(values) == 1 else values


def _same_padding(kernel: Sequence[int], dilation: Sequence[int]) -> list[tuple[int, int]]:
    totals = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
    return [(total // 2, total - total // 2) for total in totals]


def _check_steps(name: str, strides: Sequence[int], dilations: Sequence[int]) -> None:
    if min(strides) < 1 or min(dilations) < 1:
        raise OperationError(f"{name}: stride and dilation must be positive, got {strides} and {dilations}")


def convolution(
    name: str,
    dims: int,
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: PerDim,
    padding: PerDim | str,
    dilation: PerDim,
    groups: int,
) -> Tensor:
    """The cross-correlation of (N, C, *S) or (C, *S) with (O, C/groups, *K), plus a bias a channel."""
    require_tensors(name, input, weight)
    if weight.ndim != dims + 2:
        raise OperationError(f"{name}: expected a weight of {dims + 2} dimensions, got shape {tuple(weight.shape)}")
    if input.ndim == dims + 1:
        out = convolution(name, dims, unsqueeze(input, 0), weight, bias, stride, padding, dilation, groups)
        return squeeze(out, 0)
    if input.ndim != dims + 2:
        raise OperationError(
            f"{name}: expected an input of {dims + 1} (unbatched) or {dims + 2} dimensions, "
            f"got shape {tuple(input.shape)}"
        )
    strides, dilations = as_tuple(stride, dims), as_tuple(dilation, dims)
    _check_steps(name, strides, dilations)
    kernel = tuple(weight._array.shape[2:])
    if weight.shape[1] * groups != input.shape[1] or weight.shape[0] % groups:
        raise OperationError(
            f"{name}: weight of shape {tuple(weight.shape)} and groups={groups} needs {weight.shape[1] * groups} input "
            f"channels and out-channels divisible by groups, got input of shape {tuple(input.shape)}"
        )
    if input.dtype is not weight.dtype and modes.autocast is None:
        raise OperationError(f"{name}: expected one dtype, got {input.dtype} and {weight.dtype}; convert with .to()")
    if isinstance(padding, str):
        if padding not in ("valid", "same"):
            raise ValueError(f"{name}: padding is 'valid', 'same' or numbers, got {padding!r}")
        if padding == "same" and any(s != 1 for s in strides):
            raise OperationError(f"{name}: padding='same' is not supported for strided convolutions")
        sides = _same_padding(kernel, dilations) if padding == "same" else [(0, 0)] * dims
        if any(before != after for before, after in sides):
            input = pad_constant(input, [width for pair in reversed(sides) for width in pair])
            sides = [(0, 0)] * dims
        pads = tuple(before for before, _ in sides)
    else:
        pads = as_tuple(padding, dims)
        if min(pads) < 0:
            raise OperationError(f"{name}: negative padding is not supported, got {pads}; cut the input instead")
    if bias is not None and tuple(bias.shape) != weight._array.shape[:1]:
        raise OperationError(f"{name}: expected a bias of shape {(weight.shape[0],)}, got {tuple(bias.shape)}")
    sizes = [output_size(*each) for each in zip(input.shape[2:], kernel, strides, pads, dilations, strict=True)]
    if any(size < 1 for size in sizes):
        raise OperationError(
            f"{name}: the kernel {kernel} (dilation {dilations}) is larger than the padded input "
            f"{tuple(size + 2 * p for size, p in zip(input.shape[2:], pads, strict=True))}"
        )
    return _convolution(input, weight, bias, stride=strides, padding=pads, dilation=dilations, groups=groups)


@rounded_once
def transposed(
    name: str,
    dims: int,
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: PerDim,
    padding: PerDim,
    output_padding: PerDim,
    groups: int,
    dilation: PerDim,
) -> Tensor:
    """The adjoint of a convolution by its input: (N, C, *S), (C, O/groups, *K) -> (N, O, *S')."""
    require_tensors(name, input, weight)
    if input.ndim == dims + 1:
        out = transposed(
            name, dims, unsqueeze(input, 0), weight, bias, stride, padding, output_padding, groups, dilation
        )
        return squeeze(out, 0)
    strides, dilations, pads, extra = (as_tuple(each, dims) for each in (stride, dilation, padding, output_padding))
    _check_steps(name, strides, dilations)
    if min(pads) < 0:
        raise OperationError(f"{name}: negative padding is not supported, got {pads}; pad the result instead")
    if any(e >= max(s, d) for e, s, d in zip(extra, strides, dilations, strict=True)):
        raise OperationError(
            f"{name}: output_padding must be smaller than stride or dilation, got {extra}, {strides} and {dilations}"
        )
    if input.ndim != dims + 2 or weight.ndim != dims + 2 or input.shape[1] != weight.shape[0]:
        raise OperationError(
            f"{name}: input of shape {tuple(input.shape)} does not fit a weight of shape {tuple(weight.shape)}"
        )
    space = tuple(
        (size - 1) * s - 2 * p + d * (k - 1) + e + 1
        for size, s, p, d, k, e in zip(input.shape[2:], strides, pads, dilations, weight.shape[2:], extra, strict=True)
    )
    if any(each >= step for each, step in zip(extra, strides, strict=True)):
        # So much is added at the end that another window would fit: the plain adjoint, cut or filled up.
        whole = tuple(size + 2 * p - e for size, p, e in zip(space, pads, extra, strict=True))
        options: Any = {"stride": strides, "padding": (0,) * dims, "dilation": dilations, "groups": groups}
        out = _convolution_input(input, weight, space=whole, **options)
        out = pad_constant(out, [width for p, e in zip(pads[::-1], extra[::-1], strict=True) for width in (-p, e - p)])
    else:
        out = _convolution_input(
            input,
            weight,
            space=space,
            stride=strides,
            padding=pads,
            dilation=dilations,
            groups=groups,
        )
    if bias is None:
        return out
    bias = bias if modes.autocast is None else cast(bias, out.dtype)
    return out + bias.reshape((1, -1) + (1,) * dims)
