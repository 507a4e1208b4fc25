"""The rows of nn/functional/bilinear.py."""

from __future__ import annotations

from tests.helpers.operation import Operation, call

ROWS = [
    Operation("nn.functional.bilinear", lambda d: [call(d.real(2, 3), d.real(2, 2), d.real(4, 3, 2), d.real(4))]),
]
