"""pytree against torch.utils._pytree."""

from __future__ import annotations

import importlib
from collections import OrderedDict, defaultdict, deque, namedtuple
from typing import Any

import pytest

from autograd import pytree
from tests.helpers.oracle import torch_or_skip

Pair = namedtuple("Pair", "x y")
TREES: list[Any] = [
    {"a": 1, "b": [2, (3, None)]},
    Pair(1, [2]),
    OrderedDict(a=1, b=(2,)),
    defaultdict(list, {"a": [1]}),
    deque([1, 2], maxlen=3),
    5,
    [],
    {"a": ()},
]


@pytest.mark.parametrize("tree", TREES, ids=str)
def test_as_torch(tree: Any) -> None:
    torch_or_skip()
    theirs = importlib.import_module("torch.utils._pytree")
    leaves, spec = pytree.tree_flatten(tree)
    expected, structure = theirs.tree_flatten(tree)
    assert leaves == expected
    assert (spec.num_leaves, spec.num_nodes, spec.num_children) == (
        structure.num_leaves,
        structure.num_nodes,
        structure.num_children,
    )
    assert (spec.type, spec.context) == (structure.type, structure.context)
    again = pytree.tree_unflatten(leaves, spec)
    assert again == tree
    assert type(again) is type(tree)
    paths = [pytree.keystr(path) for path, _ in pytree.tree_leaves_with_path(tree)]
    assert paths == [theirs.keystr(path) for path, _ in theirs.tree_leaves_with_path(tree)]
    assert [pytree.key_get(tree, path) for path, _ in pytree.tree_leaves_with_path(tree)] == leaves


def test_maps() -> None:
    assert pytree.tree_map(lambda x, y: x + y, {"a": 1, "b": 2}, {"b": 20, "a": 10}) == {"a": 11, "b": 22}
    assert pytree.tree_map_only(int, lambda x: -x, [1, "a"]) == [-1, "a"]
    assert pytree.tree_map_only((int, str), lambda x: 2 * x, [1, "a", 1.5]) == [2, "aa", 1.5]
    assert pytree.tree_any(lambda x: x == 2, [1, (2,)])
    assert pytree.tree_all_only(int, lambda x: x > 0, [1, "a"])
    with pytest.raises(ValueError, match="expected list, got tuple"):
        pytree.tree_map(lambda x, y: x, [1], (1,))
    with pytest.raises(ValueError, match="expected 2 leaves, got 1"):
        pytree.tree_unflatten([1], pytree.tree_structure([1, 2]))


def test_a_class_is_registered_once() -> None:
    class Box:
        def __init__(self, content: Any) -> None:
            self.content = content

    pytree.register_pytree_node(Box, lambda box: ([box.content], None), lambda children, _: Box(*children))
    assert pytree.tree_map(lambda x: x + 1, [Box(1)])[0].content == 2
    with pytest.raises(ValueError, match="already registered"):
        pytree.register_pytree_node(Box, lambda box: ([], None), lambda children, _: Box(0))
