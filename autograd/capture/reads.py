"""Numbers that a step reads at its end and returns: they tell when anything else is done with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_USES = (
    *("lt", "le", "gt", "ge", "eq", "ne", "bool", "hash", "int", "float", "trunc", "floor", "ceil", "round"),
    *("index", "format", "str", "repr", "abs", "neg", "pos", "add", "radd", "sub", "rsub", "mul", "rmul"),
    *("truediv", "rtruediv", "floordiv", "rfloordiv", "mod", "rmod", "divmod", "rdivmod", "pow", "rpow"),
)


def _using(kind: type, name: str) -> Callable[..., Any]:
    plain = getattr(kind, name)

    def use(self: Any, *others: Any) -> Any:
        self.noticed()
        return plain(self, *others)

    return use


def _reading(kind: type) -> type:
    """A subclass of a number's class, whose instances call `noticed` when they are computed with, compared or shown."""
    uses = {f"__{name}__": _using(kind, f"__{name}__") for name in _USES if hasattr(kind, f"__{name}__")}
    return type(f"read_{kind.__name__}", (kind,), uses)


_KINDS = {kind: _reading(kind) for kind in (int, float, complex)}


def read_as(value: Any, noticed: Callable[[], None]) -> Any:
    """The number as one that calls `noticed` when it is used; None if its kind has no subclasses (bool)."""
    kind = _KINDS.get(type(value))
    if kind is None:
        return None
    number = kind(value)
    number.noticed = noticed
    return number


def plain(x: Any) -> Any:
    """The number itself."""
    for kind, reading in _KINDS.items():
        if type(x) is reading:
            return kind.__pos__(x)  # type: ignore[arg-type]
    return x
