"""Pictures out of tensors, under the names of torchvision.utils."""

from __future__ import annotations

import math
from typing import Any

from ..dtypes import uint8
from ..engine.modes import no_grad
from ..engine.tensor import Tensor
from ..ops.choosing import clamp
from ..ops.creation import full
from ..ops.joining import cat, stack
from .transforms.functional import to_pil_image


def make_grid(
    tensor: Any,
    nrow: int = 8,
    padding: int = 2,
    normalize: bool = False,
    value_range: tuple[float, float] | None = None,
    scale_each: bool = False,
    pad_value: float = 0.0,
) -> Tensor:
    """Images (N, C, H, W), or a list of them, side by side in one (3, height, width), `nrow` in a row.

    `normalize` shifts and scales the values to 0 to 1, from `value_range` or their own least and largest.
    """
    images: Tensor = stack(list(tensor)) if isinstance(tensor, list | tuple) else tensor
    images = images.detach()
    if images.dim() == 2:
        images = images.unsqueeze(0)
    if images.dim() == 3:
        images = images.unsqueeze(0)
    if images.shape[1] == 1:
        images = cat([images] * 3, 1)
    if normalize:
        images = (
            stack([_scaled(image, value_range) for image in images]) if scale_each else _scaled(images, value_range)
        )
    count, channels, height, width = images.shape
    if count == 1:
        return images[0]
    columns = min(nrow, count)
    rows = math.ceil(count / columns)
    tall, wide = height + padding, width + padding
    grid = full(
        (channels, tall * rows + padding, wide * columns + padding), pad_value, dtype=images.dtype, device=images.device
    )
    for number in range(count):
        top, left = number // columns * tall + padding, number % columns * wide + padding
        grid[:, top : top + height, left : left + width] = images[number]
    return grid


def _scaled(x: Tensor, value_range: tuple[float, float] | None) -> Tensor:
    low, high = (x.min().item(), x.max().item()) if value_range is None else value_range
    return (clamp(x, low, high) - low) / max(high - low, 1e-5)


def save_image(tensor: Any, fp: Any, format: str | None = None, **kwargs: Any) -> None:
    """Writes images (N, C, H, W) with values from 0 to 1 as one picture; other arguments go to `make_grid`."""
    with no_grad():
        grid = clamp(make_grid(tensor, **kwargs) * 255 + 0.5, 0, 255)
    to_pil_image(grid.to(uint8)).save(fp, format=format)
