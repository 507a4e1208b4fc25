"""How batches come out of a dataset, in the training process or in a worker."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

from .dataset import IterableDataset, TensorDataset


class Ended:
    """An iterable dataset has no more batches."""

    def __reduce__(self) -> str:
        return "ENDED"  # one object, also when it comes from another process


ENDED = Ended()


class Fetcher:
    """Makes the batch of some indices; for an iterable dataset, the next batch of a size, at its end ENDED."""

    def __init__(self, dataset: Any, collate: Callable[[Any], Any], whole: bool, drop_last: bool) -> None:
        self.dataset, self.collate, self.drop_last = dataset, collate, drop_last
        # A TensorDataset gives a whole batch in one indexing, which is what stacking its rows would give.
        self.whole = whole and type(dataset) is TensorDataset
        self.stream: Iterator[Any] | None = iter(dataset) if isinstance(dataset, IterableDataset) else None

    def __call__(self, job: Any) -> Any:
        """`job`: a list of indices, or one index; of an iterable dataset, a batch's size, or None for a sample."""
        if self.stream is not None:
            return self.following(job)
        if not isinstance(job, list):
            return self.collate(self.dataset[job])
        if self.whole:
            return list(self.dataset[job])
        if hasattr(self.dataset, "__getitems__"):
            return self.collate(self.dataset.__getitems__(job))
        return self.collate([self.dataset[index] for index in job])

    def following(self, size: int | None) -> Any:
        assert self.stream is not None
        samples = list(itertools.islice(self.stream, 1 if size is None else size))
        if not samples or (size is not None and len(samples) < size and self.drop_last):
            return ENDED
        return self.collate(samples[0] if size is None else samples)
