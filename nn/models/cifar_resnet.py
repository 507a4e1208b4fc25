"""The residual networks for 32 x 32 images, and the plain ones they were compared with."""

from __future__ import annotations

from typing import Any

from autograd import Tensor, flatten

from .. import functional as F, init
from ..batchnorm import BatchNorm2d
from ..container import Sequential
from ..conv import Conv2d
from ..linear import Linear
from ..module import Module
from .resnet import conv3x3
from .weights import GivenWeights, builder, with_weights


class CifarBlock(Module):
    """relu(x + f(x)), f of two 3 x 3 convolutions; without `skip`, relu(f(x)).

    Where f halves the image, x gives every second pixel and zeros for the new channels (the paper's
    option A), which costs no parameters: with and without skip connections there are as many.
    """

    def __init__(self, in_planes: int, planes: int, stride: int, skip: bool) -> None:
        super().__init__()
        self.conv1 = conv3x3(in_planes, planes, stride)
        self.bn1 = BatchNorm2d(planes)
        self.conv2 = conv3x3(planes, planes)
        self.bn2 = BatchNorm2d(planes)
        self.stride, self.new_planes, self.skip = stride, planes - in_planes, skip

    def shortcut(self, x: Tensor) -> Tensor:
        """x in the shape of f(x)."""
        if self.stride != 1:
            x = x[:, :, :: self.stride, :: self.stride]
        if self.new_planes:
            half = self.new_planes // 2
            x = F.pad(x, (0, 0, 0, 0, half, self.new_planes - half))
        return x

    def forward(self, x: Tensor) -> Tensor:
        out = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(out + self.shortcut(x) if self.skip else out)


class CifarResNet(Module):
    """6n + 2 layers on images (N, 3, 32, 32): three stages of n blocks with 16, 32 and 64 channels.

    K. He, X. Zhang, S. Ren, J. Sun, "Deep residual learning for image recognition", 2015, section 4.2.
    """

    def __init__(self, depth: int, num_classes: int = 10, skip: bool = True) -> None:
        super().__init__()
        if depth < 8 or (depth - 2) % 6:
            raise ValueError(f"CifarResNet: expected a depth of 6n + 2 (20, 32, 44, 56, 110, ...), got {depth}")
        blocks = (depth - 2) // 6
        self.conv1 = conv3x3(3, 16)
        self.bn1 = BatchNorm2d(16)
        self.layer1 = self._stage(16, 16, blocks, 1, skip)
        self.layer2 = self._stage(16, 32, blocks, 2, skip)
        self.layer3 = self._stage(32, 64, blocks, 2, skip)
        self.fc = Linear(64, num_classes)
        for module in self.modules():
            if isinstance(module, Conv2d | Linear):
                init.kaiming_normal_(module.weight)

    @staticmethod
    def _stage(in_planes: int, planes: int, blocks: int, stride: int, skip: bool) -> Sequential:
        first = CifarBlock(in_planes, planes, stride, skip)
        return Sequential(first, *(CifarBlock(planes, planes, 1, skip) for _ in range(blocks - 1)))

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.fc(flatten(F.adaptive_avg_pool2d(x, (1, 1)), 1))


@builder
def cifar_resnet20(*, weights: GivenWeights = None, **kwargs: Any) -> CifarResNet:
    """20 layers: 269,722 parameters; skip=False for the plain network."""
    return with_weights(CifarResNet(20, **kwargs), weights)


@builder
def cifar_resnet56(*, weights: GivenWeights = None, **kwargs: Any) -> CifarResNet:
    """56 layers: 853,018 parameters; skip=False for the plain network."""
    return with_weights(CifarResNet(56, **kwargs), weights)


@builder
def cifar_resnet110(*, weights: GivenWeights = None, **kwargs: Any) -> CifarResNet:
    """110 layers: 1,727,962 parameters; skip=False for the plain network."""
    return with_weights(CifarResNet(110, **kwargs), weights)
