"""Memory that arrays leave is kept for the next ones.

A step frees as many megabytes as it takes. glibc's malloc gives them back to the operating system, which clears
every page when the next step asks for it again: a fifth to a third of a convolutional step. Here it keeps them,
up to a limit.
"""

from __future__ import annotations

import ctypes
import os

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # names and numbers of mallopt(3)
LARGEST = 64 << 20  # bytes of an array that is kept; larger ones go back at once
KEPT = 512  # MiB of freed memory that are kept


def keep_freed_memory() -> bool:
    """Asks glibc to keep `AUTOGRAD_KEEP_MEMORY` MiB (512 unless set; 0: nothing is changed); whether it will.

    Who has set malloc's own variables has decided otherwise.
    """
    given = os.environ.get("AUTOGRAD_KEEP_MEMORY") or str(KEPT)
    if not given.isdecimal():
        raise RuntimeError(f"AUTOGRAD_KEEP_MEMORY: expected a number of MiB, got {given!r}")
    kept = min(int(given), 2047) << 20
    chosen = any(name.startswith("MALLOC_") for name in os.environ) or "malloc" in os.environ.get("GLIBC_TUNABLES", "")
    if not kept or chosen:
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # another C library
        return False
    return bool(mallopt(M_MMAP_THRESHOLD, min(LARGEST, kept)) and mallopt(M_TRIM_THRESHOLD, kept))
