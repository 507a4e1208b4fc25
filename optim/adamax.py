"""Adamax."""

from __future__ import annotations

from autograd import Tensor
from autograd.backend import Array, Namespace

from .algorithm import descent
from .optimizer import Optimizer, Params, check_at_least_zero, check_betas
from .options import accepts


class Adamax(Optimizer):
    """Adam with the largest gradient, decayed, in place of the root of the mean square.

        m = beta1 m + (1 - beta1) g         u = max(beta2 u, |g| + eps)
        p = p - lr / (1 - beta1^t) m / u

    D. Kingma, J. Ba, "Adam: a method for stochastic optimization", 2014, section 7.
    """

    blended = ("exp_avg",)

    @staticmethod
    def update(
        xp: Namespace,
        p: Array,
        g: Array,
        step: Array,
        exp_avg: Array,
        exp_inf: Array,
        *,
        lr: Array,
        betas: tuple[float, float],
        eps: float,
        weight_decay: float,
        maximize: bool,
    ) -> None:
        step += 1.0
        g = descent(p, g, maximize, weight_decay)
        exp_avg += (g - exp_avg) * (1.0 - betas[0])
        exp_inf[...] = xp.maximum(exp_inf * betas[1], xp.abs(g) + eps)
        rate = xp.astype(lr / (1.0 - betas[0] ** xp.astype(step, xp.float64)), p.dtype)
        p -= rate * exp_avg / exp_inf

    @accepts("foreach", "differentiable", "capturable", positional=1)
    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        *,
        maximize: bool = False,
    ) -> None:
        check_at_least_zero(lr=lr, eps=eps, weight_decay=weight_decay)
        check_betas(betas)
        names = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "maximize": maximize}
        super().__init__(params, names)
