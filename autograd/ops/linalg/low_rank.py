"""Approximate factorisations of large matrices, by random subspaces.

N. Halko, P. Martinsson, J. Tropp, "Finding structure with randomness", SIAM Review 53, 2011: algorithms 4.4 and 5.1.
"""

from __future__ import annotations

from typing import NamedTuple

from ...engine.tensor import Tensor
from ..operation import operation
from ..promotion import require_inexact
from ..random import randn
from ..reduction import mean
from ..shape import adjoint
from .spectral import qr, svd


class LowRankSVD(NamedTuple):
    """A = U diag(S) V^H, about."""

    U: Tensor
    S: Tensor
    V: Tensor


def _basis(A: Tensor, q: int, niter: int) -> Tensor:
    """Orthonormal columns that span about what A's largest q singular vectors do."""
    Q = qr(A @ randn(A.shape[-1], q, dtype=A.dtype, device=A.device))[0]
    for _ in range(niter):
        Q = qr(adjoint(A) @ Q)[0]
        Q = qr(A @ Q)[0]
    return Q


@operation(method=False)
def svd_lowrank(A: Tensor, q: int | None = 6, niter: int | None = 2, M: Tensor | None = None) -> LowRankSVD:
    """(U, S, V) with A - M about U diag(S) V^H: the largest q singular values and vectors; `niter` steps refine them.

    A (*, m, n), M what is subtracted from it, of any shape that fits; U (*, m, q), S (*, q), V (*, n, q).
    """
    require_inexact("svd_lowrank", A)
    shifted = A if M is None else A - M
    wide = shifted.shape[-2] < shifted.shape[-1]
    tall = adjoint(shifted) if wide else shifted
    Q = _basis(tall, 6 if q is None else q, 2 if niter is None else niter)
    U, S, Vh = svd(adjoint(Q) @ tall, full_matrices=False)
    left, right = Q @ U, adjoint(Vh)
    return LowRankSVD(right, S, left) if wide else LowRankSVD(left, S, right)


@operation(method=False)
def pca_lowrank(A: Tensor, q: int | None = None, center: bool = True, niter: int = 2) -> LowRankSVD:
    """The q (default 6) first principal components: svd_lowrank of A (*, m, n) less the mean of its rows.

    The columns of V are the principal directions, S**2 / (m - 1) the variances along them.
    """
    require_inexact("pca_lowrank", A)
    rows, columns = A.shape[-2:]
    count = min(6, rows, columns) if q is None else q
    if not 0 <= count <= min(rows, columns):
        raise ValueError(f"pca_lowrank: q must be from 0 to {min(rows, columns)}, got {q}")
    if niter < 0:
        raise ValueError(f"pca_lowrank: niter must not be negative, got {niter}")
    return svd_lowrank(A, count, niter, M=mean(A, -2, keepdim=True) if center else None)
