"""To whole numbers."""

from __future__ import annotations

import builtins

from .. import dtypes
from ..backend import Array, Namespace
from ..engine.tensor import Tensor
from .creation import zeros_like
from .elementwise import unary
from .operation import operation
from .promotion import cast


@unary(to_float=False, x=lambda g: zeros_like(g))
def floor(xp: Namespace, x: Array) -> Array:
    """The next integer below."""
    return xp.floor(x)


@unary(to_float=False, x=lambda g: zeros_like(g))
def ceil(xp: Namespace, x: Array) -> Array:
    """The next integer above."""
    return xp.ceil(x)


@unary(to_float=False, x=lambda g: zeros_like(g))
def _round(xp: Namespace, x: Array) -> Array:
    return xp.round(x)


@operation(in_place=True, aliases="special.round")
def round(input: Tensor, *, decimals: int = 0) -> Tensor:
    """The nearest integer, or the nearest number of so many decimals; halves go to the even one."""
    if not decimals:
        return _round(input)
    if not isinstance(input, Tensor) or not input.is_floating_point():
        raise TypeError("round: decimals are of floating-point tensors")
    if input.dtype in dtypes.HALVES:  # whose range the scaled numbers leave
        return cast(round(cast(input, dtypes.float32), decimals=decimals), input.dtype)
    scale = 10.0 ** builtins.abs(decimals)
    if decimals > 0:
        return _round(input * scale) / scale
    return _round(input / scale) * scale


@unary(aliases="fix", to_float=False, x=lambda g: zeros_like(g))
def trunc(xp: Namespace, x: Array) -> Array:
    """The next integer towards 0."""
    return xp.trunc(x)


@operation(in_place=True)
def frac(input: Tensor) -> Tensor:
    """The part behind the point, with the sign of the input."""
    return input - trunc(input)
