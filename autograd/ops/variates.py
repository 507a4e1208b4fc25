"""Gamma and Dirichlet numbers, whose derivatives by their parameters are known, and binomial ones."""

from __future__ import annotations

import math
from typing import Any

from .. import dtypes
from ..backend import Array, Backend, Namespace, torch_gamma
from ..backend.mersenne import stream
from ..backend.quantiles import dirichlet_slope, gamma_slope
from ..backend.special import lgamma
from ..engine.errors import OperationError
from ..engine.modes import no_grad
from ..engine.primitive import primitive
from ..engine.tensor import Tensor
from . import torch_random
from .choosing import where
from .generator import Generator, is_torchs, state_of
from .operation import operation
from .promotion import cast
from .shape import broadcast_tensors


def _once(name: str) -> Any:
    raise OperationError(f"{name}: the second derivative of a sample by its parameter is not known; detach() it")


def _uniforms(backend: Backend, state: Array, count: int) -> Array:
    """Numbers in (0, 1] of 53 bits."""
    xp = backend.xp
    bits = backend.random_bits(state, count) >> xp.asarray(11, dtype=xp.uint64)
    return 1.0 - xp.astype(bits, xp.float64) * 2.0**-53


@primitive(mutates=(0,))
def _drawn_gamma(backend: Backend, state: Array, concentration: Array) -> Array:
    """Squeezed cubes of normal numbers (G. Marsaglia, W. Tsang, 2000), drawn again where they are rejected."""
    xp = backend.xp
    a = xp.astype(xp.reshape(concentration, (-1,)), xp.float64)
    count = a.shape[0]
    d = xp.where(a < 1, a + 1.0, a) - 1.0 / 3.0
    found = xp.zeros_like(a)
    left = xp.arange(count)
    while left.shape[0]:
        here, here_d = left.shape[0], xp.take(d, left)
        u = xp.reshape(_uniforms(backend, state, 3 * here), (3, here))
        x = xp.sqrt(-2.0 * xp.log(u[0, :])) * xp.cos(2.0 * math.pi * u[1, :])
        v = (1.0 + x / xp.sqrt(9.0 * here_d)) ** 3
        height = 0.5 * x * x + here_d - here_d * v + here_d * xp.log(xp.where(v > 0, v, 1.0))
        taken = xp.logical_and(v > 0, xp.log(u[2, :]) < height)
        backend.index_write(found, (left[taken],), (here_d * v)[taken])
        left = left[xp.logical_not(taken)]
    boost = xp.log(_uniforms(backend, state, count)) / xp.where(a < 1, xp.where(a > 0, a, 1.0), math.inf)
    found = xp.where(a > 0, found * xp.exp(boost), 0.0)
    return xp.reshape(found, concentration.shape)


@primitive(x=lambda g, x, out, sample: _once("gamma"), sample=lambda g, x, out, sample: g * _along(x, out, sample))
def _gamma_slope(xp: Namespace, x: Array, sample: Array) -> Array:
    found = gamma_slope(xp, xp.astype(x, xp.float64), xp.astype(sample, xp.float64))
    return xp.astype(found, x.dtype)


def _along(a: Tensor, slope: Tensor, x: Tensor) -> Tensor:
    """The derivative by x of the slope -(dF/da) / p, from d(log p)/da and d(log p)/dx."""
    return -(x.log() - a.digamma()) - slope * ((a - 1) / x - 1)


@primitive(x=lambda g, x, out: g * _gamma_slope(x, out))
def _gamma_of(backend: Backend, x: Array, drawn: Array) -> Array:
    return backend.copy(drawn)


def standard_gamma(concentration: Tensor, generator: Generator | None = None) -> Tensor:
    """Gamma numbers of these concentrations and of rate 1, not less than the least normal number of their dtype.

    The derivative is implicit: at a fixed probability (M. Figurnov, S. Mohamed, A. Mnih, 2018).

    >>> import autograd
    >>> a = autograd.full((3,), 2.0, requires_grad=True)
    >>> standard_gamma(a).sum().backward()
    >>> bool((a.grad > 0).all())
    True
    """
    with no_grad():
        state = state_of(generator, concentration.device)
        if is_torchs(state):
            drawn = torch_random.draw(
                state, torch_gamma.gamma, concentration.shape, concentration.dtype, concentration.detach()
            )
        else:
            drawn = cast(_drawn_gamma(state, concentration.detach()), concentration.dtype)
            drawn = drawn.clamp(min=dtypes.finfo(concentration.dtype).tiny)
    return _gamma_of(concentration, drawn)


@primitive(x=lambda g: _once("dirichlet"), a=lambda g: _once("dirichlet"), total=lambda g: _once("dirichlet"))
def _dirichlet_slope(xp: Namespace, x: Array, a: Array, total: Array) -> Array:
    found = dirichlet_slope(xp, *(xp.astype(each, xp.float64) for each in (x, a, total)))
    return xp.astype(found, x.dtype)


def _dirichlet_gradient(g: Tensor, a: Tensor, x: Tensor) -> Tensor:
    """A share that grows with its concentration takes from the others in proportion to them."""
    slope = _dirichlet_slope(x, a, a.sum(-1, keepdim=True).expand(a.shape))
    return slope * (g - (x * g).sum(-1, keepdim=True))


@primitive(x=lambda g, x, out: _dirichlet_gradient(g, x, out))
def _dirichlet_of(backend: Backend, x: Array, drawn: Array) -> Array:
    return backend.copy(drawn)


@primitive(mutates=(0,))
def _torchs_dirichlet(backend: Backend, state: Array, concentration: Array) -> Array:
    with stream(backend, state) as words:
        return torch_gamma.dirichlet(words, concentration)


def standard_dirichlet(concentration: Tensor, generator: Generator | None = None) -> Tensor:
    """Dirichlet numbers, which add up to 1 along the last dimension: (*, n) -> (*, n).

    Gamma numbers divided by their sum. Each is a beta number, by whose distribution the derivative is implicit.
    """
    with no_grad():
        state = state_of(generator, concentration.device)
        if is_torchs(state):
            drawn = _torchs_dirichlet(state, concentration.detach())
        else:
            gammas = _drawn_gamma(state, concentration.detach()).clamp(min=dtypes.finfo(dtypes.float64).tiny)
            drawn = cast(gammas / gammas.sum(-1, keepdim=True), concentration.dtype)
            limits = dtypes.finfo(concentration.dtype)
            drawn = drawn.clamp(limits.tiny, 1 - limits.eps / 2)
    return _dirichlet_of(concentration, drawn)


@primitive(mutates=(0,))
def _drawn_binomial(backend: Backend, state: Array, trials: Array, probs: Array) -> Array:
    """Of probabilities up to a half: waits of failures between successes where few are expected, else BTRS."""
    xp = backend.xp
    n, p = (xp.astype(xp.reshape(each, (-1,)), xp.float64) for each in (trials, probs))
    few = n * p < 10
    found = xp.zeros_like(n)
    never = xp.log1p(-xp.where(p > 0, p, 0.5))
    left = xp.arange(n.shape[0])[xp.logical_and(few, p > 0)]
    waited = xp.zeros_like(n)
    while left.shape[0]:
        wait = xp.ceil(xp.log(_uniforms(backend, state, left.shape[0])) / xp.take(never, left))
        so_far = xp.take(waited, left) + xp.maximum(wait, 1.0)
        backend.index_write(waited, (left,), so_far)
        left = left[so_far <= xp.take(n, left)]
        backend.index_write(found, (left,), xp.take(found, left) + 1.0)
    left = xp.arange(n.shape[0])[xp.logical_not(few)]
    while left.shape[0]:
        u = xp.reshape(_uniforms(backend, state, 2 * left.shape[0]), (2, left.shape[0]))
        k, taken = _propose(xp, xp.take(n, left), xp.take(p, left), u[0, :] - 0.5, u[1, :])
        backend.index_write(found, (left[taken],), k[taken])
        left = left[xp.logical_not(taken)]
    return xp.reshape(found, trials.shape)


def _propose(xp: Namespace, n: Array, p: Array, u: Array, v: Array) -> tuple[Array, Array]:
    """Binomial numbers and whether each is taken (W. Hoermann, 1993, algorithm BTRS)."""
    deviation = xp.sqrt(n * p * (1.0 - p))
    b = 1.15 + 2.53 * deviation
    a = -0.0873 + 0.0248 * b + 0.01 * p
    room = xp.maximum(0.5 - xp.abs(u), 1e-12)
    k = xp.floor((2.0 * a / room + b) * u + n * p + 0.5)
    inside = xp.logical_and(k >= 0, k <= n)
    safe = xp.where(inside, k, 0.0)
    m = xp.floor((n + 1.0) * p)
    alpha = (2.83 + 5.1 / b) * deviation
    height = xp.log(v * alpha / (a / (room * room) + b))
    odds = xp.log(p) - xp.log1p(-p)
    bound = _log_ways(xp, n, safe) - _log_ways(xp, n, m) + (safe - m) * odds
    surely = xp.logical_and(room >= 0.07, v <= 0.92 - 4.2 / b)
    return k, xp.logical_and(inside, xp.logical_or(surely, height <= bound))


def _log_ways(xp: Namespace, n: Array, k: Array) -> Array:
    """log(n! / (k! (n - k)!)), less what depends on n alone."""
    return -lgamma(xp, k + 1.0) - lgamma(xp, n - k + 1.0)


@operation(method=False)
@no_grad()
def binomial(count: Tensor, prob: Tensor, generator: Generator | None = None) -> Tensor:
    """How many of `count` trials succeed, each with the probability `prob`; both broadcast, and have one dtype."""
    trials, probs = broadcast_tensors(count.detach(), prob.detach())
    if not probs.is_floating_point() or trials.dtype is not probs.dtype:
        raise OperationError(f"binomial: expected floating tensors of one dtype, got {count.dtype} and {prob.dtype}")
    if trials.is_cpu and bool(((probs < 0) | (probs > 1) | (trials < 0)).any()):
        raise OperationError("binomial: expected probabilities in [0, 1] and numbers of trials that are not negative")
    state = state_of(generator, trials.device)
    if is_torchs(state):
        return torch_random.draw(state, torch_gamma.binomial, trials.shape, trials.dtype, trials, probs)
    likely = probs > 0.5
    drawn = cast(_drawn_binomial(state, trials, where(likely, 1 - probs, probs)), trials.dtype)
    return where(likely, trials - drawn, drawn)
