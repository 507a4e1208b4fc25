"""Convolutions and their adjoints."""

from __future__ import annotations

from collections.abc import Sequence

from autograd import Tensor, eye, stack
from autograd.engine.errors import OperationError
from autograd.ops import convolution as _conv
from autograd.ops.convolution import as_tuple
from autograd.ops.padding import pad
from autograd.ops.promotion import beyond_autocast
from autograd.types import PerDim


def conv1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: PerDim = 1,
    padding: PerDim | str = 0,
    dilation: PerDim = 1,
    groups: int = 1,
) -> Tensor:
    """(N, C, L), (O, C/groups, K) -> (N, O, L')."""
    return _conv.convolution("conv1d", 1, input, weight, bias, stride, padding, dilation, groups)


def conv2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: PerDim = 1,
    padding: PerDim | str = 0,
    dilation: PerDim = 1,
    groups: int = 1,
) -> Tensor:
    """(N, C, H, W), (O, C/groups, KH, KW) -> (N, O, H', W')."""
    return _conv.convolution("conv2d", 2, input, weight, bias, stride, padding, dilation, groups)


def conv3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: PerDim = 1,
    padding: PerDim | str = 0,
    dilation: PerDim = 1,
    groups: int = 1,
) -> Tensor:
    """(N, C, D, H, W), (O, C/groups, KD, KH, KW) -> (N, O, D', H', W')."""
    return _conv.convolution("conv3d", 3, input, weight, bias, stride, padding, dilation, groups)


def conv_tbc(input: Tensor, weight: Tensor, bias: Tensor, pad: int = 0) -> Tensor:
    """conv1d of (T, N, C_in) with a weight (K, C_in, C_out), to (T', N, C_out)."""
    return conv1d(input.permute(1, 2, 0), weight.permute(2, 1, 0), bias, padding=pad).permute(2, 0, 1)


def conv_transpose1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: PerDim = 1,
    padding: PerDim = 0,
    output_padding: PerDim = 0,
    groups: int = 1,
    dilation: PerDim = 1,
) -> Tensor:
    """The adjoint of conv1d: (N, C, L), (C, O/groups, K) -> (N, O, L')."""
    options = stride, padding, output_padding, groups, dilation
    return _conv.transposed("conv_transpose1d", 1, input, weight, bias, *options)


def conv_transpose2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: PerDim = 1,
    padding: PerDim = 0,
    output_padding: PerDim = 0,
    groups: int = 1,
    dilation: PerDim = 1,
) -> Tensor:
    """The adjoint of conv2d: (N, C, H, W), (C, O/groups, KH, KW) -> (N, O, H', W')."""
    options = stride, padding, output_padding, groups, dilation
    return _conv.transposed("conv_transpose2d", 2, input, weight, bias, *options)


def conv_transpose3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: PerDim = 1,
    padding: PerDim = 0,
    output_padding: PerDim = 0,
    groups: int = 1,
    dilation: PerDim = 1,
) -> Tensor:
    """The adjoint of conv3d: (N, C, D, H, W), (C, O/groups, KD, KH, KW) -> (N, O, D', H', W')."""
    options = stride, padding, output_padding, groups, dilation
    return _conv.transposed("conv_transpose3d", 3, input, weight, bias, *options)


def unfold(input: Tensor, kernel_size: PerDim, dilation: PerDim = 1, padding: PerDim = 0, stride: PerDim = 1) -> Tensor:
    """The windows of images as columns: (N, C, H, W) -> (N, C KH KW, places), or without N."""
    if input.ndim == 3:
        return unfold(input.unsqueeze(0), kernel_size, dilation, padding, stride).squeeze(0)
    if input.ndim != 4:
        raise OperationError(f"unfold: expected (N, C, H, W) or (C, H, W), got shape {tuple(input.shape)}")
    kernel, steps, pads, gaps = (as_tuple(each, 2) for each in (kernel_size, stride, padding, dilation))
    places = _places("unfold", input.shape[2:], kernel, steps, pads, gaps)
    padded = pad(input, (pads[1], pads[1], pads[0], pads[0])) if any(pads) else input
    windows = [
        padded[
            ...,
            i * gaps[0] : i * gaps[0] + (places[0] - 1) * steps[0] + 1 : steps[0],
            j * gaps[1] : j * gaps[1] + (places[1] - 1) * steps[1] + 1 : steps[1],
        ]
        for i in range(kernel[0])
        for j in range(kernel[1])
    ]
    return stack(windows, 2).reshape(input.shape[0], input.shape[1] * kernel[0] * kernel[1], places[0] * places[1])


@beyond_autocast
def fold(
    input: Tensor,
    output_size: PerDim,
    kernel_size: PerDim,
    dilation: PerDim = 1,
    padding: PerDim = 0,
    stride: PerDim = 1,
) -> Tensor:
    """The adjoint of unfold: sums columns (N, C KH KW, places) into images (N, C, H, W)."""
    if input.ndim == 2:
        return fold(input.unsqueeze(0), output_size, kernel_size, dilation, padding, stride).squeeze(0)
    size, kernel, steps, pads, gaps = (as_tuple(x, 2) for x in (output_size, kernel_size, stride, padding, dilation))
    places = _places("fold", size, kernel, steps, pads, gaps)
    area = kernel[0] * kernel[1]
    if input.ndim != 3 or input.shape[1] % area or input.shape[2] != places[0] * places[1]:
        raise OperationError(
            f"fold: expected columns (N, C {area}, {places[0] * places[1]}), got shape {tuple(input.shape)}"
        )
    channels = input.shape[1] // area
    # One filter for each place in the window, which writes its row of the column there.
    weight = eye(area, dtype=input.dtype, device=input.device).reshape(area, 1, *kernel)
    rows = input.reshape(input.shape[0] * channels, area, *places)
    extra = [
        n - ((p - 1) * s - 2 * q + g * (k - 1) + 1)
        for n, p, s, q, g, k in zip(size, places, steps, pads, gaps, kernel, strict=True)
    ]
    image = _conv.transposed("fold", 2, rows, weight, None, steps, pads, tuple(extra), 1, gaps)
    return image.reshape(input.shape[0], channels, *size)


def _places(
    name: str,
    space: Sequence[int],
    kernel: Sequence[int],
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
) -> list[int]:
    """How often the window fits, a dimension."""
    found = [_conv.output_size(*each) for each in zip(space, kernel, stride, padding, dilation, strict=True)]
    if min(found) < 1:
        raise OperationError(f"{name}: the kernel {tuple(kernel)} is larger than the padded space {tuple(space)}")
    return found
