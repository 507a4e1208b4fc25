"""Names of devices: `cpu`, `cuda`, `cuda:1`, or whatever a registered backend calls its own."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ClassVar, TypeAlias, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


class device:
    """A place where tensors live: a type and an index.

    As a context manager, and as a decorator, it is where tensors are made inside when no device is named.

    >>> import autograd
    >>> autograd.device("cuda:1").index
    1
    >>> autograd.device("cpu") == "cpu"
    True
    """

    __slots__ = ("index", "type")

    exchange_default: ClassVar[Callable[[DeviceLike], DeviceLike]]  # `autograd.backend` sets it
    _before: ClassVar[list[DeviceLike]] = []  # the default devices outside of the blocks that are open

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

    def __enter__(self) -> device:
        self._before.append(device.exchange_default(self))
        return self

    def __exit__(self, *error: object) -> None:
        device.exchange_default(self._before.pop())

    def __call__(self, function: F) -> F:
        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            with self:
                return function(*args, **kwargs)

        return wrapped  # type: ignore[return-value]


DeviceLike: TypeAlias = device | str | int | None  # as a user names one; None for the default
