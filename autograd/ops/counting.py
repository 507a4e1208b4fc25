"""Distinct elements, and how many there are of each or in each interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, overload

from .. import dtypes
from ..backend import Array, Backend
from ..engine.errors import OperationError
from ..engine.modes import modes
from ..engine.primitive import primitive
from ..engine.tensor import Tensor
from .choosing import clamp
from .creation import arange, full
from .dims import is_int, normalize_dim
from .indexing import write
from .joining import cat
from .operation import operation
from .promotion import cast
from .rounding import floor
from .shape import movedim, reshape
from .sorting import argsort, searchsorted
from .spacing import linspace


@primitive()
def _unique(backend: Backend, x: Array) -> tuple[Array, Array, Array]:
    return backend.unique(x)


@overload
def unique(
    input: Tensor,
    sorted: bool = True,
    return_inverse: Literal[False] = False,
    return_counts: Literal[False] = False,
    dim: int | None = None,
) -> Tensor: ...
@overload
def unique(
    input: Tensor,
    sorted: bool = True,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Any: ...
@operation
def unique(
    input: Tensor,
    sorted: bool = True,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Tensor | tuple[Tensor, ...]:
    """The different elements in order; with where each element went, and how often it occurs, if asked."""
    modes.note_unreplayable("unique()")
    if dim is not None:
        return _unique_rows(input, normalize_dim("unique", dim, input.ndim), return_inverse, return_counts)
    values, inverse, counts = _unique(reshape(input.detach(), -1))
    wanted = [values]
    if return_inverse:
        wanted.append(reshape(inverse, input.shape))
    if return_counts:
        wanted.append(counts)
    return wanted[0] if len(wanted) == 1 else tuple(wanted)


def _unique_rows(input: Tensor, axis: int, return_inverse: bool, return_counts: bool) -> Any:
    """Slices along a dimension that differ, in lexicographic order."""
    count = input._array.shape[axis]
    if not input.numel() and (count or input._array.shape.count(0) > 1):
        raise OperationError(f"unique: slices along dim {axis} of shape {tuple(input.shape)} have no elements")
    rows = reshape(movedim(input.detach(), axis, 0), (count, -1 if count else 1))
    order = _lexicographic(rows)
    ordered = rows[order]
    if len(order):
        new = (ordered[1:] != ordered[:-1]).any(1)
        first = cat([order[:1] == order[:1], new])
    else:
        first = order == order
    number = cast(first, dtypes.int64).cumsum(0) - 1
    inverse = 0 * order
    inverse[order] = number
    values = movedim(input.detach(), axis, 0)[order[first]]
    wanted: list[Tensor] = [movedim(values, 0, axis)]
    if return_inverse:
        wanted.append(inverse)
    if return_counts:
        wanted.append(bincount(number))
    return wanted[0] if len(wanted) == 1 else tuple(wanted)


def _lexicographic(rows: Tensor) -> Tensor:
    """The positions that sort rows lexicographically: stable sorts by the columns from the last to the first."""
    order = arange(rows._array.shape[0], device=rows.device)
    for column in range(rows._array.shape[1] - 1, -1, -1):
        order = order[argsort(rows[order, column], 0)]
    return order


@overload
def unique_consecutive(
    input: Tensor,
    return_inverse: Literal[False] = False,
    return_counts: Literal[False] = False,
    dim: int | None = None,
) -> Tensor: ...
@overload
def unique_consecutive(
    input: Tensor, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Any: ...
@operation
def unique_consecutive(
    input: Tensor, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Tensor | tuple[Tensor, ...]:
    """The elements of the flattened tensor, or the slices of a dimension, without immediate repetitions."""
    modes.note_unreplayable("unique_consecutive()")
    axis = 0 if dim is None else normalize_dim("unique_consecutive", dim, input.ndim)
    slices = reshape(input.detach(), -1) if dim is None or not input.ndim else movedim(input.detach(), axis, 0)
    count = slices._array.shape[0]
    rows = reshape(slices, (count, -1)) if slices.numel() else slices.new_zeros(count, 1)
    first = full((count,), True, device=input.device)
    if count:
        write(first, (slice(1, None),), (rows[1:] != rows[:-1]).any(1))
    number = cast(first, dtypes.int64).cumsum(0) - 1
    wanted = [movedim(slices[first], 0, axis) if dim is not None else slices[first]]
    if return_inverse:
        wanted.append(reshape(number, input.shape) if dim is None else number)
    if return_counts:
        wanted.append(bincount(number))
    return wanted[0] if len(wanted) == 1 else tuple(wanted)


@primitive()
def _bincount(backend: Backend, x: Array, weights: Array | None, *, length: int) -> Array:
    return backend.bincount(x, weights, length)


@operation
def bincount(input: Tensor, weights: Tensor | None = None, minlength: int = 0) -> Tensor:
    """How often each integer from 0 occurs in a vector, or the sums of its weights."""
    if input.ndim != 1 or input.is_floating_point():
        raise OperationError(f"bincount: expected a vector of integers, got {input.dtype}{list(input.shape)}")
    top = 0
    if input.numel():
        if bool((input < 0).any()):
            raise OperationError("bincount: the integers must not be negative")
        top = int(input.max().item()) + 1
    if weights is not None and weights.dtype is not dtypes.float32:
        weights = cast(weights, dtypes.float64)
    counted = weights.detach() if weights is not None else None
    return _bincount(input, counted, length=top if top > minlength else minlength)


@operation
def histc(input: Tensor, bins: int = 100, min: float = 0, max: float = 0) -> Tensor:
    """How many elements fall into each of `bins` bins of equal width; outside [min, max] they do not count."""
    x = reshape(input.detach(), -1)
    low, high = float(min), float(max)
    if low == high and x.numel():
        low, high = x.min().item(), x.max().item()
    if low == high:
        low, high = low - 1, high + 1
    x = x[(x >= low) & (x <= high)]
    number = clamp(cast(floor((x - low) * (bins / (high - low))), dtypes.int64), 0, bins - 1)
    return cast(bincount(number, minlength=bins), input.dtype)


class Histogram(NamedTuple):
    """What `histogram` returns."""

    hist: Tensor
    bin_edges: Tensor


@operation
def histogram(
    input: Tensor,
    bins: Any = 100,
    *,
    range: Sequence[float] | None = None,
    weight: Tensor | None = None,
    density: bool = False,
) -> Histogram:
    """How many elements (or how much weight) fall between neighbouring edges; the last bin has both its edges."""
    counted, edges = histogramdd(
        reshape(input, (-1, 1)),
        [bins],
        range=range,
        weight=None if weight is None else reshape(weight, -1),
        density=density,
    )
    return Histogram(counted, edges[0].clone())


@operation(method=False)
def histogramdd(
    input: Tensor,
    bins: Any,
    range: Sequence[float] | None = None,
    weight: Tensor | None = None,
    density: bool = False,
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """(counts, edges) of points (*, d) in boxes between neighbouring edges of each of d dimensions.

    `bins`: a number for all, or for each dimension a number or its edges.
    """
    if not input.is_floating_point():
        raise OperationError(f"histogram: expected a floating-point tensor, got {input.dtype}")
    points = reshape(input.detach(), (-1, input._array.shape[-1]))
    count = points._array.shape[1]
    parts = [bins] * count if is_int(bins) else list(bins)
    if len(parts) != count:
        raise OperationError(f"histogram: expected bins for {count} dimensions, got {len(parts)}")
    edges, place, inside, size = [], None, None, 1
    for i, part in enumerate(parts):
        values = points[:, i]
        if not isinstance(part, Tensor):
            low, high = (range[2 * i], range[2 * i + 1]) if range is not None else _span(values)
            part = linspace(low, high, part + 1, dtype=input.dtype, device=input.device)
        part = part.detach()
        number = searchsorted(part, values.contiguous(), right=True) - 1
        bins_here = part._array.shape[0] - 1
        number = clamp(number, max=bins_here - 1)  # the last edge belongs to the last bin
        here = (values >= part[0]) & (values <= part[-1])
        place = number if place is None else place * bins_here + number
        inside = here if inside is None else inside & here
        edges.append(part)
        size *= bins_here
    assert place is not None
    assert inside is not None
    weights = full((points._array.shape[0],), 1.0, dtype=input.dtype, device=input.device)
    if weight is not None:
        weights = cast(reshape(weight.detach(), -1), input.dtype)
    counted = cast(bincount(place[inside], weights[inside], size), input.dtype)
    counted = reshape(counted, [part._array.shape[0] - 1 for part in edges])
    if density:
        counted = counted / counted.sum()
        for i, part in enumerate(edges):
            shape = [-1 if j == i else 1 for j, _ in enumerate(edges)]
            counted = counted / reshape(part[1:] - part[:-1], shape)
    return counted, tuple(edges)


def _span(values: Tensor) -> tuple[float, float]:
    if not values.numel():
        return 0.0, 1.0
    low, high = values.min().item(), values.max().item()
    if not (math.isfinite(low) and math.isfinite(high)):
        raise OperationError(f"histogram: the values span {low} to {high}; give a range")
    return (low, high) if low < high else (low - 0.5, high + 0.5)
