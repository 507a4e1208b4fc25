"""The rows of autograd/ops/linalg/lu.py."""

from __future__ import annotations

import numpy as np

from tests.helpers.matrices import complex_regular, regular
from tests.helpers.operation import Operation, call

ROWS = [
    Operation(
        "linalg.solve_triangular",
        lambda d: [
            call(regular(d), d.real(3, 2), upper=True),
            call(regular(d), d.real(3, 2), upper=False, unitriangular=True),
        ],
    ),
    Operation(
        "linalg.lu_factor",
        lambda d: [call(regular(d)), call(d.real(4, 3)), call(d.real(3, 4)), call(complex_regular(d, 2))],
        redrawn=False,
    ),
    Operation("linalg.lu", lambda d: [call(regular(d)), call(d.real(2, 4, 3)), call(d.real(3, 4))], redrawn=False),
    Operation("lu_solve", lambda d: [call(d.real(3, 2), regular(d), np.array([2, 3, 3], dtype=np.int32))]),
    Operation(
        "linalg.lu_solve",
        lambda d: [
            call(regular(d), np.array([2, 3, 3], dtype=np.int32), d.real(3, 2), adjoint=a) for a in (False, True)
        ],
    ),
    Operation(
        "triangular_solve",
        lambda d: [call(d.real(3, 2), regular(d)), call(d.real(3, 2), regular(d), upper=False, transpose=True)],
        torch_gradient=False,
    ),
]
