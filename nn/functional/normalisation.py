"""Normalisation by the statistics of a batch, a layer, a group or an instance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import autograd
from autograd import Tensor
from autograd.engine.errors import OperationError
from autograd.ops.dims import as_ints
from autograd.ops.layout import as_images, laid_as
from autograd.ops.normalisation import normalised
from autograd.ops.padding import pad
from autograd.ops.promotion import restored, single
from autograd.types import Dims


def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """(input - mean) / sqrt(var + eps) * weight + bias a channel (S. Ioffe, C. Szegedy, 2015).

    In training by the batch's own statistics, which the running ones follow; else by the running ones.
    """
    if input.ndim < 2 and input.numel():
        raise OperationError(f"batch_norm: expected (N, C, ...), got shape {tuple(input.shape)}")
    if input.ndim < 2:
        return input.clone()
    count = math.prod(input.shape[i] for i in range(input.ndim) if i != 1)
    weight, bias = _by_channel(weight, input), _by_channel(bias, input)
    if training and count:
        if count == 1:
            raise ValueError(f"batch_norm: expected more than 1 value a channel in training, got {tuple(input.shape)}")
        out, mean, var = normalised(input, (0, *range(2, input.ndim)), weight, bias, eps)
        _follow(running_mean, mean, momentum)
        _follow(running_var, var, momentum, count)
        return laid_as(out, as_images, input)
    if training:
        return _scaled(input, weight, bias)
    if running_mean is None or running_var is None:
        raise RuntimeError("batch_norm: running_mean and running_var are needed outside training")
    scale = (single(running_var) + eps).rsqrt().reshape(_by_channel_shape(input))
    scale = scale if weight is None else scale * weight
    out = (single(input) - running_mean.reshape(_by_channel_shape(input))) * scale
    return laid_as(restored(out if bias is None else out + bias, input.dtype), as_images, input)


def _by_channel_shape(input: Tensor) -> tuple[int, ...]:
    return (1, input.shape[1], *(1,) * (input.ndim - 2))


def _by_channel(value: Tensor | None, input: Tensor) -> Tensor | None:
    """(C,) as it broadcasts to (N, C, *)."""
    return None if value is None else value.reshape(_by_channel_shape(input))


def _scaled(out: Tensor, weight: Tensor | None, bias: Tensor | None) -> Tensor:
    """What is left of a normalisation where there is nothing to average."""
    out = out.clone() if weight is None else out * weight
    return out if bias is None else out + bias


def _follow(running: Tensor | None, batch: Tensor, momentum: float, count: int = 0) -> None:
    """running = (1 - momentum) running + momentum batch; a variance of `count` values is made unbiased."""
    if running is not None:
        with autograd.no_grad():
            unbiased = momentum * count / (count - 1) if count else momentum
            running.mul_(1 - momentum).add_(batch.reshape(running.shape) * unbiased)


def layer_norm(
    input: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """(x - mean) / sqrt(var + eps) * weight + bias over the last dimensions (J. Ba et al., 2016)."""
    shape = as_ints(normalized_shape)
    if not shape or tuple(input.shape[-len(shape) :]) != shape:
        raise OperationError(f"layer_norm: expected an input (*, {shape}), got shape {tuple(input.shape)}")
    if not input.numel():
        return _scaled(input, weight, bias)
    return normalised(input, tuple(range(input.ndim - len(shape), input.ndim)), weight, bias, eps)[0]


def rms_norm(
    input: Tensor, normalized_shape: Sequence[int], weight: Tensor | None = None, eps: float | None = None
) -> Tensor:
    """x / sqrt(mean(x^2) + eps) * weight over the last dimensions (B. Zhang, R. Sennrich, 2019)."""
    shape = as_ints(normalized_shape)
    if not shape or tuple(input.shape[-len(shape) :]) != shape:
        raise OperationError(f"rms_norm: expected an input (*, {shape}), got shape {tuple(input.shape)}")
    x = single(input)
    eps = autograd.finfo(x.dtype).eps if eps is None else eps
    out = x * ((x * x).mean(tuple(range(-len(shape), 0)), keepdim=True) + eps).rsqrt()
    return laid_as(restored(out if weight is None else out * weight, input.dtype), as_images, input)


def group_norm(
    input: Tensor, num_groups: int, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5
) -> Tensor:
    """Normalises (N, C, *) over groups of channels and space (Y. Wu, K. He, 2018)."""
    if input.ndim < 2 or input.shape[1] % num_groups:
        raise OperationError(f"group_norm: {num_groups} groups do not divide the channels of {tuple(input.shape)}")
    if not input.numel():
        return _scaled(input, _by_channel(weight, input), _by_channel(bias, input))
    grouped = (1, num_groups, input.shape[1] // num_groups, *(1,) * (input.ndim - 2))
    groups = input.reshape(input.shape[0], *grouped[1:3], *input.shape[2:])
    weight, bias = (None if each is None else each.reshape(grouped) for each in (weight, bias))
    out = normalised(groups, tuple(range(2, groups.ndim)), weight, bias, eps)[0].reshape(input.shape)
    return laid_as(out, as_images, input)


def instance_norm(
    input: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Normalises each channel of each sample of (N, C, *) (D. Ulyanov et al., 2016)."""
    if input.ndim < 3:
        raise OperationError(f"instance_norm: expected (N, C, *), got shape {tuple(input.shape)}")
    if not use_input_stats:
        return batch_norm(input, running_mean, running_var, weight, bias, False, momentum, eps)
    space = tuple(range(2, input.ndim))
    count = math.prod(input.shape[2:])
    if count <= 1 and input.numel():
        raise ValueError(f"instance_norm: expected more than 1 value a channel, got shape {tuple(input.shape)}")
    # torch repeats the weight for each sample, so that the weight itself may be written before backward.
    weight, bias = _by_channel(None if weight is None else weight.clone(), input), _by_channel(bias, input)
    if not input.numel():
        return _scaled(input, weight, bias)
    out, mean, var = normalised(input, space, weight, bias, eps)
    if running_mean is not None:
        _follow(running_mean, mean.detach().mean(0), momentum)
    if running_var is not None:
        _follow(running_var, var.detach().mean(0), momentum, count)
    return out


def local_response_norm(input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> Tensor:
    """x / (k + alpha mean of x^2 over `size` neighbouring channels)^beta (A. Krizhevsky et al., 2012)."""
    if input.ndim < 3:
        raise ValueError(f"local_response_norm: expected (N, C, *), got shape {tuple(input.shape)}")
    if not input.numel():
        return input
    squares = single(input).square()
    widths = [0, 0] * (input.ndim - 2) + [size // 2, (size - 1) // 2]
    padded = pad(squares, widths)
    total: Any = None
    for i in range(size):
        part = padded.narrow(1, i, input.shape[1])
        total = part if total is None else total + part
    scaled = input / (total * (alpha / size) + k).pow(beta)
    # Over more than sequences the mean of neighbours is torch's avg_pool3d, which autocast leaves in single precision.
    return scaled if autograd.is_autocast_enabled() and input.ndim > 3 else restored(scaled, input.dtype)


def normalize(input: Tensor, p: float = 2.0, dim: Dims = 1, eps: float = 1e-12, out: Tensor | None = None) -> Tensor:
    """input / max(|input|_p, eps) along a dimension."""
    return input / autograd.norm(input, p, dim, keepdim=True).clamp(min=eps)
