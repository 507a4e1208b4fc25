"""The backend of symbols, for primitives that ask for theirs: its portable references are traced."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..backend import Backend, get_backend
from . import symbols
from .expression import NotLoweredError
from .namespace import SymbolicNamespace
from .symbols import Symbol


class SymbolicBackend(Backend):
    """Its arrays are symbols; dtypes are NumPy's."""

    array_type = Symbol
    xp = SymbolicNamespace()

    def __init__(self) -> None:
        cpu = get_backend("cpu")
        self.device, self.native, self.dtypes = cpu.device, cpu.native, cpu.dtypes

    def copy(self, array: Any) -> Symbol:
        return Symbol(array.expression)

    def index(self, x: Any, index: tuple) -> Symbol:
        return symbols.indexed(x, index)

    def all_finite(self, array: Any) -> bool:
        raise NotLoweredError("reads a value on the host")

    def check_divisor(self, y: Any) -> None:
        if np.isdtype(symbols.symbol_of(y).dtype, "integral"):
            raise NotLoweredError("looks for zeros among integers that it divides by")
