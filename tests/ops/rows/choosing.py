"""The rows of autograd/ops/choosing.py."""

from __future__ import annotations

import numpy as np

from tests.helpers.operation import Fixed, Operation, binary, call, unary

ROWS = [
    *(Operation(name, binary(scalars=False, smooth=False)) for name in ("maximum", "minimum")),
    Operation(
        "clamp",
        lambda d: [
            call(d.real(2, 3), -1.0, 1.0),
            call(d.real(2, 3), min=0.5),
            call(d.real(2, 3), max=0.5),
            call(d.real(2, 3), d.real(3, low=-2, high=-1), d.real(3, low=0)),
            call(d.real(4, 3, low=-3, high=3), d.real(3, low=-1.5, high=-0.5), d.real(3, low=0.2, high=1)),
            call(d.real(4, 3), max=d.real(3, low=0.2, high=0.5)),
        ],
    ),
    Operation("clamp_min", lambda d: [call(d.real(2, 3), 0.5)]),
    Operation("clamp_max", lambda d: [call(d.real(2, 3), 0.5)]),
    Operation(
        "where",
        lambda d: [
            call(d.mask(2, 3), d.real(2, 3), d.real(3)),
            call(d.mask(3), d.real(2, 3), 0.5),
            call(d.mask(2, 1), 1.0, d.real(3)),
        ],
    ),
    Operation("where", lambda d: [call(d.mask(2, 3), d.complex(2, 3), d.complex(3))]),
    Operation("nan_to_num", unary(-2, 2)),
    Operation("fmax", binary(-2.0, 2.0, scalars=False, smooth=False)),
    Operation("fmin", binary(-2.0, 2.0, scalars=False, smooth=False)),
    Operation("heaviside", lambda d: [call(Fixed(np.array([-1.0, 0.0, 2.0])), Fixed(d.real(3)))], differentiable=False),
]
