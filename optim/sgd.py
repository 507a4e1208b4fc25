"""Stochastic gradient descent."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Tensor

from .optimizer import Optimizer, check_at_least_zero


class SGD(Optimizer):
    """Gradient descent, with momentum if asked.

        g = gradient + weight_decay p         (- gradient with `maximize`)
        b = momentum b + (1 - dampening) g    (b = g at the first step)
        g = g + momentum b with `nesterov`, else b
        p = p - lr g

    B. Polyak, 1964 (momentum); Y. Nesterov, 1983; I. Sutskever et al., 2013.
    """

    algorithm = "sgd"
    hyperparameters = ("lr", "momentum", "dampening", "weight_decay", "nesterov", "maximize")
    state_names = ("momentum_buffer",)
    optional_state = ("momentum_buffer",)

    def __init__(
        self, params: Any, lr: Any = 1e-3, momentum: float = 0, dampening: float = 0, weight_decay: float = 0,
        nesterov: bool = False, *, maximize: bool = False, foreach: Any = None, differentiable: bool = False,
        fused: Any = None,
    ) -> None:  # fmt: skip
        check_at_least_zero(lr=lr, momentum=momentum, weight_decay=weight_decay)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        names = {
            "lr": lr, "momentum": momentum, "dampening": dampening, "weight_decay": weight_decay,
            "nesterov": nesterov, "maximize": maximize, "foreach": foreach, "differentiable": differentiable,
            "fused": fused,
        }  # fmt: skip
        super().__init__(params, names)

    def new_state(self, p: Tensor, group: dict[str, Any]) -> dict[str, Tensor]:
        momentum, dampening = group["momentum"], group["dampening"]
        if not momentum:
            return {}
        if not dampening:
            return {"momentum_buffer": autograd.zeros_like(p.detach())}
        # From here the damped update of the first step gives b = g.
        assert p.grad is not None
        g = p.grad * (-1 if group["maximize"] else 1) + p.detach() * group["weight_decay"]
        return {"momentum_buffer": g * (dampening / momentum)}
