"""A process's share of a dataset."""

from __future__ import annotations

from collections.abc import Iterator, Sized

from ..ops.generator import Generator
from ..ops.random import randperm
from .sampler import Sampler


class DistributedSampler(Sampler):
    """Every `num_replicas`-th index, from `rank` on, of an order that all processes agree on.

    The order is drawn from `seed` and the epoch: call `set_epoch` before each. Indices are repeated
    from the beginning until all processes have as many, or with `drop_last` left out at the end. Without
    `num_replicas` and `rank` there is one process.
    """

    def __init__(
        self,
        dataset: Sized,
        num_replicas: int | None = None,
        rank: int | None = None,
        shuffle: bool = True,
        seed: int = 0,
        drop_last: bool = False,
    ) -> None:
        num_replicas, rank = 1 if num_replicas is None else num_replicas, 0 if rank is None else rank
        if not 0 <= rank < num_replicas:
            raise ValueError(f"Invalid rank {rank}, rank should be in the interval [0, {num_replicas - 1}]")
        self.dataset, self.num_replicas, self.rank = dataset, num_replicas, rank
        self.shuffle, self.seed, self.drop_last, self.epoch = shuffle, seed, drop_last, 0
        count = len(dataset)
        self.num_samples = count // num_replicas if drop_last else -(-count // num_replicas)
        self.total_size = self.num_samples * num_replicas

    def __iter__(self) -> Iterator[int]:
        count = len(self.dataset)
        order = list(range(count))
        if self.shuffle:
            order = randperm(count, generator=Generator().manual_seed(self.seed + self.epoch)).tolist()
        order = [order[i % count] for i in range(self.total_size)]
        return iter(order[self.rank :: self.num_replicas])

    def __len__(self) -> int:
        return self.num_samples

    def set_epoch(self, epoch: int) -> None:
        """Makes the next iteration draw this epoch's order."""
        self.epoch = epoch
