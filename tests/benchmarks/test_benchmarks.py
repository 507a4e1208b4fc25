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

import autograd

pytestmark = pytest.mark.cpu_only
ROOT = Path(__file__).parents[2]
MARKS = ("1.99 (", "pullback calm", "pullback loud")


@pytest.fixture(scope="module")
def short_run(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The program itself on its smallest workload, without peers: what it printed, and what it kept."""
    pytest.importorskip("rich")
    pytest.importorskip("matplotlib")
    folder = tmp_path_factory.mktemp("results")
    command = [sys.executable, "-m", "benchmarks", "--only", "MLP 64-32-10", "--peers", "--rounds", "2"]
    options = ["--seconds", "0.01", "--batch", "16", "--threads", "1", "--out", str(folder), "--name", "short"]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=True, cwd=ROOT)
    return done.stdout, json.loads((folder / "short.json").read_text()), folder / "short.png"


def test_a_short_run(short_run: Any) -> None:
    printed, results, picture = short_run
    assert "pullback eager" in printed
    assert results["machine"]["cores"]
    assert results["machine"]["threads"] == 1
    assert [row["engine"] for row in results["steps"]] == ["pullback eager", "pullback replay"]
    for row in results["steps"]:
        assert row["batch"] == 16
        assert row["low_us"] <= row["median_us"] <= row["high_us"]
        assert row["first_s"] > 0
        assert row["gflop"] == pytest.approx(2e-9 * 16 * (64 * 32 * 2 + 32 * 10 * 3))
        assert 0 < row["ceiling_share"] < 1
        assert "ratio" not in row  # there is no peer
        if sys.platform == "linux":
            assert row["memory_mib"] > 0
    assert picture.stat().st_size > 5_000


@pytest.mark.parametrize("name", ["pullback eager", "pullback replay", "PyTorch eager"])
def test_every_workload_learns(name: str, request: pytest.FixtureRequest) -> None:
    """What is timed is a real training step, of a few samples here."""
    from benchmarks.engines import step_of
    from benchmarks.workloads import WORKLOADS

    core: Any = autograd if name.startswith("pullback") else pytest.importorskip("torch")
    before = core.get_num_threads()
    request.addfinalizer(lambda: core.set_num_threads(before))
    for workload in WORKLOADS:
        step, wait = step_of(name, "cpu", workload, batch=2, threads=1)
        losses = [float(step()) for _ in range(4)]
        wait(losses)
        assert losses[-1] < losses[0], workload.name


def test_the_same_steps_in_jax() -> None:
    pytest.importorskip("jax")
    from benchmarks.engines import step_of
    from benchmarks.jax_steps import MODELS
    from benchmarks.workloads import BY_NAME, WORKLOADS

    assert set(MODELS) <= set(BY_NAME)
    for workload in WORKLOADS:
        if workload.name not in MODELS:
            with pytest.raises(NotImplementedError, match="not written for jax"):
                step_of("jax.jit", "cpu", workload, batch=2)
            continue
        step, wait = step_of("jax.jit", "cpu", workload, batch=2)
        losses = [float(step()) for _ in range(4)]
        wait(losses)
        assert losses[-1] < losses[0], workload.name


def test_operations_are_counted() -> None:
    """A step of a linear layer is three products, of the first one two; of a convolution likewise."""
    from benchmarks.arithmetic import ceiling, operations
    from benchmarks.workloads import BY_NAME

    assert operations(BY_NAME["MLP 784-128-10"]) == 2 * 64 * (784 * 128 * 2 + 128 * 10 * 3)
    first, second = 28 * 28 * 9 * 32, 14 * 14 * 9 * 32 * 64
    linear = 64 * 7 * 7 * 128 * 3 + 128 * 10 * 3
    assert operations(BY_NAME["CNN 28x28, 32 and 64 channels"], batch=2) == 2 * 2 * (2 * first + 3 * second + linear)
    assert ceiling(seconds=0.01) > 1e8


def test_a_candidate_runs_by_itself_and_ends() -> None:
    from benchmarks.candidate import Candidate

    with Candidate("pullback replay", "cpu", "MLP 64-32-10", threads=1) as candidate:
        assert candidate.first is not None
        assert candidate.first["loss"] > 0
        assert candidate.run(3) > 0
        process = candidate._process
        assert process.poll() is None
        assert process.pid != os.getpid()
    assert process.poll() is not None


def test_a_candidate_that_fails_says_why() -> None:
    from benchmarks.candidate import Candidate, CandidateError

    with pytest.raises(CandidateError, match="no engine called 'abacus'"):
        Candidate("abacus", "cpu", "MLP 64-32-10")


def test_overhead_is_measured() -> None:
    from benchmarks.engines import engine
    from benchmarks.overhead import overhead

    figures = overhead(engine("pullback eager"), 2, lengths=(10, 100))
    assert [row["nodes"] for row in figures["chains"]] == [10, 100]
    assert all(row["median_us"] > 0 for row in figures["operations"])


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
        {"workload": "one", "batch": 1, "device": "cpu", "engine": "pullback calm", **calm, **beside(other, noisy)},
        {
            "workload": "one",
            "batch": 1,
            "device": "cpu",
            "engine": "pullback loud",
            **summary(noisy, steady),
            **beside(noisy, other),
        },
    ]
    show({"machine": machine(), "steps": rows, "operations": [], "chains": []})
    side_by_side, calm_line, loud_line = (
        line for line in capsys.readouterr().out.splitlines() if "│" in line and any(x in line for x in MARKS)
    )
    assert "1.99 (1.97-2.00)" in side_by_side
    assert side_by_side.count("noisy") == 1
    assert "2.01e+03" in side_by_side
    assert "~1.75e+03" in side_by_side
    assert "noisy" not in calm_line
    assert "0.87 (" in calm_line
    assert loud_line.count("noisy") == 1


class Steady:
    """Takes as long as it was made to say."""

    def __init__(self, seconds: float, log: list[float]) -> None:
        self.seconds, self.log = seconds, log

    def run(self, calls: int) -> float:
        self.log.append(self.seconds)
        return self.seconds


def test_rounds_take_turns_after_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    from benchmarks.timing import calls_for, interleaved

    pauses: list[float] = []
    monkeypatch.setattr("benchmarks.timing.time.sleep", pauses.append)
    log: list[float] = []
    times = interleaved([Steady(1.0, log), Steady(2.0, log)], [1, 1], rounds=3)
    assert times == [[1.0] * 3, [2.0] * 3]
    assert log == [1.0, 2.0, 2.0, 1.0, 1.0, 2.0]
    assert pauses == [0.3] * 6
    assert calls_for(0.05, 0.2) == 4
    assert calls_for(5.0, 0.2) == 1


def test_steps_beside_a_busy_process(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("rich")
    from benchmarks.progress import Progress
    from benchmarks.steps import measure
    from benchmarks.workloads import WORKLOADS

    monkeypatch.setattr("benchmarks.timing.time.sleep", lambda _: None)
    with Progress() as progress:
        rows = measure(WORKLOADS[:1], ["pullback eager"], rounds=2, seconds=0.001, busy=True, progress=progress)
    for row in rows:
        assert row["busy_over_quiet"] == pytest.approx(row["busy_median_us"] / row["median_us"])
        if hasattr(os, "getloadavg"):
            assert row["load"] >= 0


def test_results_lie_outside_the_source_tree() -> None:
    pytest.importorskip("rich")
    from benchmarks.__main__ import parse

    assert ROOT not in parse([]).out.resolve().parents


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
