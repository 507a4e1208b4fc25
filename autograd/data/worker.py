"""Worker processes that make batches ahead of time."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import queue
import random
import signal
import time
import traceback
import warnings
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from ..backend import set_default_device
from ..ops.generator import manual_seed
from ..ops.torch_random import is_torch_random, use_torch_random
from .fetch import ENDED, Fetcher

POLL = 1.0  # seconds after which a process that waits looks whether the other side is alive


class WorkerInfo(NamedTuple):
    """What a dataset in a worker may want to know: which worker of how many, its seed, its copy of the dataset."""

    id: int
    num_workers: int
    seed: int
    dataset: Any


class Failure(NamedTuple):
    """An exception on its way from a worker."""

    kind: type[BaseException]
    message: str

    def throw(self) -> None:
        """Raises it again: the same type, with the worker's traceback in its message."""
        message: Any = self.message
        if issubclass(self.kind, KeyError):
            message = _Text(message)  # whose repr, which a KeyError shows, keeps the lines
        try:
            error = self.kind(message)
        except TypeError:
            error = RuntimeError(message)
        raise error


class _Text(str):
    def __repr__(self) -> str:
        return str(self)


_info: WorkerInfo | None = None


def get_worker_info() -> WorkerInfo | None:
    """In a worker, who it is; in the training process, None. An IterableDataset shares its work out by it."""
    return _info


def _seed(seed: int) -> None:
    manual_seed(seed)
    random.seed(seed)
    np.random.seed(seed % 2**32)


def _seed_as_torch(seed: int, number: int) -> None:
    """Once in a worker's life, whatever it then makes."""
    manual_seed(seed + number)
    random.seed(seed + number)
    entropy = [number, seed & 0xFFFFFFFF, seed >> 32, 0]
    np.random.seed(np.random.SeedSequence(entropy).generate_state(4))


def _failed(number: int, error: Exception) -> Failure:
    kind: type[BaseException] = type(error)
    text = f"Caught {kind.__name__} in DataLoader worker process {number}.\nOriginal {traceback.format_exc()}"
    try:
        pickle.dumps(kind)
    except Exception:
        kind = RuntimeError
    return Failure(kind, text)


def _work(
    dataset: Any,
    make_fetcher: Callable[[Any], Fetcher],
    jobs: Any,
    results: Any,
    number: int,
    count: int,
    init: Callable[[int], None] | None,
    torchs: bool,
) -> None:
    """The life of a worker: jobs are (epoch, batch number, seed, what to fetch), None says it is over."""
    global _info
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is the training process's to handle
    set_default_device("cpu")  # a process that was forked off can't use a GPU
    results.cancel_join_thread()  # what nobody will read must not keep the process
    use_torch_random(torchs)
    parent, epoch, begun = os.getppid(), None, False
    fetch: Fetcher | None = None
    while True:
        try:
            job = jobs.get(timeout=5 * POLL)
        except queue.Empty:
            if os.getppid() != parent:
                return
            continue
        if job is None:
            return
        try:
            job_epoch, batch, seed, what = job
            if job_epoch != epoch:
                if not torchs:
                    _seed(seed + number)
                elif not begun:
                    _seed_as_torch(seed, number)
                if not begun:
                    _info = WorkerInfo(number, count, seed + number, dataset)
                    if init is not None:
                        init(number)
                    begun = True
                epoch, fetch = job_epoch, make_fetcher(dataset)
            assert fetch is not None
            if fetch.stream is None and not torchs:
                # A seed a batch, not a worker: the batches do not depend on the number of workers.
                _seed(seed + batch)
            packed = pickle.dumps(fetch(what), protocol=pickle.HIGHEST_PROTOCOL)
        except Exception as error:
            packed = pickle.dumps(_failed(number, error))
        results.put((job[0], job[1], packed))


class Workers:
    """A crew of worker processes; `run` gives the batches of an epoch in order."""

    def __init__(
        self,
        dataset: Any,
        make_fetcher: Callable[[Any], Fetcher],
        count: int,
        init: Callable[[int], None] | None,
        context: Any,
        timeout: float,
    ) -> None:
        if context is None or isinstance(context, str):
            context = multiprocessing.get_context(context)
        self.count, self.timeout, self.epoch = count, timeout, 0
        self.results = context.Queue()
        self.jobs = [context.Queue() for _ in range(count)]
        self.arrived: dict[int, bytes] = {}
        self.processes = [
            context.Process(
                target=_work,
                args=(dataset, make_fetcher, self.jobs[i], self.results, i, count, init, is_torch_random()),
                daemon=True,
            )
            for i in range(count)
        ]
        with warnings.catch_warnings():
            # Python warns of forking beside threads; the workers use none of them.
            warnings.simplefilter("ignore", DeprecationWarning)
            for process in self.processes:
                process.start()

    def run(self, jobs: Iterator[tuple[int, Any]], seed: int, ahead: int) -> Iterator[Any]:
        """The batches of numbered jobs, dealt to the workers in turn, up to `ahead` of them before they are wanted."""
        self.epoch += 1  # what is still under way for the last epoch will be dropped
        self.arrived.clear()
        working = deque(range(self.count))
        waiting: deque[tuple[int, int]] = deque()
        while True:
            while working and len(waiting) < ahead:
                job = next(jobs, None)
                if job is None:
                    break
                self.jobs[working[0]].put((self.epoch, job[0], seed, job[1]))
                waiting.append((job[0], working[0]))
                working.rotate(-1)
            if not waiting:
                return
            number, worker = waiting.popleft()
            batch = self.receive(number)
            if batch is not ENDED:
                yield batch
            elif worker in working:
                working.remove(worker)

    def receive(self, batch: int) -> Any:
        """The batch of a number, or ENDED; raises what its worker raised, or that a worker has died."""
        waited = time.monotonic()
        while batch not in self.arrived:
            try:
                epoch, number, packed = self.results.get(timeout=min(POLL, self.timeout or POLL))
            except queue.Empty:
                self._check_alive()
                if self.timeout and time.monotonic() - waited > self.timeout:
                    raise RuntimeError(f"DataLoader timed out after {self.timeout} seconds") from None
                continue
            if epoch == self.epoch:
                self.arrived[number] = packed
        answer = pickle.loads(self.arrived.pop(batch))
        if isinstance(answer, Failure):
            answer.throw()
        return answer

    def _check_alive(self) -> None:
        dead = [process for process in self.processes if not process.is_alive()]
        if dead:
            ends = ", ".join(f"pid {process.pid} with exit code {process.exitcode}" for process in dead)
            raise RuntimeError(f"DataLoader worker exited unexpectedly: {ends}")

    def stop(self) -> None:
        """Ends the processes; one that does not answer is terminated."""
        for jobs, process in zip(self.jobs, self.processes, strict=True):
            if process.is_alive():
                jobs.put(None)
        deadline = time.monotonic() + POLL
        for process in self.processes:
            process.join(max(0.0, deadline - time.monotonic()))
            if process.is_alive():
                process.terminate()
                process.join()
        for each in (*self.jobs, self.results):
            each.cancel_join_thread()
            each.close()
