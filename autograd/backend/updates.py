"""Portable references of the optimizers' updates: each writes the parameter and its state in place.

The formulas stand in `optim`, beside each algorithm's paper; the steps here follow torch's order of
operations, so that both agree to the last bits.
"""

from __future__ import annotations

from typing import Any


def _direction(p: Any, g: Any, weight_decay: float, maximize: bool) -> Any:
    """The gradient to descend along: sign turned for maximize, L2 penalty added."""
    if maximize:
        g = -g
    return g + weight_decay * p if weight_decay else g


def sgd(
    xp: Any, p: Any, g: Any, buffer: Any = None, started: Any = None, *,
    lr: Any, momentum: float, dampening: float, weight_decay: float, nesterov: bool, maximize: bool,
) -> None:  # fmt: skip
    g = _direction(p, g, weight_decay, maximize)
    if buffer is not None:
        # The first step starts the buffer with the whole gradient, undamped.
        share = 1.0 - dampening if dampening == 0 else xp.where(started > 0, 1.0 - dampening, 1.0)
        buffer[...] = buffer * momentum + g * xp.astype(share, p.dtype) if dampening else buffer * momentum + g
        started[...] = started * 0.0 + 1.0
        g = g + momentum * buffer if nesterov else buffer
    p -= lr * g


def adam(
    xp: Any, p: Any, g: Any, mean: Any, square: Any, step: Any, largest: Any = None, *,
    lr: Any, betas: tuple[float, float], eps: float, weight_decay: float, decoupled: bool, maximize: bool,
) -> None:  # fmt: skip
    beta1, beta2 = betas
    step += 1.0
    if decoupled:
        p *= 1.0 - lr * weight_decay
        weight_decay = 0.0
    g = _direction(p, g, weight_decay, maximize)
    mean *= beta1
    mean += g * (1.0 - beta1)
    square *= beta2
    square += g * g * (1.0 - beta2)
    count = xp.astype(step, xp.float64)  # 1 - beta**step cancels: float32 would keep four digits
    first = xp.astype(1.0 - beta1**count, p.dtype)
    second = xp.astype(1.0 - beta2**count, p.dtype)
    root = square
    if largest is not None:
        largest[...] = xp.maximum(largest, square)
        root = largest
    p -= (lr / first) * mean / (xp.sqrt(root) / xp.sqrt(second) + eps)


def rmsprop(
    xp: Any, p: Any, g: Any, square: Any, step: Any, buffer: Any = None, average: Any = None, *,
    lr: Any, alpha: float, eps: float, weight_decay: float, momentum: float, maximize: bool,
) -> None:  # fmt: skip
    step += 1.0
    g = _direction(p, g, weight_decay, maximize)
    square *= alpha
    square += g * g * (1.0 - alpha)
    spread = square
    if average is not None:
        average += (g - average) * (1.0 - alpha)
        spread = square - average * average
    g = g / (xp.sqrt(spread) + eps)
    if buffer is not None:
        buffer *= momentum
        buffer += g
        g = buffer
    p -= lr * g


def adagrad(
    xp: Any, p: Any, g: Any, total: Any, step: Any, *,
    lr: Any, lr_decay: float, eps: float, weight_decay: float, maximize: bool,
) -> None:  # fmt: skip
    step += 1.0
    g = _direction(p, g, weight_decay, maximize)
    rate = xp.astype(lr / (1.0 + (step - 1.0) * lr_decay), p.dtype)
    total += g * g
    p -= rate * (g / (xp.sqrt(total) + eps))
