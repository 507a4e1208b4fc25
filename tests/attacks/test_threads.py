"""Threads that the interpreter switches between as often as it can: every microsecond."""

from __future__ import annotations

import copy
import ctypes
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd.backend import get_backend

Sweep = Callable[[int, int, int], int]
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(autouse=True)
def _switching() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.fixture
def trials(sweep: Sweep, device: Any) -> Sweep:
    """As `sweep`; stand-ins for a GPU, which take a hundred times as long, have a twentieth of the trials."""
    return sweep if device.type in ("cpu", "cuda") else lambda *amounts: -(-sweep(*amounts) // 20)


@pytest.fixture
def threads() -> Iterator[Any]:
    """The engine's own threads, two of them."""
    module = pytest.importorskip("autograd.backend.threads")
    before = autograd.get_num_threads()
    autograd.set_num_threads(2)
    yield module
    autograd.set_num_threads(before)


def at_once(*tasks: Callable[[], Any]) -> list[Any]:
    """The results of tasks that start together, each in a thread of its own."""
    start = threading.Barrier(len(tasks))
    results: list[Any] = [None] * len(tasks)

    def run(number: int) -> None:
        start.wait()
        try:
            results[number] = tasks[number]()
        except BaseException as error:
            results[number] = error

    started = [threading.Thread(target=run, args=(number,)) for number in range(len(tasks))]
    for each in started:
        each.start()
    for each in started:
        each.join()
    for each in results:
        if isinstance(each, BaseException):
            raise each
    return results


# Random numbers

DRAWS = {
    "dropout": lambda: autograd.dropout(autograd.ones(64), 0.5, True),
    "rand": lambda: autograd.rand(32),
    "rand of float64": lambda: autograd.rand(32, dtype=autograd.float64),
    "randn": lambda: autograd.randn(32),
    "randint": lambda: autograd.randint(0, 1 << 40, (32,)),
    "randperm": lambda: autograd.randperm(64),
    "bernoulli": lambda: autograd.bernoulli(autograd.full((64,), 0.5)),
}


@pytest.fixture(params=[False, True], ids=["", "torch's"])
def _either_numbers(request: pytest.FixtureRequest) -> Iterator[None]:
    """This engine's random numbers and torch's."""
    with autograd.use_torch_random(request.param):
        yield


@pytest.mark.usefixtures("_either_numbers")
@pytest.mark.parametrize("name", DRAWS)
def test_no_numbers_are_drawn_twice(name: str, trials: Sweep) -> None:
    """Threads that draw from the default generator at once, which one of them makes."""
    draw, count, twice = DRAWS[name], trials(60, 200, 1200), 0
    for _ in range(count):
        drawn = at_once(*[lambda: [draw().tolist() for _ in range(3)]] * 4)
        rows = [tuple(row) for each in drawn for row in each]
        twice += len(set(rows)) < len(rows)
    assert not twice, f"{twice} of {count} trials drew the same numbers twice"


@pytest.mark.usefixtures("_either_numbers")
def test_the_default_generator_is_made_once(monkeypatch: pytest.MonkeyPatch, trials: Sweep) -> None:
    from autograd.ops import generator

    several = 0
    for _ in range(trials(100, 300, 1000)):
        monkeypatch.setattr(generator, "_defaults", {})
        monkeypatch.setattr(generator, "_torch_defaults", {})
        several += len({id(each) for each in at_once(*[generator.default_generator] * 4)}) > 1
    assert not several


@pytest.mark.usefixtures("_either_numbers")
def test_generators_of_threads_do_not_mix(trials: Sweep) -> None:
    """Each thread with a generator of its own draws what it draws alone."""

    def draws(seed: int) -> list[Any]:
        generator = autograd.Generator(autograd.get_default_device()).manual_seed(seed)
        return [autograd.rand(5, generator=generator).tolist() for _ in range(10)]

    alone = [draws(seed) for seed in range(4)]
    count = trials(50, 200, 1000)
    mixed = sum(at_once(*[lambda seed=seed: draws(seed) for seed in range(4)]) != alone for _ in range(count))
    assert not mixed, f"{mixed} of {count} trials drew other numbers than alone"


@pytest.mark.usefixtures("_either_numbers")
def test_the_numbers_drawn_at_once_are_those_drawn_in_turn(trials: Sweep) -> None:
    """Nothing is lost: together the threads draw the stream's blocks, in whatever order."""
    autograd.manual_seed(5)
    in_turn = sorted(autograd.rand(8).tolist() for _ in range(80))
    count, different = trials(20, 50, 300), 0
    for _ in range(count):
        autograd.manual_seed(5)
        together = at_once(*[lambda: [autograd.rand(8).tolist() for _ in range(20)]] * 4)
        different += sorted(row for each in together for row in each) != in_turn
    assert not different, f"{different} of {count} trials drew other numbers than in turn"


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda g: pickle.loads(pickle.dumps(g))])
def test_a_copied_generator_goes_on_alone(copied: Callable[[Any], Any]) -> None:
    device = autograd.get_default_device()
    generator = autograd.Generator(device).manual_seed(3)
    autograd.rand(3, generator=generator)
    other = copied(generator)
    drawn = autograd.rand(4, generator=generator, device=device).tolist()
    assert autograd.rand(4, generator=other, device=device).tolist() == drawn
    assert other.device == device


# Gradients, trainings, modes


def test_gradients_that_meet_in_a_leaf_add_up(trials: Sweep) -> None:
    count, lost = trials(40, 100, 300), 0
    for _ in range(count):
        leaf = autograd.zeros(3, requires_grad=True)

        def backward(leaf: Any = leaf) -> None:
            for _ in range(5):
                (leaf * 2).sum().backward()

        at_once(*[backward] * 4)
        lost += leaf.grad.tolist() != [40.0] * 3
    assert not lost, f"{lost} of {count} trials lost an addition"


def _training(seed: int, size: int = 6) -> list[Any]:
    rng = np.random.default_rng(seed)
    device = autograd.get_default_device()

    def drawn(*shape: int) -> Any:
        return autograd.from_numpy(rng.normal(size=shape).astype(np.float32)).to(device)

    model = nn.Sequential(nn.Linear(size, 5), nn.Tanh(), nn.BatchNorm1d(5), nn.Linear(5, 2))
    for parameter in model.parameters():
        parameter.data = drawn(*parameter.shape)
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    x, y = drawn(8, size), drawn(8, 2)
    for _ in range(5):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
    return [value.tolist() for value in model.state_dict().values()]


def test_trainings_in_threads_are_bit_equal_to_those_in_turn(trials: Sweep) -> None:
    alone = [_training(seed) for seed in range(3)]
    for _ in range(trials(2, 10, 100)):
        assert at_once(*[lambda seed=seed: _training(seed) for seed in range(3)]) == alone


def test_modes_belong_to_a_thread() -> None:
    def silent() -> set[bool]:
        x = autograd.ones(2, requires_grad=True)
        with autograd.no_grad():
            return {(x * 2).requires_grad for _ in range(300)}

    def recording() -> set[bool]:
        x = autograd.ones(2, requires_grad=True)
        return {(x * 2).requires_grad for _ in range(300)}

    def inferring() -> set[bool]:
        with autograd.inference_mode():
            return {autograd.ones(2, requires_grad=False).is_inference() for _ in range(300)}

    assert at_once(silent, recording, inferring) == [{False}, {True}, {True}]


# Products on the engine's own threads

SHAPES = [
    ((256, 256), (256, 256)),
    ((128, 784), (784, 512)),
    ((1764, 288), (288, 64)),
    ((64, 288), (288, 1000)),
    ((6, 150, 150), (150, 150)),
    ((150, 150), (8, 150, 150)),
    ((2, 1, 160, 160), (3, 160, 160)),
    ((1, 300, 300), (300, 300)),
    ((1, 300), (300, 60_000)),
]


@pytest.mark.cpu_only
@pytest.mark.parametrize(
    ("one", "other", "dtype"),
    [(*shapes, np.float32) for shapes in SHAPES] + [(*SHAPES[3], np.float64), (*SHAPES[4], np.complex64)],
)
def test_the_same_bits_whatever_the_threads(threads: Any, one: Any, other: Any, dtype: Any) -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=one).astype(dtype), rng.normal(size=other).astype(dtype)
    if dtype is np.complex64:
        x, y = x + 1j * x[::-1], y - 1j * y
    assert x.size * y.shape[-1] > threads.ONE_THREAD
    transposed = np.swapaxes(np.ascontiguousarray(np.swapaxes(x, -1, -2)), -1, -2)  # as a layer's weight comes
    for left in (x, transposed):
        results = []
        for count in (1, 2, 3):
            autograd.set_num_threads(count)
            results += [threads.matmul(left, y) for _ in range(2)]
        expected = np.matmul(left.astype(np.result_type(dtype, np.float64)), y)
        assert results[0].dtype == dtype
        assert results[0].shape == expected.shape
        assert np.abs(results[0] - expected).max() <= 50 * np.finfo(dtype).eps * np.abs(expected).max()
        assert all(result.tobytes() == results[0].tobytes() for result in results)


@pytest.mark.cpu_only
def test_products_of_several_threads_at_once(threads: Any, sweep: Sweep) -> None:
    rng = np.random.default_rng(0)
    pairs = [tuple(rng.normal(size=shape).astype("f") for shape in shapes) for shapes in SHAPES[:4]]
    alone = [threads.matmul(x, y).tobytes() for x, y in pairs]
    for _ in range(sweep(20, 60, 500)):
        assert at_once(*[lambda x=x, y=y: threads.matmul(x, y).tobytes() for x, y in pairs]) == alone


@pytest.mark.cpu_only
def test_every_block_is_computed_once(threads: Any, sweep: Sweep) -> None:
    for trial in range(sweep(200, 1000, 5000)):
        seen: list[int] = []
        threads.run(seen.append, blocks=trial % 17, count=3)
        assert sorted(seen) == list(range(trial % 17))


@pytest.mark.cpu_only
def test_a_task_may_hand_out_tasks_itself(threads: Any) -> None:
    seen: list[tuple[int, int]] = []

    def outer(i: int) -> None:
        threads.run(lambda j: seen.append((i, j)), blocks=5, count=3)

    threads.run(outer, blocks=6, count=3)
    assert sorted(seen) == [(i, j) for i in range(6) for j in range(5)]


@pytest.mark.cpu_only
def test_each_gives_the_results_in_order(threads: Any, sweep: Sweep) -> None:
    for trial in range(sweep(50, 200, 1000)):
        items = [*range(trial % 9)]

        def row(x: int, items: list[int] = items) -> list[int]:
            return threads.each(x.__mul__, items)

        assert threads.each(row, items) == [[x * y for y in items] for x in items]
    with pytest.raises(ZeroDivisionError):
        threads.each(lambda x: 1 // x, [1, 0, 2])


@pytest.mark.cpu_only
def test_a_product_in_a_task_is_not_cut(threads: Any) -> None:
    """So its bits don't depend on how many threads share the tasks out."""
    x = np.random.default_rng(0).normal(size=(300, 300)).astype("f")
    y = x.copy()
    results = set()
    for count in (1, 2, 3):
        autograd.set_num_threads(count)
        results |= {product.tobytes() for product in threads.each(lambda _: threads.matmul(x, y), range(4))}
    assert len(results) == 1


CONVOLUTIONS = [
    ({"in_channels": 8, "out_channels": 12, "kernel_size": 3, "padding": 1}, (37, 8, 14, 14)),
    ({"in_channels": 6, "out_channels": 4, "kernel_size": (3, 2), "stride": 2, "groups": 2}, (23, 6, 15, 17)),
    ({"in_channels": 16, "out_channels": 8, "kernel_size": 1}, (40, 16, 9, 9)),
]


@pytest.mark.cpu_only
@pytest.mark.parametrize(("options", "shape"), CONVOLUTIONS)
def test_a_convolution_has_the_same_bits_whatever_the_threads(
    threads: Any, options: Any, shape: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from autograd.backend import numpy as backend

    rng = np.random.default_rng(0)
    layer = nn.Conv2d(**options)
    x = autograd.from_numpy(rng.normal(size=shape).astype("f")).requires_grad_()

    def step() -> list[Any]:
        x.grad = None
        layer.zero_grad()
        y = layer(x)
        (y * y).sum().backward()
        return [each.detach().numpy().copy() for each in (y, x.grad, layer.weight.grad, layer.bias.grad)]

    whole = step()
    monkeypatch.setattr(backend, "BLOCK_BYTES", 1 << 16)  # many blocks, also more than are summed at once
    results = []
    for count in (1, 2, 3):
        autograd.set_num_threads(count)
        results += [step() for _ in range(3)]
    for each in results:
        assert [a.tobytes() for a in each] == [a.tobytes() for a in results[0]]
        for ours, expected in zip(each, whole, strict=True):
            np.testing.assert_allclose(ours, expected, rtol=1e-4, atol=1e-4 * np.abs(expected).max())


@pytest.mark.cpu_only
def test_convolutions_of_several_threads_at_once(threads: Any, sweep: Sweep, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their blocks share one pool, beside products and while the number of threads changes."""
    from autograd.backend import numpy as backend

    monkeypatch.setattr(backend, "BLOCK_BYTES", 1 << 16)
    rng = np.random.default_rng(0)
    x = autograd.from_numpy(rng.normal(size=(20, 8, 14, 14)).astype("f"))
    a = rng.normal(size=(256, 256)).astype("f")
    weights = [rng.normal(size=(12, 8, 3, 3)).astype("f") for _ in range(3)]

    def step(weight: np.ndarray) -> list[bytes]:
        w = autograd.from_numpy(weight.copy()).requires_grad_()
        y = nn.functional.conv2d(x, w, padding=1)
        (y * y).sum().backward()
        return [y.detach().numpy().tobytes(), w.grad.numpy().tobytes()]

    def product() -> bytes:
        return threads.matmul(a, a.copy()).tobytes()

    def setting() -> None:
        for count in (1, 3, 2):
            autograd.set_num_threads(count)

    alone = [*map(step, weights), product()]
    for _ in range(sweep(5, 20, 200)):
        together = at_once(*[lambda w=w: step(w) for w in weights], product, setting)
        assert together[:4] == alone


@pytest.mark.cpu_only
def test_an_error_in_a_block_reaches_the_caller(threads: Any) -> None:
    for broken in range(8):

        def task(block: int, broken: int = broken) -> None:
            time.sleep(0.001)  # the other thread gets some, too
            if block == broken:
                raise ZeroDivisionError(f"block {block}")

        with pytest.raises(ZeroDivisionError, match=f"block {broken}"):
            threads.run(task, blocks=8, count=2)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 300))
    np.testing.assert_allclose(threads.matmul(x, x.copy()), x @ x, rtol=1e-9, atol=1e-9)


@pytest.mark.cpu_only
def test_an_interrupted_caller_leaves_the_rest(threads: Any) -> None:
    done: list[int] = []

    def task(block: int) -> None:
        if threading.current_thread() is threading.main_thread():
            raise KeyboardInterrupt
        time.sleep(0.02)
        done.append(block)

    with pytest.raises(KeyboardInterrupt):
        threads.run(task, blocks=1000, count=2)
    time.sleep(0.1)
    settled = len(done)
    time.sleep(0.1)
    assert len(done) == settled < 10


@pytest.mark.cpu_only
def test_the_users_errstate_holds_in_every_thread(threads: Any) -> None:
    x = np.full((300, 300), 1e300)
    with np.errstate(over="raise"), pytest.raises(FloatingPointError):
        threads.matmul(x, x.copy())
    with np.errstate(all="ignore"):
        assert np.isinf(threads.matmul(x, x.copy())).all()


@pytest.mark.cpu_only
def test_the_users_numpy_keeps_its_threads(threads: Any) -> None:
    """Whatever number it has been given, by whomever, and also after an error in a product."""
    blas = threads._openblas()
    if blas is None:
        pytest.skip("NumPy's products come from another library than OpenBLAS with threads")
    x = np.random.default_rng(0).normal(size=(300, 300))
    for count in (1, 2):
        blas.set(count)
        threads.matmul(x, x.copy())
        assert blas.get() == autograd.get_num_threads() == count
        with pytest.raises(ValueError, match="mismatch"):
            threads.matmul(x, x[:200])
        assert blas.get() == count
        inside: list[int] = []
        with threads._one_thread(blas) as found:
            inside += [found, blas.get(), autograd.get_num_threads()]
        assert inside == [count, 1, count]


@pytest.mark.cpu_only
def test_set_num_threads_in_the_middle_of_a_product(threads: Any) -> None:
    blas = threads._openblas()
    if blas is None:
        pytest.skip("NumPy's products come from another library than OpenBLAS with threads")
    with threads._one_thread(blas):
        autograd.set_num_threads(3)
        assert blas.get() == 1
        assert autograd.get_num_threads() == 3
    assert blas.get() == 3


@pytest.mark.cpu_only
def test_set_num_threads_from_threads(threads: Any, sweep: Sweep) -> None:
    """Beside products, which stay right; at the end it is what the last call asked for."""
    x = np.random.default_rng(0).normal(size=(256, 256))
    right = threads.matmul(x, x.copy()).tobytes()

    def setting(count: int) -> None:
        for _ in range(10):
            autograd.set_num_threads(count)
            assert autograd.get_num_threads() in (1, 2, 3)

    def product() -> bool:
        return all(threads.matmul(x, x.copy()).tobytes() == right for _ in range(5))

    for _ in range(sweep(3, 10, 100)):
        results = at_once(lambda: setting(1), lambda: setting(2), lambda: setting(3), product, product)
        assert results[3:] == [True, True]
        autograd.set_num_threads(2)
        assert autograd.get_num_threads() == 2
        assert threads._state.products == 0


@pytest.mark.cpu_only
@pytest.mark.parametrize("count", [0, -1, 1.5, True, "2", None])
def test_what_is_no_number_of_threads(count: Any) -> None:
    before = autograd.get_num_threads()
    with pytest.raises(RuntimeError, match="set_num_threads: expected a positive integer"):
        autograd.set_num_threads(count)
    assert autograd.get_num_threads() == before


def _python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.cpu_only
def test_the_environment_sets_the_number() -> None:
    say = "import autograd; print(autograd.get_num_threads())"
    assert _python(say, AUTOGRAD_NUM_THREADS="3").stdout.split() == ["3"]
    assert _python(say, OPENBLAS_NUM_THREADS="1", AUTOGRAD_NUM_THREADS="").stdout.split() == ["1"]
    wrong = _python(say, AUTOGRAD_NUM_THREADS="many")
    assert wrong.returncode
    assert "AUTOGRAD_NUM_THREADS: expected a positive integer, got 'many'" in wrong.stderr


# Forks, interrupts and the end of the process


@pytest.mark.cpu_only
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_fork_after_the_pool_was_used(threads: Any, sweep: Sweep) -> None:
    """The child computes with threads of its own, also if a product or a draw was under way in the parent."""
    x = np.random.default_rng(0).normal(size=(256, 256))
    right = threads.matmul(x, x.copy()).tobytes()
    over = threading.Event()

    def busy() -> None:
        while not over.is_set():
            threads.matmul(x, x.copy())
            autograd.rand(10)

    others = [threading.Thread(target=busy) for _ in range(2)]
    for each in others:
        each.start()
    outcomes = []
    for _ in range(sweep(10, 30, 200)):
        child = _fork(lambda: threads.matmul(x, x.copy()).tobytes() == right and autograd.get_num_threads() == 2)
        outcomes.append(_outcome(child))
    over.set()
    for each in others:
        each.join()
    assert set(outcomes) == {0}


def _fork(check: Callable[[], bool]) -> int:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns of forking beside threads
        child = os.fork()
    if not child:
        outcome = 2
        try:
            autograd.rand(10)
            outcome = 0 if check() else 1
        finally:
            os._exit(outcome)
    return child


def _outcome(child: int, seconds: float = 30.0) -> int | str:
    """The exit code of a child, or "hangs"."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "hangs"


@pytest.mark.cpu_only
def test_the_process_ends_in_the_middle_of_a_product() -> None:
    code = """
import os, sys, threading, numpy as np
from autograd.backend import threads
x = np.ones((600, 600))
def busy():
    while True:
        threads.matmul(x, x.copy())
for _ in range(2):
    threading.Thread(target=busy, daemon=True).start()
threads.matmul(x, x.copy())
print("end")
"""
    ended = _python(code, AUTOGRAD_NUM_THREADS="3")
    assert (ended.returncode, ended.stdout.split(), ended.stderr) == (0, ["end"], "")


@pytest.mark.cpu_only
def test_the_process_ends_while_a_thread_looks_for_work(sweep: Sweep) -> None:
    code = """
import sys, numpy as np, autograd
x = autograd.ones(600, 600)
y = x @ x.clone()
sys.stdout.write("end")
"""
    for _ in range(sweep(3, 10, 100)):
        ended = _python(code, AUTOGRAD_NUM_THREADS="3")
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, "end", "")


@pytest.mark.cpu_only
def test_the_pool_holds_no_arrays(threads: Any) -> None:
    import gc
    import weakref

    gc.disable()
    try:
        x = np.ones((300, 300))
        product = threads.matmul(x, x.copy())
        kept = weakref.ref(x), weakref.ref(product)
        del x, product
        end = time.monotonic() + 5
        while time.monotonic() < end and any(each() is not None for each in kept):
            time.sleep(0.01)  # a thread that was late lets its job go
        assert [each() for each in kept] == [None, None]
    finally:
        gc.enable()


@pytest.mark.cpu_only
def test_pool_threads_stay_off_the_callers_processor(threads: Any) -> None:
    processor = threads._processor()
    if processor is None or len(os.sched_getaffinity(0)) < 2:
        pytest.skip("Linux with two processors")
    before = os.sched_getaffinity(0)
    x = np.ones((300, 300))
    try:
        for here in sorted(before)[:2]:
            os.sched_setaffinity(0, {here})
            os.sched_setaffinity(0, before)
            threads.matmul(x, x.copy())
            masks = [os.sched_getaffinity(worker.native_id or 0) for worker in threads._state.workers]
            assert masks
            assert all(mask == before - {threads._state.avoided} for mask in masks)
    finally:
        os.sched_setaffinity(0, before)


def test_ctypes_finds_what_the_engine_calls() -> None:
    """With NumPy's wheels on Linux the engine does have its own threads: else none of the above says anything."""
    threads = pytest.importorskip("autograd.backend.threads")
    bundled = list(Path(np.__file__).parent.parent.glob("numpy.libs/*openblas*"))
    if not bundled:
        pytest.skip("not NumPy's wheel")
    assert hasattr(ctypes.CDLL(str(bundled[0])), "scipy_openblas_set_num_threads64_")
    assert threads._openblas() is not None
    assert get_backend("cpu").matmul(np.eye(3), np.eye(3)).tolist() == np.eye(3).tolist()
