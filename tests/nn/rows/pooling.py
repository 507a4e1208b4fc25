"""The rows of nn/functional/pooling.py."""

from __future__ import annotations

import numpy as np

from tests.helpers.operation import Operation, call, images

ROWS = [
    Operation("nn.functional.max_pool1d", lambda d: [call(images(d, 2, 2, 7), 3, stride=2, padding=1)]),
    Operation(
        "nn.functional.max_pool2d",
        lambda d: [
            call(images(d, 2, 2, 4, 4), 2),
            call(images(d, 1, 2, 6, 5), 3, stride=2, padding=1),
            call(images(d, 2, 5, 5), (2, 3), stride=1),
            call(images(d, 1, 1, 6, 6), 2, stride=1, dilation=2),
            call(images(d, 1, 2, 5, 5), 2, ceil_mode=True),
        ],
    ),
    Operation("nn.functional.max_pool3d", lambda d: [call(images(d, 1, 1, 4, 4, 2), 2)]),
    Operation("nn.functional.avg_pool1d", lambda d: [call(d.real(2, 2, 7), 3, stride=2, padding=1)]),
    Operation(
        "nn.functional.avg_pool2d",
        lambda d: [
            call(d.real(2, 2, 4, 4), 2),
            call(d.real(1, 2, 6, 5), 3, stride=2, padding=1),
            call(d.real(1, 2, 6, 5), 3, stride=2, padding=1, count_include_pad=False),
            call(d.real(1, 2, 5, 5), 2, ceil_mode=True),
            call(d.real(2, 5, 5), (2, 3), stride=1, divisor_override=5),
        ],
    ),
    Operation("nn.functional.avg_pool3d", lambda d: [call(d.real(1, 1, 4, 4, 2), 2)]),
    *(
        Operation(
            f"nn.functional.lp_pool{n}d",
            lambda d, n=n: [
                call(d.real(1, 1, *(4,) * n, low=0.3), 2.0, 2),
                call(d.real(2, *(3,) * n, low=0.3), 3, 2, 1),
            ],
            integers=False,
        )
        for n in (1, 2, 3)
    ),
    *(
        Operation(
            f"nn.functional.adaptive_avg_pool{n}d",
            lambda d, n=n: [call(d.real(1, 1, *(4,) * n), 2), call(d.real(1, *(3,) * n), 2)],
        )
        for n in (1, 2, 3)
    ),
    *(
        Operation(
            f"nn.functional.adaptive_max_pool{n}d",
            lambda d, n=n: [call(images(d, 1, 1, *(4,) * n), 2), call(images(d, 1, *(3,) * n), 2, return_indices=True)],
            integers=False,
        )
        for n in (1, 2, 3)
    ),
    Operation("nn.functional.max_unpool1d", lambda d: [call(d.real(1, 2, 2), np.array([[[1, 2], [0, 3]]]), 2)]),
    Operation(
        "nn.functional.max_unpool2d",
        lambda d: [call(d.real(1, 1, 2, 2), np.array([[[[0, 3], [9, 14]]]]), 2, output_size=(4, 4))],
    ),
    Operation("nn.functional.max_unpool3d", lambda d: [call(d.real(1, 1, 1, 1, 2), np.array([[[[[0, 11]]]]]), 2)]),
]
