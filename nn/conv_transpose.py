"""Transposed convolution layers."""

from __future__ import annotations

from collections.abc import Sequence

import autograd
from autograd import Tensor
from autograd.ops.convolution import as_tuple, transposed
from autograd.types import DeviceLike, DTypeLike, FactoryKwargs, PerDim

from . import init
from .module import Module
from .parameter import Parameter


class _ConvTranspose(Module):
    dims: int

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: PerDim,
        stride: PerDim = 1,
        padding: PerDim = 0,
        output_padding: PerDim = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: PerDim = 1,
        padding_mode: str = "zeros",
        device: DeviceLike = None,
        dtype: DTypeLike = None,
    ) -> None:
        super().__init__()
        if padding_mode != "zeros":
            raise ValueError(f"{type(self).__name__}: only padding_mode='zeros' is supported, got {padding_mode!r}")
        if in_channels % groups or out_channels % groups:
            raise ValueError(f"groups={groups} must divide in_channels={in_channels} and out_channels={out_channels}")
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.kernel_size, self.stride, self.padding, self.output_padding, self.dilation = (
            as_tuple(each, self.dims) for each in (kernel_size, stride, padding, output_padding, dilation)
        )
        self.padding_mode = padding_mode
        options: FactoryKwargs = {"device": device, "dtype": dtype}
        self.weight = Parameter(autograd.empty(in_channels, out_channels // groups, *self.kernel_size, **options))
        self.register_parameter("bias", Parameter(autograd.empty(out_channels, **options)) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draws new starting values."""
        init.layer_default_(self.weight, self.bias)

    def forward(self, input: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        extra = self.output_padding if output_size is None else self._extra(input, list(output_size))
        return transposed(
            type(self).__name__,
            self.dims,
            input,
            self.weight,
            self.bias,
            self.stride,
            self.padding,
            extra,
            self.groups,
            self.dilation,
        )

    def _extra(self, input: Tensor, wanted: list[int]) -> tuple[int, ...]:
        """The output padding that gives the wanted size."""
        sizes = wanted[-self.dims :]
        least = [
            (n - 1) * s - 2 * p + d * (k - 1) + 1
            for n, s, p, d, k in zip(
                input.shape[-self.dims :], self.stride, self.padding, self.dilation, self.kernel_size, strict=True
            )
        ]
        if any(not low <= size < low + s for size, low, s in zip(sizes, least, self.stride, strict=True)):
            raise ValueError(
                f"{type(self).__name__}: output_size {sizes} must be from {least}, by less than the stride"
            )
        return tuple(size - low for size, low in zip(sizes, least, strict=True))

    def extra_repr(self) -> str:
        text = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        ones, zeros = (1,) * self.dims, (0,) * self.dims
        text += f", padding={self.padding}" if self.padding != zeros else ""
        text += f", dilation={self.dilation}" if self.dilation != ones else ""
        text += f", output_padding={self.output_padding}" if self.output_padding != zeros else ""
        text += f", groups={self.groups}" if self.groups != 1 else ""
        return text + (", bias=False" if self.bias is None else "")


class ConvTranspose1d(_ConvTranspose):
    """(N, C, L) -> (N, O, L'), or without N: the adjoint of Conv1d; `weight` (C, O/groups, K)."""

    dims = 1


class ConvTranspose2d(_ConvTranspose):
    """(N, C, H, W) -> (N, O, H', W'), or without N: the adjoint of Conv2d; `weight` (C, O/groups, KH, KW).

    H' = (H - 1) stride - 2 padding + dilation (kernel_size - 1) + output_padding + 1.
    """

    dims = 2


class ConvTranspose3d(_ConvTranspose):
    """(N, C, D, H, W) -> (N, O, D', H', W'), or without N: the adjoint of Conv3d."""

    dims = 3
