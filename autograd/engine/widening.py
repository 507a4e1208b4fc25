"""Primitives, and their derivatives, of tensors in a dtype that is stored and not computed in: bfloat16.

A primitive gets such arrays in float32, and what it gives is rounded once, as torch's kernels do it. So does a
derivative rule: between the gradient it gets and the gradients it gives nothing is rounded.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from .errors import LayoutError
from .node import Edge, Gradients, Node, record
from .primitive import Primitive
from .tensor import Tensor

if TYPE_CHECKING:
    from ..backend.base import Backend


# Whose numbers torch's kernels read in float32; those of others (sums, comparisons) are rounded like tensors.
NUMBERS_IN_SINGLE = {"mul", "true_divide", "floor_divide", "truncated_quotient"}


def compute_of(primitive: Primitive, backend: Backend, arrays: Sequence[Any]) -> Callable[..., Any]:
    """What computes the primitive for these arrays: its own function unless they are to be widened.

    LayoutError for sparse arrays, with which no primitive computes.
    """
    if backend.sparse:
        raise LayoutError(primitive.name)
    if not primitive.view and any(backend.is_narrow(x) for x in arrays):
        return functools.partial(_widened, primitive, backend)
    return primitive.compute


def _widened(primitive: Primitive, backend: Backend, namespace: Any, *arrays: Any, **params: Any) -> Any:
    written = primitive.mutated(params) if primitive.mutates else ()
    wide = [
        (backend.widen_written(x) if i in written else backend.widen(x)) if backend.is_narrow(x) else x
        for i, x in enumerate(arrays)
    ]
    if primitive.name not in NUMBERS_IN_SINGLE:
        wide = [backend.nearest(x) if type(x) is float else x for x in wide]
    result = primitive.compute(namespace, *wide, **params)
    for i in written:
        if wide[i] is not arrays[i]:
            arrays[i][...] = wide[i]
            if result is wide[i]:
                return arrays[i]
    if result is None or "dtype" in params or not backend.is_narrow(_leading(arrays, backend)):
        return result
    if isinstance(result, tuple):  # those that no gradient comes to are kept for the rules
        return tuple(backend.narrowed(x) if i < primitive.outputs else x for i, x in enumerate(result))
    return backend.narrowed(result)


def _leading(arrays: Sequence[Any], backend: Backend) -> Any:
    """The first floating array, whose dtype is that of the results."""
    return next(x for x in arrays if hasattr(x, "dtype") and backend.dtypes[x.dtype].is_inexact)


def recorder_of(compute: Callable[..., Any]) -> Callable[..., Node]:
    """What records an application that `compute_of` gave this function for."""
    return _record_widened if isinstance(compute, functools.partial) and compute.func is _widened else record


def _record_widened(
    primitive: Primitive, inputs: Sequence[Any], params: dict[str, Any], outs: Sequence[Any], tracked: int
) -> Node:
    """The node of an application that was computed in float32."""
    node = record(primitive, inputs, params, outs, tracked, WidenedNode)
    node.narrow = [_is_narrow(x) for x in inputs]  # type: ignore[attr-defined]
    return node


def _is_narrow(x: Any) -> bool:
    return isinstance(x, Tensor) and x._backend.is_narrow(x._array)


def _wide(x: Any) -> Any:
    return x.float() if _is_narrow(x) else x


class WidenedNode(Node):
    """A node whose rules compute in float32; `narrow` says which inputs want their gradients rounded."""

    __slots__ = ("narrow",)

    narrow: list[bool]

    def differentiate(self, gradients: Gradients, needed: Sequence[Edge | None]) -> Gradients:
        results = super().differentiate([_wide(g) for g in gradients], needed)
        return [g if g is None or not self.narrow[position] else g.bfloat16() for position, g in enumerate(results)]

    def unpack(self, value: Any) -> Any:
        return _wide(super().unpack(value))

    def complete(self, gradients: Gradients) -> Gradients:
        return [_wide(g) for g in super().complete(gradients)]
