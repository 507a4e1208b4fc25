"""Gradients kept from becoming too large (R. Pascanu, T. Mikolov, Y. Bengio, 2012)."""

from __future__ import annotations

import math
from collections.abc import Iterable

import autograd
from autograd import Tensor

from .vector import listed


def _gradients(parameters: Tensor | Iterable[Tensor]) -> list[Tensor]:
    every = listed("clip_grad", parameters)
    return [p.grad for p in every if p.grad is not None]


@autograd.no_grad()
def get_total_norm(
    tensors: Tensor | Iterable[Tensor],
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """The norm of all tensors as if they were one vector."""
    every = [tensors] if isinstance(tensors, Tensor) else list(tensors)
    if not every:
        return autograd.tensor(0.0)
    total = autograd.stack([x.norm(norm_type).to(every[0].device) for x in every]).norm(norm_type)
    if error_if_nonfinite and not math.isfinite(total.item()):
        raise RuntimeError(f"the total norm of order {norm_type} is {total.item()}: it can't be clipped")
    return total


@autograd.no_grad()
def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Scales the gradients so that their total norm is at most max_norm; returns what it was.

    >>> import autograd, nn
    >>> x = nn.Parameter(autograd.tensor([3.0, 4.0]))
    >>> (x * x / 2).sum().backward()
    >>> nn.utils.clip_grad_norm_([x], 1.0)
    tensor(5.)
    >>> x.grad
    tensor([0.6000, 0.8000])
    """
    every = listed("clip_grad", parameters)
    total = get_total_norm(_gradients(every), norm_type, error_if_nonfinite)
    clip_grads_with_norm_(every, max_norm, total)
    return total


clip_grad_norm = clip_grad_norm_


@autograd.no_grad()
def clip_grads_with_norm_(
    parameters: Tensor | Iterable[Tensor], max_norm: float, total_norm: Tensor, foreach: bool | None = None
) -> None:
    """Scales the gradients by max_norm / total_norm, if that is below 1: of several models by their common norm."""
    scale = (float(max_norm) / (total_norm + 1e-6)).clamp(max=1.0)
    for gradient in _gradients(parameters):
        gradient.mul_(scale.to(gradient.device).to(gradient.dtype))


@autograd.no_grad()
def clip_grad_value_(parameters: Tensor | Iterable[Tensor], clip_value: float, foreach: bool | None = None) -> None:
    """Limits each element of the gradients to [-clip_value, clip_value]."""
    for gradient in _gradients(parameters):
        gradient.clamp_(-float(clip_value), float(clip_value))
