"""Cross entropies: of class numbers, of probabilities, of two classes."""

from __future__ import annotations

import math
from typing import Any

from .. import dtypes
from ..backend import Array, Backend, Namespace
from ..engine.errors import OperationError
from ..engine.modes import modes
from ..engine.primitive import primitive
from ..engine.tensor import Tensor
from .activation import logsigmoid, sigmoid
from .broadcast import sum_to
from .choosing import clamp, where
from .elementwise import binary
from .exponential import log, log1p
from .promotion import cast, floating, restored, result_type, single
from .softmax import _log_softmax_of, log_softmax, softmax


@binary(
    face=None,
    method=False,
    in_place=False,
    autocast="single",
    to_float=True,
    x=lambda g, x, y: g * _binary_cross_entropy_slope(x, y),
    y=lambda g, x: g * (_limited_log(1.0 - x, -x, log1p) - _limited_log(x, x, log)),
)
def binary_cross_entropy(xp: Namespace, x: Array, y: Array) -> Array:
    """-(y log(x) + (1 - y) log(1 - x)), the logarithms not below -100."""
    return (y - 1.0) * xp.maximum(xp.log1p(-x), -100.0) - y * xp.maximum(xp.log(x), -100.0)


def _binary_cross_entropy_slope(x: Tensor, y: Tensor) -> Tensor:
    """(x - y) / (x (1 - x)), the product not below 1e-12: finite, with the right sign, for a prediction of 0 or 1."""
    product = x * (1.0 - x)
    # The limit is taken of the value alone, so that a second derivative sees the curve, as torch's does.
    return (x - y) / (product + (clamp(product, min=1e-12) - product).detach())


@primitive(
    autocast="single",
    x=lambda g, x, y, weight, x_shape: sum_to(g * _logits_slope(x, y, weight), x_shape),
    y=lambda g, x, weight, y_shape: sum_to(-g * (x if weight is None else x + (weight - 1.0) * logsigmoid(x)), y_shape),
    weight=lambda g, x, y, weight_shape: sum_to(-g * y * logsigmoid(x), weight_shape),
)
def _binary_cross_entropy_of_logits(xp: Namespace, x: Array, y: Array, weight: Array | None) -> Array:
    logarithm = xp.minimum(x, 0) - xp.log1p(xp.exp(-xp.abs(x)))
    return (1.0 - y) * x - (logarithm if weight is None else (1.0 + (weight - 1.0) * y) * logarithm)


def _logits_slope(x: Tensor, y: Tensor, weight: Tensor | None) -> Tensor:
    """sigmoid(x) - y, and with weighted positives (1 - y + weight y) sigmoid(x) - weight y."""
    if weight is None:
        return sigmoid(x) - y
    positive = weight * y
    return (1.0 - y + positive) * sigmoid(x) - positive


def binary_cross_entropy_of_logits(input: Tensor, target: Tensor, pos_weight: Tensor | None = None) -> Tensor:
    """-(pos_weight target log(sigmoid(input)) + (1 - target) log(1 - sigmoid(input))), without overflow."""
    operands = [input, target] if pos_weight is None else [input, target, pos_weight]
    kind = result_type(floating("binary_cross_entropy_with_logits", input), *operands)
    x, y, *weight = (cast(each, kind) for each in operands)
    return _binary_cross_entropy_of_logits(x, y, weight[0] if weight else None)


def _limited_log(size: Tensor, x: Tensor, logarithm: Any) -> Tensor:
    """The logarithm of a size, as a function of x, and -100 with no slope where it is lower."""
    low = size < math.exp(-100.0)
    return where(low, -100.0, logarithm(where(low, 0.5, x)))


def check_probabilities(name: str, **tensors: Tensor) -> None:
    """OperationError for a number outside [0, 1]: on the CPU, where looking costs no synchronisation."""
    for argument, x in tensors.items():
        if x.is_cpu and x.numel():
            modes.check(_check_probabilities, x, name, argument)


def _check_probabilities(array: Any, name: str, argument: str) -> None:
    if not (array.min() >= 0 and array.max() <= 1):
        raise OperationError(
            f"{name}: expected numbers from 0 to 1 as {argument}, found {array.min()} to {array.max()}"
            + ("; take the sigmoid first, or binary_cross_entropy_with_logits" if argument == "input" else "")
        )


def cross_entropy(
    x: Tensor, target: Tensor, weight: Tensor | None, ignore: int, smoothing: float, reduction: str
) -> Tensor:
    """The cross entropy of logits (n, c) with distributions (n, c) or classes (n,): (n,), its sum or its mean.

    `smoothing` mixes in the uniform distribution and `weight` (c,) weighs the classes. Rows of the class `ignore`
    cost nothing. The mean over classes is by the weights of those met, the mean over distributions by n.
    """
    if target._array.ndim == 1 and reduction != "none":
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
    autocast="single",
    x=lambda g, x, expected: _slope(g, x, expected),
    expected=lambda g, x: -g.unsqueeze(-1) * log_softmax(x, -1),
)
def _cross_entropy(xp: Namespace, x: Array, expected: Array) -> Array:
    return -xp.sum(_costs(xp, x, expected), axis=1)


def _costs(xp: Namespace, x: Array, expected: Array) -> Array:
    # Where nothing is expected, a logit of -inf costs nothing.
    return xp.where(expected == 0, expected, expected * _log_softmax_of(xp, x, 1))


def _slope(up: Tensor, x: Tensor, expected: Tensor) -> Tensor:
    """up (sum(expected) softmax(x) - expected), row by row."""
    return up.unsqueeze(-1) * (softmax(x, -1) * expected.sum(-1, keepdim=True) - expected)


@primitive(
    autocast="single",
    x=lambda g, x, target, weight, ignore, smoothing, mean: _class_cross_entropy_slope(
        g, x, target, weight, ignore=ignore, smoothing=smoothing, mean=mean
    ),
)
def _class_cross_entropy(
    backend: Backend, x: Array, target: Array, weight: Array | None, *, ignore: int, smoothing: float, mean: bool
) -> Array:
    loss = backend.compiled("class_cross_entropy", x, target, weight, ignore, smoothing, mean)
    if loss is not NotImplemented:
        return loss
    xp = backend.xp
    expected = _expected(xp, target, weight, x.shape[1], ignore, smoothing, x.dtype)
    total = -xp.sum(_costs(xp, x, expected))
    return total / _weight_met(xp, x, expected, target, weight, ignore, smoothing) if mean else total


def _class_slope_composed(
    up: Tensor, x: Tensor, target: Tensor, weight: Tensor | None, ignore: int, smoothing: float, mean: bool
) -> Tensor:
    classes = x.shape[1]
    if mean:
        up = up / expected_classes(target, weight, classes, ignore, 0.0, x.dtype).sum()
    expected = expected_classes(target, weight, classes, ignore, smoothing, x.dtype)
    return _slope(up.expand(x.shape[0]), x, expected)


@primitive(composed=_class_slope_composed, by="up x")
def _class_cross_entropy_slope(
    backend: Backend,
    up: Array,
    x: Array,
    target: Array,
    weight: Array | None,
    *,
    ignore: int,
    smoothing: float,
    mean: bool,
) -> Array:
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


def expected_classes(
    target: Tensor, weight: Tensor | None, classes: int, ignore: int, smoothing: float, dtype: dtypes.dtype
) -> Tensor:
    """The distributions (n, classes) of classes (n,): 1 at the class, smoothed, weighed; zeros where it is ignored."""
    return _expected_classes(target, weight, classes=classes, ignore=ignore, smoothing=smoothing, dtype=dtype)


@primitive()
def _expected_classes(
    backend: Backend,
    target: Array,
    weight: Array | None,
    *,
    classes: int,
    ignore: int,
    smoothing: float,
    dtype: dtypes.dtype,
) -> Array:
    return _expected(backend.xp, target, weight, classes, ignore, smoothing, backend.native[dtype])


def _expected(
    xp: Namespace, target: Array, weight: Array | None, classes: int, ignore: int, smoothing: float, kind: Any
) -> Array:
    column = xp.expand_dims(target, axis=1)
    rows = xp.astype(column == xp.arange(classes, dtype=target.dtype), kind)
    if smoothing:
        rows = rows * (1.0 - smoothing) + smoothing / classes
    if smoothing or 0 <= ignore < classes:
        rows = rows * xp.astype(column != ignore, kind)
    return rows if weight is None else rows * weight


def _weight_met(
    xp: Namespace, x: Array, expected: Array, target: Array, weight: Array | None, ignore: int, smoothing: float
) -> Array:
    """What the mean over classes divides by: the weights of those that were met."""
    if weight is not None and smoothing:
        expected = _expected(xp, target, weight, x.shape[1], ignore, 0.0, x.dtype)
    return xp.sum(expected)
