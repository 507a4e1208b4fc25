"""Features of regions of interest, (batch number, x1, y1, x2, y2) each, or a list of boxes (n, 4) for each image."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import autograd
import nn
from autograd import Tensor

Boxes = Tensor | Sequence[Tensor]


def _regions(boxes: Boxes) -> Tensor:
    if isinstance(boxes, Tensor):
        if boxes.dim() != 2 or boxes.shape[1] != 5:
            raise AssertionError("The boxes tensor shape is not correct as Tensor[K, 5]")
        return boxes
    parts = [autograd.cat([x.new_full((len(x), 1), float(i)), x], 1) for i, x in enumerate(boxes)]
    return autograd.cat(parts)


def _two(size: Any) -> tuple[int, int]:
    return (size, size) if isinstance(size, int) else (size[0], size[1])


def _bilinear(image: Tensor, y: Tensor, x: Tensor) -> Tensor:
    """(channels, *places): values of (channels, height, width) between the pixels, 0 more than one beyond the edge."""
    height, width = image.shape[1:]
    inside = (y >= -1) & (y <= height) & (x >= -1) & (x <= width)
    y, x = y.clamp(0, height - 1), x.clamp(0, width - 1)
    top, left = y.floor().long(), x.floor().long()
    bottom, right = (top + 1).clamp(max=height - 1), (left + 1).clamp(max=width - 1)
    down, across = (y - top).to(image.dtype), (x - left).to(image.dtype)
    upper = image[:, top, left] * (1 - across) + image[:, top, right] * across
    lower = image[:, bottom, left] * (1 - across) + image[:, bottom, right] * across
    return (upper * (1 - down) + lower * down) * inside.to(image.dtype)


def roi_align(
    input: Tensor,
    boxes: Boxes,
    output_size: Any,
    spatial_scale: float = 1.0,
    sampling_ratio: int = -1,
    aligned: bool = False,
) -> Tensor:
    """(regions, channels, *output_size): in each cell of a region the average of bilinear samples (K. He et al., 2017).

    `sampling_ratio` samples a side of a cell, by default as many as the cell has pixels. With `aligned` the boxes are
    moved by half a pixel, so that pixel centres lie at whole numbers.
    """
    rows, columns = _two(output_size)
    found = []
    regions = _regions(boxes).detach()
    for number, x1, y1, x2, y2 in regions.tolist():
        shift = 0.5 if aligned else 0.0
        left, top = x1 * spatial_scale - shift, y1 * spatial_scale - shift
        width, height = (x2 - x1) * spatial_scale, (y2 - y1) * spatial_scale
        if not aligned:
            width, height = max(width, 1.0), max(height, 1.0)
        down = sampling_ratio if sampling_ratio > 0 else math.ceil(height / rows)
        across = sampling_ratio if sampling_ratio > 0 else math.ceil(width / columns)
        down, across = max(down, 0), max(across, 0)
        if not down or not across:
            found.append(input.new_zeros(input.shape[1], rows, columns))
            continue
        y = top + (autograd.arange(rows * down, device=input.device, dtype=autograd.float64) + 0.5) * height / (
            rows * down
        )
        x = left + (autograd.arange(columns * across, device=input.device, dtype=autograd.float64) + 0.5) * width / (
            columns * across
        )
        grid_y, grid_x = autograd.meshgrid(y, x, indexing="ij")
        values = _bilinear(input[int(number)], grid_y, grid_x)
        cells = values.reshape(input.shape[1], rows, down, columns, across)
        found.append(cells.mean((2, 4)))
    return autograd.stack(found) if found else input.new_zeros(0, input.shape[1], rows, columns)


def roi_pool(input: Tensor, boxes: Boxes, output_size: Any, spatial_scale: float = 1.0) -> Tensor:
    """(regions, channels, *output_size): the largest value in each cell of a region (R. Girshick, 2015)."""
    rows, columns = _two(output_size)
    height, width = input.shape[2:]
    found = []
    for number, *box in _regions(boxes).detach().tolist():
        x1, y1, x2, y2 = (math.floor(abs(v * spatial_scale) + 0.5) * (1 if v >= 0 else -1) for v in box)
        tall, wide = max(y2 - y1 + 1, 1) / rows, max(x2 - x1 + 1, 1) / columns
        cells = []
        for i in range(rows):
            top, bottom = (min(max(v + y1, 0), height) for v in (math.floor(i * tall), math.ceil((i + 1) * tall)))
            for j in range(columns):
                left, right = (min(max(v + x1, 0), width) for v in (math.floor(j * wide), math.ceil((j + 1) * wide)))
                cell = input[int(number), :, top:bottom, left:right]
                cells.append(cell.amax((1, 2)) if cell.numel() else input.new_zeros(input.shape[1]))
        found.append(autograd.stack(cells, 1).reshape(input.shape[1], rows, columns))
    return autograd.stack(found) if found else input.new_zeros(0, input.shape[1], rows, columns)


class RoIAlign(nn.Module):
    """roi_align with its settings."""

    def __init__(self, output_size: Any, spatial_scale: float, sampling_ratio: int, aligned: bool = False) -> None:
        super().__init__()
        self.output_size, self.spatial_scale = output_size, spatial_scale
        self.sampling_ratio, self.aligned = sampling_ratio, aligned

    def forward(self, input: Tensor, rois: Boxes) -> Tensor:
        return roi_align(input, rois, self.output_size, self.spatial_scale, self.sampling_ratio, self.aligned)


class RoIPool(nn.Module):
    """roi_pool with its settings."""

    def __init__(self, output_size: Any, spatial_scale: float) -> None:
        super().__init__()
        self.output_size, self.spatial_scale = output_size, spatial_scale

    def forward(self, input: Tensor, rois: Boxes) -> Tensor:
        return roi_pool(input, rois, self.output_size, self.spatial_scale)


__all__ = ["RoIAlign", "RoIPool", "roi_align", "roi_pool"]
