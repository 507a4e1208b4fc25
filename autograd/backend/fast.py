"""Compiled loops for the CPU (numba, extra `fast`): one pass where NumPy needs several.

A compiled loop checks no index, so each function here proves that its loop stays inside the arrays, whatever
it is given: what does not fit is refused, or left to the portable reference.

Each agrees with its portable reference; a test holds them side by side. Long loops are cut into blocks, which
the engine's own threads share out as they do those of a product.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from typing import Any

import numba
import numpy as np

from . import threads
from .base import first_inside

Array = Any
BLOCK = 1 << 16  # elements that a thread should find to do, some 50 us
_compiled: Any = numba.njit(cache=True, fastmath={"contract", "nsz"}, error_model="numpy", nogil=True)

_sched_yield: Any = numba.types.ExternalFunction("sched_yield", numba.types.int32())


@_compiled
def _linger(given, seen, tries):
    for _ in range(tries):
        if given[0] != seen:  # read again each time: the call might have changed it
            return
        _sched_yield()


if hasattr(os, "sched_yield"):
    threads.linger = _linger


def _in_blocks(loop: Callable[..., None], arrays: Sequence[Array], *numbers: Any) -> None:
    """loop(*arrays, *numbers), in blocks along the first axis if there is work for more than one thread."""
    blocks = min(arrays[0].size // BLOCK, threads.MOST_BLOCKS)
    if blocks < 2:
        loop(*arrays, *numbers)
    else:
        cuts = threads.cut(len(arrays[0]), blocks)
        threads.each(lambda cut: loop(*[array[cut] for array in arrays], *numbers), cuts)


@_compiled
def _adam(p, g, mean, square, decay, l2, sign, beta1, rest1, beta2, rest2, rate, correction, eps):
    kind = p.dtype.type
    decay, l2, sign, beta1, rest1 = kind(decay), kind(l2), kind(sign), kind(beta1), kind(rest1)
    beta2, rest2, rate, correction, eps = kind(beta2), kind(rest2), kind(rate), kind(correction), kind(eps)
    for i in range(p.size):
        weight = p[i] * decay
        slope = sign * g[i] + l2 * weight
        mean[i] = beta1 * mean[i] + rest1 * slope
        square[i] = beta2 * square[i] + rest2 * slope * slope
        p[i] = weight - rate * mean[i] / (np.sqrt(square[i]) * correction + eps)


@_compiled
def _sgd(p, g, lr, l2, sign):
    lr, l2, sign = p.dtype.type(lr), p.dtype.type(l2), p.dtype.type(sign)
    for i in range(p.size):
        p[i] -= lr * (sign * g[i] + l2 * p[i])


@_compiled
def _sgd_momentum(p, g, buffer, lr, l2, sign, momentum, share, nesterov):
    kind = p.dtype.type
    lr, l2, sign, momentum, share = kind(lr), kind(l2), kind(sign), kind(momentum), kind(share)
    for i in range(p.size):
        slope = sign * g[i] + l2 * p[i]
        buffer[i] = momentum * buffer[i] + share * slope
        p[i] -= lr * (slope + momentum * buffer[i] if nesterov else buffer[i])


@_compiled
def _rmsprop(p, g, square, lr, alpha, rest, eps, l2, sign):
    kind = p.dtype.type
    lr, alpha, rest, eps, l2, sign = kind(lr), kind(alpha), kind(rest), kind(eps), kind(l2), kind(sign)
    for i in range(p.size):
        slope = sign * g[i] + l2 * p[i]
        square[i] = alpha * square[i] + rest * slope * slope
        p[i] -= lr * slope / (np.sqrt(square[i]) + eps)


@_compiled
def _adagrad(p, g, total, rate, eps, l2, sign):
    rate, eps, l2, sign = p.dtype.type(rate), p.dtype.type(eps), p.dtype.type(l2), p.dtype.type(sign)
    for i in range(p.size):
        slope = sign * g[i] + l2 * p[i]
        total[i] += slope * slope
        p[i] -= rate * slope / (np.sqrt(total[i]) + eps)


@_compiled
def _fold(windows, out, stride, dilation):
    batch, rows, columns, high, wide, channels = windows.shape
    for n in range(batch):
        for row in range(rows):
            for column in range(columns):
                for i in range(high):
                    for j in range(wide):
                        source = windows[n, row, column, i, j]
                        target = out[n, row * stride[0] + i * dilation[0], column * stride[1] + j * dilation[1]]
                        for c in range(channels):
                            target[c] += source[c]


def fold(windows: Array, space: tuple[int, ...], stride: tuple[int, ...], dilation: tuple[int, ...]) -> Array:
    """`Backend.fold` in two dimensions."""
    for places, size, step, gap, k in zip(windows.shape[1:3], space, stride, dilation, windows.shape[3:5], strict=True):
        if step < 0 or gap < 0 or (places and k and (places - 1) * step + (k - 1) * gap >= size):
            raise ValueError(f"fold: windows {windows.shape} at steps {stride}, {dilation} leave the space {space}")
    out = np.zeros((windows.shape[0], *space, windows.shape[-1]), dtype=windows.dtype)
    _in_blocks(_fold, (windows, out), stride, dilation)
    return out


@_compiled
def _max_pool(x, best, place, kernel, stride, dilation):
    batch, rows, columns, channels = best.shape
    for n in range(batch):
        for row in range(rows):
            for column in range(columns):
                largest, number = best[n, row, column], place[n, row, column]
                largest[:] = x[n, row * stride[0], column * stride[1]]
                for i in range(kernel[0]):
                    for j in range(kernel[1]):
                        source = x[n, row * stride[0] + i * dilation[0], column * stride[1] + j * dilation[1]]
                        here = np.int32(i * kernel[1] + j)
                        for c in range(channels):
                            value = source[c]
                            larger = (value > largest[c]) | (value != value)  # no `or`: a branch is slow
                            largest[c] = value if larger else largest[c]
                            number[c] = here if larger else number[c]


def max_pool(
    x: Array, kernel: tuple[int, ...], stride: tuple[int, ...], dilation: tuple[int, ...], padding: tuple[int, ...]
) -> tuple[Array, Array]:
    """`Backend.max_pool` in two dimensions."""
    outs = [(n - d * (k - 1) - 1) // s + 1 for n, k, s, d in zip(x.shape[2:], kernel, stride, dilation, strict=True)]
    best = np.empty((x.shape[0], *outs, x.shape[1]), dtype=x.dtype)
    place = np.zeros(best.shape, dtype=np.int32)
    if any(padding):
        place += first_inside(np, outs, kernel, stride, dilation, padding)[..., None]
    last = np.ascontiguousarray(x.transpose(0, 2, 3, 1))
    _in_blocks(_max_pool, (last, best, place), kernel, stride, dilation)
    return best.transpose(0, 3, 1, 2), place.transpose(0, 3, 1, 2)


@_compiled
def _max_scatter(g, place, out, kernel, stride, dilation):
    batch, rows, columns, channels = g.shape
    for n in range(batch):
        for row in range(rows):
            for column in range(columns):
                up, number = g[n, row, column], place[n, row, column]
                for i in range(kernel[0]):
                    for j in range(kernel[1]):
                        target = out[n, row * stride[0] + i * dilation[0], column * stride[1] + j * dilation[1]]
                        here = np.int32(i * kernel[1] + j)
                        for c in range(channels):
                            target[c] += up[c] if number[c] == here else 0


def max_scatter(
    g: Array, place: Array, space: tuple[int, ...], kernel: tuple[int, ...], stride: tuple[int, ...],
    dilation: tuple[int, ...],
) -> Array:  # fmt: skip
    """`Backend.max_scatter` in two dimensions."""
    last = [np.ascontiguousarray(array.transpose(0, 2, 3, 1)) for array in (g, place)]
    out = np.zeros((g.shape[0], *space, g.shape[1]), dtype=g.dtype)
    _in_blocks(_max_scatter, (*last, out), kernel, stride, dilation)
    return out.transpose(0, 3, 1, 2)


@_compiled
def _gate_positive(g, x, out):
    for i in range(g.size):
        out[i] = g[i] if x[i] > 0 else 0


def gate_positive(g: Array, x: Array) -> Array | None:
    """`Backend.gate_positive`, if both lie in memory in one order without gaps."""
    if g.dtype is not x.dtype or g.shape != x.shape or g.strides != x.strides or g.dtype.char not in "fd":
        return None
    if g.flags.c_contiguous:
        out = np.empty(g.shape, g.dtype)
        _in_blocks(_gate_positive, (g.reshape(-1), x.reshape(-1), out.reshape(-1)))
        return out
    order = sorted(range(g.ndim), key=lambda i: -g.strides[i])
    if not g.transpose(order).flags.c_contiguous:
        return None
    out = np.empty_like(g)  # keeps the memory order
    _in_blocks(_gate_positive, [array.transpose(order).reshape(-1) for array in (g, x, out)])
    return out


@_compiled
def _cross_entropy(x, target, ignore):
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


@_compiled
def _cross_entropy_slope(x, target, ignore, up, mean, out):
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


def takes(x: Array, target: Array) -> bool:
    """Whether the compiled cross entropy takes these logits and classes."""
    return (
        x.dtype.char in "fd" and x.flags.c_contiguous and target.dtype == np.int64 and target.flags.c_contiguous
        and x.ndim == 2 and target.shape == x.shape[:1]
    )  # fmt: skip


def _no_such_class(x: Array, target: Array, ignore: int) -> ValueError:
    known = target[target != ignore]
    return ValueError(f"a class is outside [0, {x.shape[1]}): found {known.min()} to {known.max()}")


def class_cross_entropy(x: Array, target: Array, ignore: int, mean: bool) -> Array:
    total, met = _cross_entropy(x, target, ignore)
    if met < 0:
        raise _no_such_class(x, target, ignore)
    return np.asarray(total / met if mean and met else total if not mean else np.nan, dtype=x.dtype)


def class_cross_entropy_slope(up: float, x: Array, target: Array, ignore: int, mean: bool) -> Array:
    out = np.empty(x.shape, x.dtype)
    if not _cross_entropy_slope(x, target, ignore, up, mean, out):
        raise _no_such_class(x, target, ignore)
    return out


def _flat(arrays: Sequence[Array]) -> list[Array] | None:
    """The arrays as vectors that share their memory, or None if a compiled loop can't take them."""
    kind, shape = arrays[0].dtype, arrays[0].shape
    if kind.char not in "fd":
        return None
    for array in arrays:
        if array.dtype is not kind or array.shape != shape or not array.flags.c_contiguous:
            return None
    return [array if array.ndim == 1 else array.reshape(-1) for array in arrays]


def update(algorithm: str, names: Sequence[str], arrays: Sequence[Array], hyper: dict[str, Any]) -> bool:
    """One step of an optimizer on (parameter, gradient, *state), or False, with nothing done, if no loop takes it."""
    run = _RUNS.get((algorithm, tuple(names)))
    if run is None:
        return False
    step: Any = None
    if names and names[0] == "step":
        p, g, step, *state = arrays
        arrays = (p, g, *state)
        if step.size != 1:
            return False
    flat = _flat(arrays)
    if flat is None:
        return False
    run(flat, step, **hyper)
    return True


def _run_adam(
    flat: list[Array], step: Array, *,
    lr: Any, betas: tuple, eps: float, weight_decay: float, decoupled: bool, maximize: bool,
) -> None:  # fmt: skip
    step += 1
    count, lr = step.item(), float(lr)
    beta1, beta2 = betas
    decay, penalty = (1.0 - lr * weight_decay, 0.0) if decoupled else (1.0, weight_decay)
    rate, correction = lr / (1.0 - beta1**count), 1.0 / math.sqrt(1.0 - beta2**count)
    numbers = decay, penalty, -1.0 if maximize else 1.0, beta1, 1.0 - beta1, beta2, 1.0 - beta2, rate, correction, eps
    _in_blocks(_adam, flat, *numbers)


def _run_sgd(
    flat: list[Array], step: None, *,
    lr: Any, momentum: float, dampening: float, weight_decay: float, nesterov: bool, maximize: bool,
) -> None:  # fmt: skip
    numbers = float(lr), float(weight_decay), -1.0 if maximize else 1.0
    if len(flat) == 2:
        _in_blocks(_sgd, flat, *numbers)
    else:
        _in_blocks(_sgd_momentum, flat, *numbers, float(momentum), 1.0 - dampening, bool(nesterov))


def _run_rmsprop(
    flat: list[Array], step: Array, *,
    lr: Any, alpha: float, eps: float, weight_decay: float, momentum: float, maximize: bool,
) -> None:  # fmt: skip
    step += 1
    _in_blocks(_rmsprop, flat, float(lr), alpha, 1.0 - alpha, eps, float(weight_decay), -1.0 if maximize else 1.0)


def _run_adagrad(
    flat: list[Array], step: Array, *,
    lr: Any, lr_decay: float, eps: float, weight_decay: float, maximize: bool,
) -> None:  # fmt: skip
    step += 1
    rate = float(lr) / (1.0 + (step.item() - 1.0) * lr_decay)
    _in_blocks(_adagrad, flat, rate, eps, float(weight_decay), -1.0 if maximize else 1.0)


_RUNS: dict[tuple[str, tuple[str, ...]], Any] = {
    ("adam", ("step", "exp_avg", "exp_avg_sq")): _run_adam,
    ("sgd", ()): _run_sgd,
    ("sgd", ("momentum_buffer",)): _run_sgd,
    ("rmsprop", ("step", "square_avg")): _run_rmsprop,
    ("adagrad", ("step", "sum")): _run_adagrad,
}
