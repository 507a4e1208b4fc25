"""Writing by index along a dimension, out of place: each gives a new tensor and differentiable in all floats."""

from __future__ import annotations

from typing import Any

from .. import dtypes
from ..backend import Array, Backend
from ..engine.errors import OperationError
from ..engine.modes import modes
from ..engine.primitive import primitive
from ..engine.tensor import Tensor
from ..types import DTypeLike
from .choosing import clamp, where
from .creation import arange, full_like, ones_like, zeros, zeros_like
from .diagonals import diagonal_adjoint
from .dims import normalize_dim, scalars_as_vectors
from .indexing import (
    INDICES,
    LONG,
    check_dtypes,
    check_index,
    check_scatter,
    gather,
    index_adjoint,
    parse_index,
    part_for,
    read,
    scatter_sum,
    write,
)
from .inplace import in_place
from .joining import cat
from .layout import c_order, laid_as
from .operation import operation
from .promotion import cast, require_tensors, rounded_once
from .shape import broadcast_tensors, expand, movedim, narrow, reshape
from .sorting import argsort


@operation
@scalars_as_vectors
def scatter_add(input: Tensor, dim: int, index: Tensor, src: Tensor) -> Tensor:
    """input with src added where `gather(., dim, index)` would read."""
    axis = normalize_dim("scatter_add", dim, input.ndim)
    require_tensors("scatter_add", input, index, src)
    check_dtypes("scatter_add", input, src)
    if not index.numel():
        return input.clone()
    check_scatter("scatter_add", input, axis, index, src)
    spread = scatter_sum(part_for(index, src), index.detach(), shape=tuple(input._array.shape), dim=axis)
    return laid_as(input + spread, c_order)


def _counted(input: Tensor, dim: int, index: Tensor, dtype: DTypeLike) -> Tensor:
    """How often each element of the input is named by an index."""
    ones = ones_like(index, dtype=dtype)
    return scatter_sum(ones, index.detach(), shape=tuple(input._array.shape), dim=dim)


@operation
@scalars_as_vectors
def scatter(
    input: Tensor, dim: int, index: Tensor, src: Any = None, *, value: Any = None, reduce: str | None = None
) -> Tensor:
    """input with src (or a number) written where `gather(., dim, index)` would read."""
    require_tensors("scatter", input, index)
    axis = normalize_dim("scatter", dim, input.ndim)
    source = src if src is not None else value
    check_dtypes("scatter", input, source)
    if reduce is not None:
        if not isinstance(source, Tensor):
            source = full_like(index, source, dtype=input.dtype)
        return scatter_reduce(input, dim, index, source, {"add": "sum", "multiply": "prod"}[reduce])
    return scatter_(laid_as(input.clone(), c_order), axis, index, source)


@operation(in_place=True)
@scalars_as_vectors
def scatter_reduce(
    input: Tensor, dim: int, index: Tensor, src: Tensor, reduce: str, *, include_self: bool = True
) -> Tensor:
    """input with all values that go to a place reduced into it: 'sum', 'prod', 'mean', 'amax' or 'amin'."""
    require_tensors("scatter_reduce", input, index, src)
    axis = normalize_dim("scatter_reduce", dim, input.ndim)
    if not index.numel():
        return input.clone()
    check_scatter("scatter_reduce", input, axis, index, src)
    part = part_for(index, src)
    counted = _counted(input, axis, index, dtypes.int64)
    named = counted > 0
    if reduce in ("sum", "mean"):
        start = input if include_self else where(named, zeros_like(input), input)
        total = scatter_add(start, axis, index, part)
        if reduce == "sum":
            return total
        count = clamp(counted + 1 if include_self else counted, min=1)
        if input.is_floating_point():
            return total / cast(count, input.dtype)
        return cast(total // count, input.dtype)
    if reduce not in ("prod", "amax", "amin"):
        raise OperationError(f"scatter_reduce: reduce is 'sum', 'prod', 'mean', 'amax' or 'amin', got {reduce!r}")
    if reduce == "prod":
        product = _segment_products(part, index, axis)
        spread = scatter_sum(product, index.detach(), shape=tuple(input._array.shape), dim=axis)
        start = input if include_self else ones_like(input)
        return where(named, cast(start * cast(spread, input.dtype), input.dtype), input)
    return _scatter_extreme(input, index.detach(), part, dim=axis, largest=reduce == "amax", own=include_self)


@primitive(
    x=lambda g, x, index, src, out, dim, own: _extreme_slopes(g, x, index, src, out, dim, own)[0],
    src=lambda g, x, index, src, out, dim, own: _extreme_slopes(g, x, index, src, out, dim, own)[1],
)
def _scatter_extreme(
    backend: Backend, x: Array, index: Array, src: Array, *, dim: int, largest: bool, own: bool
) -> Array:
    """The largest (or smallest) of all values that go to a place, and of what is there if `own`."""
    return backend.extreme_along(x, index, src, dim, largest, own)


def _extreme_slopes(
    g: Tensor, x: Tensor, index: Tensor, src: Tensor, out: Tensor, dim: int, own: bool
) -> tuple[Tensor, Tensor]:
    """All that equal the extreme share its gradient evenly."""
    ours = cast(x == out, g.dtype)
    if not own:
        ours = where(_counted(x, dim, index, dtypes.int64) > 0, 0.0, ours)
    theirs = cast(src == gather(out, dim, index), g.dtype)
    sharing = ours + scatter_sum(theirs, index, shape=tuple(x._array.shape), dim=dim)
    each = g / sharing
    return ours * each, theirs * gather(each, dim, index)


def _segment_products(values: Tensor, index: Tensor, axis: int) -> Tensor:
    """At the last value that goes to each place, the product of all that do; elsewhere 0.

    In the order of their places the products double how far back they reach in each round.
    """
    count = index._array.shape[axis]
    order = argsort(index, axis)
    places, x = gather(index, axis, order), gather(values, axis, order)
    reach = 1
    while reach < count:
        behind = narrow(x, axis, 0, count - reach)
        same = narrow(places, axis, reach, count - reach) == narrow(places, axis, 0, count - reach)
        tail = narrow(x, axis, reach, count - reach)
        x = cat([narrow(x, axis, 0, reach), where(same, tail * behind, tail)], axis)
        reach *= 2
    if count > 1:
        last = narrow(places, axis, 1, count - 1) != narrow(places, axis, 0, count - 1)
        x = cat([where(last, narrow(x, axis, 0, count - 1), 0), narrow(x, axis, count - 1, 1)], axis)
    return scatter_sum(x, order, shape=tuple(index._array.shape), dim=axis)


def _index(name: str, input: Tensor, dim: int, index: Tensor, kinds: tuple[dtypes.dtype, ...] = INDICES) -> tuple:
    require_tensors(name, input, index)
    axis = normalize_dim(name, dim, input.ndim)
    if index.ndim > 1:
        raise OperationError(f"{name}: expected a vector of indices, got shape {tuple(index.shape)}")
    check_index(name, index, input._array.shape[axis], kinds)
    return (slice(None),) * axis + (reshape(index, -1),)


@operation(in_place=True)
@scalars_as_vectors
def index_add(input: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: float = 1) -> Tensor:
    """input with the slices of source added to those that the index names."""
    require_tensors("index_add", input, index, source)
    axis = normalize_dim("index_add", dim, input.ndim)
    expected = (*input._array.shape[:axis], index.numel(), *input._array.shape[axis + 1 :])
    if tuple(source.shape) != expected:
        raise OperationError(f"index_add: expected a source of shape {expected}, got {tuple(source.shape)}")
    pattern, tensors = parse_index(input, _index("index_add", input, dim, index))
    scaled = source if alpha == 1 else cast(source * alpha, source.dtype)
    spread = index_adjoint(scaled, *tensors, shape=tuple(input._array.shape), pattern=pattern)
    return laid_as(input + spread, c_order)


@operation(in_place=True)
@scalars_as_vectors
def index_reduce(
    input: Tensor, dim: int, index: Tensor, source: Tensor, reduce: str, *, include_self: bool = True
) -> Tensor:
    """input with the slices of source reduced into those that the index names: 'prod', 'mean', 'amax' or 'amin'."""
    require_tensors("index_reduce", input, index, source)
    axis = normalize_dim("index_reduce", dim, input.ndim)
    if reduce not in ("prod", "mean", "amax", "amin"):
        raise OperationError(f"index_reduce: reduce is 'prod', 'mean', 'amax' or 'amin', got {reduce!r}")
    _index("index_reduce", input, dim, index)
    shape = [-1 if i == axis else 1 for i in range(input.ndim)]
    spread = expand(reshape(cast(index, dtypes.int64), shape), source._array.shape).contiguous()
    return scatter_reduce(input, axis, spread, source, reduce, include_self=include_self)


@operation(in_place=True)
@scalars_as_vectors
def index_copy(input: Tensor, dim: int, index: Tensor, source: Tensor) -> Tensor:
    """input with the slices that the index names replaced by those of source."""
    require_tensors("index_copy", input, source)
    return write(input.clone(), _index("index_copy", input, dim, index, LONG), source)


@operation(in_place=True)
@scalars_as_vectors
def index_fill(input: Tensor, dim: int, index: Tensor, value: Any) -> Tensor:
    """input with the slices that the index names filled with a value."""
    axis = normalize_dim("index_fill", dim, input.ndim)
    if index.dtype is not dtypes.int64:
        raise OperationError(f"index_fill: expected indices of {dtypes.int64}, got {index.dtype}")
    named = zeros((input._array.shape[axis],), dtype=dtypes.bool, device=input.device)
    write(named, (index,), True)
    if isinstance(value, Tensor):
        value = cast(reshape(value, ()), input.dtype)
    return cast(where(reshape(named, (-1, *(1,) * (input.ndim - axis - 1))), value, input), input.dtype)


@operation(in_place=True)
@rounded_once
def index_put(input: Tensor, indices: tuple, values: Tensor, accumulate: bool = False) -> Tensor:
    """input with values written (or, with `accumulate`, added) at the positions that index tensors name."""
    require_tensors("index_put", input, values)
    if not accumulate:
        return write(input.clone(), tuple(indices), values)
    pattern, tensors = parse_index(input, tuple(indices))
    shape = read(input.detach(), tuple(indices)).shape
    spread = index_adjoint(expand(values, shape), *tensors, shape=tuple(input._array.shape), pattern=pattern)
    return input + spread


@operation(in_place=True)
def put(input: Tensor, index: Tensor, source: Tensor, accumulate: bool = False) -> Tensor:
    """input with source written (or added) at positions in the flattened tensor."""
    check_index("put", index, input.numel(), LONG, from_end=True)
    check_dtypes("put", input, source)
    if source.numel() != index.numel():
        raise OperationError(f"put: {index.numel()} indices need as many values, got {source.numel()}")
    flat = index_put(reshape(input, -1), (reshape(index, -1),), reshape(source, -1), accumulate)
    return reshape(flat, input.shape)


@operation(in_place=True)
def masked_scatter(input: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """input with the elements where the mask is true replaced by those of source, in order."""
    if mask.dtype is not dtypes.bool:
        raise OperationError(f"masked_scatter: expected a mask of bools, got {mask.dtype}")
    modes.note_unreplayable("masked_scatter()")
    input, mask = broadcast_tensors(input, mask)
    count = int(mask.sum().item())
    return write(laid_as(input.clone(), c_order), mask, reshape(source, -1)[:count])


@operation
def select_scatter(input: Tensor, src: Tensor, dim: int, index: int) -> Tensor:
    """input with one slice of a dimension replaced."""
    require_tensors("select_scatter", input, src)
    axis = normalize_dim("select_scatter", dim, input.ndim)
    return write(input.clone(), (slice(None),) * axis + (index,), src)


@operation
def slice_scatter(
    input: Tensor, src: Tensor, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1
) -> Tensor:
    """input with a range of a dimension replaced."""
    require_tensors("slice_scatter", input, src)
    axis = normalize_dim("slice_scatter", dim, input.ndim)
    return write(input.clone(), (slice(None),) * axis + (slice(start, end, step),), src)


@operation
def diagonal_scatter(input: Tensor, src: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """input with a diagonal replaced."""
    first, second = (normalize_dim("diagonal_scatter", dim, input.ndim) for dim in (dim1, dim2))
    rows, columns = input._array.shape[first], input._array.shape[second]

    def placed(x: Tensor) -> Tensor:
        """The values on the diagonal of a matrix of the input's shape."""
        made = diagonal_adjoint(x, offset=offset, shape=(rows, columns))
        return movedim(made, (-2, -1), (first, second))

    return where(placed(ones_like(src, dtype=dtypes.bool)), placed(cast(src, input.dtype)), input)


@operation(face=None)
def scatter_add_(input: Tensor, dim: int, index: Tensor, src: Tensor) -> Tensor:
    """`scatter_add` in place."""
    return in_place(scatter_add)(input, dim, index, src)


@operation(face=None)
def scatter_(
    input: Tensor, dim: int, index: Tensor, src: Any = None, *, value: Any = None, reduce: str | None = None
) -> Tensor:
    """Writes src (a tensor or a number) where `gather(., dim, index)` would read."""
    if reduce is not None:
        return in_place(scatter)(input, dim, index, src, value=value, reduce=reduce)
    src = value if src is None else src
    axis = normalize_dim("scatter_", dim, input.ndim)
    if not index.numel():
        return input
    check_scatter("scatter_", input, axis, index, src)
    places: list[Any] = []
    for i, size in enumerate(index._array.shape):
        along = arange(size, device=input.device).reshape([-1 if j == i else 1 for j in range(index.ndim)])
        places.append(index if i == axis else along)
    value = part_for(index, src) if isinstance(src, Tensor) else src
    return write(input, tuple(places), value)
