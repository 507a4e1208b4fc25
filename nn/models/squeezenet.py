"""SqueezeNet."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Tensor, flatten

from .. import init
from ..activation import ReLU
from ..container import Sequential
from ..conv import Conv2d
from ..dropout import Dropout
from ..module import Module
from ..pooling import AdaptiveAvgPool2d, MaxPool2d
from .published import imagenet
from .weights import GivenWeights, builder, with_weights


class Fire(Module):
    """Few channels, then many: half of them see one pixel, half of them 3 x 3."""

    def __init__(self, inplanes: int, squeeze_planes: int, expand1x1_planes: int, expand3x3_planes: int) -> None:
        super().__init__()
        self.squeeze = Conv2d(inplanes, squeeze_planes, kernel_size=1)
        self.squeeze_activation = ReLU(inplace=True)
        self.expand1x1 = Conv2d(squeeze_planes, expand1x1_planes, kernel_size=1)
        self.expand1x1_activation = ReLU(inplace=True)
        self.expand3x3 = Conv2d(squeeze_planes, expand3x3_planes, kernel_size=3, padding=1)
        self.expand3x3_activation = ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        x = self.squeeze_activation(self.squeeze(x))
        one, three = self.expand1x1_activation(self.expand1x1(x)), self.expand3x3_activation(self.expand3x3(x))
        return autograd.cat([one, three], 1)


class SqueezeNet(Module):
    """Eight fire modules on images (N, 3, 224, 224): AlexNet's accuracy with a fiftieth of its parameters.

    F. Iandola et al., "SqueezeNet", 2016; version "1_1" is theirs of later, with less computation.
    """

    def __init__(self, version: str = "1_0", num_classes: int = 1000, dropout: float = 0.5) -> None:
        super().__init__()
        if version not in ("1_0", "1_1"):
            raise ValueError(f"Unsupported SqueezeNet version {version}: 1_0 or 1_1 expected")
        width, kernel = (96, 7) if version == "1_0" else (64, 3)
        first = Conv2d(3, width, kernel_size=kernel, stride=2)
        fires = [
            Fire(width, 16, 64, 64),
            Fire(128, 16, 64, 64),
            Fire(128, 32, 128, 128),
            Fire(256, 32, 128, 128),
            Fire(256, 48, 192, 192),
            Fire(384, 48, 192, 192),
            Fire(384, 64, 256, 256),
            Fire(512, 64, 256, 256),
        ]
        pooled_before = (3, 7) if version == "1_0" else (2, 4)
        layers: list[Module] = [first, ReLU(inplace=True), MaxPool2d(kernel_size=3, stride=2, ceil_mode=True)]
        for i, fire in enumerate(fires):
            if i in pooled_before:
                layers.append(MaxPool2d(kernel_size=3, stride=2, ceil_mode=True))
            layers.append(fire)
        self.num_classes = num_classes
        self.features = Sequential(*layers)
        last = Conv2d(512, num_classes, kernel_size=1)
        self.classifier = Sequential(Dropout(p=dropout), last, ReLU(inplace=True), AdaptiveAvgPool2d((1, 1)))
        for module in self.modules():
            if isinstance(module, Conv2d):
                if module is last:
                    init.normal_(module.weight, mean=0.0, std=0.01)
                else:
                    init.kaiming_uniform_(module.weight)
                init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        return flatten(self.classifier(self.features(x)), 1)


SqueezeNet1_0_Weights = imagenet("SqueezeNet1_0_Weights", 1_248_424, 21, "squeezenet1_0-b66bff10")
SqueezeNet1_1_Weights = imagenet("SqueezeNet1_1_Weights", 1_235_496, 17, "squeezenet1_1-b8a52dc0")


@builder
def squeezenet1_0(*, weights: GivenWeights = None, progress: bool = True, **kwargs: Any) -> SqueezeNet:
    """SqueezeNet as in the paper: 1,248,424 parameters."""
    return with_weights(SqueezeNet("1_0", **kwargs), weights)


@builder
def squeezenet1_1(*, weights: GivenWeights = None, progress: bool = True, **kwargs: Any) -> SqueezeNet:
    """SqueezeNet with 2.4 times less computation: 1,235,496 parameters."""
    return with_weights(SqueezeNet("1_1", **kwargs), weights)
