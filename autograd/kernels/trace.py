"""trace: the expressions of what a primitive makes of its inputs."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..engine.primitive import Primitive
from .backend import SymbolicBackend
from .expression import Expression, NotLoweredError, text, walk
from .symbols import Symbol

__all__ = ["NotLoweredError", "Traced", "trace"]


@dataclass(frozen=True)
class Traced:
    """The results of a primitive, and of the inputs that it writes what they hold at the end, by position."""

    results: tuple[Expression, ...]
    written: dict[int, Expression]

    @property
    def roots(self) -> tuple[Expression, ...]:
        return (*self.results, *self.written.values())

    @property
    def kind(self) -> str:
        """pointwise; rows, if something is summed up; product, of matrices; moving, if elements only go elsewhere."""
        found = {x.name for x in walk(*self.roots)}
        names = found - _LEAVES
        if "matmul" in names:
            return "product"
        if names & _REDUCTIONS:
            return "rows"
        return "pointwise" if names - _MOVES or "input" not in found else "moving"

    def __str__(self) -> str:
        return text(*self.roots)


_LEAVES = {"input", "number", "arange"}
_REDUCTIONS = {"sum", "prod", "max", "min"}
_MOVES = {"reshape", "permute", "broadcast", "index", "concat"}


@functools.cache
def _backend() -> SymbolicBackend:
    return SymbolicBackend()


def trace(primitive: Primitive, inputs: Sequence[Any], params: dict[str, Any]) -> Traced:
    """What the primitive would make of inputs like these, as expressions of them.

    Arrays among the inputs are looked at for their shapes and dtypes alone; numbers are constants of the expressions.
    NotLoweredError, with the reason, if it can't be said so.
    """
    given = [_stand_in(i, x) for i, x in enumerate(inputs)]
    backend = _backend()
    try:
        made = primitive.compute(backend if primitive.wants_backend else backend.xp, *given, **params)
    except NotLoweredError:
        raise
    except (AttributeError, TypeError, NotImplementedError) as error:
        raise NotLoweredError(f"asks of an array what a symbol does not have: {error}") from error
    results = made if isinstance(made, tuple) else () if made is None else (made,)
    if not all(isinstance(x, Symbol) for x in results):
        raise NotLoweredError(f"returns {', '.join(type(x).__name__ for x in results)}")
    written = primitive.mutated(params) if primitive.mutates else ()
    return Traced(tuple([x.expression for x in results]), {i: given[i].expression for i in written})


def _stand_in(number: int, x: Any) -> Any:
    if isinstance(x, np.ndarray):
        return Symbol(Expression("input", (), x.shape, x.dtype, number))
    return x
