"""Batches cut up for several devices and outputs put together again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import autograd
from autograd import Tensor, device
from autograd.types import DeviceLike


def _place(target: DeviceLike) -> device:
    """A device by its torch number, of which -1 is the CPU."""
    return device("cpu") if target == -1 else device(target)  # type: ignore[arg-type]


def scatter(inputs: Any, target_gpus: Sequence[DeviceLike], dim: int = 0) -> tuple[Any, ...]:
    """For each device its part of every tensor, cut along `dim`; lists, tuples and dictionaries are looked into."""
    if not target_gpus:
        raise ValueError("scatter: expected devices, got none")
    if isinstance(inputs, Tensor):
        parts = inputs.chunk(len(target_gpus), dim)
        return tuple(part.to(_place(target)) for part, target in zip(parts, target_gpus, strict=False))
    if isinstance(inputs, tuple) and hasattr(inputs, "_fields"):
        return tuple(type(inputs)(*each) for each in zip(*(scatter(v, target_gpus, dim) for v in inputs), strict=False))
    if isinstance(inputs, list | tuple) and inputs:
        kind = type(inputs)
        return tuple(kind(each) for each in zip(*(scatter(v, target_gpus, dim) for v in inputs), strict=False))
    if isinstance(inputs, dict) and inputs:
        columns = zip(*(scatter(value, target_gpus, dim) for value in inputs.values()), strict=False)
        return tuple(type(inputs)(zip(inputs, each, strict=True)) for each in columns)
    return tuple(inputs for _ in target_gpus)


def scatter_kwargs(
    inputs: tuple[Any, ...], kwargs: dict[str, Any] | None, target_gpus: Sequence[DeviceLike], dim: int = 0
) -> tuple[tuple[Any, ...], tuple[dict[str, Any], ...]]:
    """`scatter` of positional and of keyword arguments; devices that get none of one kind get an empty container."""
    positional = scatter(inputs, target_gpus, dim) if inputs else ()
    named = scatter(kwargs, target_gpus, dim) if kwargs else ()
    count = max(len(positional), len(named))
    return (*positional, *((),) * (count - len(positional))), (*named, *({} for _ in range(count - len(named))))


def gather(outputs: Sequence[Any], target_device: DeviceLike, dim: int = 0) -> Any:
    """The outputs of several devices, concatenated along `dim` on one; scalars become a vector."""
    first = outputs[0]
    if isinstance(first, Tensor):
        rows = [each.reshape(1) if each.dim() == 0 else each for each in outputs]
        return autograd.cat([each.to(_place(target_device)) for each in rows], 0 if first.dim() == 0 else dim)
    if first is None:
        return None
    if isinstance(first, dict):
        if any(len(each) != len(first) for each in outputs):
            raise ValueError("All dicts must have the same number of keys")
        return type(first)((key, gather([each[key] for each in outputs], target_device, dim)) for key in first)
    joined = [gather(each, target_device, dim) for each in zip(*outputs, strict=True)]
    return type(first)(*joined) if hasattr(first, "_fields") else type(first)(joined)
