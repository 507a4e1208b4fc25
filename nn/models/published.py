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


def published(
    file: str, parameters: int, smallest: int, crop: int = 224, options: Any = None, defaults: Any = None, **preset: Any
) -> Weights:
    """Weights of a classifier by their file's name: its parameters, the smallest and the usual size of its images."""
    return Weights(
        f"{ADDRESS}{file}.pth",
        functools.partial(ImageClassification, crop_size=crop, **preset),
        Meta(num_params=parameters, min_size=(smallest, smallest)),
        {"num_classes": 1000} if options is None else options,
        defaults or {},
    )


def publish(name: str, members: dict[str, Weights], default: str) -> Any:
    """The enum of a network's weights: its type is made at run time, so that checkers take any member."""
    base: Any = WeightsEnum
    enum = base(name, {**members, "DEFAULT": members[default]}, module="nn.models")
    return PUBLISHED.setdefault(name.removesuffix("_Weights").lower(), enum)


def imagenet(
    name: str, parameters: int, smallest: int, first: str, second: str | None = None, **others: Weights
) -> Any:
    """Weights of ImageNet's 1000 classes; the second ones of a newer recipe, evaluated on larger images."""
    members = {"IMAGENET1K_V1": published(first, parameters, smallest)}
    if second is not None:
        members["IMAGENET1K_V2"] = published(second, parameters, smallest, resize_size=232)
    return publish(name, {**members, **others}, list(members)[-1])


def transformer(
    name: str, parameters: int, file: str, resize: int = 256, swag: tuple[Any, ...] = (), linear: str = ""
) -> Any:
    """A vision transformer's: ImageNet's alone, and those trained on more images before (M. Singh et al., 2022)."""

    def of(file: str, parameters: int, size: int, **preset: Any) -> Weights:
        options = {"num_classes": 1000, "image_size": size}
        return published(file, parameters, size, crop=size, options=options, **preset)

    members = {"IMAGENET1K_V1": of(file, parameters, 224, **({} if resize == 256 else {"resize_size": resize}))}
    if swag:
        whole, more, size = swag
        cubic: Any = {"interpolation": InterpolationMode.BICUBIC}
        members["IMAGENET1K_SWAG_E2E_V1"] = of(whole, more, size, resize_size=size, **cubic)
        members["IMAGENET1K_SWAG_LINEAR_V1"] = of(linear, parameters, 224, resize_size=224, **cubic)
    return publish(name, members, "IMAGENET1K_V1")
