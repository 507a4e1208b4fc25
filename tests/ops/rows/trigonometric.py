"""The rows of autograd/ops/trigonometric.py."""

from __future__ import annotations

from tests.helpers.operation import Operation, binary, complex_unary, unary

ROWS = [
    Operation("sin", unary(-3, 3)),
    *(
        Operation(name, complex_unary)
        for name in ("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh")
    ),
    Operation("cos", unary(-3, 3)),
    Operation("tan", unary(-1.2, 1.2)),
    Operation("asin", unary(-0.9, 0.9)),
    Operation("acos", unary(-0.9, 0.9)),
    Operation("atan", unary(-3, 3)),
    Operation("sinh", unary(-2, 2)),
    Operation("cosh", unary(-2, 2)),
    Operation("tanh", unary(-2, 2)),
    Operation("asinh", unary(-3, 3)),
    Operation("acosh", unary(1.2, 4)),
    Operation("atanh", unary(-0.9, 0.9)),
    Operation("atan2", binary(0.2, 3.0, scalars=False)),
    Operation("deg2rad", unary(-90, 90)),
    Operation("rad2deg", unary(-3, 3)),
]
