"""torch's ways to compute attention, of which a script may choose some: here there is one, whatever is chosen."""

from __future__ import annotations

import contextlib
import enum
from collections.abc import Iterator, Sequence
from typing import Any


class SDPBackend(enum.IntEnum):
    """torch's ways to compute scaled dot product attention."""

    ERROR = -1
    MATH = 0
    FLASH_ATTENTION = 1
    EFFICIENT_ATTENTION = 2
    CUDNN_ATTENTION = 3
    OVERRIDEABLE = 4


chosen = set(SDPBackend) - {SDPBackend.ERROR}  # what a script has left switched on


@contextlib.contextmanager
def sdpa_kernel(backends: SDPBackend | Sequence[SDPBackend], set_priority: bool = False) -> Iterator[None]:
    """Inside, the chosen ways are the ones switched on; the results do not depend on it."""
    wanted: list[Any] = list(backends) if isinstance(backends, list | tuple) else [backends]
    if not wanted or not all(isinstance(each, SDPBackend) for each in wanted):
        raise TypeError(f"sdpa_kernel: expected SDPBackend or a list of them, got {backends!r}")
    before = set(chosen)
    chosen.clear()
    chosen.update(wanted)
    try:
        yield
    finally:
        chosen.clear()
        chosen.update(before)
