"""What a profile holds: each call with its times, and the averages of those that are alike."""

from __future__ import annotations

import enum
from typing import Any, NamedTuple

from ..device import device as Device

Stack = tuple[str, ...]
OPERATION, DERIVATIVE, PART = 0, 1, 7  # torch's numbers of scopes: a function, its derivative, what a user marked
FORWARD, BACKWARD, OPTIMIZER = "forward", "backward", "optimizer"


class DeviceType(enum.Enum):
    """Where an event ran."""

    CPU = 0
    CUDA = 1


class Interval(NamedTuple):
    """From when to when, in microseconds since the profile began."""

    start: float
    end: float

    def elapsed_us(self) -> float:
        """How long it took."""
        return self.end - self.start


def time_text(microseconds: float, unit: str | None = None) -> str:
    """A time in the unit that suits it, or in "s", "ms" or "us"."""
    sizes = {"s": 1e6, "ms": 1e3, "us": 1.0}
    if unit is not None and unit not in sizes:
        raise ValueError(f"table: expected time_unit to be one of {', '.join(sizes)}, got {unit!r}")
    chosen = unit or next((name for name, size in sizes.items() if abs(microseconds) >= size), "us")
    return f"{microseconds / sizes[chosen]:.3f}{chosen}"


class _Times:
    """Names that events and averages have in common: torch's, present and former."""

    cpu_time_total: float
    self_cpu_time_total: float
    device_time_total: float
    self_device_time_total: float
    device_memory_usage: int
    self_device_memory_usage: int
    count: int
    scope: int
    device_type = DeviceType.CPU
    node_id = -1
    is_async = is_remote = is_legacy = False

    cpu_time = property(lambda self: self.cpu_time_total / self.count if self.count else 0.0)
    device_time = property(lambda self: self.device_time_total / self.count if self.count else 0.0)
    cuda_time = device_time
    cuda_time_total = property(lambda self: self.device_time_total)
    self_cuda_time_total = property(lambda self: self.self_device_time_total)
    cuda_memory_usage = property(lambda self: self.device_memory_usage)
    self_cuda_memory_usage = property(lambda self: self.self_device_memory_usage)
    is_user_annotation = property(lambda self: self.scope == PART)

    cpu_time_str = property(lambda self: time_text(self.cpu_time))
    cpu_time_total_str = property(lambda self: time_text(self.cpu_time_total))
    self_cpu_time_total_str = property(lambda self: time_text(self.self_cpu_time_total))
    device_time_str = property(lambda self: time_text(self.device_time))
    device_time_total_str = property(lambda self: time_text(self.device_time_total))
    self_device_time_total_str = property(lambda self: time_text(self.self_device_time_total))


class FunctionEvent(_Times):
    """One call. Times are kept as whole nanoseconds since the profile began, and given in microseconds.

    `scope` is 0 of an operation, 1 of a derivative, 7 of a part that was marked; `phase` is "forward", "backward" or
    "optimizer". Its own time, `self_cpu_time_total`, is that without the events within it, `cpu_children`. Bytes are
    those of results that are no views. `device_time_total` is what the operations in it took on their GPU.
    """

    count = 1

    def __init__(
        self, id: int, name: str, scope: int, phase: str, thread: int, parent: FunctionEvent | None, begin: int
    ) -> None:
        self.id, self.name, self.scope, self.phase, self.thread = id, name, scope, phase, thread
        self.cpu_parent, self.begin, self.finish = parent, begin, -1
        self.inner = 0  # nanoseconds of the events within
        self.cpu_children: list[FunctionEvent] = []
        self.input_shapes: list[list[int]] = []
        self.stack: Stack = ()
        self.bytes = self.flops = 0
        self.device: Device | None = None  # the GPU that it ran on, from `device_begin`, so many nanoseconds
        self.device_begin = self.device_taken = 0
        if parent is not None:
            parent.cpu_children.append(self)

    @property
    def key(self) -> str:
        """What averages are taken by: the name, of a step without its number."""
        return "ProfilerStep*" if self.name.startswith("ProfilerStep#") else self.name

    time_range = property(lambda self: Interval(self.begin / 1e3, self.finish / 1e3))
    taken = property(lambda self: self.finish - self.begin)
    cpu_time_total = property(lambda self: self.taken / 1e3)
    self_cpu_time_total = property(lambda self: (self.taken - self.inner) / 1e3)
    self_device_time_total = property(lambda self: self.device_taken / 1e3)

    @property
    def device_time_total(self) -> float:  # type: ignore[override]
        """Microseconds on a GPU, of the events within, too."""
        return self.self_device_time_total + sum(each.device_time_total for each in self.cpu_children)

    @property
    def self_cpu_memory_usage(self) -> int:
        """Bytes of the results in the host's memory."""
        return self.bytes if self.device is None else 0

    @property
    def self_device_memory_usage(self) -> int:  # type: ignore[override]
        """Bytes of the results in a GPU's memory."""
        return 0 if self.device is None else self.bytes

    @property
    def cpu_memory_usage(self) -> int:
        """Bytes in the host's memory, of the events within, too."""
        return self.self_cpu_memory_usage + sum(each.cpu_memory_usage for each in self.cpu_children)

    @property
    def device_memory_usage(self) -> int:  # type: ignore[override]
        """Bytes in a GPU's memory, of the events within, too."""
        return self.self_device_memory_usage + sum(each.device_memory_usage for each in self.cpu_children)

    def __repr__(self) -> str:
        return (
            f"<FunctionEvent id={self.id} name={self.name} phase={self.phase} thread={self.thread} "
            f"cpu_time={self.cpu_time_total_str} self_cpu_time={self.self_cpu_time_total_str} "
            f"input_shapes={self.input_shapes}>"
        )


class FunctionEventAvg(_Times):
    """The calls together that are of one name, or whatever else they were grouped by; times in microseconds."""

    cpu_parent = None
    SUMS = (
        "cpu_time_total",
        "self_cpu_time_total",
        "device_time_total",
        "self_device_time_total",
        "cpu_memory_usage",
        "self_cpu_memory_usage",
        "device_memory_usage",
        "self_device_memory_usage",
        "flops",
        "count",
    )

    def __init__(
        self,
        key: str,
        scope: int = OPERATION,
        input_shapes: list[list[int]] | None = None,
        stack: Stack = (),
        phase: str = "",
    ) -> None:
        self.key, self.scope, self.stack, self.phase = key, scope, stack, phase
        self.input_shapes = input_shapes or []
        self.cpu_time_total = self.self_cpu_time_total = 0.0
        self.device_time_total = self.self_device_time_total = 0.0
        self.cpu_memory_usage = self.self_cpu_memory_usage = 0
        self.device_memory_usage = self.self_device_memory_usage = 0
        self.flops = self.count = 0

    def add(self, other: FunctionEvent | FunctionEventAvg) -> FunctionEventAvg:
        """Counts an event, or others that were counted together."""
        for name in self.SUMS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        return self

    def __iadd__(self, other: Any) -> FunctionEventAvg:
        return self.add(other)

    def __repr__(self) -> str:
        return (
            f"<FunctionEventAvg key={self.key} self_cpu_time={self.self_cpu_time_total_str} "
            f"cpu_time={self.cpu_time_str} self_device_time={self.self_device_time_total_str} count={self.count} "
            f"input_shapes={self.input_shapes or ''} cpu_memory_usage={self.cpu_memory_usage}>"
        )
