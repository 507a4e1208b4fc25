"""Ranges and marks for NVIDIA's profilers."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from .library import gpu

_depth = 0


def range_push(msg: str) -> int:
    """Begins a range inside of those that are open; how many those are."""
    global _depth
    gpu()[0].cuda.nvtx.RangePush(msg)
    _depth += 1
    return _depth - 1


def range_pop() -> int:
    """Ends the range that was begun last; how many are open yet."""
    global _depth
    gpu()[0].cuda.nvtx.RangePop()
    _depth -= 1
    return _depth


def range_start(msg: str) -> Any:
    """Begins a range that may end in any order: a handle for `range_end`."""
    return gpu()[0].cuda.nvtx.RangeStart(msg)


def range_end(range_id: Any) -> None:
    """Ends a range that `range_start` began."""
    gpu()[0].cuda.nvtx.RangeEnd(range_id)


def mark(msg: str) -> None:
    """Marks a moment."""
    gpu()[0].cuda.nvtx.Mark(msg)


@contextlib.contextmanager
def range(msg: str, *args: Any, **kwargs: Any) -> Iterator[None]:
    """A range of what is inside, or as a decorator of a function."""
    range_push(msg.format(*args, **kwargs))
    try:
        yield
    finally:
        range_pop()
