"""The rows of autograd/ops/arithmetic.py."""

from __future__ import annotations

import numpy as np

from tests.helpers.operation import Fixed, Operation, binary, call, complex_unary, unary

ROWS = [
    Operation("abs", unary(-3, 3, 0)),
    Operation("neg", unary(-3, 3)),
    *(Operation(name, complex_unary) for name in ("neg", "reciprocal", "square", "sqrt", "rsqrt", "abs", "sgn")),
    Operation("positive", unary(-3, 3)),
    Operation("square", unary(-3, 3)),
    Operation("reciprocal", unary(0.3, 3)),
    Operation("sqrt", unary(0.2, 4)),
    Operation("rsqrt", unary(0.2, 4)),
    Operation("sign", unary(-3, 3, 0)),
    *(Operation(name, binary()) for name in ("add", "sub", "mul")),
    Operation("add", lambda d: [call(d.real(2), d.real(2), alpha=2.5), call(d.real(2), 1.5, alpha=2)]),
    *(
        Operation(
            name,
            lambda d: [
                call(d.complex(2, 3), d.complex(3)),
                call(d.complex(2, 3), d.real(3)),
                call(d.real(2, 1), d.complex(3)),
                call(d.complex(2), 1.5 - 2j),
                call(d.real(2), 2j),
                call(d.complex(), d.complex(2)),
            ],
            integers=False,  # there is no complex dtype of half precision
        )
        for name in ("add", "sub", "mul", "div")
    ),
    Operation("rsub", binary()),
    Operation("sub", lambda d: [call(d.real(2), d.real(2), alpha=-0.5), call(d.real(2), 1.5, alpha=2)]),
    Operation("div", binary(0.5, 2.0, first=(-2.0, 2.0))),
    Operation(
        "div",
        lambda d: [call(d.real(2, 3), d.real(3, low=0.5), rounding_mode=m) for m in ("floor", "trunc")],
        differentiable=False,
    ),
    *(Operation(name, lambda d: binary(0.5, 2.0, first=(-3.0, 3.0))(d)) for name in ("remainder", "fmod")),
    Operation("floor_divide", lambda d: [call(Fixed(d.real(2, 3)), Fixed(d.real(3, low=0.5)))], differentiable=False),
    Operation("pow", binary(-2.0, 2.0, first=(0.3, 2.0))),
    Operation(
        "pow",
        lambda d: [
            call(d.real(2, 3), 2),
            call(d.real(2, 3), 3.0),
            call(d.real(2), 0),
            call(d.real(2), 1),
            call(1.5, d.real(2)),
        ],
    ),
    Operation(
        "pow",
        lambda d: [
            call(d.complex(2, 3), d.complex(3)),
            call(d.complex(2), 2),
            call(d.complex(2), 0.5 + 1j),
            call(d.complex(2), d.real(2)),
            call(1.5 + 1j, d.complex(2)),
        ],
    ),
    Operation("sgn", unary(-3, 3, 0)),
    Operation("signbit", unary(-2, 2), differentiable=False),
    Operation("hypot", binary(0.5, 2.0, scalars=False)),
    Operation("copysign", binary(0.5, 2.0, scalars=False)),
    Operation("copysign", lambda d: [call(np.array([-1.5, 0.5, 2.0, -0.3]), np.array([1.0, -2.0, 3.0, -4.0]))]),
    Operation("nextafter", lambda d: [call(d.real(2, 3), d.real(3))]),
    Operation("float_power", binary(0.5, 2.0, first=(0.5, 2.0))),
    Operation("ldexp", lambda d: [call(d.real(2, 3), Fixed(np.array([1.0, 2.0, -1.0])))]),
    Operation("lerp", lambda d: [call(d.real(2, 3), d.real(3), 0.3), call(d.real(2, 3), d.real(2, 3), d.real(3))]),
    Operation(
        "addcmul",
        lambda d: [call(d.real(2, 3), d.real(3), d.real(2, 1)), call(d.real(2), d.real(2), d.real(2), value=2)],
    ),
    Operation(
        "addcdiv",
        lambda d: [
            call(d.real(2, 3), d.real(3), d.real(2, 1, low=0.5)),
            call(d.real(2), d.real(2), d.real(2, low=0.5), value=-2),
        ],
    ),
    *(
        Operation(name, lambda d: [call(d.whole(2, 3, high=30), d.whole(3, high=30))], differentiable=False)
        for name in ("gcd", "lcm")
    ),
    Operation("frexp", lambda d: [call(d.real(2, 3)), call(np.array([0.6, 1.1, 9.0, 0.001, -3.0]))], redrawn=False),
]
