"""Where: images cropped, mirrored, turned, bent and erased at random."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from ...engine.callers import stacklevel
from ...engine.tensor import Tensor
from ...ops.creation import as_tensor, empty
from ...ops.joining import stack
from ...ops.random import rand
from . import functional as F
from .basics import pair
from .drawing import below, between, happens, sides, uniform
from .functional import InterpolationMode
from .transforms import Transform


def angles(degrees: Any, name: str = "degrees", sizes: tuple[int, ...] = (2,)) -> list[float]:
    """A range of angles, -d to d of one number."""
    if isinstance(degrees, int | float):
        if degrees < 0:
            raise ValueError(f"If {name} is a single number, it must be positive.")
        return [-float(degrees), float(degrees)]
    if len(degrees) not in sizes:
        raise ValueError(f"{name} should be a sequence of length {' or '.join(map(str, sizes))}.")
    return [float(each) for each in degrees]


class RandomCrop(Transform):
    """A rectangle at a random place, of the image with `padding` around it."""

    _shown = ("size", "padding")

    def __init__(
        self,
        size: Any,
        padding: Any = None,
        pad_if_needed: bool = False,
        fill: Any = 0,
        padding_mode: str = "constant",
    ) -> None:
        self.size, self.padding = pair(size), padding
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
        return below(height - h + 1), below(width - w + 1), h, w

    def forward(self, img: Any) -> Any:
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
        if not isinstance(scale, Sequence) or not isinstance(ratio, Sequence):
            raise TypeError("Scale and ratio should be sequences")
        if scale[0] > scale[1] or ratio[0] > ratio[1]:
            warnings.warn("Scale and ratio should be of kind (min, max)", stacklevel=stacklevel())
        self.size, self.scale, self.ratio = pair(size), scale, ratio
        self.interpolation, self.antialias = interpolation, antialias

    @staticmethod
    def get_params(img: Any, scale: Sequence[float], ratio: Sequence[float]) -> tuple[int, int, int, int]:
        """top, left, height and width; after ten tries the middle of the image."""
        _, height, width = F.get_dimensions(img)
        for _ in range(10):
            w, h = sides(height * width, scale, ratio)
            if 0 < w <= width and 0 < h <= height:
                return below(height - h + 1), below(width - w + 1), h, w
        w, h = width, height
        if width / height < min(ratio):
            h = round(w / min(ratio))
        elif width / height > max(ratio):
            w = round(h * max(ratio))
        return (height - h) // 2, (width - w) // 2, h, w

    def forward(self, img: Any) -> Any:
        place = self.get_params(img, self.scale, self.ratio)
        return F.resized_crop(img, *place, self.size, self.interpolation, self.antialias)

    def __repr__(self) -> str:
        scale, ratio = (tuple(round(each, 4) for each in pair_) for pair_ in (self.scale, self.ratio))
        mode = getattr(self.interpolation, "value", self.interpolation)
        given = f"size={self.size}, scale={scale}, ratio={ratio}, interpolation={mode}, antialias={self.antialias}"
        return f"{type(self).__name__}({given})"


class RandomHorizontalFlip(Transform):
    """Left and right exchanged with probability p."""

    def __init__(self, p: float = 0.5) -> None:
        self.p = p

    def forward(self, img: Any) -> Any:
        return F.hflip(img) if happens(self.p) else img


class RandomVerticalFlip(Transform):
    """Top and bottom exchanged with probability p."""

    def __init__(self, p: float = 0.5) -> None:
        self.p = p

    def forward(self, img: Any) -> Any:
        return F.vflip(img) if happens(self.p) else img


class RandomRotation(Transform):
    """The image turned by a random angle, of +-degrees or between two; `expand` keeps all of it."""

    def __init__(
        self,
        degrees: Any,
        interpolation: Any = InterpolationMode.NEAREST,
        expand: bool = False,
        center: Any = None,
        fill: Any = 0,
    ) -> None:
        self.degrees = angles(degrees)
        self.interpolation, self.expand, self.center = interpolation, expand, center
        self.fill = 0 if fill is None else fill

    @staticmethod
    def get_params(degrees: Sequence[float]) -> float:
        """A random angle."""
        return uniform(*degrees)

    def forward(self, img: Any) -> Any:
        return F.rotate(img, self.get_params(self.degrees), self.interpolation, self.expand, self.center, self.fill)

    def __repr__(self) -> str:
        mode = getattr(self.interpolation, "value", self.interpolation)
        center = "" if self.center is None else f", center={self.center}"
        given = f"degrees={self.degrees}, interpolation={mode}, expand={self.expand}{center}, fill={self.fill}"
        return f"{type(self).__name__}({given})"


class RandomAffine(Transform):
    """The image turned, moved, scaled and sheared at random.

    degrees and shear: of +- a number, or between two (of shear, four: x and y); translate: up to these shares of width
    and height; scale: between two factors.
    """

    def __init__(
        self,
        degrees: Any,
        translate: Sequence[float] | None = None,
        scale: Sequence[float] | None = None,
        shear: Any = None,
        interpolation: Any = InterpolationMode.NEAREST,
        fill: Any = 0,
        center: Any = None,
    ) -> None:
        self.degrees = angles(degrees)
        if translate is not None and not all(0.0 <= each <= 1.0 for each in translate):
            raise ValueError("translation values should be between 0 and 1")
        if scale is not None and min(scale) <= 0:
            raise ValueError("scale values should be positive")
        self.translate, self.scale = translate, scale
        self.shear = None if shear is None else angles(shear, "shear", (2, 4))
        self.interpolation, self.fill, self.center = interpolation, 0 if fill is None else fill, center

    @staticmethod
    def get_params(
        degrees: Sequence[float],
        translate: Sequence[float] | None,
        scale_ranges: Sequence[float] | None,
        shears: Sequence[float] | None,
        img_size: Sequence[int],
    ) -> tuple[float, tuple[int, int], float, tuple[float, float]]:
        """A random angle, translation, scale and shear of an image (width, height)."""
        angle = uniform(degrees[0], degrees[1])
        moved = (0, 0)
        if translate is not None:
            across, down = translate[0] * img_size[0], translate[1] * img_size[1]
            moved = (round(uniform(-across, across)), round(uniform(-down, down)))
        scale = 1.0 if scale_ranges is None else uniform(scale_ranges[0], scale_ranges[1])
        shear_x = 0.0 if shears is None else uniform(shears[0], shears[1])
        shear_y = 0.0 if shears is None or len(shears) != 4 else uniform(shears[2], shears[3])
        return angle, moved, scale, (shear_x, shear_y)

    def forward(self, img: Any) -> Any:
        size = F.get_image_size(img)
        drawn = self.get_params(self.degrees, self.translate, self.scale, self.shear, size)
        return F.affine(img, *drawn, interpolation=self.interpolation, fill=self.fill, center=self.center)

    def __repr__(self) -> str:
        given = {
            name: getattr(self, name) for name in ("translate", "scale", "shear") if getattr(self, name) is not None
        }
        if self.interpolation != InterpolationMode.NEAREST:
            given["interpolation"] = getattr(self.interpolation, "value", self.interpolation)
        if self.fill != 0:
            given["fill"] = self.fill
        if self.center is not None:
            given["center"] = self.center
        return f"{type(self).__name__}({', '.join(f'{k}={v}' for k, v in {'degrees': self.degrees, **given}.items())})"


class RandomPerspective(Transform):
    """The image's corners moved inwards at random, by up to `distortion_scale` of half a side, with probability p."""

    _shown = ("p",)

    def __init__(
        self,
        distortion_scale: float = 0.5,
        p: float = 0.5,
        interpolation: Any = InterpolationMode.BILINEAR,
        fill: Any = 0,
    ) -> None:
        self.distortion_scale, self.p, self.interpolation = distortion_scale, p, interpolation
        self.fill = 0 if fill is None else fill

    @staticmethod
    def get_params(width: int, height: int, distortion_scale: float) -> tuple[list[list[int]], list[list[int]]]:
        """The corners, clockwise from the top left one, and where they come to lie."""
        across, down = int(distortion_scale * (width // 2)), int(distortion_scale * (height // 2))
        left, right = (0, across + 1), (width - across - 1, width)
        top, bottom = (0, down + 1), (height - down - 1, height)
        places = [(left, top), (right, top), (right, bottom), (left, bottom)]
        ends = [[between(*x), between(*y)] for x, y in places]
        return [[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]], ends

    def forward(self, img: Any) -> Any:
        if not happens(self.p):
            return img
        _, height, width = F.get_dimensions(img)
        starts, ends = self.get_params(width, height, self.distortion_scale)
        return F.perspective(img, starts, ends, self.interpolation, self.fill)


class ElasticTransform(Transform):
    """Every pixel moved at random, by up to alpha before the shifts are smoothed by sigma (P. Simard et al., 2003)."""

    _whole_enums = True

    def __init__(
        self,
        alpha: Any = 50.0,
        sigma: Any = 5.0,
        interpolation: Any = InterpolationMode.BILINEAR,
        fill: Any = 0,
    ) -> None:
        self.alpha, self.sigma = (
            [float(x)] * 2 if isinstance(x, int | float) else [float(v) for v in x] for x in (alpha, sigma)
        )
        self.interpolation = interpolation
        self.fill = [float(each) for each in (fill if isinstance(fill, Sequence) else [fill])]

    @staticmethod
    def get_params(alpha: Sequence[float], sigma: Sequence[float], size: Sequence[int]) -> Tensor:
        """The shifts (1, height, width, 2) of an image (height, width), along x and y; 2 is a whole side."""
        shifts = []
        for axis in (0, 1):
            shift = rand(1, 1, *size, device="cpu") * 2 - 1
            if sigma[axis] > 0.0:
                length = int(8 * sigma[axis] + 1)
                shift = F.gaussian_blur(shift, length + 1 - length % 2, list(sigma))
            shifts.append(shift * alpha[axis] / size[1 - axis])
        return stack(shifts, -1)[0]

    def forward(self, img: Any) -> Any:
        _, height, width = F.get_dimensions(img)
        moved = self.get_params(self.alpha, self.sigma, [height, width])
        return F.elastic_transform(img, moved, self.interpolation, self.fill)


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
        if isinstance(value, str) and value != "random":
            raise ValueError("If value is str, it should be 'random'")
        if not 0 <= p <= 1 or not 0 <= scale[0] <= scale[1] <= 1:
            raise ValueError(f"RandomErasing: expected p and scale between 0 and 1, got {p} and {scale}")
        self.p, self.scale, self.ratio, self.value, self.inplace = p, scale, ratio, value, inplace

    @staticmethod
    def get_params(
        img: Tensor, scale: Sequence[float], ratio: Sequence[float], value: Sequence[float] | None = None
    ) -> tuple[int, int, int, int, Tensor]:
        """top, left, height, width and the values, noise if none are given; after ten tries the whole image itself."""
        channels, height, width = F.get_dimensions(img)
        for _ in range(10):
            h, w = sides(height * width, scale, ratio)
            if h < height and w < width:
                noise = value is None
                values = empty(channels, h, w, device="cpu").normal_() if noise else as_tensor(value).view(-1, 1, 1)
                return below(height - h + 1), below(width - w + 1), h, w, values
        return 0, 0, height, width, img

    def forward(self, img: Tensor) -> Tensor:
        if not happens(self.p):
            return img
        value = [self.value] if isinstance(self.value, int | float) else self.value
        if value != "random" and len(value) not in (1, img.shape[-3]):
            raise ValueError(
                f"If value is a sequence, it should have either a single value or {img.shape[-3]} (number of channels)"
            )
        values = None if value == "random" else [float(each) for each in value]
        return F.erase(img, *self.get_params(img, self.scale, self.ratio, values), self.inplace)
