"""How torch makes random numbers of each kind on the CPU from the words of its generator.

Each function gives the next `count` numbers of a stream as a vector, in the order that they lie in memory. Found by
comparing with what torch draws; where torch adds a product without rounding it first, so does this, in single
precision.
"""

from __future__ import annotations

import math
from typing import Any

import ml_dtypes
import numpy as np

from .base import Array
from .bfloat16 import BFLOAT16
from .mersenne import Stream

FILLED_IN_BLOCKS = 16  # so many normal numbers and more are drawn in blocks of 16, fewer in pairs
LONG_SPAN = 1 << 28  # integers from so many and more are drawn from words of 64 bits


# Floating-point numbers


def uniform(stream: Stream, count: int, kind: np.dtype, *, low: float = 0.0, high: float = 1.0) -> Array:
    """u (high - low) + low, u of 24 bits, or of 53 in double precision."""
    if kind.kind == "c":
        return uniform(stream, 2 * count, kind.type().real.dtype, low=low, high=high).view(kind)
    _check_floating(kind)
    if kind.char == "d":
        return _scaled(stream.doubles(count), high - low, low)
    single = np.float32
    numbers = _scaled(stream.singles(count), single(high) - single(low), single(low))
    if kind.char == "f":
        return numbers
    rounded = numbers.astype(kind)
    rounded[rounded == kind.type(high)] = kind.type(low)  # what rounding has moved out of [low, high)
    return rounded


def _is_floating(kind: np.dtype) -> bool:
    return kind.kind == "f" or kind == BFLOAT16


def _check_floating(kind: np.dtype) -> None:
    if not _is_floating(kind):
        raise RuntimeError(f"random numbers of a continuous distribution are floating-point ones, not {kind}")


def normal(stream: Stream, count: int, kind: np.dtype, *, mean: float = 0.0, std: float = 1.0) -> Array:
    """Normal numbers that fill a tensor without gaps: of 16 elements and more, in blocks (`normal_serial` of fewer)."""
    if kind.kind == "c":
        parts = normal(stream, 2 * count, kind.type().real.dtype, mean=mean, std=std / math.sqrt(2.0))
        return parts.view(kind)
    _check_floating(kind)
    if count < FILLED_IN_BLOCKS:
        return normal_serial(stream, count, kind, mean=mean, std=std)
    whole, rest = count - count % 16, count % 16
    draw = stream.doubles if kind.char == "d" else stream.singles
    drawn = draw(whole if kind.itemsize == 2 else count)
    numbers = np.empty(count, kind)
    numbers[:whole] = _blocks(drawn[:whole], mean, std)
    if rest:  # the last 16 again: those before them, too
        numbers[-16:] = _blocks(draw(16), mean, std)
    return numbers


def normal_serial(stream: Stream, count: int, kind: np.dtype, *, mean: float = 0.0, std: float = 1.0) -> Array:
    """Normal numbers one by one, of pairs in double precision; the second of the last pair may be kept."""
    return _scaled(_normals(stream, count), std, mean).astype(kind)


def _blocks(uniform: Array, mean: float, std: float) -> Array:
    """In blocks of 16, from the uniform numbers u and v: eight times sqrt(-2 log(1 - u)) cos(2 pi v), then sin."""
    u, v = uniform.reshape(-1, 2, 8).transpose(1, 0, 2)
    numbers = np.empty((len(u), 2, 8), uniform.dtype)
    radius = np.sqrt(-2 * np.log(1 - u))
    angle = v * uniform.dtype.type(2 * math.pi)
    np.multiply(radius, np.cos(angle), out=numbers[:, 0])
    np.multiply(radius, np.sin(angle), out=numbers[:, 1])
    return _scaled(numbers.reshape(-1), uniform.dtype.type(std), uniform.dtype.type(mean))


def _normals(stream: Stream, count: int) -> Array:
    numbers = np.empty(count)
    start = 0
    if count and stream.kept is not None:
        numbers[0], stream.kept, start = stream.kept, None, 1
    pairs = (count - start + 1) // 2
    drawn = stream.doubles(2 * pairs).reshape(pairs, 2)
    radius = np.sqrt(-2 * np.log1p(-drawn[:, 1]))
    angle = drawn[:, 0] * (2 * math.pi)
    both = np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1).reshape(-1)
    numbers[start:] = both[: count - start]
    if len(both) > count - start:
        stream.kept = float(both[-1])
    return numbers


def _scaled(numbers: Array, scale: Any, offset: Any) -> Array:
    """numbers * scale + offset, rounded once in single precision."""
    if offset == 0:
        return numbers if scale == 1 else numbers * scale
    if numbers.dtype.char == "f":
        return (numbers.astype(np.float64) * float(scale) + float(offset)).astype(np.float32)
    return numbers * scale + offset


def exponential(stream: Stream, count: int, kind: np.dtype, *, lambd: float = 1.0) -> Array:
    """-log(1 - u) / lambd."""
    _check_floating(kind)
    return (-1.0 / lambd * np.log1p(-stream.doubles(count))).astype(kind)


def cauchy(stream: Stream, count: int, kind: np.dtype, *, median: float = 0.0, sigma: float = 1.0) -> Array:
    """median + sigma tan(pi (u - 1/2))."""
    _check_floating(kind)
    tiny = np.finfo(np.float64).eps
    drawn = np.clip(stream.doubles(count), tiny, 1.0 - tiny)
    return (median + sigma * np.tan(math.pi * (drawn - 0.5))).astype(kind)


def log_normal(stream: Stream, count: int, kind: np.dtype, *, mean: float = 1.0, std: float = 2.0) -> Array:
    """exp(z std + mean)."""
    _check_floating(kind)
    return np.exp(_normals(stream, count) * std + mean).astype(kind)


# Whole numbers


def integers(stream: Stream, count: int, kind: np.dtype, *, low: int, high: int) -> Array:
    """Words modulo the span, plus low."""
    _check_range(kind, low, high)
    low, high = _bounds(kind, low, high)
    span = high - low
    words = stream.long_words(count) if span >= LONG_SPAN else stream.words(count)
    return (words % np.uint64(span) + np.uint64(low % 2**64)).astype(np.int64).astype(kind)


def _check_range(kind: np.dtype, low: int, high: int) -> None:
    if low >= high:
        raise RuntimeError(f"random integers: expected low < high, got {low} and {high}")
    if kind.kind == "b":
        inside = low >= 0 and high <= 2
    else:
        inside = _is_floating(kind) or (low >= np.iinfo(kind).min and high - 1 <= np.iinfo(kind).max)
    if not inside:
        raise RuntimeError(f"random integers: those from {low} to {high - 1} leave the range of {kind}")


def _bounds(kind: np.dtype, low: int, high: int) -> tuple[int, int]:
    """The bounds of integers; those of a floating dtype are moved inwards, where it lacks the integers at them."""
    if not _is_floating(kind):
        return low, high
    digits = ml_dtypes.finfo(kind).nmant + 1
    above, below = int(kind.type(low + 1)), int(kind.type(high - 1))
    if above < low:
        low = above + (1 << max(abs(low + 1).bit_length() - digits, 0))
    if below >= high:
        high = below - (1 << max(abs(high - 1).bit_length() - digits, 0))
    return low, high


def whole(stream: Stream, count: int, kind: np.dtype) -> Array:
    """Integers from 0 to the largest of a dtype, or to where a floating dtype begins to lack some."""
    if kind.char == "d":
        return (stream.long_words(count) % np.uint64(2**53 + 1)).astype(kind)
    if _is_floating(kind):
        return (stream.words(count) % np.uint64((1 << ml_dtypes.finfo(kind).nmant + 1) + 1)).astype(kind)
    if kind.kind == "b":
        return (stream.words(count) & np.uint64(1)).astype(kind)
    words = stream.long_words(count) if kind == np.int64 else stream.words(count)
    return (words & np.uint64(np.iinfo(kind).max)).astype(kind)


def geometric(stream: Stream, count: int, kind: np.dtype, *, p: float) -> Array:
    """ceil(log u / log(1 - p)): how many trials it takes."""
    return np.ceil(np.log(stream.doubles(count)) / math.log1p(-p)).astype(kind)


def permutation(stream: Stream, count: int, kind: np.dtype) -> Array:
    """0 ... count - 1, each swapped with one that does not come before it (R. Fisher, F. Yates)."""
    order = np.arange(count)
    places = np.arange(max(count - 1, 0))
    partners = places + (stream.words(len(places)) % (count - places).astype(np.uint64)).astype(np.int64)
    if stream.backend.compiled("swap_each", order, partners) is NotImplemented:
        elements = order.tolist()  # whose elements are read in a third of the time
        for place, partner in enumerate(partners.tolist()):
            elements[place], elements[partner] = elements[partner], elements[place]
        order[:] = elements
    return order.astype(kind)


# Chances


def bernoulli(stream: Stream, count: int, kind: np.dtype, *, p: float) -> Array:
    """u < p, u of 53 bits."""
    return (stream.doubles(count) < p).astype(kind)


def bernoulli_each(stream: Stream, count: int, kind: np.dtype, p: Array) -> Array:
    """u < p of each place; u of 24 bits, or of 53 where p is of double precision."""
    drawn = stream.doubles(count) if p.dtype.char == "d" else stream.singles(count)
    return (drawn < p).astype(kind)


def keep(stream: Stream, count: int, kind: np.dtype, *, p: float) -> Array:
    """What dropout multiplies by: 1 / (1 - p) with probability 1 - p, else 0."""
    if p == 1.0:
        return np.zeros(count, kind)
    single = np.dtype(np.float32) if kind.itemsize == 2 else kind
    scale = kind.type(single.type(1) / single.type(1.0 - p))
    return bernoulli(stream, count, kind, p=1.0 - p) * scale


def choices(stream: Stream, weights: Array, count: int, replacement: bool) -> Array:
    """Indices in proportion to weights (*, n): (*, count).

    With replacement, where a uniform number lies among the sums of weights; else, and of one, the largest quotients
    of weights and exponential numbers (P. Efraimidis, P. Spirakis, 2006).
    """
    rows = weights.reshape(-1, weights.shape[-1])
    if replacement and count > 1:
        wide = np.float32 if rows.dtype.char == "e" else rows.dtype
        edges = np.cumsum(rows, -1, dtype=wide)
        edges /= edges[:, -1:]
        drawn = stream.doubles(len(rows) * count).reshape(len(rows), count)
        found = np.array([np.searchsorted(edge, u) for edge, u in zip(edges, drawn, strict=True)], np.int64)
        found = np.minimum(found, rows.shape[-1] - 1)
    else:
        quotients = rows / exponential(stream, rows.size, rows.dtype).reshape(rows.shape)
        found = np.argsort(-quotients, -1, kind="stable")[:, :count]
    return found.reshape(*weights.shape[:-1], count)


def slopes(stream: Stream, count: int, kind: np.dtype, x: Array, *, lower: float, upper: float) -> Array:
    """Uniform numbers where x is not positive, 1 elsewhere, for which none is drawn."""
    numbers = np.ones(count, kind)
    places = np.flatnonzero(x <= 0)
    numbers[places] = _scaled(stream.doubles(len(places)), upper - lower, lower)
    return numbers
