"""The rows of autograd/ops/softmax.py."""

from __future__ import annotations

from tests.helpers.operation import Operation, along, call

ROWS = [
    Operation("softmax", lambda d: [call(d.real(2, 3), 1)]),
    *(Operation(name, along()) for name in ("softmax", "log_softmax")),
    Operation("log_softmax", lambda d: [call(d.real(2, 3), 1)]),
]
