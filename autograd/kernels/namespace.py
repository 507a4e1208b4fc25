"""The array namespace of symbols: functions of the array API that leave expressions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from . import symbols
from .expression import Expression, NotLoweredError
from .symbols import Symbol, broadcast, cast, elementwise, permuted, reduction, reshaped, symbol_of

# The array API's names where NumPy's ufuncs have others.
UFUNCS = {"pow": "power", "abs": "absolute", "bitwise_invert": "invert", "conj": "conjugate", "round": "rint"}
UFUNCS |= {"acos": "arccos", "asin": "arcsin", "atan": "arctan", "atan2": "arctan2"}
UFUNCS |= {"acosh": "arccosh", "asinh": "arcsinh", "atanh": "arctanh"}
UFUNCS |= {"bitwise_left_shift": "left_shift", "bitwise_right_shift": "right_shift"}


class SymbolicNamespace:
    """What takes the place of `numpy` while a primitive computes on symbols; what is not here is not lowered."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found = getattr(np, UFUNCS.get(name, name), None)
        if isinstance(found, np.ufunc) and found.nout == 1 and found.signature is None:
            return lambda *operands: elementwise(found.__name__, *operands)
        if isinstance(found, type) and issubclass(found, np.generic):
            return np.dtype(found)
        raise NotLoweredError(f"calls {name}()")

    bool = np.dtype(bool)
    newaxis = None
    inf, nan, pi, e = math.inf, math.nan, math.pi, math.e

    def isdtype(self, dtype: Any, kind: Any) -> Any:
        return np.isdtype(dtype, kind)

    def finfo(self, x: Any) -> Any:
        return np.finfo(x.dtype if isinstance(x, Symbol) else x)

    def iinfo(self, x: Any) -> Any:
        return np.iinfo(x.dtype if isinstance(x, Symbol) else x)

    def result_type(self, *operands: Any) -> np.dtype:
        return np.result_type(*[x.dtype if isinstance(x, Symbol) else x for x in operands])

    # Elementwise

    def astype(self, x: Any, dtype: Any, copy: Any = True) -> Symbol:
        return Symbol(cast(x, dtype).expression)

    def where(self, condition: Any, x: Any, y: Any) -> Symbol:
        return symbols.where(condition, x, y)

    def clip(self, x: Any, low: Any = None, high: Any = None) -> Symbol:
        x = x if low is None else elementwise("maximum", x, low)
        return x if high is None else elementwise("minimum", x, high)

    # Reductions

    def sum(self, x: Any, axis: Any = None, dtype: Any = None, keepdims: Any = False) -> Symbol:
        return reduction("sum", x, axis, keepdims, dtype)

    def prod(self, x: Any, axis: Any = None, dtype: Any = None, keepdims: Any = False) -> Symbol:
        return reduction("prod", x, axis, keepdims, dtype)

    def max(self, x: Any, axis: Any = None, keepdims: Any = False) -> Symbol:
        return reduction("max", x, axis, keepdims)

    def min(self, x: Any, axis: Any = None, keepdims: Any = False) -> Symbol:
        return reduction("min", x, axis, keepdims)

    def any(self, x: Any, axis: Any = None, keepdims: Any = False) -> Symbol:
        return reduction("max", cast(x, np.bool_), axis, keepdims)

    def all(self, x: Any, axis: Any = None, keepdims: Any = False) -> Symbol:
        return reduction("min", cast(x, np.bool_), axis, keepdims)

    def mean(self, x: Any, axis: Any = None, keepdims: Any = False) -> Symbol:
        total = reduction("sum", x, axis, keepdims)
        return elementwise("divide", total, symbol_of(x).size // max(total.size, 1))

    # Shapes

    def reshape(self, x: Any, shape: Sequence[int]) -> Symbol:
        return reshaped(x, shape)

    def permute_dims(self, x: Any, axes: Sequence[int]) -> Symbol:
        return permuted(x, axes)

    def matrix_transpose(self, x: Any) -> Symbol:
        return symbol_of(x).mT

    def moveaxis(self, x: Any, source: Any, destination: Any) -> Symbol:
        order = np.moveaxis(np.empty([*range(x.ndim)], bool), source, destination).shape
        return permuted(x, order)

    def expand_dims(self, x: Any, axis: Any = 0) -> Symbol:
        return reshaped(x, np.expand_dims(np.empty(x.shape, np.bool_), axis).shape)

    def squeeze(self, x: Any, axis: Any) -> Symbol:
        return reshaped(x, np.empty(x.shape, np.bool_).squeeze(axis).shape)

    def broadcast_to(self, x: Any, shape: Sequence[int]) -> Symbol:
        return broadcast(x, shape)

    def flip(self, x: Any, axis: Any = None) -> Symbol:
        axes = range(x.ndim) if axis is None else np.atleast_1d(axis) % x.ndim
        return x[tuple([slice(None, None, -1) if i in axes else slice(None) for i in range(x.ndim)])]

    def concat(self, arrays: Sequence[Any], axis: int = 0) -> Symbol:
        kind = np.result_type(*[x.dtype for x in arrays])
        given = tuple([cast(x, kind).expression for x in arrays])
        shape = np.concatenate([np.empty(x.shape, np.bool_) for x in given], axis).shape
        return Symbol(Expression("concat", given, shape, kind, axis % len(shape)))

    def stack(self, arrays: Sequence[Any], axis: int = 0) -> Symbol:
        return self.concat([self.expand_dims(x, axis) for x in arrays], axis)

    # Products

    def matmul(self, x: Any, y: Any) -> Symbol:
        kind = np.result_type(x.dtype, y.dtype)
        shape = np.matmul(np.empty(x.shape, np.bool_), np.empty(y.shape, np.bool_)).shape
        return Symbol(Expression("matmul", (cast(x, kind).expression, cast(y, kind).expression), shape, kind))

    # Creation

    def asarray(self, x: Any, dtype: Any = None, copy: Any = None) -> Symbol:
        found = symbol_of(x)
        return Symbol((found if dtype is None else cast(found, dtype)).expression)

    def full(self, shape: Any, value: Any, dtype: Any = None) -> Symbol:
        return broadcast(self.asarray(value, dtype), (shape,) if isinstance(shape, int) else shape)

    def zeros(self, shape: Any, dtype: Any = np.float64) -> Symbol:
        return self.full(shape, 0, dtype)

    def ones(self, shape: Any, dtype: Any = np.float64) -> Symbol:
        return self.full(shape, 1, dtype)

    def full_like(self, x: Any, value: Any, dtype: Any = None) -> Symbol:
        return self.full(x.shape, value, x.dtype if dtype is None else dtype)

    def zeros_like(self, x: Any, dtype: Any = None) -> Symbol:
        return self.full_like(x, 0, dtype)

    def ones_like(self, x: Any, dtype: Any = None) -> Symbol:
        return self.full_like(x, 1, dtype)

    def arange(self, start: Any, stop: Any = None, step: Any = 1, dtype: Any = None) -> Symbol:
        like = np.arange(start, stop, step, dtype=dtype)
        count = Symbol(Expression("arange", (), like.shape, like.dtype))
        first = 0 if stop is None else start
        return count if (first, step) == (0, 1) else cast(count * step + first, like.dtype)
