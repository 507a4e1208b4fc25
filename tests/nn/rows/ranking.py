"""The rows of nn/functional/ranking.py."""

from __future__ import annotations

import numpy as np

from tests.helpers.operation import Draw, Fixed, Operation, call


def signs(draw: Draw, *shape: int) -> np.ndarray:
    return np.where(draw.mask(*shape), 1.0, -1.0)


ROWS = [
    Operation(
        "nn.functional.hinge_embedding_loss",
        lambda d: [call(d.real(2, 3), Fixed(signs(d, 2, 3)), margin=0.7)],
        redrawn=False,
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
        "nn.functional.triplet_margin_loss",
        lambda d: [call(d.real(4, 3), d.real(4, 3), d.real(4, 3), swap=s) for s in (False, True)],
        redrawn=False,
        integers=False,
    ),
]
