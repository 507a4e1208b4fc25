"""The cross entropy of what a linear layer makes of the input."""

from __future__ import annotations

from typing import Any

from autograd import Tensor
from autograd.engine.errors import OperationError

from .classification import cross_entropy as _cross_entropy


def linear_cross_entropy(
    input: Tensor,
    linear_weight: Tensor,
    target: Tensor,
    *,
    linear_bias: Tensor | None = None,
    weight: Tensor | None = None,
    reduction: str = "mean",
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
    options: Any = None,
) -> Tensor:
    """cross_entropy(input @ linear_weight.T + linear_bias, target).

    input (N, in) or (in,); linear_weight (C, in), or (C, d1, ..., in) of which the loss is (N, d1, ...); linear_bias of
    that shape without `in`. `options`, how torch saves memory, changes no result and nothing here.

    >>> import autograd, nn.functional as F
    >>> F.linear_cross_entropy(autograd.ones(1, 2), autograd.zeros(4, 2), autograd.tensor([1]))
    tensor(1.3863)
    """
    shape = tuple(linear_weight.shape[:-1])
    if input.ndim not in (1, 2) or linear_weight.ndim < 2 or linear_weight.shape[-1] != input.shape[-1]:
        raise OperationError(
            f"linear_cross_entropy: expected an input (N, in) or (in,) and a linear_weight (C, ..., in), got "
            f"{tuple(input.shape)} and {tuple(linear_weight.shape)}"
        )
    if input.ndim == 1 and linear_weight.ndim > 2:
        raise OperationError(
            f"linear_cross_entropy: a linear_weight of {linear_weight.ndim} dimensions, {tuple(linear_weight.shape)}, "
            f"needs inputs in rows, (N, in), got {tuple(input.shape)}; unsqueeze(0) it"
        )
    if linear_bias is not None and tuple(linear_bias.shape) != shape:
        raise OperationError(
            f"linear_cross_entropy: expected a linear_bias of shape {shape}, got {tuple(linear_bias.shape)}"
        )
    if ignore_index is not None and target.dtype.is_floating_point:
        raise OperationError("linear_cross_entropy: ignore_index is of class numbers, the target holds probabilities")
    logits = (input @ linear_weight.reshape(-1, linear_weight.shape[-1]).T).reshape(*input.shape[:-1], *shape)
    if linear_bias is not None:
        logits = logits + linear_bias
    return _cross_entropy(
        logits,
        target,
        weight,
        ignore_index=-100 if ignore_index is None else ignore_index,
        reduction=reduction,
        label_smoothing=label_smoothing,
    )
