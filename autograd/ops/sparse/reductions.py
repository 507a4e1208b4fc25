"""Sums, norms and softmax of sparse tensors."""

from __future__ import annotations

from ... import dtypes
from ...engine.errors import OperationError
from ...engine.tensor import Tensor
from ...types import Dims, DTypeLike
from ..choosing import where
from ..counting import unique
from ..creation import zeros
from ..dims import normalize_dim, normalize_dims
from ..indexing import read
from ..linalg.norms import norm
from ..meeting_sparse import of_sparse
from ..promotion import cast
from ..reduction import any, sum
from ..scatter import scatter_reduce
from ..shape import expand, reshape
from ..softmax import log_softmax, softmax
from .graph import coalesced, coo, values_of
from .layout import CooArray, flat_keys
from .rows import sum_rows


def _in_coo(x: Tensor) -> Tensor:
    """Coalesced, by coordinates."""
    return coalesced(x if isinstance(x._array, CooArray) else x.to_sparse())


@of_sparse("sum")
def _sum(input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: DTypeLike = None) -> Tensor:
    """Over all dimensions, or all sparse ones, dense; over others sparse, with the places that are left."""
    if dtype is None and not input.dtype.is_inexact:
        dtype = dtypes.int64
    x = _in_coo(input if dtype is None else cast(input, dtype))
    array, values = x._array, values_of(x)
    count = len(array.sparse_shape)
    dims = normalize_dims("sum", dim, x.ndim)
    within = [each - count + 1 for each in dims if each >= count]
    gone = [each for each in dims if each < count]
    if len(gone) == count:
        total = sum(values, [0, *within], dtype=values.dtype)
        if keepdim:
            total = reshape(total, [1 if i in dims else size for i, size in enumerate(array.shape)])
        return total
    if within:
        values = sum(values, within, keepdim, dtype=values.dtype)
    if keepdim:
        indices = array.indices.clone()
        for each in gone:
            indices[each] = 0
        kept = [1 if i in dims else size for i, size in enumerate(array.shape)]
    else:
        indices = array.indices[[i for i in range(count) if i not in gone]]
        kept = [size for i, size in enumerate(array.shape) if i not in dims]
    return coalesced(coo(indices, values, kept, coalesced=not gone))


@of_sparse("any")
def _any(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    if dim is not None:
        raise OperationError(f"any: of a sparse tensor's elements, over all dimensions; got dim={dim}")
    return any(values_of(_in_coo(input)))


@of_sparse("norm")
def _norm(
    input: Tensor, p: float | str | None = "fro", dim: Dims = None, keepdim: bool = False, dtype: DTypeLike = None
) -> Tensor:
    if dim is not None or not (p in (None, "fro") or (isinstance(p, int | float) and p > 0)):
        raise OperationError(f"norm: of a sparse tensor's elements, p > 0, over all dimensions; got p={p!r}, dim={dim}")
    return norm(reshape(values_of(_in_coo(input)), (-1,)), p, dtype=dtype)


@of_sparse("softmax")
def _softmax(input: Tensor, dim: int, dtype: DTypeLike = None) -> Tensor:
    return _normalised("softmax", input, dim, dtype)


@of_sparse("log_softmax")
def _log_softmax(input: Tensor, dim: int, dtype: DTypeLike = None) -> Tensor:
    return _normalised("log_softmax", input, dim, dtype)


def _normalised(name: str, input: Tensor, dim: int, dtype: DTypeLike) -> Tensor:
    """Over the values that are there along a dimension: what is not counts as -inf."""
    x = _in_coo(input if dtype is None else cast(input, dtype))
    array, values = x._array, values_of(x)
    count = len(array.sparse_shape)
    axis = normalize_dim(name, dim, x.ndim)
    if axis >= count:
        made = (softmax if name == "softmax" else log_softmax)(values, axis - count + 1)
        return coo(array.indices, made, array.shape, coalesced=True)
    others = [i for i in range(count) if i != axis]
    keys = flat_keys(array.indices[others], tuple(array.shape[i] for i in others))
    line, group = unique(keys, return_inverse=True)
    height = values.detach()
    spread = expand(reshape(group, (-1, *[1] * (values.ndim - 1))), values.shape).contiguous()
    low = zeros(line.shape[0], *values.shape[1:], dtype=values.dtype, device=values.device)
    top = scatter_reduce(low, 0, spread, height, "amax", include_self=False) if keys.numel() else low
    shifted = values - read(where(top.isinf(), 0.0, top), group)
    total = sum_rows(shifted.exp(), group, size=line.shape[0])
    made = shifted.exp() / read(total, group) if name == "softmax" else shifted - read(total.log(), group)
    return coo(array.indices, made, array.shape, coalesced=True)
