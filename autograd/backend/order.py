"""The order in memory that torch gives to the result of an elementwise operation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .arrays import Array


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


def _steps(array: Array, shape: tuple[int, ...]) -> list[int]:
    """Of an array that broadcasts to the shape: 0 along what it is stretched over."""
    missing = len(shape) - array.ndim
    stretched = [
        0 if size == 1 and full != 1 else step
        for step, size, full in zip(array.strides, array.shape, shape[missing:], strict=True)
    ]
    return [0] * missing + stretched


def as_torch_lays(result: Array, arrays: Sequence[object]) -> Array:
    """The result of an elementwise operation on these arrays, copied if torch's would lie in another order."""
    operands = [x for x in arrays if isinstance(x, np.ndarray) and x.ndim]
    if result.ndim < 2 or (all(x.flags.c_contiguous for x in operands) and result.flags.c_contiguous):
        return result
    order = memory_order(result.shape, [_steps(x, result.shape) for x in operands])
    in_order = result.transpose(order)
    if in_order.flags.c_contiguous:
        return result
    return np.ascontiguousarray(in_order).transpose(np.argsort(order))
