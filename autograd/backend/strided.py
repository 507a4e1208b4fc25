"""What NumPy's and CuPy's arrays have in common: memory that strides lead through."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from .. import dtypes
from .base import Array, Backend


class StridedBackend(Backend):
    """Arrays with `strides` in bytes, whose namespace has `as_strided`, `ix_` and `add.at`."""

    strided = True

    def exclusive(self, array: Array) -> bool:
        if array.flags.c_contiguous:
            return True
        reach = 0  # how far the elements seen so far lie apart, from the dimension of the smallest step on
        for step, size in sorted(zip(map(abs, array.strides), array.shape, strict=True)):
            if size > 1:
                if step <= reach:
                    return False
                reach += step * (size - 1)
        return True

    def sole(self, array: Array) -> bool:
        # The array's own holder, this call's argument and that of getrefcount; its base is held by the array.
        return array.base is None and sys.getrefcount(array) <= 3

    def viewable(self, array: Array, shape: Sequence[int]) -> bool:
        if array.flags.c_contiguous or not array.size:
            return True
        # Runs of dimensions that one step leads through; each must be cut up by whole sizes of the new shape.
        runs: list[tuple[int, int]] = []  # (elements, smallest step), from the last dimension to the first
        for size, step in reversed(list(zip(array.shape, array.strides, strict=True))):
            if size == 1:
                continue
            if runs and step == runs[-1][0] * runs[-1][1]:
                runs[-1] = runs[-1][0] * size, runs[-1][1]
            else:
                runs.append((size, step))
        sizes = [size for size in shape if size != 1]
        for elements, _ in runs:
            while elements > 1:
                if not sizes or elements % sizes[-1]:
                    return False
                elements //= sizes.pop()
        return True

    def strides(self, array: Array) -> tuple[int, ...]:
        return tuple(step // array.itemsize for step in array.strides)

    def is_contiguous(self, array: Array) -> bool:
        return bool(array.flags.c_contiguous)

    def storage(self, array: Any) -> tuple[Array, int]:
        owner: Any = array
        kind: Any = self.array_type
        while isinstance(owner.base, kind) and owner.base.dtype == array.dtype:
            owner = owner.base
        flat = owner.ravel(order="K")
        if not array.size:
            return flat, 0
        return flat, (self.pointer(array) - self.pointer(flat)) // array.itemsize

    def window(self, flat: Array, offset: int, size: Sequence[int], stride: Sequence[int]) -> Array:
        start = flat[offset:] if offset else flat
        return self.xp.lib.stride_tricks.as_strided(start, tuple(size), tuple(n * flat.itemsize for n in stride))

    def as_bytes(self, flat: Array) -> Array:
        return flat.view(self.native[dtypes.uint8])

    def of_bytes(self, flat: Array, dtype: dtypes.dtype) -> Array:
        return flat.view(self.native[dtype])

    def copy(self, array: Array) -> Array:
        return array.copy(order="C" if 0 in array.strides else "K")

    def from_pairs(self, pairs: Array) -> Array:
        kind = self.native[self.dtypes[pairs.dtype].to_complex()]
        if pairs.strides[-1] != pairs.itemsize:
            pairs = self.xp.ascontiguousarray(pairs)
        return pairs.view(kind)[..., 0]

    def to_pairs(self, x: Array) -> Array:
        pairs = x[..., None]
        return pairs.view(self.native[self.dtypes[x.dtype].to_real()])

    def windows(self, x: Array, axis: int, size: int, step: int) -> Array:
        shape, strides = list(x.shape), list(x.strides)
        shape[axis] = (shape[axis] - size) // step + 1
        strides[axis] *= step
        return self.xp.lib.stride_tricks.as_strided(x, (*shape, size), (*strides, x.strides[axis]))

    def fmod(self, x: Any, y: Any) -> Array:
        return self.xp.fmod(x, y)

    def diagonal(self, x: Array, offset: int) -> Array:
        return self.xp.diagonal(x, offset, -2, -1)

    def argsort(self, x: Array, axis: int, descending: bool) -> Array:
        xp = self.xp
        if not descending:
            return xp.argsort(x, axis=axis, kind="stable")
        # The order of the reversed axis, read backwards, is descending and keeps equals in order.
        order = xp.argsort(xp.flip(x, axis=axis), axis=axis, kind="stable")
        return x.shape[axis] - 1 - xp.flip(order, axis=axis)

    def unique(self, x: Array) -> tuple[Array, Array, Array]:
        return self.xp.unique(x, return_inverse=True, return_counts=True)

    def bincount(self, x: Array, weights: Array | None, length: int) -> Array:
        counted = self.xp.bincount(x, weights, length)
        return counted if weights is None else counted.astype(weights.dtype)

    def index_add(self, x: Array, index: tuple, value: Array) -> None:
        self.xp.add.at(x, index, value)

    def add_along(self, x: Array, index: Array, value: Array, axis: int) -> None:
        places = list(self.xp.ix_(*map(self.xp.arange, index.shape)))
        places[axis] = index
        self.index_add(x, tuple(places), value)

    def extreme_along(self, x: Array, index: Array, value: Array, axis: int, largest: bool, own: bool) -> Array:
        xp = self.xp
        places: list[Array] = list(xp.ix_(*map(xp.arange, index.shape)))
        places[axis] = index
        made = x.copy()
        if not own:
            made[tuple(places)] = value  # any of them: a start that the others are compared with
        (xp.maximum if largest else xp.minimum).at(made, tuple(places), value)
        return made

    def unfold(self, x: Array, kernel: Sequence[int], stride: Sequence[int], dilation: Sequence[int]) -> Array:
        batch, *space, channels = x.shape
        if min(*stride, 1) < 1 or min(*dilation, 0) < 0:  # they would lead out of the memory of x
            raise ValueError(f"unfold: windows at steps {tuple(stride)}, {tuple(dilation)}")
        outs = [(s - d * (k - 1) - 1) // t + 1 for s, k, t, d in zip(space, kernel, stride, dilation, strict=True)]
        first, *steps, last = x.strides
        between = [step * t for step, t in zip(steps, stride, strict=True)]
        within = [step * d for step, d in zip(steps, dilation, strict=True)]
        windows = self.xp.lib.stride_tricks.as_strided(
            x, (batch, *outs, *kernel, channels), (first, *between, *within, last)
        )
        return self.xp.ascontiguousarray(windows)
