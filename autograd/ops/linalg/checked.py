"""Decompositions and solutions that say in `info` which matrices of a batch have none, where others raise.

`info` is 0 for a matrix that has one. For another it counts from 1 the pivot that is zero, or the leading minor that is
not positive definite, and the result is nan there: torch leaves in it what LAPACK had come to.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ...dtypes import int32
from ...engine.errors import LinAlgError
from ...engine.tensor import Tensor
from ..choosing import where
from ..creation import eye, tensor, zeros
from ..diagonals import diagonal
from ..operation import operation
from ..promotion import cast
from ..shape import unsqueeze
from .lu import lu_factor
from .solve import cholesky, inv, solve


class Inverse(NamedTuple):
    """An inverse, and 0 where there is one."""

    inverse: Tensor
    info: Tensor


class Factor(NamedTuple):
    """A Cholesky factor, and 0 where there is one."""

    L: Tensor
    info: Tensor


class Solution(NamedTuple):
    """A solution, and 0 where there is one."""

    result: Tensor
    info: Tensor


Checked = Solution  # what all three were, by the name that files of earlier versions hold


class FactorsAndPivots(NamedTuple):
    """Both triangles in one matrix, the rows exchanged, and 0 where no pivot is zero."""

    LU: Tensor
    pivots: Tensor
    info: Tensor


def _checked(
    compute: Callable[[Tensor], Tensor],
    alone: Callable[[Tensor], Any],
    place: Callable[[Tensor], int],
    A: Tensor,
    check_errors: bool,
) -> tuple[Tensor, Tensor]:
    """(result, info): computed anew without the matrices that `alone` can't do, of which `place` says where it ends."""
    batch = tuple(A.shape[:-2])
    try:
        return compute(A), zeros(batch, dtype=int32, device=A.device)
    except LinAlgError:
        if check_errors:
            raise
    matrices, found = A.detach(), np.zeros(batch, np.int32)
    for index in itertools.product(*map(range, batch)):
        try:
            alone(matrices[index])
        except LinAlgError:
            found[index] = place(matrices[index])
    info = tensor(found.tolist(), dtype=int32, device=A.device).reshape(batch)
    fails = unsqueeze(unsqueeze(info != 0, -1), -1)
    result = compute(where(fails, eye(A.shape[-1], dtype=A.dtype, device=A.device), A))
    return where(fails if result.ndim >= A.ndim else fails[..., 0], float("nan"), result), info


def _zero_pivot(A: Tensor) -> int:
    """Which step of the elimination, counted from 1, finds no pivot; the last one if only rounding hides it."""
    pivots = diagonal(lu_factor(A).LU).abs().tolist()
    return next((i + 1 for i, size in enumerate(pivots) if size == 0), len(pivots))


def _indefinite_minor(A: Tensor) -> int:
    """The order of the first leading minor that is not positive definite."""
    for size in range(1, A.shape[-1]):
        try:
            cholesky(A[:size, :size])
        except LinAlgError:
            return size
    return A.shape[-1]


@operation(face="linalg", method=False)
def inv_ex(A: Tensor, *, check_errors: bool = False) -> Inverse:
    """(inverse, info) of square matrices (*, n, n): a singular one has nan, and info says its first zero pivot.

    With `check_errors` it raises LinAlgError instead, as `inv` does.

    >>> import autograd
    >>> autograd.linalg.inv_ex(autograd.tensor([[1.0, 2.0], [2.0, 4.0]])).info
    tensor(2, dtype=autograd.int32)
    """
    return Inverse(*_checked(inv, inv, _zero_pivot, A, check_errors))


@operation(face="linalg", method=False)
def cholesky_ex(A: Tensor, *, upper: bool = False, check_errors: bool = False) -> Factor:
    """(L, info) of Hermitian matrices (*, n, n): one that is not positive definite has nan, and info says from where.

    With `check_errors` it raises LinAlgError instead, as `cholesky` does.
    """
    return Factor(*_checked(lambda x: cholesky(x, upper=upper), cholesky, _indefinite_minor, A, check_errors))


@operation(face="linalg", method=False)
def solve_ex(A: Tensor, B: Tensor, *, left: bool = True, check_errors: bool = False) -> Solution:
    """(solution, info) of A @ X = B, as `solve` has it: where A is singular, nan, and info says its first zero pivot.

    With `check_errors` it raises LinAlgError instead, as `solve` does.
    """
    return Solution(*_checked(lambda x: solve(x, B, left=left), inv, _zero_pivot, A, check_errors))


@operation(face="linalg", method=False)
def lu_factor_ex(A: Tensor, *, pivot: bool = True, check_errors: bool = False) -> FactorsAndPivots:
    """(LU, pivots, info) of matrices (*, m, n), as `lu_factor` has it: info counts from 1 the first pivot that is zero.

    With `check_errors` such a matrix raises LinAlgError.
    """
    factors, pivots = lu_factor(A, pivot=pivot)
    zero = diagonal(factors.detach(), 0, -2, -1) == 0
    size = zero.shape[-1]
    if not size:
        return FactorsAndPivots(factors, pivots, zeros(tuple(A.shape[:-2]), dtype=int32, device=A.device))
    info = cast(where(zero.any(-1), cast(zero, int32).argmax(-1) + 1, 0), int32)
    if check_errors and bool((info != 0).any()):
        raise LinAlgError(f"lu_factor_ex: a pivot is zero (counted from 1, 0 for none): {info.tolist()}")
    return FactorsAndPivots(factors, pivots, info)
