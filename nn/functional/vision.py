"""Images resampled and rearranged."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Sequence
from typing import Any

import autograd
from autograd import Tensor
from autograd.engine.callers import stacklevel
from autograd.engine.errors import OperationError
from autograd.ops.layout import as_images, laid_as
from autograd.ops.promotion import require_tensors, rounded_once, single_under_autocast
from autograd.ops.resampling import cubic_weights, interpolate
from autograd.types import PerDim


def upsample(
    input: Tensor,
    size: PerDim | None = None,
    scale_factor: float | Sequence[float] | None = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
) -> Tensor:
    """interpolate under its older name."""
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(
    input: Tensor, size: PerDim | None = None, scale_factor: float | Sequence[float] | None = None
) -> Tensor:
    """interpolate(mode='nearest')."""
    return interpolate(input, size, scale_factor, mode="nearest")


def upsample_bilinear(
    input: Tensor, size: PerDim | None = None, scale_factor: float | Sequence[float] | None = None
) -> Tensor:
    """interpolate(mode='bilinear', align_corners=True)."""
    return interpolate(input, size, scale_factor, mode="bilinear", align_corners=True)


def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor:
    """(*, C r^2, H, W) -> (*, C, H r, W r) (W. Shi et al., 2016)."""
    require_tensors("pixel_shuffle", input)
    r = upscale_factor
    if input.ndim < 3 or r < 1 or input.shape[-3] % (r * r):
        raise OperationError(f"pixel_shuffle: channels of shape {tuple(input.shape)} are not divisible by {r}^2")
    *batch, channels, height, width = input.shape
    n = len(batch)
    apart = input.reshape(*batch, channels // (r * r), r, r, height, width)
    order = [*range(n), n, n + 3, n + 1, n + 4, n + 2]
    return apart.permute(*order).reshape(*batch, channels // (r * r), height * r, width * r)


def pixel_unshuffle(input: Tensor, downscale_factor: int) -> Tensor:
    """(*, C, H r, W r) -> (*, C r^2, H, W): the inverse of pixel_shuffle."""
    require_tensors("pixel_unshuffle", input)
    r = downscale_factor
    if input.ndim < 3 or r < 1 or input.shape[-2] % r or input.shape[-1] % r:
        raise OperationError(f"pixel_unshuffle: height and width of {tuple(input.shape)} are not divisible by {r}")
    *batch, channels, height, width = input.shape
    n = len(batch)
    apart = input.reshape(*batch, channels, height // r, r, width // r, r)
    order = [*range(n), n, n + 2, n + 4, n + 1, n + 3]
    out = apart.permute(*order).reshape(*batch, channels * r * r, height // r, width // r)
    return laid_as(out, as_images, input)


def channel_shuffle(input: Tensor, groups: int) -> Tensor:
    """The channels of (N, C, *) dealt out to the groups in turn (X. Zhang et al., 2017)."""
    require_tensors("channel_shuffle", input)
    if input.ndim < 3 or groups < 1 or input.shape[1] % groups:
        raise OperationError(f"channel_shuffle: {groups} groups do not divide the channels of {tuple(input.shape)}")
    apart = input.reshape(input.shape[0], groups, input.shape[1] // groups, *input.shape[2:])
    return laid_as(apart.transpose(1, 2).reshape(input.shape), as_images, input)


native_channel_shuffle = channel_shuffle


@rounded_once
def affine_grid(theta: Tensor, size: Sequence[int], align_corners: bool | None = None) -> Tensor:
    """Where grid_sample looks for an affine map: (N, 2, 3) -> (N, H, W, 2), or (N, 3, 4) -> (N, D, H, W, 3)."""
    space = tuple(size[2:])
    if theta.ndim != 3 or theta.shape[1:] != (len(space), len(space) + 1):
        raise OperationError(f"affine_grid: theta of shape {tuple(theta.shape)} does not fit size {tuple(size)}")
    lines = []
    for n in space:
        line = autograd.linspace(-1, 1, n, dtype=theta.dtype, device=theta.device) if n > 1 else theta.new_zeros(1)
        lines.append(line if align_corners else line * (n - 1) / n)
    grids = autograd.meshgrid(*lines, indexing="ij")
    points = autograd.stack([*reversed(grids), autograd.ones_like(grids[0])], -1)
    flat = points.reshape(1, -1, len(space) + 1) @ theta.mT
    return flat.reshape(theta.shape[0], *space, len(space))


def _unnormalised(x: Tensor, n: int, align: bool) -> Tensor:
    return (x + 1) * ((n - 1) / 2) if align else ((x + 1) * n - 1) * 0.5


def _reflected(x: Tensor, low: float, high: float) -> Tensor:
    """Coordinates folded back at two edges."""
    span = high - low
    if span <= 0:
        return x * 0.0
    away = (x - low).abs()
    flips = (away / span).floor().detach()
    rest = away - flips * span
    return autograd.where(flips % 2 == 0, rest + low, high - rest)


def _inside(x: Tensor, n: int, padding_mode: str, align: bool) -> Tensor:
    """Coordinates brought into the image, unless what lies outside is zero."""
    if padding_mode == "reflection":
        x = _reflected(x, 0.0, n - 1.0) if align else _reflected(x, -0.5, n - 0.5)
    return x if padding_mode == "zeros" else x.clamp(0, n - 1)


@single_under_autocast
@rounded_once
def grid_sample(
    input: Tensor,
    grid: Tensor,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool | None = None,
) -> Tensor:
    """Values of (N, C, H, W) at places (N, H', W', 2) of x and y in [-1, 1], or of volumes at (N, D', H', W', 3)."""
    dims = input.ndim - 2
    if dims not in (2, 3) or grid.ndim != input.ndim or grid.shape[-1] != dims or grid.shape[0] != input.shape[0]:
        raise OperationError(f"grid_sample: grid {tuple(grid.shape)} does not fit an input {tuple(input.shape)}")
    if mode not in ("bilinear", "nearest", "bicubic") or (mode == "bicubic" and dims == 3):
        raise ValueError(f"grid_sample: mode {mode!r} of {dims} dimensions is not supported")
    if padding_mode not in ("zeros", "border", "reflection"):
        raise ValueError(f"grid_sample: padding_mode is 'zeros', 'border' or 'reflection', got {padding_mode!r}")
    if align_corners is None:
        warnings.warn("grid_sample: align_corners is False by default", stacklevel=stacklevel())
    align = bool(align_corners)
    space = tuple(input.shape[2:])
    each: list[list[tuple[Tensor, Any]]] = []  # for each dimension its neighbours: where, and with what weight
    for axis, n in enumerate(space):
        x = _unnormalised(grid[..., dims - 1 - axis], n, align)
        if mode == "bicubic":
            first = x.detach().floor()
            weights = cubic_weights(x - first)
            each.append([(_inside(first + (k - 1), n, padding_mode, align), w) for k, w in enumerate(weights)])
            continue
        x = _inside(x, n, padding_mode, align)
        if mode == "nearest":
            each.append([(x.detach().round(), 1.0)])
        else:
            first = x.detach().floor()
            each.append([(first, first + 1 - x), (first + 1, x - first)])
    count, channels = input.shape[:2]
    flat = input.reshape(count, channels, -1)
    total: Any = 0.0
    for corner in itertools.product(*each):
        place: Any = 0
        weight: Any = 1.0
        valid: Any = None
        for (at, share), n in zip(corner, space, strict=True):
            here = (at >= 0) & (at <= n - 1)
            valid = here if valid is None else valid & here
            place = place * n + at.clamp(0, n - 1).to(autograd.int64)
            weight = share if isinstance(weight, float) else weight * share
        index = place.reshape(count, 1, -1).expand(count, channels, -1).contiguous()
        values = flat.gather(2, index).reshape(count, channels, *place.shape[1:])
        weight = autograd.where(valid, weight, 0.0).to(input.dtype)
        total = total + values * weight.unsqueeze(1)
    return total
