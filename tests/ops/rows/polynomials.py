"""The rows of autograd/ops/polynomials.py."""

from __future__ import annotations

import numpy as np

from tests.helpers.operation import Operation, call

ROWS = [
    *(
        Operation(
            name,
            lambda d: (
                [call(d.real(2, 3, low=0.1, high=0.9), n) for n in (0, 1, 2, 4)]
                + [call(d.real(4, low=0.1, high=0.9), np.array([3, 0, -1, 5]))]
            ),
            torch_gradient=False,
        )
        for name in (
            "special.chebyshev_polynomial_t",
            "special.chebyshev_polynomial_u",
            "special.chebyshev_polynomial_v",
            "special.chebyshev_polynomial_w",
            "special.shifted_chebyshev_polynomial_t",
            "special.shifted_chebyshev_polynomial_u",
            "special.shifted_chebyshev_polynomial_v",
            "special.shifted_chebyshev_polynomial_w",
            "special.hermite_polynomial_h",
            "special.hermite_polynomial_he",
            "special.laguerre_polynomial_l",
            "special.legendre_polynomial_p",
        )
    ),
]
