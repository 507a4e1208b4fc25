"""What a profile notes beside times: bytes, shapes, flops, lines, a GPU's times; tables and files of it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

import autograd
import nn
from autograd.profiler import ProfilerAction, ProfilerActivity, profile, record_function, schedule
from autograd.profiler.flops import FORMULAS
from tests.helpers.oracle import torch_or_skip


def memory_of(row: Any) -> int:
    """On whichever device the test runs."""
    return row.self_cpu_memory_usage + row.self_device_memory_usage


def test_bytes_are_those_of_new_memory() -> None:
    x = autograd.ones(4, 8)
    with profile(profile_memory=True) as p:
        y = x * x
        y.t()  # a view
        y.reshape(8, 4)  # a view, too
        y.copy_(x)  # written in place
        y.t().reshape(32)  # must be copied
        autograd.linalg.qr(x)  # two results
    bytes_of: dict[str, list[int]] = {}
    for event in p.events():
        bytes_of.setdefault(event.name, []).append(event.bytes)
    assert bytes_of["mul"] == [128]
    assert bytes_of["permute"] == [0, 0]
    assert bytes_of["reshape"] == [0, 128]
    assert bytes_of["copy"] == [0]
    assert bytes_of["qr"] == [4 * (4 * 4 + 4 * 8)]
    with profile() as p:
        x * x
    assert p.events()[0].bytes == 0


def test_memory_of_parts_is_that_of_what_lies_within() -> None:
    x = autograd.ones(4, 8)
    with profile(profile_memory=True) as p, record_function("both"):
        x * x
        x + x
    part = p.events()[0]
    assert part.cpu_memory_usage + part.device_memory_usage == 256
    assert memory_of(part) == 0
    total = p.total_average()
    assert total.cpu_memory_usage + total.device_memory_usage == 256


def test_shapes_group_calls() -> None:
    x, y = autograd.ones(2, 3), autograd.ones(3)
    with profile(record_shapes=True) as p:
        x + y
        x + y
        y + 1.0
    by_shape = {str(row.input_shapes): row.count for row in p.key_averages(group_by_input_shape=True)}
    assert by_shape == {"[[2, 3], [3]]": 2, "[[3], []]": 1}
    assert p.key_averages()[0].count == 3
    assert "Input Shapes" in p.key_averages(group_by_input_shape=True).table()
    assert "Input Shapes" not in p.key_averages().table()


def test_flops_of_products_and_convolutions() -> None:
    x, w = autograd.randn(5, 4, requires_grad=True), autograd.randn(3, 4, requires_grad=True)
    images, kernel = autograd.randn(2, 4, 6, 6, requires_grad=True), autograd.randn(8, 2, 3, 3, requires_grad=True)
    with profile(with_flops=True) as p:
        nn.functional.linear(x, w).sum().backward()
        nn.functional.conv2d(images, kernel, groups=2).sum().backward()
        autograd.randn(2, 3, 4) @ autograd.randn(2, 4, 5)
    counted: dict[tuple[str, str], int] = {}
    for event in p.events():
        counted[event.name, event.phase] = counted.get((event.name, event.phase), 0) + event.flops
    linear, convolution = 2 * 5 * 4 * 3, 2 * 2 * 4 * 4 * 8 * 2 * 9
    assert (
        counted["linear", "forward"] == counted["matmul", "backward"] == counted["linear_weight", "backward"] == linear
    )
    assert counted["matmul", "forward"] == 2 * 2 * 3 * 4 * 5
    assert counted["convolution", "forward"] == convolution
    assert counted["convolution_input", "backward"] == counted["convolution_weight", "backward"] == convolution
    assert counted["sum", "forward"] == 0
    assert set(FORMULAS) <= {name for name, _ in counted}
    assert p.total_average().flops == 3 * linear + 3 * convolution + 240
    assert "Total KFLOPs" in p.table()


def test_flops_agree_with_torchs_counter() -> None:
    torch = torch_or_skip()
    from torch.utils.flop_counter import FlopCounterMode

    x, w = torch.randn(5, 4, requires_grad=True), torch.randn(3, 4, requires_grad=True)
    with FlopCounterMode(display=False) as theirs:
        torch.nn.functional.linear(x, w).sum().backward()
    with profile(with_flops=True) as ours:
        given = [autograd.randn(*each.shape, requires_grad=True) for each in (x, w)]
        nn.functional.linear(*given).sum().backward()
    assert ours.total_average().flops == theirs.get_total_flops()


def test_lines_are_the_users_and_a_derivative_has_its_operations() -> None:
    x = autograd.ones(2, requires_grad=True)
    with profile(with_stack=True) as p:
        y = x * x  # the line of the product
        z = y.sin()
        z.sum().backward()
    first = test_lines_are_the_users_and_a_derivative_has_its_operations.__code__.co_firstlineno

    def line(event: Any) -> int:
        path, _, rest = event.stack[0].partition("(")
        assert Path(path) == Path(__file__)
        assert rest.endswith("): test_lines_are_the_users_and_a_derivative_has_its_operations")
        return int(rest.partition(")")[0]) - first

    lines = {(event.name, event.phase): line(event) for event in p.events()}
    assert lines["mul", "forward"] == 3
    assert lines["sin", "forward"] == 4
    assert lines["backward", "backward"] == 5
    assert lines["MulBackward0", "backward"] == 3
    assert lines["SinBackward0", "backward"] == lines["cos", "backward"] == 4
    by_line = p.key_averages(group_by_stack_n=1)
    assert {row.key for row in by_line if f"({first + 3})" in row.stack[0]} >= {"mul", "MulBackward0"}
    assert "Source Location" in by_line.table()


def test_stacks_for_flame_graphs(tmp_path: Path) -> None:
    def inner() -> None:
        autograd.randn(200, 200) @ autograd.randn(200, 200)

    with profile(with_stack=True) as p:
        inner()
    p.export_stacks(str(tmp_path / "stacks"))
    lines = (tmp_path / "stacks").read_text().splitlines()
    for text in lines:
        stack, _, taken = text.rpartition(" ")
        assert int(taken) > 0
        assert " " not in stack
    (product,) = (text for text in lines if ";matmul " in text)
    assert product.index("test_stacks_for_flame_graphs;") < product.index("inner;")
    with pytest.raises(ValueError, match="expected metric to be one of self_cpu_time_total"):
        p.export_stacks(str(tmp_path / "other"), "count")
    with profile() as p:
        inner()
    with pytest.raises(RuntimeError, match="with_stack=True"):
        p.export_stacks(str(tmp_path / "other"))
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("name", ["trace.json", "trace.json.gz"])
def test_the_trace_is_one_that_perfetto_reads(name: str, tmp_path: Path) -> None:
    """Complete events with numbers for times, process and thread, which nest in each thread."""
    x = autograd.ones(2, 2, requires_grad=True)
    with profile(record_shapes=True, with_flops=True, profile_memory=True) as p, record_function("outer"):
        with record_function("inner"):
            y = x @ x
        y.sum().backward()
    path = tmp_path / name
    p.export_chrome_trace(str(path))
    made = json.loads(gzip.decompress(path.read_bytes()) if name.endswith("gz") else path.read_bytes())
    entries = made["traceEvents"]
    complete = [each for each in entries if each["ph"] == "X"]
    assert {each["ph"] for each in entries} == {"X", "M"}
    host = [each for each in complete if each["cat"] != "kernel"]
    assert [each["name"] for each in host] == [event.name for event in p.events()]
    for each in complete:
        assert isinstance(each["pid"], int)
        assert isinstance(each["tid"], int)
        assert each["ts"] >= 0
        assert each["dur"] >= 0
    ends: list[float] = []
    for each in sorted(host, key=lambda each: (each["ts"], -each["dur"])):
        while ends and each["ts"] >= ends[-1]:
            ends.pop()
        assert not ends or each["ts"] + each["dur"] <= ends[-1] + 1e-6, "two events overlap and do not nest"
        ends.append(each["ts"] + each["dur"])
    by_name = {each["name"]: each for each in host}
    assert by_name["outer"]["cat"] == by_name["inner"]["cat"] == "user_annotation"
    assert by_name["matmul"]["args"]["Input Dims"] == [[2, 2], [2, 2]]
    assert by_name["matmul"]["args"]["FLOPs"] == 16
    assert by_name["MatmulBackward0"]["args"]["phase"] == "backward"
    named = {each["args"]["name"] for each in entries if each["name"] == "thread_name"}
    assert named == {"MainThread"}
    with pytest.raises(TypeError, match="averages have no time line"):
        p.key_averages().export_chrome_trace(str(tmp_path / "averages.json"))


def test_the_table() -> None:
    x = autograd.randn(64, 64)
    with profile() as p, record_function("a name that is much too long for the column that it stands in, or is it"):
        for _ in range(3):
            x @ x
        x + x
    text = p.key_averages().table(sort_by="count", row_limit=2, header="HEAD", time_unit="ms")
    lines = text.splitlines()
    assert lines[0] == "HEAD"
    on_gpu = "Self CUDA time total" in text
    assert lines[4].split()[0] == "matmul"
    assert len(lines) == 4 + 2 + 3 + on_gpu
    assert lines[4].split()[-1] == "3"
    assert "ms" in lines[4]
    assert lines[7].startswith("Self CPU time total: ")
    assert lines[-1].startswith("Profiled for: ")
    assert len({len(line) for line in lines[1:7]}) == 1
    assert "..." in p.table()
    own = [row.self_cpu_time_total for row in p.key_averages()]
    assert p.key_averages().self_cpu_time_total == pytest.approx(sum(own))
    shares = [float(line.split("%")[0].split()[-1]) for line in p.table(max_name_column_width=20).splitlines()[3:6]]
    assert sum(shares) == pytest.approx(100, abs=0.02)
    with pytest.raises(AttributeError, match="sort_by='speed'; take one of cpu_time_total"):
        p.key_averages().table(sort_by="speed")
    with pytest.raises(ValueError, match="time_unit"):
        p.key_averages().table(time_unit="hours")
    assert p.events().table(top_level_events_only=True, max_name_column_width=100).count("much too long") == 1
    assert "matmul" not in p.events().table(top_level_events_only=True)


@pytest.mark.cpu_only
def test_a_gpus_times_lie_between_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a backend whose queue takes 7 microseconds for each operation, wherever the host is."""
    backend = autograd.ones(1)._backend
    queue, waited = [0.0], []

    def mark() -> float:
        queue[0] += 7e-6
        return queue[0]

    monkeypatch.setattr(backend, "mark", mark)
    monkeypatch.setattr(backend, "seconds_between", lambda first, last: last - first)
    monkeypatch.setattr(backend, "synchronize", lambda: waited.append(len(waited)))
    x = autograd.ones(2)
    with profile() as p, record_function("both"):
        x * x
        x + x
    assert len(waited) == 3  # before, at the first operation, which sets the clocks side by side, and at the end
    part, product, added = p.events()
    assert product.device_time_total == pytest.approx(7.0)
    assert part.device_time_total == pytest.approx(14.0)
    assert part.self_device_time_total == 0
    assert part.cuda_time_total == part.device_time_total
    assert added.device_begin - product.device_begin == pytest.approx(14_000, abs=2)
    rows = {row.key: row for row in p.key_averages()}
    assert rows["both"].cuda_time_total == pytest.approx(14.0)
    table = p.key_averages().table(sort_by="self_cuda_time_total")
    assert "Self CUDA time total: 14.000us" in table
    assert "CUDA time avg" in table
    with profile(activities=[ProfilerActivity.CPU]) as p:
        x * x
    assert p.events()[0].device_time_total == 0


@pytest.mark.cpu_only
def test_a_gpus_operations_have_a_line_of_their_own_in_the_trace(tmp_path: Path) -> None:
    try:
        x = autograd.ones(2, device="guard")
    except RuntimeError as error:
        pytest.skip(str(error))
    with profile(profile_memory=True) as p:
        for _ in range(20):
            x = x * x
    p.export_chrome_trace(str(tmp_path / "trace.json"))
    entries = json.loads((tmp_path / "trace.json").read_text())["traceEvents"]
    kernels = [each for each in entries if each.get("cat") == "kernel"]
    assert kernels
    assert {each["pid"] for each in kernels}.isdisjoint(
        {each["pid"] for each in entries if each.get("cat") == "cpu_op"}
    )
    assert "guard" in {each["args"]["name"] for each in entries if each["name"] == "process_name"}
    event = p.events()[0]
    assert (event.self_device_memory_usage, event.self_cpu_memory_usage) == (8, 0)


def steps_of(p: profile, count: int) -> None:
    x = autograd.ones(2)
    with p:
        for _ in range(count):
            x * x
            p.step()


def test_a_schedule_moves_on_with_steps() -> None:
    ready = []

    def look(p: profile) -> None:
        rows = {row.key: row.count for row in p.key_averages()}
        ready.append((p.step_num, rows["mul"], rows["ProfilerStep*"]))

    plan = schedule(wait=1, warmup=1, active=2, repeat=2, skip_first=1)
    p = profile(schedule=plan, on_trace_ready=look)
    steps_of(p, 12)
    assert ready == [(4, 2, 2), (8, 2, 2)]
    assert [event.name for event in p.events() if "Step" in event.name] == ["ProfilerStep#7", "ProfilerStep#8"]
    everything = profile(schedule=plan, acc_events=True)
    steps_of(everything, 12)
    assert sum(event.name == "mul" for event in everything.events()) == 4
    unreached = profile(schedule=schedule(wait=5, warmup=1, active=1))
    steps_of(unreached, 2)
    with pytest.raises(RuntimeError, match="nothing was recorded in 2 steps"):
        unreached.key_averages()
    short = profile(schedule=schedule(wait=0, warmup=0, active=5), on_trace_ready=look)
    steps_of(short, 2)
    assert ready[-1][:2] == (2, 2)


def test_a_schedule_of_ones_own() -> None:
    p = profile(schedule=lambda step: ProfilerAction.RECORD if step == 1 else ProfilerAction.NONE)
    steps_of(p, 4)
    assert [event.name for event in p.events()] == ["ProfilerStep#1", "mul"]


def test_schedules_are_torchs() -> None:
    torch = torch_or_skip()
    for options in (
        {"wait": 1, "warmup": 1, "active": 2, "repeat": 2, "skip_first": 1},
        {"wait": 0, "warmup": 2, "active": 1},
        {"wait": 2, "warmup": 1, "active": 1, "skip_first": 2, "skip_first_wait": 1},
    ):
        ours, theirs = schedule(**options), torch.profiler.schedule(**options)
        assert [ours(i).name for i in range(14)] == [theirs(i).name for i in range(14)]
    with pytest.raises(AssertionError, match="active of at least 1"):
        schedule(wait=1, warmup=1, active=0)


def test_traces_for_tensorboard(tmp_path: Path) -> None:
    for compressed in (False, True):
        with profile(on_trace_ready=autograd.profiler.tensorboard_trace_handler(str(tmp_path), "me", compressed)):
            autograd.ones(2) + 1
    assert len(list(tmp_path.glob("me.*.pt.trace.json"))) == 1
    assert len(list(tmp_path.glob("me.*.pt.trace.json.gz"))) == 1


def test_torchs_names_and_arguments() -> None:
    torch = torch_or_skip()
    import inspect

    for theirs in (torch.profiler.profile, torch.autograd.profiler.profile):
        known = set(inspect.signature(profile).parameters)
        assert set(inspect.signature(theirs).parameters) <= known | {"activities"}
    assert set(torch.profiler.__all__) - {"ExecutionTraceObserver"} <= set(autograd.profiler.__all__)
    assert {each.name: each.value for each in ProfilerActivity} == {
        name: int(value) for name, value in torch.profiler.ProfilerActivity.__members__.items()
    }
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as theirs:
        torch.ones(2) + 1
    with profile([ProfilerActivity.CPU]) as ours:  # the first argument of torch.profiler's
        autograd.ones(2) + 1
    numbers = ("cpu_time", "cpu_time_total", "self_cpu_time_total", "device_time_total", "count", "cpu_memory_usage")
    texts = ("cpu_time_str", "cpu_time_total_str", "self_cpu_time_total_str")
    pairs = [(p.key_averages()[0], p.events()[0], p.events().total_average()) for p in (ours, theirs)]
    for mine, other in zip(*pairs, strict=True):
        for name in numbers:
            assert isinstance(getattr(mine, name), int | float), name
            assert isinstance(getattr(other, name), int | float), name
        for name in texts:
            assert getattr(mine, name).endswith("s")
            assert getattr(other, name).endswith("s")
    assert {"name", "id", "scope", "thread", "time_range", "cpu_parent", "cpu_children"} <= set(dir(theirs.events()[0]))
    assert {"name", "id", "scope", "thread", "time_range", "cpu_parent", "cpu_children"} <= set(dir(ours.events()[0]))


def test_marks_for_nvidias_profilers(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr("autograd.profiler.nvtx.is_available", lambda: True)
    monkeypatch.setattr("autograd.profiler.nvtx.nvtx.range_push", lambda name: said.append(name))
    monkeypatch.setattr("autograd.profiler.nvtx.nvtx.range_pop", lambda: said.append(""))
    x = autograd.ones(2, requires_grad=True)
    with autograd.profiler.emit_nvtx():
        with record_function("part"):
            y = x * x
        with pytest.raises(RuntimeError, match="another profile is running"), profile():
            pass
    assert said == ["part", "mul", "", ""]
    with autograd.profiler.emit_nvtx():
        y.sum().backward()
    assert said.count("") == len(said) / 2
    assert "MulBackward0" in said
    with profile(), pytest.raises(RuntimeError, match="a profile is running"), autograd.profiler.emit_nvtx():
        pass
