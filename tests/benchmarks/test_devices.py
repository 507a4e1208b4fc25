"""`python -m benchmarks devices`: whole on a stand-in for a GPU, its conclusions by times that are known."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import autograd

pytest.importorskip("rich")
from benchmarks import __main__ as program
from benchmarks.devices import ceilings, command, measure
from benchmarks.devices.cases import CASES, Case
from benchmarks.devices.compare import Time, copying, crossing, crossings, sentence, sentences
from benchmarks.devices.report import draw, file_name, read, save, share, show

pytestmark = pytest.mark.cpu_only
ROOT = Path(__file__).parents[2]
EXAMPLE = Path(__file__).with_name("devices_example.json")


def steady(times: dict[int, float]) -> dict[int, Time]:
    return {size: Time(0.99 * t, t, 1.01 * t) for size, t in times.items()}


def test_where_the_faster_one_changes() -> None:
    sizes = (1, 10, 100, 1000)
    found = crossing("cpu", "gpu", steady({n: n**1.0 for n in sizes}), steady(dict.fromkeys(sizes, 31.6227766)))
    assert found is not None
    assert (found.below, found.above, found.size) == ({"cpu"}, "gpu", 100)
    assert found.estimate == pytest.approx(31.6227766)  # lines in logarithms, so the very place
    row = {"unit": "batch"}
    assert sentence(row, found, "step") == (
        "step: below batch 100 stay on cpu; from there on gpu is faster, 32 times at 1,000 (their lines cross near 32)."
    )


@pytest.mark.parametrize(
    ("one", "two", "said"),
    [
        ((8, 8, 8), (2, 2, 2), "gpu is faster at every size measured (1 to 4 rows), at most 4.0 times"),
        ((1, 1, 1), (2, 3, 2), "cpu is faster at every size measured (1 to 4 rows), at most 3.0 times"),
        ((1, 1, 1), (1, 1.01, 1), "cpu and gpu are about equally fast at every size measured (1 to 4 rows)"),
        ((1, 1, 1), (2, 2, 1), "about equally fast at the largest sizes"),
        ((1, 1, 2), (1, 1, 1), "below 4 rows both are about equally fast; from there on gpu is faster, 2.0 times at 4"),
        (
            (2, 1, 2),
            (1, 2, 1),
            "who is faster changes more than once below 4 rows; from there on it is gpu, 2.0 times at 4",
        ),
        ((2, 1, 1), (1, 2, 2), "below 2 rows stay on gpu; from there on cpu is faster, 2.0 times at 4"),
        (
            (1, 1, 2),
            (2, 1, 1),
            "below 4 rows stay on cpu; from there on gpu is faster, 2.0 times at 4 (their lines cross near 2).",
        ),
    ],
)
def test_what_times_mean(one: tuple[float, ...], two: tuple[float, ...], said: str) -> None:
    found = crossing(
        "cpu", "gpu", *(steady(dict(zip((1, 2, 4), map(float, each), strict=True))) for each in (one, two))
    )
    assert found is not None
    assert said in sentence({"unit": "rows"}, found, "case")


def test_times_whose_quartiles_overlap_are_equal() -> None:
    one, two = {1: Time(0.5, 1.0, 1.5)}, {1: Time(1.4, 2.0, 2.5)}
    found = crossing("cpu", "gpu", one, two)
    assert found is not None
    assert found.above is None
    assert crossing("cpu", "gpu", one, {2: two[1]}) is None


class Clock:
    """Time that passes only when a call takes some."""

    def __init__(self) -> None:
        self.now = 0.0

    def perf_counter(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("benchmarks.devices.measure.time", made)
    monkeypatch.setattr("benchmarks.timing.time", made)
    monkeypatch.setattr("benchmarks.devices.measure.synchronize", lambda device: None)
    return made


def case_of(clock: Clock, seconds: Callable[[str, int], float], **more: Any) -> Case:
    def make(device: str, size: int) -> Callable[[], None]:
        return lambda: clock.sleep(seconds(device, size))

    return Case("case", "group", "elements", (1, 10, 100, 1000), make, **more)


OPTIONS: dict[str, Any] = {"rounds": 4, "seconds": 0.1, "longest": 1e3, "pause": 0.0}


def test_rows_hold_the_times_that_the_calls_took(clock: Clock) -> None:
    case = case_of(clock, lambda device, n: n * 1e-3 if device == "cpu" else 0.05, moved=lambda n: 8 * n)
    rows = measure.measure_case(case, ["cpu", "gpu"], **OPTIONS)
    assert [(row["device"], row["size"]) for row in rows] == [
        (device, size) for size in (1, 10, 100, 1000) for device in ("cpu", "gpu")
    ]
    for row in rows:
        expected = row["size"] * 1e-3 if row["device"] == "cpu" else 0.05
        assert row["median_us"] == pytest.approx(1e6 * expected)
        assert row["bytes"] == 8 * row["size"]
        assert not row["noisy"]
    results = {"devices": [{"device": "cpu"}, {"device": "gpu"}], "rows": rows}
    ((_, found),) = crossings(results)
    assert (found.size, found.estimate) == (100, pytest.approx(50))


def test_sizes_end_where_a_call_takes_too_long_or_memory_is_out(clock: Clock) -> None:
    slow = case_of(clock, lambda device, n: n * 1e-3)
    rows = measure.measure_case(slow, ["cpu"], **{**OPTIONS, "longest": 0.05})
    assert [row["size"] for row in rows] == [1, 10, 100]

    def make(device: str, size: int) -> Callable[[], None]:
        if device == "gpu" and size > 1:
            raise autograd.cuda.OutOfMemoryError if size > 10 else MemoryError
        return lambda: clock.sleep(1.0)

    small = Case("case", "group", "elements", (1, 10, 100), make)
    rows = measure.measure_case(small, ["cpu", "gpu"], **OPTIONS)
    assert [(row["device"], row["size"]) for row in rows] == [("cpu", 1), ("gpu", 1), ("cpu", 10), ("cpu", 100)]


def test_copies_are_of_other_devices(clock: Clock) -> None:
    rows = measure.measure_case(
        case_of(clock, lambda device, n: 0.01, runs_on=lambda device: device != "cpu"), ["cpu", "gpu"], **OPTIONS
    )
    assert {row["device"] for row in rows} == {"gpu"}


def test_copies_count_where_data_lies_on_the_host() -> None:
    results = read(EXAMPLE)
    link, start = 1e10, 2e-5  # what the example was made of
    assert copying(results, "cuda", 4 * 2**25, 0) == pytest.approx(start + 4 * 2**25 / link, rel=1e-3)
    assert copying(results, "cuda", 0, 4 * 2**10) == pytest.approx(start + 4 * 2**10 / link, rel=1e-3)
    assert copying(results, "cuda", 0, 0) == 0
    assert copying(results, "elsewhere", 1, 1) is None
    beyond = copying(results, "cuda", 4 * 2**30, 0)
    assert beyond == pytest.approx(4 * 2**30 / link, rel=0.01)
    here = {row["case"]: found.size for row, found in crossings(results)}
    moved = {row["case"]: found for row, found in crossings(results, with_copies=True)}
    assert here["matmul"] == 128
    assert moved["matmul"].size == 256
    assert moved["add"].above == "cpu"


def test_the_example_is_labelled_and_shown_whole(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    results = read(EXAMPLE)
    assert results["origin"] == "example, not measured"
    assert all("example" in device["name"] for device in results["devices"])
    command.main(["--show", str(EXAMPLE)], tmp_path)
    said = capsys.readouterr().out
    assert said.startswith("EXAMPLE, NOT MEASURED")
    for line in sentences(results):
        assert line in said
    assert "step of MLP 784-512-512-10: below batch 64 stay on cpu; from there on cuda is faster" in said
    assert "matmul, copied there and back" in said
    assert list(tmp_path.iterdir()) == []
    devices = {each["device"]: each for each in results["devices"]}
    parts = [part for row in results["rows"] if (part := share(row, devices[row["device"]])) is not None]
    assert min(parts) > 0
    assert 0.99 < max(parts) <= 1  # it was made of its ceilings


def test_the_rooflines_are_drawn(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    command.main(["--show", str(EXAMPLE), "--picture", str(tmp_path / "roofs.png")], tmp_path)
    assert (tmp_path / "roofs.png").read_bytes()[:4] == b"\x89PNG"
    assert (tmp_path / "roofs.png").stat().st_size > 10_000


def test_without_a_picture_the_rest_is_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    results = read(EXAMPLE)
    assert not draw(results, tmp_path / "roofs.png")
    (path,) = save(results, tmp_path)
    assert path.name == "devices-example-cpu-and-example-gpu.json"
    assert read(path) == results
    with pytest.raises(SystemExit, match="matplotlib"):
        command.main(["--show", str(EXAMPLE), "--picture", str(tmp_path / "roofs.png")], tmp_path)


def test_no_results_but_the_examples_are_made_up() -> None:
    """What is kept beside the code was measured."""
    for path in (ROOT / "benchmarks" / "results").glob("devices-*.json"):
        assert read(path)["origin"] == "measured", path


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("not json", "no JSON"),
        ("[]", "no results of `python -m benchmarks devices`"),
        ('{"steps": []}', "no results of `python -m benchmarks devices`"),
        ('{"kind": "devices", "format": 0}', "results of format 0, this reads 1; measure again"),
        ('{"kind": "devices", "format": 1}', "no devices, machine, origin, rows in it"),
    ],
)
def test_other_files_are_refused(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "file.json").write_text(text)
    with pytest.raises(SystemExit, match=message):
        command.main(["--show", str(tmp_path / "file.json")], tmp_path)
    with pytest.raises(SystemExit, match="No such file"):
        command.main(["--show", str(tmp_path / "absent.json")], tmp_path)


def test_a_damaged_row_is_named(tmp_path: Path) -> None:
    results = json.loads(EXAMPLE.read_text())
    del results["rows"][3]["median_us"], results["devices"][0]["peak"]
    (tmp_path / "file.json").write_text(json.dumps(results))
    with pytest.raises(ValueError, match="no median_us, peak in it"):
        read(tmp_path / "file.json")


def test_without_a_gpu_it_says_what_it_would_measure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if autograd.cuda.is_available():
        pytest.skip("there is a GPU")
    program.main(["devices"])
    said = capsys.readouterr().out
    assert "There is nothing to compare the CPU with: device 'cuda'" in said
    for case in CASES:
        assert f"- {case.name}: {case.unit} {case.sizes[0]:,}" in said
    assert "--show FILE" in said
    with pytest.raises(SystemExit, match="device 'cuda'"):
        program.main(["devices", "--devices", "cpu", "cuda"])
    with pytest.raises(SystemExit, match="no case holds poetry; groups are elementwise, reduction"):
        program.main(["devices", "--only", "poetry"])


def test_what_the_cases_say_of_themselves() -> None:
    by_name = {case.name: case for case in CASES}
    assert by_name["matmul"].flops(10) == 2_000
    assert by_name["add"].moved(10) == 120
    assert by_name["convolution 3x3, 32 to 64 channels, 28x28"].flops(2) == 2 * 2 * 28 * 28 * 64 * 32 * 9
    assert by_name["step of MLP 784-512-512-10"].flops(3) == 3 * 2 * (784 * 512 * 2 + 512 * 512 * 3 + 512 * 10 * 3)
    steps = [case.name for case in CASES if case.group == "training step"]
    assert len(steps) == 9  # three models, each eager, recorded and by PyTorch
    assert not by_name["step of MLP 784-512-512-10, PyTorch"].runs_on("strict")
    for case in CASES:
        assert list(case.sizes) == sorted(set(case.sizes))
        assert case.moved(2) or case.group == "training step"
    assert {case.group for case in CASES} == {
        "elementwise",
        "reduction",
        "product",
        "convolution",
        "copy",
        "training step",
    }


@pytest.mark.parametrize("device", ["guard", "strict"])
def test_all_of_it_on_a_second_device(
    device: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        autograd.ones(1, device=device)
    except RuntimeError as error:
        pytest.skip(str(error))
    monkeypatch.setattr(ceilings, "STREAM", 2**12)
    monkeypatch.setattr(ceilings, "SIDES", (16, 32))
    cases = CASES
    if device == "strict":  # the array API has no `out=`, and is slow at what it lacks
        monkeypatch.setattr(measure, "bandwidth", lambda device, seconds: 1e9)
        cases = [case for case in CASES if not any(word in case.name for word in ("CNN", "GPT", "convolution"))]
        monkeypatch.setattr(command, "CASES", cases)
    options = ["--sizes", "2", "3", "--rounds", "2", "--seconds", "0.0005", "--out", str(tmp_path)]
    program.main(["devices", "--devices", "cpu", device, *options])
    said = capsys.readouterr().out
    (path,) = tmp_path.glob("devices-*.json")
    results = read(path)
    assert path.stem == file_name(results)
    assert path.stem.endswith(f"-and-{device}")
    assert results["origin"] == "measured"
    expected = {
        (case.name, each, size) for case in cases for each in ("cpu", device) for size in (2, 3) if case.runs_on(each)
    }
    assert {(row["case"], row["device"], row["size"]) for row in results["rows"]} == expected
    assert all(row["median_us"] > 0 for row in results["rows"])
    assert all(each["peak"] > 0 and each["bandwidth"] > 0 for each in results["devices"])
    for line in sentences(results):
        assert line in said
    show(results)
    assert "EXAMPLE" not in capsys.readouterr().out


def test_the_command_line() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "devices", "--show", str(EXAMPLE)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert "stay on cpu" in done.stdout
