"""Portable references of the optimizers' updates: each writes the parameter and its state in place.

The formulas stand in `optim`, beside each algorithm's paper; the steps here follow torch's order of
operations, so that both agree to the last bits.
"""

from __future__ import annotations

import math
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


def adadelta(
    xp: Any, p: Any, g: Any, *, step: Any, square_avg: Any, acc_delta: Any,
    lr: Any, rho: float, eps: float, weight_decay: float, maximize: bool,
) -> None:  # fmt: skip
    step += 1.0
    g = _direction(p, g, weight_decay, maximize)
    square_avg *= rho
    square_avg += g * g * (1.0 - rho)
    delta = xp.sqrt(acc_delta + eps) / xp.sqrt(square_avg + eps) * g
    acc_delta *= rho
    acc_delta += delta * delta * (1.0 - rho)
    p -= lr * delta


def adamax(
    xp: Any, p: Any, g: Any, *, step: Any, exp_avg: Any, exp_inf: Any,
    lr: Any, betas: tuple[float, float], eps: float, weight_decay: float, maximize: bool,
) -> None:  # fmt: skip
    step += 1.0
    g = _direction(p, g, weight_decay, maximize)
    exp_avg += (g - exp_avg) * (1.0 - betas[0])
    exp_inf[...] = xp.maximum(exp_inf * betas[1], xp.abs(g) + eps)
    rate = xp.astype(lr / (1.0 - betas[0] ** xp.astype(step, xp.float64)), p.dtype)
    p -= rate * exp_avg / exp_inf


def nadam(
    xp: Any, p: Any, g: Any, *, step: Any, mu_product: Any, exp_avg: Any, exp_avg_sq: Any,
    lr: Any, betas: tuple[float, float], eps: float, weight_decay: float, momentum_decay: float, decoupled: bool,
    maximize: bool,
) -> None:  # fmt: skip
    step += 1.0
    if decoupled:
        p *= 1.0 - lr * weight_decay
        weight_decay = 0.0
    g = _direction(p, g, weight_decay, maximize)
    count = xp.astype(step, xp.float64)
    mu, following = (betas[0] * (1.0 - 0.5 * 0.96 ** (each * momentum_decay)) for each in (count, count + 1.0))
    mu_product *= xp.astype(mu, mu_product.dtype)
    product = xp.astype(mu_product, xp.float64)
    exp_avg += (g - exp_avg) * (1.0 - betas[0])
    exp_avg_sq *= betas[1]
    exp_avg_sq += g * g * (1.0 - betas[1])
    spread = xp.sqrt(exp_avg_sq / xp.astype(1.0 - betas[1] ** count, p.dtype)) + eps
    p -= xp.astype(lr * (1.0 - mu) / (1.0 - product), p.dtype) * (g / spread)
    p -= xp.astype(lr * following / (1.0 - product * following), p.dtype) * (exp_avg / spread)


def radam(
    xp: Any, p: Any, g: Any, *, step: Any, exp_avg: Any, exp_avg_sq: Any,
    lr: Any, betas: tuple[float, float], eps: float, weight_decay: float, decoupled: bool, maximize: bool,
) -> None:  # fmt: skip
    step += 1.0
    if decoupled:
        p *= 1.0 - lr * weight_decay
        weight_decay = 0.0
    g = _direction(p, g, weight_decay, maximize)
    count = xp.astype(step, xp.float64)
    exp_avg += (g - exp_avg) * (1.0 - betas[0])
    exp_avg_sq *= betas[1]
    exp_avg_sq += g * g * (1.0 - betas[1])
    first, second = 1.0 - betas[0] ** count, 1.0 - betas[1] ** count
    longest = 2.0 / (1.0 - betas[1]) - 1.0
    length = longest - 2.0 * count * betas[1] ** count / second
    safe = xp.where(length > 5.0, length, 6.0)
    rectified = (safe - 4.0) * (safe - 2.0) * longest / ((longest - 4.0) * (longest - 2.0) * safe)
    scale = xp.astype(xp.sqrt(rectified * second), p.dtype) / (xp.sqrt(exp_avg_sq) + eps)
    moved = exp_avg / xp.astype(first, p.dtype) * lr
    p -= xp.where(length > 5.0, moved * scale, moved)


def rprop(
    xp: Any, p: Any, g: Any, *, step: Any, prev: Any, step_size: Any,
    lr: Any, etas: tuple[float, float], step_sizes: tuple[float, float], maximize: bool,
) -> None:  # fmt: skip
    step += 1.0
    g = -g if maximize else g
    agreement = g * prev
    factor = xp.where(agreement > 0, etas[1], xp.where(agreement < 0, etas[0], xp.ones_like(agreement)))
    step_size *= xp.astype(factor, p.dtype)
    step_size[...] = xp.minimum(xp.maximum(step_size, step_sizes[0]), step_sizes[1])
    g = xp.where(agreement < 0, 0.0, g)
    p -= xp.sign(g) * step_size
    prev[...] = g


def asgd(
    xp: Any, p: Any, g: Any, *, step: Any, eta: Any, mu: Any, ax: Any,
    lr: Any, lambd: float, alpha: float, t0: float, weight_decay: float, maximize: bool,
) -> None:  # fmt: skip
    step += 1.0
    g = _direction(p, g, weight_decay, maximize)
    rate, share = xp.astype(eta, p.dtype), xp.astype(mu, p.dtype)
    p *= 1.0 - lambd * rate
    p -= rate * g
    ax += (p - ax) * share
    count = xp.astype(step, xp.float64)
    eta[...] = xp.astype(lr / (1.0 + lambd * lr * count) ** alpha, eta.dtype)
    mu[...] = xp.astype(1.0 / xp.maximum(count - t0, 1.0), mu.dtype)


def adafactor(
    xp: Any, p: Any, g: Any, *, step: Any, row_var: Any = None, col_var: Any = None, variance: Any = None,
    lr: Any, beta2_decay: float, eps: tuple[float | None, float], d: float, weight_decay: float, maximize: bool,
) -> None:  # fmt: skip
    step += 1.0
    g = -g if maximize else g
    count = xp.astype(step, xp.float64)
    least = float(xp.finfo(p.dtype).eps) if eps[0] is None else eps[0]
    size = max(math.prod(p.shape), 1)
    scale = xp.maximum(xp.sqrt(xp.sum(p * p)) / size**0.5, eps[1])
    rate = xp.astype(xp.minimum(count**-0.5, lr), p.dtype)
    if weight_decay:
        p *= 1.0 - lr * weight_decay
    share = xp.astype(count**beta2_decay, p.dtype)
    squares = g * g
    if variance is None:
        row_var += (xp.mean(squares, axis=-1, keepdims=True) - row_var) * share
        col_var += (xp.mean(squares, axis=-2, keepdims=True) - col_var) * share
        spread = xp.matmul(row_var, col_var) / xp.maximum(xp.mean(row_var, axis=-2, keepdims=True), least)
    else:
        variance += (squares - variance) * share
        spread = variance
    moved = g / xp.sqrt(xp.maximum(spread, least * least))
    p -= rate * scale / xp.maximum(xp.sqrt(xp.sum(moved * moved)) / (size**0.5 * d), 1.0) * moved


def lion(
    xp: Any, p: Any, g: Any, *, exp_avg: Any, lr: Any, betas: tuple[float, float], weight_decay: float, maximize: bool
) -> None:
    g = -g if maximize else g
    p *= 1.0 - lr * weight_decay
    p -= lr * xp.sign(exp_avg * betas[0] + g * (1.0 - betas[0]))
    exp_avg += (g - exp_avg) * (1.0 - betas[1])


def muon(
    xp: Any, p: Any, g: Any, *, momentum_buffer: Any,
    lr: Any, weight_decay: float, momentum: float, nesterov: bool, ns_coefficients: tuple[float, float, float],
    eps: float, ns_steps: int, adjust_lr_fn: str | None,
) -> None:  # fmt: skip
    momentum_buffer += (g - momentum_buffer) * (1.0 - momentum)
    x = g + (momentum_buffer - g) * momentum if nesterov else momentum_buffer
    tall = p.shape[0] > p.shape[1]
    x = x.T if tall else x
    x = x / xp.maximum(xp.sqrt(xp.sum(x * x)), eps)
    a, b, c = ns_coefficients
    for _ in range(ns_steps):
        gram = xp.matmul(x, x.T)
        x = a * x + xp.matmul(b * gram + c * xp.matmul(gram, gram), x)
    rows, columns = p.shape
    adjusted = 0.2 * max(rows, columns) ** 0.5 if adjust_lr_fn == "match_rms_adamw" else max(1.0, rows / columns) ** 0.5
    p *= 1.0 - lr * weight_decay
    p -= lr * adjusted * (x.T if tall else x)
