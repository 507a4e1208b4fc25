"""RMSprop."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Tensor

from .optimizer import Optimizer, check_at_least_zero, step_counter


class RMSprop(Optimizer):
    """Gradient descent, each element scaled by a running mean of its squared gradient.

        v = alpha v + (1 - alpha) g^2
        p = p - lr g / (sqrt(v) + eps)

    `centered` subtracts the square of a running mean of g from v; with `momentum` a buffer
    b = momentum b + g / (sqrt(v) + eps) is stepped along.
    G. Hinton, lecture 6e of "Neural networks for machine learning", 2012; A. Graves, 2013 (centered).
    """

    algorithm = "rmsprop"
    hyperparameters = ("lr", "alpha", "eps", "weight_decay", "momentum", "maximize")
    state_names = ("step", "square_avg", "momentum_buffer", "grad_avg")
    optional_state = ("momentum_buffer", "grad_avg")

    def __init__(
        self, params: Any, lr: Any = 1e-2, alpha: float = 0.99, eps: float = 1e-8, weight_decay: float = 0,
        momentum: float = 0, centered: bool = False, capturable: bool = False, foreach: Any = None,
        maximize: bool = False, differentiable: bool = False,
    ) -> None:  # fmt: skip
        check_at_least_zero(lr=lr, alpha=alpha, eps=eps, weight_decay=weight_decay, momentum=momentum)
        names = {
            "lr": lr, "momentum": momentum, "alpha": alpha, "eps": eps, "centered": centered,
            "weight_decay": weight_decay, "capturable": capturable, "foreach": foreach, "maximize": maximize,
            "differentiable": differentiable,
        }  # fmt: skip
        super().__init__(params, names)

    def new_state(self, p: Tensor, group: dict[str, Any]) -> dict[str, Tensor]:
        zeros = autograd.zeros_like(p.detach())
        state = {"step": step_counter(p), "square_avg": zeros}
        if group["momentum"] > 0:
            state["momentum_buffer"] = zeros.clone()
        if group["centered"]:
            state["grad_avg"] = zeros.clone()
        return state
