"""Random numbers: functions of a generator's state, which they move on as a tensor written in place."""

from __future__ import annotations

import math
import operator
import os
from collections.abc import Callable, Sequence
from typing import Any

from .. import dtypes
from ..backend import Array, Backend, Namespace, get_backend, is_available, mersenne, torch_draws
from ..backend.torch_poisson import poisson as torch_poisson
from ..engine.errors import OperationError
from ..engine.modes import modes, no_grad, unlistened
from ..engine.primitive import primitive
from ..engine.tensor import Tensor, wrap
from ..engine.views import check_writable
from ..types import DeviceLike, DTypeLike, Sizes
from . import torch_random
from .arithmetic import sqrt
from .choosing import clamp, where
from .comparison import isfinite
from .creation import full, shape_of, zeros_like
from .exponential import log1p
from .inplace import overwrite
from .operation import operation
from .promotion import cast
from .rounding import ceil, round
from .scan import cumsum
from .shape import expand, narrow, unsqueeze
from .sorting import argsort, searchsorted
from .trigonometric import tan

DEFAULT_SEED = 0


class Generator:
    """A stream of random numbers: a seed and an offset, kept in a tensor on its device.

    The same seed gives the same bits on every device. A recorded step that draws numbers moves the
    state on at each replay. One that is made on the CPU while `use_torch_random` is on draws torch's numbers
    there, and has torch's state.

    >>> import autograd
    >>> g = autograd.Generator().manual_seed(1)
    >>> first = autograd.rand(3, generator=g)
    >>> bool((first == autograd.rand(3, generator=g.manual_seed(1))).all())
    True
    """

    def __init__(self, device: DeviceLike = "cpu", *, _torchs: bool | None = None) -> None:
        import numpy as np

        self._backend = get_backend(device)
        torchs = torch_random.applies(self._backend) if _torchs is None else _torchs
        state = mersenne.seeded(mersenne.DEFAULT_SEED) if torchs else np.array([DEFAULT_SEED, 0], np.uint64)
        with unlistened():
            self._state = wrap(self._backend.from_numpy(state), self._backend)

    def __reduce__(self) -> Any:
        return _restored, (str(self.device), self.get_state())

    @property
    def device(self) -> Any:
        return self._backend.device

    def manual_seed(self, seed: int) -> Generator:
        """Starts the stream of this seed from its beginning."""
        import numpy as np

        if isinstance(seed, float):
            raise RuntimeError(f"manual_seed: expected an int, got {seed}")
        modes.note_unreplayable("seeding a generator")
        bits = int(seed) & 0xFFFFFFFFFFFFFFFF
        if _is_torchs(self._state):
            if not -(2**63) <= seed < 2**64:
                raise ValueError(f"manual_seed: expected a seed of 64 bits, got {seed}")
            fresh = mersenne.seeded(bits)
        else:
            fresh = np.array([bits, 0], np.uint64)
        self._state._array[...] = self._backend.from_numpy(fresh)
        return self

    def seed(self) -> int:
        """Seeds from the operating system's entropy and returns the seed."""
        fresh = int.from_bytes(os.urandom(7), "little")
        self.manual_seed(fresh)
        return fresh

    def initial_seed(self) -> int:
        """The seed of this stream."""
        state = self._backend.to_numpy(self._state._array)
        return mersenne.seed_of(state) if _is_torchs(self._state) else int(state[0])

    def get_state(self) -> Tensor:
        """A copy of the state, on the CPU: seed and offset, or torch's 5056 bytes."""
        return wrap(self._backend.to_numpy(self._state._array).copy(), get_backend("cpu"))

    def set_state(self, state: Tensor) -> Generator:
        """Goes on from a state that `get_state` gave."""
        check_state(state, self)
        self._state._array[...] = self._backend.from_numpy(state.cpu()._array.copy())
        return self


def _is_torchs(state: Tensor) -> bool:
    """Whether a state is torch's, and what is drawn from it."""
    return state.dtype is dtypes.uint8


def check_state(state: Any, generator: Generator | None = None) -> None:
    """ValueError if this is no state of a generator, or one that this generator can't go on from."""
    if not isinstance(state, Tensor) or state.dtype not in (dtypes.uint64, dtypes.uint8):
        raise ValueError("a generator's state is a uint64 tensor of seed and offset, as get_state() gives it")
    if _is_torchs(state):
        if not mersenne.is_state(state.cpu()._array):
            raise ValueError("the state of a generator with torch's numbers is 5056 bytes, as get_state() gives it")
    elif tuple(state.shape) != (2,):
        raise ValueError("a generator's state is a uint64 tensor of seed and offset, as get_state() gives it")
    if generator is not None and _is_torchs(state) != _is_torchs(generator._state):
        raise ValueError(
            "this is a state of torch's random numbers, which generators draw that are made on the CPU after "
            "use_torch_random()"
            if _is_torchs(state)
            else "this is a state of this engine's own random numbers, which generators draw that are made on other "
            "devices, or after use_torch_random(False)"
        )


def _restored(device: str, state: Tensor) -> Generator:
    """A copied or pickled generator: it goes on from the same state, on its own."""
    return Generator(device, _torchs=_is_torchs(state)).set_state(state)


_defaults: dict[Any, Generator] = {}
_torch_defaults: dict[Any, Generator] = {}


_seed = DEFAULT_SEED


def default_generator(device: DeviceLike = "cpu") -> Generator:
    """The generator that functions on a device use when they are given none."""
    backend = get_backend(device)
    torchs = torch_random.applies(backend)
    defaults = _torch_defaults if torchs else _defaults
    found = defaults.get(backend)
    if found is None:  # of two threads that make one at once, both use the same
        found = defaults.setdefault(backend, Generator(backend.device, _torchs=torchs).manual_seed(_seed))
    return found


@operation(method=False)
def manual_seed(seed: int) -> Generator:
    """Seeds the default generators of all devices; returns the CPU's."""
    global _seed
    _seed = int(seed)
    for generator in (*_defaults.values(), *_torch_defaults.values()):
        generator.manual_seed(_seed)
    return default_generator()


@operation(method=False)
def initial_seed() -> int:
    """The seed of the CPU's default generator."""
    return default_generator().initial_seed()


@operation(method=False)
def seed() -> int:
    """Seeds all default generators from the operating system's entropy."""
    fresh = int.from_bytes(os.urandom(7), "little")
    manual_seed(fresh)
    return fresh


@operation(method=False)
def get_rng_state() -> Tensor:
    """The state of the CPU's default generator."""
    return default_generator().get_state()


@operation(method=False)
def set_rng_state(new_state: Tensor) -> None:
    """Sets the state of the CPU's default generator."""
    default_generator().set_state(new_state)


def generator_states() -> dict[str, Tensor]:
    """The states of the default generators of all devices in use, by device."""
    default_generator()
    devices = [backend.device for backend in {**_defaults, **_torch_defaults}]
    return {str(device): default_generator(device).get_state() for device in devices}


def set_generator_states(states: dict[str, Tensor]) -> None:
    """Sets the default generators of all devices that are there to what `generator_states` gave."""
    for device, state in states.items():
        if is_available(device):
            default_generator(device).set_state(state)


@primitive(mutates=(0,))
def _uniform(backend: Backend, state: Array, *, shape: tuple[int, ...], dtype: dtypes.dtype) -> Array:
    """Numbers in [0, 1): 24 random bits each for float32 and below, 53 for float64."""
    xp, count = backend.xp, math.prod(shape)
    if dtype is dtypes.float64:
        bits = backend.random_bits(state, count) >> xp.asarray(11, dtype=xp.uint64)
        return xp.reshape(xp.astype(bits, xp.float64) * 2.0**-53, shape)
    bits = backend.random_halves(state, count)
    numbers = xp.astype(bits, xp.float32)
    numbers *= 2.0**-24
    return xp.reshape(numbers if dtype is dtypes.float32 else xp.astype(numbers, backend.native[dtype]), shape)


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
    kept = backend.random_halves(state, math.prod(shape)) >= int(p * 2**24)
    return xp.reshape(xp.astype(kept, backend.native[dtype]) * (1.0 / (1.0 - p) if p < 1 else 0.0), shape)


def _state(generator: Generator | None, device: DeviceLike) -> Tensor:
    if generator is None:
        torch_random.applies(get_backend(device))  # which a recording notes
        with unlistened():
            return default_generator(device)._state
    if device is not None and get_backend(device) is not generator._backend:
        raise RuntimeError(f"expected a generator on {device}, this one is on {generator.device}")
    return generator._state


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
    state = _state(generator, device)
    if _is_torchs(state):
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
    state = _state(generator, input.device)
    if not _is_torchs(state):
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
    state, kind = _state(generator, device), dtype or dtypes.int64
    if _is_torchs(state):
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


def draws_torchs_numbers(generator: Generator | None, device: DeviceLike) -> bool:
    """Whether what is drawn from the generator, or without one from the device's, are torch's numbers."""
    return _is_torchs(_state(generator, device))


def draw_seed(generator: Generator | None = None) -> int:
    """A number for a stream of its own to begin with, from the generator, or the CPU's default one."""
    state = _state(generator, None if generator else "cpu")
    if _is_torchs(state):
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
    if size is None:
        like = mean + std * 0 if isinstance(mean, Tensor) else std
        size, device, dtype = tuple(like.shape), like.device, like.dtype
    state, kind = _state(generator, device), dtypes.get_default_dtype() if dtype is None else dtype
    if not _is_torchs(state):
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
    state, precision = _state(generator, input.device), dtypes.float64
    if _is_torchs(state):
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
        state = _state(None, input.device)
        if _is_torchs(state):
            order = torch_random.order_like(input)
            keep = torch_random.draw(state, torch_draws.keep, shape, input.dtype, order=order, p=float(p))
        else:
            keep = _keep(state, shape=shape, p=float(p), dtype=input.dtype)
    return input * keep


@no_grad()
def keep_mask(input: Tensor, shape: Sequence[int], p: float) -> Tensor:
    """0 with probability p, else 1, in the input's dtype: for each of its elements, or of its channels."""
    state = _state(None, input.device)
    if not _is_torchs(state):
        return cast(rand(tuple(shape), device=input.device) >= p, input.dtype)
    order = torch_random.order_like(input) if tuple(shape) == tuple(input.shape) else None
    return torch_random.draw(state, torch_draws.bernoulli, shape, input.dtype, order=order, p=1.0 - p)


@no_grad()
def rrelu_slopes(input: Tensor, lower: float, upper: float) -> Tensor:
    """A uniform number in [lower, upper) for each element that is not positive; others get one that says nothing."""
    state = _state(None, input.device)
    if not _is_torchs(state):
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
    state = _state(generator, input.device)
    if _is_torchs(state):
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
    state = _state(generator, input.device)
    if _is_torchs(state):
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


@operation(face=None)
def uniform_(input: Tensor, from_: float = 0.0, to: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Fills with uniform numbers in [from, to)."""
    check_writable(input, "uniform_")
    low, high = from_, to
    if low > high:
        raise OperationError(f"uniform_: expected from <= to, got {low} and {high}")
    filled = _fill_as_torch("uniform_", input, generator, torch_draws.uniform, low=float(low), high=float(high))
    if filled is not None:
        return filled
    drawn = rand(tuple(input.shape), dtype=input.dtype, device=input.device, generator=generator)
    return overwrite("uniform_", input, _scale_into(drawn, float(high - low), float(low)))


@primitive(mutates=(0,))
def _scale_into(xp: Namespace, x: Array, scale: Array, offset: Array) -> Array:
    x *= scale
    x += offset
    return x


@operation(face=None)
def normal_(input: Tensor, mean: float = 0.0, std: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Fills with normal numbers."""
    check_writable(input, "normal_")
    if std < 0:
        raise OperationError(f"normal_: expected std >= 0, got {std}")
    filled = _fill_as_torch("normal_", input, generator, torch_draws.normal, mean=float(mean), std=float(std))
    if filled is not None:
        return filled
    drawn = randn(tuple(input.shape), dtype=input.dtype, device=input.device, generator=generator)
    return overwrite("normal_", input, _scale_into(drawn, float(std), float(mean)))


@operation(face=None)
def bernoulli_(input: Tensor, p: Any = 0.5, *, generator: Generator | None = None) -> Tensor:
    """Fills with ones with probability p, which may be a tensor that broadcasts, else zeros."""
    check_writable(input, "bernoulli_")
    if isinstance(p, Tensor):
        filled = _fill_as_torch("bernoulli_", input, generator, torch_draws.bernoulli_each, p.detach())
    else:
        filled = _fill_as_torch("bernoulli_", input, generator, torch_draws.bernoulli, p=float(p))
        p = full((), float(p), dtype=dtypes.float64, device=input.device)
    if filled is not None:
        return filled
    drawn = bernoulli(p.expand(input._array.shape), generator=generator)
    return overwrite("bernoulli_", input, cast(drawn, input.dtype))


@operation(face=None)
def random_(input: Tensor, from_: int = 0, to: int | None = None, *, generator: Generator | None = None) -> Tensor:
    """Fills with integers in [from_, to); with one bound, in [0, bound)."""
    check_writable(input, "random_")
    if to is None and not from_:
        filled = _fill_as_torch("random_", input, generator, torch_draws.whole)
    else:
        least, end = (from_, to) if to is not None else (0, from_)
        filled = _fill_as_torch("random_", input, generator, torch_draws.integers, low=least, high=end)
    if filled is not None:
        return filled
    low, high = (from_, to) if to is not None else (0, from_ or 2 ** min(8 * input.itemsize - 1, 24))
    drawn = randint(low, high, tuple(input.shape), device=input.device, generator=generator)
    return overwrite("random_", input, cast(drawn, input.dtype))


@no_grad()
def _fill(
    name: str,
    input: Tensor,
    transform: Callable[[Tensor], Tensor],
    generator: Generator | None,
    numbers: Callable[..., Array],
    **parameters: float,
) -> Tensor:
    """Fills a tensor with a function of uniform numbers, or with torch's numbers."""
    check_writable(input, name)
    filled = _fill_as_torch(name, input, generator, numbers, **parameters)
    if filled is not None:
        return filled
    uniform = rand(tuple(input.shape), dtype=dtypes.float64, device=input.device, generator=generator)
    return overwrite(name, input, cast(transform(uniform), input.dtype))


def _check(name: str, holds: bool, what: str) -> None:
    if not holds:
        raise OperationError(f"{name}: expected {what}")


@operation(face=None)
def exponential_(input: Tensor, lambd: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Fills with exponential numbers of rate lambd."""
    _check("exponential_", lambd > 0, f"lambd > 0, got {lambd}")
    numbers = torch_draws.exponential
    return _fill("exponential_", input, lambda u: -log1p(-u) / lambd, generator, numbers, lambd=lambd)


@operation(face=None)
def cauchy_(input: Tensor, median: float = 0.0, sigma: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Fills with Cauchy numbers."""
    _check("cauchy_", sigma > 0, f"sigma > 0, got {sigma}")
    numbers, parameters = torch_draws.cauchy, {"median": median, "sigma": sigma}
    return _fill(
        "cauchy_", input, lambda u: median + sigma * tan(math.pi * (u - 0.5)), generator, numbers, **parameters
    )


@operation(face=None)
def geometric_(input: Tensor, p: float, *, generator: Generator | None = None) -> Tensor:
    """Fills with the number of trials until the first success of probability p."""
    _check("geometric_", 0 < p < 1, f"p between 0 and 1, got {p}")
    numbers = torch_draws.geometric
    return _fill(
        "geometric_", input, lambda u: clamp(ceil(log1p(-u) / math.log1p(-p)), min=1.0), generator, numbers, p=p
    )


@operation(face=None)
def log_normal_(input: Tensor, mean: float = 1.0, std: float = 2.0, *, generator: Generator | None = None) -> Tensor:
    """Fills with the exponentials of normal numbers."""
    _check("log_normal_", std > 0, f"std > 0, got {std}")
    check_writable(input, "log_normal_")
    filled = _fill_as_torch("log_normal_", input, generator, torch_draws.log_normal, mean=mean, std=std)
    if filled is not None:
        return filled
    return input.normal_(mean, std, generator=generator).exp_()
