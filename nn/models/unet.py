"""U-Net: a class for every pixel."""

from __future__ import annotations

import itertools
from typing import Any

import autograd
from autograd import Tensor

from ..activation import ReLU
from ..batchnorm import BatchNorm2d
from ..container import ModuleList, Sequential
from ..conv import Conv2d
from ..conv_transpose import ConvTranspose2d
from ..module import Module
from ..pooling import MaxPool2d
from .weights import GivenWeights, builder, with_weights


def double_conv(in_channels: int, out_channels: int) -> Sequential:
    """Two 3 x 3 convolutions, each with batch normalisation and ReLU."""
    layers: list[Module] = []
    for channels in (in_channels, out_channels):
        layers += [
            Conv2d(channels, out_channels, 3, padding=1, bias=False),
            BatchNorm2d(out_channels),
            ReLU(inplace=True),
        ]
    return Sequential(*layers)


class UNet(Module):
    """Down `depth` times to half the size, up again, each step up joined with its step down.

    Images (N, in_channels, H, W), H and W divisible by 2^depth, give scores (N, num_classes, H, W);
    31,036,481 parameters with one channel, one class and the sizes of the paper (features=64, depth=4).
    O. Ronneberger, P. Fischer, T. Brox, "U-Net", 2015; with padding and batch normalisation.
    """

    def __init__(self, in_channels: int = 1, num_classes: int = 1, features: int = 64, depth: int = 4) -> None:
        super().__init__()
        widths = [features * 2**i for i in range(depth + 1)]
        self.depth = depth
        self.inc = double_conv(in_channels, widths[0])
        self.pool = MaxPool2d(2)
        self.down = ModuleList(double_conv(a, b) for a, b in itertools.pairwise(widths))
        rising = list(reversed(widths))
        self.up = ModuleList(ConvTranspose2d(a, b, 2, stride=2) for a, b in itertools.pairwise(rising))
        self.merge = ModuleList(double_conv(a, b) for a, b in itertools.pairwise(rising))
        self.outc = Conv2d(widths[0], num_classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        height, width = x.shape[-2:]
        if height % 2**self.depth or width % 2**self.depth:
            raise ValueError(f"UNet: expected a height and width divisible by {2**self.depth}, got {height} x {width}")
        steps = [self.inc(x)]
        for down in self.down:
            steps.append(down(self.pool(steps[-1])))
        x = steps.pop()
        for up, merge in zip(self.up, self.merge, strict=True):
            x = merge(autograd.cat([steps.pop(), up(x)], 1))
        return self.outc(x)


@builder
def unet(*, weights: GivenWeights = None, **kwargs: Any) -> UNet:
    """U-Net, with weights if a file or a state dict is given."""
    return with_weights(UNet(**kwargs), weights)
