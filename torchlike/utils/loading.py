"""torch.utils.data.dataloader's place, and torch.utils.data._utils.collate's: what is beside DataLoader."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from autograd.data import (
    BatchSampler,
    DataLoader,
    Dataset,
    IterableDataset,
    RandomSampler,
    Sampler,
    SequentialSampler,
    default_collate,
    default_convert,
    get_worker_info,
)

_collate_fn_t: TypeAlias = Callable[[list[Any]], Any]
_worker_init_fn_t: TypeAlias = Callable[[int], None]


default_collate_err_msg_format = (
    "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found {}"
)
np_str_obj_array_pattern = re.compile(r"[SaUO]")


def collate(batch: Any, *, collate_fn_map: Any = None) -> Any:
    """default_collate; what the samples' classes have in `collate_fn_map` joins them in its place."""
    for kind, join in (collate_fn_map or {}).items():
        if isinstance(batch[0], kind):
            return join(batch, collate_fn_map=collate_fn_map)
    return default_collate(batch)


class _InfiniteConstantSampler(Sampler):
    """None, without end: what an iterable dataset is asked for."""

    def __iter__(self) -> Iterator[None]:
        while True:
            yield None


class _DatasetKind:
    """Whether a dataset is asked for places or iterated over."""

    Map = 0
    Iterable = 1


__path__: list[str] = []  # torch has files below it, whose names are all here
__all__ = [
    "BatchSampler",
    "DataLoader",
    "Dataset",
    "IterableDataset",
    "RandomSampler",
    "Sampler",
    "SequentialSampler",
    "default_collate",
    "default_convert",
    "get_worker_info",
]
