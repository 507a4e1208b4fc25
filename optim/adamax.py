"""Adamax."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Tensor

from .optimizer import Optimizer, check_at_least_zero, check_betas, step_counter


class Adamax(Optimizer):
    """Adam with the largest gradient, decayed, in place of the root of the mean square.

        m = beta1 m + (1 - beta1) g         u = max(beta2 u, |g| + eps)
        p = p - lr / (1 - beta1^t) m / u

    D. Kingma, J. Ba, "Adam: a method for stochastic optimization", 2014, section 7.
    """

    algorithm = "adamax"
    hyperparameters = ("lr", "betas", "eps", "weight_decay", "maximize")
    state_names = ("step", "exp_avg", "exp_inf")

    def __init__(
        self, params: Any, lr: Any = 2e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
        weight_decay: float = 0, foreach: Any = None, *, maximize: bool = False, differentiable: bool = False,
        capturable: bool = False,
    ) -> None:  # fmt: skip
        check_at_least_zero(lr=lr, eps=eps, weight_decay=weight_decay)
        check_betas(betas)
        names = {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "foreach": foreach,
            "maximize": maximize, "differentiable": differentiable, "capturable": capturable,
        }  # fmt: skip
        super().__init__(params, names)

    def new_state(self, p: Tensor, group: dict[str, Any]) -> dict[str, Tensor]:
        zeros = autograd.zeros_like(p.detach())
        return {"step": step_counter(p), "exp_avg": zeros, "exp_inf": zeros.clone()}
