"""The rows of autograd/ops/linalg/solve.py."""

from __future__ import annotations

import numpy as np

from tests.helpers.matrices import complex_regular, regular, square_matrices
from tests.helpers.operation import Operation, call

ROWS = [
    Operation("linalg.solve", lambda d: [call(regular(d, 2), d.real(3, 1)), call(regular(d), d.real(2, 3, 1))]),
    Operation(
        "linalg.solve",
        lambda d: [
            call(regular(d), d.real(3, 2)),
            call(regular(d), d.real(3)),
            call(regular(d, 2), d.real(2, 3, 1)),
            call(regular(d), d.real(2, 3), left=False),
        ],
    ),
    Operation("linalg.solve", lambda d: [call(complex_regular(d), d.complex(3, 2))]),
    Operation("linalg.inv", square_matrices(regular)),
    Operation("linalg.inv", lambda d: [call(complex_regular(d))]),
    Operation(
        "cholesky_solve",
        lambda d: [call(d.real(3, 2), np.tril(regular(d))), call(d.real(3, 2), np.triu(regular(d)), upper=True)],
    ),
    Operation("cholesky_inverse", lambda d: [call(np.tril(regular(d)))], torch_gradient=False),
    Operation("linalg.tensorinv", lambda d: [call(regular(d, size=4).reshape(2, 2, 4), ind=2)]),
    Operation("linalg.tensorsolve", lambda d: [call(regular(d, size=4).reshape(2, 2, 4), d.real(2, 2))]),
]
