"""Matrix inverses, determinants and factorisations, over leading batch dimensions.

Derivatives after M. Giles, "An extended collection of matrix derivative results", 2008; S. Walter,
L. Lehmann, R. Lamour, "On evaluating higher-order derivatives of the QR decomposition", 2012.
"""

from __future__ import annotations

from typing import Any

from ..engine import apply
from ..errors import OperationError
from ..primitive import primitive
from ..tensor import Tensor
from . import elementwise as e
from .arrange import diag_embed, diagonal
from .creation import eye
from .linalg import matmul
from .promotion import require_floating, require_inexact
from .reduction import sum, sum_to
from .shape import matrix_transpose, squeeze, tril, unsqueeze


def square(name: str, x: Tensor, complex: bool = False) -> None:
    """OperationError unless x holds square floating (or, where that is allowed, complex) matrices."""
    if complex:
        require_inexact(name, x)
    else:
        require_floating(name, x)
    shape = x._array.shape
    if len(shape) < 2 or shape[-1] != shape[-2]:
        raise OperationError(f"{name}: expected square matrices (*, n, n), got shape {tuple(shape)}")


def _t(x: Tensor) -> Tensor:
    return matrix_transpose(x)


@primitive(holomorphic=True, x=lambda g, out: e.neg(matmul(matmul(_t(out), g), _t(out))))
def _inv(xp, x):
    return xp.linalg.inv(x)


def inv(A: Tensor) -> Tensor:
    """The inverse: A @ inv(A) = I. A singular matrix raises (on the CPU)."""
    square("inv", A, complex=True)
    return apply(_inv, A)


@primitive(
    holomorphic=True,
    a=lambda g, a, out, a_shape: sum_to(e.neg(matmul(solve_matrix(_t(a), g), _t(out))), a_shape),
    b=lambda g, a, b_shape: sum_to(solve_matrix(_t(a), g), b_shape),
)
def _solve(xp, a, b):
    return xp.linalg.solve(a, b)


def solve_matrix(a: Tensor, b: Tensor) -> Tensor:
    """X with a @ X = b, for matrices b."""
    return apply(_solve, a, b)


def solve(A: Tensor, B: Tensor, *, left: bool = True) -> Tensor:
    """X with A @ X = B (or X @ A = B): (*, n, n) and (*, n, k), or vectors (*, n)."""
    square("solve", A, complex=True)
    vector = B.ndim == 1 or (B.ndim == A.ndim - 1 and B.shape == A.shape[:-1])
    b = unsqueeze(B, -1) if vector else B
    if not left:
        found = _t(solve_matrix(_t(A), _t(b)))
    else:
        found = solve_matrix(A, b)
    return squeeze(found, -1) if vector else found


@primitive(outputs=2, x=lambda g, x, x_shape: _slogdet_slope(g, x))
def _slogdet(xp, x):
    found = xp.linalg.slogdet(x)
    return found[0], found[1]


def _slogdet_slope(g: tuple[Tensor, Tensor], x: Tensor) -> Tensor:
    return e.mul(_t(inv(x)), unsqueeze(unsqueeze(g[1], -1), -1))


def slogdet(A: Tensor) -> tuple[Tensor, Tensor]:
    """The sign of the determinant, and the logarithm of its absolute value."""
    square("slogdet", A)
    return apply(_slogdet, A)


@primitive(holomorphic=True, x=lambda g, x, out: e.mul(_t(inv(x)), unsqueeze(unsqueeze(e.mul(g, out), -1), -1)))
def _det(xp, x):
    return xp.linalg.det(x)


def det(A: Tensor) -> Tensor:
    """The determinant. Its derivative needs an invertible matrix."""
    square("det", A, complex=True)
    return apply(_det, A)


@primitive(x=lambda g, out: _cholesky_slope(g, out))
def _cholesky(xp, x):
    return xp.linalg.cholesky(x)


def _cholesky_slope(g: Tensor, lower: Tensor) -> Tensor:
    """L^-T Phi(L^T g) L^-1, symmetrised; Phi takes the lower triangle with half of the diagonal."""
    inner = tril(matmul(_t(lower), g))
    inner = e.sub(inner, diag_embed(e.mul(diagonal(inner, 0, -2, -1), 0.5)))
    inverse = inv(lower)
    found = matmul(matmul(_t(inverse), inner), inverse)
    return e.mul(e.add(found, _t(found)), 0.5)


def cholesky(A: Tensor, *, upper: bool = False) -> Tensor:
    """The lower triangle L with L @ L.mT = A, of symmetric positive definite matrices (or its transpose)."""
    square("cholesky", A)
    lower = apply(_cholesky, A)
    return _t(lower) if upper else lower


@primitive(outputs=2, x=lambda g, x, out, out1: _qr_slope(g, x, out, out1))
def _qr(xp, x, *, mode):
    found = xp.linalg.qr(x, mode=mode)
    return found[0], found[1]


def _qr_slope(g: tuple[Tensor, Tensor], x: Tensor, q: Tensor, r: Tensor) -> Tensor:
    gq, gr = g
    rows, columns = x._array.shape[-2:]
    if q._array.shape[-1] != min(rows, columns):
        raise OperationError("qr: mode='complete' has a derivative for square matrices only")
    if rows >= columns:
        return _tall_qr_slope(gq, gr, q, r)
    first, rest = r[..., :rows], gr[..., rows:]
    left = _tall_qr_slope(e.add(gq, matmul(x[..., rows:], _t(rest))), gr[..., :rows], q, first)
    from .shape import cat

    return cat([left, matmul(q, rest)], -1)


def _tall_qr_slope(gq: Tensor, gr: Tensor, q: Tensor, r: Tensor) -> Tensor:
    m = e.sub(matmul(r, _t(gr)), matmul(_t(gq), q))
    low = tril(m, -1)
    mirrored = e.add(e.add(low, _t(low)), diag_embed(diagonal(m, 0, -2, -1)))
    right = e.add(gq, matmul(q, mirrored))
    return _t(solve_matrix(r, _t(right)))


def qr(A: Tensor, mode: str = "reduced") -> tuple[Tensor, Tensor]:
    """Q with orthonormal columns and R upper triangular, Q @ R = A."""
    require_floating("qr", A)
    if mode not in ("reduced", "complete"):
        raise OperationError(f"qr: mode is 'reduced' or 'complete', got {mode!r}")
    return apply(_qr, A, mode=mode)


def _gaps(values: Tensor) -> Tensor:
    """1 / (v_j - v_i), 0 on the diagonal."""
    count = values._array.shape[-1]
    same = e.gt(eye(count, dtype=values.dtype, device=values.device), 0)
    gap = e.sub(unsqueeze(values, -2), unsqueeze(values, -1))
    return e.where(same, 0.0, e.reciprocal(e.where(same, 1.0, gap)))


@primitive(outputs=2, x=lambda g, out, out1: _eigh_slope(g, out, out1))
def _eigh(xp, x):
    found = xp.linalg.eigh(x)
    return found[0], found[1]


def _eigh_slope(g: tuple[Tensor, Tensor], values: Tensor, vectors: Tensor) -> Tensor:
    gw, gv = g
    inner = e.add(e.mul(matmul(_t(vectors), gv), _gaps(values)), diag_embed(gw))
    return matmul(matmul(vectors, inner), _t(vectors))


def eigh(A: Tensor, UPLO: str = "L") -> tuple[Tensor, Tensor]:
    """Eigenvalues (ascending) and orthonormal eigenvectors (columns) of symmetric matrices.

    Derivatives of the vectors need different eigenvalues.
    """
    square("eigh", A)
    if UPLO not in ("L", "U"):
        raise OperationError(f"eigh: UPLO is 'L' or 'U', got {UPLO!r}")
    return apply(_eigh, A if UPLO == "L" else _t(A))


def eigvalsh(A: Tensor, UPLO: str = "L") -> Tensor:
    """The eigenvalues (ascending) of symmetric matrices."""
    return eigh(A, UPLO)[0]


@primitive(outputs=3, x=lambda g, x, out, out1, out2: _svd_slope(g, x, out, out1, out2))
def _svd(xp, x, *, full):
    found = xp.linalg.svd(x, full_matrices=full)
    return found[0], found[1], found[2]


def _svd_slope(g: tuple[Tensor, Tensor, Tensor], x: Tensor, u: Tensor, s: Tensor, vh: Tensor) -> Tensor:
    gu, gs, gvh = g
    rows, columns = x._array.shape[-2:]
    count = s._array.shape[-1]
    if u._array.shape[-1] != count or vh._array.shape[-2] != count:
        raise OperationError("svd: the vectors have derivatives with full_matrices=False only")
    v, gv = _t(vh), _t(gvh)
    gaps = _gaps(e.mul(s, s))

    def turned(vectors: Tensor, slope: Tensor) -> Tensor:
        product = matmul(_t(vectors), slope)
        return e.mul(e.sub(product, _t(product)), gaps)

    row, column = unsqueeze(s, -2), unsqueeze(s, -1)
    inner = e.add(e.mul(turned(u, gu), row), e.mul(turned(v, gv), column))
    found = matmul(matmul(u, e.add(inner, diag_embed(gs))), vh)
    if rows > count:
        outside = e.sub(gu, matmul(u, matmul(_t(u), gu)))
        found = e.add(found, matmul(e.div(outside, row), vh))
    if columns > count:
        outside = e.sub(gv, matmul(v, matmul(vh, gv)))
        found = e.add(found, matmul(u, _t(e.div(outside, row))))
    return found


def svd(A: Tensor, full_matrices: bool = True) -> tuple[Tensor, Tensor, Tensor]:
    """U, the singular values S (descending) and Vh, with U @ diag(S) @ Vh = A.

    Derivatives of the vectors need different singular values, and full_matrices=False.
    """
    require_floating("svd", A)
    return apply(_svd, A, full=bool(full_matrices))


def svdvals(A: Tensor) -> Tensor:
    """The singular values (descending)."""
    return svd(A, full_matrices=False)[1]


def pinv(A: Tensor, *, atol: Any = None, rtol: Any = None, hermitian: bool = False) -> Tensor:
    """The pseudo-inverse; singular values below max(atol, rtol * largest) count as 0."""
    u, s, vh = svd(A, full_matrices=False)
    keep = _significant(A, s, atol, rtol)
    inverse = e.where(keep, e.reciprocal(e.where(keep, s, 1.0)), 0.0)
    return matmul(e.mul(_t(vh), unsqueeze(inverse, -2)), _t(u))


_PRECISION = {"float16": 2.0**-10, "float32": 2.0**-23, "float64": 2.0**-52}


def _significant(x: Tensor, s: Tensor, atol: Any, rtol: Any) -> Tensor:
    """Which singular values count."""
    if rtol is None:
        rtol = 0.0 if atol is not None else max(x._array.shape[-2:]) * _PRECISION[x.dtype.name]
    limit = e.mul(s.detach()[..., :1], rtol)
    return e.gt(s.detach(), e.clamp(limit, min=0.0 if atol is None else float(atol)))


def matrix_rank(A: Tensor, *, atol: Any = None, rtol: Any = None, hermitian: bool = False) -> Tensor:
    """How many singular values count."""
    s = svdvals(A)
    return sum(_significant(A, s, atol, rtol), -1)


def lstsq(A: Tensor, B: Tensor, rcond: float | None = None) -> Tensor:
    """The X of least norm that makes |A @ X - B| least."""
    return matmul(pinv(A, rtol=rcond), B)


def cholesky_solve(B: Tensor, L: Tensor, upper: bool = False) -> Tensor:
    """X with A @ X = B, given the Cholesky factor L of A."""
    factor = _t(L) if upper else L
    return solve_matrix(_t(factor), solve_matrix(factor, B))


def cholesky_inverse(L: Tensor, upper: bool = False) -> Tensor:
    """The inverse of A, given its Cholesky factor L."""
    return cholesky_solve(eye(L._array.shape[-1], dtype=L.dtype, device=L.device), L, upper)
