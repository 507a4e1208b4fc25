"""Seeding and generators, under torch's names."""

from __future__ import annotations

from .ops.random import (
    Generator,
    default_generator,
    get_rng_state,
    initial_seed,
    manual_seed,
    seed,
    set_rng_state,
)


def manual_seed_all(seed: int) -> None:
    """Seeds the default generators of all devices."""
    manual_seed(seed)


__all__ = [
    "Generator", "default_generator", "get_rng_state", "initial_seed", "manual_seed", "manual_seed_all", "seed",
    "set_rng_state",
]  # fmt: skip
