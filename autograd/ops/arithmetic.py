"""Sums, products, quotients, powers, roots, signs."""

from __future__ import annotations

import builtins
import cmath
import math
from typing import Any, NamedTuple

from .. import dtypes
from ..backend import Array, Backend, Namespace
from ..engine.errors import OperationError
from ..engine.tensor import Tensor
from ..types import Operand
from .choosing import where
from .comparison import isfinite
from .creation import zeros_like
from .elementwise import binary, is_bool, unary
from .exponential import exp2, log, log2
from .layout import as_operands, laid_as
from .operands import promote
from .operation import operation
from .promotion import cast, inexact, require_tensors, result_type, rounded_once
from .rounding import floor, trunc
from .shape import broadcast_tensors


@binary(holomorphic=True, x=lambda g: g, y=lambda g: g)
def _add(xp: Namespace, x: Array, y: Array) -> Array:
    return xp.add(x, y)


@operation(in_place=True, numbers_first=True)
def add(input: Operand, other: Operand, *, alpha: float = 1) -> Tensor:
    """input + alpha * other, elementwise with broadcasting; for bools `or`.

    >>> import autograd
    >>> autograd.add(autograd.tensor([1, 2]), 0.5)
    tensor([1.5000, 2.5000])
    """
    return _add(input, other if alpha == 1 else alpha * other)


@binary(holomorphic=True, x=lambda g: g, y=lambda g: -g)
def _sub(xp: Namespace, x: Array, y: Array) -> Array:
    return xp.subtract(x, y)


@operation(in_place=True, numbers_first=True, aliases="subtract")
def sub(input: Operand, other: Operand, *, alpha: float = 1) -> Tensor:
    """input - alpha * other, elementwise with broadcasting."""
    return _sub(input, other if alpha == 1 else alpha * other)


@operation(method=False)
def rsub(input: Operand, other: Operand, *, alpha: float = 1) -> Tensor:
    """other - alpha * input."""
    return sub(other, input, alpha=alpha)


@binary(aliases="multiply", holomorphic=True, x=lambda g, y: g * y, y=lambda g, x: g * x)
def mul(xp: Namespace, x: Array, y: Array) -> Array:
    """input * other, elementwise with broadcasting; for bools `and`."""
    return xp.multiply(x, y)


@binary(holomorphic=True, to_float=True, x=lambda g, y: g / y, y=lambda g, x, y: -g * (x / y / y))
def _true_divide(xp: Namespace, x: Array, y: Array) -> Array:
    return xp.divide(x, y)


@operation(in_place=True, aliases="divide true_divide")
def div(input: Operand, other: Operand, *, rounding_mode: str | None = None) -> Tensor:
    """input / other; integers give the default float. `rounding_mode`: None, 'trunc' or 'floor'."""
    if rounding_mode is None:
        return _true_divide(input, other)
    if rounding_mode == "floor":
        return floor_divide(input, other)
    if rounding_mode == "trunc":
        if result_type(input, other).is_floating_point:
            return _truncated_quotient(input, other)
        return floor_divide(_sub(input, fmod(input, other)), other)
    raise ValueError(f"div: rounding_mode is one of None, 'trunc' and 'floor', got {rounding_mode!r}")


@binary(x=lambda g: zeros_like(g), y=lambda g: zeros_like(g))
def _truncated_quotient(xp: Namespace, x: Array, y: Array) -> Array:
    return xp.trunc(xp.divide(x, y))


@binary(x=lambda g: zeros_like(g), y=lambda g: zeros_like(g))
def floor_divide(backend: Backend, x: Array, y: Array) -> Array:
    """floor(input / other); its gradient is zero wherever there is one."""
    backend.check_divisor(y)
    return backend.xp.floor_divide(x, y)


@binary(x=lambda g: g, y=lambda g, x, y: -g * (x // y))
def remainder(backend: Backend, x: Array, y: Array) -> Array:
    """input - floor(input / other) * other: has the sign of `other`, as Python's %; a zero keeps that of `input`."""
    backend.check_divisor(y)
    xp = backend.xp
    rest = backend.fmod(x, y)
    return xp.where(xp.logical_and(rest != 0, (rest < 0) != (y < 0)), rest + y, rest)


@binary(x=lambda g: g, y=lambda g, x, y: -g * trunc(x / y))
def fmod(backend: Backend, x: Array, y: Array) -> Array:
    """input - trunc(input / other) * other: has the sign of `input`, as C's fmod."""
    backend.check_divisor(y)
    return backend.fmod(x, y)


@binary(
    autocast="single",
    holomorphic=True,
    x=lambda g, x, y: _pow_by_base(g, x, y),
    y=lambda g, x, y, out: _pow_by_exponent(g, x, y, out),
)
def _pow(xp: Namespace, x: Array, y: Array) -> Array:
    return xp.pow(x, y)


@operation(in_place=True)
def pow(input: Operand, exponent: Operand) -> Tensor:
    """input ** exponent, elementwise with broadcasting."""
    return _pow(input, exponent)


def _pow_by_base(g: Tensor, x: Any, y: Any) -> Tensor:
    """y x^(y-1), which is 0 (not nan) where y is 0, also of an x that has no inverse."""
    if isinstance(y, Tensor):
        constant = (y == 0) & ~isfinite(reciprocal(x))
        return where(constant, 0.0, g * (y * where(constant, 1.0, x) ** (y - 1)))
    if y == 0:
        return zeros_like(g)
    if y == 1:
        return g * x**0  # in numbers: the derivative of ones is zeros
    if y == 2:
        return 2 * g * x
    return g * (y * x ** (y - 1))


def _pow_by_exponent(g: Tensor, x: Any, y: Any, out: Tensor) -> Tensor:
    """x^y log x, which is 0 at x = 0 where y >= 0."""
    if not isinstance(x, Tensor):
        if isinstance(x, complex) and x:
            return g * out * cmath.log(x)
        return g * out * (math.log(x) if x > 0 else (0.0 if x == 0 else math.nan))
    at_zero = x == 0 if y.is_complex() else (x == 0) & (y >= 0)
    return where(at_zero, 0.0, g * (out * log(where(at_zero, 1.0, x))))


@unary(aliases="negative", holomorphic=True, to_float=False, x=lambda g: -g)
def neg(xp: Namespace, x: Array) -> Array:
    """-input."""
    return xp.negative(x)


@operation
def positive(input: Tensor) -> Tensor:
    """input itself."""
    require_tensors("positive", input)
    return input


@unary(aliases="absolute", to_float=False, complex_rules=True, x=lambda g, x: g * _direction(x))
def abs(xp: Namespace, x: Array) -> Array:
    """|input|; the derivative at 0 is taken as 0."""
    return xp.abs(x)


def _direction(x: Tensor) -> Tensor:
    """sign(x), and x / |x| of a complex number."""
    if not x.is_complex():
        return sign(x)
    size = abs(x)
    return x / where(size == 0, 1.0, size)


@unary(to_float=False, x=lambda g: zeros_like(g))
def sign(xp: Namespace, x: Array) -> Array:
    """-1, 0 or 1."""
    return x if is_bool(xp, x) else xp.sign(x)


@unary(autocast="single", holomorphic=True, x=lambda g, out: -g * (out * out))
def reciprocal(xp: Namespace, x: Array) -> Array:
    """1 / input."""
    return xp.divide(1.0, x)


@unary(autocast="single", holomorphic=True, to_float=False, x=lambda g, x: 2 * g * x)
def square(xp: Namespace, x: Array) -> Array:
    """input * input."""
    if is_bool(xp, x):
        x = xp.astype(x, xp.int64)
    return xp.multiply(x, x)


@unary(holomorphic=True, x=lambda g, out: g / (2 * out))
def sqrt(xp: Namespace, x: Array) -> Array:
    """The square root."""
    return xp.sqrt(x)


@unary(autocast="single", holomorphic=True, x=lambda g, out: -0.5 * g * out**3)
def rsqrt(xp: Namespace, x: Array) -> Array:
    """1 / sqrt(input)."""
    return xp.divide(1.0, xp.sqrt(x))


@operation(in_place=True)
def sgn(input: Tensor) -> Tensor:
    """sign(input), and input / |input| of complex numbers, 0 at 0."""
    return _direction(input)


@unary(in_place=False, to_float=False)
def signbit(xp: Namespace, x: Array) -> Array:
    """Whether the sign is negative, also of -0.0."""
    if xp.isdtype(x.dtype, "real floating"):
        return xp.signbit(x)
    return xp.zeros(x.shape, dtype=xp.bool) if xp.isdtype(x.dtype, ("bool", "unsigned integer")) else x < 0


@binary(to_float=True, x=lambda g, x, out: g * sign(x) * sign(out), y=lambda g: zeros_like(g))
def copysign(xp: Namespace, x: Array, y: Array) -> Array:
    """|input| with the sign of other."""
    if isinstance(x, float):
        x = xp.full(y.shape, x, dtype=y.dtype)
    if isinstance(y, float):
        y = xp.full(x.shape, y, dtype=x.dtype)
    return xp.copysign(x, y)


@binary(
    to_float=True,
    x=lambda g, x, out: g * (x / out),
    y=lambda g, y, out: g * (y / out),
)
def hypot(xp: Namespace, x: Array, y: Array) -> Array:
    """sqrt(input^2 + other^2) without overflow."""
    return xp.hypot(x, y)


@binary(to_float=True, x=lambda g, x, y: where(x != y, g, 0.0), y=lambda g: zeros_like(g))
def nextafter(xp: Namespace, x: Array, y: Array) -> Array:
    """The next representable number after input towards other; its derivative by input is 1, but 0 where both meet."""
    return xp.nextafter(x, y)


@operation(in_place=True)
def float_power(input: Operand, exponent: Operand) -> Tensor:
    """input ** exponent in float64 (or complex128)."""
    kind = dtypes.promote_types(result_type(input, exponent), dtypes.float64)
    x, y = (cast(each, kind) if isinstance(each, Tensor) else each for each in (input, exponent))
    return pow(x, y)


@operation(in_place=True)
def ldexp(input: Tensor, other: Tensor) -> Tensor:
    """input * 2 ** other."""
    return input * 2.0 ** inexact("ldexp", other)


@operation(in_place=True)
@rounded_once
def lerp(input: Tensor, end: Tensor, weight: Any) -> Tensor:
    """input + weight * (end - input), counted from the nearer end, so that a weight of 1 gives `end`."""
    gap = end - input
    if isinstance(weight, Tensor):
        out = where(abs(weight) < 0.5, input + gap * weight, end - gap * (1 - weight))
    else:
        out = input + gap * weight if builtins.abs(weight) < 0.5 else end - gap * (1 - weight)
    return laid_as(out, as_operands, input, end, weight)


@operation(in_place=True, numbers_first=True)
@rounded_once
def addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: float = 1) -> Tensor:
    """input + value * tensor1 * tensor2."""
    product = mul(tensor1, tensor2)
    return input + (product if value == 1 else value * product)


@operation(in_place=True, numbers_first=True)
@rounded_once
def addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: float = 1) -> Tensor:
    """input + value * tensor1 / tensor2."""
    if not result_type(tensor1, tensor2).is_inexact:
        raise OperationError("addcdiv: dividing integers is not supported; convert one with .float()")
    quotient = div(tensor1, tensor2)
    return input + (quotient if value == 1 else value * quotient)


@operation(in_place=True)
def gcd(input: Tensor, other: Tensor) -> Tensor:
    """The greatest common divisor, by Euclid's algorithm on all elements at once."""
    require_tensors("gcd", input, other)
    x, y = broadcast_tensors(*promote("gcd", input, other))
    x, y = abs(x), abs(y)
    while bool((y != 0).any()):
        rest = x % where(y == 0, 1, y)
        x, y = where(y == 0, x, y), where(y == 0, 0, rest)
    return x


@operation(in_place=True)
def lcm(input: Tensor, other: Tensor) -> Tensor:
    """The least common multiple."""
    divisor = gcd(input, other)
    safe = where(divisor == 0, 1, divisor)
    return abs(input // safe * other)


class MantissaAndExponent(NamedTuple):
    """What `frexp` returns."""

    mantissa: Tensor
    exponent: Tensor


@operation
def frexp(input: Tensor) -> MantissaAndExponent:
    """(mantissa, exponent) with input = mantissa * 2**exponent, the mantissa's size in [1/2, 1)."""
    if not input.is_floating_point():
        raise OperationError(f"frexp: expected a floating-point tensor, got {input.dtype}")
    size = abs(input.detach())
    ordinary = isfinite(size) & (size != 0)
    exponent = floor(log2(where(ordinary, size, 1.0)))
    shrunk = _scaled(where(ordinary, size, 0.5), -exponent)  # in [1, 2), but for rounding of the logarithm
    exponent = exponent + cast(shrunk >= 2.0, input.dtype)
    exponent = exponent - cast(shrunk < 1.0, input.dtype)
    exponent = where(ordinary, exponent + 1.0, 0.0)
    return MantissaAndExponent(_scaled(input, -exponent), cast(exponent, dtypes.int32))


def _scaled(x: Tensor, exponent: Tensor) -> Tensor:
    """x * 2**exponent in two steps, since 2**exponent may overflow."""
    half = floor(0.5 * exponent)
    return x * exp2(half) * exp2(exponent - half)
