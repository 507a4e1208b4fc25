"""Connectionist temporal classification: the loss of a sequence whose alignment is not known."""

from __future__ import annotations

import math
from collections.abc import Sequence

import autograd
from autograd import Tensor
from autograd.engine.errors import OperationError
from autograd.ops.indexing import check_index
from autograd.ops.promotion import single_under_autocast

from ..reduction import reduced


@single_under_autocast
def ctc_loss(
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Tensor | Sequence[int],
    target_lengths: Tensor | Sequence[int],
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
    return reduced("ctc_loss", losses, reduction)


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
