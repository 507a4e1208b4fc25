"""Size: a shape."""

from __future__ import annotations

from typing import Any


class Size(tuple):
    """A shape: a tuple of ints that knows its number of elements."""

    __slots__ = ()

    def numel(self) -> int:
        count = 1
        for size in self:
            count *= size
        return count

    def __add__(self, other: Any) -> Size:
        return Size(super().__add__(tuple(other)))

    def __getitem__(self, index: Any) -> Any:
        item = super().__getitem__(index)
        return Size(item) if isinstance(index, slice) else item

    def __repr__(self) -> str:
        return f"autograd.Size({list(self)})"
