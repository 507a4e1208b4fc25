"""Densely connected networks."""

from __future__ import annotations

import re
from collections import OrderedDict
from typing import Any

import autograd
from autograd import Tensor, flatten

from .. import functional as F, init
from ..activation import ReLU
from ..batchnorm import BatchNorm2d
from ..container import Sequential
from ..conv import Conv2d
from ..linear import Linear
from ..module import Module
from ..pooling import AvgPool2d, MaxPool2d
from .published import imagenet
from .weights import GivenWeights, builder, with_weights


class _DenseLayer(Module):
    """`growth_rate` new channels from all that came before, by way of a 1 x 1 convolution."""

    def __init__(self, num_input_features: int, growth_rate: int, bn_size: int, drop_rate: float) -> None:
        super().__init__()
        self.norm1 = BatchNorm2d(num_input_features)
        self.relu1 = ReLU(inplace=True)
        self.conv1 = Conv2d(num_input_features, bn_size * growth_rate, kernel_size=1, stride=1, bias=False)
        self.norm2 = BatchNorm2d(bn_size * growth_rate)
        self.relu2 = ReLU(inplace=True)
        self.conv2 = Conv2d(bn_size * growth_rate, growth_rate, kernel_size=3, stride=1, padding=1, bias=False)
        self.drop_rate = drop_rate

    def forward(self, features: list[Tensor]) -> Tensor:
        x = self.conv1(self.relu1(self.norm1(autograd.cat(features, 1))))
        x = self.conv2(self.relu2(self.norm2(x)))
        return F.dropout(x, self.drop_rate, self.training) if self.drop_rate > 0 else x


class _DenseBlock(Module):
    """Layers that each see the outputs of all before them."""

    def __init__(self, num_layers: int, features: int, bn_size: int, growth_rate: int, drop_rate: float) -> None:
        super().__init__()
        for i in range(num_layers):
            layer = _DenseLayer(features + i * growth_rate, growth_rate, bn_size, drop_rate)
            self.add_module(f"denselayer{i + 1}", layer)

    def forward(self, x: Tensor) -> Tensor:
        features = [x]
        for layer in self.children():
            features.append(layer(features))
        return autograd.cat(features, 1)


def _transition(features: int) -> Sequential:
    """Half the channels, half the height and width."""
    return Sequential(
        OrderedDict(
            norm=BatchNorm2d(features),
            relu=ReLU(inplace=True),
            conv=Conv2d(features, features // 2, kernel_size=1, stride=1, bias=False),
            pool=AvgPool2d(kernel_size=2, stride=2),
        )
    )


class DenseNet(Module):
    """Four dense blocks on images (N, 3, 224, 224).

    G. Huang, Z. Liu, L. van der Maaten, K. Weinberger, "Densely connected convolutional networks", 2016.
    """

    def __init__(
        self,
        growth_rate: int = 32,
        block_config: tuple[int, ...] = (6, 12, 24, 16),
        num_init_features: int = 64,
        bn_size: int = 4,
        drop_rate: float = 0,
        num_classes: int = 1000,
        memory_efficient: bool = False,
    ) -> None:
        super().__init__()
        self.features = Sequential(
            OrderedDict(
                conv0=Conv2d(3, num_init_features, kernel_size=7, stride=2, padding=3, bias=False),
                norm0=BatchNorm2d(num_init_features),
                relu0=ReLU(inplace=True),
                pool0=MaxPool2d(kernel_size=3, stride=2, padding=1),
            )
        )
        features = num_init_features
        for i, layers in enumerate(block_config):
            block = _DenseBlock(layers, features, bn_size, growth_rate, drop_rate)
            self.features.add_module(f"denseblock{i + 1}", block)
            features += layers * growth_rate
            if i < len(block_config) - 1:
                self.features.add_module(f"transition{i + 1}", _transition(features))
                features //= 2
        self.features.add_module("norm5", BatchNorm2d(features))
        self.classifier = Linear(features, num_classes)
        for module in self.modules():
            if isinstance(module, Conv2d):
                init.kaiming_normal_(module.weight)
        init.zeros_(self.classifier.bias)
        self.register_load_state_dict_pre_hook(_rename)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.features(x))
        return self.classifier(flatten(F.adaptive_avg_pool2d(x, (1, 1)), 1))


def _rename(module: Module, state_dict: dict[str, Any], prefix: str, *_: Any) -> None:
    """The published weights are of a time when names could hold dots: `denselayer1.norm.1` is `denselayer1.norm1`."""
    for key in list(state_dict):
        renamed = re.sub(r"(denselayer\d+\.(?:norm|relu|conv))\.(\d)", r"\1\2", key)
        state_dict[renamed] = state_dict.pop(key)


DenseNet121_Weights = imagenet("DenseNet121_Weights", 7_978_856, 29, "densenet121-a639ec97")
DenseNet161_Weights = imagenet("DenseNet161_Weights", 28_681_000, 29, "densenet161-8d451a50")
DenseNet169_Weights = imagenet("DenseNet169_Weights", 14_149_480, 29, "densenet169-b2777c0a")
DenseNet201_Weights = imagenet("DenseNet201_Weights", 20_013_928, 29, "densenet201-c1103571")


@builder
def densenet121(*, weights: GivenWeights = None, progress: bool = True, **kwargs: Any) -> DenseNet:
    """DenseNet of 121 layers: 7,978,856 parameters."""
    return with_weights(DenseNet(32, (6, 12, 24, 16), 64, **kwargs), weights)


@builder
def densenet161(*, weights: GivenWeights = None, progress: bool = True, **kwargs: Any) -> DenseNet:
    """DenseNet of 161 layers: 28,681,000 parameters."""
    return with_weights(DenseNet(48, (6, 12, 36, 24), 96, **kwargs), weights)


@builder
def densenet169(*, weights: GivenWeights = None, progress: bool = True, **kwargs: Any) -> DenseNet:
    """DenseNet of 169 layers: 14,149,480 parameters."""
    return with_weights(DenseNet(32, (6, 12, 32, 32), 64, **kwargs), weights)


@builder
def densenet201(*, weights: GivenWeights = None, progress: bool = True, **kwargs: Any) -> DenseNet:
    """DenseNet of 201 layers: 20,013,928 parameters."""
    return with_weights(DenseNet(32, (6, 12, 48, 32), 64, **kwargs), weights)
