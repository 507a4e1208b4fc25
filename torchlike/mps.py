"""Apple's GPUs, of which there are none here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def is_available() -> bool:
    """False."""
    return False


def device_count() -> int:
    """0."""
    return 0


def manual_seed(seed: int) -> None:
    """There is no generator to seed."""


def _refused(name: str) -> Callable[..., Any]:
    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(f"torch.mps.{name}: there is no backend for Apple's GPUs here")

    refuse.__name__ = name
    refuse.__doc__ = "RuntimeError: there is no backend for Apple's GPUs."
    return refuse


synchronize, empty_cache, seed = map(_refused, ("synchronize", "empty_cache", "seed"))
get_rng_state, set_rng_state = map(_refused, ("get_rng_state", "set_rng_state"))
current_allocated_memory, driver_allocated_memory, recommended_max_memory, set_per_process_memory_fraction = map(
    _refused,
    (
        "current_allocated_memory",
        "driver_allocated_memory",
        "recommended_max_memory",
        "set_per_process_memory_fraction",
    ),
)
