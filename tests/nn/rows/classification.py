"""The rows of nn/functional/classification.py."""

from __future__ import annotations

import numpy as np

from tests.helpers.operation import Draw, Fixed, Operation, call


def signs(draw: Draw, *shape: int) -> np.ndarray:
    return np.where(draw.mask(*shape), 1.0, -1.0)


ROWS = [
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
    Operation("nn.functional.soft_margin_loss", lambda d: [call(d.real(2, 3), Fixed(signs(d, 2, 3)))]),
    Operation(
        "nn.functional.multilabel_soft_margin_loss", lambda d: [call(d.real(2, 3), Fixed(d.real(2, 3, low=0, high=1)))]
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
]
