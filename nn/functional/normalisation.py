"""Normalisation by the statistics of a batch, a layer, a group or an instance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import autograd
from autograd import Tensor
from autograd.engine import apply
from autograd.errors import OperationError
from autograd.ops import normalisation as _norm
from autograd.ops.arrange import pad


def batch_norm(
    input: Tensor, running_mean: Tensor | None, running_var: Tensor | None, weight: Tensor | None = None,
    bias: Tensor | None = None, training: bool = False, momentum: float = 0.1, eps: float = 1e-5,
) -> Tensor:  # fmt: skip
    """(input - mean) / sqrt(var + eps) * weight + bias a channel (S. Ioffe, C. Szegedy, 2015).

    In training by the batch's own statistics, which the running ones follow; else by the running ones.
    """
    if not input.numel():
        return input.clone()
    if input.ndim < 2:
        raise OperationError(f"batch_norm: expected (N, C, ...), got shape {tuple(input.shape)}")
    count = input.numel() // max(input.shape[1], 1)
    if training:
        if count <= 1:
            raise ValueError(f"batch_norm: expected more than 1 value a channel in training, got {tuple(input.shape)}")
        out, mean, var = apply(_norm._batch_norm, input, weight, bias, eps=eps)
        with autograd.no_grad():
            if running_mean is not None:
                running_mean.mul_(1 - momentum).add_(mean * momentum)
            if running_var is not None:
                running_var.mul_(1 - momentum).add_(var * (momentum * count / (count - 1)))
        return out
    if running_mean is None or running_var is None:
        raise RuntimeError("batch_norm: running_mean and running_var are needed outside training")
    a_channel = (1, -1) + (1,) * (input.ndim - 2)
    scale = (running_var + eps).rsqrt()
    if weight is not None:
        scale = scale * weight
    out = (input - running_mean.reshape(a_channel)) * scale.reshape(a_channel)
    return out if bias is None else out + bias.reshape(a_channel)


def layer_norm(
    input: Tensor, normalized_shape: Sequence[int], weight: Tensor | None = None, bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:  # fmt: skip
    """(x - mean) / sqrt(var + eps) * weight + bias over the last dimensions (J. Ba et al., 2016)."""
    shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
    if not shape or tuple(input.shape[-len(shape) :]) != shape:
        raise OperationError(f"layer_norm: expected an input (*, {shape}), got shape {tuple(input.shape)}")
    out = _norm.standardised(input, tuple(range(input.ndim - len(shape), input.ndim)), eps)
    out = out if weight is None else out * weight
    return out if bias is None else out + bias


def rms_norm(
    input: Tensor, normalized_shape: Sequence[int], weight: Tensor | None = None, eps: float | None = None
) -> Tensor:
    """x / sqrt(mean(x^2) + eps) * weight over the last dimensions (B. Zhang, R. Sennrich, 2019)."""
    shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
    if not shape or tuple(input.shape[-len(shape) :]) != shape:
        raise OperationError(f"rms_norm: expected an input (*, {shape}), got shape {tuple(input.shape)}")
    eps = autograd.finfo(input.dtype).eps if eps is None else eps
    size = input.square() if not input.is_complex() else input * input
    out = input * (size.mean(tuple(range(-len(shape), 0)), keepdim=True) + eps).rsqrt()
    return out if weight is None else out * weight


def group_norm(
    input: Tensor, num_groups: int, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5
) -> Tensor:
    """Normalises (N, C, *) over groups of channels and space (Y. Wu, K. He, 2018)."""
    if input.ndim < 2 or input.shape[1] % num_groups:
        raise OperationError(f"group_norm: {num_groups} groups do not divide the channels of {tuple(input.shape)}")
    count, channels = input.shape[:2]
    if not input.numel():
        out = input
    else:
        groups = input.reshape(count, num_groups, -1)
        out = _norm.standardised(groups, (2,), eps).reshape(input.shape)
    a_channel = (1, channels, *(1,) * (input.ndim - 2))
    out = out if weight is None else out * weight.reshape(a_channel)
    return out if bias is None else out + bias.reshape(a_channel)


def instance_norm(
    input: Tensor, running_mean: Tensor | None = None, running_var: Tensor | None = None, weight: Tensor | None = None,
    bias: Tensor | None = None, use_input_stats: bool = True, momentum: float = 0.1, eps: float = 1e-5,
) -> Tensor:  # fmt: skip
    """Normalises each channel of each sample of (N, C, *) (D. Ulyanov et al., 2016)."""
    if input.ndim < 3:
        raise OperationError(f"instance_norm: expected (N, C, *), got shape {tuple(input.shape)}")
    if not use_input_stats:
        return batch_norm(input, running_mean, running_var, weight, bias, False, momentum, eps)
    space = tuple(range(2, input.ndim))
    count = math.prod(input.shape[2:])
    if count <= 1 and input.numel():
        raise ValueError(f"instance_norm: expected more than 1 value a channel, got shape {tuple(input.shape)}")
    out = _norm.standardised(input, space, eps)
    if running_mean is not None or running_var is not None:
        with autograd.no_grad():
            if running_mean is not None:
                running_mean.mul_(1 - momentum).add_(input.mean((0, *space)) * momentum)
            if running_var is not None:
                running_var.mul_(1 - momentum).add_(input.var(space).mean(0) * momentum)
    a_channel = (1, -1, *(1,) * len(space))
    out = out if weight is None else out * weight.reshape(a_channel)
    return out if bias is None else out + bias.reshape(a_channel)


def local_response_norm(input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> Tensor:
    """x / (k + alpha mean of x^2 over `size` neighbouring channels)^beta (A. Krizhevsky et al., 2012)."""
    if input.ndim < 3:
        raise ValueError(f"local_response_norm: expected (N, C, *), got shape {tuple(input.shape)}")
    if not input.numel():
        return input
    squares = input.square()
    widths = [0, 0] * (input.ndim - 2) + [size // 2, (size - 1) // 2]
    padded = pad(squares, widths)
    total: Any = None
    for i in range(size):
        part = padded.narrow(1, i, input.shape[1])
        total = part if total is None else total + part
    return input / (total * (alpha / size) + k).pow(beta)


def normalize(input: Tensor, p: float = 2.0, dim: Any = 1, eps: float = 1e-12, out: Any = None) -> Tensor:
    """input / max(|input|_p, eps) along a dimension."""
    return input / input.norm(p, dim, keepdim=True).clamp(min=eps)


__all__ = ["batch_norm", "group_norm", "instance_norm", "layer_norm", "local_response_norm", "normalize", "rms_norm"]
