"""MobileNetV2."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd import Tensor, flatten

from .. import functional as F, init
from ..activation import ReLU6
from ..batchnorm import BatchNorm2d
from ..container import Sequential
from ..conv import Conv2d
from ..dropout import Dropout
from ..linear import Linear
from ..module import Module
from .published import imagenet
from .weights import GivenWeights, builder, with_weights

# expansion, channels, how many, stride of the first
STAGES = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)


def make_divisible(width: float, divisor: int) -> int:
    """The nearest multiple of a divisor, but not less than nine tenths of the width."""
    rounded = max(divisor, int(width + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * width else rounded


def _conv_norm_relu(inp: int, oup: int, kernel_size: int, stride: int = 1, groups: int = 1) -> Sequential:
    padding = (kernel_size - 1) // 2
    conv = Conv2d(inp, oup, kernel_size, stride, padding, groups=groups, bias=False)
    return Sequential(conv, BatchNorm2d(oup), ReLU6(inplace=True))


class InvertedResidual(Module):
    """Widen, filter each channel by itself, narrow; added to the input where the shapes are the same."""

    def __init__(self, inp: int, oup: int, stride: int, expand_ratio: int) -> None:
        super().__init__()
        hidden = round(inp * expand_ratio)
        self.use_res_connect = stride == 1 and inp == oup
        layers: list[Module] = [_conv_norm_relu(inp, hidden, 1)] if expand_ratio != 1 else []
        layers += [
            _conv_norm_relu(hidden, hidden, 3, stride, groups=hidden),
            Conv2d(hidden, oup, 1, 1, 0, bias=False),
            BatchNorm2d(oup),
        ]
        self.conv = Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv(x) if self.use_res_connect else self.conv(x)


class MobileNetV2(Module):
    """Seventeen inverted residuals on images (N, 3, 224, 224): 3,504,872 parameters.

    M. Sandler et al., "MobileNetV2: inverted residuals and linear bottlenecks", 2018.
    """

    def __init__(
        self,
        num_classes: int = 1000,
        width_mult: float = 1.0,
        inverted_residual_setting: Sequence[Sequence[int]] | None = None,
        round_nearest: int = 8,
        dropout: float = 0.2,
    ) -> None:
        super().__init__()
        channels = make_divisible(32 * width_mult, round_nearest)
        self.last_channel = make_divisible(1280 * max(1.0, width_mult), round_nearest)
        features: list[Module] = [_conv_norm_relu(3, channels, 3, stride=2)]
        for expansion, width, count, stride in inverted_residual_setting or STAGES:
            out = make_divisible(width * width_mult, round_nearest)
            for i in range(count):
                features.append(InvertedResidual(channels, out, stride if i == 0 else 1, expansion))
                channels = out
        features.append(_conv_norm_relu(channels, self.last_channel, 1))
        self.features = Sequential(*features)
        self.classifier = Sequential(Dropout(p=dropout), Linear(self.last_channel, num_classes))
        for module in self.modules():
            if isinstance(module, Conv2d):
                init.kaiming_normal_(module.weight, mode="fan_out")
            elif isinstance(module, Linear):
                init.normal_(module.weight, 0, 0.01)
                init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(flatten(F.adaptive_avg_pool2d(self.features(x), (1, 1)), 1))


MobileNet_V2_Weights = imagenet("MobileNet_V2_Weights", 3_504_872, 1, "mobilenet_v2-b0353104", "mobilenet_v2-7ebf99e0")


@builder
def mobilenet_v2(*, weights: GivenWeights = None, progress: bool = True, **kwargs: Any) -> MobileNetV2:
    """MobileNetV2, with weights if a file or a state dict is given."""
    return with_weights(MobileNetV2(**kwargs), weights)
