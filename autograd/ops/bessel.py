"""Bessel functions and the Airy function, under the names of torch.special.

One primitive a kind, of any whole order: the derivative of one order is said by its neighbours
(dlmf.nist.gov, 10.6.1 and 10.29.1), so derivatives of every order follow.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..backend import Array, Namespace, bessel as kernels
from ..backend.airy import airy
from ..engine.primitive import Primitive, primitive
from ..engine.tensor import Tensor
from .arithmetic import sign
from .choosing import where
from .comparison import isinf
from .operation import operation
from .promotion import floating
from .special import _sinc, in_double


def _mean(x: Tensor, y: Tensor) -> Tensor:
    return 0.5 * (x + y)


def _at(kind: Primitive, x: Tensor, order: int) -> Tensor:
    """The function of this order; below 0 it is that above, negative for odd orders of J and Y."""
    if order >= 0:
        return kind(x, order=order)
    found = kind(x, order=-order)
    return -found if kind in (_j, _y) and order % 2 else found


@primitive(x=lambda g, x, order: g * (0.5 * (_at(_j, x, order - 1) - _at(_j, x, order + 1))))
def _j(xp: Namespace, x: Array, *, order: int) -> Array:
    return in_double(lambda xp, x: kernels.j(xp, order, x), xp, x)


@primitive(x=lambda g, x, order: g * (0.5 * (_at(_y, x, order - 1) - _at(_y, x, order + 1))))
def _y(xp: Namespace, x: Array, *, order: int) -> Array:
    return in_double(lambda xp, x: kernels.y(xp, order, x), xp, x)


@primitive(x=lambda g, x, order: g * _mean(_at(_i, x, order - 1), _at(_i, x, order + 1)))
def _i(xp: Namespace, x: Array, *, order: int) -> Array:
    return in_double(lambda xp, x: kernels.i(xp, order, x), xp, x)


@primitive(x=lambda g, x, order: -g * _mean(_at(_k, x, order - 1), _at(_k, x, order + 1)))
def _k(xp: Namespace, x: Array, *, order: int) -> Array:
    return in_double(lambda xp, x: kernels.k(xp, order, x), xp, x)


@primitive(x=lambda g, x, out, order: g * (_mean(_at(_ie, x, order - 1), _at(_ie, x, order + 1)) - sign(x) * out))
def _ie(xp: Namespace, x: Array, *, order: int) -> Array:
    return in_double(lambda xp, x: kernels.scaled_i(xp, order, x), xp, x)


@primitive(x=lambda g, x, out, order: g * (out - _mean(_at(_ke, x, order - 1), _at(_ke, x, order + 1))))
def _ke(xp: Namespace, x: Array, *, order: int) -> Array:
    return in_double(lambda xp, x: kernels.scaled_k(xp, order, x), xp, x)


@primitive(x=lambda g, x, order: g * (x * _airy(x, order=0) if order else _airy(x, order=1)))
def _airy(xp: Namespace, x: Array, *, order: int) -> Array:
    return in_double(lambda xp, x: airy(xp, order, x), xp, x)


SPECIAL: dict[str, Any] = {"face": "special", "method": False}


def _public(
    name: str, kind: Primitive, order: int, doc: str, names: dict[str, Any] = SPECIAL
) -> Callable[[Tensor], Tensor]:
    def function(input: Tensor) -> Tensor:
        return kind(floating(name, input), order=order)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"{doc}, of order {order}."
    return operation(**names)(function)


FIRST = "The modified Bessel function of the first kind"
i0 = _public("i0", _i, 0, FIRST, {"in_place": True, "aliases": "special.i0"})
i1 = _public("i1", _i, 1, FIRST)
i0e, i1e = (_public(f"i{n}e", _ie, n, f"exp(-|input|) * i{n}(input)") for n in (0, 1))
bessel_j0, bessel_j1 = (_public(f"bessel_j{n}", _j, n, "The Bessel function of the first kind") for n in (0, 1))
bessel_y0, bessel_y1 = (
    _public(f"bessel_y{n}", _y, n, "The Bessel function of the second kind (nan below 0)") for n in (0, 1)
)
modified_bessel_i0, modified_bessel_i1 = (
    _public(f"modified_bessel_i{n}", _i, n, "The modified Bessel function of the first kind") for n in (0, 1)
)
modified_bessel_k0, modified_bessel_k1 = (
    _public(f"modified_bessel_k{n}", _k, n, "The modified Bessel function of the second kind (nan below 0)")
    for n in (0, 1)
)
scaled_modified_bessel_k0, scaled_modified_bessel_k1 = (
    _public(f"scaled_modified_bessel_k{n}", _ke, n, f"exp(input) * modified_bessel_k{n}(input)") for n in (0, 1)
)


@operation(face="special", method=False)
def spherical_bessel_j0(input: Tensor) -> Tensor:
    """sin(input) / input, 1 at 0 and 0 at infinity."""
    x = floating("spherical_bessel_j0", input)
    infinite = isinf(x)
    return where(infinite, 0.0, _sinc(where(infinite, 1.0, x)))


@operation(face="special", method=False)
def airy_ai(input: Tensor) -> Tensor:
    """The Airy function Ai, which solves y'' = x y and vanishes at infinity.

    >>> import autograd
    >>> autograd.special.airy_ai(autograd.tensor([0.0, 1.0]))
    tensor([0.3550, 0.1353])
    """
    return _airy(floating("airy_ai", input), order=0)
