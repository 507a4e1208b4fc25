"""Generators: where random numbers come from, their seeds and their states."""

from __future__ import annotations

import os
from typing import Any

from .. import dtypes
from ..backend import get_backend, is_available, mersenne
from ..engine.modes import modes, unlistened
from ..engine.tensor import Tensor, wrap
from ..types import DeviceLike
from . import torch_random
from .operation import operation

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
        if is_torchs(self._state):
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
        return mersenne.seed_of(state) if is_torchs(self._state) else int(state[0])

    def get_state(self) -> Tensor:
        """A copy of the state, on the CPU: seed and offset, or torch's 5056 bytes."""
        return wrap(self._backend.to_numpy(self._state._array).copy(), get_backend("cpu"))

    def set_state(self, state: Tensor) -> Generator:
        """Goes on from a state that `get_state` gave."""
        check_state(state, self)
        self._state._array[...] = self._backend.from_numpy(state.cpu()._array.copy())
        return self


def is_torchs(state: Tensor) -> bool:
    """Whether a state is torch's, and what is drawn from it."""
    return state.dtype is dtypes.uint8


def check_state(state: Any, generator: Generator | None = None) -> None:
    """ValueError if this is no state of a generator, or one that this generator can't go on from."""
    if not isinstance(state, Tensor) or state.dtype not in (dtypes.uint64, dtypes.uint8):
        raise ValueError("a generator's state is a uint64 tensor of seed and offset, as get_state() gives it")
    if is_torchs(state):
        if not mersenne.is_state(state.cpu()._array):
            raise ValueError("the state of a generator with torch's numbers is 5056 bytes, as get_state() gives it")
    elif tuple(state.shape) != (2,):
        raise ValueError("a generator's state is a uint64 tensor of seed and offset, as get_state() gives it")
    if generator is not None and is_torchs(state) != is_torchs(generator._state):
        raise ValueError(
            "this is a state of torch's random numbers, which generators draw that are made on the CPU after "
            "use_torch_random()"
            if is_torchs(state)
            else "this is a state of this engine's own random numbers, which generators draw that are made on other "
            "devices, or after use_torch_random(False)"
        )


def _restored(device: str, state: Tensor) -> Generator:
    """A copied or pickled generator: it goes on from the same state, on its own."""
    return Generator(device, _torchs=is_torchs(state)).set_state(state)


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


def state_of(generator: Generator | None, device: DeviceLike) -> Tensor:
    if generator is None:
        torch_random.applies(get_backend(device))  # which a recording notes
        with unlistened():
            return default_generator(device)._state
    if not isinstance(generator, Generator):
        raise TypeError(f"generator: expected an autograd.Generator, got {type(generator).__name__}")
    if device is not None and get_backend(device) is not generator._backend:
        raise RuntimeError(f"expected a generator on {device}, this one is on {generator.device}")
    return generator._state


def draws_torchs_numbers(generator: Generator | None, device: DeviceLike) -> bool:
    """Whether what is drawn from the generator, or without one from the device's, are torch's numbers."""
    return is_torchs(state_of(generator, device))
