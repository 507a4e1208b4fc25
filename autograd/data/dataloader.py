"""DataLoader: a dataset's samples in batches, in order or shuffled, made here or by worker processes."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .. import random
from ..ops.generator import Generator
from ..ops.random import draw_seed
from ..ops.torch_random import is_torch_random
from ..profiler.marking import each_marked
from .collate import default_collate, default_convert
from .dataset import IterableDataset
from .fetch import ENDED, Fetcher
from .sampler import BatchSampler, RandomSampler, SequentialSampler
from .worker import Workers


class DataLoader:
    """Iterates over a dataset in batches.

    Give `batch_size` with `shuffle` or a `sampler`, or a `batch_sampler` that yields lists of
    indices; `batch_size=None` yields single samples. `generator` seeds the shuffling.

    `num_workers` processes make up to `prefetch_factor` batches each ahead of time. Each batch has a
    random seed of its own, so it is the same whatever the number of workers; with torch's random numbers
    each worker has one, as in torch. An exception in a worker is raised here, with its traceback.

    `state_dict()` is the position in the data: after `load_state_dict` the next iteration goes on
    with the batch after the last one that was handed out, in the same order.

    >>> import autograd
    >>> from autograd.data import DataLoader, TensorDataset
    >>> loader = DataLoader(TensorDataset(autograd.arange(5)), batch_size=2)
    >>> [batch.tolist() for (batch,) in loader]
    [[0, 1], [2, 3], [4]]
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Iterable[Any] | None = None,
        batch_sampler: Iterable[list[Any]] | None = None,
        num_workers: int = 0,
        collate_fn: Callable[[Any], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        timeout: float = 0,
        worker_init_fn: Callable[[int], None] | None = None,
        multiprocessing_context: Any = None,
        generator: Generator | None = None,
        *,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
        pin_memory_device: str = "",
        in_order: bool = True,
    ) -> None:
        iterable = isinstance(dataset, IterableDataset)
        if num_workers < 0 or timeout < 0:
            raise ValueError(f"num_workers and timeout can't be negative, got {num_workers} and {timeout}")
        if num_workers == 0 and (prefetch_factor is not None or persistent_workers or timeout):
            raise ValueError("prefetch_factor, persistent_workers and timeout need worker processes: num_workers > 0")
        if prefetch_factor is not None and prefetch_factor < 1:
            raise ValueError(f"prefetch_factor should be at least 1, got {prefetch_factor}")
        if iterable and (shuffle or sampler is not None or batch_sampler is not None):
            raise ValueError("an IterableDataset has an order of its own: no shuffle, sampler or batch_sampler")
        if batch_sampler is not None and (batch_size != 1 or shuffle or sampler is not None or drop_last):
            raise ValueError("batch_sampler excludes batch_size, shuffle, sampler and drop_last")
        if sampler is not None and shuffle:
            raise ValueError("sampler excludes shuffle")
        if batch_size is None and drop_last:
            raise ValueError("batch_size=None switches batches off, and drop_last with them")
        self.dataset = dataset
        self.generator = generator
        self.sampler: Any = sampler
        if sampler is None and not iterable:
            self.sampler = RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset)
        if batch_sampler is None and batch_size is not None and not iterable:
            batch_sampler = BatchSampler(self.sampler, batch_size, drop_last)
        self.batch_size = batch_size
        self.batch_sampler, self.drop_last, self.num_workers = batch_sampler, drop_last, num_workers
        batched = batch_sampler is not None or batch_size is not None
        self.collate_fn = collate_fn or (default_collate if batched else default_convert)
        self.pin_memory, self.timeout, self.worker_init_fn = pin_memory, timeout, worker_init_fn
        self.multiprocessing_context = multiprocessing_context
        self.prefetch_factor = 2 if num_workers and prefetch_factor is None else prefetch_factor
        self.persistent_workers = persistent_workers
        self._workers: Workers | None = None
        self._position: Position | None = None  # of the iteration under way
        self._resume: Position | None = None  # where the next iteration begins

    def __len__(self) -> int:
        if isinstance(self.dataset, IterableDataset):
            count = len(self.dataset)  # type: ignore[arg-type]
            if self.batch_size is None:
                return count
            return count // self.batch_size if self.drop_last else -(-count // self.batch_size)
        return len(self.sampler if self.batch_sampler is None else self.batch_sampler)  # type: ignore[arg-type]

    def __iter__(self) -> Iterator[Any]:
        resume, self._resume = self._resume, None
        now = self._random_states()
        late = is_torch_random() and not self.num_workers  # as in torch, the order is drawn with the first batch
        position = self._position = Position(now, 0, 0 if late else None) if resume is None else resume
        if resume is not None:
            # The order is drawn, and what came before the position passed over, with the epoch's first numbers.
            self._set_random_states(resume.begun)
        # Drawn also where there are no workers, as in torch: the samples' order does not depend on their number.
        # Torch draws none for workers that are there already.
        known = is_torch_random() and self._workers is not None
        seed = 0 if known else draw_seed(self.generator)
        if position.begun.get("seeded"):
            self._set_random_states(position.begun)
        jobs = self._jobs_drawn_late(position) if late and resume is None else self._jobs(position)
        batches = self._from_workers(jobs, seed) if self.num_workers else self._from_here(jobs)
        if resume is not None:
            if isinstance(self.dataset, IterableDataset):
                next(itertools.islice(batches, resume.yielded, resume.yielded), None)
            self._set_random_states(now)
        return self._counted(batches, position)

    def _jobs(self, position: Position) -> Iterator[tuple[int, Any]]:
        """The batches' numbers and what to fetch for each. The order is drawn now, not with the first batch.

        What had been taken from the sampler is taken again, so that it has drawn as many numbers as it had; its end
        counts, too.
        """
        if isinstance(self.dataset, IterableDataset):
            return enumerate(itertools.repeat(self.batch_size))
        again, position.taken = position.taken, 0
        jobs = self._taken(position)
        first = list(itertools.islice(jobs, 1 if again is None else again))
        return itertools.chain(first[position.yielded :], jobs)

    def _taken(self, position: Position) -> Iterator[tuple[int, Any]]:
        for job in enumerate(self.sampler if self.batch_sampler is None else self.batch_sampler):
            position.taken = job[0] + 1
            yield job
        position.taken = (position.taken or 0) + 1

    def _jobs_drawn_late(self, position: Position) -> Iterator[tuple[int, Any]]:
        """The same, the order drawn with the first batch: others may have drawn since the seed."""
        position.begun = {**self._random_states(), "seeded": True}
        yield from self._jobs(position)

    def _make_fetcher(self) -> Callable[[Any], Fetcher]:
        whole = self.collate_fn is default_collate
        return functools.partial(Fetcher, collate=self.collate_fn, whole=whole, drop_last=self.drop_last)

    def _from_here(self, jobs: Iterator[tuple[int, Any]]) -> Iterator[Any]:
        fetch = self._make_fetcher()(self.dataset)
        for _, what in jobs:
            batch = fetch(what)
            if batch is ENDED:
                return
            yield batch

    def _from_workers(self, jobs: Iterator[tuple[int, Any]], seed: int) -> Iterator[Any]:
        workers = self._workers or Workers(
            self.dataset,
            self._make_fetcher(),
            self.num_workers,
            self.worker_init_fn,
            self.multiprocessing_context,
            self.timeout,
        )
        self._workers = workers if self.persistent_workers else None
        try:
            yield from workers.run(jobs, seed, self.num_workers * (self.prefetch_factor or 1))
        finally:
            if not self.persistent_workers:
                workers.stop()

    def _counted(self, batches: Iterator[Any], position: Position) -> Iterator[Any]:
        try:
            for batch in each_marked(batches, f"enumerate(DataLoader)#{type(self).__name__}.__next__"):
                position.yielded += 1
                yield batch
        finally:
            if self._position is position:
                self._position = None

    # Where in the data it is

    def _random_states(self) -> dict[str, Any]:
        own = None if self.generator is None else self.generator.get_state()
        return {"default": random.all_states(), "generator": own}

    def _set_random_states(self, states: Mapping[str, Any]) -> None:
        random.set_all_states(states["default"])
        if self.generator is not None and states["generator"] is not None:
            self.generator.set_state(states["generator"])

    def state_dict(self) -> dict[str, Any]:
        """The position in the data: how many batches of the epoch were handed out, and what its order is drawn from.

        Whoever saves it saves the random states, too, as `autograd.save_checkpoint` does.
        """
        position = self._position
        own = None if self.generator is None else self.generator.get_state()
        return {
            "yielded": 0 if position is None else position.yielded,
            "taken": 0 if position is None else position.taken,
            "begun": None if position is None else position.begun,
            "generator": own,
        }

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Makes the next iteration go on from a saved position."""
        begun, yielded, own = (state_dict[name] for name in ("begun", "yielded", "generator"))
        taken = None
        if begun is not None:
            random.check_states(begun["default"])
            if not isinstance(yielded, int) or yielded < 0 or "generator" not in begun:
                raise ValueError(f"DataLoader: no position in the data: {yielded} batches were handed out")
            taken = state_dict.get("taken", yielded + 1)  # which was not saved always
            if not (taken is None or (isinstance(taken, int) and taken >= yielded)):
                raise ValueError(
                    f"DataLoader: no position in the data: {taken} batches were taken, {yielded} handed out"
                )
        if self.generator is not None:
            for state in (own, None if begun is None else begun["generator"]):
                if state is not None:
                    random.check_state(state, self.generator)
            if own is not None:
                self.generator.set_state(own)
        self._resume = None if begun is None else Position(begun, yielded, taken)

    def __del__(self) -> None:
        workers = self.__dict__.get("_workers")
        if workers is not None:
            workers.stop()


@dataclass
class Position:
    """How far an epoch has come: the random states at its beginning, the batches handed out since.

    `taken` is how many were taken from the sampler, its end counted as one; None before the order is drawn.
    """

    begun: Mapping[str, Any]
    yielded: int
    taken: int | None = None
