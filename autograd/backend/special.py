"""Portable references of special functions that the array API standard lacks."""

from __future__ import annotations

import math
from typing import Any

from .arrays import Array, Namespace

# W. J. Cody, "Rational Chebyshev approximations for the error function", Math. Comp. 23, 1969:
# numerators and denominators, highest power first, for |x| <= 0.5, 0.5 < |x| <= 4 and |x| > 4.
_NEAR = (
    (1.85777706184603153e-1, 3.16112374387056560, 1.13864154151050156e2, 3.77485237685302021e2, 3.20937758913846947e3),
    (1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3),
)
_MIDDLE = (
    (
        2.15311535474403846e-8,
        5.64188496988670089e-1,
        8.88314979438837594,
        6.61191906371416295e1,
        2.98635138197400131e2,
        8.81952221241769090e2,
        1.71204761263407058e3,
        2.05107837782607147e3,
        1.23033935479799725e3,
    ),
    (
        1.0,
        1.57449261107098347e1,
        1.17693950891312499e2,
        5.37181101862009858e2,
        1.62138957456669019e3,
        3.29079923573345963e3,
        4.36261909014324716e3,
        3.43936767414372164e3,
        1.23033935480374942e3,
    ),
)
_FAR = (
    (
        1.63153871373020978e-2,
        3.05326634961232344e-1,
        3.60344899949804439e-1,
        1.25781726111229246e-1,
        1.60837851487422766e-2,
        6.58749161529837803e-4,
    ),
    (
        1.0,
        2.56852019228982242,
        1.87295284992346725,
        5.27905102951428412e-1,
        6.05183413124413191e-2,
        2.33520497626869185e-3,
    ),
)
_ONE_BY_SQRT_PI = 0.56418958354775628695

# M. J. Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37, 1988:
# numerators and denominators, highest power first, of 0.425^2 - q^2 at p = 1/2 + q, r - 1.6 and r - 5 of r^2 = -log p.
_QUANTILES = (
    (
        (
            2.5090809287301226727e3,
            3.3430575583588128105e4,
            6.7265770927008700853e4,
            4.5921953931549871457e4,
            1.3731693765509461125e4,
            1.9715909503065514427e3,
            1.3314166789178437745e2,
            3.3871328727963666080,
        ),
        (
            5.2264952788528545610e3,
            2.8729085735721942674e4,
            3.9307895800092710610e4,
            2.1213794301586595867e4,
            5.3941960214247511077e3,
            6.8718700749205790830e2,
            4.2313330701600911252e1,
            1.0,
        ),
    ),
    (
        (
            7.74545014278341407640e-4,
            2.27238449892691845833e-2,
            2.41780725177450611770e-1,
            1.27045825245236838258,
            3.64784832476320460504,
            5.76949722146069140550,
            4.63033784615654529590,
            1.42343711074968357734,
        ),
        (
            1.05075007164441684324e-9,
            5.47593808499534494600e-4,
            1.51986665636164571966e-2,
            1.48103976427480074590e-1,
            6.89767334985100004550e-1,
            1.67638483018380384940,
            2.05319162663775882187,
            1.0,
        ),
    ),
    (
        (
            2.01033439929228813265e-7,
            2.71155556874348757815e-5,
            1.24266094738807843860e-3,
            2.65321895265761230930e-2,
            2.96560571828504891230e-1,
            1.78482653991729133580,
            5.46378491116411436990,
            6.65790464350110377720,
        ),
        (
            2.04426310338993978564e-15,
            1.42151175831644588870e-7,
            1.84631831751005468180e-5,
            7.86869131145613259100e-4,
            1.48753612908506148525e-2,
            1.36929880922735805310e-1,
            5.99832206555887937690e-1,
            1.0,
        ),
    ),
)


def _horner(coefficients: tuple[float, ...], x: Any) -> Any:
    total: Any = coefficients[0]
    for c in coefficients[1:]:
        total = total * x + c
    return total


def _gauss(xp: Namespace, x: Array, share: float = 1.0) -> Array:
    """exp(-share x^2), |x| up to 40, of x as a multiple of 1/16, whose square is exact, and a rest."""
    whole = xp.round(x * 16.0) / 16.0
    return xp.exp(-share * whole * whole) * xp.exp(share * (whole - x) * (whole + x))


def erf(xp: Namespace, x: Array) -> Array:
    """erf(x) = 2/sqrt(pi) * integral of exp(-t^2) from 0 to x, to a few units in the last place."""
    size = xp.abs(x)
    value = xp.where(size <= 0.5, _near(xp, size), 1.0 - _tail(xp, xp.minimum(size, 6.0)))
    return xp.where(xp.isnan(x), x, xp.copysign(value, x))


def erfc(xp: Namespace, x: Array) -> Array:
    """1 - erf(x), exact also where erf(x) is close to 1."""
    size = xp.abs(x)
    far = xp.minimum(size, 27.5)
    near, tail = _near(xp, size), _gauss(xp, far) * _scaled_tail(xp, far)
    value = xp.where(x < 0, xp.where(size <= 0.5, 1.0 + near, 2.0 - tail), xp.where(size <= 0.5, 1.0 - near, tail))
    return xp.where(xp.isnan(x), x, value)


def _near(xp: Namespace, size: Array) -> Array:
    """erf of 0 <= size <= 0.5."""
    square = xp.minimum(size, 0.5) ** 2
    return size * _horner(_NEAR[0], square) / _horner(_NEAR[1], square)


def erfcx(xp: Namespace, x: Array) -> Array:
    """exp(x^2) erfc(x), which neither overflows nor vanishes for large x."""
    size = xp.abs(x)
    square = 1.0 / _gauss(xp, xp.minimum(size, 26.64))
    value = xp.where(size <= 0.5, square * (1.0 - _near(xp, size)), _scaled_tail(xp, size))
    value = xp.where(x < 0, 2.0 * xp.where(size > 26.64, math.inf, square) - value, value)
    return xp.where(xp.isnan(x), x, value)


def _tail(xp: Namespace, size: Array) -> Array:
    """erfc of size > 0.5."""
    return xp.exp(-size * size) * _scaled_tail(xp, size)


def _scaled_tail(xp: Namespace, size: Array) -> Array:
    middle_x = xp.clip(size, 0.46875, 4.0)
    middle = _horner(_MIDDLE[0], middle_x) / _horner(_MIDDLE[1], middle_x)
    far_x = xp.maximum(size, 4.0)
    inverse = 1.0 / (far_x * far_x)
    far = (_ONE_BY_SQRT_PI - inverse * _horner(_FAR[0], inverse) / _horner(_FAR[1], inverse)) / far_x
    return xp.where(size <= 4.0, middle, far)


def _quantile(xp: Namespace, q: Array, small: Array) -> Array:
    """The x with ndtr(x) = 1/2 + q, |q| < 1/2; `small` is 1/2 - |q|, in digits of its own."""
    near, middle, far = _QUANTILES
    square = xp.maximum(0.180625 - q * q, 0.0)
    root = xp.sqrt(-xp.log(xp.minimum(small, 0.075)))
    past, beyond = xp.minimum(root, 5.0) - 1.6, xp.maximum(root, 5.0) - 5.0
    tail = xp.where(
        root <= 5.0,
        _horner(middle[0], past) / _horner(middle[1], past),
        _horner(far[0], beyond) / _horner(far[1], beyond),
    )
    return xp.where(xp.abs(q) <= 0.425, q * (_horner(near[0], square) / _horner(near[1], square)), xp.copysign(tail, q))


def erfinv(xp: Namespace, y: Array) -> Array:
    """The x with erf(x) = y."""
    inside = xp.where(xp.abs(y) < 1.0, y, 0.0)
    x = math.sqrt(0.5) * _quantile(xp, 0.5 * inside, 0.5 * (1.0 - xp.abs(inside)))
    x = xp.where(xp.abs(y) == 1.0, y * math.inf, x)
    return xp.where(xp.logical_or(xp.abs(y) > 1.0, xp.isnan(y)), y * math.nan, x)


def ndtr(xp: Namespace, x: Array) -> Array:
    """The normal distribution function, erfc(-x / sqrt(2)) / 2; below -1 by erfcx, which forgives a rounded root."""
    low = xp.clip(x, -40.0, -1.0)
    tail = 0.5 * erfcx(xp, low * -math.sqrt(0.5)) * _gauss(xp, low, 0.5)
    return xp.where(x < -1.0, tail, 0.5 * erfc(xp, xp.maximum(x, -1.0) * -math.sqrt(0.5)))


def log_ndtr(xp: Namespace, x: Array) -> Array:
    """The logarithm of the normal distribution function: by erfcx below -1, above as log(1 - ndtr(-x))."""
    low = xp.minimum(x, -1.0)
    tail = xp.log(0.5 * erfcx(xp, low * -math.sqrt(0.5))) - 0.5 * low * low
    return xp.where(x < -1.0, tail, xp.log1p(-ndtr(xp, -xp.maximum(x, -1.0))))


def ndtri(xp: Namespace, p: Array) -> Array:
    """The x with ndtr(x) = p."""
    inside = xp.where(xp.logical_and(p > 0, p < 1), p, 0.5)
    x = _quantile(xp, inside - 0.5, xp.minimum(inside, 1.0 - inside))
    x = xp.where(p == 0, -math.inf, xp.where(p == 1, math.inf, x))
    return xp.where(xp.logical_or(xp.logical_or(p < 0, p > 1), xp.isnan(p)), math.nan, x)


# Stirling's series of log Gamma, B_2k / (2k (2k - 1)), and the digamma's, B_2k / 2k.
_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798, -174611 / 330)
_SHIFT = 10
_EULER = 0.57721566490153286061


def zeta(xp: Namespace, s: Array, q: Array) -> Array:
    """Hurwitz's zeta, the sum of (q + k)^-s over k >= 0, for q > 0 and s > 1, by Euler and Maclaurin."""
    total = q**-s
    for k in range(1, _SHIFT):
        total = total + (q + k) ** -s
    z = q + _SHIFT
    total = total + z ** (1.0 - s) / (s - 1.0) + 0.5 * z**-s
    factor = s * z ** (-s - 1.0)
    for k, b in enumerate(_BERNOULLI):
        total = total + b / math.factorial(2 * k + 2) * factor
        factor = factor * (s + 2 * k + 1) * (s + 2 * k + 2) / (z * z)
    return total


# log Gamma(2 + z) / z, highest power first: (-1)^k (zeta(k) - 1) / k and 1 - gamma (dlmf.nist.gov, 5.7.3).
_LGAMMA_AT_2 = (*((-1) ** k * zeta(None, float(k), 2.0) / k for k in range(48, 1, -1)), 1.0 - _EULER)


def lgamma(xp: Namespace, x: Array) -> Array:
    """log |Gamma(x)|: Stirling's series above 10; below, the recurrence leads to the series at 2, which is exact
    about both zeros, 1 and 2; the reflection for x < 0."""
    size = xp.abs(x)
    far = xp.maximum(size, float(_SHIFT))
    inverse = 1.0 / (far * far)
    series = _horner(tuple(b / ((2 * k + 2) * (2 * k + 1)) for k, b in enumerate(_BERNOULLI[:7]))[::-1], inverse) / far
    stirling = (far - 0.5) * (xp.log(far) - 1.0) + (0.5 * math.log(2.0 * math.pi) - 0.5 + series)
    near = xp.minimum(size, float(_SHIFT))
    product, rest = near * 0.0 + 1.0, near
    for _ in range(_SHIFT - 2):
        down = rest > 2.5
        rest = xp.where(down, rest - 1.0, rest)
        product = xp.where(down, product * rest, product)
    # Now 0 <= rest <= 2.5. Below 1.5 log Gamma(x + 1) - log x is taken, below 0.5 that twice over.
    low, lowest = rest < 1.5, rest < 0.5
    z = xp.where(lowest, rest, xp.where(low, rest - 1.0, rest - 2.0))
    value = z * _horner(_LGAMMA_AT_2, z) + xp.log(product) - xp.where(low, xp.log1p(z), 0.0)
    value = value - xp.log(xp.where(xp.logical_and(lowest, size > 0), size, 1.0))
    value = xp.where(size < _SHIFT, value, stirling)
    sine = xp.abs(_sin_pi(xp, x))
    pole = xp.logical_or(size == 0, xp.logical_and(x < 0, sine == 0))
    mirrored = xp.log(math.pi / xp.where(pole, 1.0, sine)) - xp.log(xp.where(pole, 1.0, size)) - value
    value = xp.where(xp.logical_and(x < 0, size > 1e-18), mirrored, value)  # nearer to 0 both are -log size
    return xp.where(xp.logical_or(pole, xp.isinf(x)), math.inf, value)


def _sin_pi(xp: Namespace, x: Array) -> Array:
    """sin(pi x), exactly 0 at whole numbers."""
    rest = x - 2.0 * xp.round(0.5 * x)
    rest = xp.where(rest > 0.5, 1.0 - rest, xp.where(rest < -0.5, -1.0 - rest, rest))
    return xp.sin(math.pi * rest)


def digamma(xp: Namespace, x: Array) -> Array:
    """The derivative of log Gamma: asymptotic series above 10, recurrence below, reflection for x < 0."""
    negative = x < 0
    z = xp.where(negative, 1.0 - x, x)
    small = z < _SHIFT
    total = xp.where(small, 1.0 / xp.where(small, z, 1.0), 0.0)  # of z itself: -0.0 keeps its sign
    for k in range(1, _SHIFT):
        total = total + xp.where(small, 1.0 / xp.where(small, z + k, 1.0), 0.0)
    z = xp.where(small, z + _SHIFT, z)
    inverse = 1.0 / (z * z)
    series = _horner(tuple(b / (2 * k + 2) for k, b in enumerate(_BERNOULLI))[::-1], inverse) * inverse
    value = xp.log(z) - 0.5 / z - series - total
    fraction = x - xp.round(x)  # at most 1/2, and exact beside the poles
    whole = xp.logical_and(negative, fraction == 0)
    value = xp.where(negative, value - math.pi / xp.tan(math.pi * xp.where(whole, 0.25, fraction)), value)
    return xp.where(whole, math.nan, value)


_STEPS = 256


def gammainc(xp: Namespace, a: Array, x: Array) -> tuple[Array, Array]:
    """The regularised incomplete gamma functions P(a, x) and Q = 1 - P: a series below a + 1, above it a
    continued fraction (W. Gautschi, 1979), in 256 steps, which is all digits for a up to 1000 or so."""
    below = x < a + 1.0
    u = xp.where(below, x, 0.5)
    term = a * 0.0 + 1.0
    total = term
    for n in range(1, _STEPS):
        term = term * u / (a + n)
        total = total + term
    v = xp.where(below, a + 2.0, x)
    tiny = 1e-30
    b = v + 1.0 - a
    c = b * 0.0 + 1.0 / tiny
    d = 1.0 / b
    fraction = d
    for n in range(1, _STEPS):
        weight = -n * (n - a)
        b = b + 2.0
        d = weight * d + b
        d = 1.0 / xp.where(xp.abs(d) < tiny, tiny, d)
        c = b + weight / c
        c = xp.where(xp.abs(c) < tiny, tiny, c)
        fraction = fraction * d * c
    safe = xp.where(xp.logical_and(x > 0, x < math.inf), x, 1.0)
    scale = xp.exp(a * xp.log(safe) - safe - lgamma(xp, xp.where(a > 0, a + 1.0, 1.0)))  # x^a e^-x / Gamma(a + 1)
    p = xp.where(below, scale * total, 1.0 - scale * a * fraction)
    q = xp.where(below, 1.0 - scale * total, scale * a * fraction)
    none_of_it = xp.logical_and(a == math.inf, x < math.inf)
    p, q = xp.where(none_of_it, 0.0, p), xp.where(none_of_it, 1.0, q)
    zero, all_of_it = x == 0, xp.logical_or(xp.logical_and(x == math.inf, a < math.inf), a == 0)
    p = xp.where(zero, 0.0, xp.where(all_of_it, 1.0, p))
    q = xp.where(zero, 1.0, xp.where(all_of_it, 0.0, q))
    bad = xp.logical_or(xp.logical_or(x < 0, a < 0), xp.logical_and(x == 0, a == 0))
    bad = xp.logical_or(bad, xp.logical_or(xp.isnan(a), xp.isnan(x)))
    return xp.where(bad, math.nan, p), xp.where(bad, math.nan, q)


def polygamma(xp: Namespace, n: int, x: Array) -> Array:
    """The n-th derivative of digamma (n >= 1): n! zeta(n + 1, x); for x < 0 that of the reflection pi cot(pi x)."""
    negative = x < 0
    z = xp.where(negative, 1.0 - x, x)
    pole = z == 0
    value = (-1) ** (n + 1) * math.factorial(n) * zeta(xp, n + 1.0, xp.where(pole, 1.0, z))
    value = xp.where(pole, (-1) ** (n + 1) * math.inf, value)
    fraction = x - xp.round(x)
    whole = xp.logical_and(negative, fraction == 0)
    cotangent = 1.0 / xp.tan(math.pi * xp.where(fraction == 0, 0.25, fraction))
    mirrored = (-1) ** n * value - math.pi ** (n + 1) * _horner(_cotangent_slope(n), cotangent)
    return xp.where(whole, math.inf if n % 2 else math.nan, xp.where(negative, mirrored, value))


def _cotangent_slope(n: int) -> tuple[float, ...]:
    """The n-th derivative of cot as a polynomial of cot, highest power first: each is -(1 + c^2) d/dc of the last."""
    powers = [0, 1]  # lowest first
    for _ in range(n):
        slope = [k * a for k, a in enumerate(powers)][1:]
        powers = [-(a + b) for a, b in zip([*slope, 0, 0], [0, 0, *slope], strict=True)]
    return tuple(map(float, reversed(powers)))
