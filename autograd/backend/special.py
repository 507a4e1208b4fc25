"""Portable references of special functions that the array API standard lacks."""

from __future__ import annotations

from typing import Any

# W. J. Cody, "Rational Chebyshev approximations for the error function", Math. Comp. 23, 1969:
# numerators and denominators, highest power first, for |x| <= 0.5, 0.5 < |x| <= 4 and |x| > 4.
_NEAR = (
    (1.85777706184603153e-1, 3.16112374387056560, 1.13864154151050156e2, 3.77485237685302021e2, 3.20937758913846947e3),
    (1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3),
)
_MIDDLE = (
    (
        2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594, 6.61191906371416295e1,
        2.98635138197400131e2, 8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3,
        1.23033935479799725e3,
    ),
    (
        1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
        3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3,
    ),
)  # fmt: skip
_FAR = (
    (
        1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1,
        1.60837851487422766e-2, 6.58749161529837803e-4,
    ),
    (
        1.0, 2.56852019228982242, 1.87295284992346725, 5.27905102951428412e-1, 6.05183413124413191e-2,
        2.33520497626869185e-3,
    ),
)  # fmt: skip
_ONE_BY_SQRT_PI = 0.56418958354775628695


def _horner(coefficients: tuple[float, ...], x: Any) -> Any:
    total = x * 0.0 + coefficients[0]
    for c in coefficients[1:]:
        total = total * x + c
    return total


def erf(xp: Any, x: Any) -> Any:
    """erf(x) = 2/sqrt(pi) * integral of exp(-t^2) from 0 to x, to a few units in the last place."""
    size = xp.abs(x)
    square = xp.minimum(size, 0.5) ** 2
    near = size * _horner(_NEAR[0], square) / _horner(_NEAR[1], square)
    middle_x = xp.clip(size, 0.46875, 4.0)
    middle = 1.0 - xp.exp(-middle_x * middle_x) * _horner(_MIDDLE[0], middle_x) / _horner(_MIDDLE[1], middle_x)
    far_x = xp.clip(size, 4.0, 6.0)
    inverse = 1.0 / (far_x * far_x)
    tail = (_ONE_BY_SQRT_PI - inverse * _horner(_FAR[0], inverse) / _horner(_FAR[1], inverse)) / far_x
    far = 1.0 - xp.exp(-far_x * far_x) * tail
    value = xp.where(size <= 0.5, near, xp.where(size <= 4.0, middle, far))
    return xp.where(xp.isnan(x), x, xp.sign(x) * value)
