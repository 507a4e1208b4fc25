"""Products of Householder reflections, H_i = I - tau_i v_i v_i^H with v_i = (0, ..., 0, 1, A[i+1:, i]).

Written in tensor operations, so that the derivatives follow.
"""

from __future__ import annotations

from ...engine.errors import OperationError
from ...engine.tensor import Tensor
from ..creation import arange, eye
from ..operation import operation
from ..promotion import require_inexact, single_under_autocast
from ..shape import adjoint, expand, unsqueeze


def _check(name: str, A: Tensor, tau: Tensor, tall: bool) -> None:
    require_inexact(name, A)
    rows, columns = A.shape[-2:] if A.ndim > 1 else (0, 1)
    most = columns if tall else min(rows, columns)
    if (tall and rows < columns) or tau.ndim != A.ndim - 1 or tau.shape[-1] > most or tau.shape[:-1] != A.shape[:-2]:
        raise OperationError(
            f"{name}: expected reflections (*, m, n){', m >= n,' if tall else ''} and tau (*, k), k <= "
            f"{'n' if tall else 'min(m, n)'}, got {tuple(A.shape)} and {tuple(tau.shape)}"
        )


def _reflected(A: Tensor, tau: Tensor, X: Tensor, backwards: bool, conjugate: bool) -> Tensor:
    """H_1 ... H_k X, or the other order; with each tau conjugated, its adjoint."""
    rows = unsqueeze(arange(A.shape[-2], device=A.device), -1)
    order = range(tau.shape[-1])
    for i in reversed(order) if backwards else order:
        below = (rows > i).to(A.dtype)
        v = A[..., i : i + 1] * below + (rows == i).to(A.dtype)
        factor = tau[..., i : i + 1]
        factor = factor.conj() if conjugate and factor.is_complex() else factor
        X = X - unsqueeze(factor, -1) * (v @ (adjoint(v) @ X))
    return X


@operation(face="linalg", method=False, aliases="autograd.orgqr Tensor.orgqr")
@single_under_autocast
def householder_product(A: Tensor, tau: Tensor) -> Tensor:
    """The first n columns of H_1 H_2 ... H_k: A (*, m, n) and tau (*, k), as geqrf gives them, to Q (*, m, n)."""
    _check("householder_product", A, tau, tall=True)
    rows, columns = A.shape[-2:]
    start = eye(rows, columns, dtype=A.dtype, device=A.device)
    return _reflected(A, tau, expand(start, *A.shape[:-2], rows, columns), True, False)


@operation
@single_under_autocast
def ormqr(input: Tensor, tau: Tensor, other: Tensor, left: bool = True, transpose: bool = False) -> Tensor:
    """Q @ other for Q = H_1 ... H_k (m, m); other @ Q without `left`, Q^H for Q with `transpose`."""
    _check("ormqr", input, tau, tall=False)
    if left:
        return _reflected(input, tau, other, not transpose, transpose)
    # X Q is the adjoint of Q^H X^H.
    return adjoint(_reflected(input, tau, adjoint(other), transpose, not transpose))
