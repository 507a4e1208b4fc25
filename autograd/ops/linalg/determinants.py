"""Determinants and their logarithms."""

from __future__ import annotations

import math
from typing import NamedTuple

from ...backend import Array, Namespace
from ...engine.primitive import primitive
from ...engine.tensor import Tensor
from ..choosing import where
from ..complex import complex
from ..creation import arange, eye, zeros_like
from ..exponential import log
from ..joining import cat, stack
from ..operation import operation
from ..promotion import cast
from ..reduction import sum
from ..shape import unsqueeze
from .solve import inv, require_square


class SignAndLogarithm(NamedTuple):
    """det A = sign exp(logabsdet)."""

    sign: Tensor
    logabsdet: Tensor


@primitive(outputs=2, complex_rules=True, x=lambda g, x, out: _slogdet_slope(g, x, out))
def _slogdet(xp: Namespace, x: Array) -> tuple[Array, Array]:
    found = xp.linalg.slogdet(x)
    return found[0], found[1]


def _slogdet_slope(g: tuple[Tensor, Tensor], x: Tensor, sign: Tensor) -> Tensor:
    """g A^-H; a complex sign turns with the determinant's angle."""
    along = g[1]
    if x.is_complex():
        along = complex(along, -(g[0].conj() * sign).imag)
    return inv(x).mH * unsqueeze(unsqueeze(along, -1), -1)


@operation(face="linalg", aliases="autograd.slogdet")
def slogdet(A: Tensor) -> SignAndLogarithm:
    """The sign of the determinant (a number of absolute value 1), and the logarithm of its absolute value."""
    require_square("slogdet", A, complex=True)
    return SignAndLogarithm(*_slogdet(A))


@operation(face="linalg", aliases="autograd.logdet")
def logdet(A: Tensor) -> Tensor:
    """log det A; nan if a real determinant is negative."""
    sign, logarithm = slogdet(A)
    if A.is_complex():
        return log(sign) + logarithm
    return where(sign < 0, math.nan, logarithm)


@primitive(holomorphic=True, x=lambda g, x: _each(g) * _cofactors(x))
def _det(xp: Namespace, x: Array) -> Array:
    return xp.linalg.det(x)


@primitive(holomorphic=True, x=lambda g, x: _cofactor_slope(x, g))
def _cofactors(xp: Namespace, x: Array) -> Array:
    """Of each element the determinant of the others' rows and columns, with its sign: the derivative of det."""
    turn, u, s, v = _turned_singular_values(xp, x)
    return turn * xp.matmul(u * _products_of_others(xp, s)[..., None, :], v)


@primitive(
    holomorphic=True,
    x=lambda g, x, h: _third_slope(x, g, h),
    h=lambda g, x: _cofactor_slope(x, g),
)
def _cofactor_slope(xp: Namespace, x: Array, h: Array) -> Array:
    """The derivative of sum(h * cofactors(x)) by x, symmetric in h and the direction."""
    turn, u, s, v = _turned_singular_values(xp, x)
    pairs = _products_of_others(xp, s, 2)
    inner = xp.matmul(xp.matmul(xp.matrix_transpose(u), h), xp.matrix_transpose(v))
    diagonal = xp.eye(s.shape[-1], dtype=inner.dtype)
    along = xp.matmul(xp.astype(pairs, inner.dtype), xp.sum(inner * diagonal, axis=-1)[..., None])
    return turn * xp.matmul(xp.matmul(u, along * diagonal - pairs * xp.matrix_transpose(inner)), v)


def _turned_singular_values(xp: Namespace, x: Array) -> tuple[Array, Array, Array, Array]:
    """det(U) det(V), conj(U), S and conj(V) of x = U S V."""
    u, s, v = xp.linalg.svd(x)
    turn = xp.linalg.det(u) * xp.linalg.det(v)
    if xp.isdtype(x.dtype, "complex floating"):
        u, v = xp.conj(u), xp.conj(v)
    return turn[..., None, None], u, s, v


def _products_of_others(xp: Namespace, s: Array, left_out: int = 1) -> Array:
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


@operation(aliases="linalg.det")
def det(A: Tensor) -> Tensor:
    """The determinant. It has derivatives at singular matrices, too."""
    require_square("det", A, complex=True)
    return _det(A)
