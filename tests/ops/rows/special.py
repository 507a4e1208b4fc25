"""The rows of autograd/ops/special.py."""

from __future__ import annotations

import numpy as np

from tests.helpers.operation import Fixed, Operation, binary, call, unary

ROWS = [
    Operation("erf", unary(-2, 2)),
    Operation("digamma", unary(0.3, 4)),
    Operation("erfc", unary(-2, 2)),
    Operation("erfinv", unary(-0.9, 0.9)),
    Operation("lgamma", unary(0.3, 4)),
    Operation("logit", unary(0.1, 0.9)),
    Operation("logit", lambda d: [call(d.real(2, 3, low=0.1, high=0.9), eps=0.2)]),
    Operation("sinc", unary(-2, 2)),
    Operation("sinc", lambda d: [call(np.array([0.0, 1e-4, -3e-4, 0.5]))]),
    Operation("special.entr", unary(0.2, 3)),
    Operation("special.ndtr", unary(-2, 2)),
    Operation("special.ndtri", unary(0.1, 0.9)),
    Operation("special.log_ndtr", unary(-3, 3)),
    Operation("special.expit", unary(-3, 3)),
    Operation("special.psi", unary(0.3, 4)),
    Operation("special.gammaln", unary(0.3, 4)),
    Operation("special.erfcx", unary(-2, 4)),
    Operation("xlogy", lambda d: [call(d.real(2, 3), 2.5)]),
    Operation("xlogy", binary(0.3, 3.0, scalars=False)),
    Operation("special.xlog1py", binary(0.3, 3.0, scalars=False)),
    Operation("polygamma", lambda d: [call(n, d.real(2, 3, low=0.4, high=4)) for n in (0, 1, 2)]),
    Operation("mvlgamma", lambda d: [call(d.real(2, 3, low=2.0, high=4), 3)]),
    *(
        Operation(name, lambda d: [call(Fixed(d.real(2, 3, low=0.5, high=4)), d.real(3, low=0.3, high=6))])
        for name in ("igamma", "igammac", "special.gammainc", "special.gammaincc")
    ),
    Operation(
        "special.zeta",
        lambda d: [
            call(Fixed(d.real(2, 3, low=1.5, high=4)), d.real(3, low=0.3, high=6)),
            call(2.0, d.real(2, low=0.5)),
        ],
    ),
]
