"""In-place changes and views: who shares memory with whom, and whose history a write rewrites.

A tensor and its views share one `Memory`. Each write in place is counted there (so that a stale saved
value is noticed). A write through a view rewrites the history of the base alone, and counts a change: every
view, the written one too, derives its history anew from the base when it is next used.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable, Sequence
from typing import Any

from .. import dtypes
from .errors import BackwardError, OperationError
from .methods import Methods
from .modes import modes, switched
from .node import Edge, Node, attend, edge_of
from .primitive import Primitive
from .tensor import Tensor

Step = tuple[Primitive, dict[str, Any]]


def follow(steps: Sequence[Step], x: Tensor) -> Tensor:
    """What a way into memory, step by step, leads to in another tensor shaped like the base."""
    for primitive, params in steps:
        x = primitive(x, **params)
    return x


class View:
    """Which tensor's memory a view looks at, and where: by `primitive(params)` of what `before` looks at."""

    __slots__ = ("base", "before", "changes", "moves", "params", "primitive", "recorded", "reshapes")

    def __init__(self, source: Tensor, primitive: Primitive, params: dict[str, Any]) -> None:
        memory, before = source._memory, source._view
        self.base: Tensor = source if before is None else before.base
        self.primitive, self.params, self.before = primitive, params, before
        self.recorded: bool = modes.grad and (before is None or before.recorded)
        self.changes, self.moves = memory.changes, memory.moves
        self.reshapes: int = len(memory.reshapes) if before is None else before.reshapes

    def way(self) -> list[Step]:
        """The steps that lead from the base, as it is shaped now, to the view."""
        steps: list[Step] = []
        view: View | None = self
        while view is not None:
            steps.append((view.primitive, view.params))
            view = view.before
        since = self.base._memory.reshapes[self.reshapes :]
        back = [step for reshaped, step in since if reshaped() is self.base]
        return [*reversed(back), *reversed(steps)]

    def refresh(self, x: Tensor) -> None:
        """Derives the view x anew after its base changed: its history, and its array if the elements were moved."""
        memory = x._memory
        moved = self.moves != memory.moves
        self.changes, self.moves = memory.changes, memory.moves
        if not moved and (not self.recorded or (x._node is None and not self.base._requires_grad)):
            return
        before = modes.grad, modes.listener
        modes.grad = self.recorded
        if not moved:
            modes.listener = None  # only the history is of interest
        try:
            again = follow(self.way(), self.base)
        finally:
            modes.grad, modes.listener = before
        if moved:
            x._array = again._array
        if self.recorded:
            set_history(x, again._node, again._output)


def base_of(x: Tensor) -> Tensor:
    return x if x._view is None else x._view.base


def check_writable(x: Any, operation: str, tracked: bool = False) -> None:
    """Refuses a write in place that would lose a gradient or hit shared elements, before anything is changed."""
    view = x._view
    if view is not None:
        drop_hidden_base(x)
        x._renew()
        view = x._view
    if (x._requires_grad or view is not None) and modes.grad:
        _check_recorded(x, view, operation, tracked)
    memory = x._memory
    if memory is None:
        if not modes.inference:
            raise BackwardError(
                f"{operation}: a tensor made in inference_mode can't be changed in place outside; clone() it first"
            )
    elif memory.copies and memory.has_copies():
        raise OperationError(
            f"{operation}: a reshape of this tensor (or the tensor that this is a reshape of) had to copy what other "
            "tensors see, too, so the write can't reach it; clone() before reshaping"
        )
    if x._array.size > 1 and not x._backend.exclusive(x._array):
        raise OperationError(
            f"{operation}: several elements of the written tensor (shape {tuple(x._array.shape)}, expanded) share one "
            "place in memory; clone() it before writing"
        )


def _check_recorded(x: Tensor, view: View | None, operation: str, tracked: bool) -> None:
    """Refuses a write that is recorded to a leaf, or to a view whose history is not."""
    if x._requires_grad:
        is_leaf = x._node is None
        if is_leaf or (view is not None and view.base._requires_grad and view.base._node is None):
            raise BackwardError(
                f"{operation}: a {'' if is_leaf else 'view of a '}leaf tensor that requires grad is being written in "
                "place; do it inside no_grad(), or on a clone()"
            )
    if view is not None and not view.recorded and (tracked or view.base._requires_grad):
        raise BackwardError(
            f"{operation}: a view made in no_grad mode is being written in place with grad mode enabled; "
            "make the view outside no_grad"
        )


def drop_hidden_base(x: Tensor) -> None:
    """Makes a view of a tensor that nobody else can see a tensor of its own.

    A function composed of others may return a view of what it made on the way.
    """
    view = x._view
    assert view is not None
    steps = 1
    step = view
    while step.before is not None:
        if sys.getrefcount(step.before) > 2:  # by `step` and by this call; another view goes on from there
            return
        step = step.before
        steps += 1
    if sys.getrefcount(view.base) <= steps + 1:  # by the steps and by this call
        x._renew()
        x._view = None


def settle(x: Tensor) -> bool:
    """Moves the elements that x looks at to C order, where torch's lie; False if something else holds on to them."""
    memory = x._memory
    base = base_of(x)
    if base._backend.is_contiguous(base._array):
        memory.reordered = False
        return True
    if memory.aliased and not base._backend.sole(base._array):
        return False
    old = base._array
    with switched(grad=False):
        moved = base._in_c_order()._array
    for holder in (base, *(each() for each in memory.twins)):
        if holder is not None and holder._array is old:
            holder._array = moved
    memory.reordered = False
    memory.moves += 1
    memory.changes += 1
    if x._view is not None:
        x._view.refresh(x)
    return True


def settled(x: Tensor) -> Any:
    """The array of x, its elements moved to where torch's lie if they were not there."""
    x._renew()
    if x._memory is not None and x._memory.reordered:
        settle(x)
    return x._array


def set_history(x: Tensor, node: Node | None, output: int) -> None:
    """Makes an output of a node the history of x. A gradient that x retains is then that of its new value."""
    old = x._node
    if old is not None and old.retained is not None:
        kept = old.retained.get(x._output)
        if kept is not None and kept() is x and node is not None:
            del old.retained[x._output]
            node.retain(output, x)
    x._node, x._output, x._requires_grad = node, output, node is not None


def old_value(x: Tensor) -> Tensor:
    """The view x, about to be written, cut out of its base anew: the write's derivative goes to the base at once,
    not by way of x and of the views that x was cut out of, as hooks on these would see."""
    view = x._view
    assert view is not None
    if not x.requires_grad or (view.before is None and x._node._hooks is None):  # type: ignore[union-attr]
        return x
    return follow(view.way(), view.base)


def rewrite(target: Tensor, node: Node, output: int = 0) -> None:
    """Makes an output of `node` the history of `target`, which was just written, and of what it is a view of."""
    view = target._view
    if view is None:
        set_history(target, node, output)
        return
    base = view.base
    target._memory.changes += 1
    written = _Overwrite(view.way(), [edge_of(base), (node, output)])
    if modes.attentive:
        attend(written)
    set_history(base, written, 0)
    target._requires_grad = True  # the rest of its history is derived from the base's when it is next used


def reshape_in_place(x: Tensor, function: Callable[[Tensor], Tensor], inverse: Callable[[Step], Step]) -> None:
    """Makes of x itself the view that `function` gives; `inverse` is the step back to what it was.

    Views that were cut out of x before go on looking where they looked, by that step back.
    """
    memory = x._memory
    if memory is not None and memory.reordered:
        settle(x)
    with switched(grad=True):
        made = function(x)
    if made is x:
        return
    if x._view is not None:
        x._view = made._view
    elif made._view is not None:
        memory.reshapes += ((weakref.ref(x), inverse((made._view.primitive, made._view.params))),)
    if memory is not None:
        memory.changes += 1
        if x._view is not None:
            x._view.changes = memory.changes  # x itself has its history; other views derive theirs anew
    x._array = made._array
    if x._grad is not None:
        x._grad = function(x._grad.detach())
    if made._node is not None:
        set_history(x, made._node, made._output)


class _Overwrite(Node):
    """A base whose elements were written through a view: its gradient goes to what stood there before, but for where
    the view lies, and from there to what was written."""

    __slots__ = ("way",)

    def __init__(self, way: list[Step], edges: list[Edge | None]) -> None:
        super().__init__(None, {}, edges, 1)
        self.way = way

    @property
    def label(self) -> str:
        return "overwrite_view"

    def differentiate(self, gradients: list[Any], needed: Sequence[Edge | None]) -> list[Tensor | None]:
        (g,) = gradients
        before, written = needed
        return [None if before is None else _outside(g, self.way), None if written is None else follow(self.way, g)]


def _outside(g: Tensor, way: list[Step]) -> Tensor:
    """`g` with zeros where the view lies."""
    kept = g.clone() if g._backend.is_contiguous(g._array) else g._in_c_order()
    inside = follow(way, kept)
    if inside._memory is kept._memory:
        inside.zero_()
        return kept
    # The way in led through a memory order that g has not: by the places then.
    numbers = g.new_ones(g.numel(), dtype=dtypes.int64).cumsum(0) - 1
    places = follow(way, numbers.reshape(g.shape))
    mask = g.new_ones(g.numel())
    mask[places.reshape(-1)] = 0.0
    return g * mask.reshape(g.shape)


Methods._settle = settle  # type: ignore[assignment, method-assign]
Methods._drop_hidden_base = drop_hidden_base  # type: ignore[assignment, method-assign]
