"""How quantiles of gamma and beta distributions move with a parameter, at a fixed probability.

Of a distribution function F(x; a) it is dx/da = -(dF/da) / (dF/dx), the implicit derivative of a sample (M. Figurnov,
S. Mohamed, A. Mnih, 2018). With p the density, dF/da is the integral of p d(log p)/da over all below x, or minus that
over all above, so that no distribution function is needed: the integrand is relative to p(x).
"""

from __future__ import annotations

import math
from collections.abc import Callable

from .arrays import Array, Namespace
from .special import digamma

STEP = 0.15  # of the trapezoidal rule in log s, whose error is below 1e-14 for integrands that fall like a Gaussian
FIRST, LAST = -32.0, 4.2


NODES = [math.exp(FIRST + i * STEP) for i in range(int((LAST - FIRST) / STEP) + 1)]


def _integral(f: Callable[[Array], Array], rate: Array) -> Array:
    """The integral of f over s from 0 to infinity, where f falls at least like exp(-rate s) or a Gaussian as narrow."""
    total = rate * 0.0
    for node in NODES:
        s = node / rate
        total = total + f(s) * s
    return total * STEP


def gamma_slope(xp: Namespace, a: Array, x: Array) -> Array:
    """dx/da of a gamma number x of concentration a and rate 1."""
    mean = digamma(xp, a)  # of log x
    safe = xp.where(x > 0, x, 1.0)
    log_x = xp.log(safe)
    below = x <= a + 1.0

    low_a, low = xp.where(below, a, 1.0), xp.where(below, safe, 1.0)
    low_score, rate = log_x - mean, xp.maximum(low_a - low, xp.minimum(xp.sqrt(low), low_a))

    def under(s: Array) -> Array:  # t = x exp(-s)
        return (low_score - s) * xp.exp(-low_a * s - low * xp.expm1(-s))

    lower = -low * _integral(under, rate)

    high_a, high = xp.where(below, 1.0, a), xp.where(below, 3.0, safe)
    curvature = xp.sqrt(xp.maximum(high_a - 1.0, 0.0)) / high
    steepness = xp.where(high_a < 1.0, 1.0, xp.maximum((high - high_a + 1.0) / high, curvature))

    def over(s: Array) -> Array:  # t = x + s
        return (xp.log(high + s) - mean) * xp.exp((high_a - 1.0) * xp.log1p(s / high) - s)

    upper = _integral(over, steepness)
    return xp.where(x > 0, xp.where(below, lower, upper), 0.0)


def dirichlet_slope(xp: Namespace, x: Array, a: Array, total: Array) -> Array:
    """dx/da / (1 - x) of a beta number x of concentrations a and total - a, the latter being kept."""
    b = total - a
    mean = digamma(xp, a) - digamma(xp, total)  # of log x
    inside = xp.logical_and(x > 0, x < 1)
    x = xp.where(inside, x, 0.5)
    below = x * total <= a
    log_x = xp.log(x)
    # Towards the end that is integrated to: exponents there and at the other end, the distance and its logarithms.
    near, far = xp.where(below, a, b), xp.where(below, b, a)
    part, left = xp.where(below, x, 1.0 - x), xp.where(below, 1.0 - x, x)
    odds = part / left
    slope = near - (far - 1.0) * odds
    curvature = xp.sqrt(xp.maximum(far - 1.0, 0.0) * odds / left)
    rate = xp.where(far < 1.0, near, xp.maximum(slope, xp.minimum(curvature, near)))

    def integrand(s: Array) -> Array:  # t or 1 - t is its part at x times exp(-s)
        rest = xp.log1p(-odds * xp.expm1(-s))  # of what is left there, relative to at x
        score = xp.where(below, log_x - s, log_x + rest) - mean
        return score * xp.exp(-near * s + (far - 1.0) * rest)

    found = _integral(integrand, rate)
    return xp.where(inside, xp.where(below, -odds * found, found), 0.0)
