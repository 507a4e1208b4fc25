"""Compiled loops for the CPU (numba, extra `fast`): one pass where NumPy needs several.

Each agrees with its portable reference; a test holds them side by side. Loops run in one thread:
a second thread pool beside the matrix product's slows both down on small machines.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numba
import numpy as np

Array = Any
_compiled = numba.njit(cache=True, fastmath={"contract", "nsz"}, error_model="numpy", nogil=True)


@_compiled
def _adam(p, g, mean, square, decay, l2, sign, beta1, beta2, rate, root_correction, eps):  # type: ignore[no-untyped-def]
    one = beta1 / beta1
    for i in range(p.size):
        weight = p[i] * decay
        slope = sign * g[i] + l2 * weight
        mean[i] = beta1 * mean[i] + (one - beta1) * slope
        square[i] = beta2 * square[i] + (one - beta2) * slope * slope
        p[i] = weight - rate * mean[i] / (np.sqrt(square[i]) * root_correction + eps)


@_compiled
def _sgd(p, g, lr, l2, sign):  # type: ignore[no-untyped-def]
    for i in range(p.size):
        p[i] -= lr * (sign * g[i] + l2 * p[i])


@_compiled
def _sgd_momentum(p, g, buffer, lr, l2, sign, momentum, share, nesterov):  # type: ignore[no-untyped-def]
    for i in range(p.size):
        slope = sign * g[i] + l2 * p[i]
        buffer[i] = momentum * buffer[i] + share * slope
        p[i] -= lr * (slope + momentum * buffer[i] if nesterov else buffer[i])


@_compiled
def _rmsprop(p, g, square, lr, alpha, eps, l2, sign):  # type: ignore[no-untyped-def]
    one = alpha / alpha
    for i in range(p.size):
        slope = sign * g[i] + l2 * p[i]
        square[i] = alpha * square[i] + (one - alpha) * slope * slope
        p[i] -= lr * slope / (np.sqrt(square[i]) + eps)


@_compiled
def _adagrad(p, g, total, rate, eps, l2, sign):  # type: ignore[no-untyped-def]
    for i in range(p.size):
        slope = sign * g[i] + l2 * p[i]
        total[i] += slope * slope
        p[i] -= rate * slope / (np.sqrt(total[i]) + eps)


def _flat(arrays: Sequence[Array]) -> list[Array] | None:
    """The arrays as vectors that share their memory, or None if a compiled loop can't take them."""
    kind = arrays[0].dtype
    if kind.char not in "fd":
        return None
    for array in arrays:
        if array.dtype is not kind or not array.flags.c_contiguous:
            return None
    return [array.reshape(-1) for array in arrays]


def _number(value: Any) -> float:
    return float(value)


def update(algorithm: str, tensors: Sequence[Sequence[Array]], hyper: dict[str, Any]) -> bool:
    """Runs one step of an optimizer if a compiled loop knows it; False, with nothing changed, if not."""
    step = _STEPS.get(algorithm)
    if step is None:
        return False
    prepared = [step(arrays, **hyper) for arrays in tensors]
    if any(each is None for each in prepared):
        return False
    for loop, arguments in prepared:  # type: ignore[misc]
        loop(*arguments)
    return True


def _adam_step(
    arrays: Sequence[Array], *, lr: Any, betas: tuple, eps: float, weight_decay: float, decoupled: bool, maximize: bool
) -> Any:
    if len(arrays) != 5:  # amsgrad
        return None
    *moved, count = arrays
    flat = _flat(moved)
    if flat is None:
        return None
    kind = flat[0].dtype.type
    lr = _number(lr)
    beta1, beta2 = betas

    def run(*arguments: Any) -> None:
        count[...] += 1
        number = float(count)
        rate = lr / (1.0 - beta1**number)
        correction = 1.0 / math.sqrt(1.0 - beta2**number)
        _adam(
            *flat, kind(1.0 - lr * weight_decay if decoupled else 1.0), kind(0.0 if decoupled else weight_decay),
            kind(-1.0 if maximize else 1.0), kind(beta1), kind(beta2), kind(rate), kind(correction), kind(eps),
        )  # fmt: skip

    return run, ()


def _sgd_step(
    arrays: Sequence[Array], *,
    lr: Any, momentum: float, dampening: float, weight_decay: float, nesterov: bool, maximize: bool,
) -> Any:  # fmt: skip
    flat = _flat(arrays[:3])
    if flat is None:
        return None
    kind = flat[0].dtype.type
    numbers = kind(_number(lr)), kind(weight_decay), kind(-1.0 if maximize else 1.0)
    if len(arrays) == 2:
        return _sgd, (*flat, *numbers)
    started = arrays[3]

    def run(*arguments: Any) -> None:
        share = 1.0 - dampening if started > 0 else 1.0
        started[...] = 1
        _sgd_momentum(*flat, *numbers, kind(momentum), kind(share), bool(nesterov))

    return run, ()


def _rmsprop_step(
    arrays: Sequence[Array], *,
    lr: Any, alpha: float, eps: float, weight_decay: float, momentum: float, maximize: bool,
) -> Any:  # fmt: skip
    if len(arrays) != 4:  # momentum or centered
        return None
    *moved, count = arrays
    flat = _flat(moved)
    if flat is None:
        return None
    kind = flat[0].dtype.type

    def run(*arguments: Any) -> None:
        count[...] += 1
        _rmsprop(
            *flat, kind(_number(lr)), kind(alpha), kind(eps), kind(weight_decay), kind(-1.0 if maximize else 1.0)
        )

    return run, ()


def _adagrad_step(
    arrays: Sequence[Array], *, lr: Any, lr_decay: float, eps: float, weight_decay: float, maximize: bool
) -> Any:
    *moved, count = arrays
    flat = _flat(moved)
    if flat is None:
        return None
    kind = flat[0].dtype.type

    def run(*arguments: Any) -> None:
        count[...] += 1
        rate = _number(lr) / (1.0 + (float(count) - 1.0) * lr_decay)
        _adagrad(*flat, kind(rate), kind(eps), kind(weight_decay), kind(-1.0 if maximize else 1.0))

    return run, ()


_STEPS = {"adam": _adam_step, "sgd": _sgd_step, "rmsprop": _rmsprop_step, "adagrad": _adagrad_step}
