"""Normalisation by the statistics of a layer, of groups of channels, of neighbours."""

from __future__ import annotations

from collections.abc import Sequence

import autograd
from autograd import Tensor
from autograd.ops.dims import as_ints
from autograd.types import DeviceLike, DTypeLike, FactoryKwargs

from . import functional as F, init
from .module import Module
from .parameter import Parameter


class _Scaled(Module):
    """What has a `weight` that starts as ones, and perhaps a `bias` that starts as zeros."""

    def reset_parameters(self) -> None:
        """Back to the starting values."""
        if self.weight is not None:
            init.ones_(self.weight)
        if getattr(self, "bias", None) is not None:
            init.zeros_(self.bias)


class LayerNorm(_Scaled):
    """(x - mean) / sqrt(var + eps) * weight + bias over the last dimensions, which have `normalized_shape`.

    J. Ba, J. Kiros, G. Hinton, "Layer normalization", 2016.

    >>> import autograd, nn
    >>> nn.LayerNorm(4)(autograd.randn(2, 3, 4)).shape
    autograd.Size([2, 3, 4])
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: DeviceLike = None,
        dtype: DTypeLike = None,
    ) -> None:
        super().__init__()
        self.normalized_shape = as_ints(normalized_shape)
        self.eps, self.elementwise_affine = eps, elementwise_affine
        options: FactoryKwargs = {"device": device, "dtype": dtype}
        affine, shift = elementwise_affine, elementwise_affine and bias
        shape = self.normalized_shape
        self.register_parameter("weight", Parameter(autograd.ones(shape, **options)) if affine else None)
        self.register_parameter("bias", Parameter(autograd.zeros(shape, **options)) if shift else None)

    def forward(self, input: Tensor) -> Tensor:
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return (
            f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}, "
            f"bias={self.bias is not None}"
        )


class RMSNorm(_Scaled):
    """x / sqrt(mean(x^2) + eps) * weight over the last dimensions (B. Zhang, R. Sennrich, 2019)."""

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float | None = None,
        elementwise_affine: bool = True,
        device: DeviceLike = None,
        dtype: DTypeLike = None,
    ) -> None:
        super().__init__()
        self.normalized_shape = as_ints(normalized_shape)
        self.eps, self.elementwise_affine = eps, elementwise_affine
        weight = Parameter(autograd.ones(self.normalized_shape, device=device, dtype=dtype))
        self.register_parameter("weight", weight if elementwise_affine else None)

    def forward(self, input: Tensor) -> Tensor:
        return F.rms_norm(input, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"


class GroupNorm(_Scaled):
    """Normalises (N, C, *) over groups of channels and space (Y. Wu, K. He, 2018); `weight` and `bias` (C,)."""

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        device: DeviceLike = None,
        dtype: DTypeLike = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        if num_channels % num_groups:
            raise ValueError(f"GroupNorm: num_channels={num_channels} must be divisible by num_groups={num_groups}")
        self.num_groups, self.num_channels, self.eps, self.affine = num_groups, num_channels, eps, affine
        options: FactoryKwargs = {"device": device, "dtype": dtype}
        shift = affine and bias
        self.register_parameter("weight", Parameter(autograd.ones(num_channels, **options)) if affine else None)
        self.register_parameter("bias", Parameter(autograd.zeros(num_channels, **options)) if shift else None)

    def forward(self, input: Tensor) -> Tensor:
        return F.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return (
            f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}, "
            f"bias={self.bias is not None}"
        )


class LocalResponseNorm(Module):
    """x / (k + alpha mean of x^2 over neighbouring channels)^beta (A. Krizhevsky et al., 2012)."""

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> None:
        super().__init__()
        self.size, self.alpha, self.beta, self.k = size, alpha, beta, k

    def forward(self, input: Tensor) -> Tensor:
        return F.local_response_norm(input, self.size, self.alpha, self.beta, self.k)

    def extra_repr(self) -> str:
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"
