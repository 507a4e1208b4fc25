"""Updates of optimizers, by the names of the class and of the state."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .loops import COMPILED, Array, compiled, in_blocks, loop


def _flat(arrays: Sequence[Array]) -> list[Array] | None:
    """The arrays as vectors that share their memory, or None if a compiled loop can't take them."""
    kind, shape = arrays[0].dtype, arrays[0].shape
    if kind not in COMPILED:
        return None
    for array in arrays:
        if array.dtype is not kind or array.shape != shape or not array.flags.c_contiguous:
            return None
    return [array if array.ndim == 1 else array.ravel() for array in arrays]


def _counted(step: Array) -> float:
    """The count of steps, which is one more now."""
    count = step.item() + 1.0
    step.fill(count)  # in a tenth of the time that += takes
    return count


def update_loop(algorithm: str, *names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Registers a function of (the count of steps, if there is one, [parameter, gradient, *state] as vectors)."""
    counters = 1 if names[:1] == ("step",) else 0

    def register(run: Callable[..., None]) -> Callable[..., None]:
        @loop((algorithm, names))
        def update(p: Array, g: Array, *state: Array, **hyper: Any) -> Any:
            flat = _flat((p, g, *state[counters:]))
            if flat is None or (counters and state[0].size != 1):
                return NotImplemented
            return run(*state[:counters], flat, **hyper)

        return run

    return register


@compiled
def _adam(
    p: Array,
    g: Array,
    mean: Array,
    square: Array,
    decay: float,
    l2: float,
    sign: float,
    beta1: float,
    rest1: float,
    beta2: float,
    rest2: float,
    rate: float,
    correction: float,
    eps: float,
) -> None:
    kind = p.dtype.type
    decay, l2, sign, beta1, rest1 = kind(decay), kind(l2), kind(sign), kind(beta1), kind(rest1)
    beta2, rest2, rate, correction, eps = kind(beta2), kind(rest2), kind(rate), kind(correction), kind(eps)
    for i in range(p.size):
        weight = p[i] * decay
        slope = sign * g[i] + l2 * weight
        mean[i] = beta1 * mean[i] + rest1 * slope
        square[i] = beta2 * square[i] + rest2 * slope * slope
        p[i] = weight - rate * mean[i] / (np.sqrt(square[i]) * correction + eps)


@update_loop("optim.adam.Adam", "step", "exp_avg", "exp_avg_sq")
def _run_adam(
    step: Array,
    flat: list[Array],
    *,
    lr: Any,
    betas: tuple[float, float],
    eps: float,
    weight_decay: float,
    decoupled_weight_decay: bool,
    maximize: bool,
) -> None:
    count, lr = _counted(step), float(lr)
    beta1, beta2 = betas
    decay, penalty = (1.0 - lr * weight_decay, 0.0) if decoupled_weight_decay else (1.0, weight_decay)
    rate, correction = lr / (1.0 - beta1**count), 1.0 / math.sqrt(1.0 - beta2**count)
    numbers = decay, penalty, -1.0 if maximize else 1.0, beta1, 1.0 - beta1, beta2, 1.0 - beta2, rate, correction, eps
    in_blocks(_adam, flat, *numbers)


@compiled
def _sgd(p: Array, g: Array, lr: float, l2: float, sign: float) -> None:
    lr, l2, sign = p.dtype.type(lr), p.dtype.type(l2), p.dtype.type(sign)
    for i in range(p.size):
        p[i] -= lr * (sign * g[i] + l2 * p[i])


@compiled
def _sgd_momentum(
    p: Array, g: Array, buffer: Array, lr: float, l2: float, sign: float, momentum: float, share: float, nesterov: bool
) -> None:
    kind = p.dtype.type
    lr, l2, sign, momentum, share = kind(lr), kind(l2), kind(sign), kind(momentum), kind(share)
    for i in range(p.size):
        slope = sign * g[i] + l2 * p[i]
        buffer[i] = momentum * buffer[i] + share * slope
        p[i] -= lr * (slope + momentum * buffer[i] if nesterov else buffer[i])


@update_loop("optim.sgd.SGD")
@update_loop("optim.sgd.SGD", "momentum_buffer")
def _run_sgd(
    flat: list[Array],
    *,
    lr: Any,
    momentum: float,
    dampening: float,
    weight_decay: float,
    nesterov: bool,
    maximize: bool,
) -> None:
    numbers = float(lr), float(weight_decay), -1.0 if maximize else 1.0
    if len(flat) == 2:
        in_blocks(_sgd, flat, *numbers)
    else:
        in_blocks(_sgd_momentum, flat, *numbers, float(momentum), 1.0 - dampening, bool(nesterov))


@compiled
def _rmsprop(
    p: Array, g: Array, square: Array, lr: float, alpha: float, rest: float, eps: float, l2: float, sign: float
) -> None:
    kind = p.dtype.type
    lr, alpha, rest, eps, l2, sign = kind(lr), kind(alpha), kind(rest), kind(eps), kind(l2), kind(sign)
    for i in range(p.size):
        slope = sign * g[i] + l2 * p[i]
        square[i] = alpha * square[i] + rest * slope * slope
        p[i] -= lr * slope / (np.sqrt(square[i]) + eps)


@update_loop("optim.rmsprop.RMSprop", "step", "square_avg")
def _run_rmsprop(
    step: Array,
    flat: list[Array],
    *,
    lr: Any,
    alpha: float,
    eps: float,
    weight_decay: float,
    momentum: float,
    maximize: bool,
) -> None:
    _counted(step)
    in_blocks(_rmsprop, flat, float(lr), alpha, 1.0 - alpha, eps, float(weight_decay), -1.0 if maximize else 1.0)


@compiled
def _adagrad(p: Array, g: Array, total: Array, rate: float, eps: float, l2: float, sign: float) -> None:
    rate, eps, l2, sign = p.dtype.type(rate), p.dtype.type(eps), p.dtype.type(l2), p.dtype.type(sign)
    for i in range(p.size):
        slope = sign * g[i] + l2 * p[i]
        total[i] += slope * slope
        p[i] -= rate * slope / (np.sqrt(total[i]) + eps)


@update_loop("optim.adagrad.Adagrad", "step", "sum")
def _run_adagrad(
    step: Array,
    flat: list[Array],
    *,
    lr: Any,
    lr_decay: float,
    eps: float,
    weight_decay: float,
    maximize: bool,
) -> None:
    rate = float(lr) / (1.0 + (_counted(step) - 1.0) * lr_decay)
    in_blocks(_adagrad, flat, rate, eps, float(weight_decay), -1.0 if maximize else 1.0)
