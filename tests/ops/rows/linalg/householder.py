"""The rows of autograd/ops/linalg/householder.py."""

from __future__ import annotations

import numpy as np

from tests.helpers.operation import Operation, call

ROWS = (
    [
        Operation(
            name,
            lambda d: [
                call(d.real(4, 3), d.real(3)),
                call(d.real(2, 3, 3), d.real(2, 2)),
                call(d.complex(3, 2), d.complex(2)),
            ],
            integers=False,
        )
        for name in ("linalg.householder_product", "orgqr")
    ]
    + [
        Operation(
            "ormqr",
            lambda d: [
                call(d.real(4, 3), d.real(3), d.real(4, 2)),
                call(d.real(4, 3), d.real(3), d.real(2, 4), False, True),
                call(d.complex(3, 2), d.complex(2), d.complex(3, 3), True, True),
                call(d.complex(3, 2), d.complex(2), d.complex(2, 3), False),
            ],
            integers=False,
        )
    ]
    + [
        Operation(
            "geqrf",
            lambda d: [
                call(d.real(4, 3)),
                call(d.real(2, 2, 4)),
                call(np.triu(d.real(3, 3))),
                call(np.zeros((2, 2))),
                call(d.complex(3, 3)),
            ],
            differentiable=False,
            torch_gradient=False,
            redrawn=False,
            integers=False,
        ),
        Operation("geqrf", lambda d: [call(d.real(4, 3)), call(d.complex(2, 3))], torch_gradient=False, integers=False),
    ]
)
