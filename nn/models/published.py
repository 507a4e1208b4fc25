"""The published weights of these networks: their files' names, and what is known about them. No file is part of this.

A file that lies in torch.hub's folder is loaded from there: `torch.hub.get_dir()`, and in it `checkpoints`.
"""

from __future__ import annotations

import functools
from typing import Any

from autograd.data.transforms.functional import InterpolationMode
from autograd.data.transforms.presets import ImageClassification

from .weights import PUBLISHED, Meta, Weights, WeightsEnum

ADDRESS = "https://download.pytorch.org/models/"


def _weights(
    file: str, parameters: int, smallest: int, crop: int = 224, options: Any = None, defaults: Any = None, **preset: Any
) -> Weights:
    return Weights(
        f"{ADDRESS}{file}.pth",
        functools.partial(ImageClassification, crop_size=crop, **preset),
        Meta(num_params=parameters, min_size=(smallest, smallest)),
        {"num_classes": 1000} if options is None else options,
        defaults or {},
    )


def publish(name: str, members: dict[str, Weights], default: str) -> Any:
    """The enum of a network's weights: its type is made at run time, so that checkers take any member."""
    enum: Any = WeightsEnum(name, {**members, "DEFAULT": members[default]}, module=__name__)  # type: ignore[call-overload, unused-ignore]
    PUBLISHED[name.removesuffix("_Weights").lower()] = enum
    return enum


def _imagenet(
    name: str, parameters: int, smallest: int, first: str, second: str | None = None, **others: Weights
) -> Any:
    """Weights of ImageNet's 1000 classes; the second ones of a newer recipe, evaluated on larger images."""
    members = {"IMAGENET1K_V1": _weights(first, parameters, smallest)}
    if second is not None:
        members["IMAGENET1K_V2"] = _weights(second, parameters, smallest, resize_size=232)
    return publish(name, {**members, **others}, list(members)[-1])


def _transformer(
    name: str, parameters: int, file: str, resize: int = 256, swag: tuple[Any, ...] = (), linear: str = ""
) -> Any:
    """A vision transformer's: ImageNet's alone, and those trained on more images before (M. Singh et al., 2022)."""

    def of(file: str, parameters: int, size: int, **preset: Any) -> Weights:
        options = {"num_classes": 1000, "image_size": size}
        return _weights(file, parameters, size, crop=size, options=options, **preset)

    members = {"IMAGENET1K_V1": of(file, parameters, 224, **({} if resize == 256 else {"resize_size": resize}))}
    if swag:
        whole, more, size = swag
        cubic: Any = {"interpolation": InterpolationMode.BICUBIC}
        members["IMAGENET1K_SWAG_E2E_V1"] = of(whole, more, size, resize_size=size, **cubic)
        members["IMAGENET1K_SWAG_LINEAR_V1"] = of(linear, parameters, 224, resize_size=224, **cubic)
    return publish(name, members, "IMAGENET1K_V1")


AlexNet_Weights = _imagenet("AlexNet_Weights", 61_100_840, 63, "alexnet-owt-7be5be79")

DenseNet121_Weights = _imagenet("DenseNet121_Weights", 7_978_856, 29, "densenet121-a639ec97")
DenseNet161_Weights = _imagenet("DenseNet161_Weights", 28_681_000, 29, "densenet161-8d451a50")
DenseNet169_Weights = _imagenet("DenseNet169_Weights", 14_149_480, 29, "densenet169-b2777c0a")
DenseNet201_Weights = _imagenet("DenseNet201_Weights", 20_013_928, 29, "densenet201-c1103571")

GoogLeNet_Weights = publish(
    "GoogLeNet_Weights",
    {
        "IMAGENET1K_V1": _weights(
            "googlenet-1378be20",
            6_624_904,
            15,
            defaults={"transform_input": True, "aux_logits": False, "init_weights": False},
        )
    },
    "IMAGENET1K_V1",
)

MobileNet_V2_Weights = _imagenet("MobileNet_V2_Weights", 3_504_872, 1, "mobilenet_v2-b0353104", "mobilenet_v2-7ebf99e0")

ResNet18_Weights = _imagenet("ResNet18_Weights", 11_689_512, 1, "resnet18-f37072fd")
ResNet34_Weights = _imagenet("ResNet34_Weights", 21_797_672, 1, "resnet34-b627a593")
ResNet50_Weights = _imagenet("ResNet50_Weights", 25_557_032, 1, "resnet50-0676ba61", "resnet50-11ad3fa6")
ResNet101_Weights = _imagenet("ResNet101_Weights", 44_549_160, 1, "resnet101-63fe2227", "resnet101-cd907fc2")
ResNet152_Weights = _imagenet("ResNet152_Weights", 60_192_808, 1, "resnet152-394f9c45", "resnet152-f82ba261")
ResNeXt50_32X4D_Weights = _imagenet(
    "ResNeXt50_32X4D_Weights", 25_028_904, 1, "resnext50_32x4d-7cdf4587", "resnext50_32x4d-1a0047aa"
)
ResNeXt101_32X8D_Weights = _imagenet(
    "ResNeXt101_32X8D_Weights", 88_791_336, 1, "resnext101_32x8d-8ba56ff5", "resnext101_32x8d-110c445d"
)
Wide_ResNet50_2_Weights = _imagenet(
    "Wide_ResNet50_2_Weights", 68_883_240, 1, "wide_resnet50_2-95faca4d", "wide_resnet50_2-9ba9bcbe"
)
Wide_ResNet101_2_Weights = _imagenet(
    "Wide_ResNet101_2_Weights", 126_886_696, 1, "wide_resnet101_2-32ee1156", "wide_resnet101_2-d733dc28"
)

SqueezeNet1_0_Weights = _imagenet("SqueezeNet1_0_Weights", 1_248_424, 21, "squeezenet1_0-b66bff10")
SqueezeNet1_1_Weights = _imagenet("SqueezeNet1_1_Weights", 1_235_496, 17, "squeezenet1_1-b8a52dc0")

VGG11_Weights = _imagenet("VGG11_Weights", 132_863_336, 32, "vgg11-8a719046")
VGG11_BN_Weights = _imagenet("VGG11_BN_Weights", 132_868_840, 32, "vgg11_bn-6002323d")
VGG13_Weights = _imagenet("VGG13_Weights", 133_047_848, 32, "vgg13-19584684")
VGG13_BN_Weights = _imagenet("VGG13_BN_Weights", 133_053_736, 32, "vgg13_bn-abd245e5")
VGG16_Weights = _imagenet(
    "VGG16_Weights",
    138_357_544,
    32,
    "vgg16-397923af",
    # Of detectors: the classifier's values are nan, and the images were of Caffe, 0 to 255.
    IMAGENET1K_FEATURES=_weights(
        "vgg16_features-amdegroot-88682ab5",
        138_357_544,
        32,
        options={},
        mean=(0.48235, 0.45882, 0.40784),
        std=(1 / 255, 1 / 255, 1 / 255),
    ),
)
VGG16_BN_Weights = _imagenet("VGG16_BN_Weights", 138_365_992, 32, "vgg16_bn-6c64b313")
VGG19_Weights = _imagenet("VGG19_Weights", 143_667_240, 32, "vgg19-dcbb9e9d")
VGG19_BN_Weights = _imagenet("VGG19_BN_Weights", 143_678_248, 32, "vgg19_bn-c79401a0")

ViT_B_16_Weights = _transformer(
    "ViT_B_16_Weights",
    86_567_656,
    "vit_b_16-c867db91",
    swag=("vit_b_16_swag-9ac1b537", 86_859_496, 384),
    linear="vit_b_16_lc_swag-4e70ced5",
)
ViT_B_32_Weights = _transformer("ViT_B_32_Weights", 88_224_232, "vit_b_32-d86f8d99")
ViT_L_16_Weights = _transformer(
    "ViT_L_16_Weights",
    304_326_632,
    "vit_l_16-852ce7e3",
    resize=242,
    swag=("vit_l_16_swag-4f3808c9", 305_174_504, 512),
    linear="vit_l_16_lc_swag-4d563306",
)
ViT_L_32_Weights = _transformer("ViT_L_32_Weights", 306_535_400, "vit_l_32-c7638314")
