"""Exponentials and logarithms."""

from __future__ import annotations

import math

from ..backend import Array, Namespace
from .elementwise import binary, unary

LOG_2, LOG_10 = math.log(2.0), math.log(10.0)


@unary(autocast="single", holomorphic=True, x=lambda g, out: g * out)
def exp(xp: Namespace, x: Array) -> Array:
    """e ** input."""
    return xp.exp(x)


@unary(autocast="single", aliases="special.exp2", holomorphic=True, x=lambda g, out: g * out * LOG_2)
def exp2(xp: Namespace, x: Array) -> Array:
    """2 ** input."""
    return xp.pow(2.0, x)


@unary(autocast="single", aliases="special.expm1", holomorphic=True, x=lambda g, x: g * exp(x))
def expm1(xp: Namespace, x: Array) -> Array:
    """exp(input) - 1, exact also near 0."""
    return xp.expm1(x)


@unary(autocast="single", holomorphic=True, x=lambda g, x: g / x)
def log(xp: Namespace, x: Array) -> Array:
    """The natural logarithm."""
    return xp.log(x)


@unary(autocast="single", holomorphic=True, x=lambda g, x: g / (x * LOG_2))
def log2(xp: Namespace, x: Array) -> Array:
    """The logarithm to base 2."""
    return xp.log2(x)


@unary(autocast="single", holomorphic=True, x=lambda g, x: g / (x * LOG_10))
def log10(xp: Namespace, x: Array) -> Array:
    """The logarithm to base 10."""
    return xp.log10(x)


@unary(autocast="single", aliases="special.log1p", holomorphic=True, x=lambda g, x: g / (1 + x))
def log1p(xp: Namespace, x: Array) -> Array:
    """log(1 + input), exact also near 0."""
    return xp.log1p(x)


@binary(
    in_place=False,
    to_float=True,
    x=lambda g, x, y: g * (x - y).sigmoid(),
    y=lambda g, x, y: g * (y - x).sigmoid(),
)
def logaddexp(xp: Namespace, x: Array, y: Array) -> Array:
    """log(exp(input) + exp(other)) without overflow."""
    return xp.logaddexp(x, y)


@binary(
    in_place=False,
    to_float=True,
    x=lambda g, x, y: g * ((x - y) * LOG_2).sigmoid(),
    y=lambda g, x, y: g * ((y - x) * LOG_2).sigmoid(),
)
def logaddexp2(xp: Namespace, x: Array, y: Array) -> Array:
    """log2(2^input + 2^other) without overflow."""
    larger = xp.maximum(x, y)
    gap = xp.where(x == y, 0.0, -xp.abs(x - y))  # inf - inf is nan
    return larger + xp.log1p(xp.pow(2.0, gap)) * (1.0 / math.log(2.0))
