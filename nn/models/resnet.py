"""Residual networks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd import Tensor, flatten

from .. import init
from ..activation import ReLU
from ..batchnorm import BatchNorm2d
from ..container import Sequential
from ..conv import Conv2d
from ..linear import Linear
from ..module import Module
from ..pooling import AdaptiveAvgPool2d, MaxPool2d
from .published import imagenet
from .weights import GivenWeights, builder, with_weights

Norm = Callable[[int], Module]


def conv3x3(in_planes: int, out_planes: int, stride: int = 1, groups: int = 1, dilation: int = 1) -> Conv2d:
    """A 3 x 3 convolution that keeps the size but for its stride."""
    return Conv2d(
        in_planes,
        out_planes,
        kernel_size=3,
        stride=stride,
        padding=dilation,
        groups=groups,
        bias=False,
        dilation=dilation,
    )


def conv1x1(in_planes: int, out_planes: int, stride: int = 1) -> Conv2d:
    """A 1 x 1 convolution."""
    return Conv2d(in_planes, out_planes, kernel_size=1, stride=stride, bias=False)


class BasicBlock(Module):
    """relu(x + f(x)), f of two 3 x 3 convolutions; `downsample` makes x fit where f changes the shape."""

    expansion = 1

    def __init__(
        self,
        inplanes: int,
        planes: int,
        stride: int = 1,
        downsample: Module | None = None,
        groups: int = 1,
        base_width: int = 64,
        dilation: int = 1,
        norm_layer: Norm = BatchNorm2d,
    ) -> None:
        super().__init__()
        if groups != 1 or base_width != 64 or dilation != 1:
            raise ValueError("BasicBlock knows groups=1, base_width=64 and dilation=1 only")
        self.conv1 = conv3x3(inplanes, planes, stride)
        self.bn1 = norm_layer(planes)
        self.relu = ReLU(inplace=True)
        self.conv2 = conv3x3(planes, planes)
        self.bn2 = norm_layer(planes)
        self.downsample = downsample
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        return self.relu(out + (x if self.downsample is None else self.downsample(x)))


class Bottleneck(Module):
    """relu(x + f(x)), f of a 1 x 1, a 3 x 3 and a 1 x 1 convolution, the last to four times the planes."""

    expansion = 4

    def __init__(
        self,
        inplanes: int,
        planes: int,
        stride: int = 1,
        downsample: Module | None = None,
        groups: int = 1,
        base_width: int = 64,
        dilation: int = 1,
        norm_layer: Norm = BatchNorm2d,
    ) -> None:
        super().__init__()
        width = int(planes * (base_width / 64.0)) * groups
        self.conv1 = conv1x1(inplanes, width)
        self.bn1 = norm_layer(width)
        self.conv2 = conv3x3(width, width, stride, groups, dilation)
        self.bn2 = norm_layer(width)
        self.conv3 = conv1x1(width, planes * self.expansion)
        self.bn3 = norm_layer(planes * self.expansion)
        self.relu = ReLU(inplace=True)
        self.downsample = downsample
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.relu(self.bn2(self.conv2(out)))
        out = self.bn3(self.conv3(out))
        return self.relu(out + (x if self.downsample is None else self.downsample(x)))


class ResNet(Module):
    """Four stages of residual blocks on images (N, 3, 224, 224).

    K. He, X. Zhang, S. Ren, J. Sun, "Deep residual learning for image recognition", 2015; groups and
    widths: S. Xie et al., 2016 (ResNeXt), S. Zagoruyko, N. Komodakis, 2016.
    """

    def __init__(
        self,
        block: type[BasicBlock] | type[Bottleneck],
        layers: list[int],
        num_classes: int = 1000,
        zero_init_residual: bool = False,
        groups: int = 1,
        width_per_group: int = 64,
        replace_stride_with_dilation: list[bool] | None = None,
        norm_layer: Norm | None = None,
    ) -> None:
        super().__init__()
        dilated = replace_stride_with_dilation or [False] * 3
        if len(dilated) != 3:
            raise ValueError(f"replace_stride_with_dilation should be None or have 3 elements, got {dilated}")
        self._norm_layer = norm_layer or BatchNorm2d
        self.inplanes, self.dilation = 64, 1
        self.groups, self.base_width = groups, width_per_group
        self.conv1 = Conv2d(3, 64, kernel_size=7, stride=2, padding=3, bias=False)
        self.bn1 = self._norm_layer(64)
        self.relu = ReLU(inplace=True)
        self.maxpool = MaxPool2d(kernel_size=3, stride=2, padding=1)
        self.layer1 = self._make_layer(block, 64, layers[0])
        self.layer2 = self._make_layer(block, 128, layers[1], 2, dilated[0])
        self.layer3 = self._make_layer(block, 256, layers[2], 2, dilated[1])
        self.layer4 = self._make_layer(block, 512, layers[3], 2, dilated[2])
        self.avgpool = AdaptiveAvgPool2d((1, 1))
        self.fc = Linear(512 * block.expansion, num_classes)
        for module in self.modules():
            if isinstance(module, Conv2d):
                init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            elif zero_init_residual and isinstance(module, BasicBlock | Bottleneck):
                last: Any = module.bn2 if isinstance(module, BasicBlock) else module.bn3
                init.zeros_(last.weight)

    def _make_layer(
        self,
        block: type[BasicBlock] | type[Bottleneck],
        planes: int,
        blocks: int,
        stride: int = 1,
        dilate: bool = False,
    ) -> Sequential:
        before = self.dilation
        if dilate:
            self.dilation, stride = self.dilation * stride, 1
        downsample = None
        out = planes * block.expansion
        if stride != 1 or self.inplanes != out:
            downsample = Sequential(conv1x1(self.inplanes, out, stride), self._norm_layer(out))
        common = (self.groups, self.base_width)
        members = [block(self.inplanes, planes, stride, downsample, *common, before, self._norm_layer)]
        self.inplanes = out
        for _ in range(1, blocks):
            members.append(block(out, planes, 1, None, *common, self.dilation, self._norm_layer))
        return Sequential(*members)

    def forward(self, x: Tensor) -> Tensor:
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(flatten(self.avgpool(x), 1))


ResNet18_Weights = imagenet("ResNet18_Weights", 11_689_512, 1, "resnet18-f37072fd")
ResNet34_Weights = imagenet("ResNet34_Weights", 21_797_672, 1, "resnet34-b627a593")
ResNet50_Weights = imagenet("ResNet50_Weights", 25_557_032, 1, "resnet50-0676ba61", "resnet50-11ad3fa6")
ResNet101_Weights = imagenet("ResNet101_Weights", 44_549_160, 1, "resnet101-63fe2227", "resnet101-cd907fc2")
ResNet152_Weights = imagenet("ResNet152_Weights", 60_192_808, 1, "resnet152-394f9c45", "resnet152-f82ba261")
ResNeXt50_32X4D_Weights = imagenet(
    "ResNeXt50_32X4D_Weights", 25_028_904, 1, "resnext50_32x4d-7cdf4587", "resnext50_32x4d-1a0047aa"
)
ResNeXt101_32X8D_Weights = imagenet(
    "ResNeXt101_32X8D_Weights", 88_791_336, 1, "resnext101_32x8d-8ba56ff5", "resnext101_32x8d-110c445d"
)
Wide_ResNet50_2_Weights = imagenet(
    "Wide_ResNet50_2_Weights", 68_883_240, 1, "wide_resnet50_2-95faca4d", "wide_resnet50_2-9ba9bcbe"
)
Wide_ResNet101_2_Weights = imagenet(
    "Wide_ResNet101_2_Weights", 126_886_696, 1, "wide_resnet101_2-32ee1156", "wide_resnet101_2-d733dc28"
)


@builder
def resnet18(*, weights: GivenWeights = None, progress: bool = True, **kwargs: Any) -> ResNet:
    """ResNet of 18 layers: 11,689,512 parameters."""
    return with_weights(ResNet(BasicBlock, [2, 2, 2, 2], **kwargs), weights)


@builder
def resnet34(*, weights: GivenWeights = None, progress: bool = True, **kwargs: Any) -> ResNet:
    """ResNet of 34 layers: 21,797,672 parameters."""
    return with_weights(ResNet(BasicBlock, [3, 4, 6, 3], **kwargs), weights)


@builder
def resnet50(*, weights: GivenWeights = None, progress: bool = True, **kwargs: Any) -> ResNet:
    """ResNet of 50 layers: 25,557,032 parameters."""
    return with_weights(ResNet(Bottleneck, [3, 4, 6, 3], **kwargs), weights)


@builder
def resnet101(*, weights: GivenWeights = None, progress: bool = True, **kwargs: Any) -> ResNet:
    """ResNet of 101 layers: 44,549,160 parameters."""
    return with_weights(ResNet(Bottleneck, [3, 4, 23, 3], **kwargs), weights)


@builder
def resnet152(*, weights: GivenWeights = None, progress: bool = True, **kwargs: Any) -> ResNet:
    """ResNet of 152 layers: 60,192,808 parameters."""
    return with_weights(ResNet(Bottleneck, [3, 8, 36, 3], **kwargs), weights)


@builder
def resnext50_32x4d(*, weights: GivenWeights = None, progress: bool = True, **kwargs: Any) -> ResNet:
    """ResNeXt of 50 layers, 32 groups of width 4: 25,028,904 parameters."""
    options = {"groups": 32, "width_per_group": 4, **kwargs}
    return with_weights(ResNet(Bottleneck, [3, 4, 6, 3], **options), weights)


@builder
def resnext101_32x8d(*, weights: GivenWeights = None, progress: bool = True, **kwargs: Any) -> ResNet:
    """ResNeXt of 101 layers, 32 groups of width 8: 88,791,336 parameters."""
    options = {"groups": 32, "width_per_group": 8, **kwargs}
    return with_weights(ResNet(Bottleneck, [3, 4, 23, 3], **options), weights)


@builder
def wide_resnet50_2(*, weights: GivenWeights = None, progress: bool = True, **kwargs: Any) -> ResNet:
    """ResNet of 50 layers with twice the width inside the blocks: 68,883,240 parameters."""
    return with_weights(ResNet(Bottleneck, [3, 4, 6, 3], **{"width_per_group": 128, **kwargs}), weights)


@builder
def wide_resnet101_2(*, weights: GivenWeights = None, progress: bool = True, **kwargs: Any) -> ResNet:
    """ResNet of 101 layers with twice the width inside the blocks: 126,886,696 parameters."""
    return with_weights(ResNet(Bottleneck, [3, 4, 23, 3], **{"width_per_group": 128, **kwargs}), weights)
