"""The version of torch whose names these are."""

from __future__ import annotations

from typing import Any


class TorchVersion(str):
    """A version as text, which compares by its numbers with other versions, as text or as tuples.

    >>> TorchVersion("2.13.0+pullback") >= "2.4", TorchVersion("2.13.0+pullback") < (2, 13, 1)
    (True, True)
    """

    __hash__ = str.__hash__

    @staticmethod
    def _key(value: Any) -> tuple[Any, ...]:
        """(2, 13, 0), whether it is a release, and what follows the numbers."""
        if not isinstance(value, str):
            value = ".".join(map(str, value))
        public, _, local = value.partition("+")
        numbers, rest = [], ""
        for part in public.removeprefix("v").split("."):
            digits = part[: len(part) - len(part.lstrip("0123456789"))]
            if digits:
                numbers.append(int(digits))
            if digits != part:
                rest += part[len(digits) :]
        while numbers and not numbers[-1]:
            numbers.pop()
        return tuple(numbers), not rest or rest.startswith("post"), rest, local

    def __lt__(self, other: Any) -> bool:
        return self._key(self) < self._key(other)

    def __le__(self, other: Any) -> bool:
        return self._key(self) <= self._key(other)

    def __gt__(self, other: Any) -> bool:
        return self._key(self) > self._key(other)

    def __ge__(self, other: Any) -> bool:
        return self._key(self) >= self._key(other)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str | tuple | list) and self._key(self) == self._key(other)

    def __ne__(self, other: object) -> bool:
        return not self == other


__version__ = TorchVersion("2.13.0+pullback")
