"""Functions of each element on its own: what is computed, and the derivative by each input above it."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any, Protocol

from ..backend import Array, Namespace
from ..engine import overrides
from ..engine.errors import LayoutError, NotATensorError
from ..engine.primitive import Primitive, Rule
from ..engine.tensor import Tensor
from ..types import Operand
from .meeting_sparse import met_sparse
from .operands import promote
from .operation import other_ways, publish
from .promotion import floating, inexact, refuse_complex, require_tensors

INV_SQRT_2PI = 1.0 / math.sqrt(2.0 * math.pi)


class Unary(Protocol):
    """A function of one tensor."""

    primitive: Primitive

    def __call__(self, input: Tensor, *, out: Tensor | None = None) -> Tensor: ...


class Binary(Protocol):
    """A function of two tensors that broadcast, or of a tensor and a number."""

    primitive: Primitive

    def __call__(self, input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor: ...


def _elementwise(compute: Callable[..., Any], rules: dict[str, Any], **options: Any) -> Primitive:
    return Primitive(compute, keeps_order=True, **options, **rules)


def _given(**arguments: Any) -> dict[str, Any]:
    """The arguments that are there. A missing one is None, which a call notices at less cost than by its signature."""
    return {name: x for name, x in arguments.items() if x is not None}


def _public(function: Any, made: Primitive, compute: Callable[..., Any], names: dict[str, Any], kind: type) -> Any:
    _self, *rest = inspect.signature(kind.__call__).parameters.values()
    function.__signature__ = inspect.Signature(rest, return_annotation="Tensor")
    function.__name__ = function.__qualname__ = compute.__name__
    function.__doc__ = compute.__doc__
    function.__module__ = compute.__module__
    function.primitive = made
    if compute.__name__.startswith("_"):
        return function
    return publish(function, **names)


def unary(
    *,
    to_float: bool = True,
    holomorphic: bool = False,
    complex_rules: bool = False,
    autocast: str | None = None,
    face: str | None = "autograd",
    method: bool = True,
    in_place: bool = True,
    aliases: str = "",
    **rules: Rule,
) -> Callable[[Callable[..., Any]], Unary]:
    """An operation on one tensor; integers are taken to the default float unless `to_float` is off."""

    def decorate(compute: Callable[..., Any]) -> Unary:
        made = _elementwise(compute, rules, holomorphic=holomorphic, complex_rules=complex_rules, autocast=autocast)
        name, asks = made.name, not compute.__name__.startswith("_")
        takes_complex = holomorphic or complex_rules
        ready = inexact if takes_complex else floating

        def floats(input: Any = None, *, out: Tensor | None = None, **named: Any) -> Tensor:
            if overrides.armed and asks:
                answer = overrides.answer(function, (input,), _given(out=out, **named))
                if answer is not overrides.unanswered:
                    return answer
            if named or out is not None:
                return another_way((), _given(input=input, out=out, **named))
            try:
                return made(ready(name, input))
            except NotATensorError:
                if not asks or not overrides.arms((input,)):
                    raise
                return function(input)
            except LayoutError:
                return met_sparse(name, (input,), {})

        def any_kind(input: Any = None, *, out: Tensor | None = None, **named: Any) -> Tensor:
            if overrides.armed and asks:
                answer = overrides.answer(function, (input,), _given(out=out, **named))
                if answer is not overrides.unanswered:
                    return answer
            if named or out is not None:
                return another_way((), _given(input=input, out=out, **named))
            if not isinstance(input, Tensor):
                if asks and overrides.arms((input,)):
                    return function(input)
                require_tensors(name, input)
            if not takes_complex:
                refuse_complex(name, input)
            try:
                return made(input)
            except LayoutError:
                return met_sparse(name, (input,), {})

        function = floats if to_float else any_kind
        another_way = other_ways(function, name, ["input"])
        names = {"face": face, "method": method, "in_place": in_place, "aliases": aliases}
        return _public(function, made, compute, names, Unary)

    return decorate


def binary(
    *,
    to_float: bool = False,
    holomorphic: bool = False,
    complex_rules: bool = False,
    autocast: str | None = None,
    face: str | None = "autograd",
    method: bool = True,
    in_place: bool = True,
    aliases: str = "",
    **rules: Rule,
) -> Callable[[Callable[..., Any]], Binary]:
    """An operation on two tensors that broadcast, or on a tensor and a number, after promotion."""

    def decorate(compute: Callable[..., Any]) -> Binary:
        made = _elementwise(
            compute, rules, broadcasts=True, holomorphic=holomorphic, complex_rules=complex_rules, autocast=autocast
        )
        name, asks = made.name, not compute.__name__.startswith("_")
        takes_complex = holomorphic or complex_rules

        def function(input: Any = None, other: Any = None, *, out: Tensor | None = None, **named: Any) -> Tensor:
            if overrides.armed and asks:
                answer = overrides.answer(function, (input, other), _given(out=out, **named))
                if answer is not overrides.unanswered:
                    return answer
            if named or out is not None:
                return another_way((), _given(input=input, other=other, out=out, **named))
            if (
                to_float
                or not isinstance(input, Tensor)
                or not isinstance(other, Tensor)
                or input._array.dtype is not other._array.dtype
            ):
                try:
                    input, other = promote(name, input, other, to_float)
                except TypeError:
                    if not asks or not overrides.arms((input, other)):
                        raise
                    return function(input, other)
            if not takes_complex:
                refuse_complex(name, input, other)
            try:
                return made(input, other)
            except LayoutError:
                return met_sparse(name, (input, other), {})

        another_way = other_ways(function, name, ["input", "other"])
        names = {"face": face, "method": method, "in_place": in_place, "aliases": aliases}
        return _public(function, made, compute, names, Binary)

    return decorate


def in_single(xp: Namespace, formula: Callable[[Any], Any], x: Array) -> Array:
    """A formula of several steps, of which half precision would round each: it is computed in float32."""
    if x.dtype == getattr(xp, "float16", None):
        return xp.astype(formula(xp.astype(x, xp.float32)), x.dtype)
    return formula(x)


def is_bool(xp: Namespace, x: Array) -> bool:
    return hasattr(x, "dtype") and x.dtype == xp.bool
