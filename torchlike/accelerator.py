"""The device beside the CPU, whatever it is, under torch's names: here a CUDA GPU or none."""

from __future__ import annotations

from autograd import cuda, device
from autograd.types import DeviceLike


def is_available() -> bool:
    """Whether there is an accelerator."""
    return cuda.is_available()


def current_accelerator(check_available: bool = False) -> device | None:
    """The accelerator's device; None without one."""
    return device("cuda") if cuda.is_available() else None


def device_count() -> int:
    """How many accelerators there are."""
    return cuda.device_count()


def synchronize(device: DeviceLike = None) -> None:
    """Waits until the accelerator has finished all that was asked of it."""
    if is_available():
        cuda.synchronize(device)
