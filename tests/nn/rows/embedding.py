"""The rows of nn/functional/embedding.py."""

from __future__ import annotations

import numpy as np

from tests.helpers.operation import Fixed, Operation, call, images

ROWS = [
    Operation("nn.functional.embedding", lambda d: [call(d.whole(2, 3, high=4), d.real(4, 2))], redrawn=False),
    Operation(
        "nn.functional.embedding",
        lambda d: [call(np.array([0, 1, 3, 1]), d.real(4, 2), padding_idx=1)],
        differentiable=False,
    ),
    Operation(
        "nn.functional.embedding", lambda d: [call(np.array([0, 2, 2]), Fixed(d.real(4, 2)), scale_grad_by_freq=True)]
    ),
    *(
        Operation(
            "nn.functional.embedding_bag",
            lambda d, m=m: [
                call(np.array([[0, 2, 1], [3, 3, 0]]), images(d, 4, 2), mode=m),
                call(np.array([0, 2, 3, 1]), images(d, 4, 2), np.array([0, 3]), mode=m, padding_idx=2),
            ],
            integers=False,
            redrawn=False,
        )
        for m in ("sum", "mean", "max")
    ),
    Operation(
        "nn.functional.embedding_bag",
        lambda d: [call(np.array([[0, 2], [3, 1]]), d.real(4, 2), mode="sum", per_sample_weights=d.real(2, 2))],
    ),
]
