"""One number for each dimension, from what layers are given: a number for all of them, or each its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


def ntuple(n: int) -> Callable[[Any], tuple[Any, ...]]:
    """The function that repeats a number n times, and makes a tuple of what is several already.

    >>> ntuple(2)(3), ntuple(2)([1, 2])
    ((3, 3), (1, 2))
    """

    def repeated(value: Any) -> tuple[Any, ...]:
        return tuple(value) if isinstance(value, Iterable) else (value,) * n

    return repeated


single, pair, triple, quadruple = map(ntuple, (1, 2, 3, 4))


def reversed_and_repeated(values: Iterable[Any], times: int) -> tuple[Any, ...]:
    """Each value `times` times, the last first: widths of padding, as `pad` takes them."""
    return tuple(value for value in reversed(tuple(values)) for _ in range(times))


def with_defaults(out_size: Any, defaults: list[int]) -> Any:
    """The sizes, where None stands for the last of the defaults."""
    if isinstance(out_size, int | slice):
        return out_size
    if len(defaults) <= len(out_size):
        raise ValueError(f"Input dimension should be at least {len(out_size) + 1}")
    known = defaults[-len(out_size) :]
    return [size if given is None else given for given, size in zip(out_size, known, strict=True)]
