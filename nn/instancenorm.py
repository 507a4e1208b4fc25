"""Instance normalisation."""

from __future__ import annotations

from typing import Any

from autograd import Tensor
from autograd.types import DeviceLike, DTypeLike

from . import functional as F
from .batchnorm import _NormBase


class _InstanceNorm(_NormBase):
    """Instance normalisation: `ranks` are the dimensions of a sample, and of a batch of them."""

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

    def _get_no_batch_dim(self) -> int:
        """The dimensions of one sample."""
        if not self.ranks:
            raise NotImplementedError(f"{type(self).__name__} has no _get_no_batch_dim()")
        return self.ranks[0]

    def _apply_instance_norm(self, input: Tensor) -> Tensor:
        momentum: Any = 0.0 if self.momentum is None else self.momentum
        by_input = self.training or not self.track_running_stats
        return F.instance_norm(
            input, self.running_mean, self.running_var, self.weight, self.bias, by_input, momentum, self.eps
        )

    def _handle_no_batch_input(self, input: Tensor) -> Tensor:
        return self._apply_instance_norm(input.unsqueeze(0)).squeeze(0)

    def forward(self, input: Tensor) -> Tensor:
        self._check_input_dim(input)
        single = input.ndim == self._get_no_batch_dim()
        channels = input.shape[0 if single else 1]
        if channels != self.num_features and self.affine:
            raise ValueError(f"{type(self).__name__}: expected {self.num_features} channels, got {channels}")
        return self._handle_no_batch_input(input) if single else self._apply_instance_norm(input)


class InstanceNorm1d(_InstanceNorm):
    """(N, C, L) or (C, L), each channel of each sample normalised (D. Ulyanov et al., 2016)."""

    ranks = (2, 3)


class InstanceNorm2d(_InstanceNorm):
    """(N, C, H, W) or (C, H, W), each channel of each sample normalised (D. Ulyanov et al., 2016)."""

    ranks = (3, 4)


class InstanceNorm3d(_InstanceNorm):
    """(N, C, D, H, W) or (C, D, H, W), each channel of each sample normalised (D. Ulyanov et al., 2016)."""

    ranks = (4, 5)
