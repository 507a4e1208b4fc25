"""A profile as files: a trace for Perfetto and Chrome, stacks for flame graphs.

The first is the Trace Event Format (N. Duca, D. Sinclair, Google, 2013): complete events, "ph": "X", in microseconds,
which nest by their times in a thread, and names of processes and threads, "ph": "M".
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .events import PART, FunctionEvent

Path = str | os.PathLike[str]

METRICS = {"self_cpu_time_total": "self_cpu_time_total", "self_cuda_time_total": "self_device_time_total"}


def _named(what: str, name: str, process: int, thread: int = 0) -> dict[str, Any]:
    return {"ph": "M", "name": what, "pid": process, "tid": thread, "ts": 0, "args": {"name": name}}


def _entries(event: FunctionEvent, process: int, thread: int, devices: Mapping[str, int]) -> Iterable[dict[str, Any]]:
    """What is drawn of an event: its time on the host, and on a GPU."""
    args: dict[str, Any] = {"External id": event.id, "phase": event.phase}
    if event.input_shapes:
        args["Input Dims"] = event.input_shapes
    if event.stack:
        args["Call stack"] = ";".join(event.stack)
    if event.bytes:
        args["Bytes"] = event.bytes
    if event.flops:
        args["FLOPs"] = event.flops
    kind = "user_annotation" if event.scope == PART else "cpu_op"
    common = {"ph": "X", "cat": kind, "name": event.name, "args": args}
    yield {**common, "pid": process, "tid": thread, "ts": event.begin / 1e3, "dur": event.taken / 1e3}
    if event.device is not None and event.device_taken:
        place = devices[str(event.device)]
        yield {
            **common,
            "cat": "kernel",
            "pid": place,
            "tid": 0,
            "ts": event.device_begin / 1e3,
            "dur": event.device_taken / 1e3,
        }


def write_trace(path: Path, events: Sequence[FunctionEvent], threads: Mapping[int, tuple[int, str]]) -> None:
    """Writes the events as JSON: the process's threads, and each GPU as a process of its own."""
    process = os.getpid()
    used = {str(event.device): None for event in events if event.device is not None}
    devices = {name: number for number, name in enumerate(used)}
    if process in devices.values():  # a process of so small a number, in a container, say
        devices = {name: process + 1 + number for name, number in devices.items()}
    entries = [_named("process_name", "python", process)]
    entries += [_named("process_name", name, number) for name, number in devices.items()]
    entries += [_named("thread_name", name, process, system) for system, name in threads.values()]
    for event in events:
        entries += _entries(event, process, threads.get(event.thread, (event.thread, ""))[0], devices)
    made = {"schemaVersion": 1, "displayTimeUnit": "ms", "traceEvents": entries}
    opener: Any = gzip.open if str(path).endswith(".gz") else open
    with opener(path, "wt", encoding="utf-8") as file:
        json.dump(made, file)


def write_stacks(path: Path, events: Sequence[FunctionEvent], metric: str) -> None:
    """Writes the time by stacks, the outermost line first."""
    if metric not in METRICS:
        raise ValueError(f"export_stacks: expected metric to be one of {', '.join(METRICS)}, got {metric!r}")
    if not any(event.stack for event in events):
        raise RuntimeError("export_stacks: no lines were recorded; make the profile with with_stack=True")
    sums: dict[str, float] = {}
    for event in events:
        if event.stack:
            line = ";".join(each.replace(";", ",").replace(" ", "_") for each in (*reversed(event.stack), event.name))
            sums[line] = sums.get(line, 0.0) + getattr(event, METRICS[metric])
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(f"{line} {int(taken)}\n" for line, taken in sums.items() if int(taken) > 0)
