"""Colours of one image, a PIL image or a tensor (..., channels, height, width), changed."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import dtypes
from ...engine.tensor import Tensor
from ...ops.choosing import clamp
from ...ops.creation import as_tensor, from_numpy
from .basics import convert_image_dtype, to_pil_image


def to_grayscale(img: Any, num_output_channels: int = 1) -> Any:
    """Brightness alone: 0.2989 red + 0.587 green + 0.114 blue, once or three times."""
    if isinstance(img, Tensor):
        gray = (0.2989 * img[..., 0:1, :, :] + 0.587 * img[..., 1:2, :, :] + 0.114 * img[..., 2:3, :, :]).to(img.dtype)
        return gray.expand(*img.shape[:-3], num_output_channels, *img.shape[-2:])
    gray = img.convert("L")
    return gray if num_output_channels == 1 else to_pil_image(np.stack([np.asarray(gray)] * 3, axis=2))


rgb_to_grayscale = to_grayscale


def _blend(first: Tensor, second: Any, ratio: float) -> Tensor:
    bound = 1.0 if first.is_floating_point() else 255.0
    return clamp(ratio * first + (1.0 - ratio) * second, 0, bound).to(first.dtype)


def adjust_brightness(img: Any, brightness_factor: float) -> Any:
    """0 is black, 1 the image itself, 2 twice as bright."""
    if isinstance(img, Tensor):
        return _blend(img, 0, brightness_factor)
    return _enhanced(img, "Brightness", brightness_factor)


def adjust_contrast(img: Any, contrast_factor: float) -> Any:
    """0 is gray, 1 the image itself."""
    if isinstance(img, Tensor):
        gray = to_grayscale(img) if img.shape[-3] == 3 else img
        gray = gray if img.is_floating_point() else gray.to(dtypes.float32)
        return _blend(img, gray.mean((-3, -2, -1), keepdim=True), contrast_factor)
    return _enhanced(img, "Contrast", contrast_factor)


def adjust_saturation(img: Any, saturation_factor: float) -> Any:
    """0 is black and white, 1 the image itself."""
    if isinstance(img, Tensor):
        return img if img.shape[-3] == 1 else _blend(img, to_grayscale(img), saturation_factor)
    return _enhanced(img, "Color", saturation_factor)


def adjust_hue(img: Any, hue_factor: float) -> Any:
    """The colours turned by a fraction of the circle, -0.5 to 0.5."""
    if not -0.5 <= hue_factor <= 0.5:
        raise ValueError(f"hue_factor ({hue_factor}) is not in [-0.5, 0.5].")
    if isinstance(img, Tensor):
        if img.shape[-3] == 1:
            return img
        turned = _turned(convert_image_dtype(img, dtypes.float32).cpu().numpy(), hue_factor)
        return convert_image_dtype(from_numpy(turned).to(img.device), img.dtype)
    from PIL import Image

    if img.mode in {"L", "1", "I", "F"}:
        return img
    hue, saturation, value = img.convert("HSV").split()
    shifted = (np.asarray(hue, np.uint8).astype(np.int32) + int(hue_factor * 255)) % 256
    merged = Image.merge("HSV", (Image.fromarray(shifted.astype(np.uint8)), saturation, value))
    return merged.convert(img.mode)


def _turned(rgb: np.ndarray, share: float) -> np.ndarray:
    """The hue of colours (..., 3, height, width) in [0, 1] moved on (A. R. Smith, 1978: HSV, a hexcone)."""
    red, green, blue = (rgb[..., i, :, :] for i in range(3))
    value, low = rgb.max(-3), rgb.min(-3)
    range_ = value - low
    gray = range_ == 0
    saturation = range_ / np.where(gray, np.float32(1), value)
    divisor = np.where(gray, np.float32(1), range_)
    to_red, to_green, to_blue = ((value - each) / divisor for each in (red, green, blue))
    hue = np.where(value == red, to_blue - to_green, 2 + to_red - to_blue)
    hue = np.where((value == green) & (value != red), 2 + to_red - to_blue, hue)
    hue = np.where((value != green) & (value != red), 4 + to_green - to_red, hue)
    hue = np.fmod(np.fmod(hue / 6 + 1, np.float32(1)) + np.float32(share) + 1, np.float32(1))
    sector = np.floor(hue * 6)
    part = hue * 6 - sector
    which = sector.astype(np.int32) % 6
    p, q, t = (np.clip(value * (1 - saturation * each), 0, 1) for each in (np.ones_like(part), part, 1 - part))
    channels = [(value, q, p, p, t, value), (t, value, value, q, p, p), (p, p, t, value, value, q)]
    return np.stack([np.choose(which, each) for each in channels], -3).astype(rgb.dtype)


def _enhanced(img: Any, kind: str, factor: float) -> Any:
    from PIL import ImageEnhance

    return getattr(ImageEnhance, kind)(img).enhance(factor)


def adjust_sharpness(img: Any, sharpness_factor: float) -> Any:
    """0 is smoothed, 1 the image itself, 2 twice as sharp; the outermost pixels stay."""
    if sharpness_factor < 0:
        raise ValueError(f"sharpness_factor ({sharpness_factor}) is not non-negative.")
    if not isinstance(img, Tensor):
        return _enhanced(img, "Sharpness", sharpness_factor)
    if min(img.shape[-2:]) <= 2:
        return img
    array = img.cpu().numpy()
    values = array if img.is_floating_point() else array.astype(np.float32)
    seen = np.lib.stride_tricks.sliding_window_view(values, (3, 3), (-2, -1))
    weights = np.ones((3, 3), values.dtype)
    weights[1, 1] = 5
    smooth = values.copy()
    smooth[..., 1:-1, 1:-1] = np.einsum("...ij,ij->...", seen, weights / weights.sum())
    if not img.is_floating_point():
        smooth = np.rint(smooth)
    return _blend(img, from_numpy(smooth).to(img.device), sharpness_factor)


def adjust_gamma(img: Any, gamma: float, gain: float = 1) -> Any:
    """gain * value^gamma, of values from 0 to 1."""
    if gamma < 0:
        raise ValueError("Gamma should be a non-negative real number")
    if isinstance(img, Tensor):
        values = img if img.is_floating_point() else convert_image_dtype(img, dtypes.float32)
        return convert_image_dtype(clamp(gain * values**gamma, 0, 1), img.dtype)
    table = [int((255 + 1 - 1e-3) * gain * (level / 255.0) ** gamma) for level in range(256)]
    return img.convert("RGB").point([min(level, 255) for level in table] * 3).convert(img.mode)


def _bound(img: Tensor) -> float:
    """White."""
    return 1.0 if img.is_floating_point() else dtypes.iinfo(img.dtype).max


def _operated(img: Any, kind: str, *arguments: Any) -> Any:
    from PIL import ImageOps

    return getattr(ImageOps, kind)(img, *arguments)


def invert(img: Any) -> Any:
    """Black and white exchanged."""
    return (_bound(img) - img).to(img.dtype) if isinstance(img, Tensor) else _operated(img, "invert")


def posterize(img: Any, bits: int) -> Any:
    """Bytes of which the first bits alone are kept."""
    if not isinstance(img, Tensor):
        return _operated(img, "posterize", bits)
    if img.dtype is not dtypes.uint8:
        raise TypeError(f"Only torch.uint8 image tensors are supported, but found {img.dtype}")
    return img & (256 - 2 ** (8 - bits))


def solarize(img: Any, threshold: float) -> Any:
    """Values from a threshold on inverted."""
    if not isinstance(img, Tensor):
        return _operated(img, "solarize", threshold)
    if threshold > _bound(img):
        raise TypeError(f"Threshold should be less than bound of img, got {threshold} of {_bound(img)}")
    return invert(img).where(img >= threshold, img)


def autocontrast(img: Any) -> Any:
    """Each channel stretched from black to white."""
    if not isinstance(img, Tensor):
        return _operated(img, "autocontrast")
    bound = _bound(img)
    values = img if img.is_floating_point() else img.to(dtypes.float32)
    low, high = values.amin((-2, -1), keepdim=True), values.amax((-2, -1), keepdim=True)
    flat = low == high
    low, high = low.masked_fill(flat, 0), high.masked_fill(flat, bound)
    # In PyTorch, too, a number over a tensor is its reciprocal's multiple, and the last bit may change a byte.
    return clamp((values - low) * ((high - low).reciprocal() * bound), 0, bound).to(img.dtype)


def equalize(img: Any) -> Any:
    """Bytes, each channel so that its levels are equally frequent."""
    if not isinstance(img, Tensor):
        return _operated(img, "equalize")
    if img.dtype is not dtypes.uint8:
        raise TypeError(f"Only torch.uint8 image tensors are supported, but found {img.dtype}")
    array = img.cpu().numpy()
    channels = [_equal(channel) for channel in array.reshape(-1, *array.shape[-2:])]
    return as_tensor(np.stack(channels).reshape(array.shape), device=img.device)


def _equal(channel: np.ndarray) -> np.ndarray:
    counts = np.bincount(channel.reshape(-1), minlength=256)
    step = (channel.size - counts[counts > 0][-1]) // 255
    if step == 0:
        return channel
    table = (np.cumsum(counts) - counts + step // 2) // step
    return np.clip(table, 0, 255).astype(np.uint8)[channel]
