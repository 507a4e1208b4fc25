"""torchvision.io's place: images as tensors (channels, height, width) of uint8, read and written by Pillow."""

from __future__ import annotations

import enum
import os
from typing import Any

import numpy as np

import autograd
from autograd import Tensor


class ImageReadMode(enum.Enum):
    """The channels that an image gets; UNCHANGED: those of the file."""

    UNCHANGED = ""
    GRAY = "L"
    GRAY_ALPHA = "LA"
    RGB = "RGB"
    RGB_ALPHA = "RGBA"


def _pillow() -> Any:
    try:
        from PIL import Image
    except ImportError as error:
        raise ImportError("torchvision.io needs the package pillow: pip install pillow") from error
    return Image


def read_image(path: str | os.PathLike[str], mode: Any = ImageReadMode.UNCHANGED, **options: Any) -> Tensor:
    """The image of a file, PNG, JPEG or another that Pillow knows."""
    with _pillow().open(path) as image:
        wanted = (ImageReadMode[mode.upper()] if isinstance(mode, str) else mode).value
        if not wanted and image.mode in ("P", "1", "CMYK", "YCbCr"):
            wanted = "L" if image.mode == "1" else "RGB"
        array = np.array(image.convert(wanted) if wanted else image)
    return autograd.from_numpy(np.ascontiguousarray(array[None] if array.ndim == 2 else array.transpose(2, 0, 1)))


def read_file(path: str) -> Tensor:
    """The bytes of a file."""
    return autograd.from_numpy(np.fromfile(path, np.uint8))


def write_file(filename: str, data: Tensor) -> None:
    """Writes bytes into a file."""
    data.cpu().numpy().tofile(filename)


def _write(input: Tensor, filename: str, kind: str, **options: Any) -> None:
    if input.dtype is not autograd.uint8 or input.dim() != 3 or input.shape[0] not in (1, 3):
        raise ValueError(
            f"write_{kind}: expected uint8 (1 or 3, height, width), got {input.dtype} {tuple(input.shape)}"
        )
    array = input.cpu().numpy()
    image = _pillow().fromarray(array[0] if len(array) == 1 else np.ascontiguousarray(array.transpose(1, 2, 0)))
    image.save(filename, format=kind.upper(), **options)


def write_png(input: Tensor, filename: str, compression_level: int = 6) -> None:
    """Writes an image, uint8 (1 or 3, height, width), as a PNG file."""
    _write(input, filename, "png", compress_level=compression_level)


def write_jpeg(input: Tensor, filename: str, quality: int = 75) -> None:
    """Writes an image, uint8 (1 or 3, height, width), as a JPEG file."""
    _write(input, filename, "jpeg", quality=quality)


__all__ = ["ImageReadMode", "read_file", "read_image", "write_file", "write_jpeg", "write_png"]
