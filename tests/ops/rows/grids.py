"""The rows of autograd/ops/grids.py."""

from __future__ import annotations

from tests.helpers.operation import Operation, call

ROWS = [
    *(Operation("meshgrid", lambda d, i=i: [call(d.real(2), d.real(3), d.real(2), indexing=i)]) for i in ("ij", "xy")),
    Operation("cartesian_prod", lambda d: [call(d.real(2), d.real(3))]),
    Operation("combinations", lambda d: [call(d.real(4), 2), call(d.real(3), 2, True)]),
    Operation("vander", lambda d: [call(d.real(3)), call(d.real(3), 2, True)], torch_gradient=False),
]
