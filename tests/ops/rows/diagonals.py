"""The rows of autograd/ops/diagonals.py."""

from __future__ import annotations

from tests.helpers.operation import Operation, call

ROWS = [
    Operation("tril", lambda d: [call(d.real(3, 3)), call(d.real(2, 3, 4), 1)]),
    Operation("triu", lambda d: [call(d.real(3, 3)), call(d.real(2, 3, 4), -1)]),
    Operation(
        "diagonal",
        lambda d: [
            call(d.real(3, 4)),
            call(d.real(3, 4), 1),
            call(d.real(4, 3), -2),
            call(d.real(2, 3, 4), 0, 0, 2),
            call(d.real(2, 2), 5),
        ],
    ),
    Operation("diag_embed", lambda d: [call(d.real(3)), call(d.real(2, 3), 1), call(d.real(2, 3), -1, 0, 2)]),
    Operation("diag", lambda d: [call(d.real(3)), call(d.real(3, 4), 1), call(d.real(3), -1)]),
    Operation("diagflat", lambda d: [call(d.real(2, 2))]),
    Operation("trace", lambda d: [call(d.real(3, 4))]),
    Operation("linalg.diagonal", lambda d: [call(d.real(2, 3, 4)), call(d.real(3, 3), offset=1)]),
]
