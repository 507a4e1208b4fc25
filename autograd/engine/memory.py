"""Memory: what a tensor and all that look at the same elements have in common."""

from __future__ import annotations

import weakref
from typing import Any


class Memory:
    """The history of some elements in memory, held by every tensor that looks at them."""

    # Class attributes are the values of fresh memory: most tensors are never written, so most objects hold nothing.
    writes: int = 0  # how often the elements were written in place: a stale saved value is noticed by it
    changes: int = 0  # how often what views know of their base became old: each write, each move
    moves: int = 0  # how often the elements were moved to C order
    reordered: bool = False  # they lie in an order of this engine's own, where torch's lie in C order
    # Which tensor was reshaped in place, and the step back, which views cut out of it before that take first.
    reshapes: tuple[tuple[weakref.ref[Any], Any], ...] = ()
    twins: tuple[weakref.ref[Any], ...] = ()  # tensors that hold the base's own array, by detach(), and move with it
    aliased: bool = False  # seen by tensors or arrays that don't know their base: .data, numpy(), detach() of views
    copies: tuple[weakref.ref[Memory], ...] = ()  # memory that torch would share, and this engine had to copy

    def note_twins(self, *tensors: Any) -> None:
        """These hold one array."""
        known = [x for each in self.twins if (x := each()) is not None]
        known += [x for x in tensors if not any(x is twin for twin in known)]
        self.twins = tuple(map(weakref.ref, known))

    def has_copies(self) -> bool:
        """Whether something lives that a write here should reach, and can't."""
        return any(each() is not None for each in self.copies)

    def note_copy(self, other: Memory) -> None:
        """`other` holds copies of elements that torch would share."""
        self.copies += (weakref.ref(other),)
        other.copies += (weakref.ref(self),)
