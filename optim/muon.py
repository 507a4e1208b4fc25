"""Muon."""

from __future__ import annotations

from typing import Any

from autograd import Tensor
from autograd.backend import Array, Namespace

from .optimizer import Optimizer, Params, check_at_least_zero


class Muon(Optimizer):
    """Momentum whose matrix is made nearly orthogonal, so that every direction gets a step of the same size.

        b = momentum b + (1 - momentum) g               u = g + momentum (b - g) with `nesterov`, else b
        x = u / |u|, then ns_steps times (Newton-Schulz): x = a x + (b A + c A^2) x with A = x x^T
        p = p (1 - lr weight_decay) - lr s x            s = sqrt(max(1, rows / columns))

    For the matrices inside a network; give embeddings, the last layer, biases and gains to AdamW.
    With adjust_lr_fn="match_rms_adamw", s = 0.2 sqrt(max(rows, columns)) (Moonshot, 2025). torch computes
    x in bfloat16, this engine in the parameter's own dtype.
    K. Jordan et al., "Muon: an optimizer for hidden layers in neural networks", 2024.
    """

    blended = ("momentum_buffer",)
    decoupled = True

    @staticmethod
    def update(
        xp: Namespace,
        p: Array,
        g: Array,
        momentum_buffer: Array,
        *,
        lr: Array,
        weight_decay: float,
        momentum: float,
        nesterov: bool,
        ns_coefficients: tuple[float, float, float],
        eps: float,
        ns_steps: int,
        adjust_lr_fn: str | None,
    ) -> None:
        momentum_buffer += (g - momentum_buffer) * (1.0 - momentum)
        x = g + (momentum_buffer - g) * momentum if nesterov else momentum_buffer
        rows, columns = p.shape
        x = x.T if rows > columns else x
        x = x / xp.maximum(xp.sqrt(xp.sum(x * x)), eps)
        a, b, c = ns_coefficients
        for _ in range(ns_steps):
            gram = xp.matmul(x, x.T)
            x = a * x + xp.matmul(b * gram + c * xp.matmul(gram, gram), x)
        x = x.T if rows > columns else x
        scale = (
            0.2 * max(rows, columns) ** 0.5 if adjust_lr_fn == "match_rms_adamw" else max(1.0, rows / columns) ** 0.5
        )
        p *= 1.0 - lr * weight_decay
        p -= lr * scale * x

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        weight_decay: float = 0.1,
        momentum: float = 0.95,
        nesterov: bool = True,
        ns_coefficients: tuple[float, float, float] = (3.4445, -4.775, 2.0315),
        eps: float = 1e-7,
        ns_steps: int = 5,
        adjust_lr_fn: str | None = None,
    ) -> None:
        check_at_least_zero(lr=lr, weight_decay=weight_decay, momentum=momentum)
        if adjust_lr_fn not in (None, "original", "match_rms_adamw"):
            raise ValueError(f"Adjust learning rate function {adjust_lr_fn} is not supported")
        names = {
            "lr": lr,
            "weight_decay": weight_decay,
            "momentum": momentum,
            "nesterov": nesterov,
            "ns_coefficients": ns_coefficients,
            "eps": eps,
            "ns_steps": ns_steps,
            "adjust_lr_fn": adjust_lr_fn,
        }
        super().__init__(params, names)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        super().add_param_group(param_group)
        for p in self.param_groups[-1]["params"]:
            if p.dim() != 2:
                self.param_groups.pop()
                raise ValueError(f"Muon only supports 2D parameters whereas we found a parameter with size: {p.shape}")

    def new_state(self, p: Tensor, group: dict[str, Any]) -> dict[str, Tensor]:
        if p.dim() != 2:  # its .data was replaced
            raise ValueError(f"Muon only supports 2D parameters whereas we found a parameter with size: {p.shape}")
        return super().new_state(p, group)
