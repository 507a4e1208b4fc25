"""Copies of sparse tensors: cloned, converted, moved, written in place."""

from __future__ import annotations

from typing import Any

from ... import dtypes
from ...backend import Backend
from ...engine.errors import OperationError
from ...engine.tensor import Tensor
from ...engine.views import set_history
from ...types import DeviceLike, DTypeLike
from ..creation import zeros
from ..meeting_sparse import of_sparse
from ..promotion import cast, move
from ..shape import clone
from .coo import sparse_dim, to_dense
from .csr import CsrArray
from .graph import assemble, coo, values_of
from .layout import CooArray, SparseArray, is_sparse


@of_sparse("clone")
def _clone(input: Tensor, *, memory_format: object = None) -> Tensor:
    return assemble(input._array, clone(values_of(input)))


@of_sparse("cast")
def _cast(input: Tensor, dtype: dtypes.dtype) -> Tensor:
    return assemble(input._array, cast(values_of(input), dtype))


@of_sparse("move")
def _move(input: Tensor, backend: Backend) -> Tensor:
    if input._backend.dense is backend:  # type: ignore[attr-defined]
        return input
    array, values = input._array, move(values_of(input), backend)
    return assemble(_placed(array, lambda x: move(x, backend)), values)


def _placed(array: SparseArray, function: Any) -> SparseArray:
    """The array with the tensors of its places put through a function."""
    if isinstance(array, CsrArray):
        return CsrArray(function(array.crow), function(array.col), array.values, array.shape)
    assert isinstance(array, CooArray)
    return CooArray(function(array.indices), array.values, array.shape, array.coalesced)


@of_sparse("zeros_like", "empty_like")
def zeros_like(
    input: Tensor,
    *,
    dtype: DTypeLike = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
    memory_format: object = None,
) -> Tensor:
    """A sparse tensor of the same shape without values."""
    count, shape = sparse_dim(input), input._array.shape
    place = input.device if device is None else device
    values = zeros(0, *shape[count:], dtype=dtype or input.dtype, device=place)
    made = coo(zeros(count, 0, dtype=dtypes.int64, device=place), values, shape, coalesced=True)
    made = made.to_sparse_csr() if isinstance(input._array, CsrArray) else made
    return made.requires_grad_() if requires_grad else made


# In place


@of_sparse("overwrite")
def _overwrite(name: str, x: Tensor, value: Any) -> Tensor:
    """Writes what `name` computed over x: a sparse tensor takes over the places, too."""
    if not is_sparse(x):
        return x.copy_(to_dense(value))
    if not is_sparse(value):
        raise OperationError(f"{name}: a dense result can't be written into a sparse tensor; take x.to_dense() first")
    if value.shape != x.shape or value.layout is not x.layout:
        raise OperationError(f"{name}: a result of shape {tuple(value.shape)} for a tensor of {tuple(x.shape)}")
    value = clone(cast(value, x.dtype))
    x._array = value._array
    if x._memory is not None:
        x._memory.writes += 1
        x._memory.changes += 1
    if value._requires_grad:
        set_history(x, value._node, value._output)
    elif x._node is not None:
        x._node, x._requires_grad = None, False
    return x


@of_sparse("zero_", "fill_")
def _zero_(input: Tensor, value: Any = 0) -> Tensor:
    """Drops all values."""
    if value != 0:
        raise OperationError(f"fill_: a sparse tensor can be filled with 0 alone, got {value!r}; take x.to_dense()")
    return _overwrite("zero_", input, zeros_like(input))
