"""Samples joined into batches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..engine.tensor import Tensor
from ..ops.creation import as_tensor, tensor
from ..ops.joining import stack


def default_collate(batch: list[Any]) -> Any:
    """Samples joined into a batch: tensors, arrays and numbers stacked; tuples, lists and dicts item by item.

    >>> default_collate([(1, "a"), (2, "b")])
    [tensor([1, 2]), ['a', 'b']]
    """
    first = batch[0]
    if isinstance(first, Tensor):
        return stack(batch)
    if isinstance(first, np.ndarray | np.generic):
        return as_tensor(np.ascontiguousarray(np.stack(batch)))
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


def default_convert(data: Any) -> Any:
    """A sample with its NumPy arrays and scalars as tensors."""
    if isinstance(data, np.ndarray | np.generic) and data.dtype.kind not in "SUO":
        return as_tensor(data)
    if isinstance(data, Mapping):
        return {key: default_convert(value) for key, value in data.items()}
    if isinstance(data, tuple) and hasattr(data, "_fields"):
        return type(data)(*(default_convert(item) for item in data))
    if isinstance(data, tuple | list):
        return [default_convert(item) for item in data]
    return data
