"""Sparse matrices row by row (compressed sparse rows)."""

from __future__ import annotations

from typing import Any

from ... import dtypes
from ...backend import Array
from ...engine.errors import OperationError
from ...engine.tensor import Tensor
from ...layouts import sparse_csr
from ...types import DeviceLike, DTypeLike
from ..counting import bincount
from ..creation import arange, as_tensor, shape_of
from ..indexing import nonzero, read
from ..joining import cat, repeat_interleave, stack
from ..operation import operation
from ..promotion import cast
from ..scan import cumsum
from ..shape import unbind
from ..sorting import argsort
from .graph import assemble, coalesced, values_of
from .layout import SparseArray, flat_keys, is_sparse


class CsrArray(SparseArray):
    """Row i has the values from `crow[i]` to `crow[i + 1]`, each in the column that `col` says."""

    __slots__ = ("_coordinates", "col", "crow")
    layout = sparse_csr

    def __init__(self, crow: Tensor, col: Tensor, values: Array, shape: tuple[int, ...]) -> None:
        super().__init__(values, shape)
        self.crow, self.col = crow, col
        self._coordinates: Tensor | None = None

    def with_values(self, values: Array) -> CsrArray:
        made = CsrArray(self.crow, self.col, values, self.shape)
        made._coordinates = self._coordinates
        return made

    def coordinates(self) -> Tensor:
        if self._coordinates is None:
            rows = repeat_interleave(arange(self.shape[0], device=self.crow.device), self.crow[1:] - self.crow[:-1])
            self._coordinates = stack([rows, self.col])
        return self._coordinates


@operation(method=False)
def sparse_csr_tensor(
    crow_indices: Any,
    col_indices: Any,
    values: Any,
    size: Any = None,
    *,
    dtype: DTypeLike = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
    check_invariants: bool | None = None,
) -> Tensor:
    """The sparse matrix (m, k) whose row i has `values` (n,) from crow_indices[i] to crow_indices[i + 1].

    `crow_indices` is (m + 1,), `col_indices` (n,), each column once a row. Where they rise it shares the memory of
    `values`, others are put in order; the values' gradient comes from it.

    >>> import autograd
    >>> autograd.sparse_csr_tensor([0, 1, 2], [1, 0], [3.0, 4.0]).to_dense()
    tensor([[0., 3.],
            [4., 0.]])
    """
    numbers = as_tensor(values, dtype=dtype, device=device)
    crow, col = (
        cast(as_tensor(each, device=numbers.device), dtypes.int64).detach() for each in (crow_indices, col_indices)
    )
    if (crow.ndim, col.ndim, numbers.ndim) != (1, 1, 1) or not crow.numel() or col.shape != numbers.shape:
        raise OperationError(
            "sparse_csr_tensor: expected crow_indices (m + 1,), col_indices (n,) and values (n,), got "
            f"{tuple(crow.shape)}, {tuple(col.shape)} and {tuple(numbers.shape)}"
        )
    widest = int(col.max()) + 1 if col.numel() else 0
    shape = (crow.shape[0] - 1, widest) if size is None else shape_of((size,), "sparse_csr_tensor")
    if len(shape) != 2 or shape[0] != crow.shape[0] - 1 or widest > shape[1] or (col.numel() and int(col.min()) < 0):
        raise OperationError(
            f"sparse_csr_tensor: a size of {shape} for {crow.shape[0]} crow_indices and columns below {widest}"
        )
    if int(crow[0]) != 0 or int(crow[-1]) != col.shape[0] or bool((crow[1:] < crow[:-1]).any()):
        raise OperationError(f"sparse_csr_tensor: crow_indices must rise from 0 to the number of values, got {crow}")
    array = CsrArray(crow, col, numbers._array, shape)
    keys = flat_keys(array.coordinates(), shape)
    if bool((keys[1:] <= keys[:-1]).any()):
        order = argsort(keys)
        keys, col, numbers = keys[order], col[order], read(numbers, order)
        if bool((keys[1:] == keys[:-1]).any()):
            raise OperationError("sparse_csr_tensor: a row names a column twice; sparse_coo_tensor adds such values up")
        array = CsrArray(crow, col, numbers._array, shape)
    made = assemble(array, numbers)
    return made.requires_grad_() if requires_grad else made


def to_csr(x: Tensor) -> Tensor:
    """A matrix, dense or sparse, row by row."""
    if is_sparse(x) and isinstance(x._array, CsrArray):
        return x
    if x.ndim != 2 or (is_sparse(x) and x._array.coordinates().shape[0] != 2):
        raise OperationError(f"to_sparse_csr: expected a matrix, got shape {tuple(x.shape)}")
    if is_sparse(x):
        there = coalesced(x)
        places, values = there._array.indices, values_of(there)
    else:
        places = nonzero(x.detach()).T.contiguous()
        values = read(x, unbind(places))
    counts = bincount(places[0], minlength=x._array.shape[0])
    crow = cat([counts.new_zeros(1), cumsum(counts, 0)])
    return assemble(CsrArray(crow, places[1].contiguous(), values._array, x._array.shape), values)


@operation(face=None)
def to_sparse_csr(input: Tensor, dense_dim: int | None = None) -> Tensor:
    """The matrix row by row: the elements that are not 0, or those that a sparse one has."""
    return to_csr(input)


def _csr_of(name: str, x: Tensor) -> CsrArray:
    if not is_sparse(x) or not isinstance(x._array, CsrArray):
        raise OperationError(
            f"{name} expected sparse row compressed tensor layout but got {x.layout.name}; x.to_sparse_csr() makes one"
        )
    return x._array


@operation(face=None)
def crow_indices(input: Tensor) -> Tensor:
    """Where the values of each row begin, and behind the last where they end: (m + 1,)."""
    return _csr_of("crow_indices", input).crow.detach()


@operation(face=None)
def col_indices(input: Tensor) -> Tensor:
    """The column of each value, (n,)."""
    return _csr_of("col_indices", input).col.detach()
