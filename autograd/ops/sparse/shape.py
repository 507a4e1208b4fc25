"""Sparse tensors turned, joined and cut."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...engine.errors import LayoutError, OperationError
from ...engine.tensor import Tensor
from ...types import Sizes
from ..creation import full, shape_of, zeros
from ..dims import normalize_dim
from ..indexing import check_index, nonzero, read
from ..joining import cat
from ..meeting_sparse import of_sparse
from ..reduction import sum
from ..shape import permute, reshape, unsqueeze
from .graph import coalesced, coo, values_of
from .layout import CooArray, is_sparse
from .products import matches


def _in_coo(x: Tensor) -> Tensor:
    return x if isinstance(x._array, CooArray) else x.to_sparse()


@of_sparse("permute")
def _permute(input: Tensor, *dims: Sizes) -> Tensor:
    """Sparse dimensions stay the first ones."""
    x = _in_coo(input)
    array = x._array
    count = len(array.sparse_shape)
    order = [normalize_dim("permute", dim, x.ndim) for dim in shape_of(dims, "permute")]
    if sorted(order) != list(range(x.ndim)) or sorted(order[:count]) != list(range(count)):
        raise OperationError(
            f"permute: dims {tuple(order)} of a sparse tensor with {count} sparse dimensions, which stay the first ones"
        )
    values = values_of(x)
    if x.ndim > count:
        values = permute(values, 0, *[dim - count + 1 for dim in order[count:]])
    in_order = array.coalesced and order[:count] == list(range(count))
    return coo(array.indices[order[:count]], values, [array.shape[dim] for dim in order], in_order)


@of_sparse("transpose")
def _transpose(input: Tensor, dim0: int, dim1: int) -> Tensor:
    order = list(range(input.ndim))
    a, b = (normalize_dim("transpose", dim, input.ndim) for dim in (dim0, dim1))
    order[a], order[b] = order[b], order[a]
    return _permute(input, order)


@of_sparse("unsqueeze")
def _unsqueeze(input: Tensor, dim: int) -> Tensor:
    x = _in_coo(input)
    array, values = x._array, values_of(x)
    count = len(array.sparse_shape)
    axis = normalize_dim("unsqueeze", dim, x.ndim + 1)
    indices, shape = array.indices, [*array.shape]
    shape.insert(axis, 1)
    if axis > count:
        return coo(indices, unsqueeze(values, axis - count + 1), shape, array.coalesced)
    indices = cat([indices[:axis], indices.new_zeros(1, indices.shape[1]), indices[axis:]])
    return coo(indices, values, shape, array.coalesced)


@of_sparse("cat")
def _cat(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    if not all(map(is_sparse, tensors)):
        raise OperationError("cat: sparse tensors join with sparse ones; take to_dense() or to_sparse() first")
    parts = [_in_coo(x) for x in tensors]
    axis = normalize_dim("cat", dim, parts[0].ndim)
    count = len(parts[0]._array.sparse_shape)
    others = {
        (len(x._array.sparse_shape), *[n for i, n in enumerate(x._array.shape) if i != axis], x.ndim) for x in parts
    }
    if len(others) > 1:
        raise OperationError(f"cat: shapes {[tuple(x.shape) for x in parts]} differ, or their sparse dimensions do")
    ends = list(itertools.accumulate(x._array.shape[axis] for x in parts))
    starts = [end - x._array.shape[axis] for end, x in zip(ends, parts, strict=True)]
    shape = list(parts[0]._array.shape)
    shape[axis] = ends[-1]
    values = [values_of(x) for x in parts]
    indices = [x._array.indices for x in parts]
    if axis < count:
        moved = []
        for places, start in zip(indices, starts, strict=True):
            places = places.clone()
            places[axis] += start
            moved.append(places)
        in_order = axis == 0 and all(x._array.coalesced for x in parts)
        return coo(cat(moved, 1), cat(values), shape, in_order)
    wide = []
    for part, start, end in zip(values, starts, ends, strict=True):
        before, after = list(part._array.shape), list(part._array.shape)
        before[axis - count + 1], after[axis - count + 1] = start, shape[axis] - end
        kind: Any = {"dtype": part.dtype, "device": part.device}
        wide.append(cat([zeros(before, **kind), part, zeros(after, **kind)], axis - count + 1))
    return coo(cat(indices, 1), cat(wide), shape)


@of_sparse("stack")
def _stack(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    return cat([unsqueeze(x, dim) for x in tensors], normalize_dim("stack", dim, tensors[0].ndim + 1))


@of_sparse("index_select")
def _index_select(input: Tensor, dim: int, index: Tensor) -> Tensor:
    x = coalesced(_in_coo(input))
    array = x._array
    axis = normalize_dim("index_select", dim, x.ndim)
    count = len(array.sparse_shape)
    if index.ndim > 1:
        raise OperationError(f"index_select: expected a vector of indices, got shape {tuple(index.shape)}")
    check_index("index_select", index, array.shape[axis])
    index = reshape(index, (-1,)).long()
    shape = list(array.shape)
    shape[axis] = index.shape[0]
    if axis >= count:
        chosen = read(values_of(x), (slice(None),) * (axis - count + 1) + (index,))
        return coo(array.indices, chosen, shape, coalesced=True)
    place, source = matches(index, array.indices[axis], array.shape[axis])
    indices = array.indices[:, source]
    indices[axis] = place
    return coalesced(coo(indices, read(values_of(x), source), shape, coalesced=axis == 0))


@of_sparse("select")
def _select(input: Tensor, dim: int, index: int) -> Tensor:
    """One slice: sparse, or dense if it was the only sparse dimension."""
    x = _in_coo(input)
    array = x._array
    axis, count = normalize_dim("select", dim, x.ndim), len(array.sparse_shape)
    size = array.shape[axis]
    if not -size <= index < size:
        raise IndexError(f"select: index {index} is out of range for dimension {dim} of shape {tuple(x.shape)}")
    shape = [n for i, n in enumerate(array.shape) if i != axis]
    if axis >= count:
        found = read(values_of(x), (slice(None),) * (axis - count + 1) + (index % size,))
        return coo(array.indices, found, shape, array.coalesced)
    chosen = reshape(nonzero(array.indices[axis] == index % size), (-1,))
    found = read(values_of(x), chosen)
    if count == 1:
        return sum(found, 0, dtype=found.dtype)
    indices = array.indices[[i for i in range(count) if i != axis]][:, chosen]
    return coo(indices, found, shape, array.coalesced)


@of_sparse("unbind")
def _unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    axis = normalize_dim("unbind", dim, input.ndim)
    return tuple(_select(input, axis, i) for i in range(input._array.shape[axis]))


def item_of(x: Tensor, index: Any) -> Tensor:
    """x[index] for integers and whole dimensions: `x[3]`, `x[:, 2]`, `x[...]`."""
    parts = list(index) if isinstance(index, tuple) else [index]
    if Ellipsis in [part for part in parts if not isinstance(part, Tensor)]:
        where = next(i for i, part in enumerate(parts) if part is Ellipsis)
        parts[where : where + 1] = [slice(None)] * (x.ndim - len(parts) + 1)
    if len(parts) > x.ndim:
        raise IndexError(f"too many indices ({len(parts)}) for a tensor of {x.ndim} dimensions")
    axis = 0
    for part in parts:
        if isinstance(part, slice) and part == slice(None):
            axis += 1
        elif isinstance(part, int | np.integer) and not isinstance(part, bool):
            x = _select(x, axis, int(part)) if is_sparse(x) else x.select(axis, int(part))
        else:
            raise LayoutError("indexing by anything but integers")
    return x


def zeros_of(shape: Sequence[int], like: Tensor, count: int) -> Tensor:
    """The sparse tensor without values."""
    values = zeros(0, *shape[count:], dtype=like.dtype, device=like.device)
    return coo(full((count, 0), 0, device=like.device), values, shape, coalesced=True)
