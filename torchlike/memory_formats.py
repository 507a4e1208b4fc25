"""How a tensor's dimensions lie in memory: arguments that are accepted and not followed."""

from __future__ import annotations


class memory_format:
    """One of the ways to lie in memory, by its name."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"autograd.{self.name}"


contiguous_format = memory_format("contiguous_format")
preserve_format = memory_format("preserve_format")
channels_last = memory_format("channels_last")
channels_last_3d = memory_format("channels_last_3d")
