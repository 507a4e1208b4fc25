"""Conversions, sizes, crops, margins and smoothing of one image."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Any

import numpy as np

from ... import dtypes
from ...engine.tensor import Tensor
from ...ops.choosing import clamp
from ...ops.creation import as_tensor, from_numpy
from ...ops.padding import pad_constant
from ...ops.resampling import interpolate
from ...ops.shape import flip


class InterpolationMode(enum.Enum):
    """How an image is resampled."""

    NEAREST = "nearest"
    NEAREST_EXACT = "nearest-exact"
    BILINEAR = "bilinear"
    BICUBIC = "bicubic"
    BOX = "box"
    HAMMING = "hamming"
    LANCZOS = "lanczos"


def pil_mode(interpolation: Any) -> Any:
    """PIL's name of an interpolation, which may be given by its number or its name, too."""
    from PIL import Image

    if isinstance(interpolation, int):
        return Image.Resampling(interpolation)
    name = interpolation.name if isinstance(interpolation, InterpolationMode) else str(interpolation).upper()
    return Image.Resampling["NEAREST" if name == "NEAREST_EXACT" else name]


def get_dimensions(img: Any) -> list[int]:
    """Channels, height and width."""
    if isinstance(img, Tensor):
        return [1 if img.dim() == 2 else int(img.shape[-3]), int(img.shape[-2]), int(img.shape[-1])]
    return [len(img.getbands()), img.height, img.width]


def get_image_num_channels(img: Any) -> int:
    """How many channels an image has."""
    return get_dimensions(img)[0]


def get_image_size(img: Any) -> list[int]:
    """Width and height."""
    _, height, width = get_dimensions(img)
    return [width, height]


def pil_to_tensor(pic: Any) -> Tensor:
    """A PIL image's numbers as they are: (channels, height, width)."""
    array = np.array(pic, copy=True)
    if array.dtype == np.uint16:
        array = array.astype(np.int32)
    array = array[None] if array.ndim == 2 else array.transpose(2, 0, 1).copy()
    return from_numpy(array)


def to_tensor(pic: Any) -> Tensor:
    """A float tensor (channels, height, width) of an image or an array (height, width, channels); bytes give 0 to 1."""
    if isinstance(pic, np.ndarray):
        if pic.ndim not in (2, 3):
            raise ValueError(f"pic should be 2/3 dimensional. Got {pic.ndim} dimensions.")
        array = pic[None] if pic.ndim == 2 else pic.transpose(2, 0, 1)
        x = from_numpy(np.array(array, order="C"))
        return x.to(dtypes.get_default_dtype()) / 255 if x.dtype is dtypes.uint8 else x
    if not hasattr(pic, "getbands"):
        raise TypeError(f"pic should be PIL Image or ndarray. Got {type(pic)}")
    x = pil_to_tensor(pic)
    if pic.mode == "1":
        return x.to(dtypes.get_default_dtype())
    return x.to(dtypes.get_default_dtype()) / 255 if x.dtype is dtypes.uint8 else x


def to_pil_image(pic: Any, mode: str | None = None) -> Any:
    """A PIL image of a tensor (channels, height, width) or array (height, width, channels); floats are 0 to 1."""
    from PIL import Image

    if isinstance(pic, Tensor):
        if pic.dim() not in (2, 3):
            raise ValueError(f"pic should be 2/3 dimensional. Got {pic.dim()} dimensions.")
        if pic.is_floating_point() and mode != "F":
            pic = (pic * 255).to(dtypes.uint8)
        array = pic.detach().cpu().numpy()
        array = array if array.ndim == 2 else array.transpose(1, 2, 0)
    else:
        array = np.asarray(pic)
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    image = Image.fromarray(np.ascontiguousarray(array))
    return image if mode is None or image.mode == mode else image.convert(mode)


def convert_image_dtype(image: Tensor, dtype: Any = dtypes.float32) -> Tensor:
    """Another dtype with the values scaled: floats from 0 to 1, integers up to their largest."""
    if image.dtype is dtype:
        return image
    if image.is_floating_point():
        if dtype.is_floating_point:
            return image.to(dtype)
        return (image * (dtypes.iinfo(dtype).max + 1 - 1e-3)).to(dtype)
    largest = dtypes.iinfo(image.dtype).max
    if dtype.is_floating_point:
        return image.to(dtype) / largest
    other = dtypes.iinfo(dtype).max
    if largest > other:
        return (image // ((largest + 1) // (other + 1))).to(dtype)
    return image.to(dtype) * ((other + 1) // (largest + 1))


def normalize(tensor: Tensor, mean: Sequence[float], std: Sequence[float], inplace: bool = False) -> Tensor:
    """(x - mean) / std, channel by channel. x: a floating tensor (..., channels, height, width)."""
    if not isinstance(tensor, Tensor) or not tensor.is_floating_point():
        kind = tensor.dtype if isinstance(tensor, Tensor) else type(tensor).__name__
        raise TypeError(f"Input tensor should be a float tensor. Got {kind}.")
    if tensor.dim() < 3:
        raise ValueError(f"Expected tensor to be a tensor image of size (..., C, H, W). Got {tuple(tensor.shape)}")
    center, scale = (as_tensor(v, dtype=tensor.dtype, device=tensor.device).view(-1, 1, 1) for v in (mean, std))
    if bool((scale == 0).any()):
        raise ValueError(f"std evaluated to zero after conversion to {tensor.dtype}, leading to division by zero.")
    return tensor.sub_(center).div_(scale) if inplace else (tensor - center) / scale


def resize(
    img: Any,
    size: Any,
    interpolation: Any = InterpolationMode.BILINEAR,
    max_size: int | None = None,
    antialias: bool | None = True,
) -> Any:
    """The image scaled to (height, width), or its shorter side to a number (and the longer to at most max_size)."""
    _, height, width = get_dimensions(img)
    sizes = [size] if isinstance(size, int) else list(size)
    if len(sizes) == 1:
        short, long = sorted((height, width))
        new_short, new_long = sizes[0], int(sizes[0] * long / short)
        if max_size is not None and new_long > max_size:
            new_short, new_long = int(max_size * new_short / new_long), max_size
        new_height, new_width = (new_short, new_long) if height <= width else (new_long, new_short)
    else:
        new_height, new_width = sizes
    if (new_height, new_width) == (height, width):
        return img
    if not isinstance(img, Tensor):
        return img.resize((new_width, new_height), pil_mode(interpolation))
    return _interpolate(img, (new_height, new_width), interpolation, bool(antialias))


def _interpolate(img: Tensor, size: tuple[int, int], interpolation: Any, antialias: bool) -> Tensor:
    mode = interpolation.value if isinstance(interpolation, InterpolationMode) else str(interpolation)
    batch = img.reshape(-1, *img.shape[-3:])
    smooth = not mode.startswith("nearest")
    values = batch if batch.is_floating_point() else batch.to(dtypes.float32)
    result = interpolate(
        values, size=size, mode=mode, align_corners=False if smooth else None, antialias=antialias and smooth
    )
    if not img.is_floating_point():
        result = clamp(result.round(), 0, 255).to(img.dtype)
    return result.reshape(*img.shape[:-2], *size)


def crop(img: Any, top: int, left: int, height: int, width: int) -> Any:
    """A rectangle of the image; what lies outside of it is 0."""
    if not isinstance(img, Tensor):
        return img.crop((left, top, left + width, top + height))
    h, w = img.shape[-2:]
    inside = img[..., max(top, 0) : max(min(top + height, h), 0), max(left, 0) : max(min(left + width, w), 0)]
    margins = [max(-left, 0), max(left + width - w, 0), max(-top, 0), max(top + height - h, 0)]
    return pad_constant(inside, margins) if any(margins) else inside


def center_crop(img: Any, output_size: Any) -> Any:
    """The rectangle in the middle, padded with 0 where the image is smaller."""
    new_height, new_width = pair(output_size)
    _, height, width = get_dimensions(img)
    if new_width > width or new_height > height:
        horizontal, vertical = max(new_width - width, 0), max(new_height - height, 0)
        margins = [horizontal // 2, vertical // 2, (horizontal + 1) // 2, (vertical + 1) // 2]
        img = pad(img, margins)
        _, height, width = get_dimensions(img)
    top, left = round((height - new_height) / 2.0), round((width - new_width) / 2.0)
    return crop(img, top, left, new_height, new_width)


def five_crop(img: Any, size: Any) -> tuple[Any, ...]:
    """The corners, top left, top right, bottom left, bottom right, and the middle."""
    h, w = pair(size)
    _, height, width = get_dimensions(img)
    if w > width or h > height:
        raise ValueError(f"five_crop: crops of {(h, w)} are larger than the image, {(height, width)}")
    corners = [(top, left) for top in (0, height - h) for left in (0, width - w)]
    return (*(crop(img, top, left, h, w) for top, left in corners), center_crop(img, [h, w]))


def ten_crop(img: Any, size: Any, vertical_flip: bool = False) -> tuple[Any, ...]:
    """five_crop of the image and of its mirror image."""
    return (*five_crop(img, size), *five_crop(vflip(img) if vertical_flip else hflip(img), size))


def resized_crop(
    img: Any,
    top: int,
    left: int,
    height: int,
    width: int,
    size: Any,
    interpolation: Any = InterpolationMode.BILINEAR,
    antialias: bool | None = True,
) -> Any:
    """A rectangle of the image, scaled."""
    return resize(crop(img, top, left, height, width), size, interpolation, antialias=antialias)


MODES: dict[str, Any] = {"constant": "constant", "edge": "edge", "reflect": "reflect", "symmetric": "symmetric"}


def pad(img: Any, padding: Any, fill: Any = 0, padding_mode: str = "constant") -> Any:
    """Margins around the image: one number, (left and right, top and bottom), or (left, top, right, bottom)."""
    if padding_mode not in MODES:
        raise ValueError(f"Padding mode should be either {', '.join(MODES)}; got {padding_mode}")
    sides: list[int] = [padding] if isinstance(padding, int) else list(padding)
    if len(sides) not in (1, 2, 4):
        raise ValueError(f"Padding must be an int or a 1, 2, or 4 element tuple, not a {len(sides)} element tuple")
    left, top, right, bottom = (sides * 4)[:4] if len(sides) < 4 else sides
    if isinstance(img, Tensor):
        if padding_mode == "constant":
            return pad_constant(img, [left, right, top, bottom], fill)
        widths = [(0, 0)] * (img.dim() - 2) + [(top, bottom), (left, right)]
        return from_numpy(np.pad(img.cpu().numpy(), widths, mode=MODES[padding_mode])).to(img.device)
    if padding_mode == "constant":
        from PIL import ImageOps

        return ImageOps.expand(img, border=(left, top, right, bottom), fill=colour_of(img, fill))
    from PIL import Image

    array = np.asarray(img)
    widths = [(top, bottom), (left, right)] + [(0, 0)] * (array.ndim - 2)
    return Image.fromarray(np.pad(array, widths, mode=MODES[padding_mode]))


def hflip(img: Any) -> Any:
    """Left and right exchanged."""
    if isinstance(img, Tensor):
        return flip(img, (-1,))
    from PIL import Image

    return img.transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def vflip(img: Any) -> Any:
    """Top and bottom exchanged."""
    if isinstance(img, Tensor):
        return flip(img, (-2,))
    from PIL import Image

    return img.transpose(Image.Transpose.FLIP_TOP_BOTTOM)


def colour_of(img: Any, fill: Any) -> Any:
    """A fill as PIL wants it: a number for every band."""
    if isinstance(fill, list | tuple):
        return tuple(fill)
    return (fill,) * len(img.getbands()) if isinstance(fill, int) and len(img.getbands()) > 1 else fill


def gaussian_blur(img: Any, kernel_size: Any, sigma: Any = None) -> Any:
    """Weighted by exp(-d^2 / (2 sigma^2)) over kernel_size pixels (x, y), the edges reflected."""
    if not isinstance(img, Tensor):
        return to_pil_image(gaussian_blur(pil_to_tensor(img), kernel_size, sigma), img.mode)
    sizes = pair(kernel_size)
    if sigma is None:
        sigma = [0.3 * ((size - 1) * 0.5 - 1) + 0.8 for size in sizes]
    widths = list(np.broadcast_to(sigma, 2))
    array = img.detach().cpu().numpy().astype(np.float64)
    for axis, size, width in zip((-1, -2), sizes, widths, strict=True):
        weights = np.exp(-0.5 * ((np.arange(size) - size // 2) / width) ** 2)
        margins = [(0, 0)] * array.ndim
        margins[axis] = (size // 2, size // 2)
        seen = np.lib.stride_tricks.sliding_window_view(np.pad(array, margins, mode="reflect"), size, axis)
        array = seen @ (weights / weights.sum())
    values = array if img.is_floating_point() else np.rint(array)
    return as_tensor(values, dtype=img.dtype, device=img.device)


def erase(img: Tensor, i: int, j: int, h: int, w: int, v: Any, inplace: bool = False) -> Tensor:
    """The image with a rectangle of other values."""
    result = img if inplace else img.clone()
    result[..., i : i + h, j : j + w] = v
    return result


def pair(size: Any) -> tuple[int, int]:
    """(height, width) of a number or a sequence."""
    sizes = [int(size)] if isinstance(size, int | float) else list(size)
    return (sizes[0], sizes[0]) if len(sizes) == 1 else (sizes[0], sizes[1])
