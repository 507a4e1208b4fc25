"""Rprop."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Tensor
from autograd.backend import Array, Namespace

from .algorithm import descent
from .optimizer import Optimizer, Params, check_at_least_zero
from .options import accepts


class Rprop(Optimizer):
    """Steps by the gradient's sign: longer while it stays, shorter and once left out when it turns.

        s = s etas[1] if g g_before > 0, s etas[0] if < 0 (then g = 0), within step_sizes
        p = p - sign(g) s

    M. Riedmiller, H. Braun, "A direct adaptive method for faster backpropagation learning", 1993.
    """

    @staticmethod
    def update(
        xp: Namespace,
        p: Array,
        g: Array,
        step: Array,
        prev: Array,
        step_size: Array,
        *,
        etas: tuple[float, float],
        step_sizes: tuple[float, float],
        maximize: bool,
    ) -> None:
        step += 1.0
        g = descent(p, g, maximize)
        agreement = g * prev
        factor = xp.where(agreement > 0, etas[1], xp.where(agreement < 0, etas[0], xp.ones_like(agreement)))
        step_size *= xp.astype(factor, p.dtype)
        step_size[...] = xp.minimum(xp.maximum(step_size, step_sizes[0]), step_sizes[1])
        g = xp.where(agreement < 0, 0.0, g)
        p -= xp.sign(g) * step_size
        prev[...] = g

    @accepts("capturable", "foreach", "differentiable")
    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50),
        *,
        maximize: bool = False,
    ) -> None:
        check_at_least_zero(lr=lr)
        if not 0.0 < etas[0] < 1.0 < etas[1]:
            raise ValueError(f"Invalid eta values: {etas}; expected one below and one above 1")
        super().__init__(params, {"lr": lr, "etas": etas, "step_sizes": step_sizes, "maximize": maximize})

    def new_state(self, p: Tensor, group: dict[str, Any]) -> dict[str, Tensor]:
        assert p.grad is not None
        size = autograd.full_like(p.grad.detach(), float(group["lr"]))
        return {**super().new_state(p, group), "step_size": size}
