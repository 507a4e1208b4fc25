"""The memory of GPUs, as CuPy's pool counts it. Without a GPU all counts are 0."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from ..types import DeviceLike
from .library import gpu, gpu_or_none


def _pool(device: DeviceLike) -> Any:
    """CuPy's pool, which answers for the GPU that is meant when it is asked inside of `with` it; None without one."""
    found = gpu_or_none(device)
    return None if found is None else (found[0].get_default_memory_pool(), found[0].cuda.Device(found[1]))


def _count(device: DeviceLike, question: str) -> int:
    found = _pool(device)
    if found is None:
        return 0
    pool, place = found
    with place:
        return int(getattr(pool, question)())


def memory_allocated(device: DeviceLike = None) -> int:
    """The bytes that arrays have now."""
    return _count(device, "used_bytes")


def memory_reserved(device: DeviceLike = None) -> int:
    """The bytes that the pool has, for arrays now and to come."""
    return _count(device, "total_bytes")


class _Peaks:
    """The largest number of bytes that arrays had at once, by GPU, since it was last asked to begin again."""

    def __init__(self) -> None:
        self.hook: Any = None
        self.allocated: dict[int, int] = {}
        self.reserved: dict[int, int] = {}

    def begin(self, cupy: Any, index: int) -> None:
        self.allocated[index], self.reserved[index] = memory_allocated(index), memory_reserved(index)
        if self.hook is None:
            self.hook = self._hook(cupy)
            self.hook.__enter__()

    def _hook(self, cupy: Any) -> Any:
        peaks = self

        class Hook(cupy.cuda.MemoryHook):
            name = "autograd.cuda peaks"

            def malloc_postprocess(self, **kwargs: Any) -> None:
                index, pool = kwargs["device_id"], cupy.get_default_memory_pool()
                peaks.allocated[index] = max(peaks.allocated.get(index, 0), pool.used_bytes())
                peaks.reserved[index] = max(peaks.reserved.get(index, 0), pool.total_bytes())

        return Hook()


_peaks = _Peaks()


def reset_peak_memory_stats(device: DeviceLike = None) -> None:
    """From here on, each allocation in this thread is looked at for `max_memory_allocated`."""
    found = gpu_or_none(device)
    if found is not None:
        _peaks.begin(*found)


def max_memory_allocated(device: DeviceLike = None) -> int:
    """The most bytes that arrays had at once since `reset_peak_memory_stats`.

    Before its first call nobody counts: then it is what the pool has, which is no less.
    """
    found = gpu_or_none(device)
    if found is None:
        return 0
    return max(_peaks.allocated.get(found[1], memory_reserved(device)), memory_allocated(device))


def max_memory_reserved(device: DeviceLike = None) -> int:
    """The most bytes that the pool had since `reset_peak_memory_stats`; before its first call what it has."""
    found = gpu_or_none(device)
    return 0 if found is None else max(_peaks.reserved.get(found[1], 0), memory_reserved(device))


reset_max_memory_allocated = reset_max_memory_cached = reset_accumulated_memory_stats = reset_peak_memory_stats
memory_cached, max_memory_cached = memory_reserved, max_memory_reserved  # torch's older names


def memory_stats(device: DeviceLike = None) -> OrderedDict[str, int]:
    """The counts under torch's keys; empty without a GPU."""
    if gpu_or_none(device) is None:
        return OrderedDict()
    counts = {
        "allocated_bytes.all.current": memory_allocated(device),
        "allocated_bytes.all.peak": max_memory_allocated(device),
        "reserved_bytes.all.current": memory_reserved(device),
        "reserved_bytes.all.peak": max_memory_reserved(device),
    }
    return OrderedDict(counts)


def memory_summary(device: DeviceLike = None, abbreviated: bool = False) -> str:
    """The counts as a table."""
    rows = {
        "allocated by arrays": (memory_allocated(device), max_memory_allocated(device)),
        "reserved by the pool": (memory_reserved(device), max_memory_reserved(device)),
    }
    lines = [f"{name:<22}{now:>16,}{peak:>16,}" for name, (now, peak) in rows.items()]
    return "\n".join([f"{'bytes':<22}{'now':>16}{'at most':>16}", *lines])


def mem_get_info(device: DeviceLike = None) -> tuple[int, int]:
    """The GPU's free bytes and all it has."""
    cupy, index = gpu(device)
    free, total = cupy.cuda.Device(index).mem_info
    return int(free), int(total)


def set_per_process_memory_fraction(fraction: float, device: DeviceLike = None) -> None:
    """Limits the pool to a part of the GPU's memory."""
    if not isinstance(fraction, float):
        raise TypeError("Invalid type for fraction argument, must be `float`")
    if not 0 <= fraction <= 1:
        raise ValueError(f"Invalid fraction value: {fraction}. Allowed range: 0~1")
    cupy, index = gpu(device)
    with cupy.cuda.Device(index):
        cupy.get_default_memory_pool().set_limit(fraction=fraction)


def empty_cache() -> None:
    """Gives unused blocks of CuPy's memory pool back to the device."""
    found = gpu_or_none()
    if found is not None:
        found[0].get_default_memory_pool().free_all_blocks()


OutOfMemoryError = MemoryError  # CuPy's is one
