"""bfloat16: the upper half of a float32, which NumPy can hold (through `ml_dtypes`) and not reckon with.

An array of it is widened to float32 to be computed with, and what comes out is rounded to the nearest, ties to even.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ml_dtypes
import numpy as np

from .. import dtypes
from .arrays import Array

BFLOAT16 = np.dtype(ml_dtypes.bfloat16)
in_use = False  # whether there may be such arrays: until then nobody looks for them


def widen(x: Array) -> Array:
    """The same numbers in float32: the bits, with zeros behind them."""
    return (x.view(np.uint16).astype(np.uint32) << np.uint32(16)).view(np.float32)


def narrow(x: Array) -> Array:
    """The nearest bfloat16 numbers."""
    return x.astype(BFLOAT16)


class Native(dtypes.Native):
    """NumPy's dtypes by autograd's, bfloat16 among them from when it is asked for."""

    def __init__(self, known: dict[dtypes.dtype, Any], noticed: Callable[[Any], None]) -> None:
        super().__init__(known)
        self.noticed = noticed

    def __missing__(self, kind: dtypes.dtype) -> Any:
        if kind is not dtypes.bfloat16:
            return super().__missing__(kind)
        global in_use
        in_use = True
        self.noticed(BFLOAT16)
        self[kind] = BFLOAT16
        return BFLOAT16


class Kinds(dict):
    """autograd's dtypes by NumPy's, likewise."""

    def __init__(self, native: Native) -> None:
        super().__init__({np.dtype(each): kind for kind, each in native.items()})
        self.native = native

    def __missing__(self, native: Any) -> dtypes.dtype:
        if native != BFLOAT16:
            raise TypeError(f"{native} is no dtype of a tensor; there are {', '.join(dtypes.BY_NAME)}")
        self[self.native[dtypes.bfloat16]] = dtypes.bfloat16
        return dtypes.bfloat16


class Written(np.ndarray):
    """A widened array whose every write in place is rounded, as it would be in memory of bfloat16.

    What is computed from it is an ordinary array.
    """

    def __array_wrap__(self, array: Any, context: Any = None, return_scalar: bool = False) -> Any:
        return array

    def __setitem__(self, index: Any, value: Any) -> None:
        super().__setitem__(index, widen(narrow(np.asarray(value, dtype=np.float32))))


def _rounding(name: str) -> Any:
    inplace = getattr(np.ndarray, name)

    def write(self: Written, other: Any) -> Written:
        plain = inplace(self.view(np.ndarray), other)
        plain[...] = widen(narrow(plain))
        return self

    return write


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow"):
    setattr(Written, f"__i{_name}__", _rounding(f"__i{_name}__"))
