"""RMSprop."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Tensor
from autograd.backend import Array, Namespace

from .algorithm import descent
from .optimizer import Optimizer, Params, check_at_least_zero
from .options import accepts


class RMSprop(Optimizer):
    """Gradient descent, each element scaled by a running mean of its squared gradient.

        v = alpha v + (1 - alpha) g^2
        p = p - lr g / (sqrt(v) + eps)

    `centered` subtracts the square of a running mean of g from v; with `momentum` a buffer
    b = momentum b + g / (sqrt(v) + eps) is stepped along.
    G. Hinton, lecture 6e of "Neural networks for machine learning", 2012; A. Graves, 2013 (centered).
    """

    blended = ("grad_avg",)

    @staticmethod
    def update(
        xp: Namespace,
        p: Array,
        g: Array,
        step: Array,
        square_avg: Array,
        momentum_buffer: Array | None = None,
        grad_avg: Array | None = None,
        *,
        lr: Array,
        alpha: float,
        eps: float,
        weight_decay: float,
        momentum: float,
        maximize: bool,
    ) -> None:
        step += 1.0
        g = descent(p, g, maximize, weight_decay)
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

    @accepts("capturable", "foreach", "maximize", "differentiable", positional=4)
    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        check_at_least_zero(lr=lr, alpha=alpha, eps=eps, weight_decay=weight_decay, momentum=momentum)
        names = {
            "lr": lr,
            "momentum": momentum,
            "alpha": alpha,
            "eps": eps,
            "centered": centered,
            "weight_decay": weight_decay,
            "maximize": maximize,
        }
        super().__init__(params, names)

    def new_state(self, p: Tensor, group: dict[str, Any]) -> dict[str, Tensor]:
        state = super().new_state(p, group)
        if group["momentum"] > 0:
            state["momentum_buffer"] = autograd.zeros_like(p.detach())
        if group["centered"]:
            state["grad_avg"] = autograd.zeros_like(p.detach())
        return state
