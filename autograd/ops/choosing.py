"""Which of two: where, the larger and the smaller, limits."""

from __future__ import annotations

import builtins
import math
from typing import Any, overload

from .. import dtypes
from ..backend import Array, Backend, Namespace
from ..engine.errors import OperationError
from ..engine.primitive import primitive
from ..engine.tensor import Tensor
from ..types import Operand
from .comparison import isfinite, isnan
from .creation import full
from .elementwise import binary
from .operands import promote
from .operation import operation
from .promotion import cast, require_tensors, result_type


@binary(in_place=False, x=lambda g, x, y: g * _share(x > y, x == y, g), y=lambda g, x, y: g * _share(x < y, x == y, g))
def maximum(xp: Namespace, x: Array, y: Array) -> Array:
    """The larger of each pair; at ties each gets half of the gradient."""
    return xp.maximum(x, y)


@binary(in_place=False, x=lambda g, x, y: g * _share(x < y, x == y, g), y=lambda g, x, y: g * _share(x > y, x == y, g))
def minimum(xp: Namespace, x: Array, y: Array) -> Array:
    """The smaller of each pair; at ties each gets half of the gradient."""
    return xp.minimum(x, y)


def _share(chosen: Tensor, tied: Tensor, like: Tensor) -> Tensor:
    return cast(chosen, like.dtype) + 0.5 * cast(tied, like.dtype)


@primitive(
    holomorphic=True,
    broadcasts=True,
    keeps_order=True,
    x=lambda g, condition: _gate(g, condition),
    y=lambda g, condition: _gate(g, ~condition),
)
def _where(xp: Namespace, condition: Array, x: Array, y: Array) -> Array:
    return xp.where(condition, x, y)


_piece = _where.piecewise()


@primitive(holomorphic=True, keeps_order=True, up=lambda g, condition: _gate(g, condition))
def _gate(backend: Backend, up: Array, condition: Array) -> Array:
    """up where the condition holds, else 0."""
    return backend.gate(up, condition)


@overload
def where(condition: Tensor) -> tuple[Tensor, ...]: ...
@overload
def where(condition: Tensor, input: Operand, other: Operand) -> Tensor: ...
@operation(method=False)
def where(condition: Tensor, input: Operand | None = None, other: Operand | None = None) -> Tensor | tuple[Tensor, ...]:
    """input where the condition holds, else other; all broadcast. Of a condition alone: `nonzero(as_tuple=True)`."""
    if input is None and other is None:
        return condition.nonzero(as_tuple=True)
    if condition.dtype is not dtypes.bool:
        if condition.dtype is not dtypes.uint8:
            raise OperationError(f"where: expected a condition of bools, got {condition.dtype}; compare it, x > 0 say")
        condition = condition != 0
    return _where(condition, *_branches(condition, input, other))


def pieces(condition: Tensor, input: Operand, other: Operand) -> Tensor:
    """`where` of the two pieces of a piecewise linear function, as many activations are."""
    return _piece(condition, *_branches(condition, input, other))


def _branches(condition: Tensor, *values: Any) -> list[Tensor]:
    kind = result_type(*values)
    return [_branch(each, condition, kind) for each in values]


def _branch(value: Any, condition: Tensor, kind: dtypes.dtype) -> Tensor:
    if isinstance(value, Tensor):
        return cast(value, kind)
    return full((), kind.number(value), dtype=kind, device=condition.device)


@primitive(
    broadcasts=True,
    keeps_order=True,
    x=lambda g, x, low, high: _gate(g, _inside(x, low, high)),
    low=lambda g, x, low, high: _gate(g, _below(x, low, high)),
    high=lambda g, x, low, high: _gate(g, _above(x, low, high)),
)
def _clamp(xp: Namespace, x: Array, low: Array, high: Array) -> Array:
    if low is not None:
        x = xp.maximum(x, low)
    return x if high is None else xp.minimum(x, high)


def _inside(x: Tensor, low: Any, high: Any) -> Tensor:
    if low is None:
        return x <= high
    return x >= low if high is None else (x >= low) & (x <= high)


def _below(x: Tensor, low: Any, high: Any) -> Tensor:
    """Where the lower limit is taken: nowhere that it lies above the upper one, which then wins."""
    return x < low if high is None else (x < low) & (low < high)


def _above(x: Tensor, low: Any, high: Any) -> Tensor:
    """Where the upper limit is taken."""
    return x > high if low is None else (x > high) | (low > high)


@operation(in_place=True, aliases="clip")
def clamp(input: Tensor, min: Operand | None = None, max: Operand | None = None) -> Tensor:
    """input limited to [min, max]: numbers or tensors, either may be None. On the limits the derivative is 1."""
    if min is None and max is None:
        raise OperationError("clamp: at least one of min and max must be given")
    require_tensors("clamp", input)
    kind = result_type(*[each for each in (input, min, max) if each is not None])
    low, high = (
        cast(each, kind) if isinstance(each, Tensor) else None if each is None else kind.number(each)
        for each in (min, max)
    )
    if not kind.is_floating_point:
        limits = dtypes.iinfo(kind) if kind is not dtypes.bool else None

        def whole(limit: Any) -> Any:
            if limit is None or isinstance(limit, Tensor) or limits is None:
                return limit
            return builtins.min(builtins.max(int(limit), limits.min), limits.max)

        low, high = whole(low), whole(high)
    return _clamp(cast(input, kind), low, high)


@operation(in_place=True)
def clamp_min(input: Tensor, min: Operand) -> Tensor:
    """max(input, min)."""
    return clamp(input, min=min)


@operation(in_place=True)
def clamp_max(input: Tensor, max: Operand) -> Tensor:
    """min(input, max)."""
    return clamp(input, max=max)


def _two_tensors(name: str, input: Operand, other: Operand) -> tuple[Tensor, Tensor]:
    x, y = promote(name, input, other)
    if not isinstance(x, Tensor):
        x = full((), x, dtype=y.dtype, device=y.device)
    if not isinstance(y, Tensor):
        y = full((), y, dtype=x.dtype, device=x.device)
    return x, y


@operation
def fmax(input: Operand, other: Operand) -> Tensor:
    """The larger of each pair, a number rather than a nan."""
    x, y = _two_tensors("fmax", input, other)
    if not x.is_floating_point():
        return maximum(x, y)
    return where((x >= y) | isnan(y), x, y)


@operation
def fmin(input: Operand, other: Operand) -> Tensor:
    """The smaller of each pair, a number rather than a nan."""
    x, y = _two_tensors("fmin", input, other)
    if not x.is_floating_point():
        return minimum(x, y)
    return where((x <= y) | isnan(y), x, y)


@operation(in_place=True)
def heaviside(input: Tensor, values: Tensor) -> Tensor:
    """0 below zero, 1 above, `values` at zero; it has no derivative."""
    require_tensors("heaviside", input, values)
    x, y = promote("heaviside", input.detach(), values.detach())
    return where(x == 0, y, cast(x > 0, x.dtype))


@primitive(keeps_order=True, x=lambda g, x: where(isfinite(x), g, 0.0))
def _nan_to_num(xp: Namespace, x: Array, *, nan: float, posinf: float, neginf: float) -> Array:
    x = xp.where(xp.isnan(x), nan, x)
    return xp.where(x == math.inf, posinf, xp.where(x == -math.inf, neginf, x))


@operation(in_place=True)
def nan_to_num(
    input: Tensor, nan: float | None = None, posinf: float | None = None, neginf: float | None = None
) -> Tensor:
    """nan, inf and -inf replaced by numbers: 0 and the largest and smallest of the dtype unless told."""
    if not input.is_floating_point():
        return input.clone()
    largest = dtypes.finfo(input.dtype).max
    return _nan_to_num(
        input,
        nan=float(nan or 0.0),
        posinf=largest if posinf is None else float(posinf),
        neginf=-largest if neginf is None else float(neginf),
    )
