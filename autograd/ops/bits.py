"""The bits of integers; of bools `and`, `or`, `xor`, `not`."""

from __future__ import annotations

from ..backend import Array, Namespace
from .elementwise import binary, unary


@binary()
def bitwise_and(xp: Namespace, x: Array, y: Array) -> Array:
    """The bits set in both; `and` of bools."""
    return xp.bitwise_and(x, y)


@binary()
def bitwise_or(xp: Namespace, x: Array, y: Array) -> Array:
    """The bits set in either; `or` of bools."""
    return xp.bitwise_or(x, y)


@binary()
def bitwise_xor(xp: Namespace, x: Array, y: Array) -> Array:
    """The bits set in one of both; `xor` of bools."""
    return xp.bitwise_xor(x, y)


@unary(to_float=False)
def bitwise_not(xp: Namespace, x: Array) -> Array:
    """All bits flipped; `not` of bools."""
    return xp.bitwise_invert(x)


@binary()
def bitwise_left_shift(xp: Namespace, x: Array, y: Array) -> Array:
    """input << other, of integers."""
    return xp.bitwise_left_shift(x, y)


@binary()
def bitwise_right_shift(xp: Namespace, x: Array, y: Array) -> Array:
    """input >> other, of integers."""
    return xp.bitwise_right_shift(x, y)
