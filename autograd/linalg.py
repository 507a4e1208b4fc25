"""Linear algebra, under the names of torch.linalg."""

from __future__ import annotations

import math
from collections import namedtuple
from collections.abc import Sequence
from typing import Any

from .dtypes import int32 as _int32
from .dtypes import int64 as _int64
from .engine.errors import OperationError
from .engine.tensor import Tensor
from .ops.arithmetic import reciprocal as _reciprocal
from .ops.arithmetic import square as _square
from .ops.choosing import where as _where
from .ops.creation import eye as _eye
from .ops.diagonals import diagonal as _diagonal
from .ops.exponential import log as _log
from .ops.joining import stack as _stack
from .ops.linalg import determinants as _determinants
from .ops.linalg import spectral as _spectral
from .ops.linalg.determinants import det
from .ops.linalg.lu import factored_solve as lu_solve
from .ops.linalg.lu import lu, lu_factor, solve_triangular
from .ops.linalg.norms import norm as _norm
from .ops.linalg.products import cross as _cross
from .ops.linalg.products import matmul, multi_dot
from .ops.linalg.solve import cholesky, inv, solve
from .ops.linalg.solve import require_square as _require_square
from .ops.linalg.spectral import eigvalsh, matrix_rank, pinv, svdvals
from .ops.promotion import cast as _cast
from .ops.reduction import amax as _amax
from .ops.reduction import amin as _amin
from .ops.reduction import sum as _sum
from .ops.shape import movedim as _movedim
from .ops.shape import reshape as _reshape

QR = namedtuple("QR", "Q R")
SVD = namedtuple("SVD", "U S Vh")
Eigh = namedtuple("Eigh", "eigenvalues eigenvectors")
Eig = namedtuple("Eig", "eigenvalues eigenvectors")
Checked = namedtuple("Checked", "result info")
SignAndLogarithm = namedtuple("SignAndLogarithm", "sign logabsdet")
LeastSquares = namedtuple("LeastSquares", "solution residuals rank singular_values")


def qr(A: Tensor, mode: str = "reduced") -> QR:
    """(Q, R): orthonormal columns and an upper triangle with Q @ R = A."""
    return QR(*_spectral.qr(A, mode))


def svd(A: Tensor, full_matrices: bool = True) -> SVD:
    """(U, S, Vh) with U @ diag(S) @ Vh = A, S descending."""
    return SVD(*_spectral.svd(A, full_matrices))


def eigh(A: Tensor, UPLO: str = "L") -> Eigh:
    """(eigenvalues ascending, eigenvectors in columns) of symmetric matrices."""
    return Eigh(*_spectral.eigh(A, UPLO))


def eig(A: Tensor) -> Eig:
    """(eigenvalues, eigenvectors of length 1 in columns) of square matrices; both are complex."""
    return Eig(*_spectral.eig(A))


def eigvals(A: Tensor) -> Tensor:
    """The eigenvalues of square matrices, complex."""
    return _spectral.eig(A)[0]


def _checked(result: Any, A: Tensor, check_errors: bool) -> Any:
    info = A.new_zeros(tuple(A.shape[:-2]), dtype=_int32)
    return (*result, info) if isinstance(result, tuple) else Checked(result, info)


def inv_ex(A: Tensor, *, check_errors: bool = False) -> Checked:
    """(inverse, info); info is 0: unlike torch's, a singular matrix raises on the CPU."""
    return _checked(inv(A), A, check_errors)


def cholesky_ex(A: Tensor, *, upper: bool = False, check_errors: bool = False) -> Checked:
    """(factor, info); info is 0: unlike torch's, an indefinite matrix raises on the CPU."""
    return _checked(cholesky(A, upper=upper), A, check_errors)


def solve_ex(A: Tensor, B: Tensor, *, left: bool = True, check_errors: bool = False) -> Checked:
    """(solution, info); info is 0: unlike torch's, a singular matrix raises on the CPU."""
    return _checked(solve(A, B, left=left), A, check_errors)


def lu_factor_ex(A: Tensor, *, pivot: bool = True, check_errors: bool = False) -> Any:
    """(LU, pivots, info); info is 0."""
    return _checked(tuple(lu_factor(A, pivot=pivot)), A, check_errors)


def slogdet(A: Tensor) -> SignAndLogarithm:
    """(sign, log |det A|)."""
    return SignAndLogarithm(*_determinants.slogdet(A))


def lstsq(A: Tensor, B: Tensor, rcond: float | None = None, *, driver: str | None = None) -> LeastSquares:
    """(solution, residuals, rank, singular values) of min |A @ X - B|.

    As in torch, the driver says what comes with the solution: 'gels' no rank, 'gelsy' (the default)
    no residuals, 'gelsd' and 'gelss' the singular values, too; the method is the same.
    """
    driver = driver or "gelsy"
    solution = _spectral.lstsq(A, B, rcond)
    rows, columns = A._array.shape[-2:]
    empty = _reshape(abs(solution), -1)[:0]
    residuals = empty
    if rows > columns and driver != "gelsy":
        residuals = _sum(_square(abs(A @ solution - B)), -2)
    rank = matrix_rank(A, rtol=rcond) if driver != "gels" else A.new_empty(0, dtype=_int64)
    values = svdvals(A.detach()) if driver in ("gelsd", "gelss") else empty.detach()
    return LeastSquares(solution, residuals, rank, values)


def logdet(A: Tensor) -> Tensor:
    """log det A; nan if a real determinant is negative."""
    sign, logarithm = slogdet(A)
    if A.is_complex():
        return _log(sign) + logarithm
    return _where(sign < 0, math.nan, logarithm)


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
    elif ord in (1, 2, math.inf) and not x._array.shape[-2] * x._array.shape[-1]:
        found = _sum(abs(x), (-2, -1))  # of an empty matrix 0, of which there is no largest part
    elif ord in ("nuc", 2, -2):
        s = svdvals(x)
        found = _sum(s, -1) if ord == "nuc" else _amax(s, -1) if ord == 2 else _amin(s, -1)
    elif ord in (1, -1, math.inf, -math.inf):
        sums = _sum(abs(x), -2 if ord in (1, -1) else -1)
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
    """The condition number |A| |A^-1|, by default of the 2-norm; 0 of an empty matrix."""
    if not A.numel():
        return _sum(abs(A), (-2, -1))
    if p in (None, 2, -2):
        s = svdvals(A)
        ratio = s[..., 0] / s[..., -1]
        return _reciprocal(ratio) if p == -2 else ratio
    return matrix_norm(A, p) * matrix_norm(inv(A), p)


def matrix_power(A: Tensor, n: int) -> Tensor:
    """A multiplied n times with itself; of the inverse for negative n."""
    if A.ndim < 2 or A._array.shape[-1] != A._array.shape[-2]:
        raise OperationError(f"matrix_power: expected square matrices (*, n, n), got shape {tuple(A.shape)}")
    if n < 0:
        return matrix_power(inv(A), -n)
    result: Tensor | None = None
    factor = A
    while n:
        if n & 1:
            result = factor.clone() if result is None else result @ factor
        n >>= 1
        factor = factor @ factor if n else factor
    if result is None:
        size = A._array.shape[-1]
        return _cast(_eye(size, dtype=A.dtype, device=A.device) + 0 * A, A.dtype)
    return result if result is not A else A.clone()


# The [13/13] Pade approximant (N. Higham, "The scaling and squaring method for the matrix exponential revisited", 2005)
_PADE = (
    64764752532480000.0,
    32382376266240000.0,
    7771770303897600.0,
    1187353796428800.0,
    129060195264000.0,
    10559470521600.0,
    670442572800.0,
    33522128640.0,
    1323241920.0,
    40840800.0,
    960960.0,
    16380.0,
    182.0,
    1.0,
)


def matrix_exp(A: Tensor) -> Tensor:
    """The matrix exponential, sum of A^k / k!, by scaling and squaring."""
    _require_square("matrix_exp", A, complex=True)
    size = A._array.shape[-1]
    if not A.numel():
        return A.clone()
    largest = float(_amax(_sum(abs(A.detach()), -2)).item())
    squarings = max(0, math.ceil(math.log2(largest / 5.0))) if math.isfinite(largest) and largest > 5.0 else 0
    x = 2.0**-squarings * A
    one = _eye(size, dtype=A.dtype, device=A.device)
    x2 = x @ x
    powers = [one, x2, x2 @ x2]
    powers.append(powers[2] @ x2)

    def polynomial(coefficients: Sequence[float]) -> Tensor:
        total = coefficients[0] * powers[0]
        for c, power in zip(coefficients[1:], powers[1:], strict=False):
            total = total + c * power
        return total

    even, odd = _PADE[::2], _PADE[1::2]
    high = powers[3]
    v = polynomial(even[:4]) + high @ polynomial((0.0, *even[4:]))
    u = x @ (polynomial(odd[:4]) + high @ polynomial((0.0, *odd[4:])))
    result = solve(v - u, v + u).clone()  # solve's derivative needs its own result
    for _ in range(squarings):
        result = result @ result
    return result


def cross(input: Tensor, other: Tensor, *, dim: int = -1) -> Tensor:
    """The cross product along a dimension of size 3."""
    return _cross(input, other, dim)


def diagonal(A: Tensor, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """A diagonal of the matrices in the last two dimensions. A view."""
    return _diagonal(A, offset, dim1, dim2)


def vecdot(x: Tensor, y: Tensor, *, dim: int = -1) -> Tensor:
    """The inner products along a dimension."""
    return _sum(x.conj() * y, dim)


def tensorinv(A: Tensor, ind: int = 2) -> Tensor:
    """The inverse of `tensordot(A, ., ind)`."""
    front, back = A.shape[:ind], A.shape[ind:]
    return _reshape(inv(_reshape(A, (math.prod(front), -1))), (*back, *front))


def vander(x: Tensor, N: int | None = None) -> Tensor:
    """The powers 0, 1, ..., N - 1 of each element, in a new last dimension."""
    count = x._array.shape[-1] if N is None else N
    return _stack([(x if x.ndim else _reshape(x, 1)) ** i for i in range(count)], -1)


def tensorsolve(A: Tensor, B: Tensor, dims: Sequence[int] | None = None) -> Tensor:
    """X with tensordot(A, X, X.ndim) = B; `dims` of A are moved to its end first."""
    if dims is not None:
        A = _movedim(A, tuple(dims), tuple(range(A.ndim - len(dims), A.ndim)))
    shape = A.shape[B.ndim :]
    return _reshape(solve(_reshape(A, (B.numel(), -1)), _reshape(B, -1)), shape)


__all__ = [
    "cholesky",
    "cholesky_ex",
    "cond",
    "cross",
    "det",
    "diagonal",
    "eig",
    "eigh",
    "eigvals",
    "eigvalsh",
    "inv",
    "inv_ex",
    "logdet",
    "lstsq",
    "lu",
    "lu_factor",
    "lu_factor_ex",
    "lu_solve",
    "matmul",
    "matrix_exp",
    "matrix_norm",
    "matrix_power",
    "matrix_rank",
    "multi_dot",
    "norm",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "solve_ex",
    "solve_triangular",
    "svd",
    "svdvals",
    "tensorinv",
    "tensorsolve",
    "vander",
    "vecdot",
    "vector_norm",
]
