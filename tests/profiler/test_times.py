"""What a profile says of times, calls, phases and threads, by a clock that ticks when it is read."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

import autograd
import nn
import optim
from autograd.engine.apply import apply
from autograd.engine.modes import Modes
from autograd.engine.primitive import Primitive
from autograd.profiler import FunctionEvent, profile, record_function, recorder


class Clock:
    """Each reading is a microsecond after the one before, or `pass_`ed time later."""

    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        self.now += 1_000
        return self.now

    def pass_(self, microseconds: int) -> None:
        self.now += 1_000 * microseconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(recorder, "clock", made)
    return made


@pytest.fixture(autouse=True)
def _nothing_is_left_behind() -> Iterator[None]:
    yield
    assert Modes.observer is None
    assert Primitive.__call__ is apply


def described(event: FunctionEvent) -> tuple[str, float, float]:
    return event.name, event.cpu_time_total, event.self_cpu_time_total


def host_only() -> profile:
    """Marks in a GPU's queue read the clock, too."""
    return profile(activities=[autograd.profiler.ProfilerActivity.CPU])


def test_an_operation_takes_the_time_between_two_readings(clock: Clock) -> None:
    x = autograd.ones(2)
    with host_only() as p:
        x * x
        clock.pass_(5)
        x + x
    assert [described(event) for event in p.events()] == [("mul", 1.0, 1.0), ("add", 1.0, 1.0)]
    assert [tuple(event.time_range) for event in p.events()] == [(1.0, 2.0), (8.0, 9.0)]
    assert p.events().wall_time == 10.0
    assert p.self_cpu_time_total == 2.0


def test_parts_nest_and_own_times_add_up(clock: Clock) -> None:
    x = autograd.ones(2)
    with host_only() as p, record_function("all"):
        clock.pass_(10)
        with record_function("inner"):
            clock.pass_(20)
            x * x
        clock.pass_(30)
        x + x
    everything, inner, product, added = p.events()
    assert described(product) == ("mul", 1.0, 1.0)
    assert described(inner) == ("inner", 23.0, 22.0)  # 20, a reading by each end of mul, and its own end
    assert described(added) == ("add", 1.0, 1.0)
    assert described(everything) == ("all", 67.0, 43.0)
    assert everything.cpu_children == [inner, added]
    assert product.cpu_parent is inner
    assert everything.is_user_annotation
    assert not product.is_user_annotation
    assert sum(event.self_cpu_time_total for event in p.events()) == everything.cpu_time_total
    assert p.total_average().self_cpu_time_total == p.total_average().cpu_time_total == 67.0


def test_a_step_of_training_adds_up_and_has_phases(clock: Clock) -> None:
    net, x = nn.Sequential(nn.Linear(4, 3), nn.Tanh(), nn.Linear(3, 1)), autograd.randn(5, 4)
    optimizer = optim.SGD(net.parameters(), lr=0.1)
    with host_only() as p, record_function("step"):
        net(x).sum().backward()
        optimizer.step()
    events = p.events()
    assert sum(event.self_cpu_time_total for event in events) == events[0].cpu_time_total
    assert sum(events.phases.values()) == events[0].cpu_time_total
    for event in events:
        assert event.self_cpu_time_total > 0
        assert event.taken == 1e3 * event.self_cpu_time_total + sum(child.taken for child in event.cpu_children)
    phases = {event.name: event.phase for event in events}
    assert phases["tanh"] == "forward"
    assert phases["TanhBackward0"] == phases["backward"] == phases["linear_weight"] == "backward"
    assert phases["Optimizer.step#SGD.step"] == phases["update"] == "optimizer"
    (derivative,) = (event for event in events if event.name == "TanhBackward0")
    assert derivative.cpu_parent.name == "backward"
    assert derivative.cpu_children
    (update,) = (event for event in events if event.name == "update")
    assert update.cpu_parent.name == "Optimizer.step#SGD.step"


def test_forward_and_backward_are_told_apart() -> None:
    x = autograd.ones(2, requires_grad=True)
    with profile() as p:
        (x * x).sum().backward()
    together = {row.key: row.count for row in p.key_averages()}
    apart = {(row.key, row.phase): row.count for row in p.key_averages(group_by_phase=True)}
    assert apart["mul", "forward"] == 1
    assert apart["mul", "forward"] + apart["mul", "backward"] == together["mul"]
    assert "Phase" in p.key_averages(group_by_phase=True).table()
    assert " (forward " in p.table()


def test_gradients_of_gradients_are_backward() -> None:
    x = autograd.tensor(2.0, requires_grad=True)
    with profile() as p:
        (first,) = autograd.grad(x**3, x, create_graph=True)
        (second,) = autograd.grad(first, x)
    assert second.item() == 12.0
    assert [event.phase for event in p.events() if event.name == "backward"] == ["backward"] * 2
    assert all(event.phase == "backward" for event in p.events() if event.name.endswith("Backward0"))


def test_a_users_function_is_a_part() -> None:
    class Double(autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g * 2

    x = autograd.ones(2, requires_grad=True)
    with profile() as p:
        Double.apply(x).sum().backward()
    rows = {row.key: row for row in p.key_averages()}
    assert rows["Double"].count == rows["DoubleBackward"].count == 1
    assert [event.cpu_parent.name for event in p.events() if event.name == "mul"] == ["Double", "DoubleBackward"]


def test_all_threads_are_watched() -> None:
    x = autograd.ones(2, requires_grad=True)
    go, ready = threading.Event(), threading.Event()

    def work() -> None:
        (x * 1).sum()  # its modes are there before the profile is
        ready.set()
        go.wait(10)
        with record_function("elsewhere"):
            (x * 3).sum().backward()

    older = threading.Thread(target=work, name="older")
    older.start()
    ready.wait(10)
    with profile() as p:
        newer = threading.Thread(target=lambda: x + x, name="newer")
        newer.start()
        newer.join()
        go.set()
        older.join()
        x - x
    events = p.events()
    names = {number: name for number, (_, name) in events.threads.items()}
    where = {event.name: names[event.thread] for event in events}
    assert where["add"] == "newer"
    assert where["MulBackward0"] == where["elsewhere"] == "older"
    assert where["sub"] == "MainThread"
    for event in events:
        assert event.cpu_parent is None or event.cpu_parent.thread == event.thread


def test_many_threads_at_once() -> None:
    x = autograd.ones(3)

    def work() -> None:
        for _ in range(50):
            with record_function("turn"):
                x * x

    with profile() as p:
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert {row.key: row.count for row in p.key_averages()} == {"turn": 200, "mul": 200}
    assert len({event.id for event in p.events()}) == 400
    assert all(event.cpu_parent.name == "turn" for event in p.events() if event.name == "mul")


def test_a_replayed_program_is_seen() -> None:
    w = autograd.ones(2, requires_grad=True)
    optimizer = optim.SGD([w], lr=0.5)

    def step(x: autograd.Tensor) -> autograd.Tensor:
        optimizer.zero_grad()
        loss = (w * x).sum()
        loss.backward()
        optimizer.step()
        return loss.detach()

    recorded = autograd.capture.record(step)
    x = autograd.ones(2)
    losses = [recorded(x).item() for _ in range(3)]
    assert losses == [2.0, 1.0, 0.0]
    with profile(profile_memory=True, record_shapes=True) as p:
        assert recorded(x).item() == pytest.approx(-1.0)
    assert recorded.replayed
    assert [event.name for event in p.events()] == [each.primitive.name for each in recorded.program.instructions]
    first = p.events()[0]
    assert first.name == "mul"
    assert first.input_shapes == [[2], [2]]
    assert first.bytes == 8
    assert {event.phase for event in p.events() if event.name == "update"} == {"optimizer"}


def test_an_error_ends_what_it_leaves(clock: Clock) -> None:
    x = autograd.ones(2)
    with host_only() as p:
        with pytest.raises(autograd.OperationError), record_function("wrong"):
            x + autograd.ones(3)
        x * x
    assert all(event.taken > 0 for event in p.events())
    assert p.events()[-1].cpu_parent is None
    tops = [event for event in p.events() if event.cpu_parent is None]
    assert sum(event.self_cpu_time_total for event in p.events()) == sum(event.cpu_time_total for event in tops)


def test_parts_left_open_end_with_what_is_around_or_with_the_profile(clock: Clock) -> None:
    x = autograd.ones(2)
    with host_only() as p:
        outer, inner = record_function("outer"), record_function("inner")
        outer.__enter__()
        inner.__enter__()
        outer.__exit__()
        late = record_function("late")
        late.__enter__()
        x * x
    names = {event.name: event for event in p.events()}
    assert names["inner"].finish == names["outer"].finish
    assert names["late"].time_range.end == p.events().wall_time
    count, taken = len(p.events()), names["late"].taken
    late.__exit__()
    inner.__exit__()
    assert (len(p.events()), names["late"].taken) == (count, taken)


def test_the_order_of_events_is_that_of_their_beginning() -> None:
    x = autograd.ones(2, requires_grad=True)
    with profile() as p:
        (x * x).sum().backward()
    starts = [event.time_range.start for event in p.events()]
    assert starts == sorted(starts)
    assert [event.id for event in p.events()] == list(range(len(starts)))


def test_what_is_computed_does_not_change() -> None:
    def step() -> list[autograd.Tensor]:
        autograd.manual_seed(3)
        net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.Flatten(), nn.Linear(8, 2))
        nn.functional.cross_entropy(net(autograd.randn(2, 1, 4, 4)), autograd.tensor([0, 1])).backward()
        return [parameter.grad for parameter in net.parameters()]

    before = step()
    with profile(record_shapes=True, profile_memory=True, with_stack=True, with_flops=True):
        during = step()
    for a, b in zip(before, during, strict=True):
        assert bool((a == b).all())


def test_a_second_profile_is_refused_and_the_first_goes_on() -> None:
    x = autograd.ones(2)
    with profile() as p:
        with pytest.raises(RuntimeError, match="another profile is running"), profile():
            pass
        with pytest.raises(RuntimeError, match="running already"):
            p.start()
        x * x
    assert [event.name for event in p.events()] == ["mul"]


def test_nothing_is_recorded_outside() -> None:
    x = autograd.ones(2)
    p = profile()
    with record_function("outside"):
        x + x
    with p:
        pass
    x + x
    assert list(p.events()) == []
    assert p.table() == ""
    with profile(enabled=False) as off:
        x + x
    assert list(off.events()) == []


def test_reading_too_early_says_what_to_do() -> None:
    with pytest.raises(RuntimeError, match=r"nothing was recorded in 0 steps; use it as `with profile"):
        profile().key_averages()
    with profile() as p, pytest.raises(RuntimeError, match="still running"):
        p.events()


def test_a_decorated_function_is_marked_at_each_call() -> None:
    @record_function("twice")
    def double(x: autograd.Tensor) -> autograd.Tensor:
        """Doc."""
        return x * 2

    assert double.__doc__ == "Doc."
    x = autograd.ones(2)
    with profile() as p:
        double(double(x))
    assert {row.key: row.count for row in p.key_averages()} == {"twice": 2, "mul": 2}


def test_batches_of_a_loader_are_marked() -> None:
    data = autograd.data.TensorDataset(autograd.arange(6.0))
    with profile() as p:
        seen = [x.tolist() for (x,) in autograd.data.DataLoader(data, batch_size=4)]
    assert seen == [[0, 1, 2, 3], [4, 5]]
    (row,) = (row for row in p.key_averages() if row.key == "enumerate(DataLoader)#DataLoader.__next__")
    assert row.count == 3  # the third finds the end


def test_a_workers_process_records_nothing() -> None:
    data = autograd.data.TensorDataset(autograd.arange(4.0, device="cpu"))
    with profile() as p:
        for (x,) in autograd.data.DataLoader(data, batch_size=2, num_workers=1):
            assert x.shape == (2,)
    assert {event.thread for event in p.events()} <= set(p.events().threads)
