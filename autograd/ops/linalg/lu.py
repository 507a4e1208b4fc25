"""The LU factorisation with pivots, and what is solved with it."""

from __future__ import annotations

from typing import NamedTuple

from ... import dtypes
from ...backend import Array, Namespace
from ...engine.errors import OperationError
from ...engine.primitive import primitive
from ...engine.tensor import Tensor
from ..choosing import where
from ..creation import arange, eye
from ..diagonals import tril, triu
from ..joining import cat
from ..operation import operation
from ..promotion import cast, require_inexact, require_tensors, single_under_autocast
from ..shape import expand, unsqueeze
from .solve import solve


class LU(NamedTuple):
    """A = P L U."""

    P: Tensor
    L: Tensor
    U: Tensor


class LUFactor(NamedTuple):
    """L and U in one matrix, and which rows were swapped."""

    LU: Tensor
    pivots: Tensor


def _size(xp: Namespace, x: Array) -> Array:
    """|x|, and |re| + |im| of complex numbers, LAPACK's cheaper one."""
    return xp.abs(xp.real(x)) + xp.abs(xp.imag(x)) if xp.isdtype(x.dtype, "complex floating") else xp.abs(x)


@primitive()
def _pivots(xp: Namespace, x: Array) -> Array:
    """Which row each step of the elimination brings up, counted from 1 as LAPACK does."""
    x = xp.asarray(x, copy=True)
    rows, columns = x.shape[-2:]
    numbers = xp.arange(rows)
    chosen = []
    for k in range(min(rows, columns)):
        best = xp.argmax(_size(xp, x[..., k:, k]), axis=-1) + k
        chosen.append(best + 1)
        here, there = x[..., k : k + 1, :], xp.expand_dims(numbers, axis=-1) == best[..., None, None]
        picked = xp.sum(xp.where(there, x, 0), axis=-2, keepdims=True, dtype=x.dtype)
        first = xp.expand_dims(numbers == k, axis=-1)
        x = xp.where(first, picked, xp.where(there, here, x))
        pivot = xp.where(picked[..., k : k + 1] == 0, 1, picked[..., k : k + 1])
        factor = xp.where(xp.expand_dims(numbers > k, axis=-1), x[..., k : k + 1] / pivot, 0)
        x = x - factor * picked
    if not chosen:
        return xp.zeros((*x.shape[:-2], 0), dtype=xp.int32)
    return xp.astype(xp.stack(chosen, axis=-1), xp.int32)


@primitive(outputs=2, complex_rules=True, x=lambda g, out, out1: _eliminate_slope(g, out, out1))
def _eliminate(xp: Namespace, x: Array) -> tuple[Array, Array]:
    """L and U of square matrices whose rows need no exchange."""
    size = x.shape[-1]
    numbers = xp.arange(size)
    lower = xp.zeros_like(x) + xp.eye(size, dtype=x.dtype)
    for k in range(size):
        row = x[..., k : k + 1, :]
        pivot = row[..., k : k + 1]
        below = xp.expand_dims(numbers > k, axis=-1)
        factor = xp.where(below, x[..., k : k + 1] / xp.where(pivot == 0, 1, pivot), 0)
        lower = lower + factor * xp.astype(numbers == k, x.dtype)
        x = x - factor * row
    return lower, xp.triu(x)


def _eliminate_slope(g: tuple[Tensor, Tensor], lower: Tensor, upper: Tensor) -> Tensor:
    """L^-H [tril(L^H gL, -1) + triu(gU U^H)] U^-H (F. de Hoog, R. Anderssen, M. Lukas, 2011)."""
    inner = tril(lower.mH @ g[0], -1) + triu(g[1] @ upper.mH)
    left = solve_triangular(lower.mH, inner, upper=True)
    return solve_triangular(upper.mH, left, upper=False, left=False)


@operation(face="linalg", method=False)
def solve_triangular(A: Tensor, B: Tensor, *, upper: bool, left: bool = True, unitriangular: bool = False) -> Tensor:
    """X with A @ X = B (or X @ A = B), of A only the given triangle."""
    require_tensors("solve_triangular", A, B)
    triangle = triu(A) if upper else tril(A)
    if unitriangular:
        ones = eye(A._array.shape[-1], dtype=A.dtype, device=A.device)
        triangle = where(ones != 0, ones, triangle)
    return solve(triangle, B, left=left)


def _permutation(pivots: Tensor, rows: int) -> Tensor:
    """The order (*, rows) in which the exchanges put the rows."""
    numbers = arange(rows, device=pivots.device)
    order = expand(numbers, (*pivots._array.shape[:-1], rows))
    for k in range(pivots._array.shape[-1]):
        other = unsqueeze(cast(pivots[..., k], dtypes.int64), -1) - 1
        mine = order[..., k : k + 1]
        theirs = order.gather(-1, other)
        order = where(numbers == k, theirs, where(numbers == other, mine, order))
    return order


def _rows(x: Tensor, order: Tensor) -> Tensor:
    """The rows of matrices in another order."""
    return x.gather(-2, expand(unsqueeze(order, -1), x._array.shape).contiguous())


def _triangles(A: Tensor, pivots: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
    """(order, L, U): the leading square is eliminated, what lies beside or below it solved for."""
    rows, columns = A._array.shape[-2:]
    size = min(rows, columns)
    order = _permutation(pivots if pivots is not None else A.new_zeros(*A._array.shape[:-2], 0), rows)
    x = _rows(A, order) if pivots is not None else A
    lower, upper = _eliminate(x[..., :size, :size])
    if rows > size:
        lower = cat([lower, solve_triangular(upper, x[..., size:, :], upper=True, left=False)], -2)
    if columns > size:
        upper = cat([upper, solve_triangular(lower, x[..., size:], upper=False, unitriangular=True)], -1)
    return order, lower, upper


def _ready(name: str, A: Tensor, pivot: bool) -> Tensor | None:
    require_inexact(name, A)
    if A.ndim < 2:
        raise OperationError(f"{name}: expected matrices (*, m, n), got shape {tuple(A.shape)}")
    return _pivots(A.detach()) if pivot else None


@operation(face="linalg", method=False)
def lu(A: Tensor, *, pivot: bool = True) -> LU:
    """(P, L, U) with P @ L @ U = A: a permutation, a unit lower and an upper triangle. P is empty without pivot."""
    order, lower, upper = _triangles(A, _ready("lu", A, pivot))
    if not pivot:
        return LU(A.new_empty(0).detach(), lower, upper)
    return LU(_matrix(order, A.dtype), lower, upper)


def _matrix(order: Tensor, dtype: dtypes.dtype) -> Tensor:
    """The permutation matrix that undoes an order of rows."""
    one = eye(order._array.shape[-1], dtype=dtype, device=order.device)
    return _rows(expand(one, (*order._array.shape, order._array.shape[-1])), order).mT


@operation(face="linalg", method=False)
def lu_factor(A: Tensor, *, pivot: bool = True) -> LUFactor:
    """(LU, pivots): both triangles in one matrix, and the rows exchanged at each step, counted from 1."""
    pivots = _ready("lu_factor", A, pivot)
    _, lower, upper = _triangles(A, pivots)
    size = min(A._array.shape[-2:])
    if pivots is None:
        numbers = arange(1, size + 1, dtype=dtypes.int32, device=A.device)
        pivots = expand(numbers, (*A._array.shape[:-2], size)).clone()
    rows, columns = A._array.shape[-2:]
    below = tril(lower, -1)
    if columns > size:
        below = cat([below, below.new_zeros(*below._array.shape[:-1], columns - size)], -1)
    if rows > size:
        upper = cat([upper, upper.new_zeros(*upper._array.shape[:-2], rows - size, columns)], -2)
    return LUFactor(below + upper, pivots)


@operation(method=False)
def lu_unpack(LU_data: Tensor, LU_pivots: Tensor, unpack_data: bool = True, unpack_pivots: bool = True) -> LU:
    """(P, L, U) from what `lu_factor` gives; what is not asked for is empty."""
    rows, columns = LU_data._array.shape[-2:]
    size = min(rows, columns)
    empty = LU_data.detach().new_empty(0)
    lower = upper = permutation = empty
    if unpack_data:
        lower = tril(LU_data[..., :size], -1)
        lower = lower + eye(rows, size, dtype=LU_data.dtype, device=LU_data.device)
        upper = triu(LU_data[..., :size, :])
    if unpack_pivots:
        permutation = _matrix(_permutation(LU_pivots, rows), LU_data.dtype)
    return LU(permutation, lower, upper)


def _solved(LU: Tensor, pivots: Tensor, B: Tensor) -> Tensor:
    batch = (*LU._array.shape[:-2],)
    order = _permutation(pivots, LU._array.shape[-1])
    shape = (*_broadcast(batch, B._array.shape[:-2]), *B._array.shape[-2:])
    order = expand(order, (*shape[:-2], order._array.shape[-1]))
    permuted = _rows(expand(B, shape), order)
    return solve_triangular(LU, solve_triangular(LU, permuted, upper=False, unitriangular=True), upper=True)


def _broadcast(a: tuple, b: tuple) -> tuple:
    import numpy as np

    return np.broadcast_shapes(a, b)


@operation(name="lu_solve", face="linalg", method=False)
def factored_solve(LU: Tensor, pivots: Tensor, B: Tensor, *, left: bool = True, adjoint: bool = False) -> Tensor:
    """X with A @ X = B (X @ A = B unless left; of A's adjoint if asked), given `lu_factor(A)`."""
    if left and not adjoint:
        return _solved(LU, pivots, B)
    A = _product(LU, pivots)
    A = A.mH if adjoint else A
    return solve(A, B, left=left)


def _product(LU: Tensor, pivots: Tensor) -> Tensor:
    permutation, lower, upper = lu_unpack(LU, pivots)
    return permutation @ lower @ upper


@operation
@single_under_autocast
def lu_solve(b: Tensor, LU_data: Tensor, LU_pivots: Tensor) -> Tensor:
    """X with A @ X = b, given what `lu_factor(A)` gives."""
    return factored_solve(LU_data, LU_pivots, b)
