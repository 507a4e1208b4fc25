"""The rows of autograd/ops/scatter.py."""

from __future__ import annotations

import numpy as np

from tests.helpers.operation import Fixed, Operation, call, spread

ROWS = [
    Operation(
        "scatter_add",
        lambda d: [
            call(d.real(3, 4), 1, d.whole(2, 3, high=4), d.real(2, 3)),
            call(d.real(3, 4), 0, d.whole(2, 3, high=3), Fixed(d.real(3, 4))),
        ],
    ),
    Operation(
        "scatter",
        lambda d: [
            call(d.real(3, 4), 1, np.array([[0, 2], [3, 1]]), d.real(2, 2)),
            call(d.real(3, 4), 0, np.array([[2, 1, 0, 1]]), 1.5),
        ],
    ),
    *(
        Operation(
            "scatter_reduce",
            lambda d, r=r: [
                call(d.real(3, 4), 1, d.whole(3, 4, high=4), spread(d, 3, 4), reduce=r),
                call(d.real(3), 0, d.whole(5, high=3), spread(d, 5), r, include_self=False),
            ],
        )
        for r in ("sum", "mean", "amax", "amin", "prod")
    ),
    Operation(
        "index_add",
        lambda d: [
            call(d.real(3, 4), 0, np.array([2, 0, 2]), d.real(3, 4)),
            call(d.real(3, 4), 1, np.array([1]), d.real(3, 1), alpha=2),
        ],
    ),
    Operation("index_add", lambda d: [call(d.complex(3, 4), 0, np.array([2, 0, 2]), d.complex(3, 4))]),
    Operation("index_copy", lambda d: [call(d.real(3, 4), 0, np.array([2, 0]), d.real(2, 4))]),
    Operation(
        "index_fill",
        lambda d: [call(d.real(3, 4), 1, np.array([2, 0]), 1.5), call(d.real(3, 4), 1, np.array([2, 0]), d.real())],
    ),
    Operation(
        "index_put",
        lambda d: [
            call(d.real(3, 4), (np.array([0, 2]), np.array([1, 3])), d.real(2)),
            call(d.real(3, 4), (np.array([0, 0]),), d.real(2, 4), accumulate=True),
        ],
    ),
    Operation(
        "masked_scatter",
        lambda d: [call(d.real(2, 3), np.array([[True, False, True], [False, True, False]]), d.real(4))],
    ),
    Operation("select_scatter", lambda d: [call(d.real(2, 3), d.real(2), 1, 0)]),
    Operation(
        "slice_scatter",
        lambda d: [call(d.real(4, 3), d.real(2, 3), 0, 1, 3), call(d.real(4, 3), d.real(4, 2), dim=1, start=0, step=2)],
    ),
    Operation(
        "diagonal_scatter",
        lambda d: [call(d.real(3, 3), d.real(3)), call(d.real(3, 4), d.real(3), 1), call(d.real(4, 3), d.real(2), -2)],
    ),
    *(
        Operation(
            "index_reduce",
            lambda d, r=r: [
                call(d.real(3, 2), 0, np.array([2, 0, 2, 1]), spread(d, 4, 2), r),
                call(d.real(3, 2), 0, np.array([2, 0, 2]), spread(d, 3, 2), r, include_self=False),
            ],
        )
        for r in ("mean", "amax", "amin", "prod")
    ),
]
