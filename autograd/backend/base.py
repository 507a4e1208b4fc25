"""What a backend must offer: an array namespace, memory movement, and the named kernels.

A named kernel says what a namespace can't say in one pass. Each has its portable reference here, in
operations of the array API standard; a backend may override it with something faster that agrees.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar

import numpy as np

from ..device import device as Device
from ..dtypes import dtype as DType, float16
from . import philox, special
from .arrays import Array, Namespace
from .locks import lock_across_forks

drawing = lock_across_forks()  # held while a generator's state is read and moved on


class Backend:
    """One device's arrays. Subclass it, and hand a factory to `autograd.backend.register_backend`.

    `xp` is the array namespace; what it makes from nothing (`zeros`, `arange`) must lie on this device.
    `array_type` is the class of its arrays; `dtypes` maps the namespace's dtypes to autograd's and
    `native` the other way. `loops` holds what is compiled for this device: each loop by the name of what it
    computes, an optimizer's update by those of its class and its state. A loop returns NotImplemented, with
    nothing done, for arguments that it does not take.
    """

    device: Device
    xp: Namespace
    array_type: type
    dtypes: dict[Any, DType]
    native: dict[DType, Any]
    loops: ClassVar[dict[Any, Callable[..., Any]]] = {}
    narrow: Any = None  # a dtype that the namespace stores and does not compute in, once there are arrays of it
    ordered = False  # whether results lie in memory as torch's do
    plain = True  # no such dtype: a primitive's own function computes
    strided = False  # whether its arrays have `flags` and `strides` as NumPy's
    sparse = False  # whether its arrays name the elements that are there: no primitive computes with such

    @functools.cached_property
    def complex_native(self) -> frozenset:
        """The namespace's complex dtypes."""
        return frozenset(native for native, kind in self.dtypes.items() if kind.is_complex)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.device}>"

    def compiled(self, name: Any, *arguments: Any) -> Any:
        """What a compiled loop makes of the arguments; NotImplemented if there is none that takes them."""
        loop = self.loops.get(name)
        return NotImplemented if loop is None else loop(*arguments)

    # Memory

    def as_array(self, value: Any) -> Array:
        """An array of this backend for what a computation returned (a NumPy scalar, say)."""
        return self.xp.asarray(value)

    def from_numpy(self, array: np.ndarray) -> Array:
        raise NotImplementedError

    def to_numpy(self, array: Array) -> np.ndarray:
        raise NotImplementedError

    def copy(self, array: Array) -> Array:
        return self.xp.asarray(array, copy=True)

    def broadcast_to(self, array: Array, shape: tuple[int, ...]) -> Array:
        return self.xp.broadcast_to(array, shape)

    def contiguous(self, array: Array) -> Array:
        """The same values in C order."""
        return array

    def shares_memory(self, view: Array, source: Array) -> bool:
        """Whether `view`, just made from `source`, is a window on its memory: False if this namespace copies."""
        raise NotImplementedError

    def sole(self, array: Array) -> bool:
        """Whether nothing but one tensor holds this array; False if that can't be known."""
        return False

    def viewable(self, array: Array, shape: Sequence[int]) -> bool:
        """Whether these elements can be seen in another shape without being moved."""
        return True

    def exclusive(self, array: Array) -> bool:
        """Whether each element has a place of its own in memory, so that writing in place is safe."""
        return True

    def strides(self, array: Array) -> tuple[int, ...]:
        steps, step = [], 1
        for size in reversed(array.shape):
            steps.append(step)
            step *= size
        return tuple(reversed(steps))

    def is_contiguous(self, array: Array) -> bool:
        return True

    def pointer(self, array: Array) -> int:
        return id(array)

    def storage(self, array: Array) -> tuple[Array, int]:
        """All of the memory that the array is a part of, flat, and how many elements lie before the array's first."""
        raise NotImplementedError(f"storage: arrays of {self.device} can't be looked at as flat memory")

    def window(self, flat: Array, offset: int, size: Sequence[int], stride: Sequence[int]) -> Array:
        """The array of these steps, in elements, through flat memory."""
        raise NotImplementedError(f"window: arrays of {self.device} can't be looked at as flat memory")

    def as_bytes(self, flat: Array) -> Array:
        """The same flat memory as uint8."""
        raise NotImplementedError(f"as_bytes: arrays of {self.device} can't be looked at as flat memory")

    def of_bytes(self, flat: Array, dtype: DType) -> Array:
        """The same flat memory, of uint8, as another dtype."""
        raise NotImplementedError(f"of_bytes: arrays of {self.device} can't be looked at as flat memory")

    def synchronize(self) -> None:
        """Waits until all that was asked of the device is done."""

    def mark(self) -> Any:
        """A mark behind what was asked of the device so far; None where nothing is left to do when a call returns."""
        return None

    def seconds_between(self, first: Any, last: Any) -> float:
        """The time from one mark to another, once the device has come to both."""
        raise NotImplementedError(f"seconds_between: there are no marks on {self.device}")

    def all_finite(self, array: Array) -> bool:
        return bool(self.to_numpy(self.xp.all(self.xp.isfinite(array))))

    def check_divisor(self, y: Any) -> None:
        """ValueError for a zero among integers, which have no infinity to give; here nothing is looked at."""

    def fmod(self, x: Any, y: Any) -> Array:
        """x - trunc(x / y) y, exact, with the sign of x; one of both may be a number."""
        xp = self.xp
        if not hasattr(x, "dtype"):
            x = xp.asarray(x, dtype=y.dtype)
        if not hasattr(y, "dtype"):
            y = xp.asarray(y, dtype=x.dtype)
        rest = xp.remainder(xp.abs(x), xp.abs(y))
        return xp.copysign(rest, x) if xp.isdtype(rest.dtype, "real floating") else xp.where(x < 0, -rest, rest)

    def sum(self, x: Array, axes: tuple[int, ...], keepdims: bool) -> Array:
        """The sum over some axes; half precision is summed in single."""
        half = self.native.get(float16)
        if half is None or x.dtype != half:
            return self.xp.sum(x, axis=axes, keepdims=keepdims)
        return self.xp.astype(self.xp.sum(x, axis=axes, keepdims=keepdims, dtype=self.xp.float32), half)

    def total(self, x: Array, axes: tuple[int, ...]) -> Array:
        """The sum over some axes, which stay with size 1, added up in double precision."""
        xp = self.xp
        return xp.astype(xp.sum(x, axis=axes, keepdims=True, dtype=xp.float64), x.dtype)

    def average(self, x: Array, axes: tuple[int, ...]) -> Array:
        """The mean over some axes, which stay with size 1, added up in double precision."""
        return self.total(x, axes) / math.prod(x.shape[i] for i in axes)

    def windows(self, x: Array, axis: int, size: int, step: int) -> Array:
        """Windows of `size` elements, `step` apart, along an axis, as a last axis; a view where that can be."""
        xp = self.xp
        starts = range(0, x.shape[axis] - size + 1, step)
        before = (slice(None),) * axis
        return xp.stack([x[(*before, slice(i, i + len(starts) * step - step + 1, step))] for i in range(size)], axis=-1)

    def diagonal(self, x: Array, offset: int) -> Array:
        """A diagonal of the last two axes."""
        xp = self.xp
        rows, columns = x.shape[-2:]
        length = max(min(rows, columns - offset) if offset >= 0 else min(rows + offset, columns), 0)
        if not length:
            return xp.zeros((*x.shape[:-2], 0), dtype=x.dtype)
        row, column = (-offset, 0) if offset < 0 else (0, offset)
        block = x[..., row : row + length, column : column + length]
        chosen = xp.astype(xp.eye(length), xp.bool)
        return xp.sum(xp.where(chosen, block, 0), axis=-1, dtype=x.dtype)

    def lay_as_torch(self, mode: bool) -> None:
        """From now on (or no longer) results lie in torch's order; see `autograd/engine/laying.py`."""

    # A dtype that is stored and not computed in

    def check_dtype(self, kind: DType) -> None:
        """TypeError where there are no arrays of this dtype."""
        _ = self.native[kind]

    def is_narrow(self, x: Any) -> bool:
        """Whether this is an array of that dtype."""
        return self.narrow is not None and getattr(x, "dtype", None) == self.narrow

    def widen(self, x: Array) -> Array:
        """Its numbers in float32."""
        raise NotImplementedError

    def widen_written(self, x: Array) -> Array:
        """Likewise, where every write in place is to be rounded."""
        return self.widen(x)

    def nearest(self, number: float) -> float:
        """The number of that dtype that is nearest."""
        return number

    def narrowed(self, x: Array) -> Array:
        """What was computed in float32, rounded; what is of another dtype as it is."""
        return x if x.dtype != self.xp.float32 else self.xp.astype(x, self.narrow)

    # Named kernels: complex numbers as pairs of real ones in a last axis of two

    def from_pairs(self, pairs: Array) -> Array:
        kind = self.native[self.dtypes[pairs.dtype].to_complex()]
        return self.xp.astype(pairs[..., 0], kind) + self.xp.astype(pairs[..., 1], kind) * 1j

    def to_pairs(self, x: Array) -> Array:
        return self.xp.stack([self.xp.real(x), self.xp.imag(x)], axis=-1)

    # Named kernels: order

    def argsort(self, x: Array, axis: int, descending: bool) -> Array:
        """The positions that sort an axis, stably; nan counts as the largest."""
        return self.xp.astype(self.xp.argsort(x, axis=axis, descending=descending, stable=True), self.xp.int64)

    def unique(self, x: Array) -> tuple[Array, Array, Array]:
        """The different elements of a vector in order, which of them each element is, and how often each occurs."""
        found = self.xp.unique_all(x)
        order = self.xp.argsort(found.values)
        place = self.xp.argsort(order)
        return (
            self.xp.take(found.values, order),
            self.xp.take(place, found.inverse_indices),
            self.xp.take(found.counts, order),
        )

    def bincount(self, x: Array, weights: Array | None, length: int) -> Array:
        """How often each integer below `length` occurs in a vector, or the sums of its weights."""
        xp = self.xp
        kind = xp.int64 if weights is None else weights.dtype
        hits = xp.astype(xp.expand_dims(x, axis=1) == xp.arange(length, dtype=x.dtype), kind)
        return xp.sum(hits if weights is None else hits * xp.expand_dims(weights, axis=1), axis=0, dtype=kind)

    # Named kernels: indexing

    def index(self, x: Array, index: tuple) -> Array:
        """x[index], where index holds integer or boolean arrays."""
        return x[index]

    def index_write(self, x: Array, index: tuple, value: Any) -> None:
        """x[index] = value."""
        x[index] = value

    def index_add(self, x: Array, index: tuple, value: Array) -> None:
        """x[index] += value, where an element named several times receives each addition."""
        xp = self.xp
        positions = self.index(xp.reshape(xp.arange(math.prod(x.shape)), x.shape), index)
        flat, values = xp.reshape(positions, (-1,)), xp.reshape(xp.broadcast_to(value, positions.shape), (-1,))
        hit = xp.astype(xp.expand_dims(flat, axis=1) == xp.arange(math.prod(x.shape)), x.dtype)
        x[...] = x + xp.reshape(xp.matmul(values, hit), x.shape)

    def sum_rows(self, x: Array, rows: Array, size: int, source: Array | None, weights: Array | None) -> Array:
        """out of `size` rows, where out[rows[i]] += weights[i] * x[source[i]] for each i (None: i itself, and 1)."""
        xp = self.xp
        part = x if source is None else xp.take(x, source, axis=0)
        if weights is not None:
            part = part * xp.reshape(weights, (-1, *[1] * (part.ndim - 1)))
        out = xp.zeros((size, *x.shape[1:]), dtype=x.dtype)
        if rows.shape[0]:
            self.index_add(out, (rows,), part)
        return out

    def take_along(self, x: Array, index: Array, axis: int) -> Array:
        """The elements of x at `index` along an axis, where index may be shorter in the other axes."""
        window = tuple(slice(None) if i == axis else slice(0, n) for i, n in enumerate(index.shape))
        return self.xp.take_along_axis(x[window], index, axis=axis)

    def add_along(self, x: Array, index: Array, value: Array, axis: int) -> None:
        """The adjoint of take_along: adds to x where take_along reads."""
        xp = self.xp
        window = tuple(slice(None) if i == axis else slice(0, n) for i, n in enumerate(index.shape))
        places = xp.expand_dims(xp.moveaxis(index, axis, -1), axis=-1) == xp.arange(x.shape[axis])
        spread = xp.expand_dims(xp.moveaxis(value, axis, -1), axis=-1) * xp.astype(places, x.dtype)
        x[window] = x[window] + xp.moveaxis(xp.sum(spread, axis=-2, dtype=x.dtype), -1, axis)

    def extreme_along(self, x: Array, index: Array, value: Array, axis: int, largest: bool, own: bool) -> Array:
        """x with the largest (or smallest) of the values that `index` sends to a place, and of x itself if `own`."""
        xp = self.xp
        window = tuple(slice(None) if i == axis else slice(0, n) for i, n in enumerate(index.shape))
        hits = xp.expand_dims(xp.moveaxis(index, axis, -1), axis=-2) == xp.expand_dims(xp.arange(x.shape[axis]), axis=1)
        here = xp.moveaxis(x[window], axis, -1)
        low = xp.min(value) if largest else xp.max(value)
        table = xp.where(hits, xp.expand_dims(xp.moveaxis(value, axis, -1), axis=-2), low)
        met = xp.any(hits, axis=-1)
        best = xp.max(table, axis=-1) if largest else xp.min(table, axis=-1)
        if own:
            best = xp.maximum(best, here) if largest else xp.minimum(best, here)
        made = self.copy(x)
        made[window] = xp.moveaxis(xp.where(met, best, here), -1, axis)
        return made

    def topk(self, x: Array, k: int, axis: int, largest: bool) -> Array:
        """The positions of the k largest (or smallest) elements of an axis, in order."""
        order = self.argsort(x, axis, largest)
        return order[tuple(slice(0, k) if i == axis else slice(None) for i in range(x.ndim))]

    def blocks(self, count: int, bytes_each: int) -> Iterator[slice]:
        """Slices of a batch of `count`, each as large as the device likes to work on at once: here, all of it."""
        yield slice(0, count)

    # Named kernels: products

    def each(self, task: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        """[task(item) for item in items]; a backend with threads of its own may run several tasks at once."""
        return [task(item) for item in items]

    def matmul(self, x: Array, y: Array) -> Array:
        """The products of matrices, over broadcast leading dimensions."""
        return self.xp.matmul(x, y)

    # Named kernels: sliding windows, in channels-last order (N, *space, C)

    def unfold(self, x: Array, kernel: Sequence[int], stride: Sequence[int], dilation: Sequence[int]) -> Array:
        """The windows of x (N, *S, C) as (N, *O, *K, C), C-contiguous."""
        xp = self.xp
        windows = [x[place] for place in window_slices(x.shape[1:-1], kernel, stride, dilation)]
        stacked = xp.stack(windows, axis=-2)
        return xp.reshape(stacked, (*stacked.shape[:-2], *kernel, x.shape[-1]))

    def fold(self, windows: Array, space: Sequence[int], stride: Sequence[int], dilation: Sequence[int]) -> Array:
        """The adjoint of unfold: sums windows (N, *O, *K, C) back into (N, *S, C)."""
        dims = len(space)
        kernel = windows.shape[1 + dims : 1 + 2 * dims]
        x = self.xp.zeros((windows.shape[0], *space, windows.shape[-1]), dtype=windows.dtype)
        every = (slice(None),) * (1 + dims)
        offsets = itertools.product(*map(range, kernel))
        for offset, place in zip(offsets, window_slices(space, kernel, stride, dilation), strict=True):
            x[place] += windows[(*every, *offset, slice(None))]
        return x

    # Named kernels: maxima in windows of (N, C, *S), and the places they stand at, numbered within the window

    def max_pool(
        self, x: Array, kernel: Sequence[int], stride: Sequence[int], dilation: Sequence[int], padding: Sequence[int]
    ) -> tuple[Array, Array]:
        """The maximum of each window and the number of its place: the first at a tie, a nan before all numbers.

        `padding` has already been put around x. Where it is as low as all the rest, the first place inside counts.
        """
        xp = self.xp
        cuts = [
            (batch, channels, *cut) for batch, *cut, channels in window_slices(x.shape[2:], kernel, stride, dilation)
        ]
        best = xp.asarray(x[cuts[0]], copy=True)
        place = xp.zeros(best.shape, dtype=xp.int32)
        if any(padding):
            place += first_inside(xp, best.shape[2:], kernel, stride, dilation, padding)
        for number, cut in enumerate(cuts[1:], 1):
            here = x[cut]
            place = xp.where(xp.logical_or(here > best, here != here), xp.asarray(number, dtype=xp.int32), place)
            best = xp.maximum(best, here)
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
        """Zeros (N, C, *space), with g added where each window's maximum stood."""
        spread = self.xp.zeros((*place.shape[:2], *space), dtype=g.dtype)
        overlapping = any(d * (k - 1) >= s for k, s, d in zip(kernel, stride, dilation, strict=True))
        for number, (batch, *cut, channels) in enumerate(window_slices(space, kernel, stride, dilation)):
            found = self.gate(g, place == number)
            if overlapping:
                spread[(batch, channels, *cut)] += found
            else:
                spread[(batch, channels, *cut)] = found
        return spread

    # Named kernels: functions the array API lacks, random bits

    def erf(self, x: Array) -> Array:
        return special.erf(self.xp, x)

    def gate(self, g: Array, condition: Array) -> Array:
        """g where the condition holds, else 0."""
        return self.xp.where(condition, g, 0.0)

    def gate_positive(self, g: Array, x: Array) -> Array:
        """g where x > 0, else 0."""
        return self.gate(g, x > 0)

    def random_bits(self, state: Array, count: int) -> Array:
        """`count` random 64-bit words from state (seed, offset), whose offset moves on.

        Reading the state and moving it on is one step, so that threads get different numbers.
        """
        with drawing:
            before = self.copy(state)
            state[1] = state[1] + self.xp.astype(self.xp.asarray(-(-count // 4)), state.dtype)
        return philox.words(self.xp, before, count)

    def random_halves(self, state: Array, count: int) -> Array:
        """`count` random 24-bit integers: the upper bits of the low and high half of each word."""
        xp = self.xp
        words = self.random_bits(state, (count + 1) // 2)
        low = (words & xp.asarray(0xFFFFFFFF, dtype=xp.uint64)) >> xp.asarray(8, dtype=xp.uint64)
        high = words >> xp.asarray(40, dtype=xp.uint64)
        return xp.reshape(xp.stack([low, high], axis=1), (-1,))[:count]


def first_inside(
    xp: Namespace,
    outs: Sequence[int],
    kernel: Sequence[int],
    stride: Sequence[int],
    dilation: Sequence[int],
    padding: Sequence[int],
) -> Array:
    """For each window the number of the first of its places that is not padding."""
    number = xp.zeros(outs, dtype=xp.int64)
    for axis, (out, k, s, d, p) in enumerate(zip(outs, kernel, stride, dilation, padding, strict=True)):
        before = xp.astype(xp.arange(out) * s < p, xp.int64)  # whether the window begins in the padding
        skipped = before * ((p - xp.arange(out) * s + d - 1) // d)
        number = number * k + xp.reshape(skipped, tuple(-1 if i == axis else 1 for i in range(len(outs))))
    return xp.astype(number, xp.int32)


def window_slices(
    space: Sequence[int], kernel: Sequence[int], stride: Sequence[int], dilation: Sequence[int]
) -> Iterator[tuple[slice, ...]]:
    """For each place in the kernel, the slice of (N, *S, C) that holds what all windows have there."""
    outs = [(s - d * (k - 1) - 1) // t + 1 for s, k, t, d in zip(space, kernel, stride, dilation, strict=True)]
    for offset in itertools.product(*map(range, kernel)):
        cuts = [
            slice(i * d, i * d + (o - 1) * t + 1, t) for i, d, t, o in zip(offset, dilation, stride, outs, strict=True)
        ]
        yield (slice(None), *cuts, slice(None))
