"""Portable Bessel functions of whole orders.

Up to x = 30 or so each is a mean over an angle of a smooth periodic function, which the midpoint
rule gives to all digits with a few dozen points (L. Trefethen, J. Weideman, "The exponentially
convergent trapezoidal rule", 2014); beyond, Hankel's asymptotic series. Formulas by their numbers in
the Digital Library of Mathematical Functions (dlmf.nist.gov, chapter 10).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from .arrays import Array, Namespace

FAR = 30.0
SMALLEST = 5e-324
POINTS = 64
_ANGLES = [(j + 0.5) * math.pi / POINTS for j in range(POINTS)]


def _mean(term: Callable[[float], Any]) -> Any:
    """The mean of a function over the angles between 0 and pi."""
    total = term(_ANGLES[0])
    for angle in _ANGLES[1:]:
        total = total + term(angle)
    return total * (1.0 / POINTS)


def _hankel(order: int) -> list[float]:
    """a_k = (4n^2 - 1)(4n^2 - 9)...(4n^2 - (2k - 1)^2) / (k! 8^k), 10.17.1."""
    found = [1.0]
    for k in range(1, 24):
        found.append(found[-1] * (4 * order**2 - (2 * k - 1) ** 2) / (8 * k))
    return found


def _series(coefficients: list[float], x: Any) -> Any:
    total = x * 0.0 + coefficients[-1]
    for c in reversed(coefficients[:-1]):
        total = total * x + c
    return total


def scaled_i(xp: Namespace, order: int, x: Array) -> Array:
    """exp(-|x|) I_n(x): 10.32.3 near, 10.40.1 far."""
    size = xp.abs(x)
    near = xp.minimum(size, FAR)
    if order == 1:  # the mean of the cosine alone is 0, and left out so that small values keep their digits
        mean = xp.exp(-near) * _mean(lambda angle: xp.expm1(near * math.cos(angle)) * math.cos(angle))
    else:
        mean = _mean(lambda angle: xp.exp(near * (math.cos(angle) - 1.0)) * math.cos(order * angle))
    far = xp.maximum(size, FAR)
    tail = _series([a * (-1) ** k for k, a in enumerate(_hankel(order))], 1.0 / far) / (
        xp.sqrt(far) * math.sqrt(2.0 * math.pi)
    )
    value = xp.where(size <= FAR, mean, tail)
    return xp.sign(x) * value if order % 2 else value


def i(xp: Namespace, order: int, x: Array) -> Array:
    return scaled_i(xp, order, x) * xp.exp(xp.abs(x))


def _waves(xp: Namespace, order: int, x: Array) -> tuple[Array, Array]:
    """J_n and Y_n for x > FAR, 10.17.3 and 10.17.4."""
    a, inverse = _hankel(order), 1.0 / x
    square = inverse * inverse
    even = _series([c * (-1) ** k for k, c in enumerate(a[0::2])], square)
    odd = _series([c * (-1) ** k for k, c in enumerate(a[1::2])], square) * inverse
    scale = xp.sqrt(2.0 / math.pi * inverse)
    # The shift of the phase is a whole number of eighths of a turn: by the sum formulas it costs no digits.
    c, s = xp.cos(x), xp.sin(x)
    turned = ((c + s, s - c), (s - c, -s - c), (-c - s, c - s), (c - s, c + s))[order % 4]
    cos, sin = turned[0] * math.sqrt(0.5), turned[1] * math.sqrt(0.5)
    return scale * (even * cos - odd * sin), scale * (even * sin + odd * cos)


def _near_j(xp: Namespace, order: int, x: Array) -> Array:
    """The parts of 10.9.2 that do not cancel: a cosine of even, a sine of odd orders."""
    if order % 2:
        return _mean(lambda angle: xp.sin(x * math.sin(angle)) * math.sin(order * angle))
    return _mean(lambda angle: xp.cos(x * math.sin(angle)) * math.cos(order * angle))


def j(xp: Namespace, order: int, x: Array) -> Array:
    size = xp.abs(x)
    value = xp.where(
        size <= FAR, _near_j(xp, order, xp.minimum(size, FAR)), _waves(xp, order, xp.maximum(size, FAR))[0]
    )
    value = xp.where(xp.isinf(x), 0.0, value)
    return xp.where(x > 0, value, xp.where(x == 0, x, -value)) if order % 2 else value


_TERMS = range(1, 32)
_Y0 = [-4.0 / math.pi * sum((-1) ** k * math.cos(2 * k * angle) / k for k in _TERMS) for angle in _ANGLES]
_Y1 = [
    -2.0 / math.pi * sum((-1) ** k * (2 * k + 1) / (k * (k + 1)) * math.sin((2 * k + 1) * angle) for k in _TERMS)
    for angle in _ANGLES
]
_K0 = [2.0 * sum(math.cos(2 * k * angle) / k for k in _TERMS) for angle in _ANGLES]
_EULER = 0.57721566490153286061


def y(xp: Namespace, order: int, x: Array) -> Array:
    """Y_n, from the orders 0 and 1 by 10.6.1."""
    below, value = _first_y(xp, 0, x), _first_y(xp, 1, x) if order else None
    if value is None:
        return below
    for n in range(1, order):
        below, value = value, 2.0 * n / x * value - below
    return value


def _first_y(xp: Namespace, order: int, x: Array) -> Array:
    """Neumann's series of Bessel functions near (G. Watson, 1922, 3.51 and 3.52), each of which is a mean."""
    near = xp.clip(x, SMALLEST, FAR)
    logarithm = xp.log(near) + (_EULER - math.log(2.0))
    weights = dict(zip(_ANGLES, _Y0 if order == 0 else _Y1, strict=True))
    if order == 0:
        inner = 2.0 / math.pi * logarithm * _near_j(xp, 0, near)
        inner = inner + _mean(lambda angle: xp.cos(near * math.sin(angle)) * weights[angle])
    else:
        inner = -2.0 / (math.pi * near) * _near_j(xp, 0, near)
        inner = inner + 2.0 / math.pi * (logarithm - 1.0) * _near_j(xp, 1, near)
        inner = inner + _mean(lambda angle: xp.sin(near * math.sin(angle)) * weights[angle])
    value = xp.where(x <= FAR, inner, _waves(xp, order, xp.maximum(x, FAR))[1])
    value = xp.where(x == math.inf, 0.0, xp.where(x == 0, -math.inf, value))
    return xp.where(x < 0, math.nan, value)


def scaled_k(xp: Namespace, order: int, x: Array) -> Array:
    """exp(x) K_n(x), from the orders 0 and 1 by 10.29.1."""
    below, value = _first_k(xp, 0, x), _first_k(xp, 1, x) if order else None
    if value is None:
        return below
    for n in range(1, order):
        below, value = value, 2.0 * n / x * value + below
    return value


def _first_k(xp: Namespace, order: int, x: Array) -> Array:
    """Neumann's series to 2, the integral 10.32.9 to 30, 10.40.2 beyond."""
    near = xp.clip(x, SMALLEST, 2.0)
    weights = dict(zip(_ANGLES, _K0, strict=True))
    small = _mean(lambda angle: xp.exp(near * math.cos(angle)) * weights[angle])
    small = small - (xp.log(near) + (_EULER - math.log(2.0))) * i(xp, 0, near)
    if order == 1:  # the Wronskian I_0 K_1 + I_1 K_0 = 1/x, 10.28.2
        small = (1.0 / near - i(xp, 1, near) * small) / i(xp, 0, near)
    small = small * xp.exp(near)
    middle_x = xp.clip(x, 2.0, FAR)
    middle = middle_x * 0.0 + 0.5
    for step in range(1, 45):
        t = 0.1 * step
        middle = middle + xp.exp(middle_x * (1.0 - math.cosh(t))) * math.cosh(order * t)
    middle = middle * 0.1
    far = xp.maximum(x, FAR)
    tail = _series(_hankel(order), 1.0 / far) * xp.sqrt(0.5 * math.pi / far)
    value = xp.where(x <= 2.0, small, xp.where(x <= FAR, middle, tail))
    value = xp.where(x == 0, math.inf, value)
    return xp.where(x < 0, math.nan, value)


def k(xp: Namespace, order: int, x: Array) -> Array:
    return scaled_k(xp, order, x) * xp.exp(-x)
