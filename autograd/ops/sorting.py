"""Order: sorting and what is read off a sorted tensor. Values carry gradients to where they came from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from .. import dtypes
from ..engine.errors import OperationError
from ..engine.modes import modes
from ..engine.primitive import primitive
from ..engine.tensor import Tensor
from . import elementwise as e
from .creation import arange, full, linspace, tensor
from .dims import normalize_dim, numpy_names
from .indexing import gather, write
from .operands import as_operand
from .promotion import cast, refuse_complex
from .reduction import ValuesAndIndices, argmax
from .shape import cat, contiguous, flatten, movedim, narrow, reshape, squeeze, unsqueeze


@primitive()
def _argsort(backend, x, *, dim, descending):
    return backend.argsort(x, dim, descending)


@primitive()
def _topk(backend, x, *, k, dim, largest):
    return backend.topk(x, k, dim, largest)


@numpy_names
def argsort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> Tensor:
    """The positions that would sort a dimension; equal elements keep their order. nan counts as the largest."""
    refuse_complex("sort", input)
    if not input.ndim:
        normalize_dim("argsort", dim, 0)
        return cast(0 * cast(input.detach(), dtypes.int64), dtypes.int64)
    axis = normalize_dim("argsort", dim, input.ndim)
    x = cast(input, dtypes.uint8) if input.dtype is dtypes.bool else input
    return _argsort(x.detach(), dim=axis, descending=descending)


@numpy_names
def sort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> ValuesAndIndices:
    """(values, indices) in order along a dimension.

    >>> import autograd
    >>> autograd.sort(autograd.tensor([3.0, 1.0, 2.0])).indices
    tensor([1, 2, 0])
    """
    order = argsort(input, dim, descending)
    if not input.ndim:
        return ValuesAndIndices(input.clone(), order)
    return ValuesAndIndices(gather(input, dim, order), order)


def msort(input: Tensor) -> Tensor:
    """The values in order along the first dimension."""
    return sort(input, 0).values


@numpy_names
def topk(input: Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> ValuesAndIndices:
    """(values, indices) of the k largest (or smallest) elements along a dimension, in order."""
    axis = normalize_dim("topk", dim, input.ndim)
    count = input._array.shape[axis] if input.ndim else 1
    if not 0 <= k <= count:
        raise OperationError(f"topk: k = {k} of {count} elements along dim {axis} of shape {tuple(input.shape)}")
    if not input.ndim:
        return sort(input, dim)
    x = cast(input, dtypes.uint8) if input.dtype is dtypes.bool else input
    indices = _topk(x.detach(), k=k, dim=axis, largest=bool(largest))
    return ValuesAndIndices(gather(input, axis, indices), indices)


def _picked(input: Tensor, places: Tensor, axis: int, keepdim: bool) -> ValuesAndIndices:
    """The elements at one place along a dimension."""
    places = contiguous(places)
    values = gather(input, axis, places)
    return ValuesAndIndices(*((values, places) if keepdim else (squeeze(values, axis), squeeze(places, axis))))


def kthvalue(input: Tensor, k: int, dim: int = -1, keepdim: bool = False) -> ValuesAndIndices:
    """(value, index) of the k-th smallest element along a dimension; k counts from 1."""
    if not input.ndim and k == 1:
        return ValuesAndIndices(input.clone(), argsort(input))
    if not input.ndim:
        raise OperationError(f"kthvalue: k = {k} of a single element")
    axis = normalize_dim("kthvalue", dim, input.ndim)
    if not 1 <= k <= input._array.shape[axis]:
        raise OperationError(f"kthvalue: k = {k} of {input._array.shape[axis]} elements along dim {axis}")
    return _picked(input, narrow(argsort(input, axis), axis, k - 1, 1), axis, keepdim)


@numpy_names
def median(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
    """The lower median of all elements, or (value, index) along a dimension; nan if one is there."""
    if dim is None:
        flat = reshape(input, -1)
        if not flat.numel():
            return flat.sum() * math.nan
        value = median(flat.detach(), 0).values
        if not input.requires_grad:
            return value
        hits = cast((flat == value) | e.isnan(flat) & e.isnan(value), input.dtype)
        return e.where(hits > 0, flat, 0.0).sum() / hits.sum()  # equal elements share the gradient
    if not input.ndim:
        return ValuesAndIndices(input.clone(), argsort(input))
    axis = normalize_dim("median", dim, input.ndim)
    count = input._array.shape[axis]
    order = argsort(input, axis)
    places = narrow(order, axis, (count - 1) // 2, 1)
    if input.is_floating_point():
        last = narrow(order, axis, count - 1, 1)
        places = e.where(e.isnan(gather(input.detach(), axis, last)), _first_nan(input, axis), places)
    return _picked(input, places, axis, keepdim)


def _first_nan(input: Tensor, axis: int) -> Tensor:
    return argmax(e.isnan(input.detach()), axis, keepdim=True)


def nanmedian(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
    """The lower median of the elements that are not nan, or (value, index) along a dimension."""
    if dim is None:
        flat = reshape(input, -1)
        return nanmedian(flat, 0).values if flat.numel() else median(flat)
    if not input.ndim:
        return median(input, dim, keepdim)
    axis = normalize_dim("nanmedian", dim, input.ndim)
    known = (~e.isnan(input)).sum(axis, keepdim=True)
    middle = e.clamp((known - 1) // 2, min=0)
    return _picked(input, gather(argsort(input, axis), axis, middle), axis, keepdim)


def mode(input: Tensor, dim: int = -1, keepdim: bool = False) -> ValuesAndIndices:
    """(value, index) of the most frequent element along a dimension, the smallest of equals, its last place."""
    if not input.ndim:
        return ValuesAndIndices(input.clone(), argsort(input))
    axis = normalize_dim("mode", dim, input.ndim)
    ordered, order = sort(input.detach(), axis)
    rows = movedim(ordered, axis, -1)
    counts = cast(unsqueeze(rows, -1) == unsqueeze(rows, -2), dtypes.int64).sum(-1)
    best = movedim(argmax(counts, -1, keepdim=True), -1, axis)
    times = movedim(gather(counts, -1, argmax(counts, -1, keepdim=True)), -1, axis)
    return _picked(input, gather(order, axis, best + times - 1), axis, keepdim)


def quantile(
    input: Tensor, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> Tensor:
    """The q-th quantiles, q in [0, 1] (a number or a vector, whose dimension comes first); nan if one is there."""
    return _quantile("quantile", input, q, dim, keepdim, interpolation, ignore_nan=False)


def nanquantile(
    input: Tensor, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> Tensor:
    """The q-th quantiles of the elements that are not nan."""
    return _quantile("nanquantile", input, q, dim, keepdim, interpolation, ignore_nan=True)


def _quantile(
    name: str, input: Tensor, q: Any, dim: int | None, keepdim: bool, interpolation: str, ignore_nan: bool
) -> Tensor:
    if not input.is_floating_point():
        raise OperationError(f"{name}: expected a floating-point tensor, got {input.dtype}")
    levels = cast(q, input.dtype) if isinstance(q, Tensor) else tensor(q, dtype=input.dtype, device=input.device)
    axis = 0 if dim is None else normalize_dim(name, dim, input.ndim)
    if dim is not None and not input.ndim:
        dim = None
    rows = flatten(input).unsqueeze(0) if dim is None else movedim(input, axis, -1)
    ordered = sort(rows, -1).values
    missing = e.isnan(rows.detach()).sum(-1, keepdim=True)
    last = rows._array.shape[-1] - 1 - missing if ignore_nan else 0 * missing + rows._array.shape[-1] - 1
    rank = reshape(levels, -1) * cast(last, input.dtype)
    below = e.clamp(e.floor(rank), min=0.0)
    if interpolation == "nearest":
        below, weight = e.round(rank), 0.0 * rank
    elif interpolation == "lower":
        weight = 0.0 * rank
    elif interpolation == "higher":
        below, weight = e.ceil(rank), 0.0 * rank
    elif interpolation == "midpoint":
        weight = 0.5 * cast(rank > below, input.dtype)
    elif interpolation == "linear":
        weight = rank - below
    else:
        raise ValueError(f"{name}: unknown interpolation {interpolation!r}")
    low = cast(below, dtypes.int64)
    high = e.minimum(cast(low + 1, dtypes.int64), e.clamp(last, min=0))
    first, second = gather(ordered, -1, low), gather(ordered, -1, high)
    found = first + weight * (second - first) if interpolation in ("linear", "midpoint") else first
    if not ignore_nan:
        found = e.where(missing > 0, math.nan, found)
    if dim is None:
        found = reshape(found, -1) if not keepdim else reshape(found, (-1, *(1,) * input.ndim))
        return found if levels.ndim else squeeze(found, 0)
    result = movedim(found, -1, 0)
    if keepdim:
        result = unsqueeze(result, axis + 1)
    return result if levels.ndim else squeeze(result, 0)


# What depends on the values on the host: the shape of the result does


@primitive()
def _unique(backend, x):
    return backend.unique(x)


def unique(
    input: Tensor,
    sorted: bool = True,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Any:
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


def unique_consecutive(
    input: Tensor, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Any:
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
def _bincount(backend, x, weights, *, length):
    return backend.bincount(x, weights, length)


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


def histc(input: Tensor, bins: int = 100, min: float = 0, max: float = 0) -> Tensor:
    """How many elements fall into each of `bins` bins of equal width; outside [min, max] they do not count."""
    x = reshape(input.detach(), -1)
    low, high = float(min), float(max)
    if low == high and x.numel():
        low, high = x.min().item(), x.max().item()
    if low == high:
        low, high = low - 1, high + 1
    x = x[(x >= low) & (x <= high)]
    number = e.clamp(cast(e.floor((x - low) * (bins / (high - low))), dtypes.int64), 0, bins - 1)
    return cast(bincount(number, minlength=bins), input.dtype)


class Histogram(NamedTuple):
    """What `histogram` returns."""

    hist: Tensor
    bin_edges: Tensor


def histogram(
    input: Tensor,
    bins: Any,
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


def histogramdd(
    input: Tensor,
    bins: Any,
    *,
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
    parts = [bins] * count if isinstance(bins, int) else list(bins)
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
        number = e.clamp(number, max=bins_here - 1)  # the last edge belongs to the last bin
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


def searchsorted(
    sorted_sequence: Tensor,
    values: Any,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Tensor | None = None,
) -> Tensor:
    """Where values would be inserted into an ordered last dimension: before equals, or behind them with `right`."""
    behind = right if side is None else side == "right"
    sequence = sorted_sequence if sorter is None else gather(sorted_sequence, -1, sorter)
    wanted = values if isinstance(values, Tensor) else as_operand("searchsorted", values, sorted_sequence)
    kind = dtypes.int32 if out_int32 else dtypes.int64
    scalar = not wanted.ndim and sequence.ndim == 1
    columns = reshape(wanted, 1) if scalar else wanted
    compare = e.le if behind else e.lt
    found = compare(unsqueeze(sequence.detach(), -2), unsqueeze(columns.detach(), -1)).sum(-1)
    return cast(reshape(found, ()) if scalar else found, kind)


def bucketize(input: Any, boundaries: Tensor, *, out_int32: bool = False, right: bool = False) -> Tensor:
    """The number of the bucket between ordered boundaries that each value falls into."""
    if boundaries.ndim != 1:
        raise OperationError(f"bucketize: expected a vector of boundaries, got shape {tuple(boundaries.shape)}")
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)


def unravel_index(indices: Tensor, shape: Any) -> tuple[Tensor, ...]:
    """The coordinates in a tensor of this shape of positions in the flattened one."""
    sizes = (shape,) if isinstance(shape, int) else tuple(int(size) for size in shape)
    rest, found = indices, []
    for size in reversed(sizes):
        found.append(rest % size)
        rest = rest // size
    return tuple(reversed(found))
