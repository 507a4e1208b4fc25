"""The rows of autograd/ops/rounding.py."""

from __future__ import annotations

from tests.helpers.operation import Operation, call, unary

WHOLE = tuple(range(-7, 8))
HALVES = tuple(i + 0.5 for i in range(-7, 7))

ROWS = [
    Operation("floor", unary(-3, 3, *WHOLE)),
    Operation("ceil", unary(-3, 3, *WHOLE)),
    Operation("round", unary(-3, 3, *HALVES)),
    Operation(
        "round",
        lambda d: [call(d.real(2, 3), decimals=2), call(d.real(2, 3) * 100, decimals=-1)],
        differentiable=False,
        integers=False,
    ),
    Operation("trunc", unary(-3, 3, *WHOLE)),
    Operation("frac", unary(-3, 3, *WHOLE)),
]
