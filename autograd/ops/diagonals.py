"""Diagonals and triangles of matrices."""

from __future__ import annotations

from .. import dtypes
from ..backend import Array, Backend, Namespace
from ..engine.errors import OperationError
from ..engine.primitive import primitive
from ..engine.tensor import Tensor
from ..types import DeviceLike, DTypeLike
from .creation import tensor, zeros
from .dims import normalize_dim
from .operation import operation
from .promotion import single_under_autocast
from .shape import flatten, movedim


@primitive(
    linear=True, view=True, x=lambda g, x_shape, offset: diagonal_adjoint(g, offset=offset, shape=tuple(x_shape[-2:]))
)
def _diagonal(backend: Backend, x: Array, *, offset: int) -> Array:
    return backend.diagonal(x, offset)


@primitive(linear=True, up=lambda g, offset: _diagonal(g, offset=offset))
def diagonal_adjoint(backend: Backend, up: Array, *, offset: int, shape: tuple[int, ...]) -> Array:
    """Matrices of zeros with `up` on a diagonal."""
    xp = backend.xp
    rows, columns = shape
    column = offset if offset > 0 else 0
    length = up.shape[-1]
    on = xp.astype(xp.eye(rows, columns, k=offset), xp.bool)
    spread = xp.zeros((*up.shape[:-1], columns), dtype=up.dtype)
    if length:
        spread[..., column : column + length] = up
    return xp.where(on, xp.expand_dims(spread, axis=-2), xp.zeros((1,), dtype=up.dtype))


@operation
def diagonal(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """A diagonal of the matrices in two dimensions, as a new last dimension. A view."""
    first, second = (normalize_dim("diagonal", dim, input.ndim) for dim in (dim1, dim2))
    if first == second:
        raise OperationError(f"diagonal: dim1 and dim2 are both {first}")
    return _diagonal(movedim(input, (first, second), (-2, -1)), offset=int(offset))


@operation
def diag_embed(input: Tensor, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """Matrices of zeros with the last dimension on a diagonal."""
    size = input._array.shape[-1] + (offset if offset >= 0 else -offset)
    made = diagonal_adjoint(input, offset=int(offset), shape=(size, size))
    first, second = (normalize_dim("diag_embed", dim, made.ndim) for dim in (dim1, dim2))
    if first == second:
        raise OperationError(f"diag_embed: the dimensions are the same, {dim1} and {dim2}")
    return movedim(made, (-2, -1), (first, second))


@operation
def diag(input: Tensor, diagonal: int = 0) -> Tensor:
    """The diagonal of a matrix, or a matrix with a vector on its diagonal."""
    if input.ndim == 1:
        return diag_embed(input, diagonal)
    if input.ndim != 2:
        raise OperationError(f"diag: expected a vector or a matrix, got shape {tuple(input.shape)}")
    return _main_diagonal(input, offset=diagonal).clone()


@operation
def diagflat(input: Tensor, offset: int = 0) -> Tensor:
    """A matrix with all elements on its diagonal."""
    return diag_embed(flatten(input), offset)


_main_diagonal = diagonal


@operation
@single_under_autocast
def trace(input: Tensor) -> Tensor:
    """The sum of the diagonal of a matrix."""
    if input.ndim != 2:
        raise OperationError(f"trace: expected a matrix, got shape {tuple(input.shape)}")
    return diagonal(input).sum()


@operation(method=False)
def tril_indices(
    row: int,
    col: int,
    offset: int = 0,
    *,
    dtype: DTypeLike = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
) -> Tensor:
    """The positions of the lower triangle: a matrix of two rows."""
    places = [[i, j] for i in range(row) for j in range(col) if j - i <= offset]
    return _places(places, dtype, device).requires_grad_(requires_grad)


@operation(method=False)
def triu_indices(
    row: int,
    col: int,
    offset: int = 0,
    *,
    dtype: DTypeLike = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
) -> Tensor:
    """The positions of the upper triangle: a matrix of two rows."""
    places = [[i, j] for i in range(row) for j in range(col) if j - i >= offset]
    return _places(places, dtype, device).requires_grad_(requires_grad)


def _places(places: list[list[int]], dtype: DTypeLike, device: DeviceLike) -> Tensor:
    kind = dtype or dtypes.int64
    return (
        tensor(places, dtype=kind, device=device).T.contiguous() if places else zeros(2, 0, dtype=kind, device=device)
    )


@primitive(linear=True, x=lambda g, diagonal: tril(g, diagonal))
def _tril(xp: Namespace, x: Array, *, diagonal: int) -> Array:
    return xp.tril(x, k=diagonal)


@primitive(linear=True, x=lambda g, diagonal: triu(g, diagonal))
def _triu(xp: Namespace, x: Array, *, diagonal: int) -> Array:
    return xp.triu(x, k=diagonal)


def _matrices(name: str, input: Tensor) -> Tensor:
    if input.ndim < 2:
        raise OperationError(f"{name}: expected at least 2 dimensions, got shape {tuple(input.shape)}")
    return input


@operation(in_place=True)
def tril(input: Tensor, diagonal: int = 0) -> Tensor:
    """The lower triangle of the last two dimensions, the rest zero."""
    return _tril(_matrices("tril", input), diagonal=diagonal)


@operation(in_place=True)
def triu(input: Tensor, diagonal: int = 0) -> Tensor:
    """The upper triangle of the last two dimensions, the rest zero."""
    return _triu(_matrices("triu", input), diagonal=diagonal)


@operation(face="linalg", name="diagonal", method=False)
def matrix_diagonal(A: Tensor, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """A diagonal of the matrices in the last two dimensions. A view."""
    return diagonal(A, offset, dim1, dim2)
