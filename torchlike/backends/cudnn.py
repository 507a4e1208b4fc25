"""Convolutions on the GPU are this engine's own: these switches are there to be set and are not read."""

from __future__ import annotations

from typing import Any

from .flags import flags_of

enabled = True
benchmark = False
benchmark_limit: int | None = None
deterministic = False
allow_tf32 = True
flags = flags_of(__name__, "enabled", "benchmark", "benchmark_limit", "deterministic", "allow_tf32")


def is_available() -> bool:
    """False: cuDNN is not used."""
    return False


def version() -> None:
    """None: cuDNN is not used."""


def is_acceptable(tensor: Any) -> bool:
    """False: cuDNN is not used."""
    return False


def set_flags(**values: Any) -> None:
    """Sets switches for good."""
    with flags(**values):
        pass
    globals().update(values)
