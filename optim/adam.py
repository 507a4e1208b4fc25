"""Adam and AdamW."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Tensor

from .optimizer import Optimizer, check_at_least_zero, check_betas, step_counter


class Adam(Optimizer):
    """Steps of a size set by running means of the gradient and of its square.

        m = beta1 m + (1 - beta1) g         v = beta2 v + (1 - beta2) g^2
        p = p - lr (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + eps)

    weight_decay adds weight_decay p to g; with `amsgrad` the largest v so far divides.
    D. Kingma, J. Ba, "Adam: a method for stochastic optimization", 2014; S. Reddi et al., 2018.
    """

    algorithm = "adam"
    hyperparameters = ("lr", "betas", "eps", "weight_decay", "maximize")
    state_names = ("step", "exp_avg", "exp_avg_sq", "max_exp_avg_sq")
    optional_state = ("max_exp_avg_sq",)
    decoupled = False

    def __init__(
        self, params: Any, lr: Any = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
        weight_decay: float = 0, amsgrad: bool = False, *, foreach: Any = None, maximize: bool = False,
        capturable: bool = False, differentiable: bool = False, fused: Any = None,
        decoupled_weight_decay: bool = False,
    ) -> None:  # fmt: skip
        check_at_least_zero(lr=lr, eps=eps, weight_decay=weight_decay)
        check_betas(betas)
        names = {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "amsgrad": amsgrad,
            "maximize": maximize, "foreach": foreach, "capturable": capturable, "differentiable": differentiable,
            "fused": fused, "decoupled_weight_decay": decoupled_weight_decay or self.decoupled,
        }  # fmt: skip
        super().__init__(params, names)

    def new_state(self, p: Tensor, group: dict[str, Any]) -> dict[str, Tensor]:
        zeros = autograd.zeros_like(p.detach())
        state = {"step": step_counter(p), "exp_avg": zeros, "exp_avg_sq": zeros.clone()}
        if group["amsgrad"]:
            state["max_exp_avg_sq"] = zeros.clone()
        return state

    def hyper(self, group: dict[str, Any]) -> dict[str, Any]:
        return {**super().hyper(group), "decoupled": group["decoupled_weight_decay"]}


class AdamW(Adam):
    """Adam whose weight decay shrinks the parameter itself: p = p (1 - lr weight_decay) before the step.

    I. Loshchilov, F. Hutter, "Decoupled weight decay regularization", 2017.
    """

    decoupled = True

    def __init__(
        self, params: Any, lr: Any = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
        weight_decay: float = 1e-2, amsgrad: bool = False, *, maximize: bool = False, foreach: Any = None,
        capturable: bool = False, differentiable: bool = False, fused: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(
            params, lr, betas, eps, weight_decay, amsgrad, foreach=foreach, maximize=maximize, capturable=capturable,
            differentiable=differentiable, fused=fused,
        )  # fmt: skip
