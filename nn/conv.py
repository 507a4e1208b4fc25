"""Convolution layers."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Tensor
from autograd.ops.convolution import as_tuple, convolution
from autograd.ops.padding import pad
from autograd.types import DeviceLike, DTypeLike, FactoryKwargs, PerDim

from . import init
from .module import Module
from .parameter import Parameter


class _Conv(Module):
    """What the convolutions of one, two and three dimensions share."""

    dims: int

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: PerDim,
        stride: PerDim = 1,
        padding: PerDim = 0,
        dilation: PerDim = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: DeviceLike = None,
        dtype: DTypeLike = None,
    ) -> None:
        super().__init__()
        if in_channels % groups or out_channels % groups:
            raise ValueError(f"groups={groups} must divide in_channels={in_channels} and out_channels={out_channels}")
        if padding_mode not in ("zeros", "reflect", "replicate", "circular"):
            raise ValueError(f"padding_mode is 'zeros', 'reflect', 'replicate' or 'circular', got {padding_mode!r}")
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.kernel_size = as_tuple(kernel_size, self.dims)
        self.stride = as_tuple(stride, self.dims)
        self.padding = padding if isinstance(padding, str) else as_tuple(padding, self.dims)
        self.dilation = as_tuple(dilation, self.dims)
        self.padding_mode = padding_mode
        options: FactoryKwargs = {"device": device, "dtype": dtype}
        self.weight = Parameter(autograd.empty(out_channels, in_channels // groups, *self.kernel_size, **options))
        if bias:
            self.bias = Parameter(autograd.empty(out_channels, **options))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draws new starting values."""
        init.layer_default_(self.weight, self.bias)

    def _sides(self) -> list[int]:
        """How far each side is padded, from the last dimension backwards."""
        if self.padding == "valid":
            return [0, 0] * self.dims
        widths: list[int] = []
        given = (0,) * self.dims if isinstance(self.padding, str) else self.padding
        for k, d, p in zip(self.kernel_size, self.dilation, given, strict=True):
            total = d * (k - 1) if self.padding == "same" else 2 * int(p)
            widths = [total // 2, total - total // 2, *widths]
        return widths

    def forward(self, input: Tensor) -> Tensor:
        padding: Any = self.padding
        if self.padding_mode != "zeros":
            input, padding = pad(input, self._sides(), mode=self.padding_mode), 0
        return convolution(
            type(self).__name__,
            self.dims,
            input,
            self.weight,
            self.bias,
            self.stride,
            padding,
            self.dilation,
            self.groups,
        )

    def extra_repr(self) -> str:
        text = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        ones, zeros = (1,) * self.dims, (0,) * self.dims
        text += f", padding={self.padding}" if self.padding != zeros else ""
        text += f", dilation={self.dilation}" if self.dilation != ones else ""
        text += f", groups={self.groups}" if self.groups != 1 else ""
        text += ", bias=False" if self.bias is None else ""
        return text + (f", padding_mode={self.padding_mode}" if self.padding_mode != "zeros" else "")


class Conv1d(_Conv):
    """(N, C, L) -> (N, O, L'), or without N; `weight` (O, C/groups, K), `bias` (O,).

    L' = floor((L + 2 padding - dilation (kernel_size - 1) - 1) / stride) + 1; `padding` may be
    'valid' or 'same'. Values start uniform within 1 / sqrt(C/groups K).
    """

    dims = 1


class Conv2d(_Conv):
    """(N, C, H, W) -> (N, O, H', W'), or without N; `weight` (O, C/groups, KH, KW), `bias` (O,).

    H' = floor((H + 2 padding - dilation (kernel_size - 1) - 1) / stride) + 1; `padding` may be
    'valid' or 'same'. Values start uniform within 1 / sqrt(C/groups KH KW).

    >>> import autograd, nn
    >>> nn.Conv2d(3, 8, 3, padding=1)(autograd.ones(2, 3, 5, 5)).shape
    autograd.Size([2, 8, 5, 5])
    """

    dims = 2


class Conv3d(_Conv):
    """(N, C, D, H, W) -> (N, O, D', H', W'), or without N; `weight` (O, C/groups, KD, KH, KW), `bias` (O,)."""

    dims = 3
