"""A linear layer and the cross entropy of what it gives, as one loss."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from autograd import Tensor
from autograd.types import DeviceLike, DTypeLike

from . import functional as F
from .linear import Linear
from .loss import _WeightedLoss


@dataclass
class LinearCrossEntropyOptions:
    """How torch saves memory in this loss, by parts of the batch. Here the loss is computed whole; it is the same."""

    allow_retain_graph: bool = False
    batch_chunk_size: int | None = None
    chunking_method: str | None = "auto"
    acc_policy: str = "auto"
    acc_dtype: Any = None


class LinearCrossEntropyLoss(_WeightedLoss):
    """Cross entropy of the logits that a linear layer, `linear`, makes: input (N, in_features) or (in_features,).

    With `out_features` (d1, ...) the loss of each sample has that shape; the layer has num_classes * d1 * ... rows.
    """

    def __init__(
        self,
        in_features: int,
        num_classes: int,
        *,
        out_features: Sequence[int] = (),
        bias: bool = False,
        device: DeviceLike = None,
        dtype: DTypeLike = None,
        reduction: str = "mean",
        weight: Tensor | None = None,
        ignore_index: int | None = None,
        label_smoothing: float = 0.0,
        options: LinearCrossEntropyOptions | None = None,
    ) -> None:
        super().__init__(weight, reduction=reduction)
        self.in_features, self.num_classes, self.out_features = in_features, num_classes, tuple(out_features)
        self.ignore_index, self.label_smoothing, self.options = ignore_index, label_smoothing, options
        rows = num_classes * math.prod(self.out_features)
        self.linear = Linear(in_features, rows, bias=bias, device=device, dtype=dtype)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        shape = (self.num_classes, *self.out_features)
        bias = self.linear.bias
        return F.linear_cross_entropy(
            input,
            self.linear.weight.reshape(*shape, self.in_features),
            target,
            linear_bias=None if bias is None else bias.reshape(shape),
            weight=self.weight,
            reduction=self.reduction,
            ignore_index=self.ignore_index,
            label_smoothing=self.label_smoothing,
            options=self.options,
        )

    def extra_repr(self) -> str:
        names = ["in_features", "num_classes", "out_features"]
        more = ["reduction", "ignore_index", "label_smoothing", "options"]
        said = [f"{name}={getattr(self, name)}" for name in names] + [f"bias={self.linear.bias is not None}"]
        return ", ".join(said + [f"{name}={getattr(self, name)}" for name in more])
