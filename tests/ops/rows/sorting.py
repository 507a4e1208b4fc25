"""The rows of autograd/ops/sorting.py."""

from __future__ import annotations

import numpy as np

from tests.helpers.operation import Draw, Fixed, Operation, along, call, spread


def ordered(draw: Draw) -> np.ndarray:
    return np.sort(draw.real(7))


ROWS = [
    Operation("sort", along(distinct=True)),
    Operation(
        "sort",
        lambda d: [call(spread(d, 2, 4)), call(spread(d, 3, 2), 0), call(spread(d, 2, 4), -1, True), call(d.real())],
    ),
    Operation(
        "argsort",
        lambda d: [call(spread(d, 2, 4)), call(spread(d, 3, 2), 0), call(spread(d, 2, 4), descending=True)],
        differentiable=False,
    ),
    Operation("msort", lambda d: [call(spread(d, 3, 2))]),
    Operation(
        "topk",
        lambda d: [call(spread(d, 2, 5), 2), call(spread(d, 4, 2), 3, 0, False), call(spread(d, 4), 0)],
        integers=False,
    ),
    Operation("kthvalue", lambda d: [call(spread(d, 2, 5), 2), call(spread(d, 4, 2), 3, 0, True)], integers=False),
    Operation("median", lambda d: [call(spread(d, 2, 5)), call(spread(d, 2, 5), 1), call(spread(d, 4, 3), 0, True)]),
    Operation("nanmedian", lambda d: [call(spread(d, 2, 5)), call(spread(d, 2, 5), 1)]),
    Operation(
        "quantile",
        lambda d: [
            call(spread(d, 2, 5), 0.3),
            call(spread(d, 2, 5), Fixed(np.array([0.1, 0.75])), 1),
            call(spread(d, 5, 2), 0.4, 0, True),
            *(call(spread(d, 7), 0.37, interpolation=i) for i in ("lower", "higher", "nearest", "midpoint")),
        ],
    ),
    Operation("nanquantile", lambda d: [call(spread(d, 2, 5), 0.3, 1)]),
    Operation(
        "searchsorted",
        lambda d: [
            call(Fixed(ordered(d)), Fixed(d.real(2, 3))),
            call(Fixed(ordered(d)), 0.5, right=True),
            call(Fixed(np.sort(d.real(2, 5))), Fixed(d.real(2, 3))),
        ],
        differentiable=False,
        integers=False,
    ),
    Operation(
        "bucketize",
        lambda d: [call(Fixed(d.real(2, 3)), Fixed(ordered(d)), right=True)],
        differentiable=False,
        integers=False,
    ),
]
