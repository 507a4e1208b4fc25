"""torch's global switches that have nothing to switch here, so that scripts may set them."""

from __future__ import annotations


def set_float32_matmul_precision(precision: str) -> None:
    """Accepted: products of float32 are computed in float32."""


def get_float32_matmul_precision() -> str:
    """highest."""
    return "highest"


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Accepted: what runs on the CPU gives the same bits each time."""
