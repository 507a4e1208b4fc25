"""Rprop."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Tensor

from .optimizer import Optimizer, check_at_least_zero, step_counter


class Rprop(Optimizer):
    """Steps by the gradient's sign: longer while it stays, shorter and once left out when it turns.

        s = s etas[1] if g g_before > 0, s etas[0] if < 0 (then g = 0), within step_sizes
        p = p - sign(g) s

    M. Riedmiller, H. Braun, "A direct adaptive method for faster backpropagation learning", 1993.
    """

    algorithm = "rprop"
    hyperparameters = ("lr", "etas", "step_sizes", "maximize")
    state_names = ("step", "prev", "step_size")

    def __init__(
        self, params: Any, lr: Any = 1e-2, etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50), *, capturable: bool = False, foreach: Any = None,
        maximize: bool = False, differentiable: bool = False,
    ) -> None:  # fmt: skip
        check_at_least_zero(lr=lr)
        if not 0.0 < etas[0] < 1.0 < etas[1]:
            raise ValueError(f"Invalid eta values: {etas}; expected one below and one above 1")
        names = {
            "lr": lr, "etas": etas, "step_sizes": step_sizes, "foreach": foreach, "maximize": maximize,
            "differentiable": differentiable, "capturable": capturable,
        }  # fmt: skip
        super().__init__(params, names)

    def new_state(self, p: Tensor, group: dict[str, Any]) -> dict[str, Tensor]:
        assert p.grad is not None
        size = autograd.full_like(p.grad.detach(), float(group["lr"]))
        return {"step": step_counter(p), "prev": autograd.zeros_like(p.detach()), "step_size": size}
