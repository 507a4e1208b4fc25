"""Losses: how far an input is from a target, summed or averaged over all elements unless told."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import autograd
from autograd import Tensor
from autograd.engine.callers import stacklevel
from autograd.engine.errors import OperationError
from autograd.ops.activation import logsigmoid
from autograd.ops.cross_entropy import (
    binary_cross_entropy as _binary_cross_entropy,
    binary_cross_entropy_of_logits as _binary_cross_entropy_of_logits,
    check_probabilities,
    cross_entropy as _cross_entropy,
    expected_classes,
)
from autograd.ops.indexing import check_class_indices, check_index
from autograd.ops.promotion import require_tensors

from .distance import pairwise_distance


def _reduce(name: str, losses: Tensor, reduction: str) -> Tensor:
    if reduction == "mean":
        return losses.mean()
    if reduction == "sum":
        return losses.sum()
    if reduction == "none":
        return losses
    raise ValueError(f"{name}: reduction is 'none', 'mean' or 'sum', got {reduction!r}")


def _weighted(name: str, losses: Tensor, weight: Tensor | None, reduction: str) -> Tensor:
    if weight is None:
        return _reduce(name, losses, reduction)
    if weight.shape != losses.shape:
        raise ValueError(f"{name}: weights of shape {tuple(weight.shape)} for losses of shape {tuple(losses.shape)}")
    total = _reduce(name, losses * weight, "sum" if reduction == "mean" else reduction)
    return total / weight.sum() if reduction == "mean" else total


def legacy_reduction(size_average: Any, reduce: Any, reduction: str) -> str:
    """The reduction that torch's arguments of before 0.4.1 mean: size_average=False sums, reduce=False leaves all."""
    if size_average is None and reduce is None:
        return reduction
    if reduce is False:
        return "none"
    return "sum" if size_average is False else "mean"


def _same_shape(name: str, input: Tensor, target: Tensor) -> None:
    require_tensors(name, input, target)
    if input.shape != target.shape:
        raise ValueError(
            f"{name}: target of shape {tuple(target.shape)} must be the same as input of shape {tuple(input.shape)}"
        )


def _warn_if_broadcast(name: str, input: Tensor, target: Tensor) -> None:
    require_tensors(name, input, target)
    if input.shape != target.shape:
        import warnings

        warnings.warn(
            f"{name}: target of shape {tuple(target.shape)} differs from input of shape {tuple(input.shape)}; "
            "they broadcast, which is seldom what is meant",
            stacklevel=stacklevel(),
        )


def mse_loss(
    input: Tensor,
    target: Tensor,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """(input - target)^2; with a weight for each element, whose mean is by their sum."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    _warn_if_broadcast("mse_loss", input, target)
    return _weighted("mse_loss", (input - target).square(), weight, reduction)


def l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """|input - target|; with a weight for each element, whose mean is by their sum."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    _warn_if_broadcast("l1_loss", input, target)
    return _weighted("l1_loss", (input - target).abs(), weight, reduction)


def binary_cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """-(target log(input) + (1 - target) log(1 - input)), the logarithms not below -100."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    _same_shape("binary_cross_entropy", input, target)
    check_probabilities("binary_cross_entropy", input, target)
    losses = _binary_cross_entropy(input, target)
    return _reduce("binary_cross_entropy", losses if weight is None else losses * weight, reduction)


def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """binary_cross_entropy(sigmoid(input), target) without overflow; `pos_weight` weighs the positives."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    _same_shape("binary_cross_entropy_with_logits", input, target)
    losses = _binary_cross_entropy_of_logits(input, target, pos_weight)
    return _reduce("binary_cross_entropy_with_logits", losses if weight is None else losses * weight, reduction)


def _rows(x: Tensor) -> Tensor:
    """(N, C, d1, ...) or (C,) as (rows, C)."""
    if x.ndim == 1:
        return x.unsqueeze(0)
    return x if x.ndim == 2 else x.movedim(1, -1).reshape(-1, x.shape[1])


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
    classes = input.shape[1 if input.ndim > 1 else 0]
    check_class_indices(name, target, classes, ignore_index)
    if weight is not None:
        require_tensors(f"{name}: weight", weight)
        if tuple(weight.shape) != (classes,):
            raise OperationError(f"{name}: expected a weight a class, {(classes,)}, got shape {tuple(weight.shape)}")


def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: Any = None,
    ignore_index: int = -100,
    reduce: Any = None,
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
    if target.shape == input.shape and target.dtype.is_floating_point:
        expected = _rows(target)
    else:
        _check_classes("cross_entropy", input, target, weight, ignore_index)
        expected = target if target.ndim == 1 else target.reshape(-1)
    loss = _cross_entropy(x, expected, weight, ignore_index, float(label_smoothing), reduction)
    return loss if reduction != "none" else loss.reshape(input.shape[:1] + input.shape[2:] if input.ndim > 1 else ())


def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: Any = None,
    ignore_index: int = -100,
    reduce: Any = None,
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
    return _reduce("nll_loss", losses.reshape(target.shape), reduction)


def smooth_l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Tensor:
    """0.5 d^2 / beta where d = |input - target| < beta, else d - 0.5 beta (R. Girshick, 2015)."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    if beta < 0:
        raise OperationError(f"smooth_l1_loss: beta must not be negative, got {beta}")
    _warn_if_broadcast("smooth_l1_loss", input, target)
    if beta == 0:
        return l1_loss(input, target, reduction=reduction)
    gap = input - target
    size = gap.abs()
    small = autograd.where(size < beta, gap, 0.0)  # the slope of the square has no place at infinity
    losses = autograd.where(size < beta, small * small * (0.5 / beta), size - 0.5 * beta)
    return _reduce("smooth_l1_loss", losses, reduction)


def huber_loss(
    input: Tensor, target: Tensor, reduction: str = "mean", delta: float = 1.0, weight: Tensor | None = None
) -> Tensor:
    """0.5 d^2 where d = |input - target| <= delta, else delta (d - 0.5 delta) (P. Huber, 1964)."""
    if delta <= 0:
        raise OperationError(f"huber_loss: delta must be positive, got {delta}")
    _warn_if_broadcast("huber_loss", input, target)
    gap = input - target
    size = gap.abs()
    small = autograd.where(size <= delta, gap, 0.0)  # the slope of the square has no place at infinity
    losses = autograd.where(size <= delta, small * small * 0.5, (size - 0.5 * delta) * delta)
    if weight is None:
        return _reduce("huber_loss", losses, reduction)
    return _reduce("huber_loss", losses * weight, reduction)


def kl_div(
    input: Tensor,
    target: Tensor,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Tensor:
    """target (log target - input), the input being log-probabilities; 'batchmean' sums and divides by N."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    if log_target:
        losses = target.exp() * (target - input)
    else:
        losses = autograd.special.xlogy(target, target) - target * input
    if reduction == "batchmean":
        return losses.sum() / input.shape[0] if input.ndim else losses.sum()
    return _reduce("kl_div", losses, reduction)


def poisson_nll_loss(
    input: Tensor,
    target: Tensor,
    log_input: bool = True,
    full: bool = False,
    size_average: Any = None,
    eps: float = 1e-8,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """exp(input) - target input (input - target log(input) unless log_input); `full` adds Stirling's term."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    losses = input.exp() - target * input if log_input else input - target * (input + eps).log()
    if full:
        safe = autograd.where(target > 1, target, 1.0)
        stirling = safe * safe.log() - safe + 0.5 * (2 * math.pi * safe).log()
        losses = losses + autograd.where(target > 1, stirling, 0.0)
    return _reduce("poisson_nll_loss", losses, reduction)


def gaussian_nll_loss(
    input: Tensor, target: Tensor, var: Any, full: bool = False, eps: float = 1e-6, reduction: str = "mean"
) -> Tensor:
    """0.5 (log var + (input - target)^2 / var), var not below eps (D. Nix, A. Weigend, 1994)."""
    if isinstance(var, int | float):
        var = autograd.full_like(input.detach(), var)
    if var.shape != input.shape:
        if var.shape == input.shape[:-1]:
            var = var.unsqueeze(-1)
        elif var.shape[:-1] != input.shape[:-1] or var.shape[-1] != 1:
            raise ValueError(f"gaussian_nll_loss: var of shape {tuple(var.shape)} for input {tuple(input.shape)}")
    if var.is_cpu and bool((var < 0).any()):
        raise ValueError("gaussian_nll_loss: var has negative entries")
    # The limit is taken of the value alone: the gradient passes.
    limited = var + (var.detach().clamp(min=eps) - var.detach())
    losses = 0.5 * (limited.log() + (input - target).square() / limited)
    if full:
        losses = losses + 0.5 * math.log(2 * math.pi)
    return _reduce("gaussian_nll_loss", losses, reduction)


def hinge_embedding_loss(
    input: Tensor,
    target: Tensor,
    margin: float = 1.0,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """input where the target is 1, max(0, margin - input) where it is -1."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    near = autograd.where(target != -1, input, 0.0)
    far = autograd.where(target != 1, (margin - input).clamp(min=0), 0.0)
    return _reduce("hinge_embedding_loss", near + far, reduction)


def soft_margin_loss(
    input: Tensor, target: Tensor, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
) -> Tensor:
    """log(1 + exp(-target input)) for targets 1 and -1."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    return _reduce("soft_margin_loss", -logsigmoid(target * input), reduction)


def multilabel_soft_margin_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """The mean over the classes of binary cross entropies with logits."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    losses = -(target * logsigmoid(input) + (1 - target) * logsigmoid(-input))
    losses = losses if weight is None else losses * weight
    return _reduce("multilabel_soft_margin_loss", losses.sum(-1) / input.shape[-1], reduction)


def cosine_embedding_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0.0,
    size_average: Any = None,
    reduce: Any = None,
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
    return _reduce("cosine_embedding_loss", near + far, reduction)


def margin_ranking_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """max(0, margin - target (input1 - input2)): the target says which should be larger."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    if input1.ndim != input2.ndim or input1.ndim != target.ndim:
        raise OperationError(
            f"margin_ranking_loss: expected as many dimensions each, got {tuple(input1.shape)}, "
            f"{tuple(input2.shape)}, {tuple(target.shape)}"
        )
    return _reduce("margin_ranking_loss", (margin - target * (input1 - input2)).clamp(min=0), reduction)


def multi_margin_loss(
    input: Tensor,
    target: Tensor,
    p: int = 1,
    margin: float = 1.0,
    weight: Tensor | None = None,
    size_average: Any = None,
    reduce: Any = None,
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
    return _reduce("multi_margin_loss", losses.reshape(target.shape), reduction)


def multilabel_margin_loss(
    input: Tensor, target: Tensor, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
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
    return _reduce("multilabel_margin_loss", losses.reshape(input.shape[:-1]), reduction)


def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    size_average: Any = None,
    reduce: Any = None,
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
    return _reduce("triplet_margin_loss", (near - far + margin).clamp(min=0), reduction)


def ctc_loss(
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Any,
    target_lengths: Any,
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Tensor:
    """Connectionist temporal classification (A. Graves et al., 2006): -log of the probability of all alignments.

    log_probs (T, N, C) or (T, C); targets (N, S), padded, or one after the other (sum of lengths,).
    'mean' divides each loss by its target's length first.
    """
    if log_probs.ndim == 2:
        taken, wanted = (autograd.as_tensor(x).reshape(-1) for x in (input_lengths, target_lengths))
        one = log_probs.unsqueeze(1)
        loss = ctc_loss(one, targets.reshape(1, -1), taken, wanted, blank, reduction, zero_infinity)
        return loss.squeeze(0) if reduction == "none" else loss
    steps, count, classes = log_probs.shape
    inputs, outputs = (
        [int(n) for n in (x.tolist() if isinstance(x, Tensor) else x)] for x in (input_lengths, target_lengths)
    )
    if len(inputs) != count or len(outputs) != count:
        raise OperationError(f"ctc_loss: expected {count} lengths, got {len(inputs)} and {len(outputs)}")
    if not 0 <= blank < classes:
        raise OperationError(f"ctc_loss: blank {blank} is outside [0, {classes})")
    if max(inputs, default=0) > steps:
        raise OperationError(f"ctc_loss: input_lengths up to {max(inputs)} of {steps} steps")
    labels = _padded_labels(targets, outputs)
    check_index("ctc_loss", labels, classes)
    longest = labels.shape[1]
    # blank, l1, blank, l2, ..., blank
    extended = autograd.full((count, 2 * longest + 1), blank, dtype=autograd.int64, device=log_probs.device)
    extended[:, 1::2] = labels
    skips = autograd.zeros(extended.shape, dtype=autograd.bool, device=log_probs.device)
    if longest > 1:
        skips[:, 3::2] = labels[:, 1:] != labels[:, :-1]
    lowest = -math.inf
    ends = autograd.tensor(outputs, device=log_probs.device).reshape(-1, 1) * 2
    here = log_probs.gather(2, extended.unsqueeze(0).expand(steps, *extended.shape).contiguous())
    places = autograd.arange(extended.shape[1], device=log_probs.device)
    start = (places < 2) & ((places == 0) | (ends > 0))
    alpha = autograd.where(start, here[0], lowest)
    paths = [alpha]
    for step in range(1, steps):
        one = _shifted(alpha, 1)
        two = autograd.where(skips, _shifted(alpha, 2), lowest)
        alpha = _logsumexp(alpha, one, two) + here[step]
        paths.append(alpha)
    every = autograd.stack(paths)  # (T, N, 2 S + 1)
    last = autograd.tensor([max(n - 1, 0) for n in inputs], device=log_probs.device)
    final = every[last, autograd.arange(count, device=log_probs.device)]
    final_label = autograd.where(ends > 0, final.gather(1, (ends - 1).clamp(min=0)), lowest)
    losses = -_logsumexp(final.gather(1, ends), final_label).squeeze(1)
    if 0 in inputs:
        empty = autograd.tensor([n == 0 for n in inputs], device=log_probs.device)
        none = autograd.tensor([0.0 if n == 0 else math.inf for n in outputs], dtype=log_probs.dtype)
        losses = autograd.where(empty, none.to(log_probs.device), losses)
    if zero_infinity:
        losses = autograd.where(losses == math.inf, 0.0, losses)
    if reduction == "mean":
        sizes = autograd.tensor([max(n, 1) for n in outputs], dtype=losses.dtype, device=losses.device)
        return (losses / sizes).mean()
    return _reduce("ctc_loss", losses, reduction)


def _padded_labels(targets: Tensor, lengths: list[int]) -> Tensor:
    if targets.ndim == 2:
        labels = targets[:, : max(lengths, default=0)].to(autograd.int64)
        ends = autograd.tensor(lengths, dtype=autograd.int64, device=targets.device).unsqueeze(1)
        return autograd.where(autograd.arange(labels.shape[1], device=targets.device) < ends, labels, 0)
    if targets.shape[0] != sum(lengths):
        raise OperationError(f"ctc_loss: {targets.shape[0]} targets for lengths that sum to {sum(lengths)}")
    longest, start, rows = max(lengths, default=0), 0, []
    for length in lengths:
        rows.append(autograd.cat([targets[start : start + length], targets.new_zeros(longest - length)]))
        start += length
    return autograd.stack(rows).to(autograd.int64)


def _shifted(alpha: Tensor, by: int) -> Tensor:
    """Each place's value `by` places before, -inf at the beginning."""
    blank = autograd.full((alpha.shape[0], min(by, alpha.shape[1])), -math.inf, dtype=alpha.dtype, device=alpha.device)
    return autograd.cat([blank, alpha[:, : max(alpha.shape[1] - by, 0)]], 1)


def _logsumexp(*parts: Tensor) -> Tensor:
    """log(sum(exp)), where all being -inf has the derivative 0."""
    stacked = autograd.stack(parts)
    best = stacked.detach().amax(0)
    dead = best == -math.inf
    total = (stacked - autograd.where(dead, 0.0, best)).exp().sum(0)
    return autograd.where(dead, -math.inf, autograd.where(dead, 1.0, total).log() + best)


__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cosine_embedding_loss",
    "cross_entropy",
    "ctc_loss",
    "gaussian_nll_loss",
    "hinge_embedding_loss",
    "huber_loss",
    "kl_div",
    "l1_loss",
    "margin_ranking_loss",
    "mse_loss",
    "multi_margin_loss",
    "multilabel_margin_loss",
    "multilabel_soft_margin_loss",
    "nll_loss",
    "poisson_nll_loss",
    "smooth_l1_loss",
    "soft_margin_loss",
    "triplet_margin_loss",
    "triplet_margin_with_distance_loss",
]
