"""Signals and images resampled: nearest, linear and cubic neighbours, means, and smoothing before shrinking."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .. import dtypes
from ..engine.errors import OperationError
from ..engine.tensor import Tensor
from ..types import PerDim
from .creation import tensor
from .dims import as_ints, is_int
from .layout import as_images, laid_as
from .operation import operation
from .pooling import adaptive_avg_pool
from .promotion import beyond_autocast, rounded_once

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
        part = x.index_select(dim, tensor(places, dtype=dtypes.int64, device=x.device))
        if any(w != 1.0 for w in weights):
            part = part * tensor(weights, dtype=x.dtype, device=x.device).reshape(shape)
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
    matrix = tensor(rows, dtype=x.dtype, device=x.device)
    return (x.movedim(dim, -1) @ matrix.T).movedim(-1, dim)


_RANKS = {"linear": (3,), "bilinear": (4,), "bicubic": (4,), "trilinear": (5,)}


@operation(face="nn.functional", method=False)
@beyond_autocast
@rounded_once
def interpolate(
    input: Tensor,
    size: PerDim | None = None,
    scale_factor: float | Sequence[float] | None = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:
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
        wanted = list(as_ints(size)) * (dims if is_int(size) else 1)
    else:
        given: Any = scale_factor
        factors = list(given) if isinstance(given, list | tuple) else [float(given)] * dims
        wanted = [math.floor(n * f) for n, f in zip(have, factors, strict=False)]
        if recompute_scale_factor:
            factors = None
    if len(wanted) != dims or (factors is not None and len(factors) != dims):
        raise ValueError(f"interpolate: expected {dims} sizes or factors for shape {tuple(input.shape)}")
    if min(wanted) < 1 or 0 in have:
        raise OperationError(f"interpolate: sizes must be positive, from {have} to {tuple(wanted)}")
    if mode == "area":
        return adaptive_avg_pool(f"adaptive_avg_pool{dims}d", dims, input, wanted)
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
    return laid_as(out, as_images, input)
