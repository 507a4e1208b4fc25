"""CuPy, which does all of this, and the error where there is no GPU for it to do it on."""

from __future__ import annotations

from typing import Any

from ..backend import get_backend, is_available
from ..device import device as Device
from ..types import DeviceLike


class NoGPUError(RuntimeError, AssertionError):
    """There is no GPU, or no CuPy: torch raises the one or the other."""


def index_of(device: DeviceLike) -> int:
    """The number of a GPU; of the current one, if none is named."""
    wanted = Device("cuda" if device is None else device)
    if wanted.type != "cuda":
        raise ValueError(f"Expected a cuda device, but got: {wanted}")
    return wanted.index if wanted.index is not None else get_backend("cuda").device.index or 0


def gpu(device: DeviceLike = None) -> tuple[Any, int]:
    """CuPy and the number of the GPU that is meant; NoGPUError says why there is none."""
    try:
        get_backend("cuda")
        index = index_of(device)
        get_backend(Device("cuda", index))
    except RuntimeError as error:
        raise NoGPUError(str(error)) from None
    import cupy

    return cupy, index


def runtime_version() -> str | None:
    """The version of CUDA's runtime; None without a GPU."""
    found = gpu_or_none()
    if found is None:
        return None
    number = found[0].cuda.runtime.runtimeGetVersion()
    return f"{number // 1000}.{number % 1000 // 10}"


def gpu_or_none(device: DeviceLike = None) -> tuple[Any, int] | None:
    """`gpu`, or None where there is none."""
    return gpu(device) if is_available("cuda") else None
