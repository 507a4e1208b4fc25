"""What the engine costs beyond arithmetic: one small operation, and graphs of many nodes.

`python -m benchmarks.overhead ENGINE DEVICE ROUNDS` prints it of one engine, as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from .engines import engine as engine_of
from .timing import summary
from .workloads import Engine

LENGTHS = (10, 100, 1_000, 10_000, 100_000)


def _additions(engine: Engine, rounds: int) -> list[dict[str, Any]]:
    """One addition of four numbers, with and without recording; in microseconds."""
    rows = []
    for title, recorded in (("without recording", False), ("with recording", True)):
        a = engine.core.ones(4, device=engine.device)
        b = engine.core.ones(4, device=engine.device, requires_grad=recorded)
        times = []
        for _ in range(max(rounds, 2)):
            start = time.perf_counter()
            for _ in range(5_000):
                a + b
            engine.synchronize()
            times.append((time.perf_counter() - start) / 5_000)
        rows.append({"what": f"one small addition {title}", "engine": engine.name, **summary(times)})
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


def _chains(engine: Engine, rounds: int, lengths: tuple[int, ...]) -> list[dict[str, Any]]:
    """Microseconds a node to record a chain and to run backward through it: level lines mean linear time."""
    rows = []
    for length in lengths:
        _chain(engine, 10)
        pairs = [_chain(engine, length) for _ in range(max(3, rounds // 3))]
        forward, backward = (sorted(each)[len(pairs) // 2] / length * 1e6 for each in zip(*pairs, strict=True))
        rows.append({"nodes": length, "engine": engine.name, "record_us": forward, "backward_us": backward})
    return rows


def overhead(engine: Engine, rounds: int, lengths: tuple[int, ...] = LENGTHS) -> dict[str, Any]:
    """Both, as plain data."""
    return {"operations": _additions(engine, rounds), "chains": _chains(engine, rounds, lengths)}


def measured(engine: str, device: str, rounds: int) -> dict[str, Any]:
    """The same from a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.overhead", engine, device, str(rounds)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[1],
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    print(json.dumps(overhead(engine_of(sys.argv[1], sys.argv[2]), int(sys.argv[3]))))
