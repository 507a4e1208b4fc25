"""Adagrad."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Tensor

from .optimizer import Optimizer, check_at_least_zero, step_counter


class Adagrad(Optimizer):
    """Gradient descent, each element scaled by the sum of all its squared gradients.

        s = s + g^2
        p = p - lr / (1 + (t - 1) lr_decay) * g / (sqrt(s) + eps)

    J. Duchi, E. Hazan, Y. Singer, "Adaptive subgradient methods", 2011.
    """

    algorithm = "adagrad"
    hyperparameters = ("lr", "lr_decay", "eps", "weight_decay", "maximize")
    state_names = ("step", "sum")

    def __init__(
        self, params: Any, lr: Any = 1e-2, lr_decay: float = 0, weight_decay: float = 0,
        initial_accumulator_value: float = 0, eps: float = 1e-10, foreach: Any = None, *, maximize: bool = False,
        differentiable: bool = False, fused: Any = None,
    ) -> None:  # fmt: skip
        check_at_least_zero(
            lr=lr, lr_decay=lr_decay, weight_decay=weight_decay, eps=eps,
            initial_accumulator_value=initial_accumulator_value,
        )  # fmt: skip
        names = {
            "lr": lr, "lr_decay": lr_decay, "eps": eps, "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value, "foreach": foreach, "maximize": maximize,
            "differentiable": differentiable, "fused": fused,
        }  # fmt: skip
        super().__init__(params, names)
        for group in self.param_groups:  # torch makes this state at once
            for p in group["params"]:
                self.state[p] = self.new_state(p, group)

    def new_state(self, p: Tensor, group: dict[str, Any]) -> dict[str, Tensor]:
        start = float(group["initial_accumulator_value"])
        return {"step": step_counter(p), "sum": autograd.full_like(p.detach(), start)}
