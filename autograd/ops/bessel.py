"""Bessel functions, under the names of torch.special."""

from __future__ import annotations

from typing import Any

from ..backend import bessel as kernels
from ..tensor import Tensor
from . import elementwise as e
from .elementwise import add, div, eq, mul, neg, sub, unary, where
from .special import _in_float, sinc


def _kernel(function: Any, order: int) -> Any:
    return lambda xp, x: function(xp, order, x)


def _over(value: Tensor, x: Tensor, at_zero: float) -> Tensor:
    """value / x, and its limit at 0."""
    zero = eq(x, 0)
    return where(zero, at_zero, div(value, where(zero, 1.0, x)))


@unary(x=lambda g, x: mul(g, i1(x)))
def i0(xp, x):
    """The modified Bessel function of the first kind, of order 0."""
    return _in_float(_kernel(kernels.i, 0), xp, x)


@unary(x=lambda g, x, out: mul(g, sub(i0(x), _over(out, x, 0.5))))
def i1(xp, x):
    """The modified Bessel function of the first kind, of order 1."""
    return _in_float(_kernel(kernels.i, 1), xp, x)


@unary(x=lambda g, x, out: mul(g, sub(i1e(x), mul(e.sign(x), out))))
def i0e(xp, x):
    """exp(-|input|) * i0(input)."""
    return _in_float(_kernel(kernels.scaled_i, 0), xp, x)


@unary(x=lambda g, x, out: mul(g, sub(sub(i0e(x), mul(e.sign(x), out)), _over(out, x, 0.5))))
def i1e(xp, x):
    """exp(-|input|) * i1(input)."""
    return _in_float(_kernel(kernels.scaled_i, 1), xp, x)


@unary(x=lambda g, x: neg(mul(g, bessel_j1(x))))
def bessel_j0(xp, x):
    """The Bessel function of the first kind, of order 0."""
    return _in_float(_kernel(kernels.j, 0), xp, x)


@unary(x=lambda g, x, out: mul(g, sub(bessel_j0(x), _over(out, x, 0.5))))
def bessel_j1(xp, x):
    """The Bessel function of the first kind, of order 1."""
    return _in_float(_kernel(kernels.j, 1), xp, x)


@unary(x=lambda g, x: neg(mul(g, bessel_y1(x))))
def bessel_y0(xp, x):
    """The Bessel function of the second kind, of order 0; nan below 0."""
    return _in_float(_kernel(kernels.y, 0), xp, x)


@unary(x=lambda g, x, out: mul(g, sub(bessel_y0(x), div(out, x))))
def bessel_y1(xp, x):
    """The Bessel function of the second kind, of order 1; nan below 0."""
    return _in_float(_kernel(kernels.y, 1), xp, x)


@unary(x=lambda g, x: neg(mul(g, modified_bessel_k1(x))))
def modified_bessel_k0(xp, x):
    """The modified Bessel function of the second kind, of order 0; nan below 0."""
    return _in_float(_kernel(kernels.k, 0), xp, x)


@unary(x=lambda g, x, out: neg(mul(g, add(modified_bessel_k0(x), div(out, x)))))
def modified_bessel_k1(xp, x):
    """The modified Bessel function of the second kind, of order 1; nan below 0."""
    return _in_float(_kernel(kernels.k, 1), xp, x)


@unary(x=lambda g, x, out: mul(g, sub(out, scaled_modified_bessel_k1(x))))
def scaled_modified_bessel_k0(xp, x):
    """exp(input) * modified_bessel_k0(input)."""
    return _in_float(_kernel(kernels.scaled_k, 0), xp, x)


@unary(x=lambda g, x, out: mul(g, sub(sub(out, scaled_modified_bessel_k0(x)), div(out, x))))
def scaled_modified_bessel_k1(xp, x):
    """exp(input) * modified_bessel_k1(input)."""
    return _in_float(_kernel(kernels.scaled_k, 1), xp, x)


def modified_bessel_i0(input: Tensor) -> Tensor:
    """i0(input)."""
    return i0(input)


def modified_bessel_i1(input: Tensor) -> Tensor:
    """i1(input)."""
    return i1(input)


def spherical_bessel_j0(input: Tensor) -> Tensor:
    """sin(input) / input, 1 at 0."""
    return sinc(mul(e.floating("spherical_bessel_j0", input), 0.31830988618379067154))
