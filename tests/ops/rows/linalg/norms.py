"""The rows of autograd/ops/linalg/norms.py."""

from __future__ import annotations

from tests.helpers.matrices import regular
from tests.helpers.operation import Operation, call

ROWS = [
    Operation(
        "norm",
        lambda d: [
            call(d.real(2, 3)),
            call(d.real(2, 3), 1),
            call(d.real(2, 3), 2, dim=1),
            call(d.real(2, 3), 3.0, dim=0, keepdim=True),
        ],
    ),
    Operation("norm", lambda d: [call(d.complex(2, 3)), call(d.complex(2, 3), 1, 1), call(d.complex(2, 3), 3.0)]),
    Operation("dist", lambda d: [call(d.real(2, 3), d.real(2, 3)), call(d.real(3), d.real(3), 1)]),
    Operation("renorm", lambda d: [call(d.real(3, 4) * 2, 2, 0, 1.5), call(d.real(3, 4), 1, 1, 2.0)]),
    Operation(
        "cdist",
        lambda d: [
            call(d.real(3, 2), d.real(4, 2)),
            call(d.real(2, 3, 2), d.real(2, 2, 2), p=1.0),
            call(d.real(3, 2), d.real(4, 2), p=float("inf")),
        ],
    ),
    Operation("pdist", lambda d: [call(d.real(4, 2))]),
    Operation(
        "cosine_similarity", lambda d: [call(d.real(3, 4), d.real(3, 4)), call(d.real(3, 4), d.real(3, 4), dim=0)]
    ),
    Operation(
        "linalg.vector_norm",
        lambda d: [
            call(d.real(2, 3)),
            call(d.real(2, 3), 1, 1),
            call(d.real(2, 3), 3, 0, True),
            call(d.real(2, 3), float("inf")),
        ],
    ),
    Operation(
        "linalg.matrix_norm",
        lambda d: (
            [call(d.real(2, 3), o) for o in ("fro", "nuc", 1, -1, 2, -2, float("inf"))]
            + [call(d.real(2, 3, 2), "fro", (0, 1), True)]
        ),
    ),
    Operation(
        "linalg.norm",
        lambda d: [
            call(d.real(2, 3)),
            call(d.real(2, 3), 2),
            call(d.real(3), 1),
            call(d.real(2, 3), "nuc"),
            call(d.real(2, 3, 2), 1, (0, 1)),
        ],
    ),
    Operation("linalg.cond", lambda d: [call(regular(d)), call(regular(d), 1)], torch_gradient=False),
]
