"""The rows of nn/functional/activation.py."""

from __future__ import annotations

from tests.helpers.operation import Operation, call, unary

ROWS = [
    Operation("nn.functional.relu", unary(-7, 7, 0)),
    Operation("nn.functional.relu6", unary(-7, 7, 0, 6)),
    Operation("nn.functional.hardtanh", unary(-7, 7, -1, 1)),
    Operation("nn.functional.leaky_relu", unary(-7, 7, 0)),
    Operation("nn.functional.elu", unary(-7, 7, 0)),
    Operation("nn.functional.sigmoid", unary(-7, 7)),
    Operation("nn.functional.tanh", unary(-7, 7)),
    Operation("nn.functional.silu", unary(-7, 7)),
    Operation("nn.functional.gelu", unary(-7, 7)),
    Operation("nn.functional.gelu", lambda d: [call(d.real(2, 3), approximate="tanh")]),
    Operation(
        "nn.functional.softmax",
        lambda d: [call(d.real(2, 3), dim=1), call(d.real(2, 3, 2), dim=-2), call(d.real(), dim=0)],
    ),
    Operation("nn.functional.log_softmax", lambda d: [call(d.real(2, 3), dim=1), call(d.real(2, 3, 2), dim=0)]),
    Operation("nn.functional.celu", unary(-7, 7, 0), exact=False),
    Operation("nn.functional.selu", unary(-7, 7, 0), exact=False),
    Operation("nn.functional.mish", unary(-7, 7), exact=False),
    Operation("nn.functional.hardsigmoid", unary(-7, 7, -3, 3), exact=False),
    Operation("nn.functional.hardswish", unary(-7, 7, -3, 3), exact=False),
    Operation("nn.functional.hardshrink", unary(-7, 7, -0.5, 0.5), exact=False),
    Operation("nn.functional.softshrink", unary(-7, 7, -0.5, 0.5), exact=False),
    Operation("nn.functional.tanhshrink", unary(-7, 7), exact=False),
    Operation("nn.functional.softsign", unary(-7, 7, 0), exact=False),
    Operation("nn.functional.threshold", lambda d: [call(d.real(2, 3), 0.1, 2.0)], redrawn=False),
    Operation("nn.functional.glu", lambda d: [call(d.real(2, 4)), call(d.real(4, 3), 0)]),
    Operation(
        "nn.functional.prelu",
        lambda d: [call(d.real(2, 3), d.real(1)), call(d.real(2, 3, 2), d.real(3))],
        redrawn=False,
    ),
    Operation("nn.functional.rrelu", lambda d: [call(d.real(2, 3))], redrawn=False),
    Operation("nn.functional.softmin", lambda d: [call(d.real(2, 3), 1)]),
]
