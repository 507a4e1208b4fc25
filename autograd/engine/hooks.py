"""Where hooks are kept, and how they are taken out again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .tensor import Tensor

    Hook = Callable[[Tensor], Tensor | None]


class Hooks:
    """The hooks of a leaf: on its gradient, and after it was accumulated."""

    __slots__ = ("after", "gradient")

    def __init__(self) -> None:
        self.gradient: dict[int, Hook] = {}
        self.after: dict[int, Callable[[Tensor], None]] = {}


class RemovableHandle:
    """What registering a hook returns: `remove()` takes the hook out again (also at the end of a `with`)."""

    _next = 0

    def __init__(self, hooks: dict[int, Any], hook: Any, marks: Sequence[dict[int, bool]] = ()) -> None:
        RemovableHandle._next += 1
        self.id = RemovableHandle._next
        self._hooks, self._marks = hooks, marks
        hooks[self.id] = hook
        for mark in marks:
            mark[self.id] = True

    def remove(self) -> None:
        for held in (self._hooks, *self._marks):
            held.pop(self.id, None)

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *exc: object) -> None:
        self.remove()
