"""Large matrix products on several threads, in blocks that whoever is free claims.

OpenBLAS's own threads share a product out in equal parts and wait for each other, spinning: beside one
busy process each wait lasts a time slice. Here a product is cut into blocks of rows, columns or matrices;
each is one product of NumPy's, on one thread of OpenBLAS. The caller and the threads of a pool claim
blocks until none is left, and the caller waits only for a block that another thread has begun: one that
comes late finds nothing to do and costs nothing. How a product is cut depends on its shape alone, so the
same bits come out whatever the number of threads and whoever computed what.

OpenBLAS is held to one thread during the engine's own large products only, and has its number back after;
that number, which is NumPy's, too, says how many threads compute here. What NumPy computes with another
library (MKL, Accelerate) is left as it is.
"""

from __future__ import annotations

import contextvars
import ctypes
import functools
import itertools
import math
import os
import queue
import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np

from .arrays import Array

Item = TypeVar("Item")
Result = TypeVar("Result")

# In multiplications: what OpenBLAS computes on one thread in any case, matrices and vectors; from where
# waking a thread (some 50 us) pays; what a block should have at least.
ONE_THREAD, ONE_THREAD_VECTOR = 1 << 18, 2304 * 4
PARALLEL = 1 << 24
BLOCK = 1 << 22
BLOCK_LENGTH = 128  # rows or columns; each block packs the other operand again
MOST_BLOCKS = 16
LINGER = 2000  # how often a thread without work looks for some before it sleeps: for about 1 ms
COMPUTED_BY_BLAS = frozenset(map(np.dtype, (np.float32, np.float64, np.complex64, np.complex128)))


class _OpenBLAS:
    """The number of threads of the OpenBLAS that NumPy calls, all of whose callers share it."""

    def __init__(self, path: str) -> None:
        library = ctypes.PyDLL(path)  # which keeps the interpreter's lock: the calls take no time
        for prefix, suffix in itertools.product(("scipy_", ""), ("64_", "", "_64")):
            if hasattr(library, f"{prefix}openblas_set_num_threads{suffix}"):
                self.set = getattr(library, f"{prefix}openblas_set_num_threads{suffix}")
                self.get = getattr(library, f"{prefix}openblas_get_num_threads{suffix}")
                return
        raise OSError(f"{path}: no openblas_set_num_threads")


def _controllers() -> list[Any]:
    """The BLAS libraries in this process; looking takes milliseconds."""
    from threadpoolctl import ThreadpoolController

    return [each for each in ThreadpoolController().lib_controllers if each.user_api == "blas"]


@functools.cache
def _openblas() -> _OpenBLAS | None:
    """NumPy's OpenBLAS, if it has threads of its own; None where NumPy calls something else, or none can tell."""
    found = _controllers()
    place = os.path.dirname(np.__file__)  # numpy/.dylibs, or numpy.libs beside it
    own = [each for each in found if each.filepath.startswith(place)] or found
    if len(own) != 1 or own[0].internal_api != "openblas" or own[0].threading_layer != "pthreads":
        return None
    try:
        return _OpenBLAS(own[0].filepath)
    except OSError:
        return None


# A compiled loop, if one is registered: linger(given, seen, tries) waits, without the interpreter's lock and giving
# way to other processes, until given[0] is no longer `seen`. Waking a thread that sleeps takes 50 to 130 us.
linger: Callable[[Array, int, int], None] | None = None


class _State:
    """What the threads of this process share; a forked child begins with a new one."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.products = 0  # now being computed, with OpenBLAS held to one thread
        self.count = 1  # OpenBLAS's number outside of them
        self.jobs: queue.SimpleQueue[tuple[contextvars.Context, _Job]] = queue.SimpleQueue()
        self.given = np.zeros(1, np.int64)  # changes when jobs are given out, for those who linger
        self.workers: list[threading.Thread] = []
        self.avoided: int | None = None  # the processor that the workers keep off


_state = _State()


def _after_fork() -> None:
    """The child has none of the threads; what they were computing does not end here."""
    global _state
    blas = _openblas() if _state.products else None
    if blas is not None:
        blas.set(_state.count)
    _state = _State()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def get_count() -> int:
    """How many threads compute a large product."""
    blas, state = _openblas(), _state
    if blas is None:
        return max([each.get_num_threads() or 1 for each in _controllers()], default=1)
    with state.lock:
        return state.count if state.products else blas.get()


def set_count(count: int) -> None:
    """Sets it, for this engine and for the BLAS libraries in this process, which NumPy and SciPy call."""
    blas, state = _openblas(), _state
    with state.lock:
        for each in _controllers():
            each.set_num_threads(count)
        if blas is not None and state.products:
            state.count = blas.get()
            blas.set(1)


class _one_thread:
    """Holds OpenBLAS to one thread inside; its number outside is what `with` gives."""

    __slots__ = ("blas", "state")

    def __init__(self, blas: _OpenBLAS) -> None:
        self.blas, self.state = blas, _state

    def __enter__(self) -> int:
        state, blas = self.state, self.blas
        with state.lock:
            # A fork may come between any two lines: the child gives the number back if it sees a product.
            first = not state.products
            if first:
                state.count = blas.get()
            state.products += 1
            if first:
                blas.set(1)
            return state.count

    def __exit__(self, *exc: object) -> None:
        state, blas = self.state, self.blas
        with state.lock:
            if state.products == 1 and blas.get() == 1:  # else somebody else has set it meanwhile
                blas.set(state.count)
            state.products -= 1


class _Within(threading.local):
    """Whether this thread is at work on a task: then nothing is cut any further."""

    task = False


_within = _Within()


class _Job:
    """A task for each of some blocks, of which every thread that has the job claims one after the other."""

    def __init__(self, task: Callable[[int], None], blocks: int) -> None:
        self.task, self.blocks = task, blocks
        self.claims, self.ends = itertools.count(), itertools.count()  # next() is atomic
        self.error: Exception | None = None
        self.finished = threading.Lock()
        self.finished.acquire()

    def work(self) -> None:
        before, _within.task = _within.task, True
        try:
            for block in self.claims:
                if block >= self.blocks:
                    return
                try:
                    self.task(block)
                except Exception as error:
                    self.error = error
                if next(self.ends) == self.blocks - 1:
                    self.finished.release()
        finally:
            _within.task = before


def _work(state: _State) -> None:
    while True:
        seen = state.given.item()
        if linger is not None and state.jobs.empty():
            linger(state.given, seen, LINGER)
        context, job = state.jobs.get()
        context.run(job.work)  # the caller's `numpy.errstate`
        del context, job


@functools.cache
def _processor() -> Callable[[], int] | None:
    """A function that says which processor the caller runs on, on Linux."""
    try:
        return ctypes.PyDLL(None).sched_getcpu
    except (AttributeError, OSError, TypeError):
        return None


def _keep_off(state: _State) -> None:
    """Keeps the workers off the caller's processor, on which a scheduler that packs would wake them."""
    processor = _processor()
    here = None if processor is None else processor()
    if here is not None and here != state.avoided:
        state.avoided = here
        others = os.sched_getaffinity(0) - {here}
        for worker in state.workers if others else ():
            try:
                os.sched_setaffinity(worker.native_id or 0, others)
            except OSError:
                return


def run(task: Callable[[int], None], blocks: int, count: int) -> None:
    """task(0), ..., task(blocks - 1), in any order, on this thread and up to count - 1 others."""
    job, state = _Job(task, blocks), _state
    helpers = min(count, blocks) - 1
    if helpers > 0:
        if len(state.workers) < helpers:
            if linger is not None:
                linger(state.given, 0, 0)  # compiled here, and not in the threads, which a fork might interrupt
            with state.lock:
                while len(state.workers) < helpers:
                    worker = threading.Thread(target=_work, args=(state,), name="autograd", daemon=True)
                    worker.start()
                    state.workers.append(worker)
                state.avoided = None
        _keep_off(state)
        for _ in range(helpers):
            state.jobs.put((contextvars.copy_context(), job))
        state.given += 1
    try:
        job.work()
        if blocks:
            job.finished.acquire()
    finally:
        job.blocks = 0  # after an interrupt, nobody begins another block
    if job.error is not None:
        raise job.error


def each(task: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """[task(item) for item in items], in any order, as many at once as there are threads."""
    blas = None if len(items) < 2 or _within.task else _openblas()
    if blas is None:
        return [task(item) for item in items]
    results: list[Any] = [None] * len(items)

    def block(number: int) -> None:
        results[number] = task(items[number])

    with _one_thread(blas) as count:
        run(block, len(items), count)
    return results


def cut(length: int, blocks: int, step: int = 1) -> list[slice]:
    """`length` in at most `blocks` slices, of a multiple of `step` but for the last."""
    each = -(-length // (blocks * step)) * step
    return [slice(start, start + each) for start in range(0, length, each)]


Shape = tuple[int, ...]


@functools.lru_cache(maxsize=4096)
def _blocks(x: Shape, y: Shape) -> tuple[Shape, list[tuple[Any, Any, Any]]]:
    """The shape of a product, and places in x, y and the product that can be computed apart."""
    (m, k), n = x[-2:], y[-1]
    lead = np.broadcast_shapes(x[:-2], y[:-2])
    most = min(MOST_BLOCKS, math.prod(lead) * m * k * n // BLOCK)
    if lead and max(lead) > 1:
        axis = max(range(len(lead)), key=lead.__getitem__)

        def place(shape: Shape, cut: slice) -> Any:
            own = axis - (len(lead) - (len(shape) - 2))
            return (slice(None),) * own + (cut,) if own >= 0 and shape[own] > 1 else ...

        cuts = cut(lead[axis], most)
        return (*lead, m, n), [(place(x, c), place(y, c), (slice(None),) * axis + (c,)) for c in cuts]
    cuts = cut(max(m, n), max(min(most, max(m, n) // BLOCK_LENGTH), 1), 16)
    if m >= n:
        return (*lead, m, n), [((..., c, slice(None)), ..., (..., c, slice(None))) for c in cuts]
    return (*lead, m, n), [(..., (..., c), (..., c)) for c in cuts]


def matmul(x: Array, y: Array) -> Array:
    """numpy.matmul of matrices, large ones in blocks on several threads."""
    m, n = x.shape[-2], y.shape[-1]
    work = max(x.size * n, y.size * m)
    if work <= (ONE_THREAD_VECTOR if m == 1 or n == 1 else ONE_THREAD):
        # The same product of the same BLAS; of small matrices in half of matmul's time.
        return x.dot(y) if x.ndim == y.ndim == 2 and x.dtype is y.dtype and x.dtype.char in "fd" else np.matmul(x, y)
    if _within.task or x.dtype not in COMPUTED_BY_BLAS or x.dtype != y.dtype:
        return np.matmul(x, y)
    blas = _openblas()
    if blas is None:
        return np.matmul(x, y)
    with _one_thread(blas) as count:
        if work < PARALLEL or (m == n and _is_gram(x, y)):
            return np.matmul(x, y)
        shape, blocks = _blocks(x.shape, y.shape)
        product = np.empty(shape, x.dtype)

        def task(block: int) -> None:
            here, there, out = blocks[block]
            np.matmul(x[here], y[there], out=product[out])

        run(task, len(blocks), count)
        return product


def _is_gram(x: Array, y: Array) -> bool:
    """x x', of which NumPy computes one half and mirrors it."""
    return x.ndim == y.ndim == 2 and x.strides == y.strides[::-1] and np.may_share_memory(x, y)
