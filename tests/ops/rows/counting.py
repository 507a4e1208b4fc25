"""The rows of autograd/ops/counting.py."""

from __future__ import annotations

import numpy as np

from tests.helpers.operation import Fixed, Operation, call

ROWS = [
    Operation(
        "unique",
        lambda d: [
            call(d.whole(3, 4)),
            call(d.whole(7), return_inverse=True, return_counts=True),
            call(d.whole(6, 2, high=2), dim=0, return_counts=True),
        ],
        differentiable=False,
    ),
    Operation(
        "unique_consecutive",
        lambda d: [call(d.whole(9, high=2), return_inverse=True, return_counts=True)],
        differentiable=False,
    ),
    Operation(
        "bincount",
        lambda d: [call(d.whole(9)), call(d.whole(5), Fixed(d.real(5))), call(d.whole(5), minlength=9)],
        differentiable=False,
    ),
    Operation("histc", lambda d: [call(d.real(20), 5), call(d.real(20), 4, -1, 1)], differentiable=False),
    Operation(
        "histogram",
        lambda d: [
            call(Fixed(d.real(20)), 5),
            call(Fixed(d.real(20)), 4, range=(-1.0, 1.0), density=True),
            call(Fixed(d.real(9)), Fixed(np.array([-2.0, 0.0, 0.5, 2.0])), weight=Fixed(d.real(9))),
        ],
        differentiable=False,
        integers=False,
    ),
    Operation("histogramdd", lambda d: [call(Fixed(d.real(20, 2)), [3, 4])], differentiable=False, integers=False),
]
