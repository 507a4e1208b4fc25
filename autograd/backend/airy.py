"""The Airy function and its derivative, portable (Digital Library of Mathematical Functions, dlmf.nist.gov, 9).

From 1 upwards an integral along the line of steepest descent, which the trapezoidal rule gives to all digits; between
-9 and 1 Taylor series, whose coefficients follow from y'' = x y; below, the asymptotic expansion.
"""

from __future__ import annotations

import math

from .arrays import Array, Namespace

_FAR = -9.0
_STEP = 0.15
_POINTS = 42
_TERMS = 36
_KNOWN = {  # x: Ai(x), Ai'(x)
    -1: (0.535560883292352119, -0.0101605671166452094),
    -2: (0.227407428201685576, 0.618259020741691041),
    -3: (-0.378814293677658074, 0.314583769216598814),
    -4: (-0.0702655329492895151, -0.79062857536858138),
    -5: (0.35076100902411432, 0.327192818554443137),
    -6: (-0.329145173629823105, 0.345935487281342895),
    -7: (0.184280835250505637, -0.771008168410126548),
    -8: (-0.0527050503563862026, 0.935560938198306551),
    -9: (-0.0221337215473414037, -0.975663980926331595),
}
_KNOWN |= {0: (3 ** (-2 / 3) / math.gamma(2 / 3), -(3 ** (-1 / 3)) / math.gamma(1 / 3))}  # 9.2.3, 9.2.4


def airy(xp: Namespace, order: int, x: Array) -> Array:
    """Ai(x) for order 0, Ai'(x) for order 1, of float64."""
    above = _integral(xp, order, xp.maximum(x, 1.0))
    near = xp.clip(x, _FAR - 0.5, 1.0)
    middle = _series(xp, order, near, 0)
    for start in range(-1, -10, -1):
        middle = xp.where(near < start + 0.5, _series(xp, order, near, start), middle)
    below = _expansion(xp, order, xp.maximum(-x, -_FAR))
    return xp.where(x > 1.0, above, xp.where(x < _FAR, below, middle))


def _integral(xp: Namespace, order: int, x: Array) -> Array:
    """The mean of exp(i (t^3 / 3 + x t)) over t = s / x^(1/4) + i sqrt(x), 9.5.4, or of i t times it."""
    root = xp.sqrt(x)
    scale = xp.sqrt(root)
    total = xp.zeros_like(x)
    for k in range(_POINTS):
        s = k * _STEP
        weight = _STEP * math.exp(-s * s) * (0.5 if k == 0 else 1.0)
        angle = s**3 / 3.0 / scale**3
        if order == 0:
            total = total + weight * xp.cos(angle)
        else:
            total = total - weight * (s / scale * xp.sin(angle) + root * xp.cos(angle))
    return xp.exp(-2.0 / 3.0 * x * root) / (math.pi * scale) * total


def _series(xp: Namespace, order: int, x: Array, start: int) -> Array:
    """The Taylor series at a point where both are known."""
    coefficients = [*_KNOWN[start], start * _KNOWN[start][0] / 2.0]
    for n in range(3, _TERMS):
        coefficients.append((start * coefficients[n - 2] + coefficients[n - 3]) / (n * (n - 1)))
    if order:
        coefficients = [n * c for n, c in enumerate(coefficients)][1:]
    total = xp.zeros_like(x)
    for c in reversed(coefficients):
        total = total * (x - start) + c
    return total


def _expansion(xp: Namespace, order: int, z: Array) -> Array:
    """At -z: 9.7.9, 9.7.10."""
    root = xp.sqrt(z)
    zeta = 2.0 / 3.0 * z * root
    u = [1.0]
    for k in range(1, 26):  # 9.7.2
        u.append(u[-1] * (6 * k - 5) * (6 * k - 3) * (6 * k - 1) / (216 * k * (2 * k - 1)))
    terms = [c * (6 * k + 1) / (1 - 6 * k) for k, c in enumerate(u)] if order else u
    square = 1.0 / (zeta * zeta)
    even, odd = xp.zeros_like(z), xp.zeros_like(z)
    for k in range(12, -1, -1):
        even = (-1) ** k * terms[2 * k] * xp.ones_like(z) + even * square
        odd = (-1) ** k * terms[2 * k + 1] * xp.ones_like(z) + odd * square
    cosine, sine = xp.cos(zeta - math.pi / 4), xp.sin(zeta - math.pi / 4)
    if order == 0:
        return (cosine * even + sine * odd / zeta) / (math.sqrt(math.pi) * xp.sqrt(root))
    return (sine * even - cosine * odd / zeta) * xp.sqrt(root) / math.sqrt(math.pi)
