"""python -m benchmarks: whole training steps and overheads, on every device here, against PyTorch if installed."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from .engines import engines
from .overhead import chains, small_operations
from .report import machine, save, show
from .timing import interleaved, summary
from .workloads import WORKLOADS, Engine


def _steps(device: str, candidates: list[Engine], rounds: int, seconds: float) -> list[dict[str, Any]]:
    rows = []
    for workload in WORKLOADS:
        steps = [workload.step(engine) for engine in candidates]
        times = interleaved(steps, [engine.synchronize for engine in candidates], rounds, seconds)
        peer = next((t for e, t in zip(candidates, times, strict=True) if e.name.startswith("PyTorch")), None)
        for engine, each in zip(candidates, times, strict=True):
            ours = engine.name.startswith("pullback")
            row = {"workload": workload.name, "engine": engine.name, **summary(each, peer if ours else None)}
            if device == "cpu" and "eager" in engine.name and ours:
                row["target"] = workload.target
            rows.append(row)
    return rows


def run(rounds: int = 15, seconds: float = 0.1) -> dict[str, Any]:
    """All measurements, as plain data."""
    results: dict[str, Any] = {"machine": machine(), "steps": [], "operations": [], "chains": []}
    for device, candidates in engines().items():
        results["steps"] += _steps(device, candidates, rounds, seconds)
        eager = [engine for engine in candidates if "eager" in engine.name]
        results["operations"] += small_operations(eager, rounds)
        results["chains"] += chains(eager, rounds)
    return results


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="interleaved rounds (at least 2)")
    parser.add_argument("--seconds", type=float, default=0.2, help="how long each candidate runs in a round")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results", help="folder for the results")
    parser.add_argument("--name", default="latest", help="name of the JSON and the picture")
    options = parser.parse_args()
    results = run(max(options.rounds, 2), options.seconds)
    show(results)
    for path in save(results, options.out, options.name):
        print(path)


if __name__ == "__main__":
    main()
