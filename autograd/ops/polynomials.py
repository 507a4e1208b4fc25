"""Orthogonal polynomials of each element, by their recurrences of three terms; differentiable in the input.

P_0 = 1, P_1 = p(x), P_{k+1} = (a_k x + b_k) P_k - c_k P_{k-1} (M. Abramowitz, I. Stegun, 1964, table 22.7).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..engine.modes import modes
from ..engine.tensor import Tensor
from .choosing import where
from .creation import ones_like, zeros_like
from .operands import as_operand
from .operation import operation
from .promotion import floating
from .rounding import trunc

Coefficients = Callable[[int], tuple[float, float, float]]


def _polynomial(name: str, formula: str, first: tuple[float, float], step: Coefficients, shifted: bool = False) -> Any:
    def polynomial(input: Tensor, n: Any) -> Tensor:
        given = input if isinstance(input, Tensor) else as_operand(name, float(input), n)
        x = floating(name, given)
        if shifted:
            x = 2.0 * x - 1.0
        if isinstance(n, Tensor):
            modes.note_unreplayable(f"{name}() of a tensor of degrees")
            degrees: Any = trunc(n.detach()) if n.is_floating_point() else n.detach()
            highest = int(degrees.max().item()) if degrees.numel() else -1
            x = x + (0.0 * degrees).to(x.dtype)
        else:
            degrees = highest = int(n)

        previous, current = zeros_like(x), ones_like(x)
        found = zeros_like(x) if isinstance(degrees, Tensor) or degrees < 0 else current
        for k in range(highest + 1):
            found = where(degrees == k, current, found) if isinstance(degrees, Tensor) else current
            a, b, c = (first[0], first[1], 0.0) if k == 0 else step(k)
            slope = a * x if not b else a * x + b
            previous, current = current, slope * current - c * previous
        return found

    polynomial.__name__ = polynomial.__qualname__ = name
    polynomial.__doc__ = f"{formula} of degree n (an int or integers that broadcast); 0 below degree 0."
    return operation(face="special", method=False)(polynomial)


def _chebyshev(kind: str, first: tuple[float, float]) -> tuple[Any, Any]:
    """The polynomials of this kind on [-1, 1], and on [0, 1]."""
    doc = f"The Chebyshev polynomial of the kind {kind.upper()}"
    return tuple(
        _polynomial(f"{shift}chebyshev_polynomial_{kind}", doc, first, lambda k: (2.0, 0.0, 1.0), bool(shift))
        for shift in ("", "shifted_")
    )


chebyshev_polynomial_t, shifted_chebyshev_polynomial_t = _chebyshev("t", (1.0, 0.0))
chebyshev_polynomial_u, shifted_chebyshev_polynomial_u = _chebyshev("u", (2.0, 0.0))
chebyshev_polynomial_v, shifted_chebyshev_polynomial_v = _chebyshev("v", (2.0, -1.0))
chebyshev_polynomial_w, shifted_chebyshev_polynomial_w = _chebyshev("w", (2.0, 1.0))


hermite_polynomial_h = _polynomial(
    "hermite_polynomial_h", "The physicists' Hermite polynomial", (2.0, 0.0), lambda k: (2.0, 0.0, 2.0 * k)
)
hermite_polynomial_he = _polynomial(
    "hermite_polynomial_he", "The probabilists' Hermite polynomial", (1.0, 0.0), lambda k: (1.0, 0.0, float(k))
)
laguerre_polynomial_l = _polynomial(
    "laguerre_polynomial_l",
    "The Laguerre polynomial",
    (-1.0, 1.0),
    lambda k: (-1.0 / (k + 1), (2.0 * k + 1) / (k + 1), k / (k + 1)),
)
legendre_polynomial_p = _polynomial(
    "legendre_polynomial_p",
    "The Legendre polynomial",
    (1.0, 0.0),
    lambda k: ((2.0 * k + 1) / (k + 1), 0.0, k / (k + 1)),
)
