"""LeNet-5."""

from __future__ import annotations

from typing import Any

from autograd import Tensor, flatten

from .. import functional as F
from ..conv import Conv2d
from ..linear import Linear
from ..module import Module
from .weights import GivenWeights, builder, with_weights


class LeNet(Module):
    """Two convolutions and three linear layers on images (N, 1, 28, 28): 61,706 parameters.

    Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document
    recognition", 1998; with ReLU and max pooling, as it is taught today.
    """

    def __init__(self, num_classes: int = 10, in_channels: int = 1) -> None:
        super().__init__()
        self.conv1 = Conv2d(in_channels, 6, 5, padding=2)
        self.conv2 = Conv2d(6, 16, 5)
        self.fc1 = Linear(16 * 5 * 5, 120)
        self.fc2 = Linear(120, 84)
        self.fc3 = Linear(84, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(flatten(x, 1))))))


@builder
def lenet(*, weights: GivenWeights = None, **kwargs: Any) -> LeNet:
    """LeNet-5, with weights if a file or a state dict is given."""
    return with_weights(LeNet(**kwargs), weights)
