"""Pooling by a factor that is no integer, with windows at random places (B. Graham, "Fractional max-pooling", 2014)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import autograd
from autograd import Tensor
from autograd.engine.errors import OperationError
from autograd.ops.convolution import as_tuple
from autograd.ops.indexing import gather_pieces
from autograd.ops.promotion import single_under_autocast
from autograd.types import PerDim


def _starts(sample: Tensor, size: int, out: int, kernel: int) -> Tensor:
    """Where the windows begin: floor((i + u) a) - floor(u a), a = (size - kernel) / (out - 1); the last at the end."""
    steps = autograd.arange(out, device=sample.device, dtype=sample.dtype)
    factor = (size - kernel) / (out - 1) if out > 1 else 0.0
    offset = sample.unsqueeze(-1)
    starts = ((steps + offset) * factor).to(autograd.int64) - (offset * factor).to(autograd.int64)
    return autograd.where(steps == out - 1, size - kernel, starts)


def _fractional(
    name: str,
    dims: int,
    x: Tensor,
    kernel_size: PerDim,
    output_size: PerDim | None,
    output_ratio: float | Sequence[float] | None,
    samples: Tensor | None,
) -> tuple[Tensor, Tensor]:
    if (output_size is None) == (output_ratio is None):
        raise ValueError(f"{name}: give either output_size or output_ratio")
    if x.dim() == dims + 1:
        samples = None if samples is None else samples.reshape(1, *samples.shape[-2:])
        pooled, places = _fractional(name, dims, x.unsqueeze(0), kernel_size, output_size, output_ratio, samples)
        return pooled.squeeze(0), places.squeeze(0)
    if x.dim() != dims + 2:
        raise OperationError(f"{name}: expected {dims + 1} or {dims + 2} dimensions, got shape {tuple(x.shape)}")
    space, kernel = tuple(x.shape[2:]), as_tuple(kernel_size, dims)
    if output_size is None:
        ratios: Any = (output_ratio,) * dims if isinstance(output_ratio, float) else output_ratio
        outs = tuple(int(size * ratio) for size, ratio in zip(space, ratios, strict=True))
    else:
        outs = as_tuple(output_size, dims)
    if any(o + k - 1 > size for o, k, size in zip(outs, kernel, space, strict=True)):
        raise OperationError(f"{name}: windows of {kernel} at {outs} places do not fit into {space}")
    count, channels = x.shape[:2]
    if samples is None:
        samples = autograd.rand(count, channels, dims, dtype=x.dtype, device=x.device)
    index = autograd.zeros((count, channels, *(1,) * 2 * dims), dtype=autograd.int64, device=x.device)
    for d in range(dims):
        # torch's samples begin with the width for images, with the depth for volumes
        sample = samples[:, :, dims - 1 - d if dims == 2 else d]
        seen = _starts(sample, space[d], outs[d], kernel[d]).unsqueeze(-1) + autograd.arange(kernel[d], device=x.device)
        shape = [count, channels] + [1] * 2 * dims
        shape[2 + d], shape[2 + dims + d] = outs[d], kernel[d]
        index = index * space[d] + seen.reshape(shape)
    index = index.flatten(2 + dims)  # (N, C, *outs, what a window sees)
    seen = gather_pieces(x.flatten(2), index.flatten(2), dim=2).reshape(index.shape)
    pooled, which = seen.max(-1)
    return pooled, index.gather(-1, which.unsqueeze(-1)).squeeze(-1)


@single_under_autocast
def fractional_max_pool2d(
    input: Tensor,
    kernel_size: PerDim,
    output_size: PerDim | None = None,
    output_ratio: float | Sequence[float] | None = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> Any:
    """The largest of windows at random places: (N, C, H, W) -> (N, C, *output_size), or a ratio of the size."""
    pooled = _fractional("fractional_max_pool2d", 2, input, kernel_size, output_size, output_ratio, _random_samples)
    return pooled if return_indices else pooled[0]


@single_under_autocast
def fractional_max_pool3d(
    input: Tensor,
    kernel_size: PerDim,
    output_size: PerDim | None = None,
    output_ratio: float | Sequence[float] | None = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> Any:
    """The largest of windows at random places: (N, C, D, H, W) -> (N, C, *output_size), or a ratio of the size."""
    pooled = _fractional("fractional_max_pool3d", 3, input, kernel_size, output_size, output_ratio, _random_samples)
    return pooled if return_indices else pooled[0]
