"""Special functions of each element: error, gamma and entropy functions, under the names of torch.special."""

from __future__ import annotations

import math
from typing import Any

from ..backend import special as kernels
from ..engine import apply
from ..errors import OperationError
from ..primitive import primitive
from ..tensor import Tensor
from . import elementwise as e
from .elementwise import (
    INV_SQRT_2PI,
    add,
    binary,
    div,
    eq,
    erf,
    exp,
    exp2,
    expm1,
    log,
    log1p,
    mul,
    neg,
    sigmoid,
    sub,
    unary,
    where,
)  # fmt: skip
from .promotion import floating, inexact


def _in_float(kernel: Any, xp: Any, x: Any, *more: Any) -> Any:
    """Half precision is computed in float32."""
    if x.dtype == getattr(xp, "float16", None):
        return xp.astype(kernel(xp, *more, xp.astype(x, xp.float32)), x.dtype)
    return kernel(xp, *more, x)


@unary(x=lambda g, x: mul(mul(g, -2.0 / math.sqrt(math.pi)), exp(neg(mul(x, x)))))
def erfc(xp, x):
    """1 - erf(input), exact also where erf is close to 1."""
    return _in_float(kernels.erfc, xp, x)


@unary(x=lambda g, x, out: mul(g, sub(mul(mul(x, out), 2.0), 2.0 / math.sqrt(math.pi))))
def erfcx(xp, x):
    """exp(input^2) * erfc(input)."""
    return _in_float(kernels.erfcx, xp, x)


@unary(x=lambda g, x: g * exp(erfinv(x) ** 2) * (0.5 * math.sqrt(math.pi)))
def erfinv(xp, x):
    """The inverse of erf."""
    return _in_float(kernels.erfinv, xp, x)


@unary(x=lambda g, x: mul(g, digamma(x)))
def lgamma(xp, x):
    """log |Gamma(input)|."""
    return _in_float(kernels.lgamma, xp, x)


@unary(x=lambda g, x: mul(g, polygamma(1, x)))
def digamma(xp, x):
    """The derivative of lgamma."""
    return _in_float(kernels.digamma, xp, x)


@primitive(x=lambda g, x, n: mul(g, polygamma(n + 1, x)))
def _polygamma(xp, x, *, n):
    return _in_float(kernels.polygamma, xp, x, n)


def polygamma(n: int, input: Tensor) -> Tensor:
    """The n-th derivative of digamma."""
    if n < 0:
        raise RuntimeError(f"polygamma: n must not be negative, got {n}")
    return digamma(input) if n == 0 else apply(_polygamma, floating("polygamma", input), n=int(n))


def mvlgamma(input: Tensor, p: int) -> Tensor:
    """The logarithm of the p-variate gamma function."""
    total = lgamma(input)
    for j in range(1, p):
        total = add(total, lgamma(sub(input, j / 2)))
    return add(total, p * (p - 1) / 4 * math.log(math.pi))


def sinc(input: Tensor) -> Tensor:
    """sin(pi input) / (pi input), 1 at 0."""
    x = mul(inexact("sinc", input), math.pi)
    return apply(_sinc, x)


@primitive(holomorphic=True, x=lambda g, x: mul(g, _sinc_slope(x)))
def _sinc(xp, x):
    safe = xp.where(x == 0, 1.0, x)
    return xp.where(x == 0, 1.0, xp.sin(safe) / safe)


def _sinc_slope(x: Tensor) -> Tensor:
    """(cos(x) - sinc(x)) / x; near 0 its series, -x/3 + x^3/30, which has derivatives there."""
    near = e.lt(e.abs(x), 1e-3)
    safe = where(near, 1.0, x)
    series = mul(x, add(mul(mul(x, x), 1.0 / 30.0), -1.0 / 3.0))
    return where(near, series, div(sub(e.cos(safe), apply(_sinc, safe)), safe))


def logit(input: Tensor, eps: float | None = None) -> Tensor:
    """log(input / (1 - input)); with eps the input is limited to [eps, 1 - eps] first."""
    x = floating("logit", input)
    if eps is not None:
        x = e.clamp(x, eps, 1.0 - eps)
    return log(div(x, e.rsub(x, 1.0)))


@binary(to_float=True, x=lambda g, x, y: mul(g, _where_nonzero(x, log, y)), y=lambda g, x, y: div(mul(g, x), y))
def xlogy(xp, x, y):
    """input * log(other), 0 where input is 0."""
    return _xlog(xp, x, y, xp.log)


@binary(
    to_float=True,
    x=lambda g, x, y: mul(g, _where_nonzero(x, log1p, y)),
    y=lambda g, x, y: div(mul(g, x), add(y, 1.0)),
)
def xlog1py(xp, x, y):
    """input * log(1 + other), 0 where input is 0."""
    return _xlog(xp, x, y, xp.log1p)


def _xlog(xp: Any, x: Any, y: Any, logarithm: Any) -> Any:
    if isinstance(y, float):
        y = xp.full(x.shape, y, dtype=x.dtype)
    found = xp.multiply(x, logarithm(y))
    return xp.where(xp.logical_and(x == 0, xp.logical_not(xp.isnan(y))), 0.0, found)


def _where_nonzero(x: Any, logarithm: Any, y: Any) -> Any:
    """The derivative by x, log(y), which torch takes as 0 where x is 0 and the logarithm has no limit."""
    if not isinstance(y, Tensor):
        return math.log(y) if logarithm is log else math.log1p(y)
    edge = e.le(y, 0 if logarithm is log else -1)
    if isinstance(x, Tensor):
        edge = e.logical_and(edge, eq(x, 0))
    return where(edge, 0.0, logarithm(where(edge, 1.0, y)))


def entr(input: Tensor) -> Tensor:
    """-input * log(input), 0 at 0 and -inf below."""
    x = floating("entr", input)
    return where(e.lt(x, 0), -math.inf, neg(xlogy(x, where(e.lt(x, 0), 1.0, x))))


def ndtr(input: Tensor) -> Tensor:
    """The distribution function of the standard normal."""
    return mul(erfc(mul(floating("ndtr", input), -math.sqrt(0.5))), 0.5)


def ndtri(input: Tensor) -> Tensor:
    """The inverse of ndtr."""
    return mul(erfinv(sub(mul(floating("ndtri", input), 2.0), 1.0)), math.sqrt(2.0))


@unary(x=lambda g, x, out: mul(g, mul(exp(sub(mul(mul(x, x), -0.5), out)), INV_SQRT_2PI)))
def log_ndtr(xp, x):
    """log(ndtr(input)), exact also far below 0."""

    def kernel(xp: Any, x: Any) -> Any:
        z = xp.minimum(x, -5.0)
        inverse = 1.0 / (z * z)
        tail = 1.0 + inverse * (-1.0 + inverse * (3.0 + inverse * (-15.0 + inverse * (105.0 - 945.0 * inverse))))
        far = -0.5 * z * z - xp.log(-z) - 0.5 * math.log(2.0 * math.pi) + xp.log(tail)
        near = xp.log(0.5 * kernels.erfc(xp, xp.maximum(x, -20.0) * -math.sqrt(0.5)))
        return xp.where(x < -20.0, far, near)

    return _in_float(kernel, xp, x)


def expit(input: Tensor) -> Tensor:
    """sigmoid(input)."""
    return sigmoid(input)


def multigammaln(input: Tensor, p: int) -> Tensor:
    """mvlgamma(input, p)."""
    return mvlgamma(input, p)


def _unknown(name: str, argument: str) -> Any:
    raise OperationError(f"{name}: its derivative by {argument} is not known; detach() it")


@binary(
    to_float=True,
    x=lambda g: _unknown("zeta", "its first argument"),
    y=lambda g, x, y: neg(mul(mul(g, x), zeta(x + 1.0, y))),
)
def zeta(xp, x, y):
    """Hurwitz's zeta function, the sum of (other + k)^-input over k = 0, 1, ...; Riemann's for other = 1."""
    like = y if isinstance(x, float) else x
    s, q = (
        xp.full(like.shape, each, dtype=xp.float64) if isinstance(each, float) else xp.astype(each, xp.float64)
        for each in (x, y)
    )
    pole = xp.logical_or(s == 1, xp.logical_and(q <= 0, q == xp.floor(q)))
    found = kernels.zeta(xp, xp.where(s > 1, s, 2.0), xp.where(pole, 1.0, q))
    return xp.astype(xp.where(s < 1, math.nan, xp.where(pole, math.inf, found)), like.dtype)


def _incomplete(position: int, xp: Any, a: Any, x: Any) -> Any:
    like = a if not isinstance(a, float) else x
    a, x = (xp.full(like.shape, each, dtype=like.dtype) if isinstance(each, float) else each for each in (a, x))
    if like.dtype == getattr(xp, "float16", None):
        a, x = xp.astype(a, xp.float32), xp.astype(x, xp.float32)
    return xp.astype(kernels.gammainc(xp, a, x)[position], like.dtype)


def _gamma_density(a: Any, x: Any) -> Tensor:
    """x^(a-1) e^-x / Gamma(a)."""
    logarithm = sub(sub(mul(log(x), sub(a, 1.0)), x), lgamma(a) if isinstance(a, Tensor) else math.lgamma(a))
    return exp(logarithm)


@binary(
    to_float=True,
    x=lambda g: _unknown("igamma", "its first argument"),
    y=lambda g, x, y: mul(g, _gamma_density(x, y)),
)
def igamma(xp, x, y):
    """The regularised lower incomplete gamma function P(input, other)."""
    return _incomplete(0, xp, x, y)


@binary(
    to_float=True,
    x=lambda g: _unknown("igammac", "its first argument"),
    y=lambda g, x, y: neg(mul(g, _gamma_density(x, y))),
)
def igammac(xp, x, y):
    """The regularised upper incomplete gamma function Q(input, other) = 1 - P."""
    return _incomplete(1, xp, x, y)


psi, gammaln, gammainc, gammaincc = digamma, lgamma, igamma, igammac

__all__ = [
    "digamma", "entr", "erf", "erfc", "erfcx", "erfinv", "exp2", "expit", "expm1", "gammainc", "gammaincc", "gammaln",
    "lgamma", "log1p", "log_ndtr", "logit", "multigammaln", "mvlgamma", "ndtr", "ndtri", "polygamma", "psi", "sinc",
    "xlog1py", "xlogy", "zeta",
]  # fmt: skip
