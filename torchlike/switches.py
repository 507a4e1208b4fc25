"""torch's global switches that have nothing to switch here, so that scripts may set them."""

from __future__ import annotations


def set_float32_matmul_precision(precision: str) -> None:
    """Accepted: products of float32 are computed in float32."""


def get_float32_matmul_precision() -> str:
    """highest."""
    return "highest"
