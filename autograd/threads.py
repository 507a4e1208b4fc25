"""How many threads compute."""

from __future__ import annotations

import os

import numpy as np

from .backend import threads


def set_num_threads(count: int) -> None:
    """How many threads compute a large product of matrices: also those of NumPy's and SciPy's linear algebra.

    At first it is the number that NumPy's OpenBLAS starts with (OPENBLAS_NUM_THREADS, OMP_NUM_THREADS, or the
    cores that this process may use); the environment variable AUTOGRAD_NUM_THREADS sets it at import. The
    results have the same bits whatever the number. RuntimeError for less than one thread.

    >>> before = get_num_threads()
    >>> set_num_threads(1)
    >>> get_num_threads()
    1
    >>> set_num_threads(before)
    """
    if isinstance(count, bool) or not isinstance(count, int | np.integer) or count < 1:
        raise RuntimeError(f"set_num_threads: expected a positive integer, got {count!r}")
    threads.set_count(int(count))


def get_num_threads() -> int:
    """How many threads compute a large product of matrices."""
    return threads.get_count()


if _wanted := os.environ.get("AUTOGRAD_NUM_THREADS"):
    if not _wanted.isdecimal():
        raise RuntimeError(f"AUTOGRAD_NUM_THREADS: expected a positive integer, got {_wanted!r}")
    set_num_threads(int(_wanted))
