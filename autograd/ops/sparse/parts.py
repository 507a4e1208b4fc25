"""Sparse tensors taken apart, to be printed and kept in files, and put together again."""

from __future__ import annotations

from typing import Any

from ... import dtypes, layouts
from ...engine.errors import OperationError
from ...engine.tensor import Tensor
from .coo import sparse_coo_tensor
from .csr import CsrArray, sparse_csr_tensor
from .graph import assemble, values_of
from .layout import CooArray, flat_keys


def parts_shown(x: Tensor) -> dict[str, Tensor]:
    """The dense tensors that a sparse one is made of, by the names that it is printed with."""
    array, values = x._array, values_of(x.detach())
    if isinstance(array, CsrArray):
        return {"crow_indices": array.crow, "col_indices": array.col, "values": values}
    return {"indices": array.indices, "values": values}


def parts_of(x: Tensor) -> tuple[Any, ...]:
    """The name of the layout, whether it is coalesced, its shape, and the tensors of its places and values."""
    array = x._array
    coalesced = isinstance(array, CooArray) and array.coalesced
    return array.layout.name, coalesced, tuple(array.shape), *parts_shown(x).values()


def of_parts(layout: Any, coalesced: Any, size: Any, *tensors: Any) -> Tensor:
    """What `parts_of` took apart; OperationError for parts that don't fit together, as they may come from a file."""
    known = {layouts.sparse_coo.name: 2, layouts.sparse_csr.name: 3}
    if known.get(layout if isinstance(layout, str) else "") != len(tensors):
        raise OperationError(f"sparse tensor: {len(tensors)} tensors are no parts of a layout {layout!r:.40}")
    if not isinstance(size, tuple) or not all(type(n) is int and 0 <= n < 2**62 for n in size):
        raise OperationError("sparse tensor: its size is no tuple of numbers")
    if not all(isinstance(x, Tensor) and not x._backend.sparse for x in tensors):
        raise OperationError("sparse tensor: its parts are no dense tensors")
    *places, values = tensors
    if any(x.dtype is not dtypes.int64 for x in places):
        raise OperationError("sparse tensor: its indices are no int64")
    if layout == layouts.sparse_csr.name:
        return sparse_csr_tensor(places[0], places[1], values, size)
    made = sparse_coo_tensor(places[0], values, size)
    array = made._array
    if coalesced is True:
        keys = flat_keys(array.indices, array.sparse_shape)
        if keys.shape[0] > 1 and bool((keys[1:] <= keys[:-1]).any()):
            raise OperationError("sparse tensor: it says that it is coalesced, and is not")
        made = assemble(CooArray(array.indices, array.values, array.shape, True), values)
    return made


def rebuilt(cls: type, parts: tuple[Any, ...], requires_grad: bool, state: dict[str, Any]) -> Tensor:
    """The tensor that was pickled."""
    made: Any = object.__new__(cls)
    made._adopt(of_parts(*parts))
    made._requires_grad = requires_grad
    if state:
        made.__dict__.update(state)
    return made
