"""The benchmarks run, and say what was measured; how fast it was is not for a test."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

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
    times = interleaved(smallest, [engine.synchronize for engine in candidates], rounds=2, seconds=0.001, pause=0)
    figures = summary(times[0], times[1])
    assert figures["ratio"] == pytest.approx(sum(a / b for a, b in zip(times[0], times[1], strict=True)) / 2, rel=1e-6)
    results = {
        "machine": machine(),
        "steps": steps,
        "operations": small_operations(candidates[:1], 2),
        "chains": [row for row in chains(candidates[:1], 1) if row["nodes"] <= 1000],
    }
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


def test_noise_is_marked_and_makes_no_ratio(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("rich")
    from benchmarks.report import machine, show
    from benchmarks.timing import beside, summary

    steady, other, noisy = [1.0, 1.01, 1.02, 1.03], [2.0, 2.01, 2.02, 2.03], [1.0, 1.5, 2.0, 2.5]
    assert not summary(steady)["noisy"]
    assert summary(noisy)["noisy"]
    calm = summary(other, steady)
    assert calm["ratio"] == pytest.approx(1.985, abs=0.01)
    assert not calm["ratio_noisy"]
    assert summary(noisy, steady)["ratio_noisy"]
    # A drift that both share is in neither's ratio.
    drifting = summary([2 * each for each in noisy], noisy)
    assert drifting["noisy"]
    assert not drifting["ratio_noisy"]
    assert beside(steady, noisy)["busy_over_quiet"] == pytest.approx(1.724, abs=0.001)
    assert not beside(steady, noisy)["busy_over_quiet_noisy"]
    assert beside(noisy, steady)["busy_over_quiet_noisy"]

    rows: list[dict[str, Any]] = [
        {"workload": "one", "engine": "calm", **calm, **beside(other, noisy)},
        {"workload": "one", "engine": "loud", **summary(noisy, steady), **beside(noisy, other)},
    ]
    show({"machine": machine(), "steps": rows, "operations": [], "chains": []})
    lines = capsys.readouterr().out.splitlines()
    (first,) = [line for line in lines if "calm" in line]
    (second,) = [line for line in lines if "loud" in line]
    assert "1.99 (1.97-2.00)" in first
    assert "~" not in first + lines[0]
    assert "noisy" not in first
    assert second.count("noisy") == 2
    assert "~1,750,000 us" in second


def test_steps_beside_a_busy_process(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("rich")
    from benchmarks import __main__ as program
    from benchmarks.engines import engines

    pauses: list[float] = []
    monkeypatch.setattr("benchmarks.timing.time.sleep", pauses.append)
    monkeypatch.setattr(program, "WORKLOADS", program.WORKLOADS[:1])
    candidates = engines()["cpu"][:2]
    rows = program._steps("cpu", candidates, 2, 0.001, True)
    assert [row["engine"] for row in rows] == [engine.name for engine in candidates]
    for row in rows:
        assert row["threads"] == candidates[0].core.get_num_threads()
        assert row["busy_over_quiet"] == pytest.approx(row["busy_median_us"] / row["median_us"])
        if hasattr(os, "getloadavg"):
            assert row["load"] >= 0
    assert pauses.count(0.3) == 2 * (2 + 2 * 2)  # quiet and busy: before the warming up and before each round


def test_the_number_of_threads_is_an_option(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("rich")
    import autograd
    from benchmarks import __main__ as program

    before = autograd.get_num_threads()
    for name in ("_steps", "small_operations", "chains"):
        monkeypatch.setattr(program, name, lambda *_: [])
    ours = program.engines()["cpu"][:1]
    monkeypatch.setattr(program, "engines", lambda: {"cpu": ours})
    try:
        assert program.run(threads=3)["machine"]["threads"] == autograd.get_num_threads() == 3
    finally:
        autograd.set_num_threads(before)


def test_the_busy_process_ends() -> None:
    from benchmarks.busy import busy_process

    with busy_process() as process:
        assert process.poll() is None
    assert process.poll() is not None
    with pytest.raises(KeyboardInterrupt), busy_process() as process:
        raise KeyboardInterrupt
    assert process.poll() is not None


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="signals of POSIX")
@pytest.mark.parametrize("kind", ["SIGINT", "SIGTERM", "SIGKILL"])
def test_the_busy_process_ends_with_the_benchmark(kind: str) -> None:
    """Also if the benchmark is killed; Ctrl-C goes to both, as the terminal sends it."""
    code = """
import time
from benchmarks.busy import busy_process
with busy_process() as process:
    print(process.pid, flush=True)
    time.sleep(60)
"""
    benchmark = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert benchmark.stdout is not None
    spinning = int(benchmark.stdout.readline())
    if kind == "SIGINT":
        os.killpg(benchmark.pid, signal.SIGINT)
    else:
        benchmark.send_signal(getattr(signal, kind))
    benchmark.communicate(timeout=60)
    end = time.monotonic() + 30
    while _runs(spinning) and time.monotonic() < end:
        time.sleep(0.05)
    assert not _runs(spinning)


def _runs(process: int) -> bool:
    """Whether a process is there and no zombie that nobody has asked for."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{process}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"
