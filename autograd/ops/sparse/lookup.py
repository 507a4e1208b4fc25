"""Rows of a table whose gradient is sparse: it has those that were looked up."""

from __future__ import annotations

from typing import Any

from ...engine.modes import modes
from ...engine.node import Gradients, Node, attend, edge_of
from ...engine.tensor import Tensor
from ..indexing import nonzero, read
from ..shape import reshape
from .graph import coo


def lookup(weight: Tensor, index: Tensor, skipped: int | None = None) -> Tensor:
    """weight[index], (V, *dense), (*) -> (*, *dense). A row of the index `skipped` gets no gradient."""
    modes.note_unreplayable("rows whose gradient is sparse were looked up")
    found = read(weight.detach(), index)
    if modes.grad and weight.requires_grad:
        node = _Lookup(weight, index.detach(), skipped)
        if modes.attentive:
            attend(node)
        found._node, found._requires_grad = node, True
    return found


class _Lookup(Node):
    """The rows that were looked up, one gradient each: those of one row are not added up."""

    __slots__ = ("index", "size", "skipped")

    def __init__(self, weight: Tensor, index: Tensor, skipped: int | None) -> None:
        super().__init__(None, {}, [edge_of(weight)], 1)
        self.index, self.skipped, self.size = index, skipped, weight._array.shape

    @property
    def label(self) -> str:
        return "embedding"

    def differentiate(self, gradients: Gradients, needed: Any) -> Gradients:
        (g,) = gradients
        if g is None or needed[0] is None:
            return [None]
        rows = reshape(self.index, (-1,)).long()
        values = reshape(g, (rows.shape[0], *self.size[1:]))
        if self.skipped is not None:
            kept = reshape(nonzero(rows != self.skipped), (-1,))
            rows, values = rows[kept], read(values, kept)
        return [coo(reshape(rows, (1, -1)), values, self.size)]
