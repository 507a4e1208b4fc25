"""Seeding and generators, under torch's names."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

from .ops.random import (
    Generator,
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


def all_states() -> dict[str, Any]:
    """The states of this engine's default generators, of Python's and of NumPy's, as plain data."""
    return {"engine": generator_states(), "python": random.getstate(), "numpy": np.random.get_state()}


def set_all_states(states: dict[str, Any]) -> None:
    """Puts all of them into the states that `all_states` gave."""
    set_generator_states(states["engine"])
    random.setstate(states["python"])
    np.random.set_state(states["numpy"])


__all__ = [
    "Generator", "all_states", "default_generator", "get_rng_state", "initial_seed", "manual_seed",
    "manual_seed_all", "seed", "set_all_states", "set_rng_state",
]  # fmt: skip
