"""Whole training steps of every engine, each in a process of its own."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

from .arithmetic import ceiling, operations
from .busy import busy_process
from .candidate import Candidate
from .engines import OURS
from .progress import Progress
from .report import load
from .timing import beside, calls_for, interleaved, summary
from .workloads import Workload


def measure(
    workloads: Sequence[Workload],
    engines: Sequence[str],
    *,
    device: str = "cpu",
    rounds: int = 15,
    seconds: float = 0.2,
    busy: bool = False,
    batch: int | None = None,
    threads: int | None = None,
    progress: Progress,
) -> list[dict[str, Any]]:
    """A row a workload and engine: medians, ratios to the fastest peer, first step, memory, share of the ceiling."""
    reached = ceiling(device)
    rows = []
    for workload in workloads:
        progress.say(f"{workload.name}: first steps")
        before, count = load(), operations(workload, batch)
        with contextlib.ExitStack() as stack:
            started = []
            for name in engines:  # one after the other: two that start at once would slow each other's first step
                candidate = stack.enter_context(Candidate(name, device, workload.name, batch=batch, threads=threads))
                if candidate.first is not None:
                    started.append((candidate, candidate.first))
            candidates = [candidate for candidate, _ in started]
            calls = [calls_for(first["seconds"], seconds) for _, first in started]
            progress.begin(workload.name, len(candidates) * rounds * (2 if busy else 1))
            times = interleaved(candidates, calls, rounds, progress=progress.advance)
            crowded = None
            if busy:
                with busy_process():
                    crowded = interleaved(candidates, calls, rounds, progress=progress.advance)
        peers = [each for (candidate, _), each in zip(started, times, strict=True) if candidate.engine not in OURS]
        fastest = min(peers, key=lambda each: sorted(each)[len(each) // 2], default=None)
        for number, ((candidate, first), each) in enumerate(zip(started, times, strict=True)):
            ours = candidate.engine in OURS
            row = {
                "workload": workload.name,
                "batch": batch or workload.batch,
                "engine": candidate.engine,
                "device": device,
                "load": before,
                **summary(each, fastest if ours else None),
                "first_s": first["first"],
                "memory_mib": first["memory_mib"],
                "gflop": count / 1e9,
            }
            row["ceiling_share"] = count / (row["median_us"] * 1e-6) / reached
            rows.append(row if crowded is None else row | beside(each, crowded[number]))
        progress.end()
    return rows
