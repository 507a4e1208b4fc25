"""Instance normalisation."""

from __future__ import annotations

from typing import Any

from autograd import Tensor
from autograd.types import DeviceLike, DTypeLike

from . import functional as F
from .batchnorm import _BatchNorm


class _InstanceNorm(_BatchNorm):
    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device: DeviceLike = None,
        dtype: DTypeLike = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)

    def forward(self, input: Tensor) -> Tensor:
        rank = self.ranks[0]
        if input.ndim not in (rank - 1, rank):
            raise ValueError(f"{type(self).__name__}: expected {rank - 1} or {rank} dimensions, got {input.ndim}")
        batch = input if input.ndim == rank else input.unsqueeze(0)
        if batch.shape[1] != self.num_features and self.affine:
            raise ValueError(f"{type(self).__name__}: expected {self.num_features} channels, got {batch.shape[1]}")
        by_input = self.training or not self.track_running_stats
        momentum: Any = 0.0 if self.momentum is None else self.momentum
        out = F.instance_norm(
            batch, self.running_mean, self.running_var, self.weight, self.bias, by_input, momentum, self.eps
        )
        return out if input.ndim == rank else out.squeeze(0)


class InstanceNorm1d(_InstanceNorm):
    """(N, C, L) or (C, L), each channel of each sample normalised (D. Ulyanov et al., 2016)."""

    ranks = (3,)


class InstanceNorm2d(_InstanceNorm):
    """(N, C, H, W) or (C, H, W), each channel of each sample normalised (D. Ulyanov et al., 2016)."""

    ranks = (4,)


class InstanceNorm3d(_InstanceNorm):
    """(N, C, D, H, W) or (C, D, H, W), each channel of each sample normalised (D. Ulyanov et al., 2016)."""

    ranks = (5,)
