"""The rows of autograd/ops/complex.py."""

from __future__ import annotations

from tests.helpers.operation import Operation, call, complex_unary, unary

ROWS = [
    Operation("angle", unary(-3, 3, 0)),
    *(Operation(name, complex_unary) for name in ("angle", "conj", "real", "imag")),
    Operation("complex", lambda d: [call(d.real(2, 3), d.real(3)), call(d.real(), d.real())], integers=False),
    Operation("polar", lambda d: [call(d.real(2, 3, low=0.3), d.real(2, 3))]),
    Operation("view_as_real", lambda d: [call(d.complex(2, 3)), call(d.complex())]),
    Operation("view_as_complex", lambda d: [call(d.real(3, 2)), call(d.real(2, 4, 2))], integers=False),
]
