"""Subtract the mean, divide by the standard deviation, scale and shift: in groups of any shape."""

from __future__ import annotations

import math
from typing import Any

from ..backend import Array, Backend
from ..engine.primitive import primitive
from ..engine.tensor import Tensor
from .promotion import require_floating, restored, single


@primitive(
    outputs=3,
    partial=True,
    autocast="single",
    finish=lambda g, shape: _sum_down_to(g, shape),
    x=lambda g, x, weight, out1, out2, dims, eps: _by_input(g, x, weight, out1, out2, dims, eps),
    weight=lambda g, x, out1, out2, weight_shape, eps: _by_weight(g[0], x, out1, out2, weight_shape, eps),
    bias=lambda g: g[0],
)
def _normalise(
    backend: Backend, x: Array, weight: Array | None, bias: Array | None, *, dims: tuple[int, ...], eps: float
) -> tuple[Array, Array, Array]:
    """(x - mean) / sqrt(var + eps) weight + bias, and the mean and the (biased) variance over some dimensions."""
    mean = backend.average(x, dims)
    y = x - mean
    var = backend.average(y * y, dims)
    scale = (var + eps) ** -0.5
    if weight is not None and _constant(weight.shape, x.shape, dims):
        scale, weight = scale * weight, None
    y *= scale
    if weight is not None:
        y *= weight
    if bias is not None:
        y += bias
    return y, mean, var


def _stretched(shape: tuple[int, ...], to: tuple[int, ...]) -> tuple[int, ...]:
    """The dimensions over which a shape was broadcast."""
    extra = len(to) - len(shape)
    return tuple(i for i, size in enumerate(to) if i < extra or shape[i - extra] != size)


def _sum_down_to(g: Tensor, shape: tuple[int, ...]) -> Tensor:
    """The adjoint of broadcasting, summed as the statistics are."""
    return _total(g, dims=_stretched(shape, g._array.shape)).reshape(shape)


@primitive(linear=True, x=lambda g, x_shape: g.expand(x_shape))
def _total(backend: Backend, x: Array, *, dims: tuple[int, ...]) -> Array:
    return backend.total(x, dims)


def _constant(weight: tuple[int, ...], shape: tuple[int, ...], dims: tuple[int, ...]) -> bool:
    """Whether a weight that broadcasts to this shape has one value for all that is averaged together."""
    return all(i < len(shape) - len(weight) or weight[i - len(shape)] == 1 for i in dims)


def _slope(average: Any, up: Any, x: Any, weight: Any, mean: Any, var: Any, dims: tuple[int, ...], eps: float) -> Any:
    """(u - mean(u) - z mean(u z)) / s, with z = (x - mean) / s, s = sqrt(var + eps) and u = weight up.

    Written once, for arrays in the first derivative and for tensors, where it is differentiated itself.
    """
    inverse = scale = (var + eps) ** -0.5
    if weight is not None and _constant(weight.shape, x.shape, dims):
        scale = inverse * weight
    elif weight is not None:
        up = up * weight
    centred = x - mean
    return (up - average(up) - centred * (average(up * centred) * inverse**2)) * scale


def _scaled_sum(total: Any, up: Any, x: Any, mean: Any, var: Any, eps: float) -> Any:
    """sum(z up), the slope by the weight; likewise."""
    return total((x - mean) * (var + eps) ** -0.5 * up)


def _slope_composed(
    up: Tensor, x: Tensor, weight: Tensor | None, mean: Tensor, var: Tensor, dims: tuple[int, ...], eps: float
) -> Tensor:
    return _slope(lambda value: value.mean(dims, keepdim=True), up, x, weight, mean, var, dims, eps)


def _scaled_sum_composed(up: Tensor, x: Tensor, mean: Tensor, var: Tensor, dims: tuple[int, ...], eps: float) -> Tensor:
    return _scaled_sum(lambda value: _total(value, dims=dims), up, x, mean, var, eps)


@primitive(composed=_slope_composed)
def _normalise_slope(
    backend: Backend,
    up: Array,
    x: Array,
    weight: Array | None,
    mean: Array,
    var: Array,
    *,
    dims: tuple[int, ...],
    eps: float,
) -> Array:
    return _slope(lambda value: backend.average(value, dims), up, x, weight, mean, var, dims, eps)


@primitive(composed=_scaled_sum_composed)
def _normalise_sum(
    backend: Backend, up: Array, x: Array, mean: Array, var: Array, *, dims: tuple[int, ...], eps: float
) -> Array:
    return _scaled_sum(lambda value: backend.total(value, dims), up, x, mean, var, eps)


def _by_weight(
    up: Tensor | None, x: Tensor, mean: Tensor, var: Tensor, shape: tuple[int, ...], eps: float
) -> Tensor | None:
    if up is None:
        return None
    dims = _stretched(shape, x._array.shape)
    return _normalise_sum(up, x, mean, var, dims=dims, eps=eps).reshape(shape)


def _by_input(
    g: tuple[Tensor | None, ...],
    x: Tensor,
    weight: Tensor | None,
    mean: Tensor,
    var: Tensor,
    dims: tuple[int, ...],
    eps: float,
) -> Tensor | None:
    """The slope, and what the mean and the variance themselves were used for: 1 / n and 2 (x - mean) / n."""
    up, of_mean, of_var = g
    count = math.prod(x._array.shape[i] for i in dims)
    found = None if up is None else _normalise_slope(up, x, weight, mean, var, dims=dims, eps=eps)
    if of_mean is not None:
        beside = (of_mean / count).expand(x.shape)
        found = beside if found is None else found + beside
    if of_var is not None:
        beside = (x - mean) * (of_var * (2.0 / count))
        found = beside if found is None else found + beside
    return found


def normalised(
    x: Tensor, dims: tuple[int, ...], weight: Tensor | None, bias: Tensor | None, eps: float
) -> tuple[Tensor, Tensor, Tensor]:
    """(x - mean) / sqrt(var + eps) weight + bias, and the mean and the biased variance over `dims`, which stay.

    Weight and bias broadcast to x. Half precision is computed in single, and so are its statistics.
    """
    require_floating("normalisation", x)
    wide = [None if each is None else single(each) for each in (x, weight, bias)]
    out, mean, var = _normalise(*wide, dims=dims, eps=float(eps))
    return restored(out, x.dtype), mean, var
