"""The factorisation of symmetric and Hermitian matrices that need not be definite: A = P L D L^T P^T.

J. Bunch, L. Kaufman, "Some stable methods for calculating inertia and solving symmetric linear systems", 1977. D has
blocks of one or two rows, chosen by the values, so that each matrix goes its own way, on the host. The compact form is
that of LAPACK's sytrf for lower triangles. The factors have no derivative, as in torch; what is solved with them has.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ...backend import Array, Backend
from ...engine.errors import LinAlgError, OperationError
from ...engine.primitive import primitive
from ...engine.tensor import Tensor
from ..creation import eye, tensor
from ..diagonals import tril
from ..operation import operation
from ..promotion import cast, require_tensors, single_under_autocast
from ..shape import expand
from .lu import _rows, solve_triangular
from .solve import require_square, solve

_LARGE_ENOUGH = (1 + math.sqrt(17)) / 8  # bounds the growth of the elements


class LDLFactor(NamedTuple):
    """L and D in one matrix, and which rows were exchanged: a pair of equal negative ones for a block of two rows."""

    LD: Tensor
    pivots: Tensor


class LDLFactorAndInfo(NamedTuple):
    """L and D in one matrix, the rows exchanged, and 0 where no block of D is zero."""

    LD: Tensor
    pivots: Tensor
    info: Tensor


def _largest(values: np.ndarray) -> tuple[int, float]:
    """The place and the size of the largest, by |re| + |im|."""
    if not values.size:
        return 0, 0.0
    sizes = np.abs(values.real) + np.abs(values.imag)
    place = int(sizes.argmax())
    return place, float(sizes[place])


def _pivot(A: np.ndarray, k: int) -> tuple[int, int]:
    """The size of the next block of D, and the row that is brought to its end."""
    here = _largest(A[k : k + 1, k])[1]
    place, below = _largest(A[k + 1 :, k])
    if here >= _LARGE_ENOUGH * below:
        return 1, k
    other = k + 1 + place
    beside = max(_largest(A[other, k:other])[1], _largest(A[other + 1 :, other])[1])
    if here >= _LARGE_ENOUGH * below * (below / beside):
        return 1, k
    if _largest(A[other : other + 1, other])[1] >= _LARGE_ENOUGH * beside:
        return 1, other
    return 2, other


def _factored(A: np.ndarray, hermitian: bool) -> tuple[np.ndarray, np.ndarray, int]:
    """(LD, pivots, info) of one matrix, of which the lower triangle is read."""
    adjoint = np.conj if hermitian else np.asarray
    A = np.tril(A) + adjoint(np.tril(A, -1).T)
    if hermitian:
        np.fill_diagonal(A, A.diagonal().real)
    n, found, info = len(A), np.zeros_like(A), 0
    pivots = np.zeros(n, np.int32)
    k = 0
    while k < n:
        size, row = _pivot(A, k)
        end = k + size - 1
        A[[end, row], k:] = A[[row, end], k:]
        A[k:, [end, row]] = A[k:, [row, end]]
        pivots[k : k + size] = row + 1 if size == 1 else -(row + 1)
        block, below = A[k : end + 1, k : end + 1].copy(), A[end + 1 :, k : end + 1].copy()
        found[k : end + 1, k : end + 1] = np.tril(block)
        if block.any():
            factor = below / block[0, 0] if size == 1 else np.linalg.solve(block.T, below.T).T
            found[end + 1 :, k : end + 1] = factor
            A[end + 1 :, end + 1 :] -= factor @ adjoint(below.T)
        else:
            info = info or k + 1
        k += size
    return found, pivots, info


@primitive(outputs=0)
def _ldl(backend: Backend, x: Array, *, hermitian: bool) -> tuple[Array, Array, Array]:
    given = backend.to_numpy(x)
    batch, n = given.shape[:-2], given.shape[-1]
    found, pivots, info = np.zeros_like(given), np.zeros((*batch, n), np.int32), np.zeros(batch, np.int32)
    for index in itertools.product(*map(range, batch)):
        found[index], pivots[index], info[index] = _factored(given[index], hermitian)
    return backend.from_numpy(found), backend.from_numpy(pivots), backend.from_numpy(info)


@operation(face="linalg", method=False)
@single_under_autocast
def ldl_factor_ex(A: Tensor, *, hermitian: bool = False, check_errors: bool = False) -> LDLFactorAndInfo:
    """(LD, pivots, info) of matrices (*, n, n), as `ldl_factor` has it: info counts from 1 the first zero of D.

    With `check_errors` such a matrix raises LinAlgError.
    """
    require_square("ldl_factor_ex", A, complex=True)
    LD, pivots, info = _ldl(A.detach(), hermitian=hermitian)
    factored = LDLFactorAndInfo(cast(LD, A.dtype), pivots, info)
    if check_errors and bool((factored.info != 0).any()):
        raise LinAlgError(f"ldl_factor_ex: D has a zero (counted from 1, 0 for none): {factored.info.tolist()}")
    return factored


@operation(face="linalg", method=False)
@single_under_autocast
def ldl_factor(A: Tensor, *, hermitian: bool = False) -> LDLFactor:
    """(LD, pivots) of symmetric (or Hermitian) matrices (*, n, n), of which the lower triangle is read.

    LD holds D, in blocks of one or two rows, on and beside its diagonal, and L below; a positive pivot p, counted from
    1, says that row p came up, two equal -p that it became the second row of a block. A zero in D raises LinAlgError.

    >>> import autograd
    >>> A = autograd.tensor([[0.0, 1.0], [1.0, 0.0]])
    >>> LD, pivots = autograd.linalg.ldl_factor(A)
    >>> autograd.linalg.ldl_solve(LD, pivots, autograd.tensor([[2.0], [3.0]])).flatten()
    tensor([3., 2.])
    """
    factored = ldl_factor_ex(A, hermitian=hermitian)
    if bool((factored.info != 0).any()):
        raise LinAlgError(f"ldl_factor: D has a zero (counted from 1, 0 for none): {factored.info.tolist()}")
    return LDLFactor(factored.LD, factored.pivots)


class _Layout(NamedTuple):
    """The order of the rows, from which row each element of L comes, and where D has elements below its diagonal."""

    order: np.ndarray
    source: np.ndarray
    blocks: np.ndarray


def _layout(pivots: np.ndarray) -> _Layout:
    """What the pivots of one matrix say."""
    n = len(pivots)
    order, source, blocks = np.arange(n), np.tile(np.arange(n)[:, None], n), np.zeros((n, n), bool)
    k = 0
    while k < n:
        size = 1 if pivots[k] > 0 else 2
        end, row = k + size - 1, abs(int(pivots[k])) - 1
        if not k <= row < n or end >= n or pivots[end] != pivots[k]:
            raise OperationError(f"ldl_solve: expected pivots as ldl_factor gives them, got {pivots.tolist()}")
        order[[end, row]] = order[[row, end]]
        source[[end, row], :k] = source[[row, end], :k]
        if size == 2:
            blocks[end, k] = True
        k += size
    return _Layout(order, source, blocks)


@operation(face="linalg", method=False)
@single_under_autocast
def ldl_solve(LD: Tensor, pivots: Tensor, B: Tensor, *, hermitian: bool = False) -> Tensor:
    """X with A @ X = B, given `ldl_factor(A)`: B (*, n, k), whose batch broadcasts with that of A."""
    require_tensors("ldl_solve", LD, pivots, B)
    require_square("ldl_solve", LD, complex=True)
    if B.ndim < 2 or B.shape[-2] != LD.shape[-1] or pivots.shape != LD.shape[:-1]:
        raise OperationError(
            f"ldl_solve: expected LD (*, n, n), pivots (*, n) and B (*, n, k), got {tuple(LD.shape)}, "
            f"{tuple(pivots.shape)} and {tuple(B.shape)}"
        )
    host = np.array(pivots.tolist(), np.int64).reshape(tuple(pivots.shape))
    layouts = [_layout(host[index]) for index in itertools.product(*map(range, host.shape[:-1]))]
    order = _stacked([each.order for each in layouts], tuple(pivots.shape), LD)
    source = _stacked([each.source for each in layouts], tuple(LD.shape), LD)
    blocks = _stacked([each.blocks for each in layouts], tuple(LD.shape), LD) != 0
    ones = eye(LD.shape[-1], dtype=LD.dtype, device=LD.device)
    lower = tril(LD * (~blocks).to(LD.dtype), -1).gather(-2, source) + ones
    side = LD * blocks.to(LD.dtype)
    middle = LD * ones + side + (side.mH if hermitian else side.mT)

    shape = (*np.broadcast_shapes(tuple(LD.shape[:-2]), tuple(B.shape[:-2])), *B.shape[-2:])
    order = expand(order, shape[:-1])
    X = _rows(expand(B, shape), order)
    X = solve(middle, solve_triangular(lower, X, upper=False, unitriangular=True))
    X = solve_triangular(lower.mH if hermitian else lower.mT, X, upper=True, unitriangular=True)
    return _rows(X, order.argsort(-1))


def _stacked(arrays: Sequence[np.ndarray], shape: tuple[int, ...], like: Tensor) -> Tensor:
    """One array a matrix as one tensor."""
    kind = arrays[0].dtype if arrays else np.int64
    return tensor(np.array(arrays, kind).reshape(shape), device=like.device)
