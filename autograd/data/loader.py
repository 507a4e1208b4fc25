"""Batches of samples."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from ..ops.creation import as_tensor, tensor
from ..ops.random import Generator
from ..ops.shape import stack
from ..tensor import Tensor
from .dataset import Dataset, TensorDataset
from .sampler import BatchSampler, RandomSampler, SequentialSampler


def default_collate(batch: list[Any]) -> Any:
    """Samples joined into a batch: tensors, arrays and numbers stacked; tuples, lists and dicts item by item."""
    first = batch[0]
    if isinstance(first, Tensor):
        return stack(batch)
    if isinstance(first, np.ndarray | np.generic):
        return as_tensor(np.stack(batch))
    if isinstance(first, bool | int):
        return tensor(batch)
    if isinstance(first, float):
        return as_tensor(np.asarray(batch, dtype=np.float64))
    if isinstance(first, str | bytes):
        return batch
    if isinstance(first, Mapping):
        return {key: default_collate([sample[key] for sample in batch]) for key in first}
    if isinstance(first, tuple) and hasattr(first, "_fields"):
        return type(first)(*(default_collate(list(items)) for items in zip(*batch, strict=True)))
    if isinstance(first, tuple | list):
        if any(len(sample) != len(first) for sample in batch):
            raise RuntimeError("default_collate: samples of a batch have differing numbers of items")
        return [default_collate(list(items)) for items in zip(*batch, strict=True)]
    raise TypeError(
        f"default_collate: can't join samples of {type(first).__name__}; pass a collate_fn to the DataLoader"
    )


class DataLoader:
    """Iterates over a dataset in batches.

    Give `batch_size` with `shuffle` or a `sampler`, or a `batch_sampler` that yields lists of
    indices; `batch_size=None` yields single samples. `generator` seeds the shuffling.

    >>> import autograd
    >>> from autograd.data import DataLoader, TensorDataset
    >>> loader = DataLoader(TensorDataset(autograd.arange(5)), batch_size=2)
    >>> [batch.tolist() for (batch,) in loader]
    [[0, 1], [2, 3], [4]]
    """

    def __init__(
        self, dataset: Any, batch_size: int | None = 1, shuffle: bool | None = None,
        sampler: Iterable[int] | None = None, batch_sampler: Iterable[list[int]] | None = None, num_workers: int = 0,
        collate_fn: Callable[[list[Any]], Any] | None = None, pin_memory: bool = False, drop_last: bool = False,
        *, generator: Generator | None = None,
    ) -> None:  # fmt: skip
        if num_workers:
            raise NotImplementedError("DataLoader: worker processes are not there yet; use num_workers=0")
        if batch_sampler is not None and (batch_size != 1 or shuffle or sampler is not None or drop_last):
            raise ValueError("batch_sampler excludes batch_size, shuffle, sampler and drop_last")
        if sampler is not None and shuffle:
            raise ValueError("sampler excludes shuffle")
        self.dataset: Dataset = dataset
        self.generator = generator
        if sampler is None:
            sampler = RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset)
        self.sampler = sampler
        if batch_sampler is None and batch_size is not None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.batch_size, self.batch_sampler, self.drop_last = batch_size, batch_sampler, drop_last
        self.collate_fn = collate_fn

    def __iter__(self) -> Iterator[Any]:
        if self.batch_sampler is None:
            for index in self.sampler:
                sample = self.dataset[index]
                yield sample if self.collate_fn is None else self.collate_fn(sample)
            return
        # A TensorDataset gives a whole batch in one indexing, which is what stacking its rows would give.
        whole = type(self.dataset) is TensorDataset and self.collate_fn is None
        collate = self.collate_fn or default_collate
        for indices in self.batch_sampler:
            yield list(self.dataset[indices]) if whole else collate([self.dataset[i] for i in indices])

    def __len__(self) -> int:
        return len(self.sampler if self.batch_sampler is None else self.batch_sampler)  # type: ignore[arg-type]
