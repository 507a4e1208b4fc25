"""RAdam."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Tensor

from .optimizer import Optimizer, check_at_least_zero, check_betas, step_counter


class RAdam(Optimizer):
    """Adam whose adaptive part waits until enough gradients were seen, and is rectified then.

        r_inf = 2 / (1 - beta2) - 1       r = r_inf - 2 t beta2^t / (1 - beta2^t)
        p = p - lr m / (1 - beta1^t), and if r > 5 times
            sqrt((r - 4) (r - 2) r_inf / ((r_inf - 4) (r_inf - 2) r)) sqrt(1 - beta2^t) / (sqrt(v) + eps)

    L. Liu et al., "On the variance of the adaptive learning rate and beyond", 2019.
    """

    algorithm = "radam"
    hyperparameters = ("lr", "betas", "eps", "weight_decay", "maximize")
    state_names = ("step", "exp_avg", "exp_avg_sq")

    def __init__(
        self, params: Any, lr: Any = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
        weight_decay: float = 0, decoupled_weight_decay: bool = False, *, foreach: Any = None,
        maximize: bool = False, capturable: bool = False, differentiable: bool = False,
    ) -> None:  # fmt: skip
        check_at_least_zero(lr=lr, eps=eps, weight_decay=weight_decay)
        check_betas(betas)
        names = {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "maximize": maximize,
            "foreach": foreach, "capturable": capturable, "decoupled_weight_decay": decoupled_weight_decay,
            "differentiable": differentiable,
        }  # fmt: skip
        super().__init__(params, names)

    def new_state(self, p: Tensor, group: dict[str, Any]) -> dict[str, Tensor]:
        zeros = autograd.zeros_like(p.detach())
        return {"step": step_counter(p), "exp_avg": zeros, "exp_avg_sq": zeros.clone()}

    def hyper(self, group: dict[str, Any]) -> dict[str, Any]:
        return {**super().hyper(group), "decoupled": group["decoupled_weight_decay"]}
