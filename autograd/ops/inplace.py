"""Writing in place. Every `name_` method is its function, whose result is written over the input."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

from .. import dtypes
from ..backend import Array, Namespace
from ..engine import overrides
from ..engine.errors import BackwardError, LayoutError, OperationError
from ..engine.modes import modes
from ..engine.node import Saved
from ..engine.primitive import primitive
from ..engine.tensor import Tensor
from ..engine.views import base_of, check_writable, old_value, reshape_in_place
from ..types import Operand
from .broadcast import _reshape
from .creation import as_tensor, zeros_like
from .diagonals import diagonal
from .meeting_sparse import met_sparse
from .operation import operation
from .promotion import cast
from .shape import _permute, clone, inverse


@primitive(linear=True, mutates=(0,), broadcasts=True, x=lambda g: zeros_like(g), value=lambda g: g)
def _copy(xp: Namespace, x: Array, value: Array) -> Array:
    """x[...] = value; x's old gradient is zero."""
    x[...] = value
    return x


@primitive(linear=True, mutates=(0,))
def _add_into(xp: Namespace, x: Array, value: Array) -> Array:
    x += value
    return x


def add_into(x: Tensor, value: Tensor) -> Tensor:
    """x += value for tensors of one dtype, in one pass, unrecorded: what gradients are accumulated with."""
    try:
        return _add_into(x, value)
    except LayoutError:
        return overwrite("add_", x, x + value)


def _check_fits(name: str, x: Tensor, value: Tensor) -> None:
    kind = value.dtype
    if not dtypes.can_cast(kind, x.dtype):
        raise OperationError(f"{name}: a result of type {kind} can't be written into a tensor of {x.dtype}")
    shape, target = value._array.shape, x._array.shape
    extra = len(target) - len(shape)
    if extra < 0 or any(size not in (1, target[extra + i]) for i, size in enumerate(shape)):
        raise OperationError(f"{name}: a result of shape {tuple(shape)} does not fit the tensor's {tuple(target)}")


def overwrite(name: str, x: Tensor, value: Any) -> Tensor:
    """Writes value over x; errors come before anything is changed."""
    if isinstance(value, Tensor):
        _check_fits(name, x, value)
        value = cast(value, x.dtype)
        node = value._node
        if node is not None:
            for saved in node.saved:  # what this very operation saved of x must outlive the write
                if isinstance(saved, Saved) and saved.memory is x._memory:
                    saved.set_apart()
    try:
        return _copy(x, value)
    except LayoutError:
        return met_sparse("overwrite", (name, x, value), {})


@operation(face=None)
def copy_(input: Tensor, other: Operand, non_blocking: bool = False) -> Tensor:
    """Copies other, which broadcasts and may be of another dtype or device, into the tensor."""
    if not isinstance(other, Tensor):
        other = as_tensor(other)
    check_writable(input, "copy_")
    other = other.to(input.device)
    kind = other.dtype
    if not dtypes.can_cast(kind, input.dtype):
        other = cast(other, input.dtype)
    return overwrite("copy_", input, other)


@operation(face=None)
def fill_(input: Tensor, value: Any) -> Tensor:
    """Sets every element to one value."""
    if isinstance(value, Tensor):
        if value.ndim:
            raise RuntimeError(f"fill_: expected a number or a 0-d tensor, got shape {tuple(value.shape)}")
        return copy_(input, value)
    kind = input.dtype
    return _copy(input, kind.number(value))


@operation(face=None)
def zero_(input: Tensor) -> Tensor:
    """Sets every element to 0."""
    return fill_(input, 0)


def _any_tracked(values: Iterable[Any]) -> bool:
    return any(isinstance(x, Tensor) and x.requires_grad for x in values)


def in_place(function: Callable[..., Tensor], name: str | None = None) -> Callable[..., Tensor]:
    """The method that writes the function's result over its first argument."""
    called = name or f"{function.__name__}_"
    direct = getattr(function, "primitive", None) is not None

    def method(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        if overrides.armed:
            answer: Any = overrides.answer(method, (self, *args), kwargs)
            if answer is not overrides.unanswered:
                return answer
        check_writable(self, called)
        source = self
        if modes.grad:
            if self._view is not None:
                source = old_value(self)
            if not direct and (self.requires_grad or _any_tracked(args) or _any_tracked(kwargs.values())):
                source = clone(source)  # the function's own steps may save it
        return overwrite(called, self, function(source, *args, **kwargs))

    functools.update_wrapper(method, function)
    method.__name__ = method.__qualname__ = called
    method.__doc__ = f"`{function.__name__}` in place."
    return method


def reshaping(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """The method that makes of the tensor itself what a function that moves no element gives."""
    called = f"{function.__name__}_"

    def method(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        base = base_of(self)
        if modes.grad and base.requires_grad and base.is_leaf:
            raise BackwardError(
                f"{called}: a leaf tensor that requires grad, or a view of one, can't be reshaped in place; "
                f"use {function.__name__}"
            )
        modes.note_unreplayable(f"{called} changes a tensor's shape")
        if self.requires_grad and self.is_leaf:  # in no_grad: it stays the leaf that it is
            self._array = function(self, *args, **kwargs)._array
            return self
        shape = self._array.shape
        reshape_in_place(
            self,
            lambda x: function(x, *args, **kwargs),
            lambda step: (
                (_permute, {"dims": inverse(step[1]["dims"])}) if step[0] is _permute else (_reshape, {"shape": shape})
            ),
        )
        return self

    functools.update_wrapper(method, function)
    method.__name__ = method.__qualname__ = called
    method.__doc__ = f"`{function.__name__}` of the tensor itself."
    return method


@operation(face=None)
def fill_diagonal_(input: Tensor, fill_value: float, wrap: bool = False) -> Tensor:
    """Sets the main diagonal of a matrix; with `wrap` a tall one has another a row below its end, and so on."""
    rows, columns = input._array.shape[:2]
    for start in range(0, rows if wrap else 1, columns + 1):
        fill_(diagonal(input[start:] if start else input), fill_value)
    return input
