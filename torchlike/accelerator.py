"""The device beside the CPU, whatever it is, under torch's names: here a CUDA GPU or none."""

from __future__ import annotations

from collections import OrderedDict

from autograd import cuda, device
from autograd.cuda.library import NoGPUError
from autograd.types import DeviceLike


def _require() -> None:
    if not cuda.is_available():
        raise NoGPUError("Cannot access accelerator device when none is available.")


def is_available() -> bool:
    """Whether there is an accelerator."""
    return cuda.is_available()


def current_accelerator(check_available: bool = False) -> device | None:
    """The accelerator's device; None without one."""
    return device("cuda") if cuda.is_available() else None


def device_count() -> int:
    """How many accelerators there are."""
    return cuda.device_count()


def current_device_index() -> int:
    """The number of the accelerator that is meant where none is named."""
    _require()
    return cuda.current_device()


def set_device_index(device: DeviceLike, /) -> None:
    """Makes an accelerator the one that is meant where no number is named."""
    _require()
    cuda.set_device(device)


current_device_idx, set_device_idx = current_device_index, set_device_index


class device_index(cuda.device):
    """Inside, an accelerator is the one that is meant where no number is named; None changes nothing."""


def synchronize(device: DeviceLike = None, /) -> None:
    """Waits until the accelerator has finished all that was asked of it."""
    _require()
    cuda.synchronize(device)


def current_stream(device: DeviceLike = None, /) -> cuda.Stream:
    """The stream that work goes into."""
    _require()
    return cuda.current_stream(device)


def set_stream(stream: cuda.Stream) -> None:
    """From now on work goes into a stream."""
    _require()
    cuda.set_stream(stream)


def empty_cache() -> None:
    """Gives unused memory back to the device."""
    _require()
    cuda.empty_cache()


def memory_allocated(device_index: DeviceLike = None, /) -> int:
    """The bytes that arrays have now."""
    _require()
    return cuda.memory_allocated(device_index)


def memory_reserved(device_index: DeviceLike = None, /) -> int:
    """The bytes that the pool has."""
    _require()
    return cuda.memory_reserved(device_index)


def max_memory_allocated(device_index: DeviceLike = None, /) -> int:
    """`autograd.cuda.max_memory_allocated`."""
    _require()
    return cuda.max_memory_allocated(device_index)


def max_memory_reserved(device_index: DeviceLike = None, /) -> int:
    """`autograd.cuda.max_memory_reserved`."""
    _require()
    return cuda.max_memory_reserved(device_index)


def memory_stats(device_index: DeviceLike = None, /) -> OrderedDict[str, int]:
    """`autograd.cuda.memory_stats`."""
    _require()
    return cuda.memory_stats(device_index)


def reset_peak_memory_stats(device_index: DeviceLike = None, /) -> None:
    """`autograd.cuda.reset_peak_memory_stats`."""
    _require()
    cuda.reset_peak_memory_stats(device_index)


reset_accumulated_memory_stats = reset_peak_memory_stats


def get_memory_info(device_index: DeviceLike = None, /) -> tuple[int, int]:
    """The free bytes and all there are."""
    _require()
    return cuda.mem_get_info(device_index)
