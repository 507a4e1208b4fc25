"""The rows of autograd/ops/comparison.py."""

from __future__ import annotations

import numpy as np

from tests.helpers.operation import Operation, binary, call, complex_unary, unary

ROWS = [
    *(Operation(name, unary(-3, 3), differentiable=False) for name in ("isnan", "isinf", "isfinite", "logical_not")),
    *(Operation(name, binary(), differentiable=False) for name in ("eq", "ne", "lt", "le", "gt", "ge")),
    *(
        Operation(
            name,
            lambda d: [call(d.complex(2, 3), d.complex(3)), call(np.array([1 + 2j, 1.0]), np.array([1 + 2j, 2.0]))],
            differentiable=False,
        )
        for name in ("eq", "ne")
    ),
    *(
        Operation(name, binary(scalars=False), differentiable=False)
        for name in ("logical_and", "logical_or", "logical_xor", "isclose")
    ),
    Operation("isposinf", unary(-2, 2), differentiable=False),
    Operation("isneginf", unary(-2, 2), differentiable=False),
    Operation(
        "isin",
        lambda d: [call(d.whole(2, 3), d.whole(3)), call(d.whole(4), d.whole(2), invert=True)],
        differentiable=False,
    ),
    *(Operation(name, complex_unary) for name in ("isreal", "isnan", "isfinite", "isinf")),
]
