"""More elements at the edges."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence

from ..backend import Array, Backend, Namespace
from ..engine.errors import OperationError
from ..engine.primitive import primitive
from ..engine.tensor import Tensor
from .layout import as_images, c_order, laid_as
from .operation import operation
from .promotion import require_tensors, single_under_autocast
from .shape import narrow


@operation(face="nn.functional", method=False)
def pad(input: Tensor, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Tensor:
    """Grows dimensions from the last backwards: by a constant, or 'reflect', 'replicate', 'circular'."""
    if mode == "constant":
        return pad_constant(input, pad, 0 if value is None else value)
    if mode not in ("reflect", "replicate", "circular"):
        raise NotImplementedError(f"pad: mode is 'constant', 'reflect', 'replicate' or 'circular', got {mode!r}")
    widths = pad_pairs(input, pad)
    if mode == "circular" or (mode == "reflect" and len(widths) > 2):
        return _continued(input, widths, mode)
    return single_under_autocast(_continued)(input, widths, mode)


def _continued(input: Tensor, widths: list[tuple[int, int]], mode: str) -> Tensor:
    """Dimensions from the last backwards grown by elements that are there, in the order that the mode says."""
    x = input
    for number, (before, after) in enumerate(widths):
        axis = x.ndim - 1 - number
        count = x._array.shape[axis]
        limit = {"reflect": count - 1, "circular": count}.get(mode, math.inf)
        grown = count + min(before, 0) + min(after, 0) if mode == "circular" else count + before + after
        if before > limit or after > limit or grown < 1:
            raise OperationError(f"pad: {mode} padding ({before}, {after}) is too wide for dim {axis} of {count}")
        if mode == "circular":
            if grown < count:
                x = narrow(x, axis, max(-before, 0), grown)
            places = [i % grown for i in range(-max(before, 0), grown + max(after, 0))]
            x = x[(slice(None),) * axis + (places,)]
        else:
            x = _extend(x, axis=axis, before=before, after=after, mirrored=mode == "reflect")
    return laid_as(x, c_order if mode == "circular" else as_images, input)


def _source(i: int, count: int, mirrored: bool) -> int:
    """Which of `count` elements stands at place i, counted from the first, of an extended dimension."""
    if not mirrored:
        return min(max(i, 0), count - 1)
    return -i if i < 0 else i if i < count else 2 * (count - 1) - i


@primitive(
    linear=True,
    piecewise_linear=True,
    x=lambda g, x_shape, axis, before, after, mirrored: _fold_back(
        g, axis=axis, count=x_shape[axis], before=before, after=after, mirrored=mirrored
    ),
)
def _extend(backend: Backend, x: Array, *, axis: int, before: int, after: int, mirrored: bool) -> Array:
    """A dimension extended (or with negative numbers cut) at both ends, by its mirror image or by its edges."""
    count = x.shape[axis]
    places = [_source(i, count, mirrored) for i in range(-before, count + after)]
    return backend.index(x, (*(slice(None),) * axis, backend.xp.asarray(places), ...))


@primitive(
    linear=True,
    up=lambda g, axis, before, after, mirrored: _extend(g, axis=axis, before=before, after=after, mirrored=mirrored),
)
def _fold_back(xp: Namespace, up: Array, *, axis: int, count: int, before: int, after: int, mirrored: bool) -> Array:
    """The sums over the places at which each of the `count` elements stands."""
    whole = xp.zeros((*up.shape[:axis], count, *up.shape[axis + 1 :]), dtype=up.dtype)
    total, first = count + before + after, max(before, 0)
    end = max(first, min(before + count, total))  # from `first` on each stands at its own place

    def along(start: int, stop: int) -> tuple:
        return (*(slice(None),) * axis, slice(start, stop), ...)

    whole[along(first - before, end - before)] = up[along(first, end)]
    for place in (*range(min(first, total)), *range(end, total)):
        source = _source(place - before, count, mirrored)
        whole[along(source, source + 1)] += up[along(place, place + 1)]
    return whole


@primitive(linear=True, lies=as_images, x=lambda g, widths: _crop(g, widths))
def _pad(xp: Namespace, x: Array, *, widths: tuple[tuple[int, int], ...], value: float) -> Array:
    """Grows each dimension by (before, after) elements of one value."""
    shape = tuple(size + before + after for size, (before, after) in zip(x.shape, widths, strict=True))
    padded = xp.full(shape, value, dtype=x.dtype) if value else xp.zeros(shape, dtype=x.dtype)
    padded[tuple(slice(before, before + size) for size, (before, _) in zip(x.shape, widths, strict=True))] = x
    return padded


def _crop(g: Tensor, widths: Sequence[tuple[int, int]]) -> Tensor:
    return g[tuple(slice(before, size - after) for size, (before, after) in zip(g._array.shape, widths, strict=True))]


def pad_pairs(input: Tensor, pad: Sequence[int]) -> list[tuple[int, int]]:
    """(before, after) of the dimensions from the last backwards; an error unless there are two ints a dimension."""
    require_tensors("pad", input)
    try:
        widths = tuple(map(operator.index, pad))
    except TypeError:
        raise TypeError(f"pad: expected a sequence of ints, two a dimension, got {pad!r}") from None
    if len(widths) % 2 or len(widths) > 2 * input.ndim:
        raise OperationError(
            f"pad: {len(widths)} widths {widths} for {input.ndim} dimensions; two a dimension, the last one's first"
        )
    return list(zip(widths[::2], widths[1::2], strict=True))


@operation(name="constant_pad_nd", method=False)
def pad_constant(input: Tensor, pad: Sequence[int], value: float = 0) -> Tensor:
    """Grows dimensions by a constant; `pad` holds (before, after) from the last dimension backwards, as torch's."""
    pairs = pad_pairs(input, pad)
    widths = [(0, 0)] * (input.ndim - len(pairs)) + pairs[::-1]
    if any(width < 0 for pair in widths for width in pair):
        input = _crop(input, [(max(-a, 0), max(-b, 0)) for a, b in widths])
        widths = [(max(a, 0), max(b, 0)) for a, b in widths]
    return _pad(input, widths=tuple(widths), value=value)
