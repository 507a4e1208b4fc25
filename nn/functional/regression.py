"""Losses of numbers, and of distributions of numbers: how far an input is from a target."""

from __future__ import annotations

import math

import autograd
from autograd import Tensor
from autograd.engine.callers import stacklevel
from autograd.engine.errors import OperationError
from autograd.ops.promotion import require_tensors, single_under_autocast

from ..reduction import legacy_reduction, reduced


def _weighted(name: str, losses: Tensor, weight: Tensor | None, reduction: str) -> Tensor:
    if weight is None:
        return reduced(name, losses, reduction)
    if weight.shape != losses.shape:
        raise ValueError(f"{name}: weights of shape {tuple(weight.shape)} for losses of shape {tuple(losses.shape)}")
    total = reduced(name, losses * weight, "sum" if reduction == "mean" else reduction)
    return total / weight.sum() if reduction == "mean" else total


def _warn_if_broadcast(name: str, input: Tensor, target: Tensor) -> None:
    require_tensors(name, input, target)
    if input.shape != target.shape:
        import warnings

        warnings.warn(
            f"{name}: target of shape {tuple(target.shape)} differs from input of shape {tuple(input.shape)}; "
            "they broadcast, which is seldom what is meant",
            stacklevel=stacklevel(),
        )
        if any(1 not in (a, b) and a != b for a, b in zip(reversed(input.shape), reversed(target.shape), strict=False)):
            raise OperationError(f"{name}: target of shape {tuple(target.shape)}, input of {tuple(input.shape)}")


@single_under_autocast
def mse_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """(input - target)^2; with a weight for each element, whose mean is by their sum."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    _warn_if_broadcast("mse_loss", input, target)
    return _weighted("mse_loss", (input - target).square(), weight, reduction)


@single_under_autocast
def l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """|input - target|; with a weight for each element, whose mean is by their sum."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    _warn_if_broadcast("l1_loss", input, target)
    return _weighted("l1_loss", (input - target).abs(), weight, reduction)


@single_under_autocast
def smooth_l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
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
    return reduced("smooth_l1_loss", losses, reduction)


@single_under_autocast
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
        return reduced("huber_loss", losses, reduction)
    return reduced("huber_loss", losses * weight, reduction)


@single_under_autocast
def kl_div(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
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
    return reduced("kl_div", losses, reduction)


@single_under_autocast
def poisson_nll_loss(
    input: Tensor,
    target: Tensor,
    log_input: bool = True,
    full: bool = False,
    size_average: bool | None = None,
    eps: float = 1e-8,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """exp(input) - target input (input - target log(input) unless log_input); `full` adds Stirling's term."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    losses = input.exp() - target * input if log_input else input - target * (input + eps).log()
    if full:
        safe = autograd.where(target > 1, target, 1.0)
        stirling = safe * safe.log() - safe + 0.5 * (2 * math.pi * safe).log()
        losses = losses + autograd.where(target > 1, stirling, 0.0)
    return reduced("poisson_nll_loss", losses, reduction)


def gaussian_nll_loss(
    input: Tensor, target: Tensor, var: Tensor | float, full: bool = False, eps: float = 1e-6, reduction: str = "mean"
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
    return reduced("gaussian_nll_loss", losses, reduction)
