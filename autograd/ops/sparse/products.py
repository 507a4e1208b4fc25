"""Products with sparse matrices: of the elements that are there."""

from __future__ import annotations

from ...engine.errors import OperationError
from ...engine.tensor import Tensor
from ..counting import bincount
from ..creation import arange
from ..indexing import read
from ..joining import repeat_interleave, stack
from ..linalg.products import matmul
from ..meeting_sparse import of_sparse
from ..scan import cumsum
from ..shape import reshape, squeeze, transpose, unsqueeze
from .graph import coalesced, coo, values_of
from .layout import CooArray, is_sparse
from .rows import weighted_rows


@of_sparse("matmul")
def sparse_matmul(input: Tensor, other: Tensor) -> Tensor:
    """A product of which one factor, or both, are sparse: (m, k) @ (k, p), and with vectors (m, k) @ (k,).

    Sparse times sparse is sparse, the others are dense. Shapes and dtypes were checked.
    """
    for x in (input, other):
        if is_sparse(x) and x._array.values.ndim > 1:
            raise OperationError(f"matmul: a sparse matrix whose values are numbers is expected, not {tuple(x.shape)}")
    if input.dtype is not other.dtype:
        raise OperationError(f"matmul: expected one dtype, got {input.dtype} and {other.dtype}")
    if input.ndim == other.ndim == 3 and not is_sparse(other):
        return _batched(input, other)
    if (
        input.ndim > 2
        or other.ndim > 2
        or (input.ndim == 1 and is_sparse(input))
        or (other.ndim == 1 and is_sparse(other))
    ):
        raise OperationError(
            f"matmul: sparse matrices multiply matrices and vectors, got {tuple(input.shape)} and {tuple(other.shape)}"
        )
    if is_sparse(input) and is_sparse(other):
        return _sparse_times_sparse(_by_coordinates(input), _by_coordinates(other))
    if other.ndim == 1:
        return squeeze(_sparse_times_dense(input, unsqueeze(other, 1)), 1)
    if is_sparse(input):
        return _sparse_times_dense(input, other)
    if input.ndim == 1:
        return squeeze(_dense_times_sparse(unsqueeze(input, 0), other), 0)
    return _dense_times_sparse(input, other)


def _by_coordinates(x: Tensor) -> Tensor:
    return x if isinstance(x._array, CooArray) else x.to_sparse()


def _sparse_times_dense(x: Tensor, y: Tensor) -> Tensor:
    rows, columns = x._array.coordinates()
    return weighted_rows(values_of(x), y, rows, columns, size=x._array.shape[0])


def _dense_times_sparse(x: Tensor, y: Tensor) -> Tensor:
    """(y.T @ x.T).T"""
    rows, columns = y._array.coordinates()
    return transpose(weighted_rows(values_of(y), transpose(x, 0, 1), columns, rows, size=y._array.shape[1]), 0, 1)


def _batched(x: Tensor, y: Tensor) -> Tensor:
    """One matrix after the other along the diagonal of a large one."""
    batch, m, k = x._array.shape
    if y._array.shape[:2] != (batch, k):
        raise OperationError(f"bmm: batches differ: {tuple(x.shape)} and {tuple(y.shape)}")
    number, row, column = x._array.coordinates()
    flat = reshape(y, (batch * k, y._array.shape[2]))
    product = weighted_rows(values_of(x), flat, number * m + row, number * k + column, size=batch * m)
    return reshape(product, (batch, m, y._array.shape[2]))


def matches(wanted: Tensor, rows: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """All pairs (i, j) with wanted[i] == rows[j], where both are below `size`, in the order of i, then of j."""
    order = rows.argsort(stable=True)
    counts = bincount(rows, minlength=size)
    starts = cumsum(counts, 0) - counts
    many = counts[wanted]
    first = repeat_interleave(arange(wanted.shape[0], device=wanted.device), many)
    ends = cumsum(many, 0)
    within = arange(first.shape[0], device=wanted.device) - (ends - many)[first]
    return first, order[starts[wanted][first] + within]


def _sparse_times_sparse(x: Tensor, y: Tensor) -> Tensor:
    """Each element of x times the row of y that it meets."""
    ours, theirs = matches(x._array.indices[1], y._array.indices[0], y._array.shape[0])
    indices = stack([x._array.indices[0][ours], y._array.indices[1][theirs]])
    products = read(values_of(x), ours) * read(values_of(y), theirs)
    return coalesced(coo(indices, products, (x._array.shape[0], y._array.shape[1])))


@of_sparse("linear")
def _linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    product = matmul(input, transpose(weight, 0, 1))
    return product if bias is None else product + bias
