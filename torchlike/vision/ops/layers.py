"""Layers that torchvision's networks are made of."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

import autograd
import nn
import nn.functional as F
from autograd import Tensor


def stochastic_depth(input: Tensor, p: float, mode: str, training: bool = True) -> Tensor:
    """Drops the whole "batch", or each "row" of it, with probability p, and scales the rest (G. Huang et al., 2016)."""
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"drop probability has to be between 0 and 1, but got {p}")
    if mode not in ("batch", "row"):
        raise ValueError(f"mode has to be either 'batch' or 'row', but got {mode}")
    if not training or p == 0.0:
        return input
    size = [input.shape[0] if mode == "row" else 1] + [1] * (input.ndim - 1)
    noise = autograd.empty(size, dtype=input.dtype, device=input.device).bernoulli_(1.0 - p)
    return input * (noise / (1.0 - p) if p < 1.0 else noise)


class StochasticDepth(nn.Module):
    """stochastic_depth in training."""

    def __init__(self, p: float, mode: str) -> None:
        super().__init__()
        self.p, self.mode = p, mode

    def forward(self, input: Tensor) -> Tensor:
        return stochastic_depth(input, self.p, self.mode, self.training)

    def extra_repr(self) -> str:
        return f"p={self.p}, mode={self.mode}"


def drop_block2d(
    input: Tensor, p: float, block_size: int, inplace: bool = False, eps: float = 1e-6, training: bool = True
) -> Tensor:
    """Drops blocks of each channel, a share p in all, and scales the rest (G. Ghiasi et al., 2018)."""
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"drop probability has to be between 0 and 1, but got {p}.")
    if input.ndim != 4:
        raise ValueError(f"input should be 4 dimensional. Got {input.ndim} dimensions.")
    if not training or p == 0.0:
        return input
    n, channels, height, width = input.shape
    side = min(block_size, width, height)
    gamma = p * height * width / (side**2 * (height - side + 1) * (width - side + 1))
    noise = autograd.empty((n, channels, height - side + 1, width - side + 1), dtype=input.dtype, device=input.device)
    noise.bernoulli_(gamma)
    noise = F.pad(noise, [side // 2, (side - 1) // 2] * 2, value=0)
    kept = 1 - F.max_pool2d(noise, side, stride=1, padding=side // 2)[..., :height, :width]
    scale = kept.numel() / (eps + kept.sum())
    return input.mul_(kept).mul_(scale) if inplace else input * kept * scale


class DropBlock2d(nn.Module):
    """drop_block2d in training."""

    def __init__(self, p: float, block_size: int, inplace: bool = False, eps: float = 1e-6) -> None:
        super().__init__()
        self.p, self.block_size, self.inplace, self.eps = p, block_size, inplace, eps

    def forward(self, input: Tensor) -> Tensor:
        return drop_block2d(input, self.p, self.block_size, self.inplace, self.eps, self.training)


class SqueezeExcitation(nn.Module):
    """x times a weight for each channel, which two 1 x 1 convolutions make of its average (J. Hu et al., 2018)."""

    def __init__(
        self,
        input_channels: int,
        squeeze_channels: int,
        activation: Callable[..., nn.Module] = nn.ReLU,
        scale_activation: Callable[..., nn.Module] = nn.Sigmoid,
    ) -> None:
        super().__init__()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc1 = nn.Conv2d(input_channels, squeeze_channels, 1)
        self.fc2 = nn.Conv2d(squeeze_channels, input_channels, 1)
        self.activation, self.scale_activation = activation(), scale_activation()

    def forward(self, input: Tensor) -> Tensor:
        scale = self.fc2(self.activation(self.fc1(self.avgpool(input))))
        return self.scale_activation(scale) * input


class _ConvNormActivation(nn.Sequential):
    convolution: Any = nn.Conv2d
    norm: Any = None

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any = 3,
        stride: Any = 1,
        padding: Any = None,
        groups: int = 1,
        norm_layer: Any = "default",
        activation_layer: Any = nn.ReLU,
        dilation: Any = 1,
        inplace: bool | None = True,
        bias: bool | None = None,
    ) -> None:
        if padding is None:
            kernel, spread = ((x,) if isinstance(x, int) else tuple(x) for x in (kernel_size, dilation))
            each = [(k - 1) // 2 * spread[i % len(spread)] for i, k in enumerate(kernel)]
            padding = each[0] if isinstance(kernel_size, int) and isinstance(dilation, int) else tuple(each)
        norm_layer = self.norm if norm_layer == "default" else norm_layer
        bias = norm_layer is None if bias is None else bias
        layers: list[Any] = [
            self.convolution(
                in_channels, out_channels, kernel_size, stride, padding, dilation=dilation, groups=groups, bias=bias
            )
        ]
        if norm_layer is not None:
            layers.append(norm_layer(out_channels))
        if activation_layer is not None:
            layers.append(activation_layer(**({} if inplace is None else {"inplace": inplace})))
        super().__init__(*layers)
        self.out_channels = out_channels


class Conv2dNormActivation(_ConvNormActivation):
    """Convolution, norm and activation; the padding keeps the size of an odd kernel's input."""

    norm = nn.BatchNorm2d


class Conv3dNormActivation(_ConvNormActivation):
    """Conv2dNormActivation in three dimensions."""

    convolution = nn.Conv3d
    norm = nn.BatchNorm3d


ConvNormActivation = Conv2dNormActivation


class MLP(nn.Sequential):
    """Linear layers with norms and activations between, and dropout behind each."""

    def __init__(
        self,
        in_channels: int,
        hidden_channels: Sequence[int],
        norm_layer: Any = None,
        activation_layer: Any = nn.ReLU,
        inplace: bool | None = None,
        bias: bool = True,
        dropout: float = 0.0,
    ) -> None:
        options = {} if inplace is None else {"inplace": inplace}
        layers: list[nn.Module] = []
        for number, width in enumerate(hidden_channels):
            layers.append(nn.Linear(in_channels, width, bias=bias))
            if number < len(hidden_channels) - 1:
                if norm_layer is not None:
                    layers.append(norm_layer(width))
                layers.append(activation_layer(**options))
            layers.append(nn.Dropout(dropout, **options))
            in_channels = width
        super().__init__(*layers)


class Permute(nn.Module):
    """The dimensions in another order."""

    def __init__(self, dims: list[int]) -> None:
        super().__init__()
        self.dims = dims

    def forward(self, x: Tensor) -> Tensor:
        return autograd.permute(x, self.dims)


class FrozenBatchNorm2d(nn.Module):
    """Batch norm of images (n, c, h, w) whose statistics and parameters are buffers and stay as they are."""

    def __init__(self, num_features: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.eps = eps
        self.register_buffer("weight", autograd.ones(num_features))
        self.register_buffer("bias", autograd.zeros(num_features))
        self.register_buffer("running_mean", autograd.zeros(num_features))
        self.register_buffer("running_var", autograd.ones(num_features))

    def forward(self, x: Tensor) -> Tensor:
        shape = (1, -1, 1, 1)
        scale = self.weight.reshape(shape) * (self.running_var.reshape(shape) + self.eps).rsqrt()
        return x * scale + (self.bias.reshape(shape) - self.running_mean.reshape(shape) * scale)

    def extra_repr(self) -> str:
        return f"{self.weight.shape[0]}, eps={self.eps}"


class FeaturePyramidNetwork(nn.Module):
    """Feature maps of falling size, each joined with the coarser ones (T. Lin et al., 2017)."""

    def __init__(
        self, in_channels_list: list[int], out_channels: int, extra_blocks: Any = None, norm_layer: Any = None
    ) -> None:
        super().__init__()

        def block(channels: int, kernel: int) -> nn.Module:
            return Conv2dNormActivation(
                channels, out_channels, kernel_size=kernel, norm_layer=norm_layer, activation_layer=None
            )

        self.inner_blocks = nn.ModuleList([block(channels, 1) for channels in in_channels_list])
        self.layer_blocks = nn.ModuleList([block(out_channels, 3) for _ in in_channels_list])
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_uniform_(module.weight, a=1)
                if module.bias is not None:
                    nn.init.constant_(module.bias, 0)
        self.extra_blocks = extra_blocks

    def forward(self, x: dict[str, Tensor]) -> OrderedDict[str, Tensor]:
        names, maps = list(x), list(x.values())
        coarse = self.inner_blocks[-1](maps[-1])
        found = [self.layer_blocks[-1](coarse)]
        for i in range(len(maps) - 2, -1, -1):
            lateral = self.inner_blocks[i](maps[i])
            coarse = lateral + F.interpolate(coarse, size=tuple(lateral.shape[-2:]), mode="nearest")
            found.insert(0, self.layer_blocks[i](coarse))
        if self.extra_blocks is not None:
            found, names = self.extra_blocks(found, maps, names)
        return OrderedDict(zip(names, found, strict=True))


__all__ = [
    "MLP",
    "Conv2dNormActivation",
    "Conv3dNormActivation",
    "ConvNormActivation",
    "DropBlock2d",
    "FeaturePyramidNetwork",
    "FrozenBatchNorm2d",
    "Permute",
    "SqueezeExcitation",
    "StochasticDepth",
    "drop_block2d",
    "stochastic_depth",
]
