"""Cross entropy of logits with classes, and its slope."""

from __future__ import annotations

import numpy as np

from .loops import COMPILED, Array, compiled, loop


@compiled
def _cross_entropy(x: Array, target: Array, ignore: int) -> tuple[float, int]:
    """The sum of the losses of all rows that count, and how many count; -1 for a class that there is not."""
    total, met = 0.0, 0
    for i in range(x.shape[0]):
        if target[i] == ignore:
            continue
        if not 0 <= target[i] < x.shape[1]:
            return total, -1
        met += 1
        largest = x[i, 0]
        for j in range(x.shape[1]):
            largest = max(largest, x[i, j])
        mass = x[i, 0] * 0
        for j in range(x.shape[1]):
            mass += np.exp(x[i, j] - largest)
        total += np.log(mass) + largest - x[i, target[i]]
    return total, met


@compiled
def _cross_entropy_slope(x: Array, target: Array, ignore: int, up: float, mean: bool, out: Array) -> bool:
    """Fills `out`; False for a class that there is not."""
    if mean:
        met = 0
        for i in range(x.shape[0]):
            met += target[i] != ignore
        up /= met
    for i in range(x.shape[0]):
        if target[i] == ignore:
            out[i, :] = 0
            continue
        if not 0 <= target[i] < x.shape[1]:
            return False
        largest = x[i, 0]
        for j in range(x.shape[1]):
            largest = max(largest, x[i, j])
        mass = x[i, 0] * 0
        for j in range(x.shape[1]):
            out[i, j] = np.exp(x[i, j] - largest)
            mass += out[i, j]
        scale = x.dtype.type(up / mass)
        for j in range(x.shape[1]):
            out[i, j] *= scale
        out[i, target[i]] -= x.dtype.type(up)
    return True


def _takes(x: Array, target: Array, weight: Array | None, smoothing: float) -> bool:
    return (
        weight is None
        and not smoothing
        and x.dtype in COMPILED
        and x.flags.c_contiguous
        and target.dtype == np.int64
        and target.flags.c_contiguous
        and x.ndim == 2
        and target.shape == x.shape[:1]
    )


def _no_such_class(x: Array, target: Array, ignore: int) -> ValueError:
    known = target[target != ignore]
    return ValueError(f"a class is outside [0, {x.shape[1]}): found {known.min()} to {known.max()}")


@loop("class_cross_entropy")
def class_cross_entropy(
    x: Array, target: Array, weight: Array | None, ignore: int, smoothing: float, mean: bool
) -> Array:
    """The loss of all rows, if the classes have no weights and are not smoothed."""
    if not _takes(x, target, weight, smoothing):
        return NotImplemented
    total, met = _cross_entropy(x, target, ignore)
    if met < 0:
        raise _no_such_class(x, target, ignore)
    return np.asarray(total / met if mean and met else total if not mean else np.nan, dtype=x.dtype)


@loop("class_cross_entropy_slope")
def class_cross_entropy_slope(
    up: Array, x: Array, target: Array, weight: Array | None, ignore: int, smoothing: float, mean: bool
) -> Array:
    """The derivative of that loss by x, times the number `up`."""
    if not _takes(x, target, weight, smoothing):
        return NotImplemented
    out = np.empty(x.shape, x.dtype)
    if not _cross_entropy_slope(x, target, ignore, float(up), mean, out):
        raise _no_such_class(x, target, ignore)
    return out
