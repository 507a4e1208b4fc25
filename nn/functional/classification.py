"""Losses of classes: cross entropies and margins."""

from __future__ import annotations

import autograd
from autograd import Tensor
from autograd.engine.errors import OperationError
from autograd.ops.activation import logsigmoid
from autograd.ops.cross_entropy import (
    binary_cross_entropy as _binary_cross_entropy,
    binary_cross_entropy_of_logits as _binary_cross_entropy_of_logits,
    check_probabilities,
    cross_entropy as _cross_entropy,
    expected_classes,
)
from autograd.ops.indexing import check_class_indices
from autograd.ops.promotion import require_tensors, rounded_once, single_under_autocast

from ..reduction import legacy_reduction, reduced


def _same_shape(name: str, input: Tensor, target: Tensor) -> None:
    require_tensors(name, input, target)
    if input.shape != target.shape:
        raise ValueError(
            f"{name}: target of shape {tuple(target.shape)} must be the same as input of shape {tuple(input.shape)}"
        )


@single_under_autocast
def binary_cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """-(target log(input) + (1 - target) log(1 - input)), the logarithms not below -100."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    _same_shape("binary_cross_entropy", input, target)
    check_probabilities("binary_cross_entropy", input=input, target=target)
    losses = _binary_cross_entropy(input, target)
    return reduced("binary_cross_entropy", losses if weight is None else losses * weight, reduction)


@single_under_autocast
def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """binary_cross_entropy(sigmoid(input), target) without overflow; `pos_weight` weighs the positives."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    _same_shape("binary_cross_entropy_with_logits", input, target)
    losses = _binary_cross_entropy_of_logits(input, target, pos_weight)
    return reduced("binary_cross_entropy_with_logits", losses if weight is None else losses * weight, reduction)


def _rows(x: Tensor) -> Tensor:
    """(N, C, d1, ...) or (C,) as (rows, C)."""
    dimensions = x._array.ndim
    if dimensions == 1:
        return x.unsqueeze(0)
    return x if dimensions == 2 else x.movedim(1, -1).reshape(-1, x.shape[1])


def _check_classes(name: str, input: Tensor, target: Tensor, weight: Tensor | None, ignore_index: int) -> None:
    require_tensors(name, input, target)
    shape = input._array.shape
    expected = shape[:1] + shape[2:] if len(shape) > 1 else ()
    if target._array.shape != expected:
        raise OperationError(
            f"{name}: input of shape {tuple(input.shape)} needs class indices of shape {expected}, "
            f"got {tuple(target.shape)}"
        )
    if target.dtype.is_floating_point:
        raise OperationError(f"{name}: class indices are integers, got {target.dtype}")
    classes = shape[1 if len(shape) > 1 else 0]
    check_class_indices(name, target, classes, ignore_index)
    if weight is not None:
        require_tensors(f"{name}: weight", weight)
        if tuple(weight.shape) != (classes,):
            raise OperationError(f"{name}: expected a weight a class, {(classes,)}, got shape {tuple(weight.shape)}")


@single_under_autocast
def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """-sum(expected * log_softmax(input)) over the classes.

    input (N, C), (C,) or (N, C, d1, ...); target: class indices of that shape without C, or
    probabilities of the same shape. `weight` (C,) weighs the classes, `ignore_index` is a class that
    does not count, `label_smoothing` mixes in the uniform distribution (C. Szegedy et al., 2015).

    >>> import autograd, nn.functional as F
    >>> F.cross_entropy(autograd.zeros(1, 4), autograd.tensor([2]))
    tensor(1.3863)
    """
    reduction = legacy_reduction(size_average, reduce, reduction)
    require_tensors("cross_entropy", input, target)
    x = _rows(input)
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"cross_entropy: reduction is 'none', 'mean' or 'sum', got {reduction!r}")
    if target._array.shape == input._array.shape and target.dtype.is_floating_point:
        expected = _rows(target)
    else:
        _check_classes("cross_entropy", input, target, weight, ignore_index)
        expected = target if target._array.ndim == 1 else target.reshape(-1)
    loss = _cross_entropy(x, expected, weight, ignore_index, float(label_smoothing), reduction)
    return loss if reduction != "none" else loss.reshape(input.shape[:1] + input.shape[2:] if input.ndim > 1 else ())


@single_under_autocast
@rounded_once
def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """-input[target], the input holding log-probabilities (N, C), (C,) or (N, C, d1, ...)."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    _check_classes("nll_loss", input, target, weight, ignore_index)
    x = _rows(input)
    expected = expected_classes(target.reshape(-1), weight, x.shape[1], ignore_index, 0.0, x.dtype)
    losses = -autograd.where(expected == 0, 0.0, x * expected).sum(1)
    if reduction == "mean":
        return losses.sum() / expected.sum()
    return reduced("nll_loss", losses.reshape(target.shape), reduction)


@single_under_autocast
def soft_margin_loss(
    input: Tensor, target: Tensor, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean"
) -> Tensor:
    """log(1 + exp(-target input)) for targets 1 and -1."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    return reduced("soft_margin_loss", -logsigmoid(target * input), reduction)


def multilabel_soft_margin_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The mean over the classes of binary cross entropies with logits."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    losses = -(target * logsigmoid(input) + (1 - target) * logsigmoid(-input))
    losses = losses if weight is None else losses * weight
    return reduced("multilabel_soft_margin_loss", losses.sum(-1) / input.shape[-1], reduction)


@single_under_autocast
def multi_margin_loss(
    input: Tensor,
    target: Tensor,
    p: int = 1,
    margin: float = 1.0,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """mean over the other classes of max(0, margin - input[target] + input)^p."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    if p not in (1, 2):
        raise ValueError(f"multi_margin_loss: p is 1 or 2, got {p}")
    if input.ndim > 2 or (target.ndim != input.ndim - 1 and target.numel() != 1):
        raise OperationError(f"multi_margin_loss: input {tuple(input.shape)} and target {tuple(target.shape)} misfit")
    x = input.reshape(-1, input.shape[-1] if input.ndim else 1)
    classes = target.reshape(-1, 1)
    check_class_indices("multi_margin_loss", classes, x.shape[1], x.shape[1])
    losses = (margin - x.gather(1, classes) + x).clamp(min=0)
    losses = losses if p == 1 else losses.square()
    if weight is not None:
        losses = losses * weight[classes]
    losses = losses.scatter(1, classes, 0.0).sum(1) / x.shape[1]
    return reduced("multi_margin_loss", losses.reshape(target.shape), reduction)


@single_under_autocast
def multilabel_margin_loss(
    input: Tensor, target: Tensor, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean"
) -> Tensor:
    """sum over labels y and other classes i of max(0, 1 - input[y] + input[i]) / C; -1 ends a row's labels."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    if input.shape != target.shape or input.ndim > 2:
        raise OperationError(
            f"multilabel_margin_loss: input {tuple(input.shape)} and target {tuple(target.shape)} misfit"
        )
    x = input.reshape(-1, input.shape[-1]) if input.ndim else input.reshape(1, 1)
    labels = target.reshape(x.shape)
    count = x.shape[1]
    check_class_indices("multilabel_margin_loss", labels, count, -1)
    listed = (labels < 0).to(autograd.int64).cumsum(1) == 0
    safe = autograd.where(listed, labels, 0)
    # A class is a label if a listed place names it.
    named = autograd.zeros(x.shape, dtype=autograd.int64, device=x.device)
    named = named.scatter_add(1, safe, listed.to(autograd.int64)) > 0
    gaps = (1 - x.gather(1, safe).unsqueeze(2) + x.unsqueeze(1)).clamp(min=0)
    counted = listed.unsqueeze(2) & ~named.unsqueeze(1)
    losses = autograd.where(counted, gaps, 0.0).sum((1, 2)) / count
    return reduced("multilabel_margin_loss", losses.reshape(input.shape[:-1]), reduction)
