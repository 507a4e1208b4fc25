"""What networks put between their layers."""

from __future__ import annotations

from typing import Any

from ..backend import Array, Backend, Namespace
from ..engine.primitive import primitive
from ..engine.tensor import Tensor
from .choosing import where
from .creation import zeros_like
from .elementwise import INV_SQRT_2PI, in_single, unary
from .exponential import exp
from .layout import c_order
from .operation import operation
from .promotion import floating, rounded_once
from .special import SQRT_HALF, erf


@unary(aliases="autograd.expit", holomorphic=True, x=lambda g, out: g * (out * (1 - out)))
def sigmoid(xp: Namespace, x: Array) -> Array:
    """1 / (1 + exp(-input)), written so that the exponential never overflows: all digits in both tails."""

    def stable(x: Any) -> Any:
        negative = (xp.real(x) if xp.isdtype(x.dtype, "complex floating") else x) < 0
        power = xp.exp(xp.where(negative, x, -x))
        return xp.where(negative, power, 1.0) / (1.0 + power)

    return in_single(xp, stable, x)


@unary(to_float=False, x=lambda g, out: _positive_gate(g, out))
def relu(xp: Namespace, x: Array) -> Array:
    """max(input, 0); the derivative at 0 is taken as 0."""
    return xp.maximum(x, 0)


# The derivative of relu as one pass. It is linear in g, so its own derivative is itself; by x it is zero, and torch
# says so in numbers: after a gradient penalty the biases below have gradients of zeros, not None.
@primitive(keeps_order=True, up=lambda g, x: _positive_gate(g, x), x=lambda g: zeros_like(g))
def _positive_gate(backend: Backend, up: Array, x: Array) -> Array:
    """up where x > 0, else 0."""
    return backend.gate_positive(up, x)


@primitive(keeps_order=True, x=lambda g, x, slope: _leaky_gate(g, x, slope=slope))
def _leaky_relu(xp: Namespace, x: Array, *, slope: float) -> Array:
    return xp.where(x > 0, x, x * slope)


@primitive(keeps_order=True, up=lambda g, x, slope: _leaky_gate(g, x, slope=slope), x=lambda g: zeros_like(g))
def _leaky_gate(xp: Namespace, up: Array, x: Array, *, slope: float) -> Array:
    """The derivative of `_leaky_relu`; its own by x is zero in numbers, as that of relu's."""
    return xp.where(x > 0, up, up * slope)


def leaky_relu(input: Tensor, negative_slope: float = 0.01) -> Tensor:
    """input where positive, else negative_slope * input (A. Maas et al., 2013)."""
    return _leaky_relu(floating("leaky_relu", input), slope=float(negative_slope))


@unary(autocast="single", x=lambda g, x: g * sigmoid(x))
def _softplus(xp: Namespace, x: Array) -> Array:
    return in_single(xp, lambda x: xp.maximum(x, 0) + xp.log1p(xp.exp(-xp.abs(x))), x)


@operation(face="nn.functional", method=False)
@rounded_once
def softplus(input: Tensor, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    """log(1 + exp(beta * input)) / beta; beta * input above `threshold` is returned as it is."""
    scaled = beta * input
    return where(scaled > threshold, input, _softplus(scaled) / beta)


@unary(
    lies=c_order,
    face="nn.functional",
    method=False,
    in_place=False,
    autocast="single",
    x=lambda g, x: g * sigmoid(-x),
)
def logsigmoid(xp: Namespace, x: Array) -> Array:
    """log(sigmoid(input)) without overflow."""
    return in_single(xp, lambda x: xp.minimum(x, 0) - xp.log1p(xp.exp(-xp.abs(x))), x)


@unary(face=None, method=False, in_place=False, x=lambda g, x: g * _gelu_slope(x))
def gelu_exact(backend: Backend, x: Array) -> Array:
    """x * Phi(x), Phi the normal distribution function (D. Hendrycks, K. Gimpel, 2016)."""
    return in_single(backend.xp, lambda x: 0.5 * x * (1.0 + backend.erf(x * SQRT_HALF)), x)


def _gelu_slope(x: Tensor) -> Tensor:
    """Phi(x) + x phi(x)."""
    density = exp(-0.5 * (x * x)) * INV_SQRT_2PI
    return 0.5 * (1 + erf(x * SQRT_HALF)) + x * density
