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
from .tuples import reversed_and_repeated


class _ConvNd(Module):
    """What all convolutions share, transposed ones too: arguments, of which each dimension has its own, and weights."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: tuple[int, ...],
        stride: tuple[int, ...],
        padding: str | tuple[int, ...],
        dilation: tuple[int, ...],
        transposed: bool,
        output_padding: tuple[int, ...],
        groups: int,
        bias: bool,
        padding_mode: str,
        device: DeviceLike = None,
        dtype: DTypeLike = None,
    ) -> None:
        super().__init__()
        if groups <= 0:
            raise ValueError(f"groups must be a positive integer, got {groups}")
        if in_channels % groups or out_channels % groups:
            raise ValueError(f"groups={groups} must divide in_channels={in_channels} and out_channels={out_channels}")
        if padding_mode not in ("zeros", "reflect", "replicate", "circular"):
            raise ValueError(f"padding_mode is 'zeros', 'reflect', 'replicate' or 'circular', got {padding_mode!r}")
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.kernel_size, self.stride, self.padding, self.dilation = kernel_size, stride, padding, dilation
        self.transposed, self.output_padding, self.padding_mode = transposed, output_padding, padding_mode
        self._reversed_padding_repeated_twice = self._sides()
        options: FactoryKwargs = {"device": device, "dtype": dtype}
        channels = (in_channels, out_channels) if transposed else (out_channels, in_channels)
        self.weight = Parameter(autograd.empty(channels[0], channels[1] // groups, *kernel_size, **options))
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
        if not isinstance(self.padding, str):
            return list(reversed_and_repeated(self.padding, 2))
        widths: list[int] = []
        for k, d in zip(self.kernel_size, self.dilation, strict=True):
            total = d * (k - 1) if self.padding == "same" else 0
            widths = [total // 2, total - total // 2, *widths]
        return widths

    def extra_repr(self) -> str:
        text = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        ones, zeros = (1,) * len(self.kernel_size), (0,) * len(self.kernel_size)
        text += f", padding={self.padding}" if self.padding != zeros else ""
        text += f", dilation={self.dilation}" if self.dilation != ones else ""
        text += f", output_padding={self.output_padding}" if self.output_padding != zeros else ""
        text += f", groups={self.groups}" if self.groups != 1 else ""
        text += ", bias=False" if self.bias is None else ""
        return text + (f", padding_mode={self.padding_mode}" if self.padding_mode != "zeros" else "")


class _Conv(_ConvNd):
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
        super().__init__(
            in_channels,
            out_channels,
            as_tuple(kernel_size, self.dims),
            as_tuple(stride, self.dims),
            padding if isinstance(padding, str) else as_tuple(padding, self.dims),
            as_tuple(dilation, self.dims),
            False,
            (0,) * self.dims,
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )

    def _conv_forward(self, input: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """The convolution with a weight and a bias of the caller's, otherwise as the layer says."""
        padding: Any = self.padding
        if self.padding_mode != "zeros":
            input, padding = pad(input, self._reversed_padding_repeated_twice, mode=self.padding_mode), 0
        return convolution(
            type(self).__name__, self.dims, input, weight, bias, self.stride, padding, self.dilation, self.groups
        )

    def forward(self, input: Tensor) -> Tensor:
        return self._conv_forward(input, self.weight, self.bias)


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
