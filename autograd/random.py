"""Seeding and generators, under torch's names."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from .backend import is_available
from .ops.generator import (
    Generator,
    check_state,
    default_generator,
    generator_states,
    get_rng_state,
    initial_seed,
    manual_seed,
    seed,
    set_generator_states,
    set_rng_state,
)


def manual_seed_all(seed: int) -> None:
    """Seeds the default generators of all devices."""
    manual_seed(seed)


@contextlib.contextmanager
def fork_rng(devices: Any = None, enabled: bool = True, device_type: str | None = None) -> Iterator[None]:
    """At the end, the default generators of all devices go on from where they were at the beginning."""
    before = generator_states() if enabled else {}
    try:
        yield
    finally:
        set_generator_states(before)


def all_states() -> dict[str, Any]:
    """The states of this engine's default generators, of Python's and of NumPy's, as plain data."""
    return {"engine": generator_states(), "python": random.getstate(), "numpy": np.random.get_state()}


def check_states(states: Any) -> None:
    """ValueError if these are no states that `all_states` gave.

    After a wrong position in its state NumPy would read outside of memory.
    """
    if not isinstance(states, Mapping) or not states.keys() >= {"engine", "python", "numpy"}:
        raise ValueError("random states: expected the states of engine, python and numpy")
    if not isinstance(states["engine"], Mapping):
        raise ValueError("random states: expected the engine's states by device")
    for device, state in states["engine"].items():
        if isinstance(device, str) and is_available(device):
            check_state(state, default_generator(device))
    random.Random().setstate(states["python"])
    if not isinstance(states["python"][2], float | None):
        raise ValueError("random states: Python's keeps no normal number")
    name, keys, position, has_gauss, gauss = states["numpy"]
    if (
        name != "MT19937"
        or not isinstance(keys, np.ndarray)
        or keys.dtype != np.uint32
        or keys.shape != (624,)
        or type(position) is not int
        or not 0 <= position <= 624
        or type(has_gauss) is not int
        or has_gauss not in (0, 1)
        or not isinstance(gauss, float)
    ):
        raise ValueError("random states: NumPy's is not one of its MT19937")


def set_all_states(states: Mapping[str, Any]) -> None:
    """Puts all of them into the states that `all_states` gave; none is changed if one of them is no state."""
    check_states(states)
    set_generator_states(states["engine"])
    random.setstate(states["python"])
    np.random.set_state(states["numpy"])


__all__ = [
    "Generator",
    "all_states",
    "check_state",
    "check_states",
    "default_generator",
    "fork_rng",
    "get_rng_state",
    "initial_seed",
    "manual_seed",
    "manual_seed_all",
    "seed",
    "set_all_states",
    "set_rng_state",
]
