"""Householder reflections and their products, H_i = I - tau_i v_i v_i^H with v_i = (0, ..., 0, 1, A[i+1:, i]).

Written in tensor operations, so that the derivatives follow.
"""

from __future__ import annotations

from typing import NamedTuple

from ...engine.errors import OperationError
from ...engine.tensor import Tensor
from ..choosing import where
from ..creation import arange, eye, zeros
from ..diagonals import triu
from ..joining import cat
from ..operation import operation
from ..promotion import require_inexact, single_under_autocast
from ..reduction import sum
from ..shape import adjoint, expand, unsqueeze


class Reflections(NamedTuple):
    """R in the upper triangle, the vectors v below it, and the factors."""

    a: Tensor
    tau: Tensor


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


def _reflection(A: Tensor, i: int) -> tuple[Tensor, Tensor]:
    """(v, tau) of the reflection whose adjoint makes column i of A zero below the diagonal, and its diagonal real.

    beta = -sign(Re a) |column|, tau = (beta - a) / beta, v = column / (a - beta); tau is 0 where nothing has to change.
    """
    rows = unsqueeze(arange(A.shape[-2], device=A.device), -1)
    column, first = A[..., i : i + 1], A[..., i : i + 1, i : i + 1]
    below = where(rows > i, column, 0.0)
    rest = sum((below * below.conj()).real, -2, True)
    head = first.real if first.is_complex() else first
    done = (rest == 0) & ((first.imag == 0) if first.is_complex() else (rest == 0))
    size = where(done, 1.0, rest + (first * first.conj()).real).sqrt()
    beta = where(head < 0, size, -size)
    v = where(done, 0.0, below / where(done, 1.0, first - beta)) + (rows == i).to(A.dtype)
    return v, where(done, 0.0, (beta - first) / beta)


@operation
@single_under_autocast
def geqrf(input: Tensor) -> Reflections:
    """(a, tau): matrices (*, m, n) factored by min(m, n) reflections, as LAPACK keeps them.

    The upper triangle of `a` is R, real on its diagonal; below lie the vectors, from which, with tau,
    `linalg.householder_product` makes Q, and `ormqr` products with it. Differentiable, as torch's is not.

    >>> import autograd
    >>> A = autograd.tensor([[3.0, 1.0], [4.0, 2.0]])
    >>> a, tau = autograd.geqrf(A)
    >>> autograd.linalg.householder_product(a, tau) @ a.triu()
    tensor([[3.0000, 1.0000],
            [4.0000, 2.0000]])
    """
    require_inexact("geqrf", input)
    if input.ndim < 2:
        raise OperationError(f"geqrf: expected matrices (*, m, n), got shape {tuple(input.shape)}")
    rows, columns = input.shape[-2:]
    R, vectors, factors = input, [], []
    for i in range(min(rows, columns)):
        v, tau = _reflection(R, i)
        R = R - (tau.conj() if tau.is_complex() else tau) * (v @ (adjoint(v) @ R))
        vectors.append(where(unsqueeze(arange(rows, device=R.device), -1) > i, v, 0.0))
        factors.append(tau[..., 0])
    if not vectors:
        return Reflections(input.clone(), zeros((*input.shape[:-2], 0), dtype=input.dtype, device=input.device))
    below = cat(vectors, -1)
    if columns > rows:
        below = cat([below, below.new_zeros(*below.shape[:-1], columns - rows)], -1)
    return Reflections(triu(R) + below, cat(factors, -1))
