"""Which operation of a computation has the wrong derivative: each is checked on its own, where it stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..callers import user_frames
from ..engine import apply
from ..modes import modes
from ..tensor import Tensor, wrap
from .gradcheck import GradcheckError, gradcheck


class Witness:
    """A listener that keeps every operation of a call, with copies of what it was given."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, Callable[..., Any], list[Any]]] = []

    def on_apply(self, primitive: Any, inputs: Any, params: dict[str, Any], outputs: Any, arrays: Any) -> None:
        if not primitive.differentiable:
            return
        mutated = primitive.mutates(**params) if callable(primitive.mutates) else primitive.mutates

        def again(*given: Any) -> Any:
            return apply(primitive, *[x.clone() if i in mutated else x for i, x in enumerate(given)], **params)

        # What was written in place is known before the write only to the operation itself.
        if not mutated:
            self._keep(primitive.name, again, inputs)

    def on_function(self, function: Any, arguments: Any) -> None:
        self._keep(function.__name__, function.apply, arguments)

    def _keep(self, name: str, again: Callable[..., Any], inputs: Any) -> None:
        given = []
        for x in inputs:
            if isinstance(x, Tensor):
                x = wrap(x._backend.copy(x._array), x._backend)
                x = x.double() if x.is_floating_point() else x
            given.append(x)
        self.calls.append((name, _caller(), again, given))

    def on_grad_read(self, x: Tensor) -> None: ...

    def on_grad_written(self, x: Tensor, gradient: Tensor | None) -> None: ...

    def on_guarded(self, read: Callable[[], Any], value: Any) -> None: ...

    def on_unreplayable(self, what: str) -> None: ...


def _caller() -> str:
    frames = user_frames()
    return f"{frames[-1].filename}:{frames[-1].lineno}: {frames[-1].line}" if frames else "?"


def find_culprits(function: Callable[..., Any], inputs: Any) -> list[str]:
    """One paragraph for each operation in `function(*inputs)` whose own derivative is not the numeric one."""
    witness = Witness()
    before, modes.listener = modes.listener, witness
    try:
        function(*inputs)
    finally:
        modes.listener = before
    found = []
    for name, where, again, given in witness.calls:
        checked = [x.requires_grad_() if isinstance(x, Tensor) and x.is_floating_point() else x for x in given]
        if not any(isinstance(x, Tensor) and x.requires_grad for x in checked):
            continue
        try:
            gradcheck(again, checked)
        except GradcheckError as error:
            found.append(f"{name}, called at {where}\n{error}")
        except Exception:  # it can't stand alone at these values; the whole was wrong for another reason
            continue
    return list(dict.fromkeys(found))
