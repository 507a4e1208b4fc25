"""Symbols: they stand for arrays while a primitive computes, and keep the expression of what it did with them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .expression import Expression, NotLoweredError

NUMBERS = int | float | complex | np.generic


class Symbol:
    """An array that is not there yet: a handle that can be rebound, by `x += y` or `x[...] = y`, on an expression."""

    __slots__ = ("expression",)
    __array_ufunc__ = None  # NumPy leaves `np.float32(2) * symbol` to the symbol

    def __init__(self, expression: Expression) -> None:
        self.expression = expression

    @property
    def shape(self) -> tuple[int, ...]:
        return self.expression.shape

    @property
    def dtype(self) -> np.dtype:
        return self.expression.dtype

    @property
    def ndim(self) -> int:
        return len(self.expression.shape)

    @property
    def size(self) -> int:
        return math.prod(self.expression.shape)

    @property
    def T(self) -> Symbol:  # noqa: N802
        return permuted(self, range(self.ndim)[::-1])

    @property
    def mT(self) -> Symbol:  # noqa: N802
        return permuted(self, (*range(self.ndim - 2), self.ndim - 1, self.ndim - 2))

    def __getitem__(self, index: Any) -> Symbol:
        return indexed(self, index)

    def __setitem__(self, index: Any, value: Any) -> None:
        if index is not Ellipsis and not (isinstance(index, tuple) and index == ()):
            raise NotLoweredError("writes by an index")
        self.expression = broadcast(cast(value, self.dtype), self.shape).expression

    def __bool__(self) -> bool:
        raise NotLoweredError("reads a value on the host")

    __int__ = __float__ = __index__ = __complex__ = __bool__
    __hash__ = None  # type: ignore[assignment]

    def __iter__(self) -> Any:
        raise NotLoweredError("walks over an array")

    def __repr__(self) -> str:
        return f"Symbol({self.expression!r})"


def symbol_of(x: Any) -> Symbol:
    """A symbol for what stands in an expression: itself, or a constant."""
    if isinstance(x, Symbol):
        return x
    if isinstance(x, bool | NUMBERS):
        kind = x.dtype if isinstance(x, np.generic) else np.asarray(x).dtype
        return Symbol(Expression("number", (), (), kind, x.item() if isinstance(x, np.generic) else x))
    if isinstance(x, np.ndarray) and x.ndim == 0:
        return symbol_of(x[()])
    raise NotLoweredError(f"computes with a {type(x).__name__}")


def cast(x: Any, dtype: Any) -> Symbol:
    """The numbers in another dtype; a constant is rounded to it now."""
    x, dtype = symbol_of(x), np.dtype(dtype)
    if x.dtype == dtype:
        return x
    if x.expression.name == "number":
        return Symbol(Expression("number", (), (), dtype, np.asarray(x.expression.parameters).astype(dtype).item()))
    return Symbol(Expression("cast", (x.expression,), x.shape, dtype))


def elementwise(name: str, *operands: Any) -> Symbol:
    """A ufunc of NumPy on symbols and numbers, with its promotion: Python's numbers have no dtype of their own."""
    ufunc = getattr(np, name)
    operands = tuple([x if isinstance(x, bool | NUMBERS) else symbol_of(x) for x in operands])
    kinds = [x.dtype if isinstance(x, Symbol | np.generic) else type(x) for x in operands]
    if all(isinstance(kind, type) for kind in kinds):
        return symbol_of(ufunc(*operands))
    computed = _resolve(ufunc, kinds)
    given = [cast(x, kind) for x, kind in zip(operands, computed, strict=False)]
    shape = np.broadcast_shapes(*[x.shape for x in given])
    return Symbol(Expression(name, tuple([x.expression for x in given]), shape, computed[-1]))


def _resolve(ufunc: Any, kinds: list[Any]) -> tuple[np.dtype, ...]:
    try:
        found: tuple[np.dtype, ...] = ufunc.resolve_dtypes((*[int if k is bool else k for k in kinds], None))
    except TypeError as error:
        raise NotLoweredError(f"{ufunc.__name__} of {kinds}: {error}") from None
    return found


def where(condition: Any, x: Any, y: Any) -> Symbol:
    """Elements of x where the condition holds, else of y."""
    weak = [each for each in (x, y) if not isinstance(each, Symbol | np.generic)]
    strong = [each.dtype for each in (x, y) if isinstance(each, Symbol | np.generic)]
    kind = np.result_type(*strong, *weak)
    given = [cast(condition, bool), cast(x, kind), cast(y, kind)]
    shape = np.broadcast_shapes(*[each.shape for each in given])
    return Symbol(Expression("where", tuple([each.expression for each in given]), shape, kind))


def reduction(name: str, x: Any, axis: Any, keepdims: bool, dtype: Any = None) -> Symbol:
    """A sum, product, maximum or minimum over axes (None: all)."""
    x = symbol_of(x)
    axes = range(x.ndim) if axis is None else (axis,) if isinstance(axis, int) else axis
    axes = tuple(sorted(a % x.ndim for a in axes)) if x.ndim else ()
    kind = getattr(np, name)(np.ones(1, x.dtype), dtype=dtype).dtype if name in ("sum", "prod") else x.dtype
    shape = tuple([n for i, n in enumerate(x.shape) if i not in axes])
    found = cast(x, kind)
    if axes:
        found = Symbol(Expression(name, (found.expression,), shape, kind, axes))
    return reshaped(found, [1 if i in axes else n for i, n in enumerate(x.shape)]) if keepdims else found


def reshaped(x: Any, shape: Sequence[int]) -> Symbol:
    """The same elements in order, in another shape; -1 stands for what is left."""
    x = symbol_of(x)
    shape = np.empty(x.shape, bool).reshape(tuple(shape)).shape
    return x if shape == x.shape else Symbol(Expression("reshape", (x.expression,), shape, x.dtype))


def permuted(x: Any, order: Sequence[int]) -> Symbol:
    """The dimensions in another order."""
    x = symbol_of(x)
    order = tuple([axis % x.ndim for axis in order])
    if order == tuple(range(x.ndim)):
        return x
    return Symbol(Expression("permute", (x.expression,), tuple([x.shape[i] for i in order]), x.dtype, order))


def broadcast(x: Any, shape: Sequence[int]) -> Symbol:
    """Stretched to a shape."""
    x, shape = symbol_of(x), tuple(shape)
    if x.shape == shape:
        return x
    np.broadcast_to(np.empty(x.shape, bool), shape)
    return Symbol(Expression("broadcast", (x.expression,), shape, x.dtype))


def indexed(x: Any, index: Any) -> Symbol:
    """What slices, integers, None and ... cut out."""
    x = symbol_of(x)
    index = index if isinstance(index, tuple) else (index,)
    if not all(each is None or each is Ellipsis or isinstance(each, int | np.integer | slice) for each in index):
        raise NotLoweredError("reads by an index of arrays")
    shape = np.empty(x.shape, bool)[index].shape
    if shape == x.shape and all(each is Ellipsis or each == slice(None) for each in index):
        return x
    return Symbol(Expression("index", (x.expression,), shape, x.dtype, index))


def _operator(name: str, swapped: bool = False) -> Callable[[Symbol, Any], Symbol]:
    def apply(self: Symbol, other: Any) -> Symbol:
        return elementwise(name, other, self) if swapped else elementwise(name, self, other)

    return apply


def _in_place(name: str) -> Callable[[Symbol, Any], Symbol]:
    def apply(self: Symbol, other: Any) -> Symbol:
        self[...] = elementwise(name, self, other)
        return self

    return apply


_OPERATORS = {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "truediv": "divide",
    "floordiv": "floor_divide",
    "mod": "remainder",
    "pow": "power",
    "and": "bitwise_and",
    "or": "bitwise_or",
    "xor": "bitwise_xor",
    "lshift": "left_shift",
    "rshift": "right_shift",
}
for _short, _name in _OPERATORS.items():
    setattr(Symbol, f"__{_short}__", _operator(_name))
    setattr(Symbol, f"__r{_short}__", _operator(_name, swapped=True))
    setattr(Symbol, f"__i{_short}__", _in_place(_name))
for _short, _name in {
    "eq": "equal",
    "ne": "not_equal",
    "lt": "less",
    "le": "less_equal",
    "gt": "greater",
    "ge": "greater_equal",
}.items():
    setattr(Symbol, f"__{_short}__", _operator(_name))
for _short, _name in {"neg": "negative", "invert": "invert", "abs": "absolute", "pos": "positive"}.items():
    setattr(Symbol, f"__{_short}__", lambda self, name=_name: elementwise(name, self))
