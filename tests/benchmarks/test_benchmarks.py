"""The benchmarks run, and say what was measured; how fast it was is not for a test."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytestmark = pytest.mark.cpu_only


def test_a_short_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("rich")
    pytest.importorskip("matplotlib")
    from benchmarks.engines import engines
    from benchmarks.overhead import chains, small_operations
    from benchmarks.report import machine, save, show
    from benchmarks.timing import interleaved, summary
    from benchmarks.workloads import WORKLOADS

    candidates = engines()["cpu"]
    assert [engine.name for engine in candidates][:2] == ["pullback eager (cpu)", "pullback replay (cpu)"]
    steps = []
    for workload in WORKLOADS:
        runs = [workload.step(engine) for engine in candidates]
        assert all(float(run()) > 0 for run in runs)
        steps += [
            {"workload": workload.name, "engine": engine.name, "median_us": 1.0, "low_us": 1.0, "high_us": 2.0}
            for engine in candidates
        ]
    smallest = [WORKLOADS[0].step(engine) for engine in candidates]
    times = interleaved(smallest, [engine.synchronize for engine in candidates], rounds=2, seconds=0.001)
    figures = summary(times[0], times[1])
    assert figures["ratio"] == pytest.approx(sum(a / b for a, b in zip(times[0], times[1], strict=True)) / 2, rel=1e-6)
    results = {
        "machine": machine(), "steps": steps, "operations": small_operations(candidates[:1], 2),
        "chains": [row for row in chains(candidates[:1], 1) if row["nodes"] <= 1000],
    }  # fmt: skip
    show(results)
    assert "pullback eager (cpu)" in capsys.readouterr().out
    data, picture = save(results, tmp_path, "short")
    assert json.loads(data.read_text())["machine"]["cores"]
    assert picture.stat().st_size > 5_000


def test_a_step_learns() -> None:
    """What is timed is a real training step."""
    from benchmarks.engines import engines
    from benchmarks.workloads import WORKLOADS

    for engine in engines()["cpu"]:
        step = WORKLOADS[0].step(engine)
        losses = [float(step()) for _ in range(60)]
        assert losses[-1] < 0.9 * losses[0]
