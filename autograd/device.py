"""Names of devices: `cpu`, `cuda`, `cuda:1`, or whatever a registered backend calls its own."""

from __future__ import annotations

from typing import TypeAlias


class device:
    """A place where tensors live: a type and an index.

    >>> import autograd
    >>> autograd.device("cuda:1").index
    1
    >>> autograd.device("cpu") == "cpu"
    True
    """

    __slots__ = ("index", "type")

    def __init__(self, type: device | str | int, index: int | None = None) -> None:
        self.type: str
        self.index: int | None
        if isinstance(type, device):
            self.type, self.index = type.type, type.index
        elif isinstance(type, int):
            self.type, self.index = "cuda", type
        elif ":" in type:
            if index is not None:
                raise RuntimeError(f"device: {type!r} names an index already")
            self.type, _, number = type.partition(":")
            if not number.isdigit():
                raise RuntimeError(f"device: expected 'type' or 'type:index', got {type}")
            self.index = int(number)
        else:
            self.type, self.index = type, index

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __repr__(self) -> str:
        index = "" if self.index is None else f", index={self.index}"
        return f"device(type='{self.type}'{index})"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str):
            other = device(other)
        return isinstance(other, device) and (self.type, self.index) == (other.type, other.index)

    def __hash__(self) -> int:
        return hash((self.type, self.index))

    def __reduce__(self) -> tuple:
        return device, (self.type, self.index)


DeviceLike: TypeAlias = device | str | int | None  # as a user names one; None for the default
