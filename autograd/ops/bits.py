"""The bits of integers; of bools `and`, `or`, `xor`, `not`."""

from __future__ import annotations

from .elementwise import binary, unary


@binary()
def bitwise_and(xp, x, y):
    """The bits set in both; `and` of bools."""
    return xp.bitwise_and(x, y)


@binary()
def bitwise_or(xp, x, y):
    """The bits set in either; `or` of bools."""
    return xp.bitwise_or(x, y)


@binary()
def bitwise_xor(xp, x, y):
    """The bits set in one of both; `xor` of bools."""
    return xp.bitwise_xor(x, y)


@unary(to_float=False)
def bitwise_not(xp, x):
    """All bits flipped; `not` of bools."""
    return xp.bitwise_invert(x)


@binary()
def bitwise_left_shift(xp, x, y):
    """input << other, of integers."""
    return xp.bitwise_left_shift(x, y)


@binary()
def bitwise_right_shift(xp, x, y):
    """input >> other, of integers."""
    return xp.bitwise_right_shift(x, y)
