"""Expressions: what is computed from inputs and numbers, as immutable nodes; two of the same are one object."""

from __future__ import annotations

import weakref
from collections.abc import Hashable, Iterator
from typing import Any, ClassVar

import numpy as np


class NotLoweredError(NotImplementedError):
    """A computation that leaves no expression: it reads values on the host, or its result's shape depends on them."""


class Expression:
    """One operation: its name, its arguments, the shape and the dtype of its result, and parameters (axes, say).

    Leaves are "input", with its number as parameter, "number", a constant, and "arange". Elementwise operations have
    the names of the array API and broadcast; so do "where" and "cast". "sum", "max", "min" and "prod" reduce the
    axes that are their parameter and drop them; "reshape", "permute", "broadcast", "index" and "concat" move elements;
    "matmul" is the product of matrices.
    """

    __slots__ = ("__weakref__", "arguments", "dtype", "name", "parameters", "shape")

    _known: ClassVar[weakref.WeakValueDictionary[Hashable, Expression]] = weakref.WeakValueDictionary()

    name: str
    arguments: tuple[Expression, ...]
    shape: tuple[int, ...]
    dtype: np.dtype
    parameters: Any

    def __new__(
        cls, name: str, arguments: tuple[Expression, ...], shape: tuple[int, ...], dtype: Any, parameters: Any = None
    ) -> Expression:
        dtype = np.dtype(dtype)
        key = name, tuple(map(id, arguments)), shape, dtype, _exact(parameters)
        found = cls._known.get(key)
        if found is None:
            found = object.__new__(cls)
            found.name, found.arguments, found.shape, found.dtype = name, arguments, shape, dtype
            found.parameters = parameters
            cls._known[key] = found
        return found

    def __repr__(self) -> str:
        return f"{self.name}: {self.dtype.name}{list(self.shape)}"


def _exact(x: Any) -> Hashable:
    """Parameters as a key: 1, 1.0 and True are three, 0.0 and -0.0 are two, and nan is itself."""
    if isinstance(x, tuple):
        return tuple(map(_exact, x))
    return (type(x), repr(x)) if isinstance(x, int | float | complex | slice) else x


def walk(*roots: Expression) -> Iterator[Expression]:
    """All expressions that these are made from and themselves, each once, arguments first."""
    seen: set[Expression] = set()
    stack = [(root, False) for root in reversed(roots)]
    while stack:
        x, ready = stack.pop()
        if ready:
            yield x
        elif x not in seen:
            seen.add(x)
            stack.append((x, True))
            stack += [(argument, False) for argument in reversed(x.arguments)]


def text(*roots: Expression) -> str:
    """One line an operation, as a person reads it: `%3 = multiply(%1, 2.0)`."""
    names: dict[Expression, str] = {}
    lines: list[str] = []
    for x in walk(*roots):
        if x.name == "input":
            names[x] = f"x{x.parameters}"
        elif x.name == "number":
            names[x] = repr(x.parameters)
        else:
            names[x] = f"%{len(lines)}"
            given = [names[argument] for argument in x.arguments]
            given += [] if x.parameters is None else [repr(x.parameters)]
            lines.append(f"{names[x]} = {x.name}({', '.join(given)}): {x.dtype.name}{list(x.shape)}")
    return "\n".join([*lines, f"return {', '.join(names[root] for root in roots)}"])
