"""The rows of autograd/ops/linalg/determinants.py."""

from __future__ import annotations

import numpy as np

from tests.helpers.matrices import complex_regular, positive, regular, square_matrices
from tests.helpers.operation import Operation, call

ROWS = [
    Operation("linalg.det", square_matrices(regular)),
    Operation(
        "linalg.det",
        lambda d: [
            call(np.zeros((3, 3))),
            call(np.diag([1.0, 0.0, 0.0, 2.0])),
            call(np.outer([1.0, 2.0, 3.0], [1.0, -1.0, 2.0])),
        ],
        integers=False,
        torch_gradient=False,
        redrawn=False,
    ),
    Operation("linalg.det", lambda d: [call(complex_regular(d, 2))]),
    Operation("linalg.slogdet", square_matrices(regular)),
    Operation("linalg.slogdet", lambda d: [call(complex_regular(d))]),
    Operation("logdet", lambda d: [call(positive(d))]),
]
