"""Networks that made history, with torchvision's names, layer names and parameters, so that published weights load.

Each function takes `weights`: a file's path or a state dict (nothing is downloaded), and the network's
own options, `num_classes` among them.
"""

from .alexnet import AlexNet, alexnet
from .cifar_resnet import CifarResNet, cifar_resnet20, cifar_resnet56, cifar_resnet110
from .densenet import DenseNet, densenet121, densenet161, densenet169, densenet201
from .googlenet import GoogLeNet, googlenet
from .gpt import GPT
from .lenet import LeNet, lenet
from .mobilenet import MobileNetV2, mobilenet_v2
from .resnet import (
    ResNet,
    resnet18,
    resnet34,
    resnet50,
    resnet101,
    resnet152,
    resnext50_32x4d,
    resnext101_32x8d,
    wide_resnet50_2,
    wide_resnet101_2,
)
from .squeezenet import SqueezeNet, squeezenet1_0, squeezenet1_1
from .unet import UNet, unet
from .vgg import VGG, vgg11, vgg11_bn, vgg13, vgg13_bn, vgg16, vgg16_bn, vgg19, vgg19_bn
from .vision_transformer import VisionTransformer, vit_b_16, vit_b_32, vit_l_16, vit_l_32

__all__ = [
    "GPT",
    "VGG",
    "AlexNet",
    "CifarResNet",
    "DenseNet",
    "GoogLeNet",
    "LeNet",
    "MobileNetV2",
    "ResNet",
    "SqueezeNet",
    "UNet",
    "VisionTransformer",
    "alexnet",
    "cifar_resnet20",
    "cifar_resnet56",
    "cifar_resnet110",
    "densenet121",
    "densenet161",
    "densenet169",
    "densenet201",
    "googlenet",
    "lenet",
    "mobilenet_v2",
    "resnet18",
    "resnet34",
    "resnet50",
    "resnet101",
    "resnet152",
    "resnext50_32x4d",
    "resnext101_32x8d",
    "squeezenet1_0",
    "squeezenet1_1",
    "unet",
    "vgg11",
    "vgg11_bn",
    "vgg13",
    "vgg13_bn",
    "vgg16",
    "vgg16_bn",
    "vgg19",
    "vgg19_bn",
    "vit_b_16",
    "vit_b_32",
    "vit_l_16",
    "vit_l_32",
    "wide_resnet50_2",
    "wide_resnet101_2",
]
