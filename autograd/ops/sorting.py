"""Sorting, and what follows from order: medians, quantiles, the largest few."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, overload

from .. import dtypes
from ..backend import Array, Backend
from ..engine.errors import OperationError
from ..engine.primitive import primitive
from ..engine.tensor import Tensor
from ..types import Operand
from .choosing import clamp, minimum, where
from .comparison import isnan, le, lt
from .creation import tensor
from .dims import normalize_dim
from .indexing import gather
from .layout import alike, laid_as
from .operands import as_operand
from .operation import operation
from .promotion import cast, refuse_complex, single_under_autocast
from .reduction import ValuesAndIndices, argmax
from .rounding import ceil, floor, round
from .shape import contiguous, flatten, movedim, narrow, reshape, squeeze, unsqueeze


@primitive(keeps_order=True)
def _argsort(backend: Backend, x: Array, *, dim: int, descending: bool) -> Array:
    return backend.argsort(x, dim, descending)


@primitive()
def _topk(backend: Backend, x: Array, *, k: int, dim: int, largest: bool) -> Array:
    return backend.topk(x, k, dim, largest)


@operation
def argsort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> Tensor:
    """The positions that would sort a dimension; equal elements keep their order. nan counts as the largest."""
    refuse_complex("sort", input)
    if not input.ndim:
        normalize_dim("argsort", dim, 0)
        return cast(0 * cast(input.detach(), dtypes.int64), dtypes.int64)
    axis = normalize_dim("argsort", dim, input.ndim)
    x = cast(input, dtypes.uint8) if input.dtype is dtypes.bool else input
    return _argsort(x.detach(), dim=axis, descending=descending)


@operation
def sort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> ValuesAndIndices:
    """(values, indices) in order along a dimension.

    >>> import autograd
    >>> autograd.sort(autograd.tensor([3.0, 1.0, 2.0])).indices
    tensor([1, 2, 0])
    """
    order = argsort(input, dim, descending)
    if not input.ndim:
        return ValuesAndIndices(input.clone(), order)
    return ValuesAndIndices(laid_as(gather(input, dim, order), alike, input), order)


@operation
def msort(input: Tensor) -> Tensor:
    """The values in order along the first dimension."""
    return sort(input, 0).values


@operation
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


@operation
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


@overload
def median(input: Tensor, dim: None = None, keepdim: bool = False) -> Tensor: ...
@overload
def median(input: Tensor, dim: int, keepdim: bool = False) -> ValuesAndIndices: ...
@operation
def median(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor | ValuesAndIndices:
    """The lower median of all elements, or (value, index) along a dimension; nan if one is there."""
    if dim is None:
        flat = reshape(input, -1)
        if not flat.numel():
            return flat.sum() * math.nan
        value = median(flat.detach(), 0).values
        if not input.requires_grad:
            return value
        hits = cast((flat == value) | isnan(flat) & isnan(value), input.dtype)
        return where(hits > 0, flat, 0.0).sum() / hits.sum()  # equal elements share the gradient
    if not input.ndim:
        return ValuesAndIndices(input.clone(), argsort(input))
    axis = normalize_dim("median", dim, input.ndim)
    count = input._array.shape[axis]
    order = argsort(input, axis)
    places = narrow(order, axis, (count - 1) // 2, 1)
    if input.is_floating_point():
        last = narrow(order, axis, count - 1, 1)
        places = where(isnan(gather(input.detach(), axis, last)), _first_nan(input, axis), places)
    return _picked(input, places, axis, keepdim)


def _first_nan(input: Tensor, axis: int) -> Tensor:
    return argmax(isnan(input.detach()), axis, keepdim=True)


@overload
def nanmedian(input: Tensor, dim: None = None, keepdim: bool = False) -> Tensor: ...
@overload
def nanmedian(input: Tensor, dim: int, keepdim: bool = False) -> ValuesAndIndices: ...
@operation
def nanmedian(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor | ValuesAndIndices:
    """The lower median of the elements that are not nan, or (value, index) along a dimension."""
    if dim is None:
        flat = reshape(input, -1)
        return nanmedian(flat, 0).values if flat.numel() else median(flat)
    if not input.ndim:
        return median(input, dim, keepdim)
    axis = normalize_dim("nanmedian", dim, input.ndim)
    known = (~isnan(input)).sum(axis, keepdim=True)
    middle = clamp((known - 1) // 2, min=0)
    return _picked(input, gather(argsort(input, axis), axis, middle), axis, keepdim)


@operation
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


@operation
@single_under_autocast
def quantile(
    input: Tensor,
    q: float | Sequence[float] | Tensor,
    dim: int | None = None,
    keepdim: bool = False,
    *,
    interpolation: str = "linear",
) -> Tensor:
    """The q-th quantiles, q in [0, 1] (a number or a vector, whose dimension comes first); nan if one is there."""
    return _quantile("quantile", input, q, dim, keepdim, interpolation, ignore_nan=False)


@operation
@single_under_autocast
def nanquantile(
    input: Tensor,
    q: float | Sequence[float] | Tensor,
    dim: int | None = None,
    keepdim: bool = False,
    *,
    interpolation: str = "linear",
) -> Tensor:
    """The q-th quantiles of the elements that are not nan."""
    return _quantile("nanquantile", input, q, dim, keepdim, interpolation, ignore_nan=True)


def _quantile(
    name: str,
    input: Tensor,
    q: float | Sequence[float] | Tensor,
    dim: int | None,
    keepdim: bool,
    interpolation: str,
    ignore_nan: bool,
) -> Tensor:
    if not input.is_floating_point():
        raise OperationError(f"{name}: expected a floating-point tensor, got {input.dtype}")
    levels = cast(q, input.dtype) if isinstance(q, Tensor) else tensor(q, dtype=input.dtype, device=input.device)
    if levels.is_cpu and levels.numel() and not (levels._array.min() >= 0 and levels._array.max() <= 1):
        raise OperationError(f"{name}: q lies in [0, 1], got {q}")
    axis = 0 if dim is None else normalize_dim(name, dim, input.ndim)
    if dim is not None and not input.ndim:
        dim = None
    rows = flatten(input).unsqueeze(0) if dim is None else movedim(input, axis, -1)
    ordered = sort(rows, -1).values
    missing = isnan(rows.detach()).sum(-1, keepdim=True)
    last = rows._array.shape[-1] - 1 - missing if ignore_nan else 0 * missing + rows._array.shape[-1] - 1
    rank = reshape(levels, -1) * cast(last, input.dtype)
    below = clamp(floor(rank), min=0.0)
    if interpolation == "nearest":
        below, weight = round(rank), 0.0 * rank
    elif interpolation == "lower":
        weight = 0.0 * rank
    elif interpolation == "higher":
        below, weight = ceil(rank), 0.0 * rank
    elif interpolation == "midpoint":
        weight = 0.5 * cast(rank > below, input.dtype)
    elif interpolation == "linear":
        weight = rank - below
    else:
        raise ValueError(f"{name}: unknown interpolation {interpolation!r}")
    low = cast(below, dtypes.int64)
    high = minimum(cast(low + 1, dtypes.int64), clamp(last, min=0))
    first, second = gather(ordered, -1, low), gather(ordered, -1, high)
    found = first + weight * (second - first) if interpolation in ("linear", "midpoint") else first
    if not ignore_nan:
        found = where(missing > 0, math.nan, found)
    if dim is None:
        found = reshape(found, -1) if not keepdim else reshape(found, (-1, *(1,) * input.ndim))
        return found if levels.ndim else squeeze(found, 0)
    result = movedim(found, -1, 0)
    if keepdim:
        result = unsqueeze(result, axis + 1)
    return result if levels.ndim else squeeze(result, 0)


@operation(method=False)
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
    compare = le if behind else lt
    found = compare(unsqueeze(sequence.detach(), -2), unsqueeze(columns.detach(), -1)).sum(-1)
    return cast(reshape(found, ()) if scalar else found, kind)


@operation(method=False)
def bucketize(input: Operand, boundaries: Tensor, *, out_int32: bool = False, right: bool = False) -> Tensor:
    """The number of the bucket between ordered boundaries that each value falls into."""
    if boundaries.ndim != 1:
        raise OperationError(f"bucketize: expected a vector of boundaries, got shape {tuple(boundaries.shape)}")
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)
