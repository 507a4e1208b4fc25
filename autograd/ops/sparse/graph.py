"""How a sparse tensor hangs together with its values in the graph: whatever is computed of one leads through here.

    values --- Assembled ---> sparse tensor --- Disassembled ---> values --- dense operations ...

The gradient by a sparse tensor has that tensor's places, and no others: it is the gradient by the elements that
are there.
"""

from __future__ import annotations

from typing import Any

from ...engine.errors import OperationError
from ...engine.modes import modes
from ...engine.node import Gradients, Node, attend, edge_of
from ...engine.tensor import Tensor, tensor_of
from ..choosing import where
from ..indexing import read
from ..shape import unbind
from ..sorting import searchsorted
from .layout import CooArray, Merged, SparseArray, flat_keys, is_sparse, sparse_backend
from .rows import sum_rows


def assemble(array: SparseArray, values: Tensor) -> Tensor:
    """The sparse tensor of these values, whose memory it shares, at the places of `array`."""
    modes.note_unreplayable("a sparse tensor was made")
    values._renew()
    made = tensor_of(array.with_values(values._array), sparse_backend(values._backend), values._memory)
    if values._memory is not None and not values._lies_in_order():
        values._memory.aliased = True  # the elements stay where they are
    if modes.grad and values._requires_grad:
        _attach(made, Assembled(values, made._array))
    return made


def coo(indices: Tensor, values: Tensor, size: Any, coalesced: bool = False) -> Tensor:
    """The sparse tensor with `values` (n, *dense) at `indices` (d, n), which were checked."""
    return assemble(CooArray(indices.detach(), values._array, tuple(size), coalesced), values)


def values_of(x: Tensor) -> Tensor:
    """The values of a sparse tensor, (n, *dense): its own memory."""
    modes.note_unreplayable("a sparse tensor was read")
    made = tensor_of(x._array.values, x._backend.dense, x._memory)  # type: ignore[attr-defined]
    if modes.grad and x._requires_grad:
        _attach(made, Disassembled(x))
    return made


def merged_values(x: Tensor, merged: Merged) -> Tensor:
    """The values of one place added up: (n, *dense) -> (m, *dense)."""
    return sum_rows(values_of(x), merged.place, size=merged.indices.shape[1])


def _attach(made: Tensor, node: Node) -> None:
    if modes.attentive:
        attend(node)
    made._node, made._requires_grad = node, True


class Assembled(Node):
    """A sparse tensor made of values: each gets the gradient of its place."""

    __slots__ = ("array",)

    def __init__(self, values: Tensor, array: SparseArray) -> None:
        super().__init__(None, {}, [edge_of(values)], 1)
        self.array = array

    @property
    def label(self) -> str:
        return "sparse_coo_tensor_with_dims_and_tensors"

    def differentiate(self, gradients: Gradients, needed: Any) -> Gradients:
        (g,) = gradients
        return [None if g is None or needed[0] is None else values_at(g, self.array)]


class Disassembled(Node):
    """The values of a sparse tensor: the gradient by it has its places.

    Where values share a place all of them have the gradient of that place, so the first one's is taken.
    """

    __slots__ = ("array",)

    def __init__(self, x: Tensor) -> None:
        super().__init__(None, {}, [edge_of(x)], 1)
        self.array = x._array

    @property
    def label(self) -> str:
        return "values"

    def differentiate(self, gradients: Gradients, needed: Any) -> Gradients:
        (g,) = gradients
        if g is None or needed[0] is None:
            return [None]
        array = self.array
        if not isinstance(array, CooArray) or array.coalesced:
            return [assemble(array, g)]
        merged = array.merged()
        return [coo(merged.indices, read(g, merged.first), array.shape, coalesced=True)]


def coalesced(x: Tensor) -> Tensor:
    """The same matrix with each place named once, in order."""
    array = x._array
    if array.coalesced:
        return x
    merged = array.merged()
    return coo(merged.indices, merged_values(x, merged), array.shape, coalesced=True)


def by_coordinates(x: Tensor) -> Tensor:
    """The same matrix as one whose values have coordinates each."""
    return x if isinstance(x._array, CooArray) else coo(x._array.coordinates(), values_of(x), x._array.shape, True)


def values_at(x: Tensor, array: SparseArray) -> Tensor:
    """The elements of x, dense or sparse, at the places of a sparse array: (n, *dense)."""
    if not is_sparse(x):
        return read(x, unbind(array.coordinates())) if array.coordinates().shape[0] else x[None]
    if isinstance(x._array, CooArray) and isinstance(array, CooArray) and x._array.coalesced:
        if x._array.indices._array is array.indices._array:
            return values_of(x)
        if array._merged is not None and array._merged.indices._array is x._array.indices._array:
            return read(values_of(x), array._merged.place)
    if not isinstance(x._array, CooArray) and x._array.coordinates() is array.coordinates():
        return values_of(x)
    if x._array.coordinates().shape[0] != array.coordinates().shape[0]:
        raise OperationError(
            f"sparse tensor: the gradient, or the values asked for, have {x._array.coordinates().shape[0]} sparse "
            f"dimensions where {array.coordinates().shape[0]} are expected; take to_dense()"
        )
    there = coalesced(by_coordinates(x))
    sizes = there._array.sparse_shape
    keys, wanted = flat_keys(there._array.indices, sizes), flat_keys(array.coordinates(), sizes)
    values = values_of(there)
    if not keys.shape[0]:
        return values.new_zeros(wanted.shape[0], *values.shape[1:])
    place = searchsorted(keys, wanted).clamp(max=keys.shape[0] - 1)
    found = (keys[place] == wanted).reshape(-1, *[1] * (values.ndim - 1))
    return where(found, read(values, place), 0)
