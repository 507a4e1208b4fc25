"""Affine and bilinear maps."""

from __future__ import annotations

from autograd import Tensor, einsum
from autograd.engine.errors import OperationError
from autograd.ops.promotion import rounded_once


@rounded_once
def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """x1^T W_k x2 + b_k: (*, m), (*, n), (o, m, n), (o,) -> (*, o)."""
    if weight.ndim != 3 or input1.shape[-1] != weight.shape[1] or input2.shape[-1] != weight.shape[2]:
        raise OperationError(
            f"bilinear: inputs {tuple(input1.shape)} and {tuple(input2.shape)} do not fit a weight "
            f"of shape {tuple(weight.shape)}"
        )
    out = einsum("...i,oij,...j->...o", input1, weight, input2)
    return out if bias is None else out + bias
