"""record_function: names for parts of a computation, which a profile shows around the operations."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any, Self, TypeVar

from ..engine.modes import Modes, Observer

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])


class record_function:
    """Marks a block, or as a decorator each call of a function, by a name in the profile; parts may nest.

    Where nobody profiles, it does nothing.

    >>> import autograd
    >>> from autograd.profiler import profile, record_function
    >>> with profile() as measured, record_function("two products"):
    ...     x = autograd.ones(2, 2) @ autograd.ones(2, 2) @ autograd.ones(2, 2)
    >>> [(each.key, each.count) for each in measured.key_averages() if each.key != "full"]
    [('two products', 1), ('matmul', 2)]
    """

    def __init__(self, name: str, args: str | None = None) -> None:
        self.name = name
        self._open: list[tuple[Observer, Any]] = []

    def __enter__(self) -> Self:
        observer = Modes.observer
        if observer is not None:
            self._open.append((observer, observer.begin(self.name)))
        return self

    def __exit__(self, *exc: object) -> None:
        if self._open:
            observer, part = self._open.pop()
            observer.end(part)

    def __call__(self, function: F) -> F:
        @functools.wraps(function)
        def marked(*args: Any, **kwargs: Any) -> Any:
            with record_function(self.name):
                return function(*args, **kwargs)

        return marked  # type: ignore[return-value]


_END: Any = object()


def each_marked(items: Iterator[T], name: str) -> Iterator[T]:
    """The items; the time that each takes to come is a part called `name` in the profile."""
    while True:
        if Modes.observer is None:
            item = next(items, _END)
        else:
            with record_function(name):
                item = next(items, _END)
        if item is _END:
            return
        yield item
