"""Cell: a host value that may change between steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Cell:
    """A host value that may change between steps, read afresh whenever a primitive runs.

    An optimizer's learning rate, say: a recorded step reads the cell at each replay, where a plain
    number would be a constant.

    >>> from autograd.engine.cell import Cell
    >>> group = {"lr": 0.1}
    >>> lr = Cell(lambda: group["lr"], "lr")
    >>> group["lr"] = 0.01
    >>> lr.value
    0.01
    """

    __slots__ = ("name", "read", "source")

    def __init__(self, read: Callable[[], Any], name: str = "cell", source: Any = None) -> None:
        self.read, self.name = read, name
        self.source = source  # the dictionary that is read

    @property
    def value(self) -> Any:
        return self.read()

    def __repr__(self) -> str:
        return f"Cell({self.name})"
