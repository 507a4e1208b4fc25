"""RAdam."""

from __future__ import annotations

from autograd import Tensor
from autograd.backend import Array, Namespace

from .algorithm import descent
from .optimizer import Optimizer, Params, check_at_least_zero, check_betas
from .options import accepts


class RAdam(Optimizer):
    """Adam whose adaptive part waits until enough gradients were seen, and is rectified then.

        r_inf = 2 / (1 - beta2) - 1       r = r_inf - 2 t beta2^t / (1 - beta2^t)
        p = p - lr m / (1 - beta1^t), and if r > 5 times
            sqrt((r - 4) (r - 2) r_inf / ((r_inf - 4) (r_inf - 2) r)) sqrt(1 - beta2^t) / (sqrt(v) + eps)

    L. Liu et al., "On the variance of the adaptive learning rate and beyond", 2019.
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
        *,
        lr: Array,
        betas: tuple[float, float],
        eps: float,
        weight_decay: float,
        decoupled_weight_decay: bool,
        maximize: bool,
    ) -> None:
        step += 1.0
        g = descent(p, g, maximize, weight_decay, lr=lr, decoupled=decoupled_weight_decay)
        count = xp.astype(step, xp.float64)
        exp_avg += (g - exp_avg) * (1.0 - betas[0])
        exp_avg_sq *= betas[1]
        exp_avg_sq += g * g * (1.0 - betas[1])
        first, second = 1.0 - betas[0] ** count, 1.0 - betas[1] ** count
        longest = 2.0 / (1.0 - betas[1]) - 1.0
        length = longest - 2.0 * count * betas[1] ** count / second
        safe = xp.where(length > 5.0, length, 6.0)
        rectified = (safe - 4.0) * (safe - 2.0) * longest / ((longest - 4.0) * (longest - 2.0) * safe)
        scale = xp.astype(xp.sqrt(rectified * second), p.dtype) / (xp.sqrt(exp_avg_sq) + eps)
        moved = exp_avg / xp.astype(first, p.dtype) * lr
        p -= xp.where(length > 5.0, moved * scale, moved)

    @accepts("foreach", "capturable", "differentiable")
    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        decoupled_weight_decay: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        check_at_least_zero(lr=lr, eps=eps, weight_decay=weight_decay)
        check_betas(betas)
        names = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "maximize": maximize,
            "decoupled_weight_decay": decoupled_weight_decay,
        }
        super().__init__(params, names)
