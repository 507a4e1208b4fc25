"""Matrix inverses, determinants and factorisations, over leading batch dimensions.

Derivatives after M. Giles, "An extended collection of matrix derivative results", 2008; S. Walter,
L. Lehmann, R. Lamour, "On evaluating higher-order derivatives of the QR decomposition", 2012.
"""

from __future__ import annotations

from typing import Any

from ..dtypes import finfo
from ..engine.errors import OperationError
from ..engine.primitive import primitive
from ..engine.tensor import Tensor
from . import elementwise as e
from .arrange import diag_embed, diagonal
from .broadcast import sum_to
from .complex import complex
from .creation import arange, eye, zeros_like
from .linalg import matmul
from .promotion import cast, require_floating, require_inexact
from .reduction import sum
from .shape import cat, squeeze, stack, tril, unsqueeze


def square(name: str, x: Tensor, complex: bool = False) -> None:
    """OperationError unless x holds square floating (or, where that is allowed, complex) matrices."""
    if complex:
        require_inexact(name, x)
    else:
        require_floating(name, x)
    shape = x._array.shape
    if len(shape) < 2 or shape[-1] != shape[-2]:
        raise OperationError(f"{name}: expected square matrices (*, n, n), got shape {tuple(shape)}")


@primitive(holomorphic=True, x=lambda g, out: -(out.mT @ g @ out.mT))
def _inv(xp, x):
    return xp.linalg.inv(x)


def inv(A: Tensor) -> Tensor:
    """The inverse: A @ inv(A) = I. A singular matrix raises (on the CPU)."""
    square("inv", A, complex=True)
    return _inv(A)


@primitive(
    holomorphic=True,
    a=lambda g, a, out, a_shape: sum_to(-(solve_matrix(a.mT, g) @ out.mT), a_shape),
    b=lambda g, a, b_shape: sum_to(solve_matrix(a.mT, g), b_shape),
)
def _solve(xp, a, b):
    return xp.linalg.solve(a, b)


def solve_matrix(a: Tensor, b: Tensor) -> Tensor:
    """X with a @ X = b, for matrices b."""
    return _solve(a, b)


def solve(A: Tensor, B: Tensor, *, left: bool = True) -> Tensor:
    """X with A @ X = B (or X @ A = B): (*, n, n) and (*, n, k), or vectors (*, n)."""
    square("solve", A, complex=True)
    vector = B.ndim == 1 or (B.ndim == A.ndim - 1 and B.shape == A.shape[:-1])
    b = unsqueeze(B, -1) if vector else B
    if not left:
        found = solve_matrix(A.mT, b.mT).mT
    else:
        found = solve_matrix(A, b)
    return squeeze(found, -1) if vector else found


@primitive(outputs=2, complex_rules=True, x=lambda g, x, out: _slogdet_slope(g, x, out))
def _slogdet(xp, x):
    found = xp.linalg.slogdet(x)
    return found[0], found[1]


def _slogdet_slope(g: tuple[Tensor, Tensor], x: Tensor, sign: Tensor) -> Tensor:
    """g A^-H; a complex sign turns with the determinant's angle."""
    along = g[1]
    if x.is_complex():
        along = complex(along, -(g[0].conj() * sign).imag)
    return inv(x).mH * unsqueeze(unsqueeze(along, -1), -1)


def slogdet(A: Tensor) -> tuple[Tensor, Tensor]:
    """The sign of the determinant (a number of absolute value 1), and the logarithm of its absolute value."""
    square("slogdet", A, complex=True)
    return _slogdet(A)


@primitive(holomorphic=True, x=lambda g, x: _each(g) * _cofactors(x))
def _det(xp, x):
    return xp.linalg.det(x)


# The derivatives of a determinant are polynomials of the elements, which a division by it would hide where it is 0.
# They are read off the singular values: of A = U S V, those of S are products, and U and V only turn them.


@primitive(holomorphic=True, x=lambda g, x: _cofactor_slope(x, g))
def _cofactors(xp, x):
    """Of each element the determinant of the others' rows and columns, with its sign: the derivative of det."""
    turn, u, s, v = _turned_singular_values(xp, x)
    return turn * xp.matmul(u * _products_of_others(xp, s)[..., None, :], v)


@primitive(
    holomorphic=True,
    x=lambda g, x, h: _third_slope(x, g, h),
    h=lambda g, x: _cofactor_slope(x, g),
)
def _cofactor_slope(xp, x, h):
    """The derivative of sum(h * cofactors(x)) by x, symmetric in h and the direction."""
    turn, u, s, v = _turned_singular_values(xp, x)
    pairs = _products_of_others(xp, s, 2)
    inner = xp.matmul(xp.matmul(xp.matrix_transpose(u), h), xp.matrix_transpose(v))
    diagonal = xp.eye(s.shape[-1], dtype=inner.dtype)
    along = xp.matmul(xp.astype(pairs, inner.dtype), xp.sum(inner * diagonal, axis=-1)[..., None])
    return turn * xp.matmul(xp.matmul(u, along * diagonal - pairs * xp.matrix_transpose(inner)), v)


def _turned_singular_values(xp: Any, x: Any) -> tuple[Any, Any, Any, Any]:
    """det(U) det(V), conj(U), S and conj(V) of x = U S V."""
    u, s, v = xp.linalg.svd(x)
    turn = xp.linalg.det(u) * xp.linalg.det(v)
    if xp.isdtype(x.dtype, "complex floating"):
        u, v = xp.conj(u), xp.conj(v)
    return turn[..., None, None], u, s, v


def _products_of_others(xp: Any, s: Any, left_out: int = 1) -> Any:
    """For each number the product of the others; with `left_out` 2 for each two, and 0 where they are one."""
    count = s.shape[-1]
    number = xp.arange(count)
    skipped = number[:, None] == number  # [i, k]: whether the product of i leaves k out
    if left_out == 2:
        skipped = xp.logical_or(skipped[:, None, :], skipped[None, :, :])
    shape = s.shape[:-1] + (count,) * left_out
    product = xp.ones(shape, dtype=s.dtype)
    for k in range(count):
        product = product * xp.where(skipped[..., k], 1.0, s[(..., k, *(None,) * left_out)])
    return product if left_out == 1 else product * xp.astype(number[:, None] != number, s.dtype)


def _third_slope(x: Tensor, g: Tensor, h: Tensor) -> Tensor:
    """The derivative of sum(g * cofactor_slope(x, h)) by x, through the minors: cofactors of one size less."""
    count = x._array.shape[-1]
    if count < 3:  # no product of three elements
        return zeros_like(x)
    whole = eye(count, dtype=x.dtype, device=x.device)
    without = stack([cat([whole[:k], whole[k + 1 :]]) for k in range(count)])  # (n, n - 1, n): all rows but one
    rows, columns = unsqueeze(without, 1), without.mT

    def minors(y: Tensor) -> Tensor:
        return rows @ unsqueeze(unsqueeze(y, -3), -3) @ columns

    sign = cast((arange(count)[:, None] + arange(count)) % 2, x.dtype).to(x.device) * -2 + 1
    inner = _cofactor_slope(minors(x), minors(g)) * _each(sign * h)
    return sum(rows.mT @ inner @ columns.mT, (-4, -3))


def _each(x: Tensor) -> Tensor:
    """Numbers, one for each matrix."""
    return unsqueeze(unsqueeze(x, -1), -1)


def det(A: Tensor) -> Tensor:
    """The determinant. It has derivatives at singular matrices, too."""
    square("det", A, complex=True)
    return _det(A)


@primitive(complex_rules=True, x=lambda g, out: _cholesky_slope(g, out))
def _cholesky(xp, x):
    return xp.linalg.cholesky(x)


def _cholesky_slope(g: Tensor, lower: Tensor) -> Tensor:
    """L^-H Phi(L^H g) L^-1 / 2; Phi mirrors the lower triangle."""
    inner = lower.mH @ g
    below = tril(inner, -1)
    inner = below + below.mH + diag_embed(diagonal(inner, 0, -2, -1))
    inverse = inv(lower)
    return 0.5 * (inverse.mH @ inner @ inverse)


def cholesky(A: Tensor, *, upper: bool = False) -> Tensor:
    """The lower triangle L with L @ L.mH = A, of Hermitian positive definite matrices (or its transpose)."""
    square("cholesky", A, complex=True)
    lower = _cholesky(A)
    return lower.mH if upper else lower


@primitive(outputs=2, complex_rules=True, x=lambda g, out, out1: _qr_slope(g, out, out1))
def _qr(xp, x, *, mode):
    found = xp.linalg.qr(x, mode=mode)
    return found[0], found[1]


def _qr_slope(g: tuple[Tensor, Tensor], q: Tensor, r: Tensor) -> Tensor:
    gq, gr = g
    rows, columns = q._array.shape[-2], r._array.shape[-1]
    if q._array.shape[-1] != min(rows, columns):
        raise OperationError("qr: mode='complete' has a derivative for square matrices only")
    if rows >= columns:
        return _tall_qr_slope(gq, gr, q, r)
    first, rest = r[..., :rows], gr[..., rows:]
    beside = q @ r[..., rows:]  # the rest of x = q r
    left = _tall_qr_slope(gq + beside @ rest.mH, gr[..., :rows], q, first)
    return cat([left, q @ rest], -1)


def _tall_qr_slope(gq: Tensor, gr: Tensor, q: Tensor, r: Tensor) -> Tensor:
    m = r @ gr.mH - gq.mH @ q
    low = tril(m, -1)
    mirrored = low + low.mH + diag_embed(diagonal(m, 0, -2, -1).real)
    right = gq + q @ mirrored
    return solve_matrix(r, right.mH).mH


def qr(A: Tensor, mode: str = "reduced") -> tuple[Tensor, Tensor]:
    """Q with orthonormal columns and R upper triangular, Q @ R = A."""
    require_inexact("qr", A)
    if mode not in ("reduced", "complete"):
        raise OperationError(f"qr: mode is 'reduced' or 'complete', got {mode!r}")
    return _qr(A, mode=mode)


def _plus(x: Tensor | None, y: Tensor | None) -> Tensor:
    """The sum of what is there."""
    if x is None or y is None:
        found = y if x is None else x
        assert found is not None
        return found
    return x + y


def _gaps(values: Tensor) -> Tensor:
    """1 / (v_j - v_i), 0 on the diagonal."""
    count = values._array.shape[-1]
    same = eye(count, dtype=values.dtype, device=values.device) != 0
    gap = unsqueeze(values, -2) - unsqueeze(values, -1)
    return e.where(same, 0.0, e.reciprocal(e.where(same, 1.0, gap)))


@primitive(outputs=2, complex_rules=True, partial=True, x=lambda g, out, out1: _eigh_slope(g, out, out1))
def _eigh(xp, x):
    found = xp.linalg.eigh(x)
    return found[0], found[1]


def _eigh_slope(g: tuple[Tensor | None, Tensor | None], values: Tensor, vectors: Tensor) -> Tensor:
    gw, gv = g
    turned = None if gv is None else (vectors.mH @ gv) * _gaps(values)
    inner = _plus(turned, None if gw is None else diag_embed(cast(gw, vectors.dtype)))
    return vectors @ inner @ vectors.mH


def eigh(A: Tensor, UPLO: str = "L") -> tuple[Tensor, Tensor]:
    """Eigenvalues (ascending) and orthonormal eigenvectors (columns) of symmetric matrices.

    Derivatives of the vectors need different eigenvalues.
    """
    square("eigh", A, complex=True)
    if UPLO not in ("L", "U"):
        raise OperationError(f"eigh: UPLO is 'L' or 'U', got {UPLO!r}")
    return _eigh(A if UPLO == "L" else A.mH)


def eigvalsh(A: Tensor, UPLO: str = "L") -> Tensor:
    """The eigenvalues (ascending) of symmetric matrices."""
    return eigh(A, UPLO)[0]


@primitive(outputs=2, complex_rules=True, partial=True, x=lambda g, x, out, out1: _eig_slope(g, x, out, out1))
def _eig(backend, x):
    xp = backend.xp
    found = xp.linalg.eig(x)
    kind = backend.native[backend.dtypes[x.dtype].to_complex()]
    return xp.astype(found[0], kind), xp.astype(found[1], kind)


def _eig_slope(g: tuple[Tensor | None, Tensor | None], x: Tensor, values: Tensor, vectors: Tensor) -> Tensor:
    """After C. Boeddeker et al., "On the Computation of Complex-valued Gradients", 2017; vectors have length 1."""
    gw, gv = g
    turned = None
    if gv is not None:
        turned = vectors.mH @ gv
        length = vectors.mH @ vectors
        turned = turned - length * unsqueeze(diagonal(turned, 0, -2, -1).real, -2)
        turned = turned * _gaps(values).conj()
    inner = _plus(turned, None if gw is None else diag_embed(gw))
    found = solve_matrix(vectors.mH, inner) @ vectors.mH
    return found if x.is_complex() else found.real


def eig(A: Tensor) -> tuple[Tensor, Tensor]:
    """Eigenvalues and eigenvectors (columns of length 1) of square matrices, complex.

    Derivatives of the vectors need different eigenvalues.
    """
    square("eig", A, complex=True)
    return _eig(A)


@primitive(outputs=3, complex_rules=True, partial=True, x=lambda g, out, out1, out2: _svd_slope(g, out, out1, out2))
def _svd(xp, x, *, full):
    found = xp.linalg.svd(x, full_matrices=full)
    return found[0], found[1], found[2]


def _svd_slope(g: tuple[Tensor | None, Tensor | None, Tensor | None], u: Tensor, s: Tensor, vh: Tensor) -> Tensor:
    """After J. Townsend, "Differentiating the Singular Value Decomposition", 2016.

    Of full matrices the thin part counts.
    """
    rows, columns, count = u._array.shape[-2], vh._array.shape[-1], s._array.shape[-1]
    u, v = u[..., :count], vh[..., :count, :].mH
    gu = None if g[0] is None else g[0][..., :count]
    gv = None if g[2] is None else g[2][..., :count, :].mH
    row, column = unsqueeze(s, -2), unsqueeze(s, -1)

    def turned(vectors: Tensor, slope: Tensor) -> Tensor:
        product = vectors.mH @ slope
        return (product - product.mH) * _gaps(s * s)

    def outside(vectors: Tensor, slope: Tensor) -> Tensor:
        """What of the slope no vector spans."""
        return (slope - vectors @ (vectors.mH @ slope)) / row

    inner = None if g[1] is None else diag_embed(cast(g[1], u.dtype))
    beside: Tensor | None = None
    if gu is not None:
        inner = _plus(inner, turned(u, gu) * row)
        if u.is_complex():
            angle = sum(u.conj() * gu, -2).imag / s
            inner = _plus(inner, diag_embed(complex(0.0 * angle, angle)))
        if rows > count:
            beside = outside(u, gu) @ v.mH
    if gv is not None:
        inner = _plus(inner, turned(v, gv) * column)
        if columns > count:
            beside = _plus(beside, u @ outside(v, gv).mH)
    found = u @ inner @ v.mH if inner is not None else None
    return _plus(found, beside)


def svd(A: Tensor, full_matrices: bool = True) -> tuple[Tensor, Tensor, Tensor]:
    """U, the singular values S (descending) and Vh, with U @ diag(S) @ Vh = A.

    Derivatives of the vectors need different singular values, and are those of the first min(m, n).
    """
    require_inexact("svd", A)
    return _svd(A, full=bool(full_matrices))


def svdvals(A: Tensor) -> Tensor:
    """The singular values (descending)."""
    return svd(A, full_matrices=False)[1]


@primitive(complex_rules=True, x=lambda g, x, out: _pinv_slope(g, x, out))
def _pinv(xp, x, keep):
    u, s, vh = xp.linalg.svd(x, full_matrices=False)
    inverse = xp.where(keep, 1.0 / xp.where(keep, s, 1.0), 0.0)
    product = xp.matmul(xp.matrix_transpose(vh) * xp.expand_dims(inverse, axis=-2), xp.matrix_transpose(u))
    return xp.conj(product) if xp.isdtype(x.dtype, "complex floating") else product


def _pinv_slope(g: Tensor, x: Tensor, p: Tensor) -> Tensor:
    """After G. Golub, V. Pereyra, 1973; right also where x has not full rank, as long as its rank stays."""
    ph, gh = p.mH, g.mH
    found = -(ph @ g @ ph)
    left = gh @ (p @ ph)
    right = ph @ p @ gh
    found = found + (left - x @ (p @ left))
    return found + (right - right @ p @ x)


def pinv(A: Tensor, rcond: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None) -> Tensor:
    """The pseudo-inverse; singular values below max(atol, rtol * largest) count as 0."""
    require_inexact("pinv", A)
    if hermitian:
        A = A + (_from_lower(A) - A).detach()
    rtol = rcond if rtol is None else rtol
    if not A.numel():
        return A.mH.clone()
    return _pinv(A, _significant(A, svdvals(A.detach()), atol, rtol))


def _from_lower(A: Tensor) -> Tensor:
    """The Hermitian matrices with this lower triangle."""
    below = tril(A, -1)
    return below + below.mH + diag_embed(diagonal(A, 0, -2, -1).real)


def _significant(x: Tensor, s: Tensor, atol: Any, rtol: Any) -> Tensor:
    """Which singular values count."""
    if rtol is None:
        given = atol is not None
        rtol = max(x._array.shape[-2:]) * finfo(s.dtype).eps
        if given:
            rtol = cast(atol <= 0, s.dtype) * rtol if isinstance(atol, Tensor) else 0.0 if atol > 0 else rtol
    largest = s.detach()[..., :1]
    limit = largest * (unsqueeze(rtol, -1) if isinstance(rtol, Tensor) else float(rtol))
    if atol is not None:
        limit = (
            e.maximum(limit, cast(unsqueeze(atol, -1), s.dtype))
            if isinstance(atol, Tensor)
            else e.clamp(limit, min=float(atol))
        )
    return s.detach() > limit


def matrix_rank(A: Tensor, tol: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None) -> Tensor:
    """How many singular values count."""
    s = svdvals(_from_lower(A) if hermitian else A)
    if tol is not None:
        atol, rtol = tol, 0.0
    return sum(_significant(A, s, atol, rtol), -1)


def lstsq(A: Tensor, B: Tensor, rcond: float | None = None) -> Tensor:
    """The X of least norm that makes |A @ X - B| least."""
    return matmul(pinv(A, rtol=rcond), B)


def cholesky_solve(B: Tensor, L: Tensor, upper: bool = False) -> Tensor:
    """X with A @ X = B, given the Cholesky factor L of A."""
    factor = L.mH if upper else L
    return solve_matrix(factor.mH, solve_matrix(factor, B))


def cholesky_inverse(L: Tensor, upper: bool = False) -> Tensor:
    """The inverse of A, given its Cholesky factor L."""
    return cholesky_solve(eye(L._array.shape[-1], dtype=L.dtype, device=L.device), L, upper)
