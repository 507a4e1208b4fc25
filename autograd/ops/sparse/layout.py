"""What a sparse tensor's `_array` is, and what its `_backend` is: no primitive computes with either.

A sparse tensor is a Tensor like others, with its place in the graph. What is computed of it is computed of its values,
a dense tensor: see `graph.py`.
"""

from __future__ import annotations

import functools
import math
from typing import Any, NamedTuple, NoReturn

import numpy as np

from ... import layouts
from ...backend import Array, Backend
from ...engine.errors import LayoutError, OperationError
from ...engine.tensor import Tensor
from ..counting import unique
from ..creation import arange
from ..joining import stack
from ..shape import reshape
from ..sorting import argsort, searchsorted


class SparseArray:
    """Values (n, *dense) of the elements that are there, the others being 0; the places are dense tensors of int64."""

    __slots__ = ("shape", "values")
    __array_ufunc__ = None  # NumPy keeps its hands off
    layout: layouts.layout

    def __init__(self, values: Array, shape: tuple[int, ...]) -> None:
        self.values, self.shape = values, tuple(shape)

    @property
    def dtype(self) -> Any:
        return self.values.dtype

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    def __array__(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise LayoutError("numpy")

    def __getattr__(self, name: str) -> NoReturn:
        """What reads it as a dense array is refused like a primitive."""
        if name.startswith("__"):
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        raise LayoutError("operation")

    def _refused(self, *others: Any) -> NoReturn:
        raise LayoutError("operation")

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __mod__ = __floordiv__ = __neg__ = _refused
    __lt__ = __le__ = __gt__ = __ge__ = __getitem__ = __setitem__ = _refused

    def with_values(self, values: Array) -> SparseArray:
        """Other values (n, *dense) at the same places."""
        raise NotImplementedError

    def coordinates(self) -> Tensor:
        """The indices of the values, (sparse dimensions, n)."""
        raise NotImplementedError


class Merged(NamedTuple):
    """The different places among some."""

    indices: Tensor  # (sparse dimensions, m), in order
    place: Tensor  # (n,): which of them each was
    first: Tensor  # (m,): the first that was there


class CooArray(SparseArray):
    """Each value with its coordinates, `indices` (d, n). Values of one place are added.

    `coalesced` says that no place is named twice, and that they stand in order.
    """

    __slots__ = ("_merged", "coalesced", "indices")
    layout = layouts.sparse_coo

    def __init__(self, indices: Tensor, values: Array, shape: tuple[int, ...], coalesced: bool = False) -> None:
        super().__init__(values, shape)
        self.indices, self.coalesced = indices, coalesced
        self._merged: Merged | None = None

    @property
    def sparse_shape(self) -> tuple[int, ...]:
        return self.shape[: self.indices._array.shape[0]]

    def with_values(self, values: Array) -> CooArray:
        count = len(self.sparse_shape)
        made = CooArray(self.indices, values, self.shape[:count] + tuple(values.shape[1:]), self.coalesced)
        made._merged = self._merged
        return made

    def coordinates(self) -> Tensor:
        return self.indices

    def merged(self) -> Merged:
        """The places of which each is named once."""
        if self._merged is None:
            keys, place = unique(flat_keys(self.indices, self.sparse_shape), return_inverse=True)
            order = argsort(place, stable=True)
            starts = searchsorted(place[order], arange(keys.shape[0], device=keys.device))
            self._merged = Merged(of_keys(keys, self.sparse_shape), place, order[starts])
        return self._merged


def flat_keys(indices: Tensor, sizes: tuple[int, ...]) -> Tensor:
    """The number of each place, counted in C order: (d, n) -> (n,)."""
    if math.prod(sizes) > np.iinfo(np.int64).max:
        raise OperationError(f"sparse tensor: a shape of {sizes} has more places than int64 can count")
    keys = indices.new_zeros(indices.shape[1])
    for number, size in enumerate(sizes):
        keys = keys * size + indices[number]
    return keys


def of_keys(keys: Tensor, sizes: tuple[int, ...]) -> Tensor:
    """The places of these numbers: (n,) -> (d, n)."""
    if not sizes:
        return reshape(keys[:0], (0, 0)) if not keys.shape[0] else keys.new_zeros(0, keys.shape[0])
    rows = []
    for size in reversed(sizes):
        rows.append(keys % max(size, 1))
        keys = keys // max(size, 1)
    return stack(rows[::-1])


class SparseBackend(Backend):
    """Stands for the device of the tensors that a sparse one is made of: `dense` is theirs."""

    plain = False
    sparse = True
    array_type = SparseArray

    def __init__(self, dense: Backend) -> None:
        self.dense = dense
        self.device, self.dtypes, self.native = dense.device, dense.dtypes, dense.native

    def __getattr__(self, name: str) -> Any:
        if name == "xp":
            raise LayoutError("operation")
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")

    def to_numpy(self, array: Any) -> NoReturn:
        raise LayoutError("numpy")

    def from_numpy(self, array: Any) -> NoReturn:
        raise LayoutError("from_numpy")

    def pointer(self, array: Any) -> NoReturn:
        raise LayoutError("data_ptr")

    def strides(self, array: Any) -> tuple[int, ...]:
        return (0,) * array.ndim

    def all_finite(self, array: Any) -> bool:
        return self.dense.all_finite(array.values)

    def copy(self, array: Any) -> SparseArray:
        return array.with_values(self.dense.copy(array.values))


@functools.cache
def sparse_backend(dense: Backend) -> SparseBackend:
    """The one that stands for this device."""
    return SparseBackend(dense)


def is_sparse(x: Any) -> bool:
    """Whether it is a sparse tensor, of any layout."""
    return isinstance(x, Tensor) and x._backend.sparse
