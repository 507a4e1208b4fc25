"""The rows of autograd/ops/shape.py."""

from __future__ import annotations

from tests.helpers.operation import Operation, call

ROWS = [
    Operation("reshape", lambda d: [call(d.real(2, 6), (3, 4)), call(d.real(2, 6), (-1,)), call(d.real(1), ())]),
    Operation("reshape", lambda d: [call(d.complex(2, 6), (3, 4))]),
    Operation("flatten", lambda d: [call(d.real(2, 3, 2)), call(d.real(2, 3, 2), 1), call(d.real())]),
    Operation("ravel", lambda d: [call(d.real(2, 3))]),
    Operation("unflatten", lambda d: [call(d.real(2, 6), 1, (2, -1))]),
    Operation(
        "squeeze",
        lambda d: [
            call(d.real(1, 3, 1)),
            call(d.real(1, 3, 1), 0),
            call(d.real(1, 3, 1), 1),
            call(d.real(1, 3, 1), (0, 2)),
        ],
    ),
    Operation("unsqueeze", lambda d: [call(d.real(3), 0), call(d.real(3), -1)]),
    Operation("permute", lambda d: [call(d.real(2, 3, 4), (2, 0, 1)), call(d.real(2, 3), (-1, 0))]),
    Operation("permute", lambda d: [call(d.complex(2, 3, 2), (2, 0, 1))]),
    Operation("transpose", lambda d: [call(d.real(2, 3, 4), 0, 2), call(d.real(2, 3), -1, -2)]),
    Operation("t", lambda d: [call(d.real(2, 3)), call(d.real(3))]),
    Operation("movedim", lambda d: [call(d.real(2, 3, 4), 0, -1), call(d.real(2, 3, 4), (0, 1), (2, 0))]),
    Operation("broadcast_to", lambda d: [call(d.real(1, 3), (2, 2, 3))]),
    Operation("clone", lambda d: [call(d.real(2, 3))]),
    Operation("narrow", lambda d: [call(d.real(4, 3), 0, 1, 2)]),
    Operation("select", lambda d: [call(d.real(4, 3), 1, -1)]),
    Operation("unbind", lambda d: [call(d.real(2, 3)), call(d.real(2, 3), 1)]),
    Operation("flip", lambda d: [call(d.real(2, 3), (0,)), call(d.real(2, 3), (0, 1))]),
    Operation("roll", lambda d: [call(d.real(2, 3), 1), call(d.real(2, 3), (1, -1), (0, 1))]),
    *(
        Operation(name, lambda d: [call(d.real()), call(d.real(3)), call(d.real(2, 3))])
        for name in ("atleast_1d", "atleast_2d", "atleast_3d")
    ),
    *(Operation(name, lambda d: [call(d.real(2, 3))]) for name in ("fliplr", "flipud", "adjoint")),
    Operation("rot90", lambda d: [call(d.real(2, 3), k, (0, 1)) for k in range(-1, 4)]),
    Operation("swapaxes", lambda d: [call(d.real(2, 3, 4), 0, 2)]),
    Operation("adjoint", lambda d: [call(d.complex(2, 3))]),
]
