"""EventList: events, or averages of them, to group, to add up, to print and to write into files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .events import FunctionEvent, FunctionEventAvg
from .table import table
from .trace import write_stacks, write_trace


class EventList(list[Any]):
    """Events in order of their beginning, or averages; `wall_time` is how long the profile ran, in microseconds."""

    def __init__(
        self,
        events: Iterable[Any] = (),
        *,
        wall_time: float = 0.0,
        phases: dict[str, float] | None = None,
        threads: dict[int, tuple[int, str]] | None = None,
    ) -> None:
        super().__init__(events)
        self.wall_time = wall_time
        self.threads = threads or {}  # by an event's number of one: the system's number and the name
        if phases is None:
            phases = {}
            for event in self:
                phases[event.phase] = phases.get(event.phase, 0.0) + event.self_cpu_time_total
        self.phases = phases  # microseconds of the events' own time in each

    @property
    def self_cpu_time_total(self) -> float:
        """The time of all events, of each without those within, in microseconds."""
        return float(sum(each.self_cpu_time_total for each in self))

    def key_averages(
        self,
        group_by_input_shape: bool = False,
        group_by_stack_n: int = 0,
        group_by_overload_name: bool = False,
        group_by_phase: bool = False,
    ) -> EventList:
        """The events of each name together, or of each name and kind of inputs, innermost lines, phase."""
        groups: dict[Any, FunctionEventAvg] = {}
        for event in self:
            shapes = event.input_shapes if group_by_input_shape else []
            lines = event.stack[:group_by_stack_n]
            phase = event.phase if group_by_phase else ""
            made = groups.setdefault(
                (event.key, event.scope, str(shapes), lines, phase),
                FunctionEventAvg(event.key, event.scope, shapes, lines, phase),
            )
            made.add(event)
        return EventList(groups.values(), wall_time=self.wall_time, phases=self.phases)

    def total_average(self) -> FunctionEventAvg:
        """All events together; of those that lie in others only their own time and memory counts."""
        total = FunctionEventAvg("Total")
        for each in self:
            total.add(each)
        total.cpu_time_total, total.device_time_total = total.self_cpu_time_total, total.self_device_time_total
        total.cpu_memory_usage = total.self_cpu_memory_usage
        total.device_memory_usage = total.self_device_memory_usage
        return total

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
        """A table, the largest by `sort_by` first ("self_cpu_time_total", "cpu_memory_usage", "count" ...).

        Columns are there for what was measured. `row_limit` -1 is no limit; with `top_level_events_only` events that
        lie in others are left out.
        """
        rows = [each for each in self if not (top_level_events_only and each.cpu_parent is not None)]
        return table(
            rows,
            sort_by,
            row_limit,
            (max_name_column_width, max_shapes_column_width, max_src_column_width),
            header,
            time_unit,
            self.wall_time,
            self.phases,
        )

    def __str__(self) -> str:
        return self.table()

    def export_chrome_trace(self, path: str) -> None:
        """Writes a file for ui.perfetto.dev and chrome://tracing, compressed if it is called `.gz`."""
        self._require_events("export_chrome_trace")
        write_trace(path, self, self.threads)

    def export_stacks(self, path: str, metric: str = "self_cpu_time_total") -> None:
        """Writes `outer;inner 42` a line, of each stack of user's lines the whole microseconds: for flame graphs.

        The metric is "self_cpu_time_total" or "self_cuda_time_total"; the profile has to be made with `with_stack`.
        """
        self._require_events("export_stacks")
        write_stacks(path, self, metric)

    def _require_events(self, what: str) -> None:
        if any(not isinstance(each, FunctionEvent) for each in self):
            raise TypeError(f"{what}: averages have no time line; call it on the profile, or on its events()")
