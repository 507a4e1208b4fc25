"""Adadelta."""

from __future__ import annotations

from autograd import Tensor
from autograd.backend import Array, Namespace

from .algorithm import descent
from .optimizer import Optimizer, Params, check_at_least_zero
from .options import accepts


class Adadelta(Optimizer):
    """Steps whose size follows from running means of squared gradients and of squared steps.

        v = rho v + (1 - rho) g^2      d = sqrt(u + eps) / sqrt(v + eps) g      u = rho u + (1 - rho) d^2
        p = p - lr d

    M. Zeiler, "ADADELTA: an adaptive learning rate method", 2012.
    """

    @staticmethod
    def update(
        xp: Namespace,
        p: Array,
        g: Array,
        step: Array,
        square_avg: Array,
        acc_delta: Array,
        *,
        lr: Array,
        rho: float,
        eps: float,
        weight_decay: float,
        maximize: bool,
    ) -> None:
        step += 1.0
        g = descent(p, g, maximize, weight_decay)
        square_avg *= rho
        square_avg += g * g * (1.0 - rho)
        delta = xp.sqrt(acc_delta + eps) / xp.sqrt(square_avg + eps) * g
        acc_delta *= rho
        acc_delta += delta * delta * (1.0 - rho)
        p -= lr * delta

    @accepts("foreach", "capturable", "differentiable", positional=1)
    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0,
        *,
        maximize: bool = False,
    ) -> None:
        check_at_least_zero(lr=lr, eps=eps, weight_decay=weight_decay)
        if not 0.0 <= rho <= 1.0:
            raise ValueError(f"Invalid rho value: {rho}; expected a number in [0, 1]")
        names = {"lr": lr, "rho": rho, "eps": eps, "weight_decay": weight_decay, "maximize": maximize}
        super().__init__(params, names)
