"""Linear algebra, under the names of torch.linalg."""

from __future__ import annotations

import math
from collections import namedtuple
from collections.abc import Sequence
from typing import Any

from .errors import OperationError
from .ops import decompositions as _d
from .ops import elementwise as _e
from .ops.arrange import diagonal as _diagonal
from .ops.arrange import vander
from .ops.creation import eye as _eye
from .ops.decompositions import cholesky, det, eigvalsh, inv, matrix_rank, pinv, solve, svdvals
from .ops.linalg import matmul
from .ops.products import cross as _cross
from .ops.products import multi_dot
from .ops.reduction import amax as _amax
from .ops.reduction import amin as _amin
from .ops.reduction import norm as _norm
from .ops.reduction import sum as _sum
from .ops.shape import movedim as _movedim
from .ops.shape import reshape as _reshape
from .ops.shape import tril as _tril
from .ops.shape import triu as _triu
from .tensor import Tensor

QR = namedtuple("QR", "Q R")
SVD = namedtuple("SVD", "U S Vh")
Eigh = namedtuple("Eigh", "eigenvalues eigenvectors")
SignAndLogarithm = namedtuple("SignAndLogarithm", "sign logabsdet")
LeastSquares = namedtuple("LeastSquares", "solution residuals rank singular_values")


def qr(A: Tensor, mode: str = "reduced") -> QR:
    """(Q, R): orthonormal columns and an upper triangle with Q @ R = A."""
    return QR(*_d.qr(A, mode))


def svd(A: Tensor, full_matrices: bool = True) -> SVD:
    """(U, S, Vh) with U @ diag(S) @ Vh = A, S descending."""
    return SVD(*_d.svd(A, full_matrices))


def eigh(A: Tensor, UPLO: str = "L") -> Eigh:
    """(eigenvalues ascending, eigenvectors in columns) of symmetric matrices."""
    return Eigh(*_d.eigh(A, UPLO))


def slogdet(A: Tensor) -> SignAndLogarithm:
    """(sign, log |det A|)."""
    return SignAndLogarithm(*_d.slogdet(A))


def lstsq(A: Tensor, B: Tensor, rcond: float | None = None, *, driver: str | None = None) -> LeastSquares:
    """(solution, residuals, rank, singular values) of min |A @ X - B|."""
    solution = _d.lstsq(A, B, rcond)
    rows, columns = A._array.shape[-2:]
    residuals = _sum(_e.square(_e.sub(matmul(A, solution), B)), -2) if rows > columns else A.new_empty(0)
    return LeastSquares(solution, residuals, matrix_rank(A, rtol=rcond), svdvals(A))


def logdet(A: Tensor) -> Tensor:
    """log det A; nan if the determinant is negative."""
    sign, logarithm = slogdet(A)
    return _e.where(_e.lt(sign, 0), math.nan, logarithm)


def solve_triangular(A: Tensor, B: Tensor, *, upper: bool, left: bool = True, unitriangular: bool = False) -> Tensor:
    """X with A @ X = B (or X @ A = B), of A only the given triangle."""
    triangle = _triu(A) if upper else _tril(A)
    if unitriangular:
        ones = _eye(A._array.shape[-1], dtype=A.dtype, device=A.device)
        triangle = _e.where(_e.gt(ones, 0), ones, triangle)
    return solve(triangle, B, left=left)


def vector_norm(
    x: Tensor, ord: float = 2, dim: int | Sequence[int] | None = None, keepdim: bool = False, *, dtype: Any = None
) -> Tensor:
    """(sum |x|^ord)^(1/ord) over some dimensions (default all)."""
    return _norm(x, ord, dim, keepdim, dtype)


def matrix_norm(
    A: Tensor, ord: Any = "fro", dim: Sequence[int] = (-2, -1), keepdim: bool = False, *, dtype: Any = None
) -> Tensor:
    """A norm of matrices: 'fro', 'nuc', inf, -inf, 1, -1, 2 or -2."""
    x = _movedim(A if dtype is None else A.to(dtype), tuple(dim), (-2, -1))
    if ord == "fro":
        found = _norm(x, 2, (-2, -1))
    elif ord in ("nuc", 2, -2):
        s = svdvals(x)
        found = _sum(s, -1) if ord == "nuc" else _amax(s, -1) if ord == 2 else _amin(s, -1)
    elif ord in (1, -1, math.inf, -math.inf):
        sums = _sum(_e.abs(x), -2 if ord in (1, -1) else -1)
        found = _amax(sums, -1) if ord > 0 else _amin(sums, -1)
    else:
        raise OperationError(f"matrix_norm: order {ord!r} is not supported")
    if keepdim:
        places = sorted(i % A.ndim for i in dim)
        for place in places:
            found = found.unsqueeze(place)
    return found


def norm(A: Tensor, ord: Any = None, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """A vector norm, or a matrix norm where two dimensions (or a matrix with an order) are given."""
    matrix = (dim is not None and not isinstance(dim, int) and len(dim) == 2) or (
        dim is None and ord is not None and A.ndim == 2
    )
    if matrix and ord is not None:
        return matrix_norm(A, ord, (-2, -1) if dim is None else dim, keepdim, dtype=dtype)
    if dim is None and ord is not None and A.ndim > 2:
        raise OperationError(f"norm: with an order, expected 1 or 2 dimensions, got shape {tuple(A.shape)}")
    return vector_norm(A, 2 if ord is None else ord, dim, keepdim, dtype=dtype)


def cond(A: Tensor, p: Any = None) -> Tensor:
    """The condition number |A| |A^-1|, by default of the 2-norm."""
    if p in (None, 2, -2):
        s = svdvals(A)
        ratio = _e.div(s[..., 0], s[..., -1])
        return _e.reciprocal(ratio) if p == -2 else ratio
    return _e.mul(matrix_norm(A, p), matrix_norm(inv(A), p))


def matrix_power(A: Tensor, n: int) -> Tensor:
    """A multiplied n times with itself; of the inverse for negative n."""
    _d.square("matrix_power", A)
    if n < 0:
        return matrix_power(inv(A), -n)
    result: Tensor | None = None
    factor = A
    while n:
        if n & 1:
            result = factor if result is None else matmul(result, factor)
        n >>= 1
        factor = matmul(factor, factor) if n else factor
    if result is None:
        size = A._array.shape[-1]
        return _eye(size, dtype=A.dtype, device=A.device).expand(A.shape).clone()
    return result


# The [13/13] Pade approximant (N. Higham, "The scaling and squaring method for the matrix exponential revisited", 2005)
_PADE = (
    64764752532480000.0, 32382376266240000.0, 7771770303897600.0, 1187353796428800.0, 129060195264000.0,
    10559470521600.0, 670442572800.0, 33522128640.0, 1323241920.0, 40840800.0, 960960.0, 16380.0, 182.0, 1.0,
)  # fmt: skip


def matrix_exp(A: Tensor) -> Tensor:
    """The matrix exponential, sum of A^k / k!, by scaling and squaring."""
    _d.square("matrix_exp", A)
    size = A._array.shape[-1]
    if not A.numel():
        return A.clone()
    largest = float(_amax(_sum(_e.abs(A.detach()), -2)).item())
    squarings = max(0, math.ceil(math.log2(largest / 5.0))) if math.isfinite(largest) and largest > 5.0 else 0
    x = _e.mul(A, 2.0**-squarings)
    one = _eye(size, dtype=A.dtype, device=A.device)
    x2 = matmul(x, x)
    powers = [one, x2, matmul(x2, x2)]
    powers.append(matmul(powers[2], x2))

    def polynomial(coefficients: Sequence[float]) -> Tensor:
        total = _e.mul(powers[0], coefficients[0])
        for c, power in zip(coefficients[1:], powers[1:], strict=False):
            total = _e.add(total, _e.mul(power, c))
        return total

    even, odd = _PADE[::2], _PADE[1::2]
    high = powers[3]
    v = _e.add(polynomial(even[:4]), matmul(high, polynomial((0.0, *even[4:]))))
    u = matmul(x, _e.add(polynomial(odd[:4]), matmul(high, polynomial((0.0, *odd[4:])))))
    result = solve(_e.sub(v, u), _e.add(v, u))
    for _ in range(squarings):
        result = matmul(result, result)
    return result


def cross(input: Tensor, other: Tensor, *, dim: int = -1) -> Tensor:
    """The cross product along a dimension of size 3."""
    return _cross(input, other, dim)


def diagonal(A: Tensor, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """A diagonal of the matrices in the last two dimensions. A view."""
    return _diagonal(A, offset, dim1, dim2)


def vecdot(x: Tensor, y: Tensor, *, dim: int = -1) -> Tensor:
    """The inner products along a dimension."""
    return _sum(_e.mul(x, y), dim)


def tensorinv(A: Tensor, ind: int = 2) -> Tensor:
    """The inverse of `tensordot(A, ., ind)`."""
    front, back = A.shape[:ind], A.shape[ind:]
    return _reshape(inv(_reshape(A, (math.prod(front), -1))), (*back, *front))


def tensorsolve(A: Tensor, B: Tensor) -> Tensor:
    """X with tensordot(A, X, X.ndim) = B."""
    shape = A.shape[B.ndim :]
    return _reshape(solve(_reshape(A, (B.numel(), -1)), _reshape(B, -1)), shape)


__all__ = [
    "cholesky", "cond", "cross", "det", "diagonal", "eigh", "eigvalsh", "inv", "logdet", "lstsq", "matmul",
    "matrix_exp", "matrix_norm", "matrix_power", "matrix_rank", "multi_dot", "norm", "pinv", "qr", "slogdet", "solve",
    "solve_triangular", "svd", "svdvals", "tensorinv", "tensorsolve", "vander", "vecdot", "vector_norm",
]  # fmt: skip
