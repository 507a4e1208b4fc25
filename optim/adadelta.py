"""Adadelta."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Tensor

from .optimizer import Optimizer, check_at_least_zero, step_counter


class Adadelta(Optimizer):
    """Steps whose size follows from running means of squared gradients and of squared steps.

        v = rho v + (1 - rho) g^2      d = sqrt(u + eps) / sqrt(v + eps) g      u = rho u + (1 - rho) d^2
        p = p - lr d

    M. Zeiler, "ADADELTA: an adaptive learning rate method", 2012.
    """

    algorithm = "adadelta"
    hyperparameters = ("lr", "rho", "eps", "weight_decay", "maximize")
    state_names = ("step", "square_avg", "acc_delta")

    def __init__(
        self, params: Any, lr: Any = 1.0, rho: float = 0.9, eps: float = 1e-6, weight_decay: float = 0,
        foreach: Any = None, *, capturable: bool = False, maximize: bool = False, differentiable: bool = False,
    ) -> None:  # fmt: skip
        check_at_least_zero(lr=lr, eps=eps, weight_decay=weight_decay)
        if not 0.0 <= rho <= 1.0:
            raise ValueError(f"Invalid rho value: {rho}; expected a number in [0, 1]")
        names = {
            "lr": lr, "rho": rho, "eps": eps, "weight_decay": weight_decay, "maximize": maximize,
            "capturable": capturable, "foreach": foreach, "differentiable": differentiable,
        }  # fmt: skip
        super().__init__(params, names)

    def new_state(self, p: Tensor, group: dict[str, Any]) -> dict[str, Tensor]:
        zeros = autograd.zeros_like(p.detach())
        return {"step": step_counter(p), "square_avg": zeros, "acc_delta": zeros.clone()}
