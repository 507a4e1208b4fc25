"""What: colours, brightness and sharpness of images changed at random."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...engine.tensor import Tensor
from ...ops.random import randperm
from . import functional as F
from .basics import pair
from .drawing import happens, uniform
from .transforms import Transform

Bounds = Sequence[float] | None


class ColorJitter(Transform):
    """Brightness, contrast, saturation and hue changed at random, in random order.

    A number b means factors in [max(0, 1 - b), 1 + b], for hue [-b, b]; a pair is the range itself.
    """

    def __init__(self, brightness: Any = 0, contrast: Any = 0, saturation: Any = 0, hue: Any = 0) -> None:
        self.brightness, self.contrast = self._range(brightness), self._range(contrast)
        self.saturation = self._range(saturation)
        self.hue = self._range(hue, center=0.0, lowest=-0.5, highest=0.5)

    @staticmethod
    def _range(
        value: Any, center: float = 1.0, lowest: float = 0.0, highest: float = float("inf")
    ) -> tuple[float, float] | None:
        if isinstance(value, int | float):
            if value < 0:
                raise ValueError(f"ColorJitter: expected a number >= 0, got {value}")
            low, high = center - value, center + value
            low = max(low, 0.0) if center else low
        else:
            low, high = value
        if not lowest <= low <= high <= highest:
            raise ValueError(f"ColorJitter: expected a range between {lowest} and {highest}, got {value}")
        return None if low == high == center else (float(low), float(high))

    @staticmethod
    def get_params(
        brightness: Bounds, contrast: Bounds, saturation: Bounds, hue: Bounds
    ) -> tuple[Tensor, float | None, float | None, float | None, float | None]:
        """A random order of the four changes, and a factor for each (None without a range)."""
        order = randperm(4, device="cpu")
        b, c, s, h = (None if x is None else uniform(x[0], x[1]) for x in (brightness, contrast, saturation, hue))
        return order, b, c, s, h

    def forward(self, img: Any) -> Any:
        order, *factors = self.get_params(self.brightness, self.contrast, self.saturation, self.hue)
        changes = (F.adjust_brightness, F.adjust_contrast, F.adjust_saturation, F.adjust_hue)
        for number in order.tolist():
            factor = factors[number]
            if factor is not None:
                img = changes[number](img, factor)
        return img


class GaussianBlur(Transform):
    """Smoothed by a Gaussian of random width sigma, cut off after `kernel_size` pixels."""

    def __init__(self, kernel_size: Any, sigma: Any = (0.1, 2.0)) -> None:
        self.kernel_size = pair(kernel_size)
        if any(size < 1 or size % 2 == 0 for size in self.kernel_size):
            raise ValueError(f"Kernel size value should be an odd and positive number, got {kernel_size}")
        self.sigma = (float(sigma), float(sigma)) if isinstance(sigma, int | float) else tuple(sigma)
        if not 0.0 < self.sigma[0] <= self.sigma[1]:
            raise ValueError(f"sigma values should be positive and of the form (min, max). Got {self.sigma}")

    @staticmethod
    def get_params(sigma_min: float, sigma_max: float) -> float:
        """A random width."""
        return uniform(sigma_min, sigma_max)

    def forward(self, img: Any) -> Any:
        sigma = self.get_params(*self.sigma)
        return F.gaussian_blur(img, self.kernel_size, [sigma, sigma])


class _Perhaps(Transform):
    """A change with probability p."""

    def __init__(self, p: float = 0.5) -> None:
        self.p = p

    def forward(self, img: Any) -> Any:
        return self._changed(img) if happens(self.p) else img

    def _changed(self, img: Any) -> Any:
        raise NotImplementedError


class RandomGrayscale(_Perhaps):
    """Brightness alone with probability p, in as many channels."""

    def __init__(self, p: float = 0.1) -> None:
        super().__init__(p)

    def _changed(self, img: Any) -> Any:
        return F.to_grayscale(img, F.get_dimensions(img)[0])


class RandomInvert(_Perhaps):
    """Black and white exchanged with probability p."""

    def _changed(self, img: Any) -> Any:
        return F.invert(img)


class RandomPosterize(_Perhaps):
    """Of bytes the first bits alone kept, with probability p."""

    _separator = ","

    def __init__(self, bits: int, p: float = 0.5) -> None:
        self.bits, self.p = bits, p

    def _changed(self, img: Any) -> Any:
        return F.posterize(img, self.bits)


class RandomSolarize(_Perhaps):
    """Values from a threshold on inverted, with probability p."""

    _separator = ","

    def __init__(self, threshold: float, p: float = 0.5) -> None:
        self.threshold, self.p = threshold, p

    def _changed(self, img: Any) -> Any:
        return F.solarize(img, self.threshold)


class RandomAdjustSharpness(_Perhaps):
    """Sharpened by a factor (below 1: smoothed) with probability p."""

    _separator = ","

    def __init__(self, sharpness_factor: float, p: float = 0.5) -> None:
        self.sharpness_factor, self.p = sharpness_factor, p

    def _changed(self, img: Any) -> Any:
        return F.adjust_sharpness(img, self.sharpness_factor)


class RandomAutocontrast(_Perhaps):
    """Each channel stretched from black to white, with probability p."""

    def _changed(self, img: Any) -> Any:
        return F.autocontrast(img)


class RandomEqualize(_Perhaps):
    """Each channel's levels made equally frequent, with probability p."""

    def _changed(self, img: Any) -> Any:
        return F.equalize(img)
