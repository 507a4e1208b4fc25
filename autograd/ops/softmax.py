"""Softmax, its logarithm, and the cross entropy of logits with distributions or with classes."""

from __future__ import annotations

from typing import Any

from .. import dtypes
from ..engine.primitive import primitive
from ..engine.sweep import partial_derivative
from ..engine.tensor import Tensor
from .dims import normalize_dim, numpy_names
from .elementwise import exp
from .promotion import cast, floating, restored, single


@primitive(x=lambda g, out, dim: out * (g - (g * out).sum(dim, keepdim=True)))
def _softmax(xp, x, *, dim):
    powers = xp.exp(x - xp.max(x, axis=dim, keepdims=True))
    powers /= xp.sum(powers, axis=dim, keepdims=True)
    return powers


@primitive(x=lambda g, out, dim: g - exp(out) * g.sum(dim, keepdim=True))
def _log_softmax(xp, x, *, dim):
    return _log_softmax_of(xp, x, dim)


def _log_softmax_of(xp: Any, x: Any, dim: int) -> Any:
    shifted = x - xp.max(x, axis=dim, keepdims=True)
    shifted -= xp.log(xp.sum(xp.exp(shifted), axis=dim, keepdims=True))
    return shifted


def _along(name: str, primitive_: Any, input: Tensor, dim: int, dtype: dtypes.dtype | None) -> Tensor:
    x = floating(name, input if dtype is None else cast(input, dtype))
    if not x.ndim:
        normalize_dim(name, dim, 0)
        return primitive_(x.reshape(1), dim=0).reshape(())
    if not x.numel():
        return x.clone()
    out = primitive_(single(x), dim=normalize_dim(name, dim, x.ndim))
    return restored(out, x.dtype)


@numpy_names
def softmax(input: Tensor, dim: int, dtype: dtypes.dtype | None = None) -> Tensor:
    """exp(input) / sum(exp(input)) along a dimension, without overflow."""
    return _along("softmax", _softmax, input, dim, dtype)


@numpy_names
def log_softmax(input: Tensor, dim: int, dtype: dtypes.dtype | None = None) -> Tensor:
    """log(softmax(input)) along a dimension, without overflow."""
    return _along("log_softmax", _log_softmax, input, dim, dtype)


# Cross entropy: -sum(expected log_softmax(x)) of logits x (n, c). What is expected is given as distributions (n, c),
# or as classes (n,) with their weights (c,), whose loss and slope are one pass each where a compiled loop takes them.


def cross_entropy(
    x: Tensor, target: Tensor, weight: Tensor | None, ignore: int, smoothing: float, reduction: str
) -> Tensor:
    """The cross entropy of logits (n, c) with distributions (n, c) or classes (n,): (n,), its sum or its mean.

    `smoothing` mixes in the uniform distribution and `weight` (c,) weighs the classes. Rows of the class `ignore`
    cost nothing. The mean over classes is by the weights of those met, the mean over distributions by n.
    """
    if target.ndim == 1 and reduction != "none":
        wide, mean = None if weight is None else single(weight), reduction == "mean"
        loss = _class_cross_entropy(single(x), target, wide, ignore=ignore, smoothing=smoothing, mean=mean)
        return restored(loss, x.dtype)
    if target.ndim == 1:
        expected = expected_classes(target, weight, x.shape[1], ignore, smoothing, x.dtype)
    else:
        expected = target * (1 - smoothing) + smoothing / x.shape[1] if smoothing else target
        expected = expected if weight is None else expected * weight
    losses = restored(_cross_entropy(single(x), single(expected)), x.dtype)
    if reduction == "none":
        return losses
    return losses.sum() if reduction == "sum" else losses.sum() / max(x.shape[0], 1)


@primitive(
    x=lambda g, x, expected: _slope(g, x, expected),
    expected=lambda g, x: -g.unsqueeze(-1) * log_softmax(x, -1),
)
def _cross_entropy(xp, x, expected):
    return -xp.sum(_costs(xp, x, expected), axis=1)


def _costs(xp: Any, x: Any, expected: Any) -> Any:
    # Where nothing is expected, a logit of -inf costs nothing.
    return xp.where(expected == 0, expected, expected * _log_softmax_of(xp, x, 1))


def _slope(up: Tensor, x: Tensor, expected: Tensor) -> Tensor:
    """up (sum(expected) softmax(x) - expected), row by row."""
    return up.unsqueeze(-1) * (softmax(x, -1) * expected.sum(-1, keepdim=True) - expected)


@primitive(
    x=lambda g, x, target, weight, ignore, smoothing, mean: _class_cross_entropy_slope(
        g, x, target, weight, ignore=ignore, smoothing=smoothing, mean=mean
    )
)
def _class_cross_entropy(backend, x, target, weight, *, ignore, smoothing, mean):
    loss = backend.compiled("class_cross_entropy", x, target, weight, ignore, smoothing, mean)
    if loss is not NotImplemented:
        return loss
    xp = backend.xp
    expected = _expected(xp, target, weight, x.shape[1], ignore, smoothing, x.dtype)
    total = -xp.sum(_costs(xp, x, expected))
    return total / _weight_met(xp, x, expected, target, weight, ignore, smoothing) if mean else total


@primitive(
    up=lambda g, up, x, target, weight, ignore, smoothing, mean: partial_derivative(
        _class_slope_composed, 0, g, up, x, target, weight, ignore, smoothing, mean
    ),
    x=lambda g, up, x, target, weight, ignore, smoothing, mean: partial_derivative(
        _class_slope_composed, 1, g, up, x, target, weight, ignore, smoothing, mean
    ),
)
def _class_cross_entropy_slope(backend, up, x, target, weight, *, ignore, smoothing, mean):
    slope = backend.compiled("class_cross_entropy_slope", up, x, target, weight, ignore, smoothing, mean)
    if slope is not NotImplemented:
        return slope
    xp = backend.xp
    expected = _expected(xp, target, weight, x.shape[1], ignore, smoothing, x.dtype)
    slope = xp.exp(x - xp.max(x, axis=1, keepdims=True))
    slope *= xp.sum(expected, axis=1, keepdims=True) / xp.sum(slope, axis=1, keepdims=True)
    slope -= expected
    slope *= up / _weight_met(xp, x, expected, target, weight, ignore, smoothing) if mean else up
    return slope


def _class_slope_composed(
    up: Tensor, x: Tensor, target: Tensor, weight: Tensor | None, ignore: int, smoothing: float, mean: bool
) -> Tensor:
    classes = x.shape[1]
    if mean:
        up = up / expected_classes(target, weight, classes, ignore, 0.0, x.dtype).sum()
    expected = expected_classes(target, weight, classes, ignore, smoothing, x.dtype)
    return _slope(up.expand(x.shape[0]), x, expected)


def expected_classes(
    target: Tensor, weight: Tensor | None, classes: int, ignore: int, smoothing: float, dtype: dtypes.dtype
) -> Tensor:
    """The distributions (n, classes) of classes (n,): 1 at the class, smoothed, weighed; zeros where it is ignored."""
    return _expected_classes(target, weight, classes=classes, ignore=ignore, smoothing=smoothing, dtype=dtype)


@primitive()
def _expected_classes(backend, target, weight, *, classes, ignore, smoothing, dtype):
    return _expected(backend.xp, target, weight, classes, ignore, smoothing, backend.native[dtype])


def _expected(xp: Any, target: Any, weight: Any, classes: int, ignore: int, smoothing: float, kind: Any) -> Any:
    column = xp.expand_dims(target, axis=1)
    rows = xp.astype(column == xp.arange(classes, dtype=target.dtype), kind)
    if smoothing:
        rows = rows * (1.0 - smoothing) + smoothing / classes
    if smoothing or 0 <= ignore < classes:
        rows = rows * xp.astype(column != ignore, kind)
    return rows if weight is None else rows * weight


def _weight_met(xp: Any, x: Any, expected: Any, target: Any, weight: Any, ignore: int, smoothing: float) -> Any:
    """What the mean over classes divides by: the weights of those that were met."""
    if weight is not None and smoothing:
        expected = _expected(xp, target, weight, x.shape[1], ignore, 0.0, x.dtype)
    return xp.sum(expected)
