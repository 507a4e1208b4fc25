"""The rows of nn/functional/distance.py."""

from __future__ import annotations

from tests.helpers.operation import Operation, call

ROWS = [
    Operation(
        "nn.functional.pairwise_distance",
        lambda d: [call(d.real(3, 4), d.real(3, 4)), call(d.real(3, 4), d.real(4), p=1.0, keepdim=True)],
        redrawn=False,
    ),
]
