"""The rows of nn/functional/loss.py."""

from __future__ import annotations

import numpy as np

from tests.helpers.operation import Draw, Fixed, Operation, call


def signs(draw: Draw, *shape: int) -> np.ndarray:
    return np.where(draw.mask(*shape), 1.0, -1.0)


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
    Operation(
        "nn.functional.binary_cross_entropy",
        lambda d: [
            *(
                call(d.real(2, 3, low=0.1, high=0.9), Fixed(d.real(2, 3, low=0, high=1)), reduction=r)
                for r in ("mean", "sum", "none")
            ),
            call(d.real(4, low=0.1, high=0.9), Fixed(d.real(4, low=0, high=1)), Fixed(d.real(4, low=0.5))),
            call(d.real(4, low=0.1, high=0.9), d.real(4, low=0.1, high=0.9), reduction="sum"),
        ],
    ),
    Operation(
        "nn.functional.binary_cross_entropy_with_logits",
        lambda d: [
            *(call(d.real(2, 3), d.real(2, 3, low=0, high=1), reduction=r) for r in ("mean", "sum", "none")),
            call(
                d.real(2, 3),
                Fixed(d.real(2, 3, low=0, high=1)),
                Fixed(d.real(3, low=0.5)),
                pos_weight=Fixed(d.real(3, low=0.5)),
            ),
        ],
    ),
    Operation(
        "nn.functional.nll_loss",
        lambda d: [
            call(d.real(4, 3), d.whole(4, high=3)),
            call(d.real(4, 3), d.whole(4, high=3), Fixed(d.real(3, low=0.5)), reduction="sum"),
            call(d.real(2, 3, 2), d.whole(2, 2, high=3), ignore_index=1),
            call(d.real(3), d.whole(high=3)),
            call(d.real(2, 3, 2, 2), d.whole(2, 2, 2, high=3), reduction="none"),
        ],
    ),
    Operation(
        "nn.functional.cross_entropy",
        lambda d: [
            call(d.real(4, 3), d.whole(4, high=3)),
            call(d.real(4, 3), d.whole(4, high=3), Fixed(d.real(3, low=0.5))),
            call(d.real(4, 3), d.whole(4, high=3), reduction="sum", label_smoothing=0.1),
            call(d.real(4, 3), d.whole(4, high=3), Fixed(d.real(3, low=0.5)), label_smoothing=0.2),
            call(d.real(4, 3), d.whole(4, high=3), reduction="none"),
            call(d.real(4, 3), np.array([0, -100, 2, 1])),
            call(d.real(4, 3), np.array([0, 1, 2, 1]), ignore_index=1, label_smoothing=0.1),
            call(d.real(2, 3, 2), d.whole(2, 2, high=3)),
            call(d.real(3), d.whole(high=3)),
            call(d.real(4, 3), d.real(4, 3, low=0, high=1)),
            call(d.real(2, 3, 2), d.real(2, 3, 2, low=0, high=1), label_smoothing=0.1, reduction="sum"),
            call(d.real(4, 3), d.real(4, 3, low=0, high=1), Fixed(d.real(3, low=0.5)), reduction="none"),
        ],
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
    Operation(
        "nn.functional.hinge_embedding_loss",
        lambda d: [call(d.real(2, 3), Fixed(signs(d, 2, 3)), margin=0.7)],
        redrawn=False,
    ),
    Operation("nn.functional.soft_margin_loss", lambda d: [call(d.real(2, 3), Fixed(signs(d, 2, 3)))]),
    Operation(
        "nn.functional.multilabel_soft_margin_loss", lambda d: [call(d.real(2, 3), Fixed(d.real(2, 3, low=0, high=1)))]
    ),
    Operation(
        "nn.functional.cosine_embedding_loss",
        lambda d: [call(d.real(4, 3), d.real(4, 3), Fixed(signs(d, 4)), 0.1)],
        redrawn=False,
        integers=False,
    ),
    Operation(
        "nn.functional.margin_ranking_loss",
        lambda d: [call(d.real(4), d.real(4), Fixed(signs(d, 4)), 0.3)],
        redrawn=False,
        integers=False,
    ),
    Operation(
        "nn.functional.multi_margin_loss",
        lambda d: [call(d.real(4, 3), d.whole(4, high=3)), call(d.real(3), d.whole(high=3), p=2)],
        redrawn=False,
    ),
    Operation(
        "nn.functional.multilabel_margin_loss",
        lambda d: [call(d.real(2, 4), np.array([[3, 0, -1, 1], [2, -1, 0, 0]]))],
        redrawn=False,
    ),
    Operation(
        "nn.functional.triplet_margin_loss",
        lambda d: [call(d.real(4, 3), d.real(4, 3), d.real(4, 3), swap=s) for s in (False, True)],
        redrawn=False,
        integers=False,
    ),
]
