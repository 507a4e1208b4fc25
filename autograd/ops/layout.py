"""How torch's results lie in memory: rules for `lies=` of a primitive, and for what several primitives compute.

A rule is given a `Layout` for each operand and says the dimensions from the one with the largest step to the one with
the smallest, or None for C order. It is asked only on a backend that is `ordered` (`autograd/engine/laying.py`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..backend import Array, Backend
from ..backend.order import Layout, channels_last, elementwise, memory_order
from ..engine.laying import layout_of
from ..engine.primitive import primitive
from ..engine.tensor import Tensor


@primitive(linear=True, lies=lambda x, order: order, x=lambda g: g)
def _in_order(backend: Backend, x: Array, *, order: tuple[int, ...]) -> Array:
    return backend.copy(x)


def laid_as(out: Tensor, rule: Callable[..., Sequence[int] | None], *given: Any, **params: Any) -> Tensor:
    """A result, copied where torch's lies in another order: that which the rule gives for these operands.

    For functions of several primitives, the last of which would pass on an order that torch's one kernel does not.
    """
    if not out._backend.ordered or out.ndim < 2:
        return out
    order = rule(*[layout_of(x) for x in given], **params)
    dims = tuple(range(out.ndim)) if order is None else tuple(order)
    found = layout_of(out)
    step = math.prod(found.shape)
    for dim in dims:
        size = found.shape[dim]
        step //= max(size, 1)
        if size > 1 and found.strides[dim] != step:
            return _in_order(out, order=dims)
    return out


def c_order(*operands: Any, **params: Any) -> None:
    """Of what torch lays in C order whatever the operands."""


def as_operands(*operands: Any, **params: Any) -> list[int]:
    """As operands that broadcast and are taken element by element; numbers among them say nothing."""
    layouts = [x for x in operands if isinstance(x, Layout)]
    return elementwise(np.broadcast_shapes(*[x.shape for x in layouts]), layouts)


def alike(x: Layout, **params: Any) -> list[int]:
    """As the operand."""
    return elementwise(x.shape, [x])


def as_images(x: Layout, *others: Any, **params: Any) -> list[int] | None:
    """Channels last if the images do, else in C order."""
    return channels_last(x)


def as_rows(x: Layout, *others: Any, **params: Any) -> list[int] | None:
    """As images; sequences as images of one row."""
    if len(x.shape) != 3:
        return channels_last(x)
    (count, channels, width), (over_count, over_channels, along) = x
    row = Layout((count, channels, 1, width), (over_count, over_channels, width * along, along))
    return [0, 2, 1] if channels_last(row) else None


def as_all(*operands: Layout, **params: Any) -> list[int] | None:
    """Channels last if all operands do."""
    orders = [channels_last(x) for x in operands]
    return orders[0] if all(orders) else None


def stacked(*operands: Layout, dim: int) -> list[int] | None:
    """Of operands with a dimension of size 1 at `dim`: torch joins them along the next one, and cuts the result."""
    inner = [Layout((*x.shape[:dim], *x.shape[dim + 1 :]), (*x.strides[:dim], *x.strides[dim + 1 :])) for x in operands]
    order = as_all(*inner) if dim < len(inner[0].shape) else None
    if order is None:
        return None
    after = [each + (each >= dim) for each in order]
    place = after.index(dim + 1)
    return [*after[:place], dim, *after[place:]]


def column_major(*operands: Layout, **params: Any) -> list[int] | None:
    """LAPACK's order of matrices: columns after one another."""
    ndim = max(len(x.shape) for x in operands)
    return [*range(ndim - 2), ndim - 1, ndim - 2]


def indexed(x: Layout, *indices: Layout, pattern: tuple, masks: tuple[int, ...] = ()) -> list[int]:
    """x[..., index, ...]: what is not indexed as in x, and outside of it the dimensions of the indices.

    `masks` has the rank of each index that is a mask of bools, 0 of others.
    """
    masks = masks or (0,) * len(indices)
    taken = sum(max(rank, 1) for rank in masks) + len([part for part in pattern if isinstance(part, slice)])
    arrays = iter(zip(indices, masks, strict=True))
    shapes: list[Layout] = []
    kept: list[tuple[int, int]] = []  # size and step
    places: list[int] = []  # of the indices among what is kept
    dim = 0
    for part in pattern:
        if part is None:
            kept.append((1, 0))
        elif part is Ellipsis:
            more = len(x.shape) - taken
            kept += zip(x.shape[dim : dim + more], x.strides[dim : dim + more], strict=True)
            dim += more
        elif isinstance(part, slice):
            start, stop, step = part.indices(x.shape[dim])
            kept.append((len(range(start, stop, step)), x.strides[dim] * step))
            dim += 1
        else:
            index, rank = next(arrays)
            shapes.append(Layout((1,), (1,)) if rank else index)
            places.append(len(kept))
            dim += max(rank, 1)
    at = places[0] if places[0] == places[-1] else 0
    wide = max(len(each.shape) for each in shapes)
    full = [max(each.shape[i - wide] for each in shapes if len(each.shape) >= wide - i) for i in range(wide)]
    shape = (*(size for size, _ in kept[:at]), *full, *(size for size, _ in kept[at:]))
    source = [*(step for _, step in kept[:at]), *(0,) * wide, *(step for _, step in kept[at:])]
    others = [[0] * len(kept[:at]) + _steps(each, full) + [0] * len(kept[at:]) for each in shapes]
    return memory_order(shape, [source, *others])


def _steps(index: Layout, full: Sequence[int]) -> list[int]:
    """Of an index that broadcasts with others: 0 along what it is stretched over."""
    own = zip(index.strides, index.shape, full[len(full) - len(index.shape) :], strict=True)
    return [0] * (len(full) - len(index.shape)) + [0 if size == 1 != n else step for step, size, n in own]


def contracted(
    x: Layout, y: Layout, *, output: Sequence[str], left: Sequence[str], right: Sequence[str]
) -> list[int] | None:
    """Of a sum of products of two operands with these letters: what both have, what the first has, what the second.

    Without a sum it is a product of elements, and lies as one.
    """
    first = {letter: step for letter, step, n in zip(left, x.strides, x.shape, strict=True) if n != 1}
    second = {letter: step for letter, step, n in zip(right, y.strides, y.shape, strict=True) if n != 1}
    if set(left) | set(right) <= set(output):
        sizes = {**dict(zip(right, y.shape, strict=True)), **dict(zip(left, x.shape, strict=True))}
        steps = [[each.get(letter, 0) for letter in output] for each in (first, second)]
        return memory_order(tuple(sizes[letter] for letter in output), steps)
    both = [i for i, letter in enumerate(output) if letter in first and letter in second]
    rows = [i for i, letter in enumerate(output) if letter in first and letter not in second]
    columns = [i for i, letter in enumerate(output) if letter not in first]
    if rows and columns and columns[-1] < rows[0]:  # torch then multiplies the transposed matrices
        rows, columns = columns, rows
    return [*both, *rows, *columns]
