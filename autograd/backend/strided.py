"""What NumPy's and CuPy's arrays have in common: memory that strides lead through."""

from __future__ import annotations

from collections.abc import Sequence

from .base import Array, Backend


class StridedBackend(Backend):
    """Arrays with `strides` in bytes, whose namespace has `as_strided`, `ix_` and `add.at`."""

    def exclusive(self, array: Array) -> bool:
        if 0 not in array.strides:
            return True
        return all(step or size <= 1 for step, size in zip(array.strides, array.shape, strict=True)) or not array.size

    def strides(self, array: Array) -> tuple[int, ...]:
        return tuple(step // array.itemsize for step in array.strides)

    def is_contiguous(self, array: Array) -> bool:
        return bool(array.flags.c_contiguous)

    def copy(self, array: Array) -> Array:
        return array.copy()

    def from_pairs(self, pairs: Array) -> Array:
        kind = self.native[self.dtypes[pairs.dtype].to_complex()]
        if pairs.strides[-1] != pairs.itemsize:
            pairs = self.xp.ascontiguousarray(pairs)
        return pairs.view(kind)[..., 0]

    def to_pairs(self, x: Array) -> Array:
        pairs = x[..., None]
        return pairs.view(self.native[self.dtypes[x.dtype].to_real()])

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
        outs = [(s - d * (k - 1) - 1) // t + 1 for s, k, t, d in zip(space, kernel, stride, dilation, strict=True)]
        first, *steps, last = x.strides
        between = [step * t for step, t in zip(steps, stride, strict=True)]
        within = [step * d for step, d in zip(steps, dilation, strict=True)]
        windows = self.xp.lib.stride_tricks.as_strided(
            x, (batch, *outs, *kernel, channels), (first, *between, *within, last)
        )
        return self.xp.ascontiguousarray(windows)
