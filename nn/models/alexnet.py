"""AlexNet."""

from __future__ import annotations

from typing import Any

from autograd import Tensor, flatten

from ..activation import ReLU
from ..container import Sequential
from ..conv import Conv2d
from ..dropout import Dropout
from ..linear import Linear
from ..module import Module
from ..pooling import AdaptiveAvgPool2d, MaxPool2d
from .published import imagenet
from .weights import GivenWeights, builder, with_weights


class AlexNet(Module):
    """Five convolutions and three linear layers on images (N, 3, 224, 224): 61,100,840 parameters.

    A. Krizhevsky, "One weird trick for parallelizing convolutional neural networks", 2014, after
    A. Krizhevsky, I. Sutskever, G. Hinton, 2012.
    """

    def __init__(self, num_classes: int = 1000, dropout: float = 0.5) -> None:
        super().__init__()
        self.features = Sequential(
            Conv2d(3, 64, kernel_size=11, stride=4, padding=2),
            ReLU(inplace=True),
            MaxPool2d(kernel_size=3, stride=2),
            Conv2d(64, 192, kernel_size=5, padding=2),
            ReLU(inplace=True),
            MaxPool2d(kernel_size=3, stride=2),
            Conv2d(192, 384, kernel_size=3, padding=1),
            ReLU(inplace=True),
            Conv2d(384, 256, kernel_size=3, padding=1),
            ReLU(inplace=True),
            Conv2d(256, 256, kernel_size=3, padding=1),
            ReLU(inplace=True),
            MaxPool2d(kernel_size=3, stride=2),
        )
        self.avgpool = AdaptiveAvgPool2d((6, 6))
        self.classifier = Sequential(
            Dropout(p=dropout),
            Linear(256 * 6 * 6, 4096),
            ReLU(inplace=True),
            Dropout(p=dropout),
            Linear(4096, 4096),
            ReLU(inplace=True),
            Linear(4096, num_classes),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(flatten(self.avgpool(self.features(x)), 1))


AlexNet_Weights = imagenet("AlexNet_Weights", 61_100_840, 63, "alexnet-owt-7be5be79")


@builder
def alexnet(*, weights: GivenWeights = None, progress: bool = True, **kwargs: Any) -> AlexNet:
    """AlexNet, with weights if a file or a state dict is given."""
    return with_weights(AlexNet(**kwargs), weights)
