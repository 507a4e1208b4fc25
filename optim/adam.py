"""Adam and AdamW."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Tensor
from autograd.backend import Array, Namespace

from .algorithm import descent
from .optimizer import Optimizer, Params, check_at_least_zero, check_betas
from .options import accepts


class Adam(Optimizer):
    """Steps of a size set by running means of the gradient and of its square.

        m = beta1 m + (1 - beta1) g         v = beta2 v + (1 - beta2) g^2
        p = p - lr (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + eps)

    weight_decay adds weight_decay p to g; with `amsgrad` the largest v so far divides.
    D. Kingma, J. Ba, "Adam: a method for stochastic optimization", 2014; S. Reddi et al., 2018.
    """

    blended = ("exp_avg",)

    @staticmethod
    def update(
        xp: Namespace,
        p: Array,
        g: Array,
        step: Array,
        exp_avg: Array,
        exp_avg_sq: Array,
        max_exp_avg_sq: Array | None = None,
        *,
        lr: Array,
        betas: tuple[float, float],
        eps: float,
        weight_decay: float,
        decoupled_weight_decay: bool,
        maximize: bool,
    ) -> None:
        beta1, beta2 = betas
        step += 1.0
        g = descent(p, g, maximize, weight_decay, lr=lr, decoupled=decoupled_weight_decay)
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

    @accepts("foreach", "capturable", "differentiable", "fused")
    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        decoupled_weight_decay: bool = False,
    ) -> None:
        check_at_least_zero(lr=lr, eps=eps, weight_decay=weight_decay)
        check_betas(betas)
        names = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "amsgrad": amsgrad,
            "maximize": maximize,
            "decoupled_weight_decay": decoupled_weight_decay or self.decoupled,
        }
        super().__init__(params, names)

    def direction_of(self, gradient: Tensor, group: dict[str, Any]) -> Tensor:
        raise RuntimeError("Adam does not support sparse gradients, please consider SparseAdam instead")

    def new_state(self, p: Tensor, group: dict[str, Any]) -> dict[str, Tensor]:
        state = super().new_state(p, group)
        if group["amsgrad"]:
            state["max_exp_avg_sq"] = autograd.zeros_like(p.detach())
        return state


class AdamW(Adam):
    """Adam whose weight decay shrinks the parameter itself: p = p (1 - lr weight_decay) before the step.

    I. Loshchilov, F. Hutter, "Decoupled weight decay regularization", 2017.
    """

    decoupled = True

    @accepts("foreach", "capturable", "differentiable", "fused")
    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, maximize=maximize)
