"""Pooling layers."""

from __future__ import annotations

from typing import Any

from autograd import Tensor
from autograd.ops import pooling
from autograd.ops.convolution import as_tuple
from autograd.types import PerDim

from . import functional as F
from .module import Module


class _MaxPoolNd(Module):
    dims: int

    def __init__(
        self,
        kernel_size: PerDim,
        stride: PerDim | None = None,
        padding: PerDim = 0,
        dilation: PerDim = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.dilation = dilation
        self.return_indices = return_indices
        self.ceil_mode = ceil_mode

    def forward(self, input: Tensor) -> Any:
        return pooling.max_pool(
            type(self).__name__,
            self.dims,
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.dilation,
            self.ceil_mode,
            self.return_indices,
        )

    def extra_repr(self) -> str:
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, "
            f"dilation={self.dilation}, ceil_mode={self.ceil_mode}"
        )


class MaxPool1d(_MaxPoolNd):
    """The maximum of each window: (N, C, L) -> (N, C, L'), or without N."""

    dims = 1


class MaxPool2d(_MaxPoolNd):
    """The maximum of each window: (N, C, H, W) -> (N, C, H', W'), or without N.

    H' = floor((H + 2 padding - dilation (kernel_size - 1) - 1) / stride) + 1 (ceil with
    `ceil_mode`); stride is kernel_size by default. At ties the gradient goes to the first.
    """

    dims = 2


class MaxPool3d(_MaxPoolNd):
    """The maximum of each window: (N, C, D, H, W) -> (N, C, D', H', W'), or without N."""

    dims = 3


class _AvgPoolNd(Module):
    dims: int

    def __init__(
        self,
        kernel_size: PerDim,
        stride: PerDim | None = None,
        padding: PerDim = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad
        self.divisor_override = divisor_override

    def forward(self, input: Tensor) -> Tensor:
        return pooling.avg_pool(
            type(self).__name__,
            self.dims,
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.ceil_mode,
            self.count_include_pad,
            self.divisor_override,
        )

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class AvgPool1d(_AvgPoolNd):
    """The mean of each window: (N, C, L) -> (N, C, L'), or without N."""

    dims = 1

    def __init__(
        self,
        kernel_size: PerDim,
        stride: PerDim | None = None,
        padding: PerDim = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__(
            as_tuple(kernel_size, 1),
            as_tuple(kernel_size if stride is None else stride, 1),
            as_tuple(padding, 1),
            ceil_mode,
            count_include_pad,
        )


class AvgPool2d(_AvgPoolNd):
    """The mean of each window: (N, C, H, W) -> (N, C, H', W'), or without N; stride is kernel_size by default."""

    dims = 2


class AvgPool3d(_AvgPoolNd):
    """The mean of each window: (N, C, D, H, W) -> (N, C, D', H', W'), or without N."""

    dims = 3


class _AdaptiveAvgPoolNd(Module):
    function: str

    def __init__(self, output_size: PerDim) -> None:
        super().__init__()
        self.output_size = output_size

    def forward(self, input: Tensor) -> Tensor:
        return getattr(F, self.function)(input, self.output_size)

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}"


class AdaptiveAvgPool1d(_AdaptiveAvgPoolNd):
    """Means of output_size nearly equal parts: (N, C, L) -> (N, C, output_size), or without N."""

    function = "adaptive_avg_pool1d"


class AdaptiveAvgPool2d(_AdaptiveAvgPoolNd):
    """Means of nearly equal parts: (N, C, H, W) -> (N, C, *output_size), or without N; None keeps a size."""

    function = "adaptive_avg_pool2d"


class AdaptiveAvgPool3d(_AdaptiveAvgPoolNd):
    """Means of nearly equal parts: (N, C, D, H, W) -> (N, C, *output_size), or without N; None keeps a size."""

    function = "adaptive_avg_pool3d"


class _AdaptiveMaxPoolNd(Module):
    function: str

    def __init__(self, output_size: PerDim, return_indices: bool = False) -> None:
        super().__init__()
        self.output_size, self.return_indices = output_size, return_indices

    def forward(self, input: Tensor) -> Any:
        return getattr(F, self.function)(input, self.output_size, self.return_indices)

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}"


class AdaptiveMaxPool1d(_AdaptiveMaxPoolNd):
    """Maxima of output_size nearly equal parts: (N, C, L) -> (N, C, output_size), or without N."""

    function = "adaptive_max_pool1d"


class AdaptiveMaxPool2d(_AdaptiveMaxPoolNd):
    """Maxima of nearly equal parts: (N, C, H, W) -> (N, C, *output_size), or without N; None keeps a size."""

    function = "adaptive_max_pool2d"


class AdaptiveMaxPool3d(_AdaptiveMaxPoolNd):
    """Maxima of nearly equal parts: (N, C, D, H, W) -> (N, C, *output_size), or without N; None keeps a size."""

    function = "adaptive_max_pool3d"


class _LPPoolNd(Module):
    function: str

    def __init__(
        self, norm_type: float, kernel_size: PerDim, stride: PerDim | None = None, ceil_mode: bool = False
    ) -> None:
        super().__init__()
        self.norm_type, self.kernel_size, self.stride, self.ceil_mode = norm_type, kernel_size, stride, ceil_mode

    def forward(self, input: Tensor) -> Tensor:
        return getattr(F, self.function)(input, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode)

    def extra_repr(self) -> str:
        return (
            f"norm_type={self.norm_type}, kernel_size={self.kernel_size}, stride={self.stride}, "
            f"ceil_mode={self.ceil_mode}"
        )


class LPPool1d(_LPPoolNd):
    """(sum of x^p)^(1/p) of each window: (N, C, L) -> (N, C, L')."""

    function = "lp_pool1d"


class LPPool2d(_LPPoolNd):
    """(sum of x^p)^(1/p) of each window: (N, C, H, W) -> (N, C, H', W')."""

    function = "lp_pool2d"


class LPPool3d(_LPPoolNd):
    """(sum of x^p)^(1/p) of each window: (N, C, D, H, W) -> (N, C, D', H', W')."""

    function = "lp_pool3d"


class _MaxUnpoolNd(Module):
    dims: int

    def __init__(self, kernel_size: PerDim, stride: PerDim | None = None, padding: PerDim = 0) -> None:
        super().__init__()
        self.kernel_size = as_tuple(kernel_size, self.dims)
        self.stride = self.kernel_size if stride is None else as_tuple(stride, self.dims)
        self.padding = as_tuple(padding, self.dims)

    def forward(self, input: Tensor, indices: Tensor, output_size: PerDim | None = None) -> Tensor:
        function = getattr(F, f"max_unpool{self.dims}d")
        return function(input, indices, self.kernel_size, self.stride, self.padding, output_size)

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class MaxUnpool1d(_MaxUnpoolNd):
    """The maxima put back where MaxPool1d(return_indices=True) found them, zeros elsewhere."""

    dims = 1


class MaxUnpool2d(_MaxUnpoolNd):
    """The maxima put back where MaxPool2d(return_indices=True) found them, zeros elsewhere."""

    dims = 2


class MaxUnpool3d(_MaxUnpoolNd):
    """The maxima put back where MaxPool3d(return_indices=True) found them, zeros elsewhere."""

    dims = 3
