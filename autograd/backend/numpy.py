"""The CPU, through NumPy; some kernels run as compiled loops, where there are any."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar

import numpy as np

from .. import dtypes
from ..device import device as Device
from . import bfloat16, malloc, segments, threads
from .base import Array, drawing, first_inside, window_slices
from .strided import StridedBackend

try:
    from scipy.special import erf as _scipy_erf
except ImportError:
    _scipy_erf = None


BLOCK_BYTES = 1 << 21
_add_reduce: Any = np.add.reduce  # np.sum without its wrapper in Python


class _Own(threading.local):
    """What each thread has for itself."""

    def __init__(self) -> None:
        self.philox = np.random.Philox(key=[0, 0])


class NumpyBackend(StridedBackend):
    """NumPy arrays in host memory."""

    xp = np
    array_type = np.ndarray
    loops: ClassVar[dict[Any, Callable[..., Any]]] = {}  # filled by `autograd.backend.fast`

    def __init__(self) -> None:
        self.device = Device("cpu")
        known = {kind: np.dtype(kind.name) for kind in dtypes.ALL if kind is not dtypes.bfloat16}
        self.native = bfloat16.Native(known, self._notice)
        self.dtypes = bfloat16.Kinds(self.native)
        self._own = _Own()
        malloc.keep_freed_memory()

    def _notice(self, narrow: Any) -> None:
        self.narrow, self.plain = narrow, False

    def lay_as_torch(self, mode: bool) -> None:
        self.ordered = mode

    def as_array(self, value: Any) -> Array:
        return np.asarray(value)

    def from_numpy(self, array: np.ndarray) -> Array:
        self.check_dtype(self.dtypes[array.dtype])
        return array

    def to_numpy(self, array: Array) -> np.ndarray:
        return array

    def widen(self, x: Array) -> Array:
        return bfloat16.widen(x)

    def widen_written(self, x: Array) -> Array:
        return bfloat16.widen(x).view(bfloat16.Written)

    def nearest(self, number: float) -> float:
        return float(bfloat16.BFLOAT16.type(number))

    def broadcast_to(self, array: Array, shape: tuple[int, ...]) -> Array:
        view = np.broadcast_to(array, shape)
        view.flags.writeable = array.flags.writeable  # whether elements share a place is `exclusive`'s to tell
        return view

    def sole(self, array: Array) -> bool:
        base = array.base  # a transposed result is a view of an array that nothing else need hold
        return sys.getrefcount(array) <= 3 and (base is None or (base.base is None and sys.getrefcount(base) <= 3))

    def contiguous(self, array: Array) -> Array:
        return array if array.flags.c_contiguous else np.ascontiguousarray(array)

    def shares_memory(self, view: Array, source: Array) -> bool:
        # Most views say so by their base; one made in a roundabout way overlaps, and a copy does not.
        base = view.base
        if view is source or (base is not None and (base is source or base is source.base)):
            return True
        return np.may_share_memory(view, source)

    def diagonal(self, x: Array, offset: int) -> Array:
        view = x.diagonal(offset, -2, -1)
        view.flags.writeable = x.flags.writeable
        return view

    def pointer(self, array: Array) -> int:
        return array.ctypes.data

    def window(self, flat: Array, offset: int, size: Sequence[int], stride: Sequence[int]) -> Array:
        # Not as_strided, whose arrays hide from `storage` what they look at.
        steps = tuple(n * flat.itemsize for n in stride)
        return np.ndarray(tuple(size), flat.dtype, flat, offset * flat.itemsize, steps)

    def blocks(self, count: int, bytes_each: int) -> Iterator[slice]:
        """Blocks that stay in the processor's cache between the passes over them."""
        step = max(1, BLOCK_BYTES // max(bytes_each, 1))
        for start in range(0, max(count, 1), step):
            yield slice(start, start + step)

    def each(self, task: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        return threads.each(task, items)

    matmul = staticmethod(threads.matmul)

    def sum_rows(self, x: Array, rows: Array, size: int, source: Array | None, weights: Array | None) -> Array:
        if x.dtype.char == "e":  # half precision is summed in single
            wide = None if weights is None else weights.astype(np.float32)
            return self.sum_rows(x.astype(np.float32), rows, size, source, wide).astype(np.float16)
        return segments.sum_rows(x, rows, size, source, weights)

    def topk(self, x: Array, k: int, axis: int, largest: bool) -> Array:
        count = x.shape[axis]
        if not 0 < k < count // 4:  # sorting all is as fast
            return super().topk(x, k, axis, largest)
        part = np.argpartition(x, count - k if largest else k - 1, axis=axis)
        chosen = np.take(part, range(count - k, count) if largest else range(k), axis=axis)
        chosen.sort(axis=axis)  # equals in the order in which they stand
        order = self.argsort(np.take_along_axis(x, chosen, axis=axis), axis, largest)
        return np.take_along_axis(chosen, order, axis=axis)

    def check_divisor(self, y: Any) -> None:
        if np.asarray(y).dtype.kind in "iu" and not np.all(y):
            raise ValueError("division of integers by zero")

    def sum(self, x: Array, axes: tuple[int, ...], keepdims: bool) -> Array:
        if x.dtype.char != "e":
            return _add_reduce(x, axis=axes, keepdims=keepdims)
        return np.asarray(_add_reduce(x, axis=axes, keepdims=keepdims, dtype=np.float32)).astype(np.float16)

    def total(self, x: Array, axes: tuple[int, ...]) -> Array:
        if x.dtype.char != "f":
            return super().total(x, axes)
        # einsum walks memory in its own order, whichever axes are summed; add.reduce does not.
        kept = [i for i in range(x.ndim) if i not in axes]
        total = np.einsum(x, range(x.ndim), kept, dtype=np.float64).astype(np.float32)
        return total.reshape([1 if i in axes else size for i, size in enumerate(x.shape)])

    def fold(self, windows: Array, space: Sequence[int], stride: Sequence[int], dilation: Sequence[int]) -> Array:
        folded = self.compiled("fold", windows, space, stride, dilation)
        return super().fold(windows, space, stride, dilation) if folded is NotImplemented else folded

    def max_pool(
        self, x: Array, kernel: Sequence[int], stride: Sequence[int], dilation: Sequence[int], padding: Sequence[int]
    ) -> tuple[Array, Array]:
        pooled = self.compiled("max_pool", x, kernel, stride, dilation, padding)
        if pooled is not NotImplemented:
            return pooled
        first, *cuts = [
            (batch, channels, *cut) for batch, *cut, channels in window_slices(x.shape[2:], kernel, stride, dilation)
        ]
        best = x[first].copy()
        place = np.zeros_like(best, dtype=np.int32)
        if any(padding):
            place += first_inside(np, best.shape[2:], kernel, stride, dilation, padding)
        for number, cut in enumerate(cuts, 1):
            here = x[cut]
            np.maximum(place, (here > best).astype(np.int32) * number, out=place)  # the last to be larger
            np.maximum(best, here, out=best)
        if np.isnan(best).any():  # nothing is larger than nan
            return super().max_pool(x, kernel, stride, dilation, padding)
        return best, place

    def max_scatter(
        self,
        g: Array,
        place: Array,
        space: Sequence[int],
        kernel: Sequence[int],
        stride: Sequence[int],
        dilation: Sequence[int],
    ) -> Array:
        spread = self.compiled("max_scatter", g, place, space, kernel, stride, dilation)
        return super().max_scatter(g, place, space, kernel, stride, dilation) if spread is NotImplemented else spread

    def gate_positive(self, g: Array, x: Array) -> Array:
        gated = self.compiled("gate_positive", g, x)
        return super().gate_positive(g, x) if gated is NotImplemented else gated

    def erf(self, x: Array) -> Array:
        if x.dtype.char == "e":  # the powers of its series leave half precision's range
            return self.erf(x.astype(np.float32)).astype(np.float16)
        if _scipy_erf is None:
            return super().erf(x)
        return _scipy_erf(x)

    def random_bits(self, state: Array, count: int) -> Array:
        with drawing:
            seed, offset = state.tolist()
            state[1] = (offset + -(-count // 4)) & 0xFFFFFFFFFFFFFFFF
        generator = self._own.philox
        generator.state = {
            "bit_generator": "Philox",
            "state": {"counter": np.array([offset, 0, 0, 0], np.uint64), "key": np.array([seed, 0], np.uint64)},
            "buffer": np.zeros(4, np.uint64),
            "buffer_pos": 4,
            "has_uint32": 0,
            "uinteger": 0,
        }
        return generator.random_raw(count)

    def random_halves(self, state: Array, count: int) -> Array:
        return (self.random_bits(state, (count + 1) // 2).astype("<u8", copy=False).view("<u4") >> 8)[:count]
