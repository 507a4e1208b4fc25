"""Random numbers: functions of a generator's state, which they move on as a tensor written in place."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

from .. import dtypes
from ..backend import Array, Backend, Namespace, torch_draws
from ..backend.torch_poisson import poisson as torch_poisson
from ..engine.errors import OperationError
from ..engine.modes import no_grad
from ..engine.primitive import primitive
from ..engine.tensor import Tensor
from ..types import DeviceLike, DTypeLike, Sizes
from . import torch_random
from .arithmetic import sqrt
from .choosing import clamp, where
from .comparison import isfinite
from .creation import shape_of, zeros_like
from .exponential import log1p
from .generator import Generator, is_torchs, state_of
from .inplace import overwrite
from .operation import operation
from .promotion import cast
from .rounding import round
from .scan import cumsum
from .shape import expand, narrow, unsqueeze
from .sorting import argsort, searchsorted


@primitive(mutates=(0,))
def _uniform(backend: Backend, state: Array, *, shape: tuple[int, ...], dtype: dtypes.dtype) -> Array:
    """Numbers in [0, 1), of as many random bits as the dtype has digits: 53 for float64, 24 for float32."""
    xp, count = backend.xp, math.prod(shape)
    if dtype is dtypes.float64:
        bits = backend.random_bits(state, count) >> xp.asarray(11, dtype=xp.uint64)
        return xp.reshape(xp.astype(bits, xp.float64) * 2.0**-53, shape)
    bits = backend.random_halves(state, count)
    numbers = xp.astype(bits, xp.float32)
    if dtype in dtypes.HALVES:  # of 24 bits some would be rounded up to 1
        digits = 11 if dtype is dtypes.float16 else 8
        return xp.reshape(
            xp.astype(xp.floor(numbers * 2.0 ** (digits - 24)) * 2.0**-digits, backend.native[dtype]), shape
        )
    numbers *= 2.0**-24
    return xp.reshape(numbers, shape)


@primitive(mutates=(0,))
def _normal(backend: Backend, state: Array, *, shape: tuple[int, ...], dtype: dtypes.dtype) -> Array:
    """Two normal numbers from two uniform ones (G. Box, M. Muller, 1958)."""
    xp, count = backend.xp, math.prod(shape)
    half = (count + 1) // 2
    bits = backend.random_bits(state, 2 * half) >> xp.asarray(11, dtype=xp.uint64)
    uniform = xp.astype(bits, xp.float64) * 2.0**-53
    radius = xp.sqrt(-2.0 * xp.log1p(-uniform[:half]))
    angle = uniform[half:] * (2.0 * math.pi)
    both = xp.concat([radius * xp.cos(angle), radius * xp.sin(angle)])
    return xp.reshape(xp.astype(both[:count], backend.native[dtype]), shape)


@primitive(mutates=(0,))
def _integers(
    backend: Backend, state: Array, *, low: int, high: int, shape: tuple[int, ...], dtype: dtypes.dtype
) -> Array:
    xp = backend.xp
    bits = backend.random_bits(state, math.prod(shape)) >> xp.asarray(1, dtype=xp.uint64)
    numbers = xp.astype(bits, xp.int64) % (high - low) + low
    return xp.reshape(xp.astype(numbers, backend.native[dtype]), shape)


@primitive(mutates=(0,))
def _permutation(backend: Backend, state: Array, *, n: int, dtype: dtypes.dtype) -> Array:
    xp = backend.xp
    return xp.astype(xp.argsort(backend.random_bits(state, n)), backend.native[dtype])


@primitive(mutates=(0,))
def _keep(backend: Backend, state: Array, *, shape: tuple[int, ...], p: float, dtype: dtypes.dtype) -> Array:
    """1/(1-p) with probability 1-p, else 0: what dropout multiplies by."""
    xp = backend.xp
    kept, kind = backend.random_halves(state, math.prod(shape)) >= int(p * 2**24), backend.native[dtype]
    scale = xp.asarray(1.0 / (1.0 - p) if p < 1 else 0.0, dtype=kind)  # a number of Python's would widen bfloat16
    return xp.reshape(xp.astype(kept, kind) * scale, shape)


@no_grad()
def _draw(
    primitive_: Any,
    size: Any,
    dtype: DTypeLike,
    device: DeviceLike,
    generator: Generator | None,
    requires_grad: bool,
    like: Tensor | None = None,
    **params: Any,
) -> Tensor:
    kind = dtypes.get_default_dtype() if dtype is None else dtype
    state = state_of(generator, device)
    if is_torchs(state):
        order = None if like is None else torch_random.order_like(like)
        drawn = torch_random.draw(state, _OF_TORCH[primitive_], shape_of(size), kind, order=order, **params)
    else:
        drawn = primitive_(state, shape=shape_of(size), dtype=kind, **params)
    return drawn.requires_grad_() if requires_grad else drawn


_OF_TORCH: dict[Any, Callable[..., Array]] = {
    _uniform: torch_draws.uniform,
    _normal: torch_draws.normal,
    _integers: torch_draws.integers,
}


def _fill_as_torch(
    name: str, input: Tensor, generator: Generator | None, numbers: Any, *tensors: Tensor, **parameters: Any
) -> Tensor | None:
    """The input filled with torch's numbers; None if the generator draws this engine's own."""
    state = state_of(generator, input.device)
    if not is_torchs(state):
        return None
    order = torch_random.order_in(input)
    drawn = torch_random.draw(state, numbers, input.shape, input.dtype, *tensors, order=order, **parameters)
    return overwrite(name, input, drawn)


@operation(method=False)
def rand(
    *size: Sizes,
    generator: Generator | None = None,
    dtype: DTypeLike = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Uniform numbers in [0, 1)."""
    return _draw(_uniform, size, dtype, device, generator, requires_grad)


@operation(method=False)
def randn(
    *size: Sizes,
    generator: Generator | None = None,
    dtype: DTypeLike = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Normal numbers of mean 0 and variance 1."""
    return _draw(_normal, size, dtype, device, generator, requires_grad)


def _check_range(low: int, high: int) -> None:
    if low >= high:
        raise RuntimeError(f"randint: expected low < high, got {low} and {high}")


@operation(method=False)
def randint(
    low: int = 0,
    high: Any = None,
    size: Sequence[int] | None = None,
    *,
    generator: Generator | None = None,
    dtype: DTypeLike = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
) -> Tensor:
    """Integers in [low, high), or in [0, low) if only one bound is given."""
    if size is None:
        low, high, size = 0, low, high
    if size is None:
        raise TypeError("randint: size is missing; write randint(high, size) or randint(low, high, size)")
    if high is None:
        low, high = 0, low
    _check_range(low, high)
    kind = dtypes.int64 if dtype is None else dtype
    return _draw(_integers, (tuple(size),), kind, device, generator, requires_grad, low=int(low), high=int(high))


@operation(method=False)
@no_grad()
def randperm(
    n: int,
    *,
    generator: Generator | None = None,
    dtype: DTypeLike = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """The integers below n in random order."""
    state, kind = state_of(generator, device), dtype or dtypes.int64
    if is_torchs(state):
        drawn = torch_random.draw(state, torch_draws.permutation, (operator.index(n),), kind)
    else:
        drawn = _permutation(state, n=operator.index(n), dtype=kind)
    return drawn.requires_grad_() if requires_grad else drawn


def _like(function: Any, primitive_: Any) -> Any:
    def like(
        input: Tensor,
        *,
        generator: Generator | None = None,
        dtype: DTypeLike = None,
        device: DeviceLike = None,
        requires_grad: bool = False,
        memory_format: object = None,
    ) -> Tensor:
        place = input.device if device is None else device
        return _draw(primitive_, tuple(input.shape), dtype or input.dtype, place, generator, requires_grad, like=input)

    like.__name__ = like.__qualname__ = f"{function.__name__}_like"
    like.__doc__ = f"{function.__name__} with the input's shape, dtype and device."
    return operation(method=False)(like)


rand_like, randn_like = _like(rand, _uniform), _like(randn, _normal)


@operation(method=False)
def randint_like(
    input: Tensor,
    low: int = 0,
    high: int | None = None,
    *,
    generator: Generator | None = None,
    dtype: DTypeLike = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
    memory_format: object = None,
) -> Tensor:
    """randint with the input's shape, dtype and device."""
    low, high = (0, low) if high is None else (low, high)
    _check_range(low, high)
    place, bounds = input.device if device is None else device, {"low": int(low), "high": int(high)}
    kind = dtype or input.dtype
    return _draw(_integers, tuple(input.shape), kind, place, generator, requires_grad, like=input, **bounds)


def draw_seed(generator: Generator | None = None) -> int:
    """A number for a stream of its own to begin with, from the generator, or the CPU's default one."""
    state = state_of(generator, None if generator else "cpu")
    if is_torchs(state):
        return int(torch_random.draw(state, torch_draws.whole, (), dtypes.int64))
    return int(randint(0, 2**62, (), generator=generator, device=None if generator else "cpu"))


@operation(method=False)
def normal(
    mean: Any = 0.0,
    std: Any = 1.0,
    size: Sequence[int] | None = None,
    *,
    generator: Generator | None = None,
    dtype: DTypeLike = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
) -> Tensor:
    """Normal numbers of given means and standard deviations, which may be tensors that broadcast."""
    if not isinstance(std, Tensor) and std < 0:
        raise OperationError(f"normal: expected a standard deviation >= 0, got {std}")
    if size is None:
        like = mean + std * 0 if isinstance(mean, Tensor) else std
        size, device, dtype = tuple(like.shape), like.device, like.dtype
    state, kind = state_of(generator, device), dtypes.get_default_dtype() if dtype is None else dtype
    if not is_torchs(state):
        drawn = randn(tuple(size), generator=generator, dtype=dtype, device=device) * std + mean
    elif isinstance(std, Tensor):
        drawn = torch_random.draw(state, torch_draws.normal, size, kind) * std + mean
    elif isinstance(mean, Tensor):
        drawn = torch_random.draw(state, torch_draws.normal, size, kind, std=std) + mean
    else:
        drawn = torch_random.draw(state, torch_draws.normal, size, kind, mean=mean, std=std)
    return drawn.requires_grad_() if requires_grad else drawn


def _probabilities(x: Tensor) -> bool:
    """Whether all lie in [0, 1]: looked at on the CPU, where that costs no synchronisation."""
    return not x.is_cpu or not x._array.size or (x._array.min() >= 0 and x._array.max() <= 1)


@primitive(p=lambda g: zeros_like(g))
def _below(xp: Namespace, drawn: Array, p: Array) -> Array:
    return xp.astype(drawn < xp.astype(p, xp.float64), p.dtype)


@operation
def bernoulli(input: Tensor, p: float | None = None, *, generator: Generator | None = None) -> Tensor:
    """1 with the probability that the input (or `p`, for all) gives, else 0; its derivative is 0."""
    if not (_probabilities(input) if p is None else 0 <= p <= 1):
        raise OperationError("bernoulli: expected probabilities, in [0, 1]" + ("" if p is None else f", got {p}"))
    x = input if input.dtype.is_floating_point else cast(input, dtypes.get_default_dtype())
    state, precision = state_of(generator, input.device), dtypes.float64
    if is_torchs(state):
        if p is not None:
            return torch_random.draw(state, torch_draws.bernoulli, input.shape, input.dtype, p=p)
        precision = dtypes.float64 if x.dtype is dtypes.float64 else dtypes.float32
    drawn = rand(tuple(input.shape), generator=generator, device=input.device, dtype=precision)
    return _below(drawn, x if p is None else x * 0.0 + p)


def dropout(input: Tensor, p: float = 0.5, training: bool = True) -> Tensor:
    """Zeroes each element with probability p and scales the others by 1/(1-p) (N. Srivastava et al., 2014)."""
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"dropout: p is a probability, got {p}")
    if not training or p == 0.0:
        return input
    with no_grad():
        shape = tuple(input._array.shape)
        state = state_of(None, input.device)
        if is_torchs(state):
            order = torch_random.order_like(input)
            keep = torch_random.draw(state, torch_draws.keep, shape, input.dtype, order=order, p=float(p))
        else:
            keep = _keep(state, shape=shape, p=float(p), dtype=input.dtype)
    return input * keep


@no_grad()
def keep_mask(input: Tensor, shape: Sequence[int], p: float) -> Tensor:
    """0 with probability p, else 1, in the input's dtype: for each of its elements, or of its channels."""
    state = state_of(None, input.device)
    if not is_torchs(state):
        return cast(rand(tuple(shape), device=input.device) >= p, input.dtype)
    order = torch_random.order_like(input) if tuple(shape) == tuple(input.shape) else None
    return torch_random.draw(state, torch_draws.bernoulli, shape, input.dtype, order=order, p=1.0 - p)


@no_grad()
def rrelu_slopes(input: Tensor, lower: float, upper: float) -> Tensor:
    """A uniform number in [lower, upper) for each element that is not positive; others get one that says nothing."""
    state = state_of(None, input.device)
    if not is_torchs(state):
        return rand_like(input.detach()) * (upper - lower) + lower
    x = input.detach()
    return torch_random.draw(state, torch_draws.slopes, x.shape, x.dtype, x, lower=lower, upper=upper)


@operation
def multinomial(
    input: Tensor, num_samples: int, replacement: bool = False, *, generator: Generator | None = None
) -> Tensor:
    """Indices drawn in proportion to the weights in the last dimension: (*, n) -> (*, num_samples)."""
    if not input.is_floating_point() or input.ndim not in (1, 2):
        raise OperationError(
            f"multinomial: expected floating weights (n,) or (m, n), got {input.dtype}{list(input.shape)}"
        )
    count = input._array.shape[-1]
    if num_samples < 1 or (not replacement and num_samples > count):
        raise OperationError(f"multinomial: can't draw {num_samples} of {count} without replacement")
    weights = cast(input.detach(), dtypes.float64)
    if input.is_cpu:  # where looking costs no synchronisation
        good = bool((isfinite(weights) & (weights >= 0)).all())
        possible = (weights > 0).sum(-1)
        if not good or not bool((possible >= (1 if replacement else num_samples)).all()):
            raise OperationError(
                "multinomial: the weights must be finite, none negative, and enough of them above 0 in each row"
            )
    state = state_of(generator, input.device)
    if is_torchs(state):
        return torch_random.choose(state, input.detach(), num_samples, replacement)
    options: dict[str, Any] = {"generator": generator, "device": input.device, "dtype": dtypes.float64}
    if replacement:
        drawn = rand((*weights.shape[:-1], num_samples), **options)
        edges = cumsum(weights, -1)
        found = searchsorted(edges, drawn * edges[..., -1:], right=True)
        return clamp(found, max=count - 1)
    # The order of exponential waiting times is a draw without replacement (P. Efraimidis, P. Spirakis, 2006).
    waits = -log1p(-rand(tuple(weights.shape), **options)) / weights
    waits = where(weights > 0, waits, math.inf)
    return narrow(argsort(waits, -1), -1, 0, num_samples)


@operation(method=False)
@no_grad()
def poisson(input: Tensor, generator: Generator | None = None) -> Tensor:
    """Poisson numbers with the rates that the input gives: products of uniform numbers below 30 or so
    (D. Knuth, 1969), a rounded normal (F. Anscombe's square roots, 1948) above."""
    if not input.is_floating_point():
        raise OperationError(f"poisson: expected floating-point rates, got {input.dtype}")
    if input.is_cpu and bool((input < 0).any()):
        raise OperationError("poisson: rates must not be negative")
    state = state_of(generator, input.device)
    if is_torchs(state):
        return torch_random.draw(state, torch_poisson, input.shape, input.dtype, input.detach())
    rates = cast(input.detach(), dtypes.float64)
    options: dict[str, Any] = {"generator": generator, "device": input.device, "dtype": dtypes.float64}
    steps = 80
    waits = -log1p(-rand((*rates._array.shape, steps), **options))
    arrived = waits.cumsum(-1)
    small = (arrived < expand(unsqueeze(clamp(rates, max=30.0), -1), arrived._array.shape)).sum(-1)
    drawn = randn(tuple(rates._array.shape), **options)
    root = sqrt(clamp(rates, min=0.0)) + 0.5 * drawn
    large = clamp(round(root * root - 0.125), min=0.0)
    return cast(where(rates <= 30.0, cast(small, dtypes.float64), large), input.dtype)
