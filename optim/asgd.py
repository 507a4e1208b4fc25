"""Averaged stochastic gradient descent."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Tensor

from .optimizer import Optimizer, check_at_least_zero, step_counter


class ASGD(Optimizer):
    """Gradient descent with a falling rate, and an average of the parameters in the state `ax`.

        p = p (1 - lambd eta) - eta g           ax = ax + mu (p - ax)
        eta = lr / (1 + lambd lr t)^alpha       mu = 1 / max(1, t - t0)

    B. Polyak, A. Juditsky, "Acceleration of stochastic approximation by averaging", 1992.
    """

    algorithm = "asgd"
    hyperparameters = ("lr", "lambd", "alpha", "t0", "weight_decay", "maximize")
    state_names = ("step", "eta", "mu", "ax")

    def __init__(
        self, params: Any, lr: Any = 1e-2, lambd: float = 1e-4, alpha: float = 0.75, t0: float = 1e6,
        weight_decay: float = 0, foreach: Any = None, maximize: bool = False, differentiable: bool = False,
        capturable: bool = False,
    ) -> None:  # fmt: skip
        check_at_least_zero(lr=lr, weight_decay=weight_decay)
        names = {
            "lr": lr, "lambd": lambd, "alpha": alpha, "t0": t0, "weight_decay": weight_decay, "foreach": foreach,
            "maximize": maximize, "differentiable": differentiable, "capturable": capturable,
        }  # fmt: skip
        super().__init__(params, names)

    def new_state(self, p: Tensor, group: dict[str, Any]) -> dict[str, Tensor]:
        eta = autograd.full((), float(group["lr"]), dtype=autograd.float32, device=p.device)
        zeros = autograd.zeros_like(p.detach())
        return {"step": step_counter(p), "eta": eta, "mu": autograd.ones_like(eta), "ax": zeros}
