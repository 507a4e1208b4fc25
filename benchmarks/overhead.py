"""What the engine costs beyond arithmetic: one small operation, and graphs of many nodes."""

from __future__ import annotations

import time
from typing import Any

from .timing import interleaved, summary
from .workloads import Engine


def small_operations(engines: list[Engine], rounds: int) -> list[dict[str, Any]]:
    """One addition of four numbers, with and without recording; in microseconds."""
    rows = []
    for title, recorded in (("without recording", False), ("with recording", True)):
        steps = []
        for engine in engines:
            a = engine.core.ones(4, device=engine.device)
            b = engine.core.ones(4, device=engine.device, requires_grad=recorded)
            steps.append(lambda a=a, b=b: a + b)
        times = interleaved(steps, [engine.synchronize for engine in engines], rounds, 0.02)
        rows += [
            {"what": f"one small addition {title}", "engine": engine.name, **summary(each)}
            for engine, each in zip(engines, times, strict=True)
        ]
    return rows


def _chain(engine: Engine, length: int) -> tuple[float, float]:
    """Seconds to record, and to run backward, a chain of additions."""
    x = engine.core.ones(4, device=engine.device, requires_grad=True)
    start = time.perf_counter()
    y = x
    for _ in range(length):
        y = y + 1.0
    engine.synchronize()
    recorded = time.perf_counter()
    y.sum().backward()
    engine.synchronize()
    return recorded - start, time.perf_counter() - recorded


def chains(engines: list[Engine], rounds: int) -> list[dict[str, Any]]:
    """Microseconds a node to record a chain and to run backward through it: level lines mean linear time."""
    rows = []
    for length in (10, 100, 1_000, 10_000, 100_000):
        for engine in engines:
            _chain(engine, 10)
            pairs = [_chain(engine, length) for _ in range(max(3, rounds // 3))]
            forward, backward = (sorted(each)[len(pairs) // 2] / length * 1e6 for each in zip(*pairs, strict=True))
            rows.append({"nodes": length, "engine": engine.name, "record_us": forward, "backward_us": backward})
    return rows
