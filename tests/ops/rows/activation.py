"""The rows of autograd/ops/activation.py."""

from __future__ import annotations

from tests.helpers.operation import Operation, complex_unary, unary

ROWS = [
    Operation("sigmoid", unary(-4, 4)),
    Operation("sigmoid", complex_unary),
    Operation("relu", unary(-3, 3, 0)),
    Operation("nn.functional.softplus", unary(-7, 7)),
    Operation("nn.functional.logsigmoid", unary(-7, 7)),
]
