"""What a device can do at most, as far as this engine's arrays reach it: bytes and operations a second.

The two roofs of the roofline model (S. Williams, A. Waterman, D. Patterson, 2009).
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import autograd
from autograd.backend import get_backend

from .cases import FLOAT, synchronize

STREAM = 2**24  # elements of an array: 64 MiB
SIDES = (512, 1024, 2048, 4096, 8192)


def _triad(xp: Any, a: Any, b: Any, c: Any) -> None:
    """a = b + 3 c, in two passes over memory."""
    xp.multiply(c, 3.0, out=a)
    xp.add(a, b, out=a)


def bandwidth(device: str, seconds: float = 0.3, elements: int | None = None) -> float:
    """Bytes a second of a triad (J. McCalpin's STREAM, 1995) on arrays that fit into no cache: the most of some rounds.

    The CPU does it in as many threads as the engine has. Two passes read three arrays and write two.
    """
    backend, elements = get_backend(device), elements or STREAM
    parts = autograd.get_num_threads() if device == "cpu" else 1
    arrays = [[autograd.ones(elements // parts, device=device)._array for _ in range(3)] for _ in range(parts)]
    moved, best = 5 * FLOAT * (elements // parts) * parts, 0.0
    with ThreadPoolExecutor(parts) as pool:
        end = time.perf_counter() + seconds
        while not best or time.perf_counter() < end:
            synchronize(device)
            start = time.perf_counter()
            if parts == 1:
                _triad(backend.xp, *arrays[0])
            else:
                for done in [pool.submit(_triad, backend.xp, *each) for each in arrays]:
                    done.result()
            synchronize(device)
            best = max(best, moved / (time.perf_counter() - start))
    return best


def peak(device: str, seconds: float = 0.3, sides: tuple[int, ...] | None = None) -> float:
    """Operations a second in float32 of a product of square matrices: the most of some sizes.

    Larger ones are not tried where one product takes longer than `seconds`.
    """
    best = 0.0
    for n in sides or SIDES:
        x = autograd.ones(n, n, device=device)
        fastest = float("inf")
        end = time.perf_counter() + seconds
        while fastest == float("inf") or time.perf_counter() < end:
            synchronize(device)
            start = time.perf_counter()
            x @ x
            synchronize(device)
            fastest = min(fastest, time.perf_counter() - start)
        best = max(best, 2 * n**3 / fastest)
        if 8 * fastest > seconds:  # a side of twice the length
            break
    return best
