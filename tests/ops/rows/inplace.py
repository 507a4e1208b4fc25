"""The rows of autograd/ops/inplace.py."""

from __future__ import annotations

import numpy as np

from tests.helpers.operation import Operation, call

ROWS = [
    Operation("fill", lambda d: [call(d.real(2, 3), 2.5), call(d.real(2), d.real()), call(np.ones((0, 2)), 1.0)]),
]
