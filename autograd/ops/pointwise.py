"""More functions of each element, composed of the primitives in `elementwise`; they inherit their derivatives."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from .. import dtypes
from ..engine.errors import OperationError
from ..engine.primitive import primitive
from ..engine.tensor import Tensor
from . import elementwise as e
from .creation import full, zeros_like
from .operands import as_operand, promote
from .promotion import cast, floating, inexact, require_tensors, result_type
from .reduction import norm
from .shape import broadcast_tensors


def frac(input: Tensor) -> Tensor:
    """The part behind the point, with the sign of the input."""
    return input - e.trunc(input)


def deg2rad(input: Tensor) -> Tensor:
    """Degrees as radians."""
    return floating("deg2rad", input) * (math.pi / 180.0)


def rad2deg(input: Tensor) -> Tensor:
    """Radians as degrees."""
    return floating("rad2deg", input) * (180.0 / math.pi)


def sgn(input: Tensor) -> Tensor:
    """sign(input), and input / |input| of complex numbers, 0 at 0."""
    return e._direction(input)


@e.unary(to_float=False)
def signbit(xp, x):
    """Whether the sign is negative, also of -0.0."""
    if xp.isdtype(x.dtype, "real floating"):
        return xp.signbit(x)
    return xp.zeros(x.shape, dtype=xp.bool) if xp.isdtype(x.dtype, ("bool", "unsigned integer")) else x < 0


@e.binary(to_float=True, x=lambda g, x, out: g * e.sign(x) * e.sign(out), y=lambda g: zeros_like(g))
def copysign(xp, x, y):
    """|input| with the sign of other."""
    if isinstance(x, float):
        x = xp.full(y.shape, x, dtype=y.dtype)
    if isinstance(y, float):
        y = xp.full(x.shape, y, dtype=x.dtype)
    return xp.copysign(x, y)


@e.binary(
    to_float=True,
    x=lambda g, x, out: g * (x / out),
    y=lambda g, y, out: g * (y / out),
)
def hypot(xp, x, y):
    """sqrt(input^2 + other^2) without overflow."""
    return xp.hypot(x, y)


@e.binary(
    to_float=True,
    x=lambda g, x, y: g * e.sigmoid((x - y) * e.LOG_2),
    y=lambda g, x, y: g * e.sigmoid((y - x) * e.LOG_2),
)
def logaddexp2(xp, x, y):
    """log2(2^input + 2^other) without overflow."""
    larger = xp.maximum(x, y)
    gap = xp.where(x == y, 0.0, -xp.abs(x - y))  # inf - inf is nan
    return larger + xp.log1p(xp.pow(2.0, gap)) * (1.0 / math.log(2.0))


@e.binary(to_float=True, x=lambda g, x, y: e.where(x != y, g, 0.0), y=lambda g: zeros_like(g))
def nextafter(xp, x, y):
    """The next representable number after input towards other; its derivative by input is 1, but 0 where both meet."""
    return xp.nextafter(x, y)


def _two_tensors(name: str, input: Any, other: Any) -> tuple[Tensor, Tensor]:
    x, y = promote(name, input, other)
    if not isinstance(x, Tensor):
        x = full((), x, dtype=y.dtype, device=y.device)
    if not isinstance(y, Tensor):
        y = full((), y, dtype=x.dtype, device=x.device)
    return x, y


def fmax(input: Any, other: Any) -> Tensor:
    """The larger of each pair, a number rather than a nan."""
    x, y = _two_tensors("fmax", input, other)
    if not x.is_floating_point():
        return e.maximum(x, y)
    return e.where((x >= y) | e.isnan(y), x, y)


def fmin(input: Any, other: Any) -> Tensor:
    """The smaller of each pair, a number rather than a nan."""
    x, y = _two_tensors("fmin", input, other)
    if not x.is_floating_point():
        return e.minimum(x, y)
    return e.where((x <= y) | e.isnan(y), x, y)


def float_power(input: Any, exponent: Any) -> Tensor:
    """input ** exponent in float64 (or complex128)."""
    kind = dtypes.promote_types(result_type(input, exponent), dtypes.float64)
    x, y = (cast(each, kind) if isinstance(each, Tensor) else each for each in (input, exponent))
    return e.pow(x, y)


def ldexp(input: Tensor, other: Tensor) -> Tensor:
    """input * 2 ** other."""
    return input * 2.0 ** inexact("ldexp", other)


def lerp(input: Tensor, end: Tensor, weight: Any) -> Tensor:
    """input + weight * (end - input), counted from the nearer end, so that a weight of 1 gives `end`."""
    gap = end - input
    if not isinstance(weight, Tensor):
        return input + gap * weight if abs(weight) < 0.5 else end - gap * (1 - weight)
    return e.where(e.abs(weight) < 0.5, input + gap * weight, end - gap * (1 - weight))


def addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: float = 1) -> Tensor:
    """input + value * tensor1 * tensor2."""
    product = e.mul(tensor1, tensor2)
    return input + (product if value == 1 else value * product)


def addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: float = 1) -> Tensor:
    """input + value * tensor1 / tensor2."""
    if not result_type(tensor1, tensor2).is_inexact:
        raise OperationError("addcdiv: dividing integers is not supported; convert one with .float()")
    quotient = e.div(tensor1, tensor2)
    return input + (quotient if value == 1 else value * quotient)


def heaviside(input: Tensor, values: Tensor) -> Tensor:
    """0 below zero, 1 above, `values` at zero; it has no derivative."""
    require_tensors("heaviside", input, values)
    x, y = promote("heaviside", input.detach(), values.detach())
    return e.where(x == 0, y, cast(x > 0, x.dtype))


_LARGEST = {"float16": 65504.0, "float32": 3.4028234663852886e38, "float64": 1.7976931348623157e308}


@primitive(x=lambda g, x: e.where(e.isfinite(x), g, 0.0))
def _nan_to_num(xp, x, *, nan, posinf, neginf):
    x = xp.where(xp.isnan(x), nan, x)
    return xp.where(x == math.inf, posinf, xp.where(x == -math.inf, neginf, x))


def nan_to_num(
    input: Tensor, nan: float | None = None, posinf: float | None = None, neginf: float | None = None
) -> Tensor:
    """nan, inf and -inf replaced by numbers: 0 and the largest and smallest of the dtype unless told."""
    if not input.is_floating_point():
        return input.clone()
    largest = _LARGEST[input.dtype.name]
    return _nan_to_num(
        input,
        nan=float(nan or 0.0),
        posinf=largest if posinf is None else float(posinf),
        neginf=-largest if neginf is None else float(neginf),
    )


def isposinf(input: Tensor) -> Tensor:
    """Whether each element is inf."""
    return input == math.inf if input.is_floating_point() else input != input


def isneginf(input: Tensor) -> Tensor:
    """Whether each element is -inf."""
    return input == -math.inf if input.is_floating_point() else input != input


def isreal(input: Tensor) -> Tensor:
    """Whether each element is a real number: all are but complex ones with an imaginary part."""
    if input.is_complex():
        return input.imag == 0
    return (input == input) | (input != input)


@e.binary()
def bitwise_left_shift(xp, x, y):
    """input << other, of integers."""
    return xp.bitwise_left_shift(x, y)


@e.binary()
def bitwise_right_shift(xp, x, y):
    """input >> other, of integers."""
    return xp.bitwise_right_shift(x, y)


def gcd(input: Tensor, other: Tensor) -> Tensor:
    """The greatest common divisor, by Euclid's algorithm on all elements at once."""
    require_tensors("gcd", input, other)
    x, y = broadcast_tensors(*promote("gcd", input, other))
    x, y = e.abs(x), e.abs(y)
    while bool((y != 0).any()):
        rest = x % e.where(y == 0, 1, y)
        x, y = e.where(y == 0, x, y), e.where(y == 0, 0, rest)
    return x


def lcm(input: Tensor, other: Tensor) -> Tensor:
    """The least common multiple."""
    divisor = gcd(input, other)
    safe = e.where(divisor == 0, 1, divisor)
    return e.abs(input // safe * other)


def isin(elements: Tensor, test_elements: Any, *, invert: bool = False) -> Tensor:
    """Whether each element is among the test elements."""
    tests = test_elements if isinstance(test_elements, Tensor) else as_operand("isin", test_elements, elements)
    found = (elements.unsqueeze(-1) == tests.reshape(-1)).any(-1)
    return ~found if invert else found


def dist(input: Tensor, other: Tensor, p: float = 2) -> Tensor:
    """The p-norm of input - other."""
    return norm(input - other, p)


class MantissaAndExponent(NamedTuple):
    """What `frexp` returns."""

    mantissa: Tensor
    exponent: Tensor


def frexp(input: Tensor) -> MantissaAndExponent:
    """(mantissa, exponent) with input = mantissa * 2**exponent, the mantissa's size in [1/2, 1)."""
    if not input.is_floating_point():
        raise OperationError(f"frexp: expected a floating-point tensor, got {input.dtype}")
    size = e.abs(input.detach())
    ordinary = e.isfinite(size) & (size != 0)
    exponent = e.floor(e.log2(e.where(ordinary, size, 1.0)))
    shrunk = _scaled(e.where(ordinary, size, 0.5), -exponent)  # in [1, 2), but for rounding of the logarithm
    exponent = exponent + cast(shrunk >= 2.0, input.dtype)
    exponent = exponent - cast(shrunk < 1.0, input.dtype)
    exponent = e.where(ordinary, exponent + 1.0, 0.0)
    return MantissaAndExponent(_scaled(input, -exponent), cast(exponent, dtypes.int32))


def _scaled(x: Tensor, exponent: Tensor) -> Tensor:
    """x * 2**exponent in two steps, since 2**exponent may overflow."""
    half = e.floor(0.5 * exponent)
    return x * e.exp2(half) * e.exp2(exponent - half)
