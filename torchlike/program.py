"""The beginning of a program that is written for torch, and of the processes that it starts."""

from __future__ import annotations

import multiprocessing.spawn
from typing import Any

from autograd.ops.torch_random import use_torch_random

from .aliases import keep_torch_names


class _Beginning:
    """What a process that is spawned does first: unpickled there, it puts torch's names in place."""

    def __reduce__(self) -> Any:
        return begin, ()


def begin() -> None:
    """torch's names and random numbers, from here on and in the processes that are started."""
    keep_torch_names()
    use_torch_random()
    data_of = multiprocessing.spawn.get_preparation_data
    multiprocessing.spawn.get_preparation_data = lambda name: {"torch_names": _Beginning(), **data_of(name)}
