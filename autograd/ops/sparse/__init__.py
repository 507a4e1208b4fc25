"""Sparse tensors: the elements that are there, with their places. What is computed of them, a family a file."""

from . import copying, csr, elementwise, products, reductions
from .coo import count_of_values, uncoalesced_indices, uncoalesced_values
from .parts import of_parts, parts_of, parts_shown, rebuilt
from .shape import item_of

__all__ = [
    "copying",
    "count_of_values",
    "csr",
    "elementwise",
    "item_of",
    "of_parts",
    "parts_of",
    "parts_shown",
    "products",
    "rebuilt",
    "reductions",
    "uncoalesced_indices",
    "uncoalesced_values",
]
