"""Images resampled and rearranged."""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Sequence
from typing import Any

import autograd
from autograd import Tensor
from autograd.engine.callers import stacklevel
from autograd.engine.errors import OperationError
from autograd.ops.arrange import pad

from .pooling import adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d

Taps = list[tuple[list[int], list[float]]]  # for each neighbour: where it stands, and its weight, of every output


def _nearest(have: int, want: int, scale: float, exact: bool) -> Taps:
    offset = 0.5 if exact else 0.0
    return [([min(int((i + offset) * scale), have - 1) for i in range(want)], [1.0] * want)]


def _linear(have: int, want: int, scale: float, align: bool) -> Taps:
    at = [i * scale if align else max((i + 0.5) * scale - 0.5, 0.0) for i in range(want)]
    first = [min(int(x), have - 1) for x in at]
    share = [x - i for x, i in zip(at, first, strict=True)]
    return [(first, [1.0 - w for w in share]), ([min(i + 1, have - 1) for i in first], share)]


def cubic_weights(t: Any) -> list[Any]:
    """The weights of four neighbours at a distance t from the second (R. Keys, 1981, with a = -0.75)."""
    a = -0.75

    def inner(x: Any) -> Any:
        return ((a + 2) * x - (a + 3)) * x * x + 1

    def outer(x: Any) -> Any:
        return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a

    return [outer(t + 1), inner(t), inner(1 - t), outer(2 - t)]


def _cubic(have: int, want: int, scale: float, align: bool) -> Taps:
    at = [i * scale if align else (i + 0.5) * scale - 0.5 for i in range(want)]
    first = [math.floor(x) for x in at]
    weights = [cubic_weights(x - i) for x, i in zip(at, first, strict=True)]
    return [([min(max(i + k - 1, 0), have - 1) for i in first], [weight[k] for weight in weights]) for k in range(4)]


def _resample(x: Tensor, dim: int, taps: Taps) -> Tensor:
    """A weighted sum of neighbours along a dimension."""
    total: Any = None
    shape = [-1 if i == dim else 1 for i in range(x.ndim)]
    for places, weights in taps:
        part = x.index_select(dim, autograd.tensor(places, dtype=autograd.int64, device=x.device))
        if any(w != 1.0 for w in weights):
            part = part * autograd.tensor(weights, dtype=x.dtype, device=x.device).reshape(shape)
        total = part if total is None else total + part
    return total


def _triangle(x: float) -> float:
    return max(1.0 - abs(x), 0.0)


def _keys(x: float) -> float:
    """The cubic of R. Keys, 1981, with a = -0.5."""
    x = abs(x)
    if x < 1:
        return (1.5 * x - 2.5) * x * x + 1
    return ((-0.5 * x + 2.5) * x - 4) * x + 2 if x < 2 else 0.0


def _smooth(x: Tensor, dim: int, want: int, scale: float, cubic: bool) -> Tensor:
    """Resampled along a dimension by a filter as wide as a pixel of the output, or of the input if that is wider."""
    have, width = x.shape[dim], max(scale, 1.0)
    reach, weight = (2 * width, _keys) if cubic else (width, _triangle)
    rows = []
    for i in range(want):
        center = scale * (i + 0.5)
        first, last = max(int(center - reach + 0.5), 0), min(int(center + reach + 0.5), have)
        row = [weight((j - center + 0.5) / width) if first <= j < last else 0.0 for j in range(have)]
        rows.append([value / sum(row) for value in row])
    matrix = autograd.tensor(rows, dtype=x.dtype, device=x.device)
    return (x.movedim(dim, -1) @ matrix.T).movedim(-1, dim)


_RANKS = {"linear": (3,), "bilinear": (4,), "bicubic": (4,), "trilinear": (5,)}


def interpolate(
    input: Tensor, size: Any = None, scale_factor: Any = None, mode: str = "nearest",
    align_corners: bool | None = None, recompute_scale_factor: bool | None = None, antialias: bool = False,
) -> Tensor:  # fmt: skip
    """(N, C, *S) resampled to a size, or by a factor.

    mode: 'nearest', 'nearest-exact', 'linear' (of 1 dimension), 'bilinear' and 'bicubic' (2),
    'trilinear' (3), 'area' (means). With `align_corners` the corner pixels' centres stay where they are;
    `antialias` (bilinear and bicubic) lets every input pixel count when the result is smaller.
    """
    dims = input.ndim - 2
    if input.ndim not in _RANKS.get(mode, (3, 4, 5)):
        raise OperationError(f"interpolate: mode={mode!r} does not take an input of shape {tuple(input.shape)}")
    if mode not in ("nearest", "nearest-exact", "area", *_RANKS):
        raise NotImplementedError(f"interpolate: unknown mode {mode!r}")
    if align_corners is not None and mode not in _RANKS:
        raise ValueError(f"interpolate: align_corners does not go with mode={mode!r}")
    if antialias and mode not in ("bilinear", "bicubic"):
        raise ValueError(f"interpolate: antialias goes with 'bilinear' and 'bicubic', not with {mode!r}")
    if (size is None) == (scale_factor is None):
        raise ValueError("interpolate: give either size or scale_factor")
    have = tuple(input.shape[2:])
    factors: list[float] | None = None
    if size is not None:
        wanted = [size] * dims if isinstance(size, int) else [int(n) for n in size]
    else:
        factors = [float(scale_factor)] * dims if isinstance(scale_factor, int | float) else list(scale_factor)
        wanted = [math.floor(n * f) for n, f in zip(have, factors, strict=False)]
        if recompute_scale_factor:
            factors = None
    if len(wanted) != dims or (factors is not None and len(factors) != dims):
        raise ValueError(f"interpolate: expected {dims} sizes or factors for shape {tuple(input.shape)}")
    if min(wanted) < 1 or 0 in have:
        raise OperationError(f"interpolate: sizes must be positive, from {have} to {tuple(wanted)}")
    if mode == "area":
        return (adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d)[dims - 1](input, tuple(wanted))
    out = input
    for axis, (n, m) in enumerate(zip(have, wanted, strict=True)):
        scale = n / m if factors is None else 1.0 / factors[axis]
        if mode in _RANKS and align_corners:
            scale = (n - 1) / (m - 1) if m > 1 else 0.0
        if antialias:
            out = _smooth(out, 2 + axis, m, scale, mode == "bicubic")
            continue
        if mode in ("nearest", "nearest-exact"):
            taps = _nearest(n, m, scale, mode == "nearest-exact")
        else:
            taps = (_cubic if mode == "bicubic" else _linear)(n, m, scale, bool(align_corners))
        out = _resample(out, 2 + axis, taps)
    return out


def upsample(
    input: Tensor, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: bool | None = None
) -> Tensor:
    """interpolate under its older name."""
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """interpolate(mode='nearest')."""
    return interpolate(input, size, scale_factor, mode="nearest")


def upsample_bilinear(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """interpolate(mode='bilinear', align_corners=True)."""
    return interpolate(input, size, scale_factor, mode="bilinear", align_corners=True)


def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor:
    """(*, C r^2, H, W) -> (*, C, H r, W r) (W. Shi et al., 2016)."""
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
    r = downscale_factor
    if input.ndim < 3 or r < 1 or input.shape[-2] % r or input.shape[-1] % r:
        raise OperationError(f"pixel_unshuffle: height and width of {tuple(input.shape)} are not divisible by {r}")
    *batch, channels, height, width = input.shape
    n = len(batch)
    apart = input.reshape(*batch, channels, height // r, r, width // r, r)
    order = [*range(n), n, n + 2, n + 4, n + 1, n + 3]
    return apart.permute(*order).reshape(*batch, channels * r * r, height // r, width // r)


def channel_shuffle(input: Tensor, groups: int) -> Tensor:
    """The channels of (N, C, *) dealt out to the groups in turn (X. Zhang et al., 2017)."""
    if input.ndim < 3 or groups < 1 or input.shape[1] % groups:
        raise OperationError(f"channel_shuffle: {groups} groups do not divide the channels of {tuple(input.shape)}")
    apart = input.reshape(input.shape[0], groups, input.shape[1] // groups, *input.shape[2:])
    return apart.transpose(1, 2).reshape(input.shape)


native_channel_shuffle = channel_shuffle


def affine_grid(theta: Tensor, size: Sequence[int], align_corners: bool | None = None) -> Tensor:
    """Where grid_sample looks for an affine map: (N, 2, 3) -> (N, H, W, 2), or (N, 3, 4) -> (N, D, H, W, 3)."""
    space = tuple(size[2:])
    if theta.ndim != 3 or theta.shape[1:] != (len(space), len(space) + 1):
        raise OperationError(f"affine_grid: theta of shape {tuple(theta.shape)} does not fit size {tuple(size)}")
    lines = []
    for n in space:
        edge = 1.0 if align_corners and n > 1 else (n - 1) / n
        lines.append(
            autograd.linspace(-edge, edge, n, dtype=theta.dtype, device=theta.device) if n > 1 else theta.new_zeros(1)
        )
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


def grid_sample(
    input: Tensor, grid: Tensor, mode: str = "bilinear", padding_mode: str = "zeros",
    align_corners: bool | None = None,
) -> Tensor:  # fmt: skip
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


__all__ = [
    "affine_grid", "channel_shuffle", "grid_sample", "interpolate", "native_channel_shuffle", "pad", "pixel_shuffle",
    "pixel_unshuffle", "upsample", "upsample_bilinear", "upsample_nearest",
]  # fmt: skip
