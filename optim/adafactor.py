"""Adafactor."""

from __future__ import annotations

import functools
import math
from typing import Any

import autograd
from autograd import Tensor
from autograd.backend import Array, Namespace

from .algorithm import descent
from .optimizer import Optimizer, Params, check_at_least_zero, scalar
from .options import accepts


class Adafactor(Optimizer):
    """Adam's second moment from its rows' and columns' means, and steps in proportion to the parameter's size.

        R = R + t^beta2_decay (mean_rows(g^2) - R)      C likewise with columns
        u = g / sqrt(R C / mean(R))                     (a vector keeps its whole second moment)
        p = p - max(eps2, rms(p)) min(lr, 1 / sqrt(t)) u / max(1, rms(u) / d)

    weight_decay shrinks p by lr weight_decay first. eps[0] of None is the dtype's own.
    N. Shazeer, M. Stern, "Adafactor: adaptive learning rates with sublinear memory cost", 2018.
    """

    blended = ("row_var", "col_var", "variance")
    decoupled = True

    @staticmethod
    def update(
        xp: Namespace,
        p: Array,
        g: Array,
        step: Array,
        row_var: Array | None = None,
        col_var: Array | None = None,
        variance: Array | None = None,
        *,
        lr: Array,
        beta2_decay: float,
        eps: tuple[float | None, float],
        d: float,
        weight_decay: float,
        maximize: bool,
    ) -> None:
        step += 1.0
        count = xp.astype(step, xp.float64)
        least = float(xp.finfo(p.dtype).eps) if eps[0] is None else eps[0]
        size = max(math.prod(p.shape), 1)
        scale = xp.maximum(xp.sqrt(xp.sum(p * p)) / size**0.5, eps[1])
        rate = xp.astype(xp.minimum(count**-0.5, lr), p.dtype)
        g = descent(p, g, maximize, weight_decay, lr=lr, decoupled=True)
        share = xp.astype(count**beta2_decay, p.dtype)
        squares = g * g
        if variance is None:
            row_var += (xp.mean(squares, axis=-1, keepdims=True) - row_var) * share
            col_var += (xp.mean(squares, axis=-2, keepdims=True) - col_var) * share
            spread = xp.matmul(row_var, col_var) / xp.maximum(xp.mean(row_var, axis=-2, keepdims=True), least)
        else:
            variance += (squares - variance) * share
            spread = variance
        moved = g / xp.sqrt(xp.maximum(spread, least * least))
        p -= rate * scale / xp.maximum(xp.sqrt(xp.sum(moved * moved)) / (size**0.5 * d), 1.0) * moved

    @accepts("foreach")
    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-2,
        beta2_decay: float = -0.8,
        eps: tuple[float | None, float] = (None, 1e-3),
        d: float = 1.0,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        check_at_least_zero(lr=lr, weight_decay=weight_decay, eps=eps[1])
        if beta2_decay > 0:
            raise ValueError(f"Invalid beta2_decay: {beta2_decay}; expected a number <= 0")
        if d < 1.0:
            raise ValueError(f"Invalid clipping threshold d: {d}; expected a number >= 1")
        names = {
            "lr": lr,
            "beta2_decay": beta2_decay,
            "eps": eps,
            "d": d,
            "weight_decay": weight_decay,
            "maximize": maximize,
        }
        super().__init__(params, names)

    def new_state(self, p: Tensor, group: dict[str, Any]) -> dict[str, Tensor]:
        assert p.grad is not None
        g = p.grad.detach()
        if g.dim() < 2:
            return {"step": scalar(p), "variance": autograd.zeros_like(g)}
        rows, columns = (g.new_zeros(self.state_shape(name, g)) for name in ("row_var", "col_var"))
        return {"step": scalar(p), "row_var": rows, "col_var": columns}

    @classmethod
    @functools.cache
    def is_complete(cls, names: tuple[str, ...]) -> bool:
        return super().is_complete(names) and ("variance" in names or {"row_var", "col_var"} <= set(names))

    def state_shape(self, name: str, p: Tensor) -> tuple[int, ...]:
        shape = tuple(p._array.shape)
        if name == "row_var":
            return (*shape[:-1], 1)
        return (*shape[:-2], 1, *shape[-1:]) if name == "col_var" else super().state_shape(name, p)
