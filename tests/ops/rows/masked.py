"""The rows of autograd/ops/masked.py."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.helpers.operation import Call, Draw, Operation, call, spread as around_zero

SOME = np.array([[True, False, True], [True, True, False]])


def spread(d: Draw, *shape: int) -> np.ndarray:
    """Values no two of which are close, and none near 0."""
    return around_zero(d, *shape) + 0.05


def _over(*before: Any, **more: Any) -> Any:
    """All elements, one dimension and several, with masks of the whole and of a part of the shape."""

    def samples(d: Draw) -> list[Call]:
        return [
            call(spread(d, 2, 3), *before, mask=SOME, **more),
            call(spread(d, 2, 3), *before, dim=1, mask=SOME, **more),
            call(spread(d, 2, 2, 3), *before, dim=(0, 2), keepdim=True, mask=SOME, **more),
            call(spread(d, 2, 3), *before, dim=1, mask=np.array([True, False, True]), **more),
            call(spread(d, 2, 3), *before, dim=-1, **more),
        ]

    return samples


def _along(*before: Any) -> Any:
    def samples(d: Draw) -> list[Call]:
        return [
            call(spread(d, 2, 3), *before, dim=1, mask=SOME),
            call(spread(d, 2, 3), *before, dim=-2, mask=SOME[:, :1] | SOME),
            call(spread(d, 2, 3), *before, dim=0),
        ]

    return samples


def _of_none(d: Draw) -> list[Call]:
    """A row of which the mask leaves nothing."""
    return [call(spread(d, 2, 3), dim=1, mask=np.array([[True, True, False], [False, False, False]]))]


ROWS = [
    *(Operation(f"masked.{name}", _over(), redrawn=False) for name in ("sum", "prod", "amax", "amin")),
    *(Operation(f"masked.{name}", _of_none, redrawn=False) for name in ("sum", "prod")),
    *(
        Operation(f"masked.{name}", _of_none, differentiable=False, integers=False, torch_gradient=False)
        for name in ("amax", "amin", "mean", "var", "softmax", "log_softmax", "softmin")
    ),
    *(Operation(f"masked.{name}", _over(), integers=False) for name in ("mean", "var", "std", "logsumexp")),
    Operation("masked.var", _over(correction=0), integers=False),
    Operation("masked.std", _over(unbiased=False), integers=False),
    *(
        Operation("masked.norm", _over(order), twice=False, redrawn=False, integers=False)
        for order in (2.0, 1, 3.0, float("inf"))
    ),
    *(Operation(f"masked.{name}", _along(), integers=False) for name in ("softmax", "softmin")),
    Operation("masked.log_softmax", lambda d: [call(d.real(2, 3), 1, mask=SOME | True), call(d.real(2, 3), 0)]),
    *(Operation(f"masked.{name}", _along(), redrawn=False) for name in ("cumsum", "cumprod")),
    Operation("masked.normalize", _along(2.0), redrawn=False, integers=False),
    Operation("masked.median", _along(), redrawn=False, integers=False),
    Operation(
        "masked.logaddexp",
        lambda d: [
            call(d.real(2, 3), d.real(2, 3), input_mask=SOME, other_mask=~SOME),
            call(d.real(2, 3), d.real(3)),
        ],
        integers=False,
    ),
]
