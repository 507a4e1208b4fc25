"""The rows of nn/functional/attention.py."""

from __future__ import annotations

import numpy as np

from tests.helpers.operation import Operation, call

ROWS = [
    Operation(
        "nn.functional.scaled_dot_product_attention",
        lambda d: [
            call(d.real(2, 3, 4), d.real(2, 5, 4), d.real(2, 5, 2)),
            call(d.real(2, 3, 4), d.real(2, 3, 4), d.real(2, 3, 4), is_causal=True),
            call(
                d.real(3, 4),
                d.real(5, 4),
                d.real(5, 2),
                np.array([[True] * 5, [True, False, True, False, True], [False] * 4 + [True]]),
            ),
            call(d.real(4, 3, 2), d.real(2, 3, 2), d.real(2, 3, 2), scale=0.3, enable_gqa=True),
        ],
        exact=False,
    ),
]
