"""The rows of autograd/ops/linalg/spectral.py."""

from __future__ import annotations

from tests.helpers.operation import Fixed, Operation, call

ROWS = [
    Operation("linalg.pinv", lambda d: [call(d.real(3, 2)), call(d.real(2, 3)), call(d.real(2, 3, 3))]),
    Operation("linalg.pinv", lambda d: [call(d.complex(3, 2))], twice=False),
    Operation("linalg.svdvals", lambda d: [call(d.real(3, 2)), call(d.real(2, 2, 3))]),
    Operation("linalg.svdvals", lambda d: [call(d.complex(3, 2))], twice=False),
    Operation("linalg.matrix_rank", lambda d: [call(Fixed(d.real(3, 2)))], differentiable=False),
]
