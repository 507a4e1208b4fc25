"""Pooling: what becomes of a window, over any number of dimensions.

Maximum: three primitives. `max_pool` takes the maxima, and says which place of its window each stood at;
its derivative scatters to there; the derivative of that gathers from there. What is saved is the places,
so the maxima may be written in place afterwards. Sum: two primitives, adjoint to each other.
All work on slices: one for each place in the window, holding what all windows have there.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from ..backend import Array, Backend, Namespace
from ..backend.base import window_slices
from ..engine.errors import OperationError
from ..engine.primitive import primitive
from ..engine.tensor import Tensor
from ..types import PerDim
from .convolution import as_tuple
from .creation import ones
from .dims import as_ints, is_int
from .joining import cat_pieces
from .layout import as_images, as_rows, laid_as
from .padding import pad_constant
from .promotion import require_floating, rounded_once, widened_by_autocast


def _places(x: Any, kernel: Sequence[int], stride: Sequence[int], dilation: Sequence[int]) -> Iterator[tuple]:
    """For each place in the window, the index of (N, C, *S) of what all windows have there."""
    for batch, *cuts, channels in window_slices(x.shape[2:], kernel, stride, dilation):
        yield (batch, channels, *cuts)


@primitive(
    piecewise_linear=True,
    x=lambda g, out1, x_shape, kernel, stride, dilation: _max_scatter(
        g, out1, space=tuple(x_shape[2:]), kernel=kernel, stride=stride, dilation=dilation
    ),
    lies=as_images,
)
def _max_pool(
    backend: Backend,
    x: Array,
    *,
    kernel: tuple[int, ...],
    stride: tuple[int, ...],
    dilation: tuple[int, ...],
    padding: tuple[int, ...],
) -> tuple[Array, Array]:
    """The maxima of the windows, and the numbers of their places: the first at a tie, a nan before all."""
    return backend.max_pool(x, kernel, stride, dilation, padding)


@primitive(
    up=lambda g, place, kernel, stride, dilation: _max_gather(g, place, kernel=kernel, stride=stride, dilation=dilation)
)
def _max_scatter(
    backend: Backend,
    up: Array,
    place: Array,
    *,
    space: tuple[int, ...],
    kernel: tuple[int, ...],
    stride: tuple[int, ...],
    dilation: tuple[int, ...],
) -> Array:
    """Zeros of this space, with `up` added where the maxima stood."""
    return backend.max_scatter(up, place, space, kernel, stride, dilation)


@primitive(
    up=lambda g, place, up_shape, kernel, stride, dilation: _max_scatter(
        g, place, space=tuple(up_shape[2:]), kernel=kernel, stride=stride, dilation=dilation
    )
)
def _max_gather(
    backend: Backend,
    up: Array,
    place: Array,
    *,
    kernel: tuple[int, ...],
    stride: tuple[int, ...],
    dilation: tuple[int, ...],
) -> Array:
    """What stands where the maxima stood."""
    total = backend.xp.zeros(place.shape, dtype=up.dtype)
    for number, cut in enumerate(_places(up, kernel, stride, dilation)):
        total += backend.gate(up[cut], place == number)
    return total


@primitive()
def _max_positions(
    xp: Namespace,
    place: Array,
    *,
    kernel: tuple[int, ...],
    stride: tuple[int, ...],
    dilation: tuple[int, ...],
    padding: tuple[int, ...],
    space: tuple[int, ...],
) -> Array:
    """The flat index in the unpadded input of each maximum, as torch's return_indices gives it."""
    place = xp.astype(place, xp.int64)
    positions = xp.zeros(place.shape, dtype=xp.int64)
    for axis, (size, s, d, p) in enumerate(zip(space, stride, dilation, padding, strict=True)):
        along = tuple(-1 if i == axis else 1 for i in range(len(space)))
        start = xp.reshape(xp.arange(place.shape[axis + 2]) * s - p, along)
        offset = place // math.prod(kernel[axis + 1 :]) % kernel[axis]
        positions = positions * size + start + offset * d
    return positions


@primitive(
    piecewise_linear=True,
    lies=as_rows,
    x=lambda g, x_shape, kernel, stride: _spread(g, space=tuple(x_shape[2:]), kernel=kernel, stride=stride),
)
def _sum_pool(xp: Namespace, x: Array, *, kernel: tuple[int, ...], stride: tuple[int, ...]) -> Array:
    total = None
    for place in _places(x, kernel, stride, (1,) * len(kernel)):
        if total is None:
            total = xp.asarray(x[place], copy=True)
        else:
            total += x[place]
    return total


@primitive(up=lambda g, kernel, stride: _sum_pool(g, kernel=kernel, stride=stride))
def _spread(
    xp: Namespace, up: Array, *, space: tuple[int, ...], kernel: tuple[int, ...], stride: tuple[int, ...]
) -> Array:
    whole = xp.zeros((*up.shape[:2], *space), dtype=up.dtype)
    for place in _places(whole, kernel, stride, (1,) * len(kernel)):
        whole[place] += up
    return whole


def _output(size: int, kernel: int, stride: int, padding: int, dilation: int, ceil_mode: bool) -> int:
    """How many windows fit; with ceil_mode one more may hang over the end, if it starts inside."""
    reach = size + 2 * padding - dilation * (kernel - 1) - 1
    count = (-(-reach // stride) if ceil_mode else reach // stride) + 1
    if ceil_mode and (count - 1) * stride >= size + padding:
        count -= 1
    return count


def _prepare(
    name: str,
    dims: int,
    input: Tensor,
    kernel: PerDim,
    stride: PerDim | None,
    padding: PerDim,
    dilation: PerDim,
    ceil_mode: bool,
) -> tuple[tuple[int, ...], ...]:
    """kernel, stride, padding, dilation a dimension, and how far the last windows hang over."""
    kernels = as_tuple(kernel, dims)
    strides = kernels if stride is None or not (is_int(stride) or as_ints(stride)) else as_tuple(stride, dims)
    pads, dilations = as_tuple(padding, dims), as_tuple(dilation, dims)
    if input.ndim != dims + 2:
        raise OperationError(f"{name}: expected {dims + 1} or {dims + 2} dimensions, got shape {tuple(input.shape)}")
    if min(strides) < 1 or min(dilations) < 1 or min(pads) < 0:
        raise OperationError(
            f"{name}: stride and dilation must be positive, padding not negative, got {strides}, {dilations}, {pads}"
        )
    if 0 in input.shape[1:]:
        raise OperationError(f"{name}: expected no empty dimension but the batch, got shape {tuple(input.shape)}")
    if any(2 * p > d * (k - 1) + 1 for p, k, d in zip(pads, kernels, dilations, strict=True)):
        raise OperationError(f"{name}: padding {pads} is more than half of the kernel {kernels}")
    over = []
    for size, k, s, p, d in zip(input.shape[2:], kernels, strides, pads, dilations, strict=True):
        count = _output(size, k, s, p, d, ceil_mode)
        if count < 1:
            raise OperationError(f"{name}: the kernel {kernels} is larger than the padded input {tuple(input.shape)}")
        over.append(max((count - 1) * s + d * (k - 1) + 1 - size - 2 * p, 0))
    return kernels, strides, pads, dilations, tuple(over)


def _grow(x: Tensor, pads: Sequence[int], over: Sequence[int], value: float) -> Tensor:
    if not any(pads) and not any(over):
        return x
    return pad_constant(
        x, [width for p, o in reversed(list(zip(pads, over, strict=True))) for width in (p, p + o)], value
    )


def max_pool(
    name: str,
    dims: int,
    input: Tensor,
    kernel_size: PerDim,
    stride: PerDim | None = None,
    padding: PerDim = 0,
    dilation: PerDim = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The maximum of each window; at ties the gradient goes to the first."""
    if dims == 3 and not return_indices:  # as torch's, which has other code for the indices
        input = widened_by_autocast(input)
    if input.ndim == dims + 1:
        out = max_pool(
            name, dims, input.unsqueeze(0), kernel_size, stride, padding, dilation, ceil_mode, return_indices
        )
        return (out[0].squeeze(0), out[1].squeeze(0)) if return_indices else out.squeeze(0)
    kernel, strides, pads, dilations, over = _prepare(
        name, dims, input, kernel_size, stride, padding, dilation, ceil_mode
    )
    kind = input.dtype
    lowest = -math.inf if kind.is_floating_point else -(1 << 8 * kind.itemsize - 1) if kind.is_signed else 0
    x = _grow(input, pads, over, lowest)
    out, place = _max_pool(x, kernel=kernel, stride=strides, dilation=dilations, padding=pads)
    if not return_indices:
        return out
    positions = _max_positions(
        place,
        kernel=kernel,
        stride=strides,
        dilation=dilations,
        padding=pads,
        space=tuple(input.shape[2:]),
    )
    return out, positions


def avg_pool(
    name: str,
    dims: int,
    input: Tensor,
    kernel_size: PerDim,
    stride: PerDim | None = None,
    padding: PerDim = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """The mean of each window; what hangs over the padded end is not counted, padding only if asked."""
    x = widened_by_autocast(input) if dims == 3 else input
    return _mean_pool(name, dims, x, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


@rounded_once
def _mean_pool(
    name: str,
    dims: int,
    input: Tensor,
    kernel_size: PerDim,
    stride: PerDim | None,
    padding: PerDim,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None,
) -> Tensor:
    if input.ndim == dims + 1:
        args = kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
        return _mean_pool(name, dims, input.unsqueeze(0), *args).squeeze(0)
    require_floating(name, input)
    kernel, strides, pads, _, over = _prepare(name, dims, input, kernel_size, stride, padding, 1, ceil_mode)
    total = _sum_pool(_grow(input, pads, over, 0.0), kernel=kernel, stride=strides)
    if divisor_override == 0:
        raise OperationError(f"{name}: divisor_override must not be 0")
    if divisor_override is not None:
        return total / float(divisor_override)
    if not any(over) and (count_include_pad or not any(pads)):
        return total / float(math.prod(kernel))
    counted = ones((1, 1, *input.shape[2:]), dtype=input.dtype, device=input.device)
    counted = _grow(counted, pads, (0,) * dims, 1.0 if count_include_pad else 0.0)
    counted = _grow(counted, (0,) * dims, over, 0.0)
    return total / _sum_pool(counted, kernel=kernel, stride=strides)


def adaptive_sizes(name: str, dims: int, input: Tensor, output_size: PerDim) -> list[int]:
    if input.ndim not in (dims + 1, dims + 2):
        raise OperationError(f"{name}: expected {dims + 1} or {dims + 2} dimensions, got shape {tuple(input.shape)}")
    given: Any = output_size
    wanted = [given] * dims if is_int(given) or given is None else list(given)
    if len(wanted) == 1:
        wanted *= dims
    if len(wanted) != dims or any(size is not None and size < 0 for size in wanted):
        raise OperationError(f"{name}: expected {dims} output sizes, got {output_size!r}")
    return [have if size is None else int(size) for size, have in zip(wanted, input.shape[-dims:], strict=True)]


def adaptive_bounds(have: int, want: int) -> list[tuple[int, int]]:
    """Where the windows begin and end that cut a dimension into `want` nearly equal, perhaps overlapping parts."""
    return [(i * have // want, -(-(i + 1) * have // want)) for i in range(want)]


def divides_evenly(have: Sequence[int], want: Sequence[int]) -> bool:
    return all(size and not n % size for n, size in zip(have, want, strict=True))


@rounded_once
def adaptive_avg_pool(name: str, dims: int, input: Tensor, output_size: PerDim) -> Tensor:
    """Means of windows that cut the last dimensions into nearly equal parts; None keeps a size."""
    sizes = adaptive_sizes(name, dims, input, output_size)
    have = input.shape[-dims:]
    if set(sizes) == {1} and 0 not in have:
        return input.mean(tuple(range(-dims, 0)), keepdim=True)
    if divides_evenly(have, sizes) and 0 not in have:
        kernel = tuple(n // size for n, size in zip(have, sizes, strict=True))
        return avg_pool(name, dims, input, kernel, kernel)
    out = input
    for axis, (n, size) in enumerate(zip(have, sizes, strict=True)):
        dim = input.ndim - dims + axis
        parts = [out.narrow(dim, start, end - start).mean(dim, keepdim=True) for start, end in adaptive_bounds(n, size)]
        out = cat_pieces(*parts, dim=dim) if parts else out.narrow(dim, 0, 0)
    return laid_as(out, as_images, input)
