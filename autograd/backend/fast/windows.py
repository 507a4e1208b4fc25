"""Sliding windows in two dimensions: the adjoint of unfolding, maxima and their adjoint."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..base import first_inside
from .loops import COMPILED, Array, compiled, in_blocks, loop


@compiled
def _fold(windows: Array, out: Array, stride: tuple[int, ...], dilation: tuple[int, ...]) -> None:
    batch, rows, columns, high, wide, channels = windows.shape
    for n in range(batch):
        for row in range(rows):
            for column in range(columns):
                for i in range(high):
                    for j in range(wide):
                        source = windows[n, row, column, i, j]
                        target = out[n, row * stride[0] + i * dilation[0], column * stride[1] + j * dilation[1]]
                        for c in range(channels):
                            target[c] += source[c]


@loop("fold")
def fold(windows: Array, space: Sequence[int], stride: Sequence[int], dilation: Sequence[int]) -> Array:
    """`Backend.fold` in two dimensions."""
    if len(space) != 2 or not windows.flags.c_contiguous or windows.dtype not in COMPILED:
        return NotImplemented
    for places, size, step, gap, k in zip(windows.shape[1:3], space, stride, dilation, windows.shape[3:5], strict=True):
        if step < 0 or gap < 0 or (places and k and (places - 1) * step + (k - 1) * gap >= size):
            raise ValueError(f"fold: windows {windows.shape} at steps {stride}, {dilation} leave the space {space}")
    out = np.zeros((windows.shape[0], *space, windows.shape[-1]), dtype=windows.dtype)
    in_blocks(_fold, (windows, out), tuple(stride), tuple(dilation))
    return out


@compiled
def _max_pool(
    x: Array, best: Array, place: Array, kernel: tuple[int, ...], stride: tuple[int, ...], dilation: tuple[int, ...]
) -> None:
    batch, rows, columns, channels = best.shape
    for n in range(batch):
        for row in range(rows):
            for column in range(columns):
                largest, number = best[n, row, column], place[n, row, column]
                largest[:] = x[n, row * stride[0], column * stride[1]]
                for i in range(kernel[0]):
                    for j in range(kernel[1]):
                        source = x[n, row * stride[0] + i * dilation[0], column * stride[1] + j * dilation[1]]
                        here = np.int32(i * kernel[1] + j)
                        for c in range(channels):
                            value = source[c]
                            larger = (value > largest[c]) | (value != value)  # no `or`: a branch is slow
                            largest[c] = value if larger else largest[c]
                            number[c] = here if larger else number[c]


@loop("max_pool")
def max_pool(
    x: Array, kernel: Sequence[int], stride: Sequence[int], dilation: Sequence[int], padding: Sequence[int]
) -> tuple[Array, Array]:
    """`Backend.max_pool` in two dimensions."""
    if x.ndim != 4 or x.dtype not in COMPILED:
        return NotImplemented
    outs = [(n - d * (k - 1) - 1) // s + 1 for n, k, s, d in zip(x.shape[2:], kernel, stride, dilation, strict=True)]
    best = np.empty((x.shape[0], *outs, x.shape[1]), dtype=x.dtype)
    place = np.zeros(best.shape, dtype=np.int32)
    if any(padding):
        place += first_inside(np, outs, kernel, stride, dilation, padding)[..., None]
    last = np.ascontiguousarray(x.transpose(0, 2, 3, 1))
    in_blocks(_max_pool, (last, best, place), tuple(kernel), tuple(stride), tuple(dilation))
    return best.transpose(0, 3, 1, 2), place.transpose(0, 3, 1, 2)


@compiled
def _max_scatter(
    g: Array, place: Array, out: Array, kernel: tuple[int, ...], stride: tuple[int, ...], dilation: tuple[int, ...]
) -> None:
    batch, rows, columns, channels = g.shape
    for n in range(batch):
        for row in range(rows):
            for column in range(columns):
                up, number = g[n, row, column], place[n, row, column]
                for i in range(kernel[0]):
                    for j in range(kernel[1]):
                        target = out[n, row * stride[0] + i * dilation[0], column * stride[1] + j * dilation[1]]
                        here = np.int32(i * kernel[1] + j)
                        for c in range(channels):
                            target[c] += up[c] if number[c] == here else 0


@loop("max_scatter")
def max_scatter(
    g: Array, place: Array, space: Sequence[int], kernel: Sequence[int], stride: Sequence[int], dilation: Sequence[int]
) -> Array:
    """`Backend.max_scatter` in two dimensions."""
    if g.ndim != 4 or g.dtype not in COMPILED:
        return NotImplemented
    last = [np.ascontiguousarray(array.transpose(0, 2, 3, 1)) for array in (g, place)]
    out = np.zeros((g.shape[0], *space, g.shape[1]), dtype=g.dtype)
    in_blocks(_max_scatter, (*last, out), tuple(kernel), tuple(stride), tuple(dilation))
    return out.transpose(0, 3, 1, 2)
