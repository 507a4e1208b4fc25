"""torch's global switches that have nothing to switch here, so that scripts may set them, and its older questions."""

from __future__ import annotations

import autograd
from autograd import dtype


def set_float32_matmul_precision(precision: str) -> None:
    """Accepted: products of float32 are computed in float32."""


def get_float32_matmul_precision() -> str:
    """highest."""
    return "highest"


def get_autocast_cpu_dtype() -> dtype:
    """get_autocast_dtype("cpu")."""
    return autograd.get_autocast_dtype("cpu")


def get_autocast_gpu_dtype() -> dtype:
    """get_autocast_dtype("cuda")."""
    return autograd.get_autocast_dtype("cuda")


def is_autocast_cpu_enabled() -> bool:
    """is_autocast_enabled("cpu")."""
    return autograd.is_autocast_enabled("cpu")
