"""The transforms: objects that change an image when they are called."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from ... import dtypes
from ...engine.tensor import Tensor
from ...ops.random import rand, randint, randn, randperm
from . import functional as F
from .functional import InterpolationMode, _pair


def _random() -> float:
    """A number in [0, 1), of the CPU's generator wherever tensors live."""
    return rand((), device="cpu").item()


def _uniform(low: float, high: float) -> float:
    return low + (high - low) * _random()


def _below(count: int) -> int:
    return int(randint(0, count, (), device="cpu").item())


def _sides(area: float, scale: Sequence[float], ratio: Sequence[float]) -> tuple[int, int]:
    """The sides of a rectangle of a random share of an area, the first over the second by a random ratio."""
    area *= _uniform(*scale)
    aspect = math.exp(_uniform(math.log(ratio[0]), math.log(ratio[1])))
    return round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))


class Transform:
    """What the transforms share: a repr that shows how they were made."""

    def __repr__(self) -> str:
        given = ", ".join(f"{key}={value}" for key, value in self.__dict__.items() if not key.startswith("_"))
        return f"{type(self).__name__}({given})"

    def __call__(self, img: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} has no __call__()")


class Compose(Transform):
    """Transforms one after the other.

    >>> import autograd
    >>> from autograd.data import transforms
    >>> change = transforms.Compose([transforms.CenterCrop(2), transforms.Normalize((0.5,), (0.5,))])
    >>> change(autograd.ones(1, 4, 4))
    tensor([[[1., 1.],
             [1., 1.]]])
    """

    def __init__(self, transforms: Sequence[Callable[[Any], Any]]) -> None:
        self.transforms = transforms

    def __call__(self, img: Any) -> Any:
        for transform in self.transforms:
            img = transform(img)
        return img

    def __repr__(self) -> str:
        return "\n    ".join([f"{type(self).__name__}(", *map(repr, self.transforms)]) + "\n)"


class ToTensor(Transform):
    """An image or an array (height, width, channels) as floats (channels, height, width); bytes give 0 to 1."""

    def __call__(self, pic: Any) -> Tensor:
        return F.to_tensor(pic)


class PILToTensor(Transform):
    """A PIL image as a tensor (channels, height, width) of the same numbers."""

    def __call__(self, pic: Any) -> Tensor:
        return F.pil_to_tensor(pic)


class ToPILImage(Transform):
    """A tensor (channels, height, width) or an array (height, width, channels) as a PIL image."""

    def __init__(self, mode: str | None = None) -> None:
        self.mode = mode

    def __call__(self, pic: Any) -> Any:
        return F.to_pil_image(pic, self.mode)


class ConvertImageDtype(Transform):
    """Another dtype with the values scaled to its range."""

    def __init__(self, dtype: dtypes.dtype) -> None:
        self.dtype = dtype

    def __call__(self, img: Tensor) -> Tensor:
        return F.convert_image_dtype(img, self.dtype)


class Normalize(Transform):
    """(x - mean) / std, channel by channel."""

    def __init__(self, mean: Sequence[float], std: Sequence[float], inplace: bool = False) -> None:
        self.mean, self.std, self._inplace = mean, std, inplace

    def __call__(self, img: Tensor) -> Tensor:
        return F.normalize(img, self.mean, self.std, self._inplace)


class Resize(Transform):
    """Scaled to (height, width), or the shorter side to a number."""

    def __init__(
        self,
        size: Any,
        interpolation: Any = InterpolationMode.BILINEAR,
        max_size: int | None = None,
        antialias: bool | None = True,
    ) -> None:
        self.size, self.interpolation, self.max_size, self.antialias = size, interpolation, max_size, antialias

    def __call__(self, img: Any) -> Any:
        return F.resize(img, self.size, self.interpolation, self.max_size, self.antialias)


Scale = Resize


class CenterCrop(Transform):
    """The rectangle in the middle."""

    def __init__(self, size: Any) -> None:
        self.size = _pair(size)

    def __call__(self, img: Any) -> Any:
        return F.center_crop(img, self.size)


class Pad(Transform):
    """Margins around the image."""

    def __init__(self, padding: Any, fill: Any = 0, padding_mode: str = "constant") -> None:
        self.padding, self.fill, self.padding_mode = padding, fill, padding_mode

    def __call__(self, img: Any) -> Any:
        return F.pad(img, self.padding, self.fill, self.padding_mode)


class Lambda(Transform):
    """A function of one's own."""

    def __init__(self, lambd: Callable[[Any], Any]) -> None:
        if not callable(lambd):
            raise TypeError(f"Argument lambd should be callable, got {type(lambd).__name__!r}")
        self._function = lambd

    def __call__(self, img: Any) -> Any:
        return self._function(img)


class Grayscale(Transform):
    """Brightness alone, in one channel or three."""

    def __init__(self, num_output_channels: int = 1) -> None:
        self.num_output_channels = num_output_channels

    def __call__(self, img: Any) -> Any:
        return F.to_grayscale(img, self.num_output_channels)


class RandomCrop(Transform):
    """A rectangle at a random place, of the image with `padding` around it."""

    def __init__(
        self,
        size: Any,
        padding: Any = None,
        pad_if_needed: bool = False,
        fill: Any = 0,
        padding_mode: str = "constant",
    ) -> None:
        self.size, self.padding = _pair(size), padding
        self.pad_if_needed, self.fill, self.padding_mode = pad_if_needed, fill, padding_mode

    @staticmethod
    def get_params(img: Any, output_size: tuple[int, int]) -> tuple[int, int, int, int]:
        """top, left, height and width of a random rectangle."""
        _, height, width = F.get_dimensions(img)
        h, w = output_size
        if height < h or width < w:
            raise ValueError(f"Required crop size {(h, w)} is larger than input image size {(height, width)}")
        if (height, width) == (h, w):
            return 0, 0, h, w
        return _below(height - h + 1), _below(width - w + 1), h, w

    def __call__(self, img: Any) -> Any:
        if self.padding is not None:
            img = F.pad(img, self.padding, self.fill, self.padding_mode)
        _, height, width = F.get_dimensions(img)
        if self.pad_if_needed and width < self.size[1]:
            img = F.pad(img, (self.size[1] - width, 0), self.fill, self.padding_mode)
        if self.pad_if_needed and height < self.size[0]:
            img = F.pad(img, (0, self.size[0] - height), self.fill, self.padding_mode)
        return F.crop(img, *self.get_params(img, self.size))


class RandomResizedCrop(Transform):
    """A rectangle of random area and aspect ratio, scaled to one size (C. Szegedy et al., 2015)."""

    def __init__(
        self,
        size: Any,
        scale: tuple[float, float] = (0.08, 1.0),
        ratio: tuple[float, float] = (3 / 4, 4 / 3),
        interpolation: Any = InterpolationMode.BILINEAR,
        antialias: bool | None = True,
    ) -> None:
        self.size, self.scale, self.ratio = _pair(size), scale, ratio
        self.interpolation, self.antialias = interpolation, antialias

    @staticmethod
    def get_params(img: Any, scale: Sequence[float], ratio: Sequence[float]) -> tuple[int, int, int, int]:
        """top, left, height and width; after ten tries the middle of the image."""
        _, height, width = F.get_dimensions(img)
        for _ in range(10):
            w, h = _sides(height * width, scale, ratio)
            if 0 < w <= width and 0 < h <= height:
                return _below(height - h + 1), _below(width - w + 1), h, w
        w, h = width, height
        if width / height < min(ratio):
            h = round(w / min(ratio))
        elif width / height > max(ratio):
            w = round(h * max(ratio))
        return (height - h) // 2, (width - w) // 2, h, w

    def __call__(self, img: Any) -> Any:
        place = self.get_params(img, self.scale, self.ratio)
        return F.resized_crop(img, *place, self.size, self.interpolation, self.antialias)


class RandomHorizontalFlip(Transform):
    """Left and right exchanged with probability p."""

    def __init__(self, p: float = 0.5) -> None:
        self.p = p

    def __call__(self, img: Any) -> Any:
        return F.hflip(img) if _random() < self.p else img


class RandomVerticalFlip(Transform):
    """Top and bottom exchanged with probability p."""

    def __init__(self, p: float = 0.5) -> None:
        self.p = p

    def __call__(self, img: Any) -> Any:
        return F.vflip(img) if _random() < self.p else img


class RandomGrayscale(Transform):
    """Brightness alone with probability p, in as many channels."""

    def __init__(self, p: float = 0.1) -> None:
        self.p = p

    def __call__(self, img: Any) -> Any:
        return F.to_grayscale(img, F.get_dimensions(img)[0]) if _random() < self.p else img


class RandomRotation(Transform):
    """A PIL image turned by a random angle, of +-degrees or between two."""

    def __init__(
        self,
        degrees: Any,
        interpolation: Any = InterpolationMode.NEAREST,
        expand: bool = False,
        center: Any = None,
        fill: Any = 0,
    ) -> None:
        self.degrees = [-degrees, degrees] if isinstance(degrees, int | float) else [float(d) for d in degrees]
        self.interpolation, self.expand, self.center, self.fill = interpolation, expand, center, fill

    def __call__(self, img: Any) -> Any:
        angle = _uniform(*self.degrees)
        return F.rotate(img, angle, self.interpolation, self.expand, self.center, self.fill)


class ColorJitter(Transform):
    """Brightness, contrast, saturation and hue changed at random, in random order.

    A number b means factors in [max(0, 1 - b), 1 + b], for hue [-b, b]; a pair is the range itself.
    """

    def __init__(self, brightness: Any = 0, contrast: Any = 0, saturation: Any = 0, hue: Any = 0) -> None:
        self.brightness, self.contrast = self._range(brightness), self._range(contrast)
        self.saturation = self._range(saturation)
        self.hue = self._range(hue, center=0.0, lowest=-0.5)

    @staticmethod
    def _range(value: Any, center: float = 1.0, lowest: float = 0.0) -> tuple[float, float] | None:
        if isinstance(value, int | float):
            if value < 0:
                raise ValueError(f"ColorJitter: expected a number >= 0, got {value}")
            low, high = max(center - value, lowest), center + value
        else:
            low, high = value
        return None if low == high == center else (float(low), float(high))

    def __call__(self, img: Any) -> Any:
        changes = [
            (F.adjust_brightness, self.brightness),
            (F.adjust_contrast, self.contrast),
            (F.adjust_saturation, self.saturation),
            (F.adjust_hue, self.hue),
        ]
        for number in randperm(4, device="cpu").tolist():
            adjust, bounds = changes[number]
            if bounds is not None:
                img = adjust(img, _uniform(*bounds))
        return img


class RandomErasing(Transform):
    """A random rectangle of a tensor set to a value, or to noise with value="random" (Z. Zhong et al., 2017)."""

    def __init__(
        self,
        p: float = 0.5,
        scale: tuple[float, float] = (0.02, 0.33),
        ratio: tuple[float, float] = (0.3, 3.3),
        value: Any = 0,
        inplace: bool = False,
    ) -> None:
        self.p, self.scale, self.ratio, self.value, self.inplace = p, scale, ratio, value, inplace

    def __call__(self, img: Tensor) -> Tensor:
        if _random() >= self.p:
            return img
        channels, height, width = F.get_dimensions(img)
        for _ in range(10):
            h, w = _sides(height * width, self.scale, self.ratio)
            if not (h < height and w < width):
                continue
            value: Any = self.value
            if value == "random":
                value = randn(channels, h, w, dtype=img.dtype)
            elif isinstance(value, Sequence):
                value = Tensor(list(value)).view(-1, 1, 1)
            return F.erase(img, _below(height - h + 1), _below(width - w + 1), h, w, value, self.inplace)
        return img


class GaussianBlur(Transform):
    """Smoothed by a Gaussian of random width sigma, cut off after `kernel_size` pixels."""

    def __init__(self, kernel_size: Any, sigma: Any = (0.1, 2.0)) -> None:
        self.kernel_size = _pair(kernel_size)
        if any(size < 1 or size % 2 == 0 for size in self.kernel_size):
            raise ValueError(f"Kernel size value should be an odd and positive number, got {kernel_size}")
        self.sigma = (sigma, sigma) if isinstance(sigma, int | float) else tuple(sigma)

    def __call__(self, img: Any) -> Any:
        return F.gaussian_blur(img, self.kernel_size, _uniform(*self.sigma))


class RandomApply(Transform):
    """A list of transforms, all of them with probability p."""

    def __init__(self, transforms: Sequence[Callable[[Any], Any]], p: float = 0.5) -> None:
        self.transforms, self.p = transforms, p

    def __call__(self, img: Any) -> Any:
        return Compose(self.transforms)(img) if _random() < self.p else img


class RandomChoice(Transform):
    """One of the transforms."""

    def __init__(self, transforms: Sequence[Callable[[Any], Any]]) -> None:
        self.transforms = transforms

    def __call__(self, img: Any) -> Any:
        return self.transforms[_below(len(self.transforms))](img)


class RandomOrder(Transform):
    """The transforms in random order."""

    def __init__(self, transforms: Sequence[Callable[[Any], Any]]) -> None:
        self.transforms = transforms

    def __call__(self, img: Any) -> Any:
        for number in randperm(len(self.transforms), device="cpu").tolist():
            img = self.transforms[number](img)
        return img
