"""torch.profiler's place, and torch.autograd.profiler's: how long the operations take, and how often they are called.

What is measured is the wall time of each primitive's computation in the thread that profiles, of the backward pass
and of optimizers, too, and of the blocks marked by `record_function`.
"""

from __future__ import annotations

import enum
import functools
import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from autograd.engine.modes import modes


class ProfilerActivity(enum.Enum):
    """What is watched; the operations are, wherever they run."""

    CPU = 0
    CUDA = 2
    XPU = 1
    MTIA = 3
    HPU = 4
    PrivateUse1 = 5


class ProfilerAction(enum.Enum):
    """What a step does."""

    NONE = 0
    WARMUP = 1
    RECORD = 2
    RECORD_AND_SAVE = 3


class DeviceType(enum.Enum):
    """Where an event ran."""

    CPU = 0
    CUDA = 1


@dataclass
class FunctionEvent:
    """One call: its times in microseconds, `time_range` since the beginning of the profile."""

    name: str
    start: float
    end: float = 0.0
    inner: float = 0.0  # of the calls within
    input_shapes: list[Any] = field(default_factory=list)
    bytes: int = 0
    thread: int = 0
    is_user_annotation: bool = False
    count: int = 1

    key = property(lambda self: self.name)
    cpu_time_total = property(lambda self: self.end - self.start)
    cpu_time = cpu_time_total
    self_cpu_time_total = property(lambda self: self.end - self.start - self.inner)
    device_time_total = self_device_time_total = cuda_time_total = cuda_time = device_time = property(lambda self: 0.0)


@dataclass
class FunctionEventAvg:
    """The calls of one name (and, if asked for, of one kind of inputs) together; times in microseconds."""

    key: str
    input_shapes: list[Any] = field(default_factory=list)
    count: int = 0
    cpu_time_total: float = 0.0
    self_cpu_time_total: float = 0.0
    self_cpu_memory_usage: int = 0
    is_user_annotation: bool = False

    cpu_time = property(lambda self: self.cpu_time_total / self.count if self.count else 0.0)
    cpu_memory_usage = property(lambda self: self.self_cpu_memory_usage)
    device_time_total = self_device_time_total = cuda_time_total = self_cuda_time_total = cuda_time = device_time = (
        property(lambda self: 0.0)
    )

    def add(self, event: FunctionEvent) -> None:
        """Counts a call."""
        self.count += 1
        self.cpu_time_total += event.cpu_time_total
        self.self_cpu_time_total += event.self_cpu_time_total
        self.self_cpu_memory_usage += event.bytes
        self.is_user_annotation |= event.is_user_annotation


def _time(microseconds: float) -> str:
    for unit, size in (("s", 1e6), ("ms", 1e3)):
        if microseconds >= size:
            return f"{microseconds / size:.3f}{unit}"
    return f"{microseconds:.3f}us"


class EventList(list[Any]):
    """Events, or averages of them."""

    def key_averages(self, group_by_input_shape: bool = False, group_by_stack_n: int = 0) -> EventList:
        """The events of each name together."""
        groups: dict[Any, FunctionEventAvg] = {}
        for event in self:
            shapes = event.input_shapes if group_by_input_shape else []
            groups.setdefault((event.name, str(shapes)), FunctionEventAvg(event.name, shapes)).add(event)
        return EventList(groups.values())

    def total_average(self) -> FunctionEventAvg:
        """All events together."""
        total = FunctionEventAvg("Total")
        for each in self:
            total.count += each.count
            total.self_cpu_time_total += each.self_cpu_time_total
            total.cpu_time_total += each.self_cpu_time_total
        return total

    @property
    def self_cpu_time_total(self) -> float:
        """The time of all events, of each without those within."""
        return sum(each.self_cpu_time_total for each in self)

    def table(
        self,
        sort_by: str | None = None,
        row_limit: int = 100,
        max_src_column_width: int = 75,
        max_name_column_width: int = 55,
        max_shapes_column_width: int = 80,
        header: str | None = None,
        top_level_events_only: bool = False,
        time_unit: str | None = None,
    ) -> str:
        """A table of averages, the largest by `sort_by` first: "cpu_time_total", "self_cpu_time_total", "count" ..."""
        if self and isinstance(self[0], FunctionEvent):
            return self.key_averages().table(sort_by, row_limit, header=header)
        rows = list(self)
        if sort_by is not None:
            rows.sort(key=lambda each: getattr(each, sort_by), reverse=True)
        total = sum(each.self_cpu_time_total for each in rows) or 1.0
        shown = [("Name", "Self CPU %", "Self CPU", "CPU total", "CPU time avg", "# of Calls")]
        shaped = any(each.input_shapes for each in rows)
        for each in rows[: row_limit if row_limit >= 0 else None]:
            name = each.key
            if len(name) > max_name_column_width:
                name = name[: max_name_column_width - 3] + "..."
            if shaped:
                name = f"{name} {each.input_shapes}"
            shown.append(
                (
                    name,
                    f"{100 * each.self_cpu_time_total / total:.2f}%",
                    _time(each.self_cpu_time_total),
                    _time(each.cpu_time_total),
                    _time(each.cpu_time),
                    str(each.count),
                )
            )
        widths = [max(len(row[i]) for row in shown) for i in range(6)]
        line = "  ".join("-" * width for width in widths)
        lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in shown]
        return "\n".join(
            [
                *([header] if header else []),
                line,
                lines[0],
                line,
                *lines[1:],
                line,
                f"Self CPU time total: {_time(total)}",
            ]
        )

    def __str__(self) -> str:
        return self.table()

    def export_chrome_trace(self, path: str) -> None:
        """A file for chrome://tracing and ui.perfetto.dev."""
        events = [
            {
                "name": event.name,
                "ph": "X",
                "ts": event.start,
                "dur": event.cpu_time_total,
                "pid": os.getpid(),
                "tid": event.thread,
                "cat": "user_annotation" if event.is_user_annotation else "cpu_op",
                "args": {"Input Dims": event.input_shapes} if event.input_shapes else {},
            }
            for event in self
        ]
        with open(path, "w") as file:
            json.dump({"schemaVersion": 1, "traceEvents": events}, file)


class _Recorder:
    """Takes the times of all that one thread computes, from `start` to `stop`."""

    def __init__(self, shapes: bool, memory: bool) -> None:
        self.shapes, self.memory = shapes, memory
        self.events = EventList()
        self.open: list[FunctionEvent] = []
        self.origin = time.perf_counter_ns()

    def start(self) -> None:
        self.before, self.outer = modes.quietly, _current.__dict__.get("recorder")
        modes.quietly, _current.recorder = functools.partial(self._timed, self.before), self

    def stop(self) -> None:
        modes.quietly, _current.recorder = self.before, self.outer

    def now(self) -> float:
        return (time.perf_counter_ns() - self.origin) / 1000

    def enter(self, name: str, marked: bool) -> FunctionEvent:
        event = FunctionEvent(name, self.now(), thread=threading.get_ident(), is_user_annotation=marked)
        self.open.append(event)
        self.events.append(event)
        return event

    def leave(self, event: FunctionEvent) -> None:
        event.end = self.now()
        if event in self.open:
            del self.open[self.open.index(event) :]
        if self.open:
            self.open[-1].inner += event.cpu_time_total

    def _timed(self, quietly: Callable[..., Any], compute: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        event = self.enter(getattr(compute, "__name__", "call").strip("_"), False)
        if self.shapes:
            event.input_shapes = [list(x.shape) for x in args[1:] if hasattr(x, "shape")]
        try:
            result = quietly(compute, *args, **kwargs)
            if self.memory:
                made = result if isinstance(result, tuple) else (result,)
                event.bytes = sum(getattr(x, "nbytes", 0) for x in made)
            return result
        finally:
            self.leave(event)


class _Current(threading.local):
    recorder: _Recorder | None = None


_current = _Current()


class record_function:
    """Marks a block, or each call of a function, by a name in the profile."""

    def __init__(self, name: str, args: str | None = None) -> None:
        self.name = name
        self.open: list[tuple[_Recorder, FunctionEvent]] = []

    def __enter__(self) -> record_function:
        recorder = _current.recorder
        if recorder is not None:
            self.open.append((recorder, recorder.enter(self.name, True)))
        return self

    def __exit__(self, *exc: object) -> None:
        if self.open:
            recorder, event = self.open.pop()
            recorder.leave(event)

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def marked(*args: Any, **kwargs: Any) -> Any:
            with record_function(self.name):
                return function(*args, **kwargs)

        return marked


def schedule(
    *, wait: int, warmup: int, active: int, repeat: int = 0, skip_first: int = 0, skip_first_wait: int = 0
) -> Callable[[int], ProfilerAction]:
    """What each step does: skips some, then in cycles waits, warms up and records; `repeat` cycles, 0 for no end."""
    if wait < 0 or warmup < 0 or active <= 0 or repeat < 0 or skip_first < 0:
        raise AssertionError("Invalid profiler schedule arguments")

    def action(step: int) -> ProfilerAction:
        if step < 0:
            raise AssertionError(f"Step must be non-negative. Got {step}.")
        if step < skip_first:
            return ProfilerAction.NONE
        step -= skip_first
        if skip_first_wait:
            step += wait
        cycle, place = divmod(step, wait + warmup + active)
        if (repeat and cycle >= repeat) or place < wait:
            return ProfilerAction.NONE
        if place < wait + warmup:
            return ProfilerAction.WARMUP
        return ProfilerAction.RECORD_AND_SAVE if place == wait + warmup + active - 1 else ProfilerAction.RECORD

    return action


def tensorboard_trace_handler(
    dir_name: str, worker_name: str | None = None, use_gzip: bool = False
) -> Callable[..., None]:
    """An `on_trace_ready` that writes a trace into a folder."""

    def write(profiler: profile) -> None:
        os.makedirs(dir_name, exist_ok=True)
        worker = worker_name or f"{socket.gethostname()}_{os.getpid()}"
        profiler.export_chrome_trace(os.path.join(dir_name, f"{worker}.{time.time_ns()}.pt.trace.json"))

    return write


def supported_activities() -> set[ProfilerActivity]:
    """The CPU."""
    return {ProfilerActivity.CPU}


def kineto_available() -> bool:
    """False."""
    return False


class profile:
    """Inside, the time of each operation is taken.

    With a `schedule`, `step()` after each training step moves on; `on_trace_ready(self)` is called at the end of
    each cycle, without a schedule at the end.

    >>> import autograd
    >>> with profile(activities=[ProfilerActivity.CPU]) as p, record_function("product"):
    ...     made = autograd.ones(2, 2) @ autograd.ones(2, 2)
    >>> [each.key for each in p.key_averages() if each.is_user_annotation]
    ['product']
    """

    def __init__(
        self,
        enabled: Any = True,
        *,
        activities: Iterable[ProfilerActivity] | None = None,
        schedule: Callable[[int], ProfilerAction] | None = None,
        on_trace_ready: Callable[..., Any] | None = None,
        record_shapes: bool = False,
        profile_memory: bool = False,
        **options: Any,
    ) -> None:
        self.enabled = enabled if isinstance(enabled, bool) else True  # torch.profiler's first argument is `activities`
        self.schedule, self.on_trace_ready = schedule, on_trace_ready
        self.shapes, self.memory = record_shapes, profile_memory
        self.step_num = 0
        self.recorder: _Recorder | None = None
        self.running = False

    @property
    def current_action(self) -> ProfilerAction:
        """What the present step does."""
        if not self.enabled:
            return ProfilerAction.NONE
        return ProfilerAction.RECORD_AND_SAVE if self.schedule is None else self.schedule(self.step_num)

    def _follow(self, action: ProfilerAction, before: ProfilerAction) -> None:
        recording = action in (ProfilerAction.RECORD, ProfilerAction.RECORD_AND_SAVE)
        fresh = before in (ProfilerAction.NONE, ProfilerAction.WARMUP) or (
            self.schedule is not None and before is ProfilerAction.RECORD_AND_SAVE
        )
        if self.running and (not recording or fresh):
            self._pause()
        if recording and not self.running:
            self.recorder = _Recorder(self.shapes, self.memory)
            self.recorder.start()
            self.running = True

    def _pause(self) -> None:
        assert self.recorder is not None
        self.recorder.stop()
        self.running = False

    def start(self) -> None:
        """Begins."""
        self._follow(self.current_action, ProfilerAction.NONE)

    def step(self) -> None:
        """The next step begins."""
        before = self.current_action
        if before is ProfilerAction.RECORD_AND_SAVE and self.schedule is not None and self.running:
            self._pause()
            if self.on_trace_ready is not None:
                self.on_trace_ready(self)
        self.step_num += 1
        self._follow(self.current_action, before)

    def stop(self) -> None:
        """Ends."""
        if self.running:
            self._pause()
            if self.on_trace_ready is not None:
                self.on_trace_ready(self)

    def __enter__(self) -> profile:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def events(self) -> EventList:
        """Each call, in order of its beginning."""
        return EventList() if self.recorder is None else self.recorder.events

    function_events = property(events)

    def key_averages(self, group_by_input_shape: bool = False, group_by_stack_n: int = 0) -> EventList:
        """The calls of each name together."""
        return self.events().key_averages(group_by_input_shape, group_by_stack_n)

    def table(self, *args: Any, **kwargs: Any) -> str:
        """The table of the averages."""
        return self.key_averages().table(*args, **kwargs)

    def total_average(self) -> FunctionEventAvg:
        """All calls together."""
        return self.events().total_average()

    @property
    def self_cpu_time_total(self) -> float:
        """The time of all calls, in microseconds."""
        return self.events().self_cpu_time_total

    def export_chrome_trace(self, path: str) -> None:
        """A file for chrome://tracing and ui.perfetto.dev."""
        self.events().export_chrome_trace(path)

    def add_metadata(self, key: str, value: str) -> None:
        """Accepted."""

    add_metadata_json = add_metadata


class emit_nvtx:
    """A context that does nothing: there are no marks for other profilers."""

    def __init__(self, enabled: bool = True, record_shapes: bool = False) -> None:
        pass

    def __enter__(self) -> emit_nvtx:
        return self

    def __exit__(self, *exc: object) -> None:
        pass


emit_itt = emit_nvtx

__all__ = [
    "DeviceType",
    "EventList",
    "FunctionEvent",
    "ProfilerAction",
    "ProfilerActivity",
    "emit_itt",
    "emit_nvtx",
    "kineto_available",
    "profile",
    "record_function",
    "schedule",
    "supported_activities",
    "tensorboard_trace_handler",
]
