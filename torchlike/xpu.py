"""Intel's GPUs, of which there are none here."""

from __future__ import annotations

from typing import Any, NoReturn


def is_available() -> bool:
    """False."""
    return False


is_initialized = is_available


def device_count() -> int:
    """0."""
    return 0


def empty_cache() -> None:
    """There is nothing to give back."""


def manual_seed(seed: int) -> None:
    """There is no generator to seed."""


manual_seed_all = manual_seed


def synchronize(device: Any = None) -> NoReturn:
    """AssertionError: there is no backend for Intel's GPUs."""
    raise AssertionError("torch.xpu: there is no backend for Intel's GPUs here")


current_device = set_device = get_device_name = synchronize
