"""Operands: what becomes of two arguments, tensors or numbers, before one elementwise primitive takes them."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes
from ..engine.errors import NotATensorError
from ..engine.tensor import Tensor
from .creation import as_tensor
from .promotion import cast, result_type


def promote(name: str, x: Any, y: Any, to_float: bool = False) -> tuple[Any, Any]:
    """x and y ready for one elementwise primitive: tensors of one dtype, or a tensor and a number."""
    x, y = (each.item() if isinstance(each, np.generic) else each for each in (x, y))
    if type(x) in _NUMBERS:
        if not isinstance(y, Tensor):
            raise TypeError(f"{name}: expected at least one Tensor, got {type(x).__name__} and {type(y).__name__}")
        y, x = _with_number(name, y, x, to_float)
        return x, y
    if type(y) in _NUMBERS and isinstance(x, Tensor):
        return _with_number(name, x, y, to_float)
    x, y = as_operand(name, x, y), as_operand(name, y, x)
    kind = result_type(x, y)
    if to_float and not kind.is_inexact:
        kind = dtypes.get_default_dtype()
    return cast(x, kind), cast(y, kind)


_NUMBERS = {int, float, bool, complex}


def _with_number(name: str, x: Tensor, number: Any, to_float: bool) -> tuple[Tensor, Any]:
    kind = x.dtype
    if kind.category == dtypes.FLOATING and type(number) is not complex:
        return x, float(number) if type(number) is not float else number
    wanted = result_type(x, number)
    if to_float and not wanted.is_inexact:
        wanted = dtypes.get_default_dtype()
    if wanted.category == dtypes.INTEGER:
        number = int(number)
        bits = 8 * wanted.itemsize
        low, high = (-(1 << bits - 1), 1 << bits - 1) if wanted.is_signed else (0, 1 << bits)
        if not low <= number < high:
            number = (number - low) % (1 << bits) + low  # wraps around, as torch's integers do
    elif wanted.is_floating_point:
        number = float(number)
    elif wanted.is_complex:
        number = complex(number)
    return cast(x, wanted), number


def as_operand(name: str, x: Any, beside: Any) -> Tensor:
    """x as a tensor on the device of the operand beside it."""
    if isinstance(x, Tensor):
        return x
    if isinstance(x, (int, float, complex)) or type(x).__module__ == "numpy":
        if type(x).__module__ == "numpy" and not hasattr(x, "__len__"):
            x = x.item() if hasattr(x, "item") and not getattr(x, "shape", ()) else x
        return as_tensor(x, device=beside.device if isinstance(beside, Tensor) else None)
    raise NotATensorError(name, x, "an operand")
