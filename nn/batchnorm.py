"""Batch normalisation."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Tensor
from autograd.types import DeviceLike, DTypeLike, FactoryKwargs

from . import functional as F, init
from .module import Module
from .parameter import Parameter


class _NormBase(Module):
    """What batch and instance normalisation share: arguments, weights and running statistics."""

    _version = 2  # the first had no num_batches_tracked
    ranks: tuple[int, ...] = ()

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: DeviceLike = None,
        dtype: DTypeLike = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.affine, self.track_running_stats = affine, track_running_stats
        options: FactoryKwargs = {"device": device, "dtype": dtype}
        self.register_parameter("weight", Parameter(autograd.ones(num_features, **options)) if affine else None)
        has_bias = affine and bias
        self.register_parameter("bias", Parameter(autograd.zeros(num_features, **options)) if has_bias else None)
        for name, start in (("running_mean", autograd.zeros), ("running_var", autograd.ones)):
            self.register_buffer(name, start(num_features, **options) if track_running_stats else None)
        batches = autograd.tensor(0, dtype=autograd.int64, device=device) if track_running_stats else None
        self.register_buffer("num_batches_tracked", batches)

    def reset_running_stats(self) -> None:
        """Forgets the running statistics."""
        if self.track_running_stats:
            self.running_mean.zero_()
            self.running_var.fill_(1)
            self.num_batches_tracked.zero_()

    def reset_parameters(self) -> None:
        """Back to the starting values."""
        self.reset_running_stats()
        if self.affine:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def _check_input_dim(self, input: Tensor) -> None:
        """Refuses an input of other dimensions than the layer is for, which a subclass says by `ranks`."""
        if not self.ranks:
            raise NotImplementedError(f"{type(self).__name__} has no _check_input_dim()")
        if input.ndim not in self.ranks:
            ranks = " or ".join(map(str, self.ranks))
            raise ValueError(f"{type(self).__name__}: expected {ranks} dimensions, got shape {tuple(input.shape)}")

    def _load_from_state_dict(
        self, state_dict: dict[str, Any], prefix: str, local_metadata: dict[str, Any], *args: Any
    ) -> None:
        key = f"{prefix}num_batches_tracked"
        old = (local_metadata.get("version") or 1) < 2
        if old and self.track_running_stats and self.num_batches_tracked is not None and key not in state_dict:
            state_dict[key] = autograd.tensor(0)
        super()._load_from_state_dict(state_dict, prefix, local_metadata, *args)

    def extra_repr(self) -> str:
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"bias={self.bias is not None}, track_running_stats={self.track_running_stats}"
        )


class _BatchNorm(_NormBase):
    """Batch normalisation of inputs whose dimensions `_check_input_dim` allows."""

    def forward(self, input: Tensor) -> Tensor:
        self._check_input_dim(input)
        if input.shape[1] != self.num_features:
            raise RuntimeError(
                f"{type(self).__name__}: expected {self.num_features} channels, got shape {tuple(input.shape)}"
            )
        follow = self.training and self.track_running_stats
        momentum: Any = 0.0 if self.momentum is None else self.momentum
        if follow:
            self.num_batches_tracked.add_(1)
            if self.momentum is None:  # the plain average of all batches
                momentum = 1.0 / self.num_batches_tracked.to(self.running_mean.dtype)
        return F.batch_norm(
            input,
            self.running_mean if not self.training or follow else None,
            self.running_var if not self.training or follow else None,
            self.weight,
            self.bias,
            self.training or self.running_mean is None,
            momentum,
            self.eps,
        )


class BatchNorm1d(_BatchNorm):
    """(N, C) or (N, C, L), normalised a channel; see BatchNorm2d."""

    ranks = (2, 3)


class BatchNorm2d(_BatchNorm):
    """(N, C, H, W), normalised a channel over batch and space, times `weight` plus `bias` (C,).

    y = (x - mean) / sqrt(var + eps) * weight + bias. In training by the batch's statistics (biased
    variance), which the running ones follow: running = (1 - momentum) running + momentum batch
    (unbiased variance); `momentum=None` averages all batches. In evaluation by the running ones.
    S. Ioffe, C. Szegedy, "Batch normalization", 2015.
    """

    ranks = (4,)


class BatchNorm3d(_BatchNorm):
    """(N, C, D, H, W), normalised a channel; see BatchNorm2d."""

    ranks = (5,)
