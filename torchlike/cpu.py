"""The CPU, asked as if it were a GPU: its work is done when a call returns."""

from __future__ import annotations

from types import TracebackType
from typing import Any


class Stream:
    """The one queue of work."""

    def __init__(self, priority: int = -1) -> None:
        self.priority = priority

    def wait_stream(self, stream: Any) -> None:
        """Its work is done."""

    def synchronize(self) -> None:
        """Its work is done."""


class StreamContext:
    """A block in which nothing changes."""

    def __init__(self, stream: Stream | None) -> None:
        self.stream = stream

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass


stream = StreamContext
_stream = Stream()


def is_available() -> bool:
    """True."""
    return True


is_initialized = is_available


def device_count() -> int:
    """1."""
    return 1


def current_device() -> str:
    """cpu."""
    return "cpu"


def set_device(device: Any) -> None:
    """There is one."""


def synchronize(device: Any = None) -> None:
    """Its work is done."""


def current_stream(device: Any = None) -> Stream:
    """The one queue of work."""
    return _stream
