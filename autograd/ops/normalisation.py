"""Softmax and its logarithm, and normalisation by the statistics of a batch."""

from __future__ import annotations

import math
from typing import Any

from .. import dtypes
from ..engine import apply, partial_derivative
from ..primitive import primitive
from ..tensor import Tensor
from . import elementwise as e
from .dims import normalize_dim, numpy_names
from .promotion import cast, floating, require_floating
from .reduction import sum


@primitive(x=lambda g, out, dim: e.mul(out, e.sub(g, sum(e.mul(g, out), dim, keepdim=True))))
def _softmax(xp, x, *, dim):
    powers = xp.exp(x - xp.max(x, axis=dim, keepdims=True))
    powers /= xp.sum(powers, axis=dim, keepdims=True)
    return powers


@primitive(x=lambda g, out, dim: e.sub(g, e.mul(e.exp(out), sum(g, dim, keepdim=True))))
def _log_softmax(xp, x, *, dim):
    shifted = x - xp.max(x, axis=dim, keepdims=True)
    shifted -= xp.log(xp.sum(xp.exp(shifted), axis=dim, keepdims=True))
    return shifted


def _along(name: str, primitive_: Any, input: Tensor, dim: int, dtype: dtypes.dtype | None) -> Tensor:
    x = floating(name, input if dtype is None else cast(input, dtype))
    if not x.ndim:
        normalize_dim(name, dim, 0)
        return apply(primitive_, x.reshape(1), dim=0).reshape(())
    if not x.numel():
        return x.clone()
    return apply(primitive_, x, dim=normalize_dim(name, dim, x.ndim))


@numpy_names
def softmax(input: Tensor, dim: int, dtype: dtypes.dtype | None = None) -> Tensor:
    """exp(input) / sum(exp(input)) along a dimension, without overflow."""
    return _along("softmax", _softmax, input, dim, dtype)


@numpy_names
def log_softmax(input: Tensor, dim: int, dtype: dtypes.dtype | None = None) -> Tensor:
    """log(softmax(input)) along a dimension, without overflow."""
    return _along("log_softmax", _log_softmax, input, dim, dtype)


# Cross entropy of logits x (n, c) with target distributions (n, c), row by row: (n,)


@primitive(
    x=lambda g, x, target: _cross_entropy_slope(g, x, target),
    target=lambda g, x: e.neg(e.mul(g.unsqueeze(-1), log_softmax(x, -1))),
)
def _cross_entropy(xp, x, target):
    shifted = x - xp.max(x, axis=1, keepdims=True)
    shifted -= xp.log(xp.sum(xp.exp(shifted), axis=1, keepdims=True))
    # Where nothing is expected, a logit of -inf costs nothing.
    return -xp.sum(xp.where(target == 0, target, target * shifted), axis=1)


def _cross_entropy_slope(up: Tensor, x: Tensor, target: Tensor) -> Tensor:
    """up (sum(target) softmax(x) - target), row by row."""
    mass = sum(target, -1, keepdim=True)
    return e.mul(up.unsqueeze(-1), e.sub(e.mul(softmax(x, -1), mass), target))


def cross_entropy_of(x: Tensor, target: Tensor) -> Tensor:
    """-sum(target log_softmax(x)) of each row: (n, c), (n, c) -> (n,)."""
    return apply(_cross_entropy, x, target)


# The common case in one pass: class indices (n,), weights of the classes, and the reduction to a number


@primitive(
    x=lambda g, x, target, weight, ignore, smoothing, mean: apply(
        _class_slope, g, x, target, weight, ignore=ignore, smoothing=smoothing, mean=mean
    )
)
def _class_cross_entropy(backend, x, target, weight, *, ignore, smoothing, mean):
    return backend.class_cross_entropy(x, target, weight, ignore, smoothing, mean)


@primitive(
    up=lambda g, up, x, target, weight, ignore, smoothing, mean: partial_derivative(
        _class_slope_composed, 0, g, up, x, target, weight, ignore, smoothing, mean
    ),
    x=lambda g, up, x, target, weight, ignore, smoothing, mean: partial_derivative(
        _class_slope_composed, 1, g, up, x, target, weight, ignore, smoothing, mean
    ),
)
def _class_slope(backend, up, x, target, weight, *, ignore, smoothing, mean):
    return backend.class_cross_entropy_slope(up, x, target, weight, ignore, smoothing, mean)


@primitive()
def _expected(backend, target, weight, *, classes, ignore, smoothing, dtype):
    return backend.expected_classes(target, weight, classes, ignore, smoothing, backend.native[dtype])


def expected_classes(
    target: Tensor, weight: Tensor | None, classes: int, ignore: int, smoothing: float, dtype: dtypes.dtype
) -> Tensor:
    """The target distributions (n, classes) of class indices (n,)."""
    return apply(_expected, target, weight, classes=classes, ignore=ignore, smoothing=smoothing, dtype=dtype)


def _class_slope_composed(
    up: Tensor, x: Tensor, target: Tensor, weight: Tensor | None, ignore: int, smoothing: float, mean: bool
) -> Tensor:
    classes = x.shape[1]
    expected = expected_classes(target, weight, classes, ignore, smoothing, x.dtype)
    if mean:
        up = e.div(up, sum(expected_classes(target, weight, classes, ignore, 0.0, x.dtype)))
    return _cross_entropy_slope(up.expand(x.shape[0]), x, expected)


def class_cross_entropy(
    x: Tensor, target: Tensor, weight: Tensor | None, ignore: int, smoothing: float, mean: bool
) -> Tensor:
    """The cross entropy of (n, c) with class indices (n,), summed, or averaged by the classes' weights."""
    return apply(_class_cross_entropy, x, target, weight, ignore=ignore, smoothing=smoothing, mean=mean)


# Batch normalisation (S. Ioffe, C. Szegedy, 2015) over all dimensions but the second


def _channels(x: Any) -> tuple[tuple[int, ...], tuple[int, ...], int]:
    """The dimensions that are averaged, the shape of a value a channel, and how many elements each averages."""
    axes = (0, *range(2, len(x.shape)))
    return axes, (1, x.shape[1]) + (1,) * (len(x.shape) - 2), math.prod(x.shape[i] for i in axes)


@primitive(
    outputs=1,
    x=lambda g, x, weight, out1, out2, eps: apply(_batch_norm_slope, g, x, weight, out1, out2, eps=eps),
    weight=lambda g, x, out1, out2, eps: apply(_batch_norm_weight, g, x, out1, out2, eps=eps),
    bias=lambda g: _reduce_channels(g),
)
def _batch_norm(xp, x, weight, bias, *, eps):
    """The normalised batch, and its mean and (biased) variance a channel."""
    axes, a_channel, _ = _channels(x)
    mean = xp.mean(x, axis=axes)
    centred = x - xp.reshape(mean, a_channel)
    var = xp.mean(centred * centred, axis=axes)
    scale = 1.0 / xp.sqrt(var + eps)
    if weight is not None:
        scale = scale * weight
    centred *= xp.reshape(scale, a_channel)
    if bias is not None:
        centred += xp.reshape(bias, a_channel)
    return centred, mean, var


@primitive(
    up=lambda g, up, x, weight, eps: partial_derivative(_batch_norm_slope_composed, 0, g, up, x, weight, eps),
    x=lambda g, up, x, weight, eps: partial_derivative(_batch_norm_slope_composed, 1, g, up, x, weight, eps),
    weight=lambda g, up, x, weight, eps: partial_derivative(_batch_norm_slope_composed, 2, g, up, x, weight, eps),
)
def _batch_norm_slope(xp, up, x, weight, mean, var, *, eps):
    """w / s (u - mean(u) - z mean(u z)), with z = (x - mean) / s and u the gradient from above."""
    axes, a_channel, _ = _channels(x)
    inverse = xp.reshape(1.0 / xp.sqrt(var + eps), a_channel)
    z = (x - xp.reshape(mean, a_channel)) * inverse
    z *= xp.mean(up * z, axis=axes, keepdims=True)
    z += xp.mean(up, axis=axes, keepdims=True)
    slope = up - z
    slope *= inverse if weight is None else inverse * xp.reshape(weight, a_channel)
    return slope


@primitive(
    up=lambda g, up, x, eps: partial_derivative(_batch_norm_weight_composed, 0, g, up, x, eps),
    x=lambda g, up, x, eps: partial_derivative(_batch_norm_weight_composed, 1, g, up, x, eps),
)
def _batch_norm_weight(xp, up, x, mean, var, *, eps):
    """sum(u z) a channel, with z and u as in `_batch_norm_slope`."""
    axes, a_channel, _ = _channels(x)
    z = (x - xp.reshape(mean, a_channel)) * up
    return xp.sum(z, axis=axes) / xp.sqrt(var + eps)


def _batch_norm_weight_composed(up: Tensor, x: Tensor, eps: float) -> Tensor:
    return _reduce_channels(e.mul(up, _standardised(x, eps)))


def _reduce_channels(g: Tensor) -> Tensor:
    return sum(g, [0, *range(2, g.ndim)])


def _standardised(x: Tensor, eps: float) -> Tensor:
    """(x - mean) / sqrt(var + eps), composed."""
    axes = [0, *range(2, x.ndim)]
    centred = e.sub(x, x.mean(axes, keepdim=True))
    return e.mul(centred, e.rsqrt(e.add(e.mul(centred, centred).mean(axes, keepdim=True), eps)))


def _batch_norm_slope_composed(up: Tensor, x: Tensor, weight: Tensor | None, eps: float) -> Tensor:
    axes, a_channel, _ = _channels(x)
    dims = list(axes)
    z = _standardised(x, eps)
    centred = e.sub(x, x.mean(dims, keepdim=True))
    inverse = e.rsqrt(e.add(e.mul(centred, centred).mean(dims, keepdim=True), eps))
    slope = e.sub(e.sub(up, up.mean(dims, keepdim=True)), e.mul(z, e.mul(up, z).mean(dims, keepdim=True)))
    slope = e.mul(slope, inverse)
    return slope if weight is None else e.mul(slope, weight.reshape(a_channel))


# Normalisation over any dimensions: of layers, groups and instances


@primitive(outputs=2, partial=True, x=lambda g, out, out1, dims: _standardise_slope(g, out, out1, dims))
def _standardise(xp, x, *, dims, eps):
    """z = (x - mean) / s and 1 / s, with s = sqrt(var + eps)."""
    z = x - xp.mean(x, axis=dims, keepdims=True)
    inverse = 1.0 / xp.sqrt(xp.mean(z * z, axis=dims, keepdims=True) + eps)
    z *= inverse
    return z, inverse


def _standardise_slope(
    g: tuple[Tensor | None, Tensor | None], z: Tensor, inverse: Tensor, dims: tuple[int, ...]
) -> Tensor:
    """(u - mean(u) - z mean(u z)) / s, and of 1 / s itself -z / (n s^2)."""
    up, of_inverse = g
    found: Tensor | None = None
    if up is not None:
        centred = e.sub(up, up.mean(dims, keepdim=True))
        found = e.mul(e.sub(centred, e.mul(z, e.mul(up, z).mean(dims, keepdim=True))), inverse)
    if of_inverse is not None:
        count = math.prod(z._array.shape[i] for i in dims)
        beside = e.mul(e.mul(e.mul(z, of_inverse), e.mul(inverse, inverse)), -1.0 / count)
        found = beside if found is None else e.add(found, beside)
    assert found is not None
    return found


def standardised(x: Tensor, dims: tuple[int, ...], eps: float) -> Tensor:
    """(x - mean) / sqrt(var + eps) over some dimensions."""
    require_floating("normalisation", x)
    return apply(_standardise, x, dims=dims, eps=eps)[0] if x.numel() else x.clone()
