"""The rows of autograd/ops/indexing.py."""

from __future__ import annotations

import numpy as np

from tests.helpers.operation import Operation, call

ROWS = [
    Operation(
        "gather", lambda d: [call(d.real(3, 4), 1, d.whole(3, 2, high=4)), call(d.real(3, 4), 0, d.whole(2, 3, high=3))]
    ),
    Operation("gather", lambda d: [call(d.complex(3, 4), 1, d.whole(3, 2, high=4))]),
    Operation(
        "index_select", lambda d: [call(d.real(3, 4), 0, np.array([2, 0, 2])), call(d.real(3, 4), 1, np.array([3]))]
    ),
    Operation(
        "masked_fill", lambda d: [call(d.real(2, 3), d.mask(2, 3), 1.5), call(d.real(2, 3), d.mask(3), d.real())]
    ),
    Operation("masked_select", lambda d: [call(d.real(2, 3), d.mask(2, 3)), call(d.real(2, 3), d.mask(3))]),
    Operation("masked_select", lambda d: [call(d.complex(2, 3), np.array([[True, False, True], [False, True, True]]))]),
    Operation("take", lambda d: [call(d.real(3, 4), np.array([[0, 11], [5, 5]]))]),
    Operation(
        "take_along_dim",
        lambda d: [
            call(d.real(3, 4), d.whole(3, 2, high=4), 1),
            call(d.real(3, 4), d.whole(1, 4, high=3), 0),
            call(d.real(3, 4), d.whole(5, high=12)),
        ],
    ),
    Operation(
        "nonzero_static",
        lambda d: [call(d.mask(2, 3), size=3), call(d.mask(2, 3), size=9, fill_value=-7)],
        differentiable=False,
    ),
    Operation("unravel_index", lambda d: [call(d.whole(4, high=12), (3, 4))], differentiable=False),
]
