"""torch's global switches that have nothing to switch here, so that scripts may set them, and its older questions."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Tensor, dtype
from autograd.engine.modes import modes


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


def set_anomaly_enabled(mode: bool, check_nan: bool = True) -> None:
    """`detect_anomaly`, from here on in this thread."""
    modes.anomaly, modes.check_nan = mode, check_nan
    modes.attentive = mode or modes.attentive


def is_anomaly_check_nan_enabled() -> bool:
    """Whether `detect_anomaly` looks for nan."""
    return modes.check_nan


def get_num_interop_threads() -> int:
    """1: operations run one after the other."""
    return 1


def set_num_interop_threads(count: int) -> None:
    """Accepted: operations run one after the other."""


def set_flush_denormal(mode: bool) -> bool:
    """False: the processor is not told what to do with the smallest numbers."""
    return False


def get_device(input: Tensor) -> int:
    """The number of the tensor's GPU; -1 on the CPU."""
    return input.get_device()


def set_warn_always(b: bool) -> None:
    """Accepted: whether a warning is shown again is for Python's `warnings` to say."""


def is_warn_always_enabled() -> bool:
    """False."""
    return False


class set_multithreading_enabled:
    """Accepted, as a call or a context: a backward pass runs in the thread that asks for it."""

    def __init__(self, mode: bool) -> None:
        self.mode = mode

    def __enter__(self) -> None: ...

    def __exit__(self, *exc: Any) -> None: ...
