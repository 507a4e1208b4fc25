"""The rows of autograd/ops/padding.py."""

from __future__ import annotations

from tests.helpers.operation import Operation, call

ROWS = [
    Operation(
        "nn.functional.pad",
        lambda d: [
            call(d.real(2, 3), (1, 2)),
            call(d.real(2, 3), (0, 1, 2, 0), value=1.5),
            call(d.real(2, 4), (-1, 1)),
        ],
    ),
    *(
        Operation(
            "nn.functional.pad",
            lambda d, m=m: [
                call(d.real(1, 2, 4), (2, 1), mode=m),
                call(d.real(1, 1, 4, 3), (1, 2, 3, 0), mode=m),
                call(d.real(1, 2, 5), (-2, 3), mode=m),
            ],
        )
        for m in ("reflect", "replicate", "circular")
    ),
    *(  # of a circle cut at the end torch reads what lies behind
        Operation(
            "nn.functional.pad",
            lambda d, m=m: [call(d.real(1, 2, 5), (3, -3), mode=m), call(d.real(1, 2, 5), (-1, -2), mode=m)],
        )
        for m in ("reflect", "replicate")
    ),
]
