"""Matrix factorisations under the names and with the results that torch keeps from before torch.linalg."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

from autograd import Tensor, adjoint, linalg
from autograd.ops.promotion import single_under_autocast

QR = namedtuple("QR", "Q R")
SVD = namedtuple("SVD", "U S V")
TriangularSolution = namedtuple("TriangularSolution", "solution cloned_coefficient")


def svd(input: Tensor, some: bool = True, compute_uv: bool = True) -> SVD:
    """(U, S, V) with U @ diag(S) @ V.mH = input: V itself, where `linalg.svd` gives its adjoint."""
    u, s, vh = linalg.svd(input, full_matrices=not some)
    if not compute_uv:
        *batch, rows, columns = input.shape
        return SVD(s.new_zeros(*batch, rows, rows), s, s.new_zeros(*batch, columns, columns))
    return SVD(u, s, adjoint(vh))


def qr(input: Tensor, some: bool = True) -> QR:
    """(Q, R) with Q @ R = input; reduced unless `some` is off."""
    return QR(*linalg.qr(input, "reduced" if some else "complete"))


def lu(A: Tensor, pivot: bool = True, get_infos: bool = False) -> Any:
    """(LU, pivots), as `linalg.lu_factor`, and an int32 zero a matrix with get_infos."""
    factored, pivots = linalg.lu_factor(A, pivot=pivot)
    if not get_infos:
        return factored, pivots
    return factored, pivots, pivots.new_zeros(A.shape[:-2])


@single_under_autocast
def triangular_solve(
    b: Tensor, A: Tensor, upper: bool = True, transpose: bool = False, unitriangular: bool = False
) -> TriangularSolution:
    """(X, A) with A @ X = b, of A only the given triangle; of its transpose with `transpose`."""
    triangle = A.mT if transpose else A
    found = linalg.solve_triangular(triangle, b, upper=upper != transpose, unitriangular=unitriangular)
    return TriangularSolution(found, A.clone())


def lobpcg(
    A: Tensor,
    k: int | None = None,
    B: Tensor | None = None,
    X: Tensor | None = None,
    n: int | None = None,
    iK: Tensor | None = None,
    niter: int | None = None,
    tol: float | None = None,
    largest: bool | None = None,
    **options: Any,
) -> tuple[Tensor, Tensor]:
    """(E, X): the k largest (or smallest) eigenvalues of symmetric A (*, m, m), and their vectors: A X = B X diag(E).

    B, positive definite, is the identity by default; k is that of X's columns, or 1. All eigenvalues are computed, by
    `linalg.eigh`, instead of approaching some from a start X: what says how (niter, tol, iK ...) is not needed.
    """
    wanted = (X.shape[-1] if X is not None else 1) if k is None else k
    if A.ndim < 2 or A.shape[-1] != A.shape[-2] or not 1 <= wanted <= A.shape[-1]:
        raise RuntimeError(f"lobpcg: expected A (*, m, m) and k from 1 to m, got {tuple(A.shape)} and {wanted}")
    inverse = None if B is None else linalg.inv(linalg.cholesky(B))
    values, vectors = linalg.eigh(A if inverse is None else inverse @ A @ inverse.mT)
    vectors = vectors if inverse is None else inverse.mT @ vectors
    if largest is None or largest:
        values, vectors = values.flip(-1), vectors.flip(-1)
    return values[..., :wanted], vectors[..., :wanted]
