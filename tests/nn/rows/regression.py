"""The rows of nn/functional/regression.py."""

from __future__ import annotations

import numpy as np

from tests.helpers.operation import Draw, Fixed, Operation, call


def apart(draw: Draw, *shape: int) -> np.ndarray:
    return draw.real(*shape) * 3.0


ROWS = [
    Operation(
        "nn.functional.mse_loss",
        lambda d: [*(call(d.real(2, 3), d.real(2, 3), reduction=r) for r in ("mean", "sum", "none"))],
    ),
    Operation(
        "nn.functional.l1_loss",
        lambda d: [*(call(d.real(2, 3), d.real(2, 3), reduction=r) for r in ("mean", "sum", "none"))],
    ),
    *(
        Operation(
            "nn.functional.smooth_l1_loss",
            lambda d, r=r: [
                call(apart(d, 2, 3), apart(d, 2, 3), reduction=r),
                call(apart(d, 4), apart(d, 4), beta=0.5, reduction=r),
            ],
            redrawn=False,
        )
        for r in ("mean", "sum", "none")
    ),
    Operation("nn.functional.huber_loss", lambda d: [call(apart(d, 2, 3), apart(d, 2, 3), delta=1.5)], redrawn=False),
    *(
        Operation(
            "nn.functional.kl_div",
            lambda d, r=r: [
                call(d.real(2, 3), d.real(2, 3, low=0.1, high=0.9), reduction=r),
                call(d.real(2, 3), d.real(2, 3), log_target=True, reduction=r),
            ],
        )
        for r in ("batchmean", "sum", "none")
    ),
    Operation(
        "nn.functional.poisson_nll_loss",
        lambda d: [
            call(d.real(2, 3), Fixed(d.real(2, 3, low=0.2, high=4))),
            call(d.real(2, 3, low=0.3), Fixed(d.real(2, 3, low=0.2, high=4)), log_input=False, full=True),
        ],
    ),
    Operation(
        "nn.functional.gaussian_nll_loss",
        lambda d: [
            call(d.real(2, 3), d.real(2, 3), d.real(2, 3, low=0.3)),
            call(d.real(2, 3), d.real(2, 3), d.real(2, 1, low=0.3), full=True),
        ],
    ),
]
