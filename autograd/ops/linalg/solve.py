"""Systems of linear equations: inverses, Cholesky factors."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ...backend import Array, Namespace
from ...engine.errors import OperationError
from ...engine.primitive import primitive
from ...engine.tensor import Tensor
from ..broadcast import sum_to
from ..creation import eye
from ..diagonals import diag_embed, diagonal, tril
from ..layout import column_major
from ..operation import operation
from ..promotion import require_floating, require_inexact, require_tensors, single_under_autocast
from ..shape import movedim, reshape, squeeze, unsqueeze


def require_square(name: str, x: Tensor, complex: bool = False) -> None:
    """OperationError unless x holds square floating (or, where that is allowed, complex) matrices."""
    if complex:
        require_inexact(name, x)
    else:
        require_floating(name, x)
    shape = x._array.shape
    if len(shape) < 2 or shape[-1] != shape[-2]:
        raise OperationError(f"{name}: expected square matrices (*, n, n), got shape {tuple(shape)}")


@primitive(lies=column_major, holomorphic=True, x=lambda g, out: -(out.mT @ g @ out.mT))
def _inv(xp: Namespace, x: Array) -> Array:
    return xp.linalg.inv(x)


@operation(face="linalg", method=False, aliases="Tensor.inverse autograd.inverse")
@single_under_autocast
def inv(A: Tensor) -> Tensor:
    """The inverse: A @ inv(A) = I. A singular matrix raises (on the CPU)."""
    require_square("inv", A, complex=True)
    return _inv(A)


@primitive(
    holomorphic=True,
    lies=column_major,
    a=lambda g, a, out, a_shape: sum_to(-(solve_matrix(a.mT, g) @ out.mT), a_shape),
    b=lambda g, a, b_shape: sum_to(solve_matrix(a.mT, g), b_shape),
)
def _solve(xp: Namespace, a: Array, b: Array) -> Array:
    return xp.linalg.solve(a, b)


def solve_matrix(a: Tensor, b: Tensor) -> Tensor:
    """X with a @ X = b, for matrices b."""
    return _solve(a, b)


@operation(face="linalg", method=False)
@single_under_autocast
def solve(A: Tensor, B: Tensor, *, left: bool = True) -> Tensor:
    """X with A @ X = B (or X @ A = B): (*, n, n) and (*, n, k), or vectors (*, n)."""
    require_tensors("solve", A, B)
    require_square("solve", A, complex=True)
    vector = B.ndim == 1 or (B.ndim == A.ndim - 1 and B.shape == A.shape[:-1])
    b = unsqueeze(B, -1) if vector else B
    if not left:
        found = solve_matrix(A.mT, b.mT).mT
    else:
        found = solve_matrix(A, b)
    return squeeze(found, -1) if vector else found


@primitive(lies=column_major, complex_rules=True, x=lambda g, out: _cholesky_slope(g, out))
def _cholesky(xp: Namespace, x: Array) -> Array:
    return xp.linalg.cholesky(x)


def _cholesky_slope(g: Tensor, lower: Tensor) -> Tensor:
    """L^-H Phi(L^H g) L^-1 / 2; Phi mirrors the lower triangle."""
    inner = lower.mH @ g
    below = tril(inner, -1)
    inner = below + below.mH + diag_embed(diagonal(inner, 0, -2, -1))
    inverse = inv(lower)
    return 0.5 * (inverse.mH @ inner @ inverse)


@operation(aliases="linalg.cholesky")
def cholesky(A: Tensor, upper: bool = False) -> Tensor:
    """The lower triangle L with L @ L.mH = A, of Hermitian positive definite matrices (or its transpose)."""
    require_square("cholesky", A, complex=True)
    lower = _cholesky(A)
    return lower.mH if upper else lower


@operation
@single_under_autocast
def cholesky_solve(B: Tensor, L: Tensor, upper: bool = False) -> Tensor:
    """X with A @ X = B, given the Cholesky factor L of A."""
    require_tensors("cholesky_solve", B, L)
    factor = L.mH if upper else L
    return solve_matrix(factor.mH, solve_matrix(factor, B))


@operation
@single_under_autocast
def cholesky_inverse(L: Tensor, upper: bool = False) -> Tensor:
    """The inverse of A, given its Cholesky factor L."""
    return cholesky_solve(eye(L._array.shape[-1], dtype=L.dtype, device=L.device), L, upper)


@operation(face="linalg", method=False)
@single_under_autocast
def tensorinv(A: Tensor, ind: int = 2) -> Tensor:
    """The inverse of `tensordot(A, ., ind)`."""
    front, back = A.shape[:ind], A.shape[ind:]
    return reshape(inv(reshape(A, (math.prod(front), -1))), (*back, *front))


@operation(face="linalg", method=False)
@single_under_autocast
def tensorsolve(A: Tensor, B: Tensor, dims: Sequence[int] | None = None) -> Tensor:
    """X with tensordot(A, X, X.ndim) = B; `dims` of A are moved to its end first."""
    if dims is not None:
        A = movedim(A, tuple(dims), tuple(range(A.ndim - len(dims), A.ndim)))
    shape = A.shape[B.ndim :]
    return reshape(solve(reshape(A, (B.numel(), -1)), reshape(B, -1)), shape)
