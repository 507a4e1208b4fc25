"""What published networks were evaluated on: the changes from an image to their input."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ... import dtypes
from ...engine.tensor import Tensor
from . import functional as F
from .functional import InterpolationMode

IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def _floats(img: Any) -> Tensor:
    return F.convert_image_dtype(img if isinstance(img, Tensor) else F.pil_to_tensor(img), dtypes.float32)


class ImageClassification:
    """The shorter side scaled to `resize_size`, the middle `crop_size` pixels square, floats, normalised.

    Takes PIL images and tensors (..., 3, height, width), gives float32.

    >>> import autograd
    >>> ImageClassification(crop_size=2, resize_size=4)(autograd.zeros(3, 8, 6, dtype=autograd.uint8))[:, 0, 0]
    tensor([-2.1179, -2.0357, -1.8044])
    """

    def __init__(
        self,
        *,
        crop_size: int,
        resize_size: int = 256,
        mean: Sequence[float] = IMAGENET_MEAN,
        std: Sequence[float] = IMAGENET_STD,
        interpolation: Any = InterpolationMode.BILINEAR,
        antialias: bool | None = True,
    ) -> None:
        self.crop_size, self.resize_size = [crop_size], [resize_size]
        self.mean, self.std = list(mean), list(std)
        self.interpolation, self.antialias = interpolation, antialias

    def __call__(self, img: Any) -> Tensor:
        img = F.resize(img, self.resize_size, self.interpolation, antialias=self.antialias)
        return F.normalize(_floats(F.center_crop(img, self.crop_size)), self.mean, self.std)

    def __repr__(self) -> str:
        names = ("crop_size", "resize_size", "mean", "std", "interpolation")
        return "\n    ".join(["ImageClassification(", *(f"{n}={getattr(self, n)}" for n in names)]) + "\n)"


class SemanticSegmentation:
    """The shorter side scaled to `resize_size` (None: as it is), floats, normalised."""

    def __init__(
        self,
        *,
        resize_size: int | None,
        mean: Sequence[float] = IMAGENET_MEAN,
        std: Sequence[float] = IMAGENET_STD,
        interpolation: Any = InterpolationMode.BILINEAR,
        antialias: bool | None = True,
    ) -> None:
        self.resize_size = None if resize_size is None else [resize_size]
        self.mean, self.std = list(mean), list(std)
        self.interpolation, self.antialias = interpolation, antialias

    def __call__(self, img: Any) -> Tensor:
        if self.resize_size is not None:
            img = F.resize(img, self.resize_size, self.interpolation, antialias=self.antialias)
        return F.normalize(_floats(img), self.mean, self.std)

    def __repr__(self) -> str:
        names = ("resize_size", "mean", "std", "interpolation")
        return "\n    ".join(["SemanticSegmentation(", *(f"{n}={getattr(self, n)}" for n in names)]) + "\n)"


class ObjectDetection:
    """Floats from 0 to 1: detectors scale and normalise by themselves."""

    def __call__(self, img: Any) -> Tensor:
        return _floats(img)

    def __repr__(self) -> str:
        return "ObjectDetection()"
