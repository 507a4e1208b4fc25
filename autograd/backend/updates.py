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
    xp: Any, p: Any, g: Any, *, momentum_buffer: Any = None,
    lr: Any, momentum: float, dampening: float, weight_decay: float, nesterov: bool, maximize: bool,
) -> None:  # fmt: skip
    g = _direction(p, g, weight_decay, maximize)
    if momentum_buffer is not None:
        momentum_buffer *= momentum
        momentum_buffer += g * (1.0 - dampening)
        g = g + momentum * momentum_buffer if nesterov else momentum_buffer
    p -= lr * g


def adam(
    xp: Any, p: Any, g: Any, *, step: Any, exp_avg: Any, exp_avg_sq: Any, max_exp_avg_sq: Any = None,
    lr: Any, betas: tuple[float, float], eps: float, weight_decay: float, decoupled: bool, maximize: bool,
) -> None:  # fmt: skip
    beta1, beta2 = betas
    step += 1.0
    if decoupled:
        p *= 1.0 - lr * weight_decay
        weight_decay = 0.0
    g = _direction(p, g, weight_decay, maximize)
    exp_avg *= beta1
    exp_avg += g * (1.0 - beta1)
    exp_avg_sq *= beta2
    exp_avg_sq += g * g * (1.0 - beta2)
    count = xp.astype(step, xp.float64)  # 1 - beta**step cancels: float32 would keep four digits
    first = xp.astype(1.0 - beta1**count, p.dtype)
    second = xp.astype(1.0 - beta2**count, p.dtype)
    root = exp_avg_sq
    if max_exp_avg_sq is not None:
        max_exp_avg_sq[...] = xp.maximum(max_exp_avg_sq, exp_avg_sq)
        root = max_exp_avg_sq
    p -= (lr / first) * exp_avg / (xp.sqrt(root) / xp.sqrt(second) + eps)


def rmsprop(
    xp: Any, p: Any, g: Any, *, step: Any, square_avg: Any, momentum_buffer: Any = None, grad_avg: Any = None,
    lr: Any, alpha: float, eps: float, weight_decay: float, momentum: float, maximize: bool,
) -> None:  # fmt: skip
    step += 1.0
    g = _direction(p, g, weight_decay, maximize)
    square_avg *= alpha
    square_avg += g * g * (1.0 - alpha)
    spread = square_avg
    if grad_avg is not None:
        grad_avg += (g - grad_avg) * (1.0 - alpha)
        spread = square_avg - grad_avg * grad_avg
    g = g / (xp.sqrt(spread) + eps)
    if momentum_buffer is not None:
        momentum_buffer *= momentum
        momentum_buffer += g
        g = momentum_buffer
    p -= lr * g


def adagrad(
    xp: Any, p: Any, g: Any, *, step: Any, sum: Any,
    lr: Any, lr_decay: float, eps: float, weight_decay: float, maximize: bool,
) -> None:  # fmt: skip
    step += 1.0
    g = _direction(p, g, weight_decay, maximize)
    rate = xp.astype(lr / (1.0 + (xp.astype(step, xp.float64) - 1.0) * lr_decay), p.dtype)
    sum += g * g
    p -= rate * (g / (xp.sqrt(sum) + eps))
