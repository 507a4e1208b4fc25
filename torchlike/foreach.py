"""torch._foreach_*: one operation on each tensor of a list; the names with `_` at their end change the tensors.

What stands beside the list is one number or tensor for all, or a list of as many.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import autograd
from autograd import Tensor, linalg

UNARY = frozenset(
    {"abs", "acos", "asin", "atan", "ceil", "clone", "cos", "cosh", "erf", "erfc", "exp", "expm1", "floor", "frac"}
    | {"lgamma", "log", "log10", "log1p", "log2", "max", "neg", "reciprocal", "round", "rsqrt", "sigmoid", "sign"}
    | {"sin", "sinh", "sqrt", "tan", "tanh", "trunc", "zero"}
)
BINARY = frozenset(["add", "clamp_max", "clamp_min", "copy", "div", "maximum", "minimum", "mul", "pow", "sub"])
TERNARY = frozenset(("addcdiv", "addcmul", "lerp"))


def _each(name: str, value: Any, count: int) -> list[Any]:
    """One value for each of the tensors; of a vector of numbers its elements."""
    if isinstance(value, Tensor) and value.dim() == 1 and name in TERNARY:
        value = value.tolist()
    if not isinstance(value, list | tuple):
        return [value] * count
    if len(value) != count:
        raise RuntimeError(f"_foreach_{name}: expected lists of one length, got {count} and {len(value)}")
    return list(value)


def _method(name: str, in_place: bool) -> Callable[..., Any]:
    """The tensor's method; of a number that has none, maximum's say, the one that takes numbers."""
    numbers = {"maximum": "clamp_min", "minimum": "clamp_max"}

    def call(x: Tensor, *others: Any, **options: Any) -> Tensor:
        if name in numbers and others and not isinstance(others[0], Tensor):
            return call_as(numbers[name], x, *others)
        return call_as(name, x, *others, **options)

    def call_as(name: str, x: Tensor, *others: Any, **options: Any) -> Tensor:
        if not in_place:
            return getattr(x, name)(*others, **options)
        if hasattr(x, f"{name}_"):
            return getattr(x, f"{name}_")(*others, **options)
        return x.copy_(getattr(x, name)(*others, **options))

    return call


def _of_numbers(x: Any, y: Any) -> Any:
    """Numbers to the power of tensors."""
    return autograd.pow(x, y)


def function(name: str) -> Callable[..., Any]:
    """The function torch._foreach_`name`; AttributeError if there is none."""
    in_place = name.endswith("_")
    plain = name.removesuffix("_")
    if plain == "norm" and not in_place:
        return norm
    if plain not in UNARY | BINARY | TERNARY or (plain in ("zero", "copy") and not in_place):
        raise AttributeError(f"module 'torchlike' has no attribute '_foreach_{name}'")
    method = _method(plain, in_place)

    def foreach(tensors: Sequence[Tensor], *others: Any, **options: Any) -> Any:
        if plain == "pow" and not isinstance(tensors, list | tuple):
            return tuple(_of_numbers(tensors, x) for x in others[0])
        count = len(tensors)
        scale = options.pop("value", options.pop("scalars", None)) if plain in ("addcdiv", "addcmul") else None
        if plain in ("addcdiv", "addcmul") and len(others) == 3:
            *others_, scale = others
            others = tuple(others_)
        for key in ("other", "scalar", "scalars", "exponent", "weight", "weights", "src"):
            if key in options:
                others = (*others, options.pop(key))
        columns = [_each(plain, other, count) for other in others]
        if scale is not None:
            scales = _each(plain, scale, count)
            made = [method(x, *row, value=s) for x, *row, s in zip(tensors, *columns, scales, strict=True)]
        else:
            made = [method(x, *row, **options) for x, *row in zip(tensors, *columns, strict=True)]
        return tensors if in_place else tuple(made)

    foreach.__name__ = foreach.__qualname__ = f"_foreach_{name}"
    foreach.__doc__ = f"`{name}` of each tensor."
    return foreach


def norm(tensors: Sequence[Tensor], ord: Any = 2, dtype: Any = None) -> tuple[Tensor, ...]:
    """The norm of each tensor's elements."""
    return tuple(linalg.vector_norm(x, ord, dtype=dtype) for x in tensors)


__all__ = ["function", "norm"]
