"""Lion."""

from __future__ import annotations

from autograd import Tensor
from autograd.backend import Array, Namespace

from .algorithm import descent
from .optimizer import Optimizer, Params, check_at_least_zero, check_betas


class Lion(Optimizer):
    """Steps of one size in every direction, along the sign of a running mean.

        p = p (1 - lr weight_decay) - lr sign(beta1 m + (1 - beta1) g)
        m = beta2 m + (1 - beta2) g

    Its steps are larger than Adam's: the paper takes a third to a tenth of Adam's lr, and as much more weight_decay.
    X. Chen et al., "Symbolic discovery of optimization algorithms", 2023.
    """

    decoupled = True

    @staticmethod
    def update(
        xp: Namespace,
        p: Array,
        g: Array,
        exp_avg: Array,
        *,
        lr: Array,
        betas: tuple[float, float],
        weight_decay: float,
        maximize: bool,
    ) -> None:
        g = descent(p, g, maximize, weight_decay, lr=lr, decoupled=True)
        p -= lr * xp.sign(exp_avg * betas[0] + g * (1.0 - betas[0]))
        exp_avg += (g - exp_avg) * (1.0 - betas[1])

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-4,
        betas: tuple[float, float] = (0.9, 0.99),
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        check_at_least_zero(lr=lr, weight_decay=weight_decay)
        check_betas(betas)
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay, "maximize": maximize})
