"""What torch does with numbers that may be symbols of a shape: here they are Python's numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any


def sym_sum(args: Sequence[Any]) -> Any:
    """sum of numbers."""
    return sum(args)


def sym_ite(b: bool, t: Any, f: Any) -> Any:
    """t if b else f."""
    return t if b else f


def sym_not(a: Any) -> bool:
    """not a."""
    return not a


def sym_min(a: Any, b: Any) -> Any:
    """min of two numbers, a float if one is."""
    return float(min(a, b)) if isinstance(a, float) or isinstance(b, float) else min(a, b)


def sym_max(a: Any, b: Any) -> Any:
    """max of two numbers, a float if one is."""
    return float(max(a, b)) if isinstance(a, float) or isinstance(b, float) else max(a, b)


sym_int, sym_float, sym_sqrt = math.trunc, float, math.sqrt

__all__ = ["sym_float", "sym_int", "sym_ite", "sym_max", "sym_min", "sym_not", "sym_sqrt", "sym_sum"]
