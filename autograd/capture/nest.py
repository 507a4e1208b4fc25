"""Nested tuples, lists and dictionaries as their leaves and a shape."""

from __future__ import annotations

from typing import Any


def flatten(tree: Any) -> tuple[list[Any], Any]:
    """The leaves of nested tuples, lists and dicts, and what rebuilds the nest from new leaves."""
    if isinstance(tree, tuple | list):
        parts = [flatten(each) for each in tree]
        kind: Any = type(tree)
        leaves = [leaf for part, _ in parts for leaf in part]
        named = "namedtuple" if hasattr(tree, "_fields") else "sequence"
        return leaves, (named, kind, tuple([(len(part), shape) for part, shape in parts]))
    if isinstance(tree, dict):
        leaves, shape = flatten(list(tree.values()))
        return leaves, ("dict", tuple(tree), shape)
    return [tree], None


def unflatten(leaves: list[Any], shape: Any) -> Any:
    """The nest of this shape with these leaves."""
    if shape is None:
        return leaves[0]
    if shape[0] == "dict":
        return dict(zip(shape[1], unflatten(leaves, shape[2]), strict=True))
    items, start = [], 0
    for count, inner in shape[2]:
        items.append(unflatten(leaves[start : start + count], inner))
        start += count
    return shape[1](*items) if shape[0] == "namedtuple" else shape[1](items)
