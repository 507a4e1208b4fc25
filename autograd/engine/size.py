"""Size: a shape."""

from __future__ import annotations

from collections.abc import Iterable
from typing import SupportsIndex, overload


class Size(tuple[int, ...]):
    """A shape: a tuple of ints that knows its number of elements."""

    __slots__ = ()

    def numel(self) -> int:
        count = 1
        for size in self:
            count *= size
        return count

    def __add__(self, other: Iterable[int]) -> Size:  # type: ignore[override]
        return Size(super().__add__(tuple(other)))

    @overload
    def __getitem__(self, index: SupportsIndex) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> Size: ...
    def __getitem__(self, index: SupportsIndex | slice) -> int | Size:
        return Size(super().__getitem__(index)) if isinstance(index, slice) else super().__getitem__(index)

    def __repr__(self) -> str:
        return f"autograd.Size({list(self)})"
