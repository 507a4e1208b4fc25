"""The order in memory that torch gives to the results of operations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .arrays import Array


class Layout(NamedTuple):
    """How an operand lies in memory: its shape, and the step from item to item of each dimension."""

    shape: tuple[int, ...]
    strides: tuple[int, ...]


def c_strides(shape: Sequence[int]) -> tuple[int, ...]:
    """The steps, in elements, of an array in C order.

    >>> c_strides((2, 3, 4))
    (12, 4, 1)
    """
    steps, step = [], 1
    for size in reversed(shape):
        steps.append(step)
        step *= max(size, 1)
    return tuple(reversed(steps))


def memory_order(shape: tuple[int, ...], strides: Sequence[Sequence[int]]) -> list[int]:
    """The dimensions from the one with the largest step to the one with the smallest.

    Operands with these steps (0 where they are stretched) are asked in turn: the first that has steps along two
    dimensions says which of them comes first. Where none says, they stay in C order.

    >>> memory_order((2, 3), [(4, 8), (12, 4)])
    [1, 0]
    """
    fastest_first = list(reversed(range(len(shape))))
    for number in range(1, len(shape)):
        place = number
        for other in reversed(range(number)):
            found = _compare(fastest_first[other], fastest_first[place], shape, strides)
            if found < 0:
                break
            if found > 0:
                fastest_first[other], fastest_first[place] = fastest_first[place], fastest_first[other]
                place = other
    return fastest_first[::-1]


def _compare(faster: int, slower: int, shape: tuple[int, ...], strides: Sequence[Sequence[int]]) -> int:
    """1 if the dimensions are to change places, -1 if not, 0 if no operand says."""
    for steps in strides:
        a, b = steps[faster], steps[slower]
        if a and b:
            if a != b:
                return 1 if a > b else -1
            if shape[faster] > shape[slower]:
                return 1
    return 0


def elementwise(shape: tuple[int, ...], operands: Sequence[Layout]) -> list[int]:
    """The order of the result of an operation on each element, to whose shape the operands broadcast."""
    return memory_order(shape, [_stretched(each, shape) for each in operands])


def _stretched(operand: Layout, shape: tuple[int, ...]) -> list[int]:
    """The steps of what broadcasts to the shape: 0 along what it is stretched over."""
    missing = len(shape) - len(operand.shape)
    own = zip(operand.strides, operand.shape, shape[missing:], strict=True)
    return [0] * missing + [0 if size == 1 and full != 1 else step for step, size, full in own]


def channels_last(operand: Layout) -> list[int] | None:
    """The order with the channels (N, C, *S) last if images, or volumes, lie so; None if they do not."""
    shape, strides = operand
    if len(shape) not in (4, 5) or not strides[1]:
        return None
    least = 0
    inwards = [0, *range(2, len(shape)), 1]
    for dim in reversed(inwards):
        # A step that all dimensions of one item share says nothing: such images lie in C order, too.
        if not shape[dim] or strides[dim] < least or (not dim and least == strides[1]):
            return None
        least = strides[dim] * shape[dim]
    return inwards


def lies_in(array: Array, order: Sequence[int]) -> bool:
    """Whether the elements of an array lie without gaps in this order of the dimensions."""
    return bool(array.transpose(order).flags.c_contiguous)


def in_order(array: Array, order: Sequence[int]) -> Array:
    """The array, copied if it does not lie in this order of the dimensions."""
    if lies_in(array, order):
        return array
    return np.ascontiguousarray(array.transpose(order)).transpose(np.argsort(order))
