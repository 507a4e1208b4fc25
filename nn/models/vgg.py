"""VGG: nothing but 3 x 3 convolutions, deeper and deeper."""

from __future__ import annotations

from typing import Any

from autograd import Tensor, flatten

from .. import init
from ..activation import ReLU
from ..batchnorm import BatchNorm2d
from ..container import Sequential
from ..conv import Conv2d
from ..dropout import Dropout
from ..linear import Linear
from ..module import Module
from ..pooling import AdaptiveAvgPool2d, MaxPool2d
from .published import imagenet, published
from .weights import GivenWeights, builder, with_weights

WIDTHS = (64, 128, 256, 512, 512)
DEPTHS = {11: (1, 1, 2, 2, 2), 13: (2, 2, 2, 2, 2), 16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}


def make_layers(depths: tuple[int, ...], batch_norm: bool) -> Sequential:
    """Stages of convolutions, each stage ending in a pooling that halves the image."""
    layers: list[Module] = []
    channels = 3
    for width, depth in zip(WIDTHS, depths, strict=True):
        for _ in range(depth):
            layers.append(Conv2d(channels, width, kernel_size=3, padding=1))
            layers += [BatchNorm2d(width)] if batch_norm else []
            layers.append(ReLU(inplace=True))
            channels = width
        layers.append(MaxPool2d(kernel_size=2, stride=2))
    return Sequential(*layers)


class VGG(Module):
    """Convolutions `features` and three linear layers, on images (N, 3, 224, 224).

    K. Simonyan, A. Zisserman, "Very deep convolutional networks for large-scale image recognition", 2014.
    """

    def __init__(
        self, features: Module, num_classes: int = 1000, init_weights: bool = True, dropout: float = 0.5
    ) -> None:
        super().__init__()
        self.features = features
        self.avgpool = AdaptiveAvgPool2d((7, 7))
        self.classifier = Sequential(
            Linear(512 * 7 * 7, 4096),
            ReLU(True),
            Dropout(p=dropout),
            Linear(4096, 4096),
            ReLU(True),
            Dropout(p=dropout),
            Linear(4096, num_classes),
        )
        if init_weights:
            for module in self.modules():
                if isinstance(module, Conv2d):
                    init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
                    init.zeros_(module.bias)
                elif isinstance(module, Linear):
                    init.normal_(module.weight, 0, 0.01)
                    init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(flatten(self.avgpool(self.features(x)), 1))


def _vgg(depth: int, batch_norm: bool, weights: GivenWeights, **kwargs: Any) -> VGG:
    if weights is not None:
        kwargs["init_weights"] = False
    return with_weights(VGG(make_layers(DEPTHS[depth], batch_norm), **kwargs), weights)


VGG11_Weights = imagenet("VGG11_Weights", 132_863_336, 32, "vgg11-8a719046")
VGG11_BN_Weights = imagenet("VGG11_BN_Weights", 132_868_840, 32, "vgg11_bn-6002323d")
VGG13_Weights = imagenet("VGG13_Weights", 133_047_848, 32, "vgg13-19584684")
VGG13_BN_Weights = imagenet("VGG13_BN_Weights", 133_053_736, 32, "vgg13_bn-abd245e5")
VGG16_Weights = imagenet(
    "VGG16_Weights",
    138_357_544,
    32,
    "vgg16-397923af",
    # Of detectors: the classifier's values are nan, and the images were of Caffe, 0 to 255.
    IMAGENET1K_FEATURES=published(
        "vgg16_features-amdegroot-88682ab5",
        138_357_544,
        32,
        options={},
        mean=(0.48235, 0.45882, 0.40784),
        std=(1 / 255, 1 / 255, 1 / 255),
    ),
)
VGG16_BN_Weights = imagenet("VGG16_BN_Weights", 138_365_992, 32, "vgg16_bn-6c64b313")
VGG19_Weights = imagenet("VGG19_Weights", 143_667_240, 32, "vgg19-dcbb9e9d")
VGG19_BN_Weights = imagenet("VGG19_BN_Weights", 143_678_248, 32, "vgg19_bn-c79401a0")


@builder
def vgg11(*, weights: GivenWeights = None, progress: bool = True, **kwargs: Any) -> VGG:
    """VGG with 8 convolutions: 132,863,336 parameters."""
    return _vgg(11, False, weights, **kwargs)


@builder
def vgg11_bn(*, weights: GivenWeights = None, progress: bool = True, **kwargs: Any) -> VGG:
    """vgg11 with batch normalisation."""
    return _vgg(11, True, weights, **kwargs)


@builder
def vgg13(*, weights: GivenWeights = None, progress: bool = True, **kwargs: Any) -> VGG:
    """VGG with 10 convolutions: 133,047,848 parameters."""
    return _vgg(13, False, weights, **kwargs)


@builder
def vgg13_bn(*, weights: GivenWeights = None, progress: bool = True, **kwargs: Any) -> VGG:
    """vgg13 with batch normalisation."""
    return _vgg(13, True, weights, **kwargs)


@builder
def vgg16(*, weights: GivenWeights = None, progress: bool = True, **kwargs: Any) -> VGG:
    """VGG with 13 convolutions: 138,357,544 parameters."""
    return _vgg(16, False, weights, **kwargs)


@builder
def vgg16_bn(*, weights: GivenWeights = None, progress: bool = True, **kwargs: Any) -> VGG:
    """vgg16 with batch normalisation."""
    return _vgg(16, True, weights, **kwargs)


@builder
def vgg19(*, weights: GivenWeights = None, progress: bool = True, **kwargs: Any) -> VGG:
    """VGG with 16 convolutions: 143,667,240 parameters."""
    return _vgg(19, False, weights, **kwargs)


@builder
def vgg19_bn(*, weights: GivenWeights = None, progress: bool = True, **kwargs: Any) -> VGG:
    """vgg19 with batch normalisation."""
    return _vgg(19, True, weights, **kwargs)
