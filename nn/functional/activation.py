"""Nonlinearities, each of tensors of any shape unless said otherwise."""

from __future__ import annotations

import functools
import math

import autograd
from autograd import Tensor, dtypes
from autograd.engine.errors import OperationError
from autograd.ops import softmax as _softmax
from autograd.ops.activation import gelu_exact, leaky_relu as _leaky_relu, softplus
from autograd.ops.choosing import pieces
from autograd.ops.inplace import in_place
from autograd.ops.layout import c_order, laid_as
from autograd.ops.promotion import half_under_autocast, require_tensors, rounded_once
from autograd.ops.random import rrelu_slopes
from autograd.types import DTypeLike

_written_over = functools.cache(in_place)  # for derivatives that need the input: they are given a copy of it


def _maybe_in_place(input: Tensor, result: Tensor, inplace: bool) -> Tensor:
    """For derivatives that don't need the input."""
    return input.copy_(result) if inplace else result


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """max(input, 0)."""
    return input.relu_() if inplace else autograd.relu(input)


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """min(max(input, 0), 6)."""
    return hardtanh(input, 0.0, 6.0, inplace)


def hardtanh(input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    """input limited to [min_val, max_val]; on the limits the derivative is 0."""
    if min_val > max_val:
        raise ValueError(f"hardtanh: min_val {min_val} is larger than max_val {max_val}")
    if not input.dtype.is_floating_point:
        return _maybe_in_place(input, input.clamp(int(min_val), int(max_val)), inplace)
    inside = (input > min_val) & (input < max_val)
    return _maybe_in_place(input, pieces(inside, input, input.detach().clamp(min_val, max_val)), inplace)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """input where positive, else negative_slope * input (A. Maas et al., 2013)."""
    return _maybe_in_place(input, _leaky_relu(input, negative_slope), inplace)


@rounded_once
def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """input where positive, else alpha (exp(input) - 1) (D.-A. Clevert et al., 2015)."""
    if inplace:
        return _written_over(elu)(input, alpha)
    below = autograd.expm1(autograd.where(input > 0, 0.0, input)) * alpha
    return autograd.where(input > 0, input, below)


def sigmoid(input: Tensor) -> Tensor:
    """1 / (1 + exp(-input))."""
    return autograd.sigmoid(input)


def tanh(input: Tensor) -> Tensor:
    """The hyperbolic tangent."""
    return autograd.tanh(input)


@rounded_once
def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """input * sigmoid(input) (S. Elfwing et al., 2017)."""
    if inplace:
        return _written_over(silu)(input)
    return input * autograd.sigmoid(input)


def gelu(input: Tensor, approximate: str = "none") -> Tensor:
    """input * Phi(input), Phi the normal distribution function (D. Hendrycks, K. Gimpel, 2016).

    With approximate='tanh', Phi is approximated.
    """
    if approximate == "none":
        return gelu_exact(input)
    if approximate != "tanh":
        raise RuntimeError(f"gelu: approximate is 'none' or 'tanh', got {approximate!r}")
    if input.dtype in dtypes.HALVES:  # whose range the cube leaves
        return gelu(input.float(), approximate).to(input.dtype)
    inner = (input + input * input * input * 0.044715) * math.sqrt(2.0 / math.pi)
    return input * 0.5 * (inner.tanh() + 1.0)


def _dimension(name: str, input: Tensor, dim: int | None) -> int:
    """torch's implicit choice of the dimension: the first for 0, 1 and 3 dimensions, else the second."""
    return (0 if input.ndim in (0, 1, 3) else 1) if dim is None else dim


def softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: DTypeLike = None) -> Tensor:
    """exp(input) / sum(exp(input)) along a dimension."""
    return _softmax.softmax(input, _dimension("softmax", input, dim), dtype)


def log_softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: DTypeLike = None) -> Tensor:
    """log(softmax(input)) along a dimension."""
    return _softmax.log_softmax(input, _dimension("log_softmax", input, dim), dtype)


@rounded_once
def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """max(0, input) + min(0, alpha (exp(input / alpha) - 1)) (J. Barron, 2017)."""
    if inplace:
        return _written_over(celu)(input, alpha)
    below = autograd.expm1(autograd.where(input > 0, 0.0, input) / alpha) * alpha
    return autograd.where(input > 0, input, below)


@rounded_once
def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """scale * elu(input, alpha), which keeps mean and variance (G. Klambauer et al., 2017)."""
    if inplace:
        return _written_over(selu)(input)
    alpha, scale = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946
    return elu(input, alpha) * scale


@rounded_once
def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """input * tanh(softplus(input)) (D. Misra, 2019)."""
    if inplace:
        return _written_over(mish)(input)
    return input * softplus(input).tanh()


@rounded_once
def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """0 below -3, 1 above 3, input / 6 + 1 / 2 between; on the limits the derivative is 0."""
    return _maybe_in_place(input, hardtanh(input * (1.0 / 6.0) + 0.5, 0.0, 1.0), inplace)


@rounded_once
def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """input * hardsigmoid(input) (A. Howard et al., 2019)."""
    if inplace:
        return _written_over(hardswish)(input)
    outside = (input <= -3.0) | (input >= 3.0)
    inside = autograd.where(outside, 0.0, input)  # the slope of the parabola has no place at infinity
    straight = autograd.where(input <= -3.0, -0.0, input)
    return autograd.where(outside, straight, inside * (inside + 3.0) / 6.0)


def hardshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """input outside [-lambd, lambd], 0 inside."""
    return pieces((input >= -lambd) & (input <= lambd), 0.0, input)


@rounded_once
def softshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """input moved by lambd towards 0, 0 inside [-lambd, lambd]."""
    if lambd < 0:
        raise OperationError(f"softshrink: lambd must not be negative, got {lambd}")
    moved = autograd.where(input > lambd, input - lambd, input + lambd)
    return pieces((input >= -lambd) & (input <= lambd), 0.0, moved)


@rounded_once
def tanhshrink(input: Tensor) -> Tensor:
    """input - tanh(input)."""
    return input - autograd.tanh(input)


@rounded_once
def softsign(input: Tensor) -> Tensor:
    """input / (1 + |input|)."""
    return input / (autograd.abs(input) + 1)


@rounded_once
def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """input above the threshold, else the value."""
    return _maybe_in_place(input, pieces(input <= threshold, input.dtype.number(value), input), inplace)


@rounded_once
def glu(input: Tensor, dim: int = -1) -> Tensor:
    """a * sigmoid(b) for the halves a and b of a dimension (Y. Dauphin et al., 2016)."""
    require_tensors("glu", input)
    if not input.ndim or input.shape[dim] % 2:
        raise OperationError(f"glu: dimension {dim} of shape {tuple(input.shape)} can't be halved")
    a, b = input.chunk(2, dim)
    return a * b.sigmoid()


@half_under_autocast
def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """input where positive, else weight * input; the weight is one number or one a channel (K. He et al., 2015)."""
    if weight.ndim > 1:
        raise OperationError(f"prelu: expected a weight of one number or one a channel, got {tuple(weight.shape)}")
    if weight.numel() != 1:
        channels = input.shape[1] if input.ndim > 1 else 1
        if weight.numel() != channels:
            raise OperationError(f"prelu: {weight.numel()} weights for {channels} channels")
        weight = weight.reshape((1, -1) + (1,) * (input.ndim - 2)) if input.ndim > 1 else weight
    elif weight.ndim:
        weight = weight.reshape(())
    return pieces(input > 0, input, input * weight)


def rrelu(
    input: Tensor, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False, inplace: bool = False
) -> Tensor:
    """leaky_relu with slopes drawn from [lower, upper) in training, their mean else (B. Xu et al., 2015)."""
    if lower > upper:
        raise ValueError(f"rrelu: lower {lower} is larger than upper {upper}")
    if not training:
        return leaky_relu(input, (lower + upper) / 2, inplace)
    slopes = rrelu_slopes(input, lower, upper)
    out = laid_as(pieces(input > 0, input, input * slopes), c_order)
    return _maybe_in_place(input, out, inplace)


def softmin(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: DTypeLike = None) -> Tensor:
    """softmax(-input)."""
    return softmax(-input, dim, dtype=dtype)


def gumbel_softmax(logits: Tensor, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1) -> Tensor:
    """softmax((logits + Gumbel noise) / tau) (E. Jang et al., 2016); `hard` gives one-hot values with its gradient."""
    noise = -laid_as(autograd.empty_like(logits.detach()), c_order).exponential_().log()
    soft = softmax((logits + noise) / tau, dim)
    if not hard:
        return soft
    one = autograd.zeros(soft.shape, dtype=soft.dtype, device=soft.device).scatter_(
        dim, soft.detach().argmax(dim, keepdim=True), 1.0
    )
    return one - soft.detach() + soft


def relu_(input: Tensor) -> Tensor:
    """relu in place."""
    return input.relu_()


def leaky_relu_(input: Tensor, negative_slope: float = 0.01) -> Tensor:
    """leaky_relu in place."""
    return leaky_relu(input, negative_slope, inplace=True)


def elu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """elu in place."""
    return elu(input, alpha, inplace=True)


_threshold = threshold


def celu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """celu in place."""
    return celu(input, alpha, inplace=True)


def hardtanh_(input: Tensor, min_val: float = -1.0, max_val: float = 1.0) -> Tensor:
    """hardtanh in place."""
    return hardtanh(input, min_val, max_val, inplace=True)


def rrelu_(input: Tensor, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False) -> Tensor:
    """rrelu in place."""
    return rrelu(input, lower, upper, training, inplace=True)


def selu_(input: Tensor) -> Tensor:
    """selu in place."""
    return selu(input, inplace=True)


def threshold_(input: Tensor, threshold: float, value: float) -> Tensor:
    """threshold in place."""
    return _threshold(input, threshold, value, inplace=True)
