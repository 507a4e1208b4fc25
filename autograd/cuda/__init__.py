"""Questions about CUDA devices, under torch's names; without a GPU they are answered, not refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..backend import get_backend, is_available as _is_available
from ..device import device as Device
from ..random import manual_seed_all
from ..types import DeviceLike


def manual_seed(seed: int) -> None:
    """Seeds the default generators (of all devices: they share one seed)."""
    manual_seed_all(seed)


def is_available() -> bool:
    """Whether tensors can live on a GPU here: CuPy is installed and finds one."""
    return _is_available("cuda")


def device_count() -> int:
    """How many GPUs there are."""
    if not is_available():
        return 0
    import cupy

    return cupy.cuda.runtime.getDeviceCount()


def current_device() -> int:
    """The index of the GPU that `device("cuda")` means."""
    return get_backend("cuda").device.index or 0


def get_device_name(device: DeviceLike = None) -> str:
    """The GPU's product name."""
    import cupy

    index = get_backend("cuda" if device is None else device).device.index or 0
    return cupy.cuda.runtime.getDeviceProperties(index)["name"].decode()


def synchronize(device: DeviceLike = None) -> None:
    """Waits until the GPU has finished all that was asked of it."""
    get_backend("cuda" if device is None else device).synchronize()


def empty_cache() -> None:
    """Gives unused blocks of CuPy's memory pool back to the device."""
    if is_available():
        import cupy

        cupy.get_default_memory_pool().free_all_blocks()


def is_bf16_supported(including_emulation: bool = True) -> bool:
    """False: CuPy has no arrays of bfloat16."""
    return False


def set_device(device: Device | str | int) -> None:
    """Makes a GPU the one that is meant where none is named."""
    if is_available():
        import cupy

        backend = get_backend(device if isinstance(device, str | Device) else f"cuda:{int(device)}")
        cupy.cuda.Device(backend.device.index or 0).use()


OutOfMemoryError = MemoryError  # CuPy's is one


of_scripts: Any = None  # `autograd` sets what finds torch's own names in `torchlike`


if TYPE_CHECKING:
    from torchlike.cuda import *  # noqa: F403
else:

    def __getattr__(name: str) -> Any:
        """What only scripts written for torch look for; see `autograd.__getattr__`."""
        found = None if name.startswith("_") else getattr(of_scripts("cuda"), name, None)
        if found is None:
            raise AttributeError(f"module 'autograd.cuda' has no attribute {name!r}")
        return found
