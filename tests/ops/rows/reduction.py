"""The rows of autograd/ops/reduction.py."""

from __future__ import annotations

from tests.helpers.operation import Fixed, Operation, call, one_dim, reduced, spread

ROWS = [
    *(Operation(name, reduced()) for name in ("sum", "mean")),
    *(
        Operation(name, lambda d: [call(d.complex(2, 3)), call(d.complex(2, 3), 1), call(d.complex(2, 3), dim=0)])
        for name in ("sum", "mean")
    ),
    *(Operation(name, lambda d: reduced()(d)[:1] + reduced()(d)[2:]) for name in ("std", "var")),
    Operation("std", lambda d: [call(d.real(2, 3), 1, correction=0)]),
    Operation("logsumexp", lambda d: [call(d.real(2, 3), 1), call(d.real(2, 3, 2), (0, 2), keepdim=True)]),
    Operation("var", lambda d: [call(d.real(2, 3), 1, correction=0), call(d.real(2, 3), unbiased=False)]),
    Operation("var_mean", lambda d: [call(d.real(2, 3), 1)]),
    Operation("std_mean", lambda d: [call(d.real(2, 3), 1)]),
    *(
        Operation(
            name, lambda d: [call(d.real(2, 3), 1), call(d.real(2, 3, 2), (0, 2), keepdim=True), call(d.real(2, 3))]
        )
        for name in ("amax", "amin")
    ),
    *(Operation(name, lambda d: [*one_dim(d), call(d.real(2, 3), d.real(3))]) for name in ("max", "min")),
    *(Operation(name, one_dim, differentiable=False) for name in ("argmax", "argmin")),
    *(
        Operation(
            name,
            lambda d: [call(d.mask(2, 3)), call(d.mask(2, 3), 1), call(d.mask(2, 3), dim=0, keepdim=True)],
            differentiable=False,
        )
        for name in ("any", "all")
    ),
    Operation("count_nonzero", lambda d: [call(d.mask(2, 3)), call(d.mask(2, 3), 1)], differentiable=False),
    *(Operation(name, lambda d: [call(d.complex(2, 3), 1), call(d.complex(4, 2), 0)]) for name in ("var", "std")),
    Operation("nansum", reduced()),
    Operation("nanmean", reduced()),
    Operation(
        "aminmax",
        lambda d: [call(spread(d, 2, 3)), call(spread(d, 2, 3), dim=1), call(spread(d, 2, 3), dim=0, keepdim=True)],
    ),
    Operation("cov", lambda d: [call(d.real(3, 5)), call(d.real(5)), call(d.real(3, 5), correction=0)]),
    Operation(
        "cov",
        lambda d: [
            call(d.real(3, 5), fweights=d.whole(5, low=1)),
            call(d.real(3, 5), aweights=Fixed(d.real(5, low=0.5))),
            call(d.complex(3, 5)),
        ],
    ),
    Operation("corrcoef", lambda d: [call(d.real(3, 5))]),
]
