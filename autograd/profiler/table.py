"""The table of a profile: a line an event or average, columns for what was measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .events import time_text

Column = tuple[str, Callable[[Any], str]]


def _bytes(count: float) -> str:
    for unit, size in (("GB", 2**30), ("MB", 2**20), ("KB", 2**10)):
        if abs(count) >= size:
            return f"{count / size:.2f} {unit}"
    return f"{count:.0f} B"


def _share(part: float, whole: float) -> str:
    return f"{100 * part / whole:.2f}%" if whole else "0.00%"


def _cut(text: str, width: int | None, keep_end: bool = False) -> str:
    if width is None or len(text) <= width:
        return text
    return "..." + text[len(text) - width + 3 :] if keep_end else text[: width - 3] + "..."


def _flops(rows: Sequence[Any]) -> Column:
    largest = max(each.flops for each in rows)
    unit, size = next(
        (pair for pair in (("T", 1e12), ("G", 1e9), ("M", 1e6), ("K", 1e3)) if largest >= pair[1]), ("", 1)
    )
    return f"Total {unit}FLOPs", lambda each: f"{each.flops / size:.3f}" if each.flops else "--"


def _columns(rows: Sequence[Any], widths: tuple[int, int, int], unit: str | None) -> list[Column]:
    """What is said of each row."""
    name_width, shapes_width, lines_width = widths
    host = sum(each.self_cpu_time_total for each in rows)
    device = sum(each.self_device_time_total for each in rows)
    made: list[Column] = [
        ("Name", lambda each: _cut(each.name if hasattr(each, "name") else each.key, name_width)),
        ("Self CPU %", lambda each: _share(each.self_cpu_time_total, host)),
        ("Self CPU", lambda each: time_text(each.self_cpu_time_total, unit)),
        ("CPU total %", lambda each: _share(each.cpu_time_total, host)),
        ("CPU total", lambda each: time_text(each.cpu_time_total, unit)),
        ("CPU time avg", lambda each: time_text(each.cpu_time, unit)),
    ]
    if device:
        made += [
            ("Self CUDA", lambda each: time_text(each.self_device_time_total, unit)),
            ("Self CUDA %", lambda each: _share(each.self_device_time_total, device)),
            ("CUDA total", lambda each: time_text(each.device_time_total, unit)),
            ("CUDA time avg", lambda each: time_text(each.device_time, unit)),
        ]
    for title, name in (("CPU Mem", "cpu_memory_usage"), ("CUDA Mem", "device_memory_usage")):
        if any(getattr(each, name) for each in rows):
            made += [
                (title, lambda each, name=name: _bytes(getattr(each, name))),  # type: ignore[misc]
                (f"Self {title}", lambda each, name=name: _bytes(getattr(each, f"self_{name}"))),  # type: ignore[misc]
            ]
    made.append(("# of Calls", lambda each: str(each.count)))
    if any(each.phase for each in rows):
        made.append(("Phase", lambda each: each.phase))
    if any(each.input_shapes for each in rows):
        made.append(("Input Shapes", lambda each: _cut(str(each.input_shapes), shapes_width)))
    if any(each.stack for each in rows):
        made.append(("Source Location", lambda each: _cut(each.stack[0] if each.stack else "", lines_width, True)))
    if any(each.flops for each in rows):
        made.append(_flops(rows))
    return made


def _sorted(rows: list[Any], sort_by: str | None) -> list[Any]:
    if sort_by is None or not rows:
        return rows
    if not isinstance(getattr(rows[0], sort_by, None), int | float):
        known = [name for name in rows[0].__class__.__mro__[0].__dict__.get("SUMS", ()) if name != "flops"]
        raise AttributeError(
            f"table: nothing is called sort_by={sort_by!r}; "
            f"take one of {', '.join(known or ['cpu_time_total', 'self_cpu_time_total', 'device_time_total'])}"
        )
    return sorted(rows, key=lambda each: getattr(each, sort_by), reverse=True)


def table(
    rows: list[Any],
    sort_by: str | None,
    row_limit: int,
    widths: tuple[int, int, int],
    header: str | None,
    unit: str | None,
    wall_time: float,
    phases: dict[str, float],
) -> str:
    """The rows, the largest first, with their sums below."""
    if not rows:
        return ""
    columns = _columns(rows, widths, unit)
    shown = _sorted(rows, sort_by)[: row_limit if row_limit >= 0 else None]
    lines = [[title for title, _ in columns], *[[cell(each) for _, cell in columns] for each in shown]]
    sizes = [max(map(len, column)) for column in zip(*lines, strict=True)]
    rule = "  ".join("-" * size for size in sizes)
    text = ["  ".join(cell.rjust(size) for cell, size in zip(line, sizes, strict=True)) for line in lines]
    return "\n".join(
        [*([header] if header else []), rule, text[0], rule, *text[1:], rule, *_sums(rows, wall_time, phases)]
    )


def _sums(rows: list[Any], wall_time: float, phases: dict[str, float]) -> list[str]:
    host = sum(each.self_cpu_time_total for each in rows)
    parts = ", ".join(f"{phase} {time_text(taken)}" for phase, taken in phases.items() if phase)
    lines = [f"Self CPU time total: {time_text(host)}" + (f" ({parts})" if len(phases) > 1 else "")]
    device = sum(each.self_device_time_total for each in rows)
    if device:
        lines.append(f"Self CUDA time total: {time_text(device)}")
    if wall_time:
        lines.append(f"Profiled for: {time_text(wall_time)}")
    return lines
