"""Transposed convolution layers."""

from __future__ import annotations

from collections.abc import Sequence

from autograd import Tensor
from autograd.ops.convolution import as_tuple, transposed
from autograd.types import DeviceLike, DTypeLike, PerDim

from .conv import _ConvNd


class _ConvTransposeNd(_ConvNd):
    """What transposed convolutions share: one padding mode, and the output padding for a wanted size."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: tuple[int, ...],
        stride: tuple[int, ...],
        padding: tuple[int, ...],
        dilation: tuple[int, ...],
        transposed: bool,
        output_padding: tuple[int, ...],
        groups: int,
        bias: bool,
        padding_mode: str,
        device: DeviceLike = None,
        dtype: DTypeLike = None,
    ) -> None:
        if padding_mode != "zeros":
            raise ValueError(f"{type(self).__name__}: only padding_mode='zeros' is supported, got {padding_mode!r}")
        sizes = kernel_size, stride, padding, dilation
        super().__init__(
            in_channels, out_channels, *sizes, transposed, output_padding, groups, bias, padding_mode, device, dtype
        )

    def _output_padding(
        self,
        input: Tensor,
        output_size: Sequence[int] | None,
        stride: Sequence[int],
        padding: Sequence[int],
        kernel_size: Sequence[int],
        num_spatial_dims: int,
        dilation: Sequence[int] | None = None,
    ) -> tuple[int, ...]:
        """The output padding that gives the wanted size; the layer's own where none is wanted."""
        if output_size is None:
            return self.output_padding
        wanted = list(output_size)[-num_spatial_dims:]
        least = [
            (n - 1) * s - 2 * p + d * (k - 1) + 1
            for n, s, p, d, k in zip(
                input.shape[-num_spatial_dims:],
                stride,
                padding,
                (1,) * num_spatial_dims if dilation is None else dilation,
                kernel_size,
                strict=True,
            )
        ]
        if any(not low <= size < low + s for size, low, s in zip(wanted, least, stride, strict=True)):
            raise ValueError(
                f"{type(self).__name__}: output_size {wanted} must be from {least}, by less than the stride"
            )
        return tuple(size - low for size, low in zip(wanted, least, strict=True))


class _ConvTranspose(_ConvTransposeNd):
    dims: int
    padding: tuple[int, ...]

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
        super().__init__(
            in_channels,
            out_channels,
            as_tuple(kernel_size, self.dims),
            as_tuple(stride, self.dims),
            as_tuple(padding, self.dims),
            as_tuple(dilation, self.dims),
            True,
            as_tuple(output_padding, self.dims),
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )

    def forward(self, input: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        extra = self._output_padding(
            input, output_size, self.stride, self.padding, self.kernel_size, self.dims, self.dilation
        )
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
