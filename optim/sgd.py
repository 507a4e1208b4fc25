"""Stochastic gradient descent."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Tensor
from autograd.backend import Array, Namespace

from .algorithm import descent
from .optimizer import Optimizer, Params, check_at_least_zero
from .options import accepts


class SGD(Optimizer):
    """Gradient descent, with momentum if asked.

        g = gradient + weight_decay p         (- gradient with `maximize`)
        b = momentum b + (1 - dampening) g    (b = g at the first step)
        g = g + momentum b with `nesterov`, else b
        p = p - lr g

    B. Polyak, 1964 (momentum); Y. Nesterov, 1983; I. Sutskever et al., 2013.
    """

    @staticmethod
    def update(
        xp: Namespace,
        p: Array,
        g: Array,
        momentum_buffer: Array | None = None,
        *,
        lr: Array,
        momentum: float,
        dampening: float,
        weight_decay: float,
        nesterov: bool,
        maximize: bool,
    ) -> None:
        g = descent(p, g, maximize, weight_decay)
        if momentum_buffer is not None:
            momentum_buffer *= momentum
            momentum_buffer += g * (1.0 - dampening)
            g = g + momentum * momentum_buffer if nesterov else momentum_buffer
        p -= lr * g

    @accepts("foreach", "differentiable", "fused")
    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        check_at_least_zero(lr=lr, momentum=momentum, weight_decay=weight_decay)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        names = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
            "maximize": maximize,
        }
        super().__init__(params, names)

    def direction_of(self, gradient: Tensor, group: dict[str, Any]) -> Tensor:
        if group["weight_decay"]:
            raise RuntimeError("SGD: weight_decay is not compatible with sparse gradients: it changes every row")
        # What was in an earlier gradient goes on moving by momentum.
        return gradient.to_dense() if group["momentum"] else gradient

    def new_state(self, p: Tensor, group: dict[str, Any]) -> dict[str, Tensor]:
        momentum, dampening = group["momentum"], group["dampening"]
        if not momentum:
            return {}
        if not dampening:
            return {"momentum_buffer": autograd.zeros_like(p.detach())}
        # From here the damped update of the first step gives b = g.
        assert p.grad is not None
        g = p.grad.to_dense() * (-1 if group["maximize"] else 1) + p.detach() * group["weight_decay"]
        return {"momentum_buffer": g * (dampening / momentum)}
