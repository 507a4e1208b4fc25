"""The rows of autograd/ops/scan.py."""

from __future__ import annotations

import numpy as np

from tests.helpers.operation import Operation, along, call, spread

ROWS = [
    *(Operation(name, along()) for name in ("cumsum", "logcumsumexp")),
    *(
        Operation(
            name, lambda d: [call(d.real(2, 3), 1), call(d.real(3, 2), 0), call(d.real(), 0), call(d.real(0, 2), 1)]
        )
        for name in ("cumsum", "cumprod")
    ),
    *(
        Operation(name, lambda d: [call(d.complex(2, 3), 1), call(d.complex(4, 2), 0)])
        for name in ("cumsum", "cumprod", "prod")
    ),
    *(Operation(name, along(0.3, 2.0)) for name in ("cumprod", "prod")),
    Operation(
        "cumprod", lambda d: [call(np.array([[1.5, 0.0, 2.0, 3.0], [0.0, 2.0, 0.0, 1.0], [1.0, 2.0, 3.0, 0.0]]), 1)]
    ),
    *(Operation(name, along(distinct=True)) for name in ("cummax", "cummin")),
    *(Operation(name, lambda d: [call(spread(d, 2, 5), 1), call(spread(d, 3, 2), 0)]) for name in ("cummax", "cummin")),
    Operation("logcumsumexp", lambda d: [call(d.real(2, 3), 1), call(d.real(3, 2), 0)]),
    Operation(
        "prod",
        lambda d: [
            call(d.real(2, 3)),
            call(d.real(2, 3), 1),
            call(d.real(2, 3, 2), 1, keepdim=True),
            call(d.real()),
            call(d.real(0, 2)),
            call(np.array([[1.0, 0.0, 2.0], [0.0, 0.0, 3.0]]), 1),
        ],
    ),
]
