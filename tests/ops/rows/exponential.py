"""The rows of autograd/ops/exponential.py."""

from __future__ import annotations

from tests.helpers.operation import Operation, binary, complex_unary, unary

ROWS = [
    Operation("exp", unary(-2, 2)),
    *(Operation(name, complex_unary) for name in ("exp", "exp2", "expm1", "log", "log2", "log10", "log1p")),
    Operation("exp2", unary(-2, 2)),
    Operation("expm1", unary(-2, 2)),
    Operation("log", unary(0.2, 4)),
    Operation("log2", unary(0.2, 4)),
    Operation("log10", unary(0.2, 4)),
    Operation("log1p", unary(-0.7, 3)),
    Operation("logaddexp", binary(0.2, 3.0, scalars=False)),
    Operation("logaddexp2", binary(-2.0, 2.0, scalars=False)),
]
