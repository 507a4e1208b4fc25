"""Policies of changes: AutoAugment, RandAugment, TrivialAugment, AugMix."""

from __future__ import annotations

import enum
import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from ...engine.tensor import Tensor
from ...ops.creation import as_tensor
from ...ops.random import rand
from ...ops.variates import standard_dirichlet
from . import functional as F
from .drawing import below, between
from .functional import InterpolationMode
from .random_choices import Transform

Space: TypeAlias = "dict[str, tuple[list[float] | None, bool]]"  # of each change its magnitudes, and whether signed


def _line(low: float, high: float, bins: int) -> list[float]:
    """Evenly spaced single precision numbers with torch.linspace's digits: from the nearer end, by a rounded step.

    Images are cut off to whole numbers, so a digit more would change pixels.
    """
    step, places = float(np.float32(np.float32(high) - np.float32(low)) / np.float32(bins - 1)), np.arange(bins)
    below_half = places < bins // 2
    line = np.where(below_half, float(np.float32(low)) + step * places, np.float32(high) - step * (bins - 1 - places))
    return line.astype(np.float32).tolist()


def _bits(kept: int, lost: int, bins: int) -> list[float]:
    """Of a byte's bits so many kept, less and less."""
    return [float(kept - round(i / ((bins - 1) / lost))) for i in range(bins)]


def _space(
    names: str, bins: int, shear: float, across: float, down: float, rotate: float, factor: float, bits: tuple[int, int]
) -> Space:
    """The magnitudes of changes, from none to the largest."""
    signed = {
        "ShearX": shear,
        "ShearY": shear,
        "TranslateX": across,
        "TranslateY": down,
        "Rotate": rotate,
        **dict.fromkeys(("Brightness", "Color", "Contrast", "Sharpness"), factor),
    }
    space: Space = {}
    for name in names.split():
        if name in signed:
            space[name] = _line(0.0, signed[name], bins), True
        elif name == "Posterize":
            space[name] = _bits(*bits, bins), False
        else:
            space[name] = _line(255.0, 0.0, bins) if name == "Solarize" else None, False
    return space


SPATIAL, COLOURS = "ShearX ShearY TranslateX TranslateY Rotate", "Brightness Color Contrast Sharpness"
LEVELS = "Posterize Solarize AutoContrast Equalize"


def _sheared(img: Any, x: float, y: float, interpolation: Any, fill: Any) -> Any:
    degrees = [math.degrees(math.atan(each)) for each in (x, y)]
    return F.affine(img, 0.0, [0, 0], 1.0, degrees, interpolation, fill, center=[0, 0])


def _moved(img: Any, x: float, y: float, interpolation: Any, fill: Any) -> Any:
    return F.affine(img, 0.0, [int(x), int(y)], 1.0, [0.0, 0.0], interpolation, fill)


CHANGES: dict[str, Callable[[Any, float, Any, Any], Any]] = {  # of an image, magnitude, interpolation, fill
    "Identity": lambda img, m, mode, fill: img,
    "ShearX": lambda img, m, mode, fill: _sheared(img, m, 0.0, mode, fill),
    "ShearY": lambda img, m, mode, fill: _sheared(img, 0.0, m, mode, fill),
    "TranslateX": lambda img, m, mode, fill: _moved(img, m, 0, mode, fill),
    "TranslateY": lambda img, m, mode, fill: _moved(img, 0, m, mode, fill),
    "Rotate": lambda img, m, mode, fill: F.rotate(img, m, mode, fill=fill),
    "Brightness": lambda img, m, mode, fill: F.adjust_brightness(img, 1.0 + m),
    "Color": lambda img, m, mode, fill: F.adjust_saturation(img, 1.0 + m),
    "Contrast": lambda img, m, mode, fill: F.adjust_contrast(img, 1.0 + m),
    "Sharpness": lambda img, m, mode, fill: F.adjust_sharpness(img, 1.0 + m),
    "Posterize": lambda img, m, mode, fill: F.posterize(img, int(m)),
    "Solarize": lambda img, m, mode, fill: F.solarize(img, m),
    "AutoContrast": lambda img, m, mode, fill: F.autocontrast(img),
    "Equalize": lambda img, m, mode, fill: F.equalize(img),
    "Invert": lambda img, m, mode, fill: F.invert(img),
}


class _Augment(Transform):
    """What the policies share: how a place outside of the image is filled, and one change drawn from several."""

    _whole_enums = True
    interpolation: Any
    fill: Any

    def _drawn(self, img: Any, space: Space, level: Callable[[list[float]], float]) -> Any:
        """One change, its sign by a coin."""
        name = list(space)[below(len(space))]
        magnitudes, signed = space[name]
        magnitude = level(magnitudes) if magnitudes is not None else 0.0
        if signed and between(0, 2):
            magnitude = -magnitude
        return CHANGES[name](img, magnitude, self.interpolation, self.fill)


class AutoAugmentPolicy(enum.Enum):
    """The data on which a policy was found."""

    IMAGENET = "imagenet"
    CIFAR10 = "cifar10"
    SVHN = "svhn"


# Of each of 25 pairs: a change, its probability, and its magnitude from 0 to 9 if it has one (the paper's appendix).
POLICIES = {
    AutoAugmentPolicy.IMAGENET: """
        Posterize 0.4 8, Rotate 0.6 9; Solarize 0.6 5, AutoContrast 0.6; Equalize 0.8, Equalize 0.6;
        Posterize 0.6 7, Posterize 0.6 6; Equalize 0.4, Solarize 0.2 4; Equalize 0.4, Rotate 0.8 8;
        Solarize 0.6 3, Equalize 0.6; Posterize 0.8 5, Equalize 1.0; Rotate 0.2 3, Solarize 0.6 8;
        Equalize 0.6, Posterize 0.4 6; Rotate 0.8 8, Color 0.4 0; Rotate 0.4 9, Equalize 0.6;
        Equalize 0.0, Equalize 0.8; Invert 0.6, Equalize 1.0; Color 0.6 4, Contrast 1.0 8; Rotate 0.8 8, Color 1.0 2;
        Color 0.8 8, Solarize 0.8 7; Sharpness 0.4 7, Invert 0.6; ShearX 0.6 5, Equalize 1.0;
        Color 0.4 0, Equalize 0.6; Equalize 0.4, Solarize 0.2 4; Solarize 0.6 5, AutoContrast 0.6;
        Invert 0.6, Equalize 1.0; Color 0.6 4, Contrast 1.0 8; Equalize 0.8, Equalize 0.6""",
    AutoAugmentPolicy.CIFAR10: """
        Invert 0.1, Contrast 0.2 6; Rotate 0.7 2, TranslateX 0.3 9; Sharpness 0.8 1, Sharpness 0.9 3;
        ShearY 0.5 8, TranslateY 0.7 9; AutoContrast 0.5, Equalize 0.9; ShearY 0.2 7, Posterize 0.3 7;
        Color 0.4 3, Brightness 0.6 7; Sharpness 0.3 9, Brightness 0.7 9; Equalize 0.6, Equalize 0.5;
        Contrast 0.6 7, Sharpness 0.6 5; Color 0.7 7, TranslateX 0.5 8; Equalize 0.3, AutoContrast 0.4;
        TranslateY 0.4 3, Sharpness 0.2 6; Brightness 0.9 6, Color 0.2 8; Solarize 0.5 2, Invert 0.0;
        Equalize 0.2, AutoContrast 0.6; Equalize 0.2, Equalize 0.6; Color 0.9 9, Equalize 0.6;
        AutoContrast 0.8, Solarize 0.2 8; Brightness 0.1 3, Color 0.7 0; Solarize 0.4 5, AutoContrast 0.9;
        TranslateY 0.9 9, TranslateY 0.7 9; AutoContrast 0.9, Solarize 0.8 3; Equalize 0.8, Invert 0.1;
        TranslateY 0.7 9, AutoContrast 0.9""",
    AutoAugmentPolicy.SVHN: """
        ShearX 0.9 4, Invert 0.2; ShearY 0.9 8, Invert 0.7; Equalize 0.6, Solarize 0.6 6; Invert 0.9, Equalize 0.6;
        Equalize 0.6, Rotate 0.9 3; ShearX 0.9 4, AutoContrast 0.8; ShearY 0.9 8, Invert 0.4;
        ShearY 0.9 5, Solarize 0.2 6; Invert 0.9, AutoContrast 0.8; Equalize 0.6, Rotate 0.9 3;
        ShearX 0.9 4, Solarize 0.3 3; ShearY 0.8 8, Invert 0.7; Equalize 0.9, TranslateY 0.6 6;
        Invert 0.9, Equalize 0.6; Contrast 0.3 3, Rotate 0.8 4; Invert 0.8, TranslateY 0.0 2;
        ShearY 0.7 6, Solarize 0.4 8; Invert 0.6, Rotate 0.8 4; ShearY 0.3 7, TranslateX 0.9 3;
        ShearX 0.1 6, Invert 0.6; Solarize 0.7 2, TranslateY 0.6 7; ShearY 0.8 4, Invert 0.8;
        ShearX 0.7 9, TranslateY 0.8 3; ShearY 0.8 5, AutoContrast 0.7; ShearX 0.7 2, Invert 0.1""",
}


class AutoAugment(_Augment):
    """One of 25 pairs of changes that were found to help, each change with its probability (E. Cubuk et al., 2019)."""

    _shown = ("policy", "fill")

    def __init__(
        self,
        policy: AutoAugmentPolicy = AutoAugmentPolicy.IMAGENET,
        interpolation: Any = InterpolationMode.NEAREST,
        fill: Any = None,
    ) -> None:
        if policy not in POLICIES:
            raise ValueError(f"The provided policy {policy} is not recognized.")
        self.policy, self.interpolation, self.fill = policy, interpolation, fill
        self._pairs = [[each.split() for each in pair.split(",")] for pair in POLICIES[policy].split(";")]

    @staticmethod
    def get_params(transform_num: int) -> tuple[int, Tensor, list[int]]:
        """The number of a pair, and for both changes a number to compare with the probability, and a sign."""
        number = below(transform_num)
        return number, rand(2, device="cpu"), [between(0, 2), between(0, 2)]

    def forward(self, img: Any) -> Any:
        _, height, width = F.get_dimensions(img)
        names = f"{SPATIAL} {COLOURS} {LEVELS} Invert"
        space = _space(names, 10, 0.3, 150 / 331 * width, 150 / 331 * height, 30.0, 0.9, (8, 4))
        number, chances, signs = self.get_params(len(self._pairs))
        for (name, p, *level), chance, sign in zip(self._pairs[number], chances, signs, strict=True):
            if bool(chance <= float(p)):
                magnitudes, signed = space[name]
                magnitude = magnitudes[int(level[0])] if level and magnitudes is not None else 0.0
                magnitude = -magnitude if signed and sign == 0 else magnitude
                img = CHANGES[name](img, magnitude, self.interpolation, self.fill)
        return img


class RandAugment(_Augment):
    """`num_ops` changes, any of fourteen, of one magnitude (E. Cubuk et al., 2020)."""

    def __init__(
        self,
        num_ops: int = 2,
        magnitude: int = 9,
        num_magnitude_bins: int = 31,
        interpolation: Any = InterpolationMode.NEAREST,
        fill: Any = None,
    ) -> None:
        if not 0 <= magnitude < num_magnitude_bins:
            raise ValueError(f"RandAugment: expected a magnitude below {num_magnitude_bins}, got {magnitude}")
        self.num_ops, self.magnitude, self.num_magnitude_bins = num_ops, magnitude, num_magnitude_bins
        self.interpolation, self.fill = interpolation, fill

    def forward(self, img: Any) -> Any:
        _, height, width = F.get_dimensions(img)
        names, bins = f"Identity {SPATIAL} {COLOURS} {LEVELS}", self.num_magnitude_bins
        space = _space(names, bins, 0.3, 150 / 331 * width, 150 / 331 * height, 30.0, 0.9, (8, 4))
        for _ in range(self.num_ops):
            img = self._drawn(img, space, lambda magnitudes: magnitudes[self.magnitude])
        return img


class TrivialAugmentWide(_Augment):
    """One change, any of fourteen, of any magnitude (S. Mueller, F. Hutter, 2021)."""

    def __init__(
        self,
        num_magnitude_bins: int = 31,
        interpolation: Any = InterpolationMode.NEAREST,
        fill: Any = None,
    ) -> None:
        self.num_magnitude_bins, self.interpolation, self.fill = num_magnitude_bins, interpolation, fill

    def forward(self, img: Any) -> Any:
        names = f"Identity {SPATIAL} {COLOURS} {LEVELS}"
        space = _space(names, self.num_magnitude_bins, 0.99, 32.0, 32.0, 135.0, 0.99, (8, 6))
        return self._drawn(img, space, lambda magnitudes: magnitudes[below(len(magnitudes))])


class AugMix(_Augment):
    """The image mixed with `mixture_width` chains of changes, by random weights (D. Hendrycks et al., 2020).

    A chain has `chain_depth` changes, with -1 one to three, of magnitudes up to `severity` (1 to 10).
    """

    def __init__(
        self,
        severity: int = 3,
        mixture_width: int = 3,
        chain_depth: int = -1,
        alpha: float = 1.0,
        all_ops: bool = True,
        interpolation: Any = InterpolationMode.BILINEAR,
        fill: Any = None,
    ) -> None:
        if not 1 <= severity <= 10:
            raise ValueError(f"The severity must be between [1, 10]. Got {severity} instead.")
        self.severity, self.mixture_width, self.chain_depth = severity, mixture_width, chain_depth
        self.alpha, self.all_ops, self.interpolation, self.fill = alpha, all_ops, interpolation, fill

    def forward(self, img: Any) -> Any:
        if not isinstance(img, Tensor):
            return F.to_pil_image(self.forward(F.pil_to_tensor(img)), img.mode)
        _, height, width = F.get_dimensions(img)
        names = f"{SPATIAL} {LEVELS} {COLOURS if self.all_ops else ''}"
        space = _space(names, 10, 0.3, width / 3, height / 3, 30.0, 0.9, (4, 4))
        batch = img.reshape(1, *img.shape) if img.dim() < 4 else img
        count, ones = len(batch), [1] * (batch.dim() - 1)

        def weights(of: int) -> Tensor:
            return standard_dirichlet(as_tensor([self.alpha] * of, device="cpu").expand(count, of)).to(img.device)

        own = weights(2)
        each = weights(self.mixture_width) * own[:, 1:]
        mixed = own[:, 0].reshape(count, *ones) * batch
        for chain in range(self.mixture_width):
            changed = batch
            for _ in range(self.chain_depth if self.chain_depth > 0 else between(1, 4)):
                changed = self._drawn(changed, space, lambda magnitudes: magnitudes[below(self.severity)])
            mixed = mixed + each[:, chain].reshape(count, *ones) * changed
        return mixed.reshape(img.shape).to(img.dtype)


__all__ = ["AugMix", "AutoAugment", "AutoAugmentPolicy", "RandAugment", "TrivialAugmentWide"]
