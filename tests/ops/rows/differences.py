"""The rows of autograd/ops/differences.py."""

from __future__ import annotations

import numpy as np

from tests.helpers.operation import Fixed, Operation, call

ROWS = [
    Operation(
        "diff",
        lambda d: [call(d.real(2, 4)), call(d.real(4, 2), 2, 0), call(d.real(3), prepend=d.real(1), append=d.real(2))],
    ),
    Operation(
        "trapezoid", lambda d: [call(d.real(2, 4)), call(d.real(4), d.real(4)), call(d.real(2, 4), dx=0.5, dim=0)]
    ),
    Operation(
        "gradient",
        lambda d: [
            call(d.real(4, 3)),
            call(d.real(5), spacing=2.0),
            call(d.real(4, 3), spacing=(Fixed(np.array([0.0, 1.0, 3.0, 4.0])),), dim=0, edge_order=2),
        ],
    ),
    Operation(
        "cumulative_trapezoid",
        lambda d: [call(d.real(2, 4)), call(d.real(4), d.real(4)), call(d.real(2, 4), dx=0.5, dim=0)],
    ),
]
