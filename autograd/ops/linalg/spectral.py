"""Eigenvalues, singular values, QR; and what is solved by them."""

from __future__ import annotations

from typing import Any, NamedTuple

from ...backend import Array, Backend, Namespace
from ...dtypes import finfo, int64
from ...engine.errors import OperationError
from ...engine.modes import modes
from ...engine.primitive import primitive
from ...engine.tensor import Tensor
from ..arithmetic import reciprocal, square
from ..choosing import clamp, maximum, where
from ..complex import complex
from ..creation import eye
from ..diagonals import diag_embed, diagonal, tril
from ..joining import cat
from ..layout import column_major
from ..operation import operation
from ..promotion import cast, require_inexact, single_under_autocast
from ..reduction import sum
from ..shape import reshape, unsqueeze
from .products import matmul
from .solve import require_square, solve_matrix


class QR(NamedTuple):
    """A = Q R."""

    Q: Tensor
    R: Tensor


class SVD(NamedTuple):
    """A = U diag(S) Vh."""

    U: Tensor
    S: Tensor
    Vh: Tensor


class Eigh(NamedTuple):
    """Real eigenvalues, ascending, and their vectors, the columns of a matrix."""

    eigenvalues: Tensor
    eigenvectors: Tensor


class Eig(NamedTuple):
    """Complex eigenvalues and their vectors, the columns of a matrix."""

    eigenvalues: Tensor
    eigenvectors: Tensor


class LeastSquares(NamedTuple):
    """What `lstsq` returns."""

    solution: Tensor
    residuals: Tensor
    rank: Tensor
    singular_values: Tensor


@primitive(lies=column_major, outputs=2, complex_rules=True, x=lambda g, out, out1: _qr_slope(g, out, out1))
def _qr(xp: Namespace, x: Array, *, mode: str) -> tuple[Array, Array]:
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


@operation(face="linalg", method=False)
def qr(A: Tensor, mode: str = "reduced") -> QR:
    """Q with orthonormal columns and R upper triangular, Q @ R = A."""
    require_inexact("qr", A)
    if mode not in ("reduced", "complete"):
        raise OperationError(f"qr: mode is 'reduced' or 'complete', got {mode!r}")
    return QR(*_qr(A, mode=mode))


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
    return where(same, 0.0, reciprocal(where(same, 1.0, gap)))


@primitive(
    outputs=2,
    complex_rules=True,
    partial=True,
    lies=column_major,
    x=lambda g, out, out1: _eigh_slope(g, out, out1),
)
def _eigh(xp: Namespace, x: Array) -> tuple[Array, Array]:
    found = xp.linalg.eigh(x)
    return found[0], found[1]


def _eigh_slope(g: tuple[Tensor | None, Tensor | None], values: Tensor, vectors: Tensor) -> Tensor:
    gw, gv = g
    turned = None if gv is None else (vectors.mH @ gv) * _gaps(values)
    inner = _plus(turned, None if gw is None else diag_embed(cast(gw, vectors.dtype)))
    return vectors @ inner @ vectors.mH


@operation(face="linalg", method=False)
def eigh(A: Tensor, UPLO: str = "L") -> Eigh:
    """Eigenvalues (ascending) and orthonormal eigenvectors (columns) of symmetric matrices.

    Derivatives of the vectors need different eigenvalues.
    """
    require_square("eigh", A, complex=True)
    if UPLO not in ("L", "U"):
        raise OperationError(f"eigh: UPLO is 'L' or 'U', got {UPLO!r}")
    return Eigh(*_eigh(A if UPLO == "L" else A.mH))


@operation(face="linalg", method=False)
def eigvalsh(A: Tensor, UPLO: str = "L") -> Tensor:
    """The eigenvalues (ascending) of symmetric matrices."""
    return eigh(A, UPLO)[0]


@primitive(outputs=2, complex_rules=True, partial=True, x=lambda g, x, out, out1: _eig_slope(g, x, out, out1))
def _eig(backend: Backend, x: Array) -> tuple[Array, Array]:
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


@operation(face="linalg", method=False)
def eig(A: Tensor) -> Eig:
    """Eigenvalues and eigenvectors (columns of length 1) of square matrices, complex.

    Derivatives of the vectors need different eigenvalues.
    """
    require_square("eig", A, complex=True)
    return Eig(*_eig(A))


@operation(face="linalg", method=False)
def eigvals(A: Tensor) -> Tensor:
    """The eigenvalues of square matrices, complex."""
    return eig(A)[0]


@primitive(outputs=3, complex_rules=True, partial=True, x=lambda g, out, out1, out2: _svd_slope(g, out, out1, out2))
def _svd(xp: Namespace, x: Array, *, full: bool) -> tuple[Array, Array, Array]:
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


@operation(face="linalg", method=False)
def svd(A: Tensor, full_matrices: bool = True, *, driver: str | None = None) -> SVD:
    """U, the singular values S (descending) and Vh, with U @ diag(S) @ Vh = A.

    Derivatives of the vectors need different singular values, and are those of the first min(m, n).
    There is one method; `driver` names torch's on GPUs, and changes nothing.
    """
    require_inexact("svd", A)
    return SVD(*_svd(A, full=bool(full_matrices)))


@operation(face="linalg", method=False)
@single_under_autocast
def svdvals(A: Tensor, *, driver: str | None = None) -> Tensor:
    """The singular values (descending)."""
    return svd(A, full_matrices=False)[1]


@primitive(complex_rules=True, x=lambda g, x, out: _pinv_slope(g, x, out))
def _pinv(xp: Namespace, x: Array, keep: Array) -> Array:
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


@operation
@single_under_autocast
def pinverse(input: Tensor, rcond: float = 1e-15) -> Tensor:
    """linalg.pinv(input, rcond)."""
    return pinv(input, rcond)


@operation(face="linalg", method=False)
def pinv(A: Tensor, rcond: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None) -> Tensor:
    """The pseudo-inverse; singular values below max(atol, rtol * largest) count as 0."""
    require_inexact("pinv", A)
    if hermitian:
        A = A + (_from_lower(A) - A).detach()
    rtol = rcond if rtol is None else rtol
    if not A.numel():
        return A.mH.clone()
    inverse = _pinv(A, _significant(A, svdvals(A.detach()), atol, rtol))
    return inverse if modes.autocast is None else modes.autocast.half(inverse)  # the last step is a product


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
            maximum(limit, cast(unsqueeze(atol, -1), s.dtype))
            if isinstance(atol, Tensor)
            else clamp(limit, min=float(atol))
        )
    return s.detach() > limit


@operation(face="linalg", method=False)
def matrix_rank(A: Tensor, tol: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None) -> Tensor:
    """How many singular values count."""
    s = svdvals(_from_lower(A) if hermitian else A)
    if tol is not None:
        atol, rtol = tol, 0.0
    return sum(_significant(A, s, atol, rtol), -1)


@operation(face="linalg", method=False)
@single_under_autocast
def lstsq(A: Tensor, B: Tensor, rcond: float | None = None, *, driver: str | None = None) -> LeastSquares:
    """(solution, residuals, rank, singular values) of min |A @ X - B|.

    As in torch, the driver says what comes with the solution: 'gels' no rank, 'gelsy' (the default)
    no residuals, 'gelsd' and 'gelss' the singular values, too; the method is the same.
    """
    driver = driver or "gelsy"
    solution = matmul(pinv(A, rtol=rcond), B)
    rows, columns = A._array.shape[-2:]
    empty = reshape(abs(solution), -1)[:0]
    residuals = empty
    if rows > columns and driver != "gelsy":
        residuals = sum(square(abs(A @ solution - B)), -2)
    rank = matrix_rank(A, rtol=rcond) if driver != "gels" else A.new_empty(0, dtype=int64)
    values = svdvals(A.detach()) if driver in ("gelsd", "gelss") else empty.detach()
    return LeastSquares(solution, residuals, rank, values)
