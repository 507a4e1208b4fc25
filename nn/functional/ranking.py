"""Losses of pairs and triplets: which shall be near, which far, which first."""

from __future__ import annotations

from collections.abc import Callable

import autograd
from autograd import Tensor
from autograd.engine.errors import OperationError
from autograd.ops.promotion import single_under_autocast

from ..reduction import legacy_reduction, reduced
from .distance import pairwise_distance


@single_under_autocast
def hinge_embedding_loss(
    input: Tensor,
    target: Tensor,
    margin: float = 1.0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """input where the target is 1, max(0, margin - input) where it is -1."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    near = autograd.where(target != -1, input, 0.0)
    far = autograd.where(target != 1, (margin - input).clamp(min=0), 0.0)
    return reduced("hinge_embedding_loss", near + far, reduction)


@single_under_autocast
def cosine_embedding_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0.0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """1 - cos(input1, input2) where the target is 1, max(0, cos - margin) where it is -1."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    if target.ndim > 1 or (target.ndim == 1 and input1.ndim != 2) or (target.ndim == 0 and input1.ndim != 1):
        raise OperationError(
            f"cosine_embedding_loss: expected (N, D), (N, D), (N,) or (D,), (D,), (), got {tuple(input1.shape)}, "
            f"{tuple(input2.shape)}, {tuple(target.shape)}"
        )
    x, y = autograd.broadcast_tensors(input1, input2)
    eps = 1e-12  # added to the squares, as torch does here
    cosine = (x * y).sum(-1) / ((x.square().sum(-1) + eps) * (y.square().sum(-1) + eps)).sqrt()
    near = autograd.where(target == 1, 1 - cosine, 0.0)
    far = autograd.where(target == -1, (cosine - margin).clamp(min=0), 0.0)
    return reduced("cosine_embedding_loss", near + far, reduction)


@single_under_autocast
def margin_ranking_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """max(0, margin - target (input1 - input2)): the target says which should be larger."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    if input1.ndim != input2.ndim or input1.ndim != target.ndim:
        raise OperationError(
            f"margin_ranking_loss: expected as many dimensions each, got {tuple(input1.shape)}, "
            f"{tuple(input2.shape)}, {tuple(target.shape)}"
        )
    return reduced("margin_ranking_loss", (margin - target * (input1 - input2)).clamp(min=0), reduction)


@single_under_autocast
def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """max(0, |a - p| - |a - n| + margin) (V. Balntas et al., 2016); `swap` takes the nearer of |a - n| and |p - n|."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    return triplet_margin_with_distance_loss(
        anchor,
        positive,
        negative,
        distance_function=lambda x, y: pairwise_distance(x, y, p, eps),
        margin=margin,
        swap=swap,
        reduction=reduction,
    )


def triplet_margin_with_distance_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    *,
    distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Tensor:
    """triplet_margin_loss with any distance."""
    if margin <= 0:
        raise ValueError(f"triplet_margin_loss: margin must be positive, got {margin}")
    distance = pairwise_distance if distance_function is None else distance_function
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = autograd.minimum(far, distance(positive, negative))
    return reduced("triplet_margin_loss", (near - far + margin).clamp(min=0), reduction)
