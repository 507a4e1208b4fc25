"""What CuPy is asked for: recorded by a stand-in whose names CuPy's package has."""

from __future__ import annotations

import functools
import sys
import types
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

import autograd
from autograd import backend, cuda

pytestmark = [
    pytest.mark.cpu_only,
    pytest.mark.skipif(autograd.cuda.is_available(), reason="there is a GPU"),
]

USED = [
    "cuda.Device",
    "cuda.Device.use",
    "cuda.Device.synchronize",
    "cuda.Device.mem_info",
    "cuda.Event",
    "cuda.Event.record",
    "cuda.Event.done",
    "cuda.Event.synchronize",
    "cuda.Stream",
    "cuda.Stream.null",
    "cuda.Stream.use",
    "cuda.Stream.done",
    "cuda.Stream.wait_event",
    "cuda.Stream.synchronize",
    "cuda.ExternalStream",
    "cuda.get_current_stream",
    "cuda.get_elapsed_time",
    "cuda.MemoryHook.malloc_postprocess",
    "cuda.nvtx.RangePush",
    "cuda.nvtx.RangePop",
    "cuda.nvtx.Mark",
    "cuda.nvtx.RangeStart",
    "cuda.nvtx.RangeEnd",
    "cuda.runtime.getDeviceCount",
    "cuda.runtime.getDeviceProperties",
    "cuda.runtime.deviceCanAccessPeer",
    "cuda.runtime.runtimeGetVersion",
    "get_default_memory_pool",
    "RawKernel",
    "int64",
]
POOL = ("used_bytes", "total_bytes", "free_all_blocks", "set_limit")


def test_cupy_has_the_names() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cupy = pytest.importorskip("cupy", reason="CuPy's package is not installed")
    for name in USED:
        functools.reduce(getattr, name.split("."), cupy)
    for name in POOL:
        assert hasattr(cupy.cuda.MemoryPool, name)


class Place:
    """Stands in for cupy.cuda.Device."""

    current: list[int] = [0]  # noqa: RUF012
    mem_info = (10, 100)

    def __init__(self, index: int) -> None:
        self.id = index

    def use(self) -> None:
        Place.current[-1] = self.id

    def __enter__(self) -> Place:
        Place.current.append(self.id)
        return self

    def __exit__(self, *error: object) -> None:
        Place.current.pop()

    def synchronize(self) -> None: ...


class Queue:
    """Stands in for cupy.cuda.Stream."""

    current: list[Any] = []  # noqa: RUF012
    done = True

    def __init__(self, non_blocking: bool = False, priority: int = 0) -> None:
        self.ptr, self.waited = id(self), []

    def __enter__(self) -> None:
        Queue.current.append(self)

    def __exit__(self, *error: object) -> None:
        Queue.current.pop()

    def use(self) -> None:
        Queue.current[-1] = self

    def wait_event(self, mark: Mark) -> None:
        self.waited.append(mark)

    def synchronize(self) -> None: ...


class Mark:
    """Stands in for cupy.cuda.Event."""

    clock = 0
    done = True

    def __init__(self, block: bool = False, disable_timing: bool = False, interprocess: bool = False) -> None:
        self.timed = not disable_timing

    def record(self, queue: Queue | None = None) -> None:
        Mark.clock += 5
        self.time, self.queue = Mark.clock, queue or Queue.current[-1]

    def synchronize(self) -> None: ...


class Pool:
    used, total = 100, 400
    limit = None

    def used_bytes(self) -> int:
        return self.used * (1 + Place.current[-1])

    def total_bytes(self) -> int:
        return self.total

    def free_all_blocks(self) -> None:
        self.total = self.used

    def set_limit(self, fraction: float) -> None:
        self.limit = fraction


class Hook:
    entered: list[Any] = []  # noqa: RUF012

    def __enter__(self) -> None:
        Hook.entered.append(self)


class Backend(backend.Backend):
    def __init__(self, index: int | None) -> None:
        if (index or 0) >= 2:
            raise RuntimeError(f"device 'cuda:{index}': there are 2 GPUs here, numbered from 0")
        self.device = autograd.device("cuda", index or 0)


@pytest.fixture
def cupy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    pool, found = Pool(), {"name": b"A100", "major": 8, "minor": 0, "totalGlobalMem": 2**36, "warpSize": 32}
    found |= {"multiProcessorCount": 108, "maxThreadsPerMultiProcessor": 2048, "l2CacheSize": 1}
    Queue.null = Queue()  # type: ignore[attr-defined]
    monkeypatch.setattr(Queue, "current", [Queue.null])  # type: ignore[attr-defined]
    monkeypatch.setattr(Place, "current", [0])
    monkeypatch.setattr(cuda.memory, "_peaks", cuda.memory._Peaks())
    runtime = types.SimpleNamespace(
        getDeviceCount=lambda: 2,
        getDeviceProperties=lambda index: found,
        deviceCanAccessPeer=lambda one, other: one != other,
        runtimeGetVersion=lambda: 13010,
    )
    fake = types.SimpleNamespace(
        cuda=types.SimpleNamespace(
            Device=Place,
            Stream=Queue,
            Event=Mark,
            MemoryHook=Hook,
            runtime=runtime,
            get_current_stream=lambda: Queue.current[-1],
            get_elapsed_time=lambda one, other: float(other.time - one.time),
        ),
        get_default_memory_pool=lambda: pool,
        pool=pool,
    )
    monkeypatch.setitem(sys.modules, "cupy", fake)  # type: ignore[arg-type]
    backend.register_backend("cuda", Backend)
    yield fake
    backend.register_backend("cuda", backend._cuda)


def test_questions(cupy: Any) -> None:
    assert cuda.is_available()
    assert cuda.is_initialized()
    assert cuda.device_count() == 2
    assert cuda.get_device_name() == "A100"
    assert cuda.get_device_capability("cuda:1") == (8, 0)
    assert cuda.get_device_properties(0).total_memory == 2**36
    assert cuda.get_arch_list() == ["sm_80"]
    assert cuda.can_device_access_peer(0, 1)
    assert cuda.mem_get_info() == (10, 100)
    assert autograd.version.cuda == "13.1"
    assert autograd.has_cuda
    assert autograd.accelerator.current_accelerator() == autograd.device("cuda")
    assert autograd.accelerator.memory_allocated() == 100
    with pytest.raises(cuda.library.NoGPUError, match="there are 2 GPUs"):
        cuda.get_device_name(5)
    with pytest.raises(ValueError, match="Expected a cuda device"):
        cuda.synchronize("cpu")


def test_the_gpu_that_is_meant(cupy: Any) -> None:
    assert cuda.current_device() == 0
    with cuda.device(1):
        assert cuda.current_device() == Place.current[-1] == 1
        assert backend.get_backend("cuda").device == autograd.device("cuda:1")
        with cuda.device("cuda:0"), cuda.device(None), cuda.device(-1):
            assert cuda.current_device() == 0
        assert cuda.current_device() == 1
    assert cuda.current_device() == Place.current[-1] == 0
    cuda.set_device("cuda:1")
    assert cuda.current_device() == 1


def test_memory(cupy: Any) -> None:
    assert (cuda.memory_allocated(), cuda.memory_allocated(1), cuda.memory_reserved()) == (100, 200, 400)
    assert cuda.max_memory_allocated() == 400  # nobody has counted yet
    cuda.reset_peak_memory_stats()
    cuda.reset_peak_memory_stats()
    assert cuda.max_memory_allocated() == 100
    cupy.pool.used = 300
    (hook,) = Hook.entered[-1:]
    hook.malloc_postprocess(device_id=0, size=200, mem_size=512, mem_ptr=0, pmem_id=0)
    cupy.pool.used = 50
    assert (cuda.memory_allocated(), cuda.max_memory_allocated()) == (50, 300)
    assert cuda.memory_stats()["allocated_bytes.all.peak"] == 300
    assert "300" in cuda.memory_summary()
    cuda.empty_cache()
    assert cuda.memory_reserved() == 50
    assert cuda.max_memory_reserved() == 400
    cuda.set_per_process_memory_fraction(0.5)
    assert cupy.pool.limit == 0.5
    with pytest.raises(ValueError, match="Invalid fraction"):
        cuda.set_per_process_memory_fraction(1.5)


def test_streams_and_events(cupy: Any) -> None:
    side, first, last = cuda.Stream(), cuda.Event(enable_timing=True), cuda.Event(enable_timing=True)
    assert cuda.current_stream() == cuda.default_stream() != side
    with cuda.stream(side):
        assert cuda.current_stream() == side
        first.record()
    last.record(side)
    assert first.elapsed_time(last) == 5.0
    assert first._mark.queue is last._mark.queue is side._queue
    cuda.current_stream().wait_stream(side)
    cuda.current_stream().wait_event(last)
    last.wait(side)
    assert len(cuda.default_stream()._queue.waited) == 2
    assert side._queue.waited == [last._mark]
    assert side.query()
    assert last.query()
    assert cuda.current_stream() == cuda.default_stream()
    with pytest.raises(ValueError, match="enable_timing"):
        cuda.Event().elapsed_time(last)
    cuda.set_stream(side)
    assert cuda.current_stream() == side
