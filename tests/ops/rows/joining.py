"""The rows of autograd/ops/joining.py."""

from __future__ import annotations

import numpy as np

from tests.helpers.operation import Operation, call

ROWS = [
    Operation(
        "cat",
        lambda d: [
            call([d.real(2, 3), d.real(1, 3)]),
            call([d.real(2, 1), d.real(2, 0), d.real(2, 2)], 1),
            call([d.real(2)], -1),
        ],
    ),
    Operation("cat", lambda d: [call([d.complex(2, 3), d.real(1, 3)])]),
    Operation("stack", lambda d: [call([d.real(2, 3), d.real(2, 3)]), call([d.real(2), d.real(2)], -1)]),
    Operation("split", lambda d: [call(d.real(5, 2), 2), call(d.real(2, 5), [1, 4], dim=1)]),
    Operation("chunk", lambda d: [call(d.real(5, 2), 3)]),
    *(
        Operation(name, lambda d: [call([d.real(3, 2), d.real(3, 2)]), call([d.real(3), d.real(3)])])
        for name in ("hstack", "vstack", "dstack", "column_stack", "row_stack")
    ),
    Operation("tensor_split", lambda d: [call(d.real(7, 2), 3), call(d.real(2, 7), (2, 5), 1)]),
    Operation("hsplit", lambda d: [call(d.real(2, 4), 2), call(d.real(4), (1, 3))]),
    Operation("vsplit", lambda d: [call(d.real(4, 2), 2)]),
    Operation("dsplit", lambda d: [call(d.real(2, 2, 4), 2)]),
    Operation("tile", lambda d: [call(d.real(2, 3), (2,)), call(d.real(3), (2, 2))]),
    Operation(
        "repeat_interleave",
        lambda d: [call(d.real(2, 3), 2), call(d.real(2, 3), 3, 1), call(d.real(3, 2), np.array([1, 0, 2]), 0)],
    ),
    Operation("block_diag", lambda d: [call(d.real(2, 3), d.real(1, 1), d.real(2, 1))]),
]
