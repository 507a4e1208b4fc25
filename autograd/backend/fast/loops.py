"""How a loop is compiled, registered with the CPU's backend, and shared out among the engine's threads.

A compiled loop checks no index, so what calls one proves that it stays inside the arrays, whatever it is
given: what does not fit is refused, or left to the portable reference by returning NotImplemented.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numba
import numpy as np

from .. import threads
from ..arrays import Array
from ..numpy import NumpyBackend

Function = TypeVar("Function", bound=Callable[..., Any])

COMPILED = (np.dtype(np.float32), np.dtype(np.float64))  # the dtypes that loops take
BLOCK = 1 << 16  # elements that a thread should find to do, some 50 us

compiled: Any = numba.njit(cache=True, fastmath={"contract", "nsz"}, error_model="numpy", nogil=True)

_sched_yield: Any = numba.types.ExternalFunction("sched_yield", numba.types.int32())


@compiled
def _linger(given: Array, seen: int, tries: int) -> None:
    for _ in range(tries):
        if given[0] != seen:  # read again each time: the call might have changed it
            return
        _sched_yield()


if hasattr(os, "sched_yield"):
    threads.linger = _linger


def loop(name: Any) -> Callable[[Function], Function]:
    """Registers a function with the CPU's backend as the loop of this name."""

    def register(function: Function) -> Function:
        NumpyBackend.loops[name] = function
        return function

    return register


def in_blocks(loop: Callable[..., None], arrays: Sequence[Array], *numbers: Any) -> None:
    """loop(*arrays, *numbers), in blocks along the first axis if there is work for more than one thread."""
    blocks = min(arrays[0].size // BLOCK, threads.MOST_BLOCKS)
    if blocks < 2:
        loop(*arrays, *numbers)
    else:
        cuts = threads.cut(len(arrays[0]), blocks)
        threads.each(lambda cut: loop(*[array[cut] for array in arrays], *numbers), cuts)
