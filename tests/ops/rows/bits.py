"""The rows of autograd/ops/bits.py."""

from __future__ import annotations

from tests.helpers.operation import Operation, call

ROWS = [
    *(
        Operation(name, lambda d: [call(d.whole(2, 3, high=30), d.whole(3))], differentiable=False)
        for name in ("bitwise_left_shift", "bitwise_right_shift")
    ),
]
