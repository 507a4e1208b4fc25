"""Trigonometric and hyperbolic functions, and their inverses."""

from __future__ import annotations

import math
from typing import Any

from ..backend import Array, Namespace
from ..engine.tensor import Tensor
from .arithmetic import sqrt
from .choosing import where
from .elementwise import binary, unary
from .operation import operation
from .promotion import floating


@unary(holomorphic=True, x=lambda g, x: g * cos(x))
def sin(xp: Namespace, x: Array) -> Array:
    """The sine of an angle in radians."""
    return xp.sin(x)


@unary(holomorphic=True, x=lambda g, x: -g * sin(x))
def cos(xp: Namespace, x: Array) -> Array:
    """The cosine of an angle in radians."""
    return xp.cos(x)


@unary(autocast="single", holomorphic=True, x=lambda g, out: g * (1 + out * out))
def tan(xp: Namespace, x: Array) -> Array:
    """The tangent of an angle in radians."""
    return xp.tan(x)


@unary(autocast="single", aliases="arcsin", holomorphic=True, x=lambda g, x: g / sqrt(1 - x * x))
def asin(xp: Namespace, x: Array) -> Array:
    """The inverse sine."""
    return xp.asin(x)


@unary(autocast="single", aliases="arccos", holomorphic=True, x=lambda g, x: -g / sqrt(1 - x * x))
def acos(xp: Namespace, x: Array) -> Array:
    """The inverse cosine."""
    return xp.acos(x)


@unary(aliases="arctan", holomorphic=True, x=lambda g, x: g / (1 + x * x))
def atan(xp: Namespace, x: Array) -> Array:
    """The inverse tangent."""
    return xp.atan(x)


@binary(
    aliases="arctan2",
    to_float=True,
    x=lambda g, x, y: g * _atan2_slope(y, x, y),
    y=lambda g, x, y: -g * _atan2_slope(x, x, y),
)
def atan2(xp: Namespace, x: Array, y: Array) -> Array:
    """The angle of the point (other, input); the derivatives at the origin are taken as 0."""
    return xp.atan2(x, y)


def _atan2_slope(part: Any, x: Any, y: Any) -> Any:
    """part / (x^2 + y^2), without the square, which overflows and vanishes early; 0 at the origin."""
    distance = x.hypot(y) if isinstance(x, Tensor) else y.hypot(x)
    origin = distance == 0
    distance = where(origin, 1.0, distance)
    return where(origin, 0.0, part / distance / distance)


@unary(autocast="single", holomorphic=True, x=lambda g, x: g * cosh(x))
def sinh(xp: Namespace, x: Array) -> Array:
    """The hyperbolic sine."""
    return xp.sinh(x)


@unary(autocast="single", holomorphic=True, x=lambda g, x: g * sinh(x))
def cosh(xp: Namespace, x: Array) -> Array:
    """The hyperbolic cosine."""
    return xp.cosh(x)


@unary(holomorphic=True, x=lambda g, out: g * (1 - out * out))
def tanh(xp: Namespace, x: Array) -> Array:
    """The hyperbolic tangent."""
    return xp.tanh(x)


@unary(aliases="arcsinh", holomorphic=True, x=lambda g, x: g / sqrt(1 + x * x))
def asinh(xp: Namespace, x: Array) -> Array:
    """The inverse hyperbolic sine."""
    return xp.asinh(x)


@unary(aliases="arccosh", holomorphic=True, x=lambda g, x: g / (sqrt(x - 1) * sqrt(x + 1)))
def acosh(xp: Namespace, x: Array) -> Array:
    """The inverse hyperbolic cosine."""
    return xp.acosh(x)


@unary(aliases="arctanh", holomorphic=True, x=lambda g, x: g / (1 - x * x))
def atanh(xp: Namespace, x: Array) -> Array:
    """The inverse hyperbolic tangent."""
    return xp.atanh(x)


@operation(in_place=True)
def deg2rad(input: Tensor) -> Tensor:
    """Degrees as radians."""
    return floating("deg2rad", input) * (math.pi / 180.0)


@operation(in_place=True)
def rad2deg(input: Tensor) -> Tensor:
    """Radians as degrees."""
    return floating("rad2deg", input) * (180.0 / math.pi)
