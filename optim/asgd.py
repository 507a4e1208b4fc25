"""Averaged stochastic gradient descent."""

from __future__ import annotations

from typing import Any

from autograd import Tensor
from autograd.backend import Array, Namespace

from .algorithm import descent
from .optimizer import Optimizer, Params, check_at_least_zero, scalar
from .options import accepts


class ASGD(Optimizer):
    """Gradient descent with a falling rate, and an average of the parameters in the state `ax`.

        p = p (1 - lambd eta) - eta g           ax = ax + mu (p - ax)
        eta = lr / (1 + lambd lr t)^alpha       mu = 1 / max(1, t - t0)

    B. Polyak, A. Juditsky, "Acceleration of stochastic approximation by averaging", 1992.
    """

    scalars = ("step", "eta", "mu")

    @staticmethod
    def update(
        xp: Namespace,
        p: Array,
        g: Array,
        step: Array,
        eta: Array,
        mu: Array,
        ax: Array,
        *,
        lr: Array,
        lambd: float,
        alpha: float,
        t0: float,
        weight_decay: float,
        maximize: bool,
    ) -> None:
        step += 1.0
        g = descent(p, g, maximize, weight_decay)
        rate, share = xp.astype(eta, p.dtype), xp.astype(mu, p.dtype)
        p *= 1.0 - lambd * rate
        p -= rate * g
        ax += (p - ax) * share
        count = xp.astype(step, xp.float64)
        eta[...] = xp.astype(lr / (1.0 + lambd * lr * count) ** alpha, eta.dtype)
        mu[...] = xp.astype(1.0 / xp.maximum(count - t0, 1.0), mu.dtype)

    @accepts("foreach", "maximize", "differentiable", "capturable", positional=4)
    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-2,
        lambd: float = 1e-4,
        alpha: float = 0.75,
        t0: float = 1e6,
        weight_decay: float = 0,
        *,
        maximize: bool = False,
    ) -> None:
        check_at_least_zero(lr=lr, weight_decay=weight_decay)
        names = {
            "lr": lr,
            "lambd": lambd,
            "alpha": alpha,
            "t0": t0,
            "weight_decay": weight_decay,
            "maximize": maximize,
        }
        super().__init__(params, names)

    def new_state(self, p: Tensor, group: dict[str, Any]) -> dict[str, Tensor]:
        return {**super().new_state(p, group), "eta": scalar(p, float(group["lr"])), "mu": scalar(p, 1.0)}
