"""Results laid in memory as torch's, on a backend that is `ordered`.

torch draws random numbers in the order in which a tensor lies in memory, so that dropout after a permuted sum, say,
drops other elements than after one in C order. A primitive says which order torch gives its result (`keeps_order`,
`lies`). One that torch leaves in C order need not lie so here: that is noted, and the elements are moved when their
order is first asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..backend.order import Layout, c_strides, elementwise, in_order
from .primitive import Primitive
from .tensor import Tensor


def layout_of(x: Any) -> Any:
    """How torch's tensor would lie, or an array of a replay lies; what is neither as it is."""
    if not isinstance(x, Tensor):
        return _layout(x) if isinstance(x, np.ndarray) else x
    memory = x._memory
    if memory is not None and memory.reordered:
        if x._view is None:
            return Layout(x._array.shape, c_strides(x._array.shape))
        x._settle()
    return _layout(x._array)


def _layout(array: Any) -> Layout:
    return Layout(array.shape, tuple(step // array.itemsize for step in array.strides))


def laid(primitive: Primitive, inputs: Sequence[Any], params: dict[str, Any], array: Any) -> tuple[Any, bool]:
    """A result of the primitive in torch's order, and whether it is still to be moved to C order."""
    if primitive.mutates and primitive.lies is None:
        return array, False
    order = None
    if array.ndim > 1 and (primitive.lies is not None or (primitive.keeps_order and not _all_lie_in_c_order(inputs))):
        order = _order(primitive, [layout_of(x) for x in inputs], params, array.shape)
    if order is None or order == sorted(order):
        return array, not array.flags.c_contiguous
    return in_order(array, order), False


def _all_lie_in_c_order(inputs: Sequence[Any]) -> bool:
    """Whether torch's tensors do, as far as can be told at once."""
    for x in inputs:
        if isinstance(x, Tensor):
            if x._memory is not None and x._memory.reordered:
                if x._view is None:
                    continue
                return False
            x = x._array
        if isinstance(x, np.ndarray) and not x.flags.c_contiguous:
            return False
    return True


def _order(
    primitive: Primitive, layouts: Sequence[Any], params: dict[str, Any], shape: tuple[int, ...]
) -> Sequence[int] | None:
    """The order of a result of this shape; None for C order."""
    if primitive.lies is None:
        operands = [x for x in layouts if isinstance(x, Layout) and x.shape]
        return elementwise(shape, operands) if primitive.keeps_order else None
    order = primitive.lies(*layouts, **params)
    return order if order is not None and len(order) == len(shape) else None
