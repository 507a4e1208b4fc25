"""Adagrad."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Tensor
from autograd.backend import Array, Namespace

from .algorithm import descent
from .optimizer import Optimizer, Params, check_at_least_zero, scalar
from .options import accepts


class Adagrad(Optimizer):
    """Gradient descent, each element scaled by the sum of all its squared gradients.

        s = s + g^2
        p = p - lr / (1 + (t - 1) lr_decay) * g / (sqrt(s) + eps)

    J. Duchi, E. Hazan, Y. Singer, "Adaptive subgradient methods", 2011.
    """

    @staticmethod
    def update(
        xp: Namespace,
        p: Array,
        g: Array,
        step: Array,
        sum: Array,
        *,
        lr: Array,
        lr_decay: float,
        eps: float,
        weight_decay: float,
        maximize: bool,
    ) -> None:
        step += 1.0
        g = descent(p, g, maximize, weight_decay)
        rate = xp.astype(lr / (1.0 + (xp.astype(step, xp.float64) - 1.0) * lr_decay), p.dtype)
        sum += g * g
        p -= rate * (g / (xp.sqrt(sum) + eps))

    @accepts("foreach", "differentiable", "fused", positional=1)
    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        *,
        maximize: bool = False,
    ) -> None:
        check_at_least_zero(
            lr=lr,
            lr_decay=lr_decay,
            weight_decay=weight_decay,
            eps=eps,
            initial_accumulator_value=initial_accumulator_value,
        )
        names = {
            "lr": lr,
            "lr_decay": lr_decay,
            "eps": eps,
            "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value,
            "maximize": maximize,
        }
        super().__init__(params, names)
        for group in self.param_groups:  # torch makes this state at once
            for p in group["params"]:
                self.state[p] = self.new_state(p, group)

    def direction_of(self, gradient: Tensor, group: dict[str, Any]) -> Tensor:
        if group["weight_decay"]:
            raise RuntimeError("Adagrad: weight_decay option is not compatible with sparse gradients")
        return gradient

    def new_state(self, p: Tensor, group: dict[str, Any]) -> dict[str, Tensor]:
        start = float(group["initial_accumulator_value"])
        return {"step": scalar(p), "sum": autograd.full_like(p.detach(), start)}
