"""torch.utils.benchmark's place: how long a statement takes."""

from __future__ import annotations

import math
import statistics
import timeit
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import autograd
from autograd import cuda


def timer() -> float:
    """The wall clock in seconds, once the GPU, if there is one, has finished what was asked of it."""
    if cuda.is_available():
        cuda.synchronize()
    return timeit.default_timer()


def select_unit(t: float) -> tuple[str, float]:
    """(name, seconds) of the unit that suits a time."""
    units = {-3: "ns", -2: "us", -1: "ms"}
    exponent = 0 if t <= 0 else int(math.log10(t) // 3)
    return units.get(exponent, "s" if exponent >= 0 else "ns"), 1e-9 if exponent <= -3 else 1e3 ** min(exponent, 0)


unit_to_english = {"s": "second", "ms": "millisecond", "us": "microsecond", "ns": "nanosecond"}.__getitem__


@dataclass(frozen=True)
class TaskSpec:
    """What is measured: the statement, and the names that tables are made by."""

    stmt: str
    setup: str = ""
    global_setup: str = ""
    label: str | None = None
    sub_label: str | None = None
    description: str | None = None
    env: str | None = None
    num_threads: int = 1

    @property
    def title(self) -> str:
        """The label, or the statement."""
        return self.label if self.label is not None else self.stmt


@dataclass
class Measurement:
    """Times in seconds, each of `number_per_run` runs."""

    number_per_run: int
    raw_times: list[float]
    task_spec: TaskSpec
    metadata: dict[Any, Any] | None = field(default=None)

    @property
    def times(self) -> list[float]:
        """The times of one run."""
        return [t / self.number_per_run for t in self.raw_times]

    @property
    def median(self) -> float:
        """Half of the times are shorter."""
        return statistics.median(self.times)

    @property
    def mean(self) -> float:
        """The average."""
        return statistics.mean(self.times)

    @property
    def iqr(self) -> float:
        """From the first to the third quartile."""
        if len(self.times) < 2:
            return 0.0
        first, _, third = statistics.quantiles(self.times, n=4, method="inclusive")
        return third - first

    @property
    def significant_figures(self) -> int:
        """How many figures of the median mean something, judged by how far the times spread."""
        spread = self.iqr / 1.349 * math.sqrt(math.pi / 2 / len(self.times))
        return max(min(int(math.log10(self.median / spread)), 5), 1) if spread else 5

    @property
    def has_warnings(self) -> bool:
        """Whether the times spread by more than a tenth of the median."""
        return self.iqr / self.median > 0.1

    title = property(lambda self: self.task_spec.title)
    stmt = property(lambda self: self.task_spec.stmt)
    description = property(lambda self: self.task_spec.description)
    num_threads = property(lambda self: self.task_spec.num_threads)

    def __repr__(self) -> str:
        unit, seconds = select_unit(self.median)
        lines = [f"<{type(self).__module__}.Measurement>", self.title]
        lines += [each for each in (self.task_spec.sub_label, self.task_spec.description) if each]
        if len(self.times) > 1:
            lines += [
                f"  Median: {self.median / seconds:.2f} {unit}",
                f"  IQR:    {self.iqr / seconds:.2f} {unit}",
                f"  {len(self.times)} measurements, {self.number_per_run} runs per measurement, "
                f"{self.num_threads} thread{'s' if self.num_threads > 1 else ''}",
            ]
        else:
            lines += [
                f"  {self.mean / seconds:.2f} {unit}",
                f"  1 measurement, {self.number_per_run} runs , {self.num_threads} thread"
                f"{'s' if self.num_threads > 1 else ''}",
            ]
        return "\n".join(lines)

    @staticmethod
    def merge(measurements: Iterable[Measurement]) -> list[Measurement]:
        """The measurements of each task as one."""
        groups: dict[TaskSpec, list[Measurement]] = {}
        for each in measurements:
            groups.setdefault(each.task_spec, []).append(each)
        return [Measurement(1, [t for m in group for t in m.times], task) for task, group in groups.items()]


class Timer:
    """Times a statement in `num_threads` threads, as timeit does, but warmed up and waiting for the GPU.

    >>> made = Timer("x + x", globals={"x": autograd.ones(2)}).timeit(10)
    >>> made.number_per_run, made.mean > 0
    (10, True)
    """

    def __init__(
        self,
        stmt: str = "pass",
        setup: str = "pass",
        global_setup: str = "",
        timer: Any = timer,
        globals: dict[str, Any] | None = None,
        label: str | None = None,
        sub_label: str | None = None,
        description: str | None = None,
        env: str | None = None,
        num_threads: int = 1,
        language: Any = "python",
    ) -> None:
        if "python" not in str(language).lower():
            raise NotImplementedError(f"benchmark.Timer: only Python is timed here, got language={language!r}")
        names = dict(globals or {})
        names.setdefault("torch", autograd)
        self._task_spec = TaskSpec(stmt, setup, global_setup, label, sub_label, description, env, num_threads)
        self._timer = timeit.Timer(stmt, setup, timer, names)

    def _times(self, number: int, repeats: int = 1) -> list[float]:
        before = autograd.get_num_threads()
        autograd.set_num_threads(self._task_spec.num_threads)
        try:
            return self._timer.repeat(repeats, number)
        finally:
            autograd.set_num_threads(before)

    def timeit(self, number: int = 1_000_000) -> Measurement:
        """One measurement of so many runs."""
        self._times(max(number // 100, 2))
        return Measurement(number, self._times(number), self._task_spec)

    def _block_size(self, min_run_time: float) -> int:
        """So many runs that looking at the clock is a thousandth of them."""
        number = 1
        while True:
            (taken,) = self._times(number)
            if taken >= min_run_time / 1000 or taken >= 1e-3:
                return number
            number *= 10

    def blocked_autorange(self, callback: Any = None, min_run_time: float = 0.2) -> Measurement:
        """As many measurements of a fitting number of runs as take `min_run_time` seconds."""
        number = self._block_size(min_run_time)
        taken: list[float] = []
        while sum(taken) < min_run_time:
            taken += self._times(number)
            if callback is not None:
                callback(number, taken[-1])
        return Measurement(number, taken, self._task_spec)

    def adaptive_autorange(
        self, threshold: float = 0.1, *, min_run_time: float = 0.01, max_run_time: float = 10.0, callback: Any = None
    ) -> Measurement:
        """Measures until the quartiles are within `threshold` of the median, or for `max_run_time` seconds."""
        number = self._block_size(0.05)
        taken: list[float] = []
        while True:
            taken += self._times(number)
            if callback is not None:
                callback(number, taken[-1])
            made = Measurement(number, taken, self._task_spec)
            spent = sum(taken)
            if spent >= max_run_time or (
                spent >= min_run_time and len(taken) > 3 and made.iqr / made.median < threshold
            ):
                return made

    autorange = blocked_autorange

    def collect_callgrind(self, *args: Any, **kwargs: Any) -> Any:
        """NotImplementedError: instructions are not counted."""
        raise NotImplementedError("benchmark.Timer.collect_callgrind: instructions are not counted here")


class Compare:
    """A table of measurements: a row for each sub_label (or statement), a column for each description."""

    def __init__(self, results: Sequence[Measurement]) -> None:
        self._results = list(results)
        self._trimmed = False

    def extend_results(self, results: Iterable[Measurement]) -> None:
        """Adds measurements."""
        self._results.extend(results)

    def trim_significant_figures(self) -> None:
        """Shows only figures that mean something."""
        self._trimmed = True

    def colorize(self, rowwise: bool = False) -> None:
        """Accepted: the table has no colours."""

    def highlight_warnings(self) -> None:
        """Accepted."""

    def __str__(self) -> str:
        merged = Measurement.merge(self._results)
        blocks = []
        for label in dict.fromkeys(each.title for each in merged):
            members = [each for each in merged if each.title == label]
            unit, seconds = select_unit(min(each.median for each in members))
            columns = list(dict.fromkeys(each.description or "" for each in members))
            rows: dict[tuple[int, str], dict[str, str]] = {}
            for each in members:
                value = each.median / seconds
                if self._trimmed:
                    value = float(f"{value:.{each.significant_figures}g}")
                name = each.task_spec.sub_label or each.stmt
                rows.setdefault((each.num_threads, name), {})[each.description or ""] = f"{value:.1f}"
            left = max(len(name) for _, name in rows) + 6
            widths = [max(len(name), 10) for name in columns]
            lines = [f"[{label}]".center(left + sum(widths) + 5 * len(widths), "-")]
            cells = [name.center(width) for name, width in zip(columns, widths, strict=True)]
            lines.append(" " * left + "  |  " + "  |  ".join(cells))
            for threads in dict.fromkeys(number for number, _ in rows):
                lines.append(f"{threads} threads: ".ljust(len(lines[0]), "-"))
                for (number, name), values in rows.items():
                    if number == threads:
                        cells = [values.get(c, "").rjust(w) for c, w in zip(columns, widths, strict=True)]
                        lines.append(f"      {name}".ljust(left) + "  |  " + "  |  ".join(cells))
            lines.append(f"\nTimes are in {unit_to_english(unit)}s ({unit}).\n")
            blocks.append("\n".join(lines))
        return "\n".join(blocks)

    def print(self) -> None:
        """Prints the table."""
        print(self)  # noqa: T201


__all__ = ["Compare", "Measurement", "TaskSpec", "Timer", "select_unit", "timer", "unit_to_english"]
