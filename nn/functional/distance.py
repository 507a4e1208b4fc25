"""How far vectors are from each other."""

from __future__ import annotations

from autograd import Tensor


def pairwise_distance(x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Tensor:
    """|x1 - x2 + eps|_p of the last dimension."""
    return (x1 - x2 + eps).norm(p, -1, keepdim=keepdim)
