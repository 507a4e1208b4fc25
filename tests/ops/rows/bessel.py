"""The rows of autograd/ops/bessel.py."""

from __future__ import annotations

from tests.helpers.operation import Operation, unary

ROWS = [
    Operation("i0", unary(-4, 4)),
    Operation("special.i0e", unary(-4, 4, 0)),
    Operation("special.i1", unary(-4, 4)),
    Operation("special.i1e", unary(-4, 4, 0)),
    Operation("special.bessel_j0", unary(-5, 5), torch_gradient=False, exact=False),
    Operation("special.bessel_j1", unary(-5, 5), torch_gradient=False, exact=False),
    Operation("special.bessel_y0", unary(0.3, 5), torch_gradient=False, exact=False),
    Operation("special.bessel_y1", unary(0.5, 5), torch_gradient=False, exact=False),
    Operation("special.modified_bessel_i0", unary(-3, 3), torch_gradient=False, exact=False),
    Operation("special.modified_bessel_i1", unary(-3, 3), torch_gradient=False, exact=False),
    Operation("special.modified_bessel_k0", unary(0.3, 5), torch_gradient=False, exact=False),
    Operation("special.modified_bessel_k1", unary(0.5, 5), torch_gradient=False, exact=False),
    Operation("special.scaled_modified_bessel_k0", unary(0.3, 5), torch_gradient=False, exact=False),
    Operation("special.scaled_modified_bessel_k1", unary(0.5, 5), torch_gradient=False, exact=False),
    Operation("special.airy_ai", unary(-11, 4), torch_gradient=False, exact=False),
    Operation("special.spherical_bessel_j0", unary(-3, 3), torch_gradient=False, exact=False),
]
