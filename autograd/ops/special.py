"""Special functions of each element: error, gamma and entropy functions, under the names of torch.special."""

from __future__ import annotations

import math
from typing import Any

from .. import dtypes
from ..backend import Array, Backend, Namespace, special as kernels
from ..engine.errors import OperationError
from ..engine.primitive import primitive
from ..engine.tensor import Tensor
from .choosing import clamp, where
from .elementwise import INV_SQRT_2PI, binary, in_single, unary
from .exponential import exp, log, log1p
from .operation import operation
from .promotion import cast, floating, inexact, require_tensors
from .trigonometric import cos

TWO_OVER_SQRT_PI = 2.0 / math.sqrt(math.pi)


SQRT_HALF = math.sqrt(0.5)


@unary(aliases="special.erf", x=lambda g, x: TWO_OVER_SQRT_PI * g * exp(-x * x))
def erf(backend: Backend, x: Array) -> Array:
    """The error function, 2/sqrt(pi) times the integral of exp(-t^2) from 0 to input."""
    return in_single(backend.xp, backend.erf, x)


def in_double(kernel: Any, xp: Namespace, x: Array, *more: Array) -> Array:
    """Computed in float64, where the formula loses digits that single precision does not have to spare."""
    found = kernel(xp, *more, xp.astype(x, xp.float64))
    return found if x.dtype == xp.float64 else xp.astype(found, x.dtype)


@unary(aliases="special.erfc", x=lambda g, x: -TWO_OVER_SQRT_PI * g * exp(-x * x))
def erfc(xp: Namespace, x: Array) -> Array:
    """1 - erf(input), exact also where erf is close to 1."""
    return in_double(kernels.erfc, xp, x)


@unary(face="special", method=False, in_place=False, x=lambda g, x, out: g * (2 * (x * out) - TWO_OVER_SQRT_PI))
def erfcx(xp: Namespace, x: Array) -> Array:
    """exp(input^2) * erfc(input)."""
    return in_double(kernels.erfcx, xp, x)


@unary(autocast="single", aliases="special.erfinv", x=lambda g, x: g * exp(erfinv(x) ** 2) * (0.5 * math.sqrt(math.pi)))
def erfinv(xp: Namespace, x: Array) -> Array:
    """The inverse of erf."""
    return in_double(kernels.erfinv, xp, x)


@unary(aliases="special.gammaln", x=lambda g, x: g * digamma(x))
def lgamma(xp: Namespace, x: Array) -> Array:
    """log |Gamma(input)|."""
    return in_double(kernels.lgamma, xp, x)


@unary(aliases="special.psi special.digamma", x=lambda g, x: g * polygamma(1, x))
def digamma(xp: Namespace, x: Array) -> Array:
    """The derivative of lgamma."""
    return in_double(kernels.digamma, xp, x)


@primitive(x=lambda g, x, n: g * polygamma(n + 1, x))
def _polygamma(xp: Namespace, x: Array, *, n: int) -> Array:
    return in_double(kernels.polygamma, xp, x, n)


@operation(method=False, aliases="special.polygamma")
def polygamma(n: int, input: Tensor) -> Tensor:
    """The n-th derivative of digamma."""
    if n < 0:
        raise RuntimeError(f"polygamma: n must not be negative, got {n}")
    return digamma(input) if n == 0 else _polygamma(floating("polygamma", input), n=int(n))


@operation(in_place=True)
def mvlgamma(input: Tensor, p: int) -> Tensor:
    """The logarithm of the p-variate gamma function."""
    total = lgamma(input)
    for j in range(1, p):
        total = total + lgamma(input - j / 2)
    return total + p * (p - 1) / 4 * math.log(math.pi)


@operation(in_place=True, aliases="special.sinc")
def sinc(input: Tensor) -> Tensor:
    """sin(pi input) / (pi input), 1 at 0."""
    x = inexact("sinc", input)
    if x.dtype in dtypes.HALVES:  # pi input would be rounded to three digits
        return cast(_sinc(cast(x, dtypes.float32) * math.pi), x.dtype)
    return _sinc(x * math.pi)


@primitive(holomorphic=True, x=lambda g, x: g * _sinc_slope(x))
def _sinc(xp: Namespace, x: Array) -> Array:
    safe = xp.where(x == 0, 1.0, x)
    return xp.where(x == 0, 1.0, xp.sin(safe) / safe)


# The slope of sin(x) / x as x times a series in x^2, the highest power first: (-1)^k 2k / (2k + 1)!.
_SINC_SLOPE = tuple((-1) ** k * 2.0 * k / math.factorial(2 * k + 1) for k in range(9, 0, -1))


def _sinc_slope(x: Tensor) -> Tensor:
    """(cos(x) - sinc(x)) / x; below 1, where that cancels, its series."""
    near = abs(x) < 1
    small, large = where(near, x, 0.0), where(near, 1.0, x)
    square = small * small
    series: Any = _SINC_SLOPE[0]
    for c in _SINC_SLOPE[1:]:
        series = square * series + c
    return where(near, small * series, (cos(large) - _sinc(large)) / large)


@unary(x=lambda g, x: g * _logit_slope(x))
def _logit(xp: Namespace, x: Array) -> Array:
    return xp.log(x / (1.0 - x))


def _logit_slope(x: Tensor) -> Tensor:
    """1 / (x (1 - x)), nan outside [0, 1], where the function is."""
    outside = (x < 0) | (x > 1)
    return where(outside, math.nan, 1.0 / (x * (1.0 - x)))


@operation(in_place=True, aliases="special.logit")
def logit(input: Tensor, eps: float | None = None) -> Tensor:
    """log(input / (1 - input)); with eps the input is limited to [eps, 1 - eps] first."""
    x = floating("logit", input)
    return _logit(x if eps is None else clamp(x, eps, 1.0 - eps))


@binary(
    aliases="special.xlogy", to_float=True, x=lambda g, x, y: g * _xlogy_slope(x, log, y), y=lambda g, x, y: g * x / y
)
def xlogy(xp: Namespace, x: Array, y: Array) -> Array:
    """input * log(other), 0 where input is 0."""
    return _xlog(xp, x, y, xp.log)


@binary(
    face="special",
    method=False,
    in_place=False,
    to_float=True,
    x=lambda g, x, y: g * _xlogy_slope(x, log1p, y),
    y=lambda g, x, y: g * x / (1 + y),
)
def xlog1py(xp: Namespace, x: Array, y: Array) -> Array:
    """input * log(1 + other), 0 where input is 0."""
    return _xlog(xp, x, y, xp.log1p)


def _xlog(xp: Namespace, x: Array, y: Array, logarithm: Any) -> Array:
    if isinstance(y, float):
        y = xp.full(x.shape, y, dtype=x.dtype)
    found = xp.multiply(x, logarithm(y))
    return xp.where(xp.logical_and(x == 0, xp.logical_not(xp.isnan(y))), 0.0, found)


def _xlogy_slope(x: Any, logarithm: Any, y: Any) -> Any:
    """The derivative by x, log(y), which torch takes as 0 where x is 0 and the logarithm has no limit."""
    if not isinstance(y, Tensor):
        return math.log(y) if logarithm is log else math.log1p(y)
    edge = y <= (0 if logarithm is log else -1)
    if isinstance(x, Tensor):
        edge = edge & (x == 0)
    return where(edge, 0.0, logarithm(where(edge, 1.0, y)))


@unary(face="special", method=False, in_place=False, x=lambda g, x: -g * (log(x) + 1.0))
def entr(xp: Namespace, x: Array) -> Array:
    """-input * log(input), 0 at 0 and -inf below."""
    found = -x * xp.log(xp.where(x > 0, x, 1.0))
    return xp.where(x > 0, found, xp.where(x == 0, 0.0, xp.where(x < 0, -math.inf, x)))


@unary(face="special", method=False, in_place=False, x=lambda g, x: g * (exp(-0.5 * x * x) * INV_SQRT_2PI))
def ndtr(xp: Namespace, x: Array) -> Array:
    """The distribution function of the standard normal."""
    return in_double(kernels.ndtr, xp, x)


@unary(
    face="special", method=False, in_place=False, x=lambda g, out: g * math.sqrt(2.0 * math.pi) * exp(0.5 * out * out)
)
def ndtri(xp: Namespace, x: Array) -> Array:
    """The inverse of ndtr."""
    return in_double(kernels.ndtri, xp, x)


@unary(face="special", method=False, in_place=False, x=lambda g, x: g * _log_ndtr_slope(x))
def log_ndtr(xp: Namespace, x: Array) -> Array:
    """log(ndtr(input)), exact also far below 0."""
    return in_double(kernels.log_ndtr, xp, x)


def _log_ndtr_slope(x: Tensor) -> Tensor:
    """phi(x) / Phi(x); below 0, where both vanish, sqrt(2 / pi) / erfcx(-x / sqrt(2)) (J. Mills, 1926)."""
    below = x < 0
    tail = math.sqrt(2.0 / math.pi) / erfcx(where(below, x, 0.0) * -SQRT_HALF)
    above = where(below, 0.0, x)
    return where(below, tail, exp(-0.5 * above * above) * INV_SQRT_2PI / ndtr(above))


@operation(face="special", method=False)
def expit(input: Tensor) -> Tensor:
    """sigmoid(input)."""
    require_tensors("expit", input)
    return input.sigmoid()


@operation(face="special", method=False)
def multigammaln(input: Tensor, p: int) -> Tensor:
    """mvlgamma(input, p)."""
    return mvlgamma(input, p)


def _unknown(name: str, argument: str) -> Any:
    raise OperationError(f"{name}: its derivative by {argument} is not known; detach() it")


@binary(
    face="special",
    method=False,
    in_place=False,
    to_float=True,
    x=lambda g: _unknown("zeta", "its first argument"),
    y=lambda g, x, y: -g * x * zeta(x + 1, y),
)
def zeta(xp: Namespace, x: Array, y: Array) -> Array:
    """Hurwitz's zeta function, the sum of (other + k)^-input over k = 0, 1, ...; Riemann's for other = 1."""
    like = y if isinstance(x, float) else x
    s, q = (
        xp.full(like.shape, each, dtype=xp.float64) if isinstance(each, float) else xp.astype(each, xp.float64)
        for each in (x, y)
    )
    pole = xp.logical_or(s == 1, xp.logical_and(q <= 0, q == xp.floor(q)))
    found = kernels.zeta(xp, xp.minimum(xp.where(s > 1, s, 2.0), 1e100), xp.where(pole, 1.0, q))
    found = xp.where(xp.isnan(s), s, xp.where(s < 1, math.nan, xp.where(pole, math.inf, found)))
    return xp.astype(found, like.dtype)


def _incomplete(position: int, xp: Namespace, a: Array, x: Array) -> Array:
    like = a if not isinstance(a, float) else x
    a, x = (xp.full(like.shape, each, dtype=like.dtype) if isinstance(each, float) else each for each in (a, x))
    a, x = xp.astype(a, xp.float64), xp.astype(x, xp.float64)
    return xp.astype(kernels.gammainc(xp, a, x)[position], like.dtype)


def _igamma_slope(a: Any, x: Any) -> Tensor:
    """x^(a-1) e^-x / Gamma(a)."""
    return exp((a - 1) * log(x) - x - (lgamma(a) if isinstance(a, Tensor) else math.lgamma(a)))


@binary(
    aliases="special.gammainc",
    to_float=True,
    x=lambda g: _unknown("igamma", "its first argument"),
    y=lambda g, x, y: g * _igamma_slope(x, y),
)
def igamma(xp: Namespace, x: Array, y: Array) -> Array:
    """The regularised lower incomplete gamma function P(input, other)."""
    return _incomplete(0, xp, x, y)


@binary(
    aliases="special.gammaincc",
    to_float=True,
    x=lambda g: _unknown("igammac", "its first argument"),
    y=lambda g, x, y: -g * _igamma_slope(x, y),
)
def igammac(xp: Namespace, x: Array, y: Array) -> Array:
    """The regularised upper incomplete gamma function Q(input, other) = 1 - P."""
    return _incomplete(1, xp, x, y)


psi, gammaln, gammainc, gammaincc = digamma, lgamma, igamma, igammac
