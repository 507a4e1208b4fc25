"""NAdam."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Tensor

from .optimizer import Optimizer, check_at_least_zero, check_betas, step_counter


class NAdam(Optimizer):
    """Adam that looks ahead along its momentum, as Nesterov's method does.

        mu_t = beta1 (1 - 0.96^(t momentum_decay) / 2)
        p = p - lr (1 - mu_t) / (1 - prod mu) g / d - lr mu_{t+1} / (1 - mu_{t+1} prod mu) m / d,
        d = sqrt(v / (1 - beta2^t)) + eps

    T. Dozat, "Incorporating Nesterov momentum into Adam", 2016.
    """

    algorithm = "nadam"
    hyperparameters = ("lr", "betas", "eps", "weight_decay", "momentum_decay", "maximize")
    state_names = ("step", "mu_product", "exp_avg", "exp_avg_sq")

    def __init__(
        self, params: Any, lr: Any = 2e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
        weight_decay: float = 0, momentum_decay: float = 4e-3, decoupled_weight_decay: bool = False, *,
        foreach: Any = None, maximize: bool = False, capturable: bool = False, differentiable: bool = False,
    ) -> None:  # fmt: skip
        check_at_least_zero(lr=lr, eps=eps, weight_decay=weight_decay, momentum_decay=momentum_decay)
        check_betas(betas)
        names = {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "momentum_decay": momentum_decay,
            "decoupled_weight_decay": decoupled_weight_decay, "maximize": maximize, "foreach": foreach,
            "capturable": capturable, "differentiable": differentiable,
        }  # fmt: skip
        super().__init__(params, names)

    def new_state(self, p: Tensor, group: dict[str, Any]) -> dict[str, Tensor]:
        zeros = autograd.zeros_like(p.detach())
        product = autograd.ones((), dtype=autograd.float32, device=p.device)
        return {"step": step_counter(p), "mu_product": product, "exp_avg": zeros, "exp_avg_sq": zeros.clone()}

    def hyper(self, group: dict[str, Any]) -> dict[str, Any]:
        return {**super().hyper(group), "decoupled": group["decoupled_weight_decay"]}
