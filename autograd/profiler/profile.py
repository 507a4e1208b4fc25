"""profile: where the time of a computation goes, by operation."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Self

from .events import FunctionEventAvg
from .lists import EventList
from .marking import record_function
from .recorder import Recorder
from .schedule import ProfilerAction, ProfilerActivity

RECORDING = (ProfilerAction.RECORD, ProfilerAction.RECORD_AND_SAVE)


class profile:
    """Inside, the time of each operation is taken, in all threads, and what the arguments ask for is noted.

    Events are the primitives (`mul`, `linear`, ...), each with the engine's own work for it; around those that a
    backward pass computes, the derivative that asked for them (`MulBackward0`), and around these the pass
    (`backward`); an optimizer's step; a batch of a DataLoader; what `record_function` marks. An event's own time is
    that without the events within it, so that own times add up to the whole. The events' `phase` says whether they
    belong to "forward", "backward" or "optimizer", and `key_averages(group_by_phase=True)` keeps them apart.

    - `record_shapes`: the inputs' shapes, for `key_averages(group_by_input_shape=True)`.
    - `profile_memory`: the bytes of results, where they are new memory; nothing is said of when they are freed.
    - `with_stack`: the user's lines, for `key_averages(group_by_stack_n=1)` and `export_stacks`; a derivative has the
      line that called its operation.
    - `with_flops`: the multiplications and additions of matrix products and convolutions.
    - `activities`: ProfilerActivity.CPU, ProfilerActivity.CUDA; None is both. On a GPU an operation's
      `device_time_total` lies between two marks in the GPU's queue: if the GPU waits for the host, that waiting
      counts, too.

    With a `schedule`, `step()` after each training step moves on; `on_trace_ready(self)` is called at the end of each
    cycle, without a schedule at the end. `acc_events` keeps the events of all cycles, else those of the last are there.
    The other arguments are torch's and change nothing.

    The profile's own work, some microseconds an operation, counts for the event around. Where none runs, nothing is
    slower. RuntimeError for a second profile at the same time.

    >>> import autograd
    >>> from autograd.profiler import profile
    >>> x = autograd.ones(2, 3, requires_grad=True)
    >>> with profile() as measured:
    ...     (x * x).sum().backward()
    >>> [(each.name, each.phase) for each in measured.events()][1:5]
    [('sum', 'forward'), ('full', 'forward'), ('backward', 'backward'), ('SumBackward0', 'backward')]
    >>> measured.key_averages().table(sort_by="self_cpu_time_total", row_limit=3).splitlines()[1].split()[0]
    'Name'
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
        with_stack: bool = False,
        with_flops: bool = False,
        with_modules: bool = False,
        acc_events: bool = False,
        use_cuda: bool | None = None,
        use_device: str | None = None,
        use_cpu: bool = True,
        use_kineto: bool = False,
        experimental_config: Any = None,
        execution_trace_observer: Any = None,
        custom_trace_id_callback: Any = None,
        post_processing_timeout_s: float | None = None,
        activity_filters: Any = None,
    ) -> None:
        if not isinstance(enabled, bool):  # torch.profiler's first argument is `activities`
            enabled, activities = True, enabled
        watched = None if activities is None else set(activities)
        self.enabled, self.schedule, self.on_trace_ready, self.acc_events = (
            enabled,
            schedule,
            on_trace_ready,
            acc_events,
        )
        self._options = {
            "shapes": record_shapes,
            "memory": profile_memory,
            "lines": with_stack,
            "flops": with_flops,
            "devices": bool(use_cuda) or watched is None or ProfilerActivity.CUDA in watched,
        }
        self.step_num = 0
        self._recorder: Recorder | None = None
        self._events: EventList | None = None
        self._step: record_function | None = None

    @property
    def current_action(self) -> ProfilerAction:
        """What the present step does."""
        if not self.enabled:
            return ProfilerAction.NONE
        return ProfilerAction.RECORD_AND_SAVE if self.schedule is None else self.schedule(self.step_num)

    def start(self) -> None:
        """Begins; RuntimeError if a profile is running."""
        if self._recorder is not None:
            raise RuntimeError("profile: it is running already; a second `with` of it needs a profile of its own")
        if self.current_action in RECORDING:
            self._begin()
        self._begin_step()

    def step(self) -> None:
        """The next step begins."""
        before = self.current_action
        self._end_step()
        if self.schedule is not None and before is ProfilerAction.RECORD_AND_SAVE:
            self._finish()
        self.step_num += 1
        recording = self.current_action in RECORDING
        if recording and self._recorder is None:
            self._begin()
        elif not recording and self._recorder is not None:  # a schedule that never says RECORD_AND_SAVE
            self._collect()
        self._begin_step()

    def stop(self) -> None:
        """Ends."""
        self._end_step()
        self._finish()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def _begin(self) -> None:
        recorder = Recorder(**self._options)
        recorder.start()
        self._recorder = recorder

    def _begin_step(self) -> None:
        if self._recorder is not None and self.schedule is not None:
            self._step = record_function(f"ProfilerStep#{self.step_num}")
            self._step.__enter__()

    def _end_step(self) -> None:
        if self._step is not None:
            self._step.__exit__()
            self._step = None

    def _collect(self) -> None:
        recorder, self._recorder = self._recorder, None
        if recorder is None:
            return
        recorder.stop()
        earlier = self._events if self.acc_events and self._events is not None else EventList()
        self._events = EventList(
            [*earlier, *recorder.events],
            wall_time=earlier.wall_time + recorder.wall / 1e3,
            threads={**earlier.threads, **recorder.threads},
        )

    def _finish(self) -> None:
        if self._recorder is not None:
            self._collect()
            if self.on_trace_ready is not None:
                self.on_trace_ready(self)

    # What was measured

    def events(self) -> EventList:
        """Each call, in order of its beginning; RuntimeError where nothing was recorded yet."""
        if self._events is not None:
            return self._events
        if not self.enabled:
            return EventList()
        if self._recorder is not None:
            raise RuntimeError("profile: it is still running; read it after the `with`, or in on_trace_ready")
        raise RuntimeError(
            f"profile: nothing was recorded in {self.step_num} steps; use it as `with profile() as p`, and with a "
            "schedule call p.step() after each training step"
        )

    function_events = property(events)

    def key_averages(
        self,
        group_by_input_shape: bool = False,
        group_by_stack_n: int = 0,
        group_by_overload_name: bool = False,
        group_by_phase: bool = False,
    ) -> EventList:
        """The calls of each name together, or of each name and kind of inputs, innermost lines, phase."""
        return self.events().key_averages(
            group_by_input_shape, group_by_stack_n, group_by_overload_name, group_by_phase
        )

    def table(self, *args: Any, **kwargs: Any) -> str:
        """The table of the averages; see `EventList.table`."""
        return self.key_averages().table(*args, **kwargs)

    def __str__(self) -> str:
        return repr(self) if self._events is None else self.table()

    def total_average(self) -> FunctionEventAvg:
        """All calls together."""
        return self.events().total_average()

    @property
    def self_cpu_time_total(self) -> float:
        """The time of all calls, in microseconds."""
        return self.events().self_cpu_time_total

    def export_chrome_trace(self, path: str) -> None:
        """Writes a file for ui.perfetto.dev and chrome://tracing, compressed if it is called `.gz`."""
        self.events().export_chrome_trace(path)

    def export_stacks(self, path: str, metric: str = "self_cpu_time_total") -> None:
        """Writes the time by stacks of the user's lines, for flame graphs; see `EventList.export_stacks`."""
        self.events().export_stacks(path, metric)

    def add_metadata(self, key: str, value: str) -> None:
        """Accepted, as torch's; the trace does not show it."""

    add_metadata_json = add_metadata
