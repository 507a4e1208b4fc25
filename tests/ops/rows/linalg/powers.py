"""The rows of autograd/ops/linalg/powers.py."""

from __future__ import annotations

from tests.helpers.matrices import complex_regular, regular
from tests.helpers.operation import Fixed, Operation, call

ROWS = [
    Operation("matrix_exp", lambda d: [call(d.real(3, 3))], integers=False),
    Operation(
        "linalg.matrix_power", lambda d: [call(regular(d), n) for n in (1, 2, 5, -2)] + [call(Fixed(regular(d)), 0)]
    ),
    Operation("linalg.matrix_power", lambda d: [call(complex_regular(d), 3)]),
    Operation("linalg.matrix_exp", lambda d: [call(d.real(3, 3)), call(d.real(2, 2, 2) * 5)], integers=False),
]
