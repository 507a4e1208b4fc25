"""NAdam."""

from __future__ import annotations

from typing import Any

from autograd import Tensor
from autograd.backend import Array, Namespace

from .algorithm import descent
from .optimizer import Optimizer, Params, check_at_least_zero, check_betas, scalar
from .options import accepts


class NAdam(Optimizer):
    """Adam that looks ahead along its momentum, as Nesterov's method does.

        mu_t = beta1 (1 - 0.96^(t momentum_decay) / 2)
        p = p - lr (1 - mu_t) / (1 - prod mu) g / d - lr mu_{t+1} / (1 - mu_{t+1} prod mu) m / d,
        d = sqrt(v / (1 - beta2^t)) + eps

    T. Dozat, "Incorporating Nesterov momentum into Adam", 2016.
    """

    scalars = ("step", "mu_product")
    blended = ("exp_avg",)

    @staticmethod
    def update(
        xp: Namespace,
        p: Array,
        g: Array,
        step: Array,
        mu_product: Array,
        exp_avg: Array,
        exp_avg_sq: Array,
        *,
        lr: Array,
        betas: tuple[float, float],
        eps: float,
        weight_decay: float,
        momentum_decay: float,
        decoupled_weight_decay: bool,
        maximize: bool,
    ) -> None:
        step += 1.0
        g = descent(p, g, maximize, weight_decay, lr=lr, decoupled=decoupled_weight_decay)
        count = xp.astype(step, xp.float64)
        mu, following = (betas[0] * (1.0 - 0.5 * 0.96 ** (each * momentum_decay)) for each in (count, count + 1.0))
        mu_product *= xp.astype(mu, mu_product.dtype)
        product = xp.astype(mu_product, xp.float64)
        exp_avg += (g - exp_avg) * (1.0 - betas[0])
        exp_avg_sq *= betas[1]
        exp_avg_sq += g * g * (1.0 - betas[1])
        spread = xp.sqrt(exp_avg_sq / xp.astype(1.0 - betas[1] ** count, p.dtype)) + eps
        p -= xp.astype(lr * (1.0 - mu) / (1.0 - product), p.dtype) * (g / spread)
        p -= xp.astype(lr * following / (1.0 - product * following), p.dtype) * (exp_avg / spread)

    @accepts("foreach", "capturable", "differentiable")
    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        check_at_least_zero(lr=lr, eps=eps, weight_decay=weight_decay, momentum_decay=momentum_decay)
        check_betas(betas)
        names = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "momentum_decay": momentum_decay,
            "decoupled_weight_decay": decoupled_weight_decay,
            "maximize": maximize,
        }
        super().__init__(params, names)

    def new_state(self, p: Tensor, group: dict[str, Any]) -> dict[str, Tensor]:
        return {**super().new_state(p, group), "mu_product": scalar(p, 1.0)}
