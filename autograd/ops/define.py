"""Ways to define an operation."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

from ..engine.primitive import Primitive, Rule
from ..engine.tensor import Tensor
from .broadcast import sum_to
from .operands import promote
from .promotion import floating, inexact, refuse_complex, require_tensors

INV_SQRT_2PI = 1.0 / math.sqrt(2.0 * math.pi)


Function = Callable[..., Tensor]


def _make(compute: Callable[..., Any], rules: dict[str, Any], broadcasts: bool = True, **options: Any) -> Primitive:
    return Primitive(compute, finish=sum_to if broadcasts else None, keeps_order=True, **options, **rules)


def _public(function: Function, compute: Callable[..., Any], made: Primitive) -> Function:
    functools.update_wrapper(function, compute)
    del function.__wrapped__  # type: ignore[attr-defined]
    function.__name__ = function.__qualname__ = made.name
    function.primitive = made  # type: ignore[attr-defined]
    function.__annotations__ = {"return": Tensor}
    return function


def unary(
    to_float: bool = True, holomorphic: bool = False, complex_rules: bool = False, **rules: Rule
) -> Callable[[Callable[..., Any]], Function]:
    """A function of one tensor; integers are taken to the default float unless `to_float` is off."""

    def decorate(compute: Callable[..., Any]) -> Function:
        made = _make(compute, rules, broadcasts=False, holomorphic=holomorphic, complex_rules=complex_rules)
        name = made.name
        takes_complex = holomorphic or complex_rules
        ready = inexact if takes_complex else floating

        if to_float:

            def function(input: Tensor) -> Tensor:
                return made(ready(name, input))

        else:

            def function(input: Tensor) -> Tensor:
                require_tensors(name, input)
                if not takes_complex:
                    refuse_complex(name, input)
                return made(input)

        return _public(function, compute, made)

    return decorate


def binary(
    to_float: bool = False, holomorphic: bool = False, complex_rules: bool = False, **rules: Rule
) -> Callable[[Callable[..., Any]], Function]:
    """A function of two tensors that broadcast, or of a tensor and a number, after promotion."""

    def decorate(compute: Callable[..., Any]) -> Function:
        made = _make(compute, rules, holomorphic=holomorphic, complex_rules=complex_rules)
        name = made.name
        takes_complex = holomorphic or complex_rules

        def function(input: Any, other: Any) -> Tensor:
            if (
                to_float
                or not isinstance(input, Tensor)
                or not isinstance(other, Tensor)
                or input._array.dtype is not other._array.dtype
            ):
                input, other = promote(name, input, other, to_float)
            if not takes_complex:
                refuse_complex(name, input, other)
            return made(input, other)

        return _public(function, compute, made)

    return decorate


def in_single(xp: Any, formula: Callable[[Any], Any], x: Any) -> Any:
    """A formula of several steps, of which half precision would round each: it is computed in float32."""
    if x.dtype == getattr(xp, "float16", None):
        return xp.astype(formula(xp.astype(x, xp.float32)), x.dtype)
    return formula(x)


def is_bool(xp: Any, x: Any) -> bool:
    return hasattr(x, "dtype") and x.dtype == xp.bool
