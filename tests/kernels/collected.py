"""Every primitive as the table of operations runs it, forward and backward: its inputs and parameters."""

from __future__ import annotations

import functools
from collections import defaultdict
from typing import Any

import numpy as np

import autograd
from autograd.engine.modes import Listener, modes
from autograd.engine.primitive import Primitive
from tests.helpers.calls import arguments, here, leaves, ours
from tests.helpers.operation import Draw
from tests.helpers.table import TABLE

Call = tuple[list[Any], dict[str, Any], list[Any]]  # arrays and numbers, parameters, results
EACH = 6  # calls of a primitive, of other kinds of inputs or parameters


class _Collector(Listener):
    def __init__(self) -> None:
        self.calls: dict[Primitive, dict[Any, Call]] = defaultdict(dict)

    def on_apply(self, primitive: Any, inputs: Any, params: dict[str, Any], outputs: Any, arrays: Any) -> None:
        kinds = tuple([(x.dtype.char, x.ndim) if isinstance(x, np.ndarray) else type(x) for x in arrays])
        known = self.calls[primitive]
        key = kinds, repr(sorted(params))
        if key not in known and len(known) < EACH and not primitive.mutates:
            made = outputs if isinstance(outputs, tuple) else (outputs,)
            kept = [x.copy() if isinstance(x, np.ndarray) else x for x in arrays]
            known[key] = kept, params, [x._array.copy() for x in made]

    def on_unreplayable(self, what: str) -> None:
        """Values may be read: nothing is replayed here."""


@functools.cache
def collected() -> dict[Primitive, list[Call]]:
    """Calls of every primitive that the table of operations uses."""
    collector = _Collector()
    for row in TABLE:
        for _, call in zip(range(2), row.samples(Draw()), strict=False):
            args, kwargs = arguments(call, ours())
            modes.listener = collector
            try:
                made = here(row.name)(*args, **kwargs)
                outs = [
                    x for x in (made if isinstance(made, tuple | list) else [made]) if getattr(x, "requires_grad", 0)
                ]
                inputs = leaves([*args, *kwargs.values()])
                if row.differentiable and outs and inputs:
                    autograd.grad(outs, inputs, [autograd.ones_like(x) for x in outs], allow_unused=True)
            finally:
                modes.listener = None
    return {primitive: list(calls.values()) for primitive, calls in collector.calls.items()}
