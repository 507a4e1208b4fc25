"""Functions of each element on its own: the formula below each `def`, its derivative above it."""

from __future__ import annotations

import builtins
import cmath
import functools
import math
from collections.abc import Callable
from typing import Any

from .. import dtypes
from ..engine.errors import OperationError
from ..engine.primitive import Primitive, Rule
from ..engine.tensor import Tensor
from .broadcast import sum_to
from .creation import full, zeros_like
from .operands import promote
from .promotion import cast, floating, inexact, refuse_complex, require_tensors, result_type

INV_SQRT_2PI = 1.0 / math.sqrt(2.0 * math.pi)
TWO_OVER_SQRT_PI = 2.0 / math.sqrt(math.pi)
SQRT_HALF = math.sqrt(0.5)
LOG_2, LOG_10 = math.log(2.0), math.log(10.0)
Function = Callable[..., Tensor]


def _make(compute: Callable[..., Any], rules: dict[str, Any], broadcasts: bool = True, **options: Any) -> Primitive:
    return Primitive(compute, finish=sum_to if broadcasts else None, keeps_order=True, **options, **rules)


def _public(function: Function, compute: Callable[..., Any], made: Primitive) -> Function:
    functools.update_wrapper(function, compute)
    del function.__wrapped__  # type: ignore[attr-defined]
    function.__name__ = function.__qualname__ = made.name
    function.primitive = made  # type: ignore[attr-defined]
    function.__annotations__ = {"return": Tensor}
    return function


def unary(
    to_float: bool = True, holomorphic: bool = False, complex_rules: bool = False, **rules: Rule
) -> Callable[[Callable[..., Any]], Function]:
    """A function of one tensor; integers are taken to the default float unless `to_float` is off."""

    def decorate(compute: Callable[..., Any]) -> Function:
        made = _make(compute, rules, broadcasts=False, holomorphic=holomorphic, complex_rules=complex_rules)
        name = made.name
        takes_complex = holomorphic or complex_rules
        ready = inexact if takes_complex else floating

        if to_float:

            def function(input: Tensor) -> Tensor:
                return made(ready(name, input))

        else:

            def function(input: Tensor) -> Tensor:
                require_tensors(name, input)
                if not takes_complex:
                    refuse_complex(name, input)
                return made(input)

        return _public(function, compute, made)

    return decorate


def binary(
    to_float: bool = False, holomorphic: bool = False, complex_rules: bool = False, **rules: Rule
) -> Callable[[Callable[..., Any]], Function]:
    """A function of two tensors that broadcast, or of a tensor and a number, after promotion."""

    def decorate(compute: Callable[..., Any]) -> Function:
        made = _make(compute, rules, holomorphic=holomorphic, complex_rules=complex_rules)
        name = made.name
        takes_complex = holomorphic or complex_rules

        def function(input: Any, other: Any) -> Tensor:
            if (
                to_float
                or not isinstance(input, Tensor)
                or not isinstance(other, Tensor)
                or input._array.dtype is not other._array.dtype
            ):
                input, other = promote(name, input, other, to_float)
            if not takes_complex:
                refuse_complex(name, input, other)
            return made(input, other)

        return _public(function, compute, made)

    return decorate


def _in_single(xp: Any, formula: Callable[[Any], Any], x: Any) -> Any:
    """A formula of several steps, of which half precision would round each: it is computed in float32."""
    if x.dtype == getattr(xp, "float16", None):
        return xp.astype(formula(xp.astype(x, xp.float32)), x.dtype)
    return formula(x)


# Arithmetic


@binary(holomorphic=True, x=lambda g: g, y=lambda g: g)
def _add(xp, x, y):
    return xp.add(x, y)


def add(input: Any, other: Any, *, alpha: float = 1) -> Tensor:
    """input + alpha * other, elementwise with broadcasting; for bools `or`.

    >>> import autograd
    >>> autograd.add(autograd.tensor([1, 2]), 0.5)
    tensor([1.5000, 2.5000])
    """
    return _add(input, other if alpha == 1 else alpha * other)


@binary(holomorphic=True, x=lambda g: g, y=lambda g: -g)
def _sub(xp, x, y):
    return xp.subtract(x, y)


def sub(input: Any, other: Any, *, alpha: float = 1) -> Tensor:
    """input - alpha * other, elementwise with broadcasting."""
    return _sub(input, other if alpha == 1 else alpha * other)


def rsub(input: Any, other: Any, *, alpha: float = 1) -> Tensor:
    """other - alpha * input."""
    return sub(other, input, alpha=alpha)


@binary(holomorphic=True, x=lambda g, y: g * y, y=lambda g, x: g * x)
def mul(xp, x, y):
    """input * other, elementwise with broadcasting; for bools `and`."""
    return xp.multiply(x, y)


@binary(holomorphic=True, to_float=True, x=lambda g, y: g / y, y=lambda g, x, y: -g * (x / y / y))
def _true_divide(xp, x, y):
    return xp.divide(x, y)


def div(input: Any, other: Any, *, rounding_mode: str | None = None) -> Tensor:
    """input / other; integers give the default float. `rounding_mode`: None, 'trunc' or 'floor'."""
    if rounding_mode is None:
        return _true_divide(input, other)
    if rounding_mode == "floor":
        return floor_divide(input, other)
    if rounding_mode == "trunc":
        if result_type(input, other).is_floating_point:
            return _truncated_quotient(input, other)
        return (input - fmod(input, other)) // other
    raise ValueError(f"div: rounding_mode is one of None, 'trunc' and 'floor', got {rounding_mode!r}")


@binary(x=lambda g: zeros_like(g), y=lambda g: zeros_like(g))
def _truncated_quotient(xp, x, y):
    return xp.trunc(xp.divide(x, y))


@binary(x=lambda g: zeros_like(g), y=lambda g: zeros_like(g))
def floor_divide(backend, x, y):
    """floor(input / other); its gradient is zero wherever there is one."""
    backend.check_divisor(y)
    return backend.xp.floor_divide(x, y)


@binary(x=lambda g: g, y=lambda g, x, y: -g * (x // y))
def remainder(backend, x, y):
    """input - floor(input / other) * other: has the sign of `other`, as Python's %; a zero keeps that of `input`."""
    backend.check_divisor(y)
    xp = backend.xp
    rest = backend.fmod(x, y)
    return xp.where(xp.logical_and(rest != 0, (rest < 0) != (y < 0)), rest + y, rest)


@binary(x=lambda g: g, y=lambda g, x, y: -g * trunc(x / y))
def fmod(backend, x, y):
    """input - trunc(input / other) * other: has the sign of `input`, as C's fmod."""
    backend.check_divisor(y)
    return backend.fmod(x, y)


@binary(
    holomorphic=True, x=lambda g, x, y: _pow_by_base(g, x, y), y=lambda g, x, y, out: _pow_by_exponent(g, x, y, out)
)
def pow(xp, x, y):
    """input ** exponent, elementwise with broadcasting."""
    return xp.pow(x, y)


def _pow_by_base(g: Tensor, x: Any, y: Any) -> Tensor:
    """y x^(y-1), which is 0 (not nan) where y is 0, also of an x that has no inverse."""
    if isinstance(y, Tensor):
        constant = (y == 0) & ~isfinite(reciprocal(x))
        return where(constant, 0.0, g * (y * where(constant, 1.0, x) ** (y - 1)))
    if y == 0:
        return zeros_like(g)
    if y == 1:
        return g
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


@unary(holomorphic=True, to_float=False, x=lambda g: -g)
def neg(xp, x):
    """-input."""
    return xp.negative(x)


def positive(input: Tensor) -> Tensor:
    """input itself."""
    return input


@unary(to_float=False, complex_rules=True, x=lambda g, x: g * _direction(x))
def abs(xp, x):
    """|input|; the derivative at 0 is taken as 0."""
    return xp.abs(x)


def _direction(x: Tensor) -> Tensor:
    """sign(x), and x / |x| of a complex number."""
    if not x.is_complex():
        return sign(x)
    size = abs(x)
    return x / where(size == 0, 1.0, size)


@unary(to_float=False, x=lambda g: zeros_like(g))
def sign(xp, x):
    """-1, 0 or 1."""
    return x if _is_bool(xp, x) else xp.sign(x)


@unary(holomorphic=True, x=lambda g, out: -g * (out * out))
def reciprocal(xp, x):
    """1 / input."""
    return xp.divide(1.0, x)


@unary(holomorphic=True, to_float=False, x=lambda g, x: 2 * g * x)
def square(xp, x):
    """input * input."""
    if _is_bool(xp, x):
        x = xp.astype(x, xp.int64)
    return xp.multiply(x, x)


@unary(holomorphic=True, x=lambda g, out: g / (2 * out))
def sqrt(xp, x):
    """The square root."""
    return xp.sqrt(x)


@unary(holomorphic=True, x=lambda g, out: -0.5 * g * out**3)
def rsqrt(xp, x):
    """1 / sqrt(input)."""
    return xp.divide(1.0, xp.sqrt(x))


# Exponentials and logarithms


@unary(holomorphic=True, x=lambda g, out: g * out)
def exp(xp, x):
    """e ** input."""
    return xp.exp(x)


@unary(holomorphic=True, x=lambda g, out: g * out * LOG_2)
def exp2(xp, x):
    """2 ** input."""
    return xp.pow(2.0, x)


@unary(holomorphic=True, x=lambda g, x: g * exp(x))
def expm1(xp, x):
    """exp(input) - 1, exact also near 0."""
    return xp.expm1(x)


@unary(holomorphic=True, x=lambda g, x: g / x)
def log(xp, x):
    """The natural logarithm."""
    return xp.log(x)


@unary(holomorphic=True, x=lambda g, x: g / (x * LOG_2))
def log2(xp, x):
    """The logarithm to base 2."""
    return xp.log2(x)


@unary(holomorphic=True, x=lambda g, x: g / (x * LOG_10))
def log10(xp, x):
    """The logarithm to base 10."""
    return xp.log10(x)


@unary(holomorphic=True, x=lambda g, x: g / (1 + x))
def log1p(xp, x):
    """log(1 + input), exact also near 0."""
    return xp.log1p(x)


@binary(
    to_float=True,
    x=lambda g, x, y: g * sigmoid(x - y),
    y=lambda g, x, y: g * sigmoid(y - x),
)
def logaddexp(xp, x, y):
    """log(exp(input) + exp(other)) without overflow."""
    return xp.logaddexp(x, y)


# Trigonometry


@unary(holomorphic=True, x=lambda g, x: g * cos(x))
def sin(xp, x):
    """The sine of an angle in radians."""
    return xp.sin(x)


@unary(holomorphic=True, x=lambda g, x: -g * sin(x))
def cos(xp, x):
    """The cosine of an angle in radians."""
    return xp.cos(x)


@unary(holomorphic=True, x=lambda g, out: g * (1 + out * out))
def tan(xp, x):
    """The tangent of an angle in radians."""
    return xp.tan(x)


@unary(holomorphic=True, x=lambda g, x: g / sqrt(1 - x * x))
def asin(xp, x):
    """The inverse sine."""
    return xp.asin(x)


@unary(holomorphic=True, x=lambda g, x: -g / sqrt(1 - x * x))
def acos(xp, x):
    """The inverse cosine."""
    return xp.acos(x)


@unary(holomorphic=True, x=lambda g, x: g / (1 + x * x))
def atan(xp, x):
    """The inverse tangent."""
    return xp.atan(x)


@binary(
    to_float=True,
    x=lambda g, x, y: g * _atan2_slope(y, x, y),
    y=lambda g, x, y: -g * _atan2_slope(x, x, y),
)
def atan2(xp, x, y):
    """The angle of the point (other, input); the derivatives at the origin are taken as 0."""
    return xp.atan2(x, y)


def _atan2_slope(part: Any, x: Any, y: Any) -> Any:
    """part / (x^2 + y^2), without the square, which overflows and vanishes early; 0 at the origin."""
    distance = x.hypot(y) if isinstance(x, Tensor) else y.hypot(x)
    origin = distance == 0
    distance = where(origin, 1.0, distance)
    return where(origin, 0.0, part / distance / distance)


@unary(holomorphic=True, x=lambda g, x: g * cosh(x))
def sinh(xp, x):
    """The hyperbolic sine."""
    return xp.sinh(x)


@unary(holomorphic=True, x=lambda g, x: g * sinh(x))
def cosh(xp, x):
    """The hyperbolic cosine."""
    return xp.cosh(x)


@unary(holomorphic=True, x=lambda g, out: g * (1 - out * out))
def tanh(xp, x):
    """The hyperbolic tangent."""
    return xp.tanh(x)


@unary(holomorphic=True, x=lambda g, x: g / sqrt(1 + x * x))
def asinh(xp, x):
    """The inverse hyperbolic sine."""
    return xp.asinh(x)


@unary(holomorphic=True, x=lambda g, x: g / (sqrt(x - 1) * sqrt(x + 1)))
def acosh(xp, x):
    """The inverse hyperbolic cosine."""
    return xp.acosh(x)


@unary(holomorphic=True, x=lambda g, x: g / (1 - x * x))
def atanh(xp, x):
    """The inverse hyperbolic tangent."""
    return xp.atanh(x)


@unary(x=lambda g, x: TWO_OVER_SQRT_PI * g * exp(-x * x))
def erf(backend, x):
    """The error function, 2/sqrt(pi) times the integral of exp(-t^2) from 0 to input."""
    return _in_single(backend.xp, backend.erf, x)


# Activations


@unary(holomorphic=True, x=lambda g, out: g * (out * (1 - out)))
def sigmoid(xp, x):
    """1 / (1 + exp(-input)), written so that the exponential never overflows: all digits in both tails."""

    def stable(x: Any) -> Any:
        negative = (xp.real(x) if xp.isdtype(x.dtype, "complex floating") else x) < 0
        power = xp.exp(xp.where(negative, x, -x))
        return xp.where(negative, power, 1.0) / (1.0 + power)

    return _in_single(xp, stable, x)


@unary(to_float=False, x=lambda g, out: gate_positive(g, out))
def relu(xp, x):
    """max(input, 0); the derivative at 0 is taken as 0."""
    return xp.maximum(x, 0)


def _positive_gate(backend, up, x):
    return backend.gate_positive(up, x)


# The derivative of relu as one pass. It is linear in g, so its own derivative is itself; by x it is zero, and torch
# says so in numbers: after a gradient penalty the biases below have gradients of zeros, not None.
_gate_positive = _make(
    _positive_gate, {"up": lambda g, x: gate_positive(g, x), "x": lambda g: zeros_like(g)}, broadcasts=False
)


def gate_positive(g: Tensor, x: Tensor) -> Tensor:
    """g where x > 0, else 0."""
    return _gate_positive(g, x)


def _leaky_relu(xp, x, *, slope):
    return xp.where(x > 0, x, x * slope)


def _leaky_gate(xp, up, x, *, slope):
    """The derivative of `_leaky_relu`; its own by x is zero in numbers, as that of relu's."""
    return xp.where(x > 0, up, up * slope)


_leaky_gate_primitive = _make(
    _leaky_gate,
    {"up": lambda g, x, slope: _leaky_gate_primitive(g, x, slope=slope), "x": lambda g: zeros_like(g)},
    broadcasts=False,
)
_leaky_relu_primitive = _make(
    _leaky_relu, {"x": lambda g, x, slope: _leaky_gate_primitive(g, x, slope=slope)}, broadcasts=False
)


def leaky_relu(input: Tensor, negative_slope: float = 0.01) -> Tensor:
    """input where positive, else negative_slope * input (A. Maas et al., 2013)."""
    return _leaky_relu_primitive(floating("leaky_relu", input), slope=float(negative_slope))


@unary(x=lambda g, x: g * sigmoid(x))
def _softplus(xp, x):
    return _in_single(xp, lambda x: xp.maximum(x, 0) + xp.log1p(xp.exp(-xp.abs(x))), x)


def softplus(input: Tensor, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    """log(1 + exp(beta * input)) / beta; beta * input above `threshold` is returned as it is."""
    scaled = beta * input
    return where(scaled > threshold, input, _softplus(scaled) / beta)


@unary(x=lambda g, x: g * sigmoid(-x))
def logsigmoid(xp, x):
    """log(sigmoid(input)) without overflow."""
    return _in_single(xp, lambda x: xp.minimum(x, 0) - xp.log1p(xp.exp(-xp.abs(x))), x)


@unary(x=lambda g, x: g * _gelu_slope(x))
def gelu_exact(backend, x):
    """x * Phi(x), Phi the normal distribution function (D. Hendrycks, K. Gimpel, 2016)."""
    return _in_single(backend.xp, lambda x: 0.5 * x * (1.0 + backend.erf(x * SQRT_HALF)), x)


def _gelu_slope(x: Tensor) -> Tensor:
    """Phi(x) + x phi(x)."""
    density = exp(-0.5 * (x * x)) * INV_SQRT_2PI
    return 0.5 * (1 + erf(x * SQRT_HALF)) + x * density


# Choosing


@binary(x=lambda g, x, y: g * _share(x > y, x == y, g), y=lambda g, x, y: g * _share(x < y, x == y, g))
def maximum(xp, x, y):
    """The larger of each pair; at ties each gets half of the gradient."""
    return xp.maximum(x, y)


@binary(x=lambda g, x, y: g * _share(x < y, x == y, g), y=lambda g, x, y: g * _share(x > y, x == y, g))
def minimum(xp, x, y):
    """The smaller of each pair; at ties each gets half of the gradient."""
    return xp.minimum(x, y)


def _share(chosen: Tensor, tied: Tensor, like: Tensor) -> Tensor:
    return cast(chosen, like.dtype) + 0.5 * cast(tied, like.dtype)


def _where(xp, condition, x, y):
    return xp.where(condition, x, y)


_where_primitive = _make(
    _where,
    {
        "x": lambda g, condition: _gate_primitive(g, condition),
        "y": lambda g, condition: _gate_primitive(g, ~condition),
    },
    holomorphic=True,
)


def _gate(backend, up, condition):
    return backend.gate(up, condition)


_gate_primitive = _make(
    _gate,
    {"up": lambda g, condition: _gate_primitive(g, condition)},
    broadcasts=False,
    holomorphic=True,
)


def where(condition: Tensor, input: Any = None, other: Any = None) -> Any:
    """input where the condition holds, else other; all broadcast. Of a condition alone: `nonzero(as_tuple=True)`."""
    if input is None and other is None:
        return condition.nonzero(as_tuple=True)
    if condition.dtype is not dtypes.bool:
        if condition.dtype is not dtypes.uint8:
            raise OperationError(f"where: expected a condition of bools, got {condition.dtype}; compare it, x > 0 say")
        condition = condition != 0
    kind = result_type(input, other)
    x, y = (_branch(each, condition, kind) for each in (input, other))
    return _where_primitive(condition, x, y)


def _branch(value: Any, condition: Tensor, kind: dtypes.dtype) -> Tensor:
    if isinstance(value, Tensor):
        return cast(value, kind)
    return full((), kind.number(value), dtype=kind, device=condition.device)


def _clamp(xp, x, low, high):
    if low is not None:
        x = xp.maximum(x, low)
    return x if high is None else xp.minimum(x, high)


_clamp_primitive = _make(
    _clamp,
    {
        "x": lambda g, x, low, high: _gate_primitive(g, _inside(x, low, high)),
        "low": lambda g, x, low, high: _gate_primitive(g, _below(x, low, high)),
        "high": lambda g, x, low, high: _gate_primitive(g, _above(x, low, high)),
    },
)


def _inside(x: Tensor, low: Any, high: Any) -> Tensor:
    if low is None:
        return x <= high
    return x >= low if high is None else (x >= low) & (x <= high)


def _below(x: Tensor, low: Any, high: Any) -> Tensor:
    """Where the lower limit is taken: nowhere that it lies above the upper one, which then wins."""
    return x < low if high is None else (x < low) & (low < high)


def _above(x: Tensor, low: Any, high: Any) -> Tensor:
    """Where the upper limit is taken."""
    return x > high if low is None else (x > high) | (low > high)


def clamp(input: Tensor, min: Any = None, max: Any = None) -> Tensor:
    """input limited to [min, max]: numbers or tensors, either may be None. On the limits the derivative is 1."""
    if min is None and max is None:
        raise ValueError("clamp: at least one of min and max must be given")
    require_tensors("clamp", input)
    kind = result_type(*[each for each in (input, min, max) if each is not None])
    low, high = (cast(each, kind) if isinstance(each, Tensor) else each for each in (min, max))
    if not kind.is_floating_point:
        limits = dtypes.iinfo(kind) if kind is not dtypes.bool else None

        def whole(limit: Any) -> Any:
            if limit is None or isinstance(limit, Tensor) or limits is None:
                return limit
            return builtins.min(builtins.max(int(limit), limits.min), limits.max)

        low, high = whole(low), whole(high)
    return _clamp_primitive(cast(input, kind), low, high)


def clamp_min(input: Tensor, min: Any) -> Tensor:
    """max(input, min)."""
    return clamp(input, min=min)


def clamp_max(input: Tensor, max: Any) -> Tensor:
    """min(input, max)."""
    return clamp(input, max=max)


# Rounding


@unary(to_float=False, x=lambda g: zeros_like(g))
def floor(xp, x):
    """The next integer below."""
    return xp.floor(x)


@unary(to_float=False, x=lambda g: zeros_like(g))
def ceil(xp, x):
    """The next integer above."""
    return xp.ceil(x)


@unary(to_float=False, x=lambda g: zeros_like(g))
def _round(xp, x):
    return xp.round(x)


def round(input: Tensor, *, decimals: int = 0) -> Tensor:
    """The nearest integer, or the nearest number of so many decimals; halves go to the even one."""
    if not decimals:
        return _round(input)
    if not isinstance(input, Tensor) or not input.is_floating_point():
        raise TypeError("round: decimals are of floating-point tensors")
    if input.dtype is dtypes.float16:  # whose range the scaled numbers leave
        return cast(round(cast(input, dtypes.float32), decimals=decimals), dtypes.float16)
    scale = 10.0 ** builtins.abs(decimals)
    if decimals > 0:
        return _round(input * scale) / scale
    return _round(input / scale) * scale


@unary(to_float=False, x=lambda g: zeros_like(g))
def trunc(xp, x):
    """The next integer towards 0."""
    return xp.trunc(x)


# Comparison and logic


def _is_bool(xp: Any, x: Any) -> bool:
    return hasattr(x, "dtype") and x.dtype == xp.bool


@binary(holomorphic=True)
def eq(xp, x, y):
    """input == other, elementwise."""
    return xp.equal(x, y)


@binary(holomorphic=True)
def ne(xp, x, y):
    """input != other, elementwise."""
    return xp.not_equal(x, y)


@binary()
def lt(xp, x, y):
    """input < other, elementwise."""
    return xp.less(x, y)


@binary()
def le(xp, x, y):
    """input <= other, elementwise."""
    return xp.less_equal(x, y)


@binary()
def gt(xp, x, y):
    """input > other, elementwise."""
    return xp.greater(x, y)


@binary()
def ge(xp, x, y):
    """input >= other, elementwise."""
    return xp.greater_equal(x, y)


def _truth(input: Any) -> Any:
    return input if not isinstance(input, Tensor) or input.dtype is dtypes.bool else input != 0


@binary()
def _logical_and(xp, x, y):
    return xp.logical_and(x, y)


@binary()
def _logical_or(xp, x, y):
    return xp.logical_or(x, y)


@binary()
def _logical_xor(xp, x, y):
    return xp.logical_xor(x, y)


@unary(to_float=False)
def _logical_not(xp, x):
    return xp.logical_not(x)


def logical_and(input: Tensor, other: Tensor) -> Tensor:
    """Whether both are nonzero."""
    return _logical_and(_truth(input), _truth(other))


def logical_or(input: Tensor, other: Tensor) -> Tensor:
    """Whether one is nonzero."""
    return _logical_or(_truth(input), _truth(other))


def logical_xor(input: Tensor, other: Tensor) -> Tensor:
    """Whether exactly one is nonzero."""
    return _logical_xor(_truth(input), _truth(other))


def logical_not(input: Tensor) -> Tensor:
    """Whether it is zero."""
    return _logical_not(_truth(input))


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


@unary(to_float=False, holomorphic=True)
def isnan(xp, x):
    """Whether it is not a number."""
    return xp.isnan(x)


@unary(to_float=False, holomorphic=True)
def isinf(xp, x):
    """Whether it is infinite."""
    return xp.isinf(x)


@unary(to_float=False, holomorphic=True)
def isfinite(xp, x):
    """Whether it is neither infinite nor nan."""
    return xp.isfinite(x)


def isclose(input: Tensor, other: Tensor, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Tensor:
    """|input - other| <= atol + rtol * |other|, elementwise."""
    require_tensors("isclose", input, other)
    if rtol < 0 or atol < 0:
        raise OperationError(f"isclose: tolerances must not be negative, got rtol={rtol} and atol={atol}")
    if not result_type(input, other).is_inexact:
        input, other = cast(input, dtypes.float64), cast(other, dtypes.float64)
    near = (input == other) | isfinite(other) & (abs(input - other) <= atol + rtol * abs(other))
    return near | isnan(input) & isnan(other) if equal_nan else near


def allclose(input: Tensor, other: Tensor, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> bool:
    """Whether `isclose` holds for every element."""
    return bool(isclose(input, other, rtol, atol, equal_nan).all())


def equal(input: Tensor, other: Tensor) -> bool:
    """Whether both have the same shape and elements."""
    return input.shape == other.shape and bool((input == other).all())
