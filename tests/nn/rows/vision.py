"""The rows of nn/functional/vision.py."""

from __future__ import annotations

import numpy as np

from tests.helpers.operation import Draw, Operation, call


def grid(draw: Draw, *shape: int) -> np.ndarray:
    return draw.real(*shape, low=-1.2, high=1.2)


ROWS = [
    *(
        Operation(
            "nn.functional.grid_sample",
            lambda d, m=m, p=p, a=a: [
                call(d.real(1, 1, 3, 3), grid(d, 1, 2, 2, 2), mode=m, padding_mode=p, align_corners=a)
            ],
            integers=False,
            redrawn=False,
        )
        for m in ("bilinear", "nearest", "bicubic")
        for p in ("zeros", "border", "reflection")
        for a in (False, True)
    ),
    Operation(
        "nn.functional.grid_sample",
        lambda d: [call(d.real(1, 1, 3, 2, 3), grid(d, 1, 2, 2, 2, 3), align_corners=False)],
        integers=False,
        redrawn=False,
    ),
    Operation(
        "nn.functional.affine_grid",
        lambda d: (
            [call(d.real(2, 2, 3), (2, 1, 3, 4), align_corners=a) for a in (False, True)]
            + [call(d.real(1, 3, 4), (1, 1, 2, 3, 2), align_corners=False)]
        ),
        integers=False,
    ),
    Operation("nn.functional.pixel_shuffle", lambda d: [call(d.real(1, 8, 2, 3), 2)]),
    Operation("nn.functional.pixel_unshuffle", lambda d: [call(d.real(1, 2, 4, 6), 2)]),
    Operation("nn.functional.channel_shuffle", lambda d: [call(d.real(1, 6, 2, 2), 3)]),
]
