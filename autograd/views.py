"""In-place changes and views: who shares memory with whom, and whose history a write rewrites.

A tensor and its views share one cell `[version, rewrites]`. Each write in place counts a version (so
that a stale saved value is noticed); each write that changes the history counts a rewrite (so that
every other view derives its history anew from the base when it is next used).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .errors import BackwardError, OperationError
from .modes import modes
from .primitive import Primitive

if TYPE_CHECKING:
    from .engine import Node
    from .tensor import Tensor


class View:
    """How a view was cut out of its base: by `primitive(params)` from `parent`, or from the base itself."""

    __slots__ = ("base", "params", "parent", "primitive", "recorded", "rewrites")

    def __init__(self, source: Tensor, primitive: Primitive, params: dict[str, Any]) -> None:
        self.parent = source._view
        self.base: Tensor = source if self.parent is None else self.parent.base
        self.primitive = primitive
        self.params = params
        self.recorded = modes.grad
        self.rewrites = source._versions[1]

    def replay(self, x: Tensor) -> Tensor:
        """The same view, cut out of another tensor shaped like the base."""
        from .engine import apply

        steps = []
        step: View | None = self
        while step is not None:
            steps.append(step)
            step = step.parent
        for step in reversed(steps):
            x = apply(step.primitive, x, **step.params)
        return x


def check_writable(x: Any, operation: str, tracked: bool = False) -> None:
    """Refuses a write in place that would lose a gradient or hit shared elements, before anything is changed."""
    if modes.grad and x._requires_grad:
        if x._node is None:
            raise BackwardError(
                f"{operation}: a leaf tensor that requires grad is being written in place; "
                "do it inside no_grad(), or on a clone()"
            )
        base = x._view.base if x._view is not None else None
        if base is not None and base._requires_grad and base._node is None:
            raise BackwardError(
                f"{operation}: a view of a leaf tensor that requires grad is being written in place; "
                "do it inside no_grad(), or on a clone()"
            )
    view = x._view
    if modes.grad and view is not None and not view.recorded and (tracked or view.base._requires_grad):
        raise BackwardError(
            f"{operation}: a view made in no_grad mode is being written in place with grad mode enabled; "
            "make the view outside no_grad"
        )
    if x._versions is None and not modes.inference:
        raise BackwardError(
            f"{operation}: a tensor made in inference_mode can't be changed in place outside; clone() it first"
        )
    if not x._backend.exclusive(x._array) and x._array.size > 1:
        raise OperationError(
            f"{operation}: several elements of the written tensor (shape {tuple(x._array.shape)}, expanded) share one "
            "place in memory; clone() it before writing"
        )


def refresh(x: Tensor) -> None:
    """Derives the history of a view anew, after its base's was rewritten."""
    view = x._view
    assert view is not None
    view.rewrites = x._versions[1]
    if not view.recorded:
        return
    before = modes.grad, modes.listener
    modes.grad, modes.listener = True, None
    try:
        again = view.replay(view.base)
    finally:
        modes.grad, modes.listener = before
    x._node, x._output, x._requires_grad = again._node, again._output, again._requires_grad


def rewrite(target: Tensor, node: Node) -> None:
    """Makes `node` the history of `target`, which was just written, and of what it is a view of."""
    from .engine import Node, edge_of

    view = target._view
    if view is not None:
        base = view.base
        overwritten = Node(_overwrite, {"view": view}, [edge_of(base), (node, 0)], 1)
        base._node, base._output, base._requires_grad = overwritten, 0, True
    target._node, target._output, target._requires_grad = node, 0, True
    target._versions[1] += 1
    if view is not None:
        view.rewrites = target._versions[1]


def _never_run(xp: Any, base: Any, value: Any, *, view: View) -> Any:
    raise AssertionError("the write itself has already happened")


def _outside(g: Tensor, view: View) -> Tensor:
    """`g` with zeros where the view lies."""
    from .ops.creation import arange, ones

    with_positions = view.replay(arange(g.numel(), device=g.device).reshape(g.shape))
    mask = ones(g.numel(), dtype=g.dtype, device=g.device)
    mask[with_positions.reshape(-1)] = 0.0
    return g * mask.reshape(g.shape)


_overwrite = Primitive(_never_run, name="overwrite_view")
_overwrite.define("base", lambda g, view: _outside(g, view))
_overwrite.define("value", lambda g, view: view.replay(g))
