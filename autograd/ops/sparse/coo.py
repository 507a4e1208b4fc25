"""Sparse tensors by coordinates: made, read, and made dense."""

from __future__ import annotations

import math
from typing import Any

from ... import dtypes
from ...engine.errors import OperationError
from ...engine.tensor import Tensor
from ...layouts import sparse_coo, sparse_csr
from ...types import DeviceLike, DTypeLike
from ..creation import as_tensor, shape_of, zeros
from ..indexing import nonzero, read
from ..operation import operation
from ..promotion import cast
from ..reduction import sum
from ..shape import flatten, reshape, unbind
from .csr import CsrArray, to_csr
from .graph import coalesced, coo, values_at, values_of
from .layout import CooArray, flat_keys, is_sparse
from .rows import sum_rows


@operation(method=False)
def sparse_coo_tensor(
    indices: Any = None,
    values: Any = None,
    size: Any = None,
    *,
    dtype: DTypeLike = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
    check_invariants: bool | None = None,
    is_coalesced: bool | None = None,
) -> Tensor:
    """The sparse tensor with `values` (n, *dense) at `indices` (d, n), 0 elsewhere; values of one place are added.

    Its shape is `size`, (*sparse, *dense) with d sparse dimensions, or as small as the indices allow. It shares the
    memory of `values`, and their gradient comes from it. `is_coalesced` promises that the places are in order, and
    each named once. With a size alone there are no values. OperationError for indices outside of the size.

    >>> import autograd
    >>> x = autograd.sparse_coo_tensor([[0, 1, 1], [2, 0, 0]], [3.0, 4.0, 5.0], (2, 3))
    >>> x.to_dense()
    tensor([[0., 0., 3.],
            [9., 0., 0.]])
    >>> x.coalesce().values()
    tensor([3., 9.])
    """
    if values is None:
        if size is None and indices is None:
            raise TypeError("sparse_coo_tensor: expected indices and values, or a size")
        size = shape_of((indices if size is None else size,), "sparse_coo_tensor")
        empty = zeros(len(size), 0, dtype=dtypes.int64, device=device)
        made = coo(empty, zeros(0, dtype=dtype, device=device), size, coalesced=True)
        return made.requires_grad_() if requires_grad else made
    numbers = as_tensor(values, dtype=dtype, device=device)
    places = cast(as_tensor(indices, device=numbers.device), dtypes.int64).detach()
    places, size = _checked(places, numbers, None if size is None else shape_of((size,), "sparse_coo_tensor"))
    made = coo(places, numbers, size, bool(is_coalesced))
    return made.requires_grad_() if requires_grad else made


def _checked(places: Tensor, numbers: Tensor, size: tuple[int, ...] | None) -> tuple[Tensor, tuple[int, ...]]:
    """Indices (d, n) and the size; OperationError if they don't belong to these values."""
    given = f"indices {tuple(places.shape)}, values {tuple(numbers.shape)}" + (f", size {size}" if size else "")
    if places.ndim == 1 and not places.numel():
        places = reshape(places, (0, 0))
    if places.ndim != 2 or not numbers.ndim or places.shape[1] != numbers.shape[0]:
        raise OperationError(f"sparse_coo_tensor: expected indices (d, n) and values (n, *dense), got {given}")
    count = places.shape[0]
    if places.numel():
        low, high = places.amin(1).tolist(), places.amax(1).tolist()
    elif size is None and places.shape[0]:
        raise OperationError(f"sparse_coo_tensor: without indices the size must be given, got {given}")
    else:
        low = high = [0] * count
    if size is None:
        size = (*[each + 1 for each in high], *numbers.shape[1:])
    if len(size) != count + numbers.ndim - 1 or size[count:] != tuple(numbers.shape[1:]):
        raise OperationError(f"sparse_coo_tensor: the size must be (*sparse, *dense) of {given}")
    outside = [i for i in range(count) if low[i] < 0 or (places.shape[1] and high[i] >= size[i])]
    if outside:
        raise OperationError(
            f"sparse_coo_tensor: the indices of dimension {outside[0]} go from {low[outside[0]]} to "
            f"{high[outside[0]]}, outside of its size {size[outside[0]]}"
        )
    return places, size


# What it consists of


def _coo_of(name: str, x: Tensor) -> CooArray:
    if not is_sparse(x) or not isinstance(x._array, CooArray):
        raise OperationError(
            f"{name} expected sparse coordinate tensor layout but got {x.layout.name.capitalize()}; "
            "x.to_sparse() makes one"
        )
    return x._array


def _coalesced_array(name: str, x: Tensor) -> CooArray:
    array = _coo_of(name, x)
    if not array.coalesced:
        raise RuntimeError(f"Cannot get {name} on an uncoalesced tensor, please call .coalesce() first")
    return array


@operation(face=None)
def coalesce(input: Tensor) -> Tensor:
    """The tensor with each place named once, in order, its values added up; itself if it is so already."""
    _coo_of("coalesce", input)
    return coalesced(input)


@operation(face=None)
def is_coalesced(input: Tensor) -> bool:
    """Whether each place is named once, in order, as far as is known."""
    return _coo_of("is_coalesced", input).coalesced


@operation(face=None)
def indices(input: Tensor) -> Tensor:
    """The places of the values of a coalesced tensor, (d, n)."""
    return _coalesced_array("indices", input).indices.detach()


@operation(face=None)
def values(input: Tensor) -> Tensor:
    """The values of a coalesced tensor, (n, *dense). Written in place they change the tensor."""
    if not is_sparse(input):
        raise OperationError("values expected sparse tensor layout but got Strided; x.to_sparse() makes one")
    if isinstance(input._array, CooArray):
        _coalesced_array("values", input)
    found = values_of(input)
    if not found._requires_grad:
        return found
    # A write that is recorded would not be seen by the sparse tensor: it is refused, since these are copies.
    made = found.clone()
    if input._memory is not None and made._memory is not None:
        input._memory.note_copy(made._memory)
    return made


def uncoalesced_indices(input: Tensor) -> Tensor:
    """The places of the values, (d, n), as they stand."""
    return _coo_of("_indices", input).indices.detach()


def uncoalesced_values(input: Tensor) -> Tensor:
    """The values, (n, *dense), as they stand, outside the graph."""
    if not is_sparse(input):
        raise OperationError("_values expected sparse tensor layout but got Strided; x.to_sparse() makes one")
    return values_of(input.detach())


def count_of_values(input: Tensor) -> int:
    """The number of values."""
    if not is_sparse(input):
        raise NotImplementedError("_nnz: expected a sparse tensor, got a dense one; x.to_sparse() makes one")
    return input._array.values.shape[0]


@operation(face=None)
def sparse_dim(input: Tensor) -> int:
    """The number of sparse dimensions, which come first; 0 of a dense tensor."""
    return input._array.coordinates().shape[0] if is_sparse(input) else 0


@operation(face=None)
def dense_dim(input: Tensor) -> int:
    """The number of dimensions of each value; of a dense tensor all."""
    return input.ndim - sparse_dim(input)


# From layout to layout


@operation(face=None)
def to_dense(input: Tensor, dtype: DTypeLike = None, *, masked_grad: bool | None = None) -> Tensor:
    """The tensor as a dense one; itself if it is dense. A sparse tensor's gradient keeps its places."""
    dense = _scattered(input) if is_sparse(input) else input
    return dense if dtype is None else cast(dense, dtype)


def _scattered(x: Tensor) -> Tensor:
    places, values = x._array.coordinates(), values_of(x)
    count = places.shape[0]
    if not count:
        return sum(values, 0, dtype=values.dtype)
    sizes = tuple(x._array.shape[:count])
    rows = sum_rows(values, flat_keys(places, sizes), size=math.prod(sizes))
    return rows if count == 1 else reshape(rows, x._array.shape)


@operation(face=None)
def to_sparse(
    input: Tensor,
    sparse_dim: int | None = None,
    *,
    layout: Any = None,
    blocksize: Any = None,
    dense_dim: int | None = None,
) -> Tensor:
    """The elements that are not 0, with their places; with fewer `sparse_dim` the rows that are not all 0.

    >>> import autograd
    >>> autograd.tensor([[0.0, 2.0], [0.0, 0.0]]).to_sparse().indices()
    tensor([[0],
            [1]])
    """
    if layout is sparse_csr:
        return to_csr(input)
    if layout not in (None, sparse_coo):
        raise NotImplementedError(f"to_sparse: expected the layout sparse_coo or sparse_csr, got {layout}")
    if is_sparse(input):
        if isinstance(input._array, CsrArray):
            return coo(input._array.coordinates(), values_of(input), input._array.shape, coalesced=True)
        if sparse_dim not in (None, input.sparse_dim()):
            raise NotImplementedError("to_sparse: a sparse tensor keeps its sparse dimensions; take to_dense() first")
        return input
    count = input.ndim if sparse_dim is None else sparse_dim
    if not (0 < count <= input.ndim or count == input.ndim):
        raise OperationError(f"to_sparse: {count} sparse dimensions of a tensor of shape {tuple(input.shape)}")
    there = input.detach() != 0
    if count < input.ndim:
        there = flatten(there, count).any(-1)
    places = nonzero(there).T.contiguous()
    found = read(input, unbind(places)) if count else reshape(input, (1,))[: places.shape[1]]
    return coo(places, found, input._array.shape, coalesced=True)


@operation(face=None)
def to_sparse_coo(input: Tensor) -> Tensor:
    """`to_sparse()`."""
    return to_sparse(input)


@operation(face=None)
def sparse_mask(input: Tensor, mask: Tensor) -> Tensor:
    """The elements of the tensor, dense or sparse, at the places of a sparse tensor."""
    _coo_of("sparse_mask", mask)
    if input.shape != mask.shape:
        raise OperationError(f"sparse_mask: shapes differ: {tuple(input.shape)} and {tuple(mask.shape)}")
    there = coalesced(mask.detach())._array
    return coo(there.indices, values_at(input, there), there.shape, coalesced=True)
