"""Worker processes: the same batches, errors carried over, no process left behind."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Iterator

import numpy as np
import pytest

import autograd
from autograd.data import ChainDataset, DataLoader, Dataset, IterableDataset, TensorDataset, get_worker_info

pytestmark = [
    pytest.mark.cpu_only,
    pytest.mark.skipif(
        "fork" not in multiprocessing.get_all_start_methods(), reason="the datasets of these tests are local to them"
    ),
]


class Noisy(Dataset):
    """A sample is its index and three random numbers, as an augmentation would draw them."""

    def __len__(self) -> int:
        return 20

    def __getitem__(self, index: int) -> tuple[int, float, float, float]:
        return index, autograd.rand(()).item(), random.random(), float(np.random.rand())


class Stream(IterableDataset):
    def __init__(self, count: int) -> None:
        self.count = count

    def __iter__(self) -> Iterator[int]:
        info = get_worker_info()
        first, step = (0, 1) if info is None else (info.id, info.num_workers)
        return iter(range(first, self.count, step))


class Faulty(Dataset):
    def __init__(self, error: Exception) -> None:
        self.error = error

    def __len__(self) -> int:
        return 8

    def __getitem__(self, index: int) -> int:
        if index == 5:
            raise self.error
        return index


def batches(dataset: Dataset, **options: object) -> list:
    autograd.manual_seed(0)
    loader = DataLoader(dataset, batch_size=3, multiprocessing_context="fork", **options)  # type: ignore[arg-type]
    return [[x.tolist() for x in batch] if isinstance(batch, list) else batch.tolist() for batch in loader]


def no_children() -> bool:
    deadline = time.monotonic() + 5
    while multiprocessing.active_children() and time.monotonic() < deadline:
        time.sleep(0.01)
    return not multiprocessing.active_children()


def test_batches_do_not_depend_on_the_number_of_workers() -> None:
    one = batches(Noisy(), num_workers=1, shuffle=True)
    assert batches(Noisy(), num_workers=3, shuffle=True, prefetch_factor=1) == one
    assert sorted(i for batch in one for i in batch[0]) == list(range(20))
    assert len({number for batch in one for numbers in batch[1:] for number in numbers}) == 60
    here = batches(Noisy(), shuffle=True)
    assert [batch[0] for batch in here] == [batch[0] for batch in one]
    assert no_children()


def test_tensor_dataset_in_workers() -> None:
    data = TensorDataset(autograd.arange(10), autograd.randn(10, 2))
    assert batches(data, num_workers=2) == batches(data)


def test_streams_are_dealt_out() -> None:
    assert batches(Stream(7)) == [[0, 1, 2], [3, 4, 5], [6]]
    assert batches(Stream(7), num_workers=2) == [[0, 2, 4], [1, 3, 5], [6]]
    assert batches(Stream(7), num_workers=2, drop_last=True) == [[0, 2, 4], [1, 3, 5]]
    assert batches(Stream(0), num_workers=2) == []
    assert batches(ChainDataset([Stream(2), Stream(3)])) == [[0, 1, 0], [1, 2]]


@pytest.mark.parametrize("error", [ValueError("bad sample"), KeyError("bad sample"), OSError(2, "bad sample")])
def test_errors_come_with_the_workers_traceback(error: Exception) -> None:
    loader = DataLoader(Faulty(error), batch_size=2, num_workers=2, multiprocessing_context="fork")
    batches = iter(loader)
    assert [next(batches).tolist() for _ in range(2)] == [[0, 1], [2, 3]]
    with pytest.raises(type(error)) as caught:
        next(batches)
    assert "DataLoader worker process 0" in str(caught.value)
    assert "in __getitem__" in str(caught.value)
    assert "bad sample" in str(caught.value)
    assert no_children()


def test_what_cannot_be_sent_is_an_error_not_a_hang() -> None:
    loader = DataLoader(
        Faulty(ValueError()),
        batch_size=2,
        num_workers=1,
        collate_fn=lambda batch: lambda: batch,
        multiprocessing_context="fork",
    )
    with pytest.raises(Exception, match="pickle"):
        next(iter(loader))


def test_a_killed_worker_is_noticed() -> None:
    class Killed(Faulty):
        def __getitem__(self, index: int) -> int:
            if index == 5:
                os.kill(os.getpid(), signal.SIGKILL)
            return index

    with pytest.raises(RuntimeError, match="worker exited unexpectedly: pid"):
        list(DataLoader(Killed(ValueError()), batch_size=2, num_workers=2, multiprocessing_context="fork"))
    assert no_children()


def test_a_slow_worker_times_out() -> None:
    class Slow(Faulty):
        def __getitem__(self, index: int) -> int:
            time.sleep(60)
            return index

    with pytest.raises(RuntimeError, match="timed out after 0.2 seconds"):
        next(iter(DataLoader(Slow(ValueError()), num_workers=1, timeout=0.2, multiprocessing_context="fork")))
    assert no_children()


def test_leaving_the_loop_ends_the_workers() -> None:
    for _ in DataLoader(Noisy(), batch_size=2, num_workers=2, multiprocessing_context="fork"):
        break
    assert no_children()


def test_persistent_workers_stay_between_epochs() -> None:
    class Pids(Dataset):
        def __len__(self) -> int:
            return 6

        def __getitem__(self, index: int) -> int:
            return os.getpid()

    def pids(loader: DataLoader) -> set[int]:
        return {int(pid) for batch in loader for pid in batch}

    loader = DataLoader(Pids(), num_workers=2, persistent_workers=True, multiprocessing_context="fork")
    for _ in loader:
        break  # what was under way is dropped
    first = pids(loader)
    assert pids(loader) == first
    assert os.getpid() not in first
    del loader
    assert no_children()
    fresh = DataLoader(Pids(), num_workers=2, multiprocessing_context="fork")
    assert pids(fresh).isdisjoint(pids(fresh))


def test_worker_init_and_info() -> None:
    class Told(Dataset):
        told = -1

        def __len__(self) -> int:
            return 2

        def __getitem__(self, index: int) -> tuple[int, int, int]:
            info = get_worker_info()
            assert info is not None
            assert info.dataset is self
            return self.told, info.id, info.num_workers

    def init(worker: int) -> None:
        info = get_worker_info()
        assert info is not None
        info.dataset.told = 10 + worker

    loader = DataLoader(Told(), num_workers=2, worker_init_fn=init, multiprocessing_context="fork")
    assert [[x.item() for x in batch] for batch in loader] == [[10, 0, 2], [11, 1, 2]]
    assert get_worker_info() is None


def test_options_that_contradict() -> None:
    data = Noisy()
    for options, complaint in [
        ({"num_workers": -1}, "negative"),
        ({"prefetch_factor": 2}, "worker processes"),
        ({"persistent_workers": True}, "worker processes"),
        ({"num_workers": 1, "prefetch_factor": 0}, "at least 1"),
        ({"batch_size": None, "drop_last": True}, "batch_size=None"),
    ]:
        with pytest.raises(ValueError, match=complaint):
            DataLoader(data, **options)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="order of its own"):
        DataLoader(Stream(3), shuffle=True)
