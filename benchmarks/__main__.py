"""python -m benchmarks: whole training steps and overheads, on every device here, against PyTorch if installed."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from .busy import busy_process
from .engines import engines
from .overhead import chains, small_operations
from .report import load, machine, save, show
from .timing import beside, interleaved, summary
from .workloads import WORKLOADS, Engine


def _steps(device: str, candidates: list[Engine], rounds: int, seconds: float, busy: bool) -> list[dict[str, Any]]:
    rows = []
    for workload in WORKLOADS:
        before = load()
        steps = [workload.step(engine) for engine in candidates]
        synchronizes = [engine.synchronize for engine in candidates]
        times = interleaved(steps, synchronizes, rounds, seconds)
        crowded = None
        if busy:
            with busy_process():
                crowded = interleaved(steps, synchronizes, rounds, seconds)
        peer = next((t for e, t in zip(candidates, times, strict=True) if e.name.startswith("PyTorch")), None)
        for number, (engine, each) in enumerate(zip(candidates, times, strict=True)):
            ours = engine.name.startswith("pullback")
            row = {
                "workload": workload.name,
                "engine": engine.name,
                "threads": engine.core.get_num_threads(),
                "load": before,
                **summary(each, peer if ours else None),
            }
            if crowded is not None:
                row |= beside(each, crowded[number])
            if device == "cpu" and "eager" in engine.name and ours:
                row["target"] = workload.target
            rows.append(row)
    return rows


def run(rounds: int = 15, seconds: float = 0.1, busy: bool = False, threads: int | None = None) -> dict[str, Any]:
    """All measurements, as plain data."""
    found = engines()
    if threads is not None:
        for core in {engine.core for candidates in found.values() for engine in candidates}:
            core.set_num_threads(threads)
    results: dict[str, Any] = {"machine": machine(), "steps": [], "operations": [], "chains": []}
    for device, candidates in found.items():
        results["steps"] += _steps(device, candidates, rounds, seconds, busy)
        eager = [engine for engine in candidates if "eager" in engine.name]
        results["operations"] += small_operations(eager, rounds)
        results["chains"] += chains(eager, rounds)
    return results


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="interleaved rounds (at least 2)")
    parser.add_argument("--seconds", type=float, default=0.2, help="how long each candidate runs in a round")
    parser.add_argument("--busy", action="store_true", help="also beside one busy process")
    parser.add_argument("--threads", type=int, default=None, help="threads of each engine (by default its own choice)")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results", help="folder for the results")
    parser.add_argument("--name", default="latest", help="name of the JSON and the picture")
    options = parser.parse_args()
    results = run(max(options.rounds, 2), options.seconds, options.busy, options.threads)
    show(results)
    for path in save(results, options.out, options.name):
        print(path)


if __name__ == "__main__":
    main()
