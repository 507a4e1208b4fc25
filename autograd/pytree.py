"""Nests of containers taken apart into leaves and a structure, and put together again: torch.utils._pytree's names.

Containers are list, tuple, named tuples, dict, OrderedDict, defaultdict, deque, and classes that were registered;
all else, None too, is a leaf.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque, namedtuple
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

PyTree: TypeAlias = Any
Context: TypeAlias = Any
FlattenFn: TypeAlias = Callable[[Any], tuple[list[Any], Context]]
UnflattenFn: TypeAlias = Callable[[Iterable[Any], Context], Any]


class NodeDef(NamedTuple):
    """How a kind of container is taken apart into (children, context), and made of them."""

    type: type
    flatten_fn: FlattenFn
    unflatten_fn: UnflattenFn


@dataclass(frozen=True)
class SequenceKey:
    """The way to an item of a sequence."""

    idx: int

    def __str__(self) -> str:
        return f"[{self.idx!r}]"


@dataclass(frozen=True)
class MappingKey:
    """The way to a value of a mapping."""

    key: Any

    def __str__(self) -> str:
        return f"[{self.key!r}]"


@dataclass(frozen=True)
class GetAttrKey:
    """The way to an attribute, of a named tuple say."""

    name: str

    def __str__(self) -> str:
        return f".{self.name}"


KeyPath: TypeAlias = tuple[Any, ...]


@dataclass
class TreeSpec:
    """The structure of a tree: the kind of its root, what that needs beside its children, and these."""

    type: Any
    context: Context
    children_specs: list[TreeSpec] = field(default_factory=list)
    num_nodes: int = field(init=False)
    num_leaves: int = field(init=False)
    num_children: int = field(init=False)

    def __post_init__(self) -> None:
        self.num_children = len(self.children_specs)
        self.num_nodes = 1 + sum(child.num_nodes for child in self.children_specs)
        self.num_leaves = 1 if self.type is None else sum(child.num_leaves for child in self.children_specs)

    def is_leaf(self) -> bool:
        """Whether this stands for a leaf."""
        return self.type is None

    def child(self, index: int) -> TreeSpec:
        """The structure of one child."""
        return self.children_specs[index]

    def children(self) -> list[TreeSpec]:
        """The structures of the children."""
        return list(self.children_specs)

    def unflatten(self, leaves: Iterable[Any]) -> PyTree:
        """The tree of this structure with these leaves; ValueError if they are too few or too many."""
        given = list(leaves)
        if len(given) != self.num_leaves:
            raise ValueError(f"unflatten: expected {self.num_leaves} leaves, got {len(given)}")
        return self._build(iter(given))

    def _build(self, leaves: Iterator[Any]) -> PyTree:
        if self.type is None:
            return next(leaves)
        return _definition(self.type).unflatten_fn(
            [child._build(leaves) for child in self.children_specs], self.context
        )

    def flatten_up_to(self, tree: PyTree) -> list[Any]:
        """What stands in `tree` at the places of this structure's leaves; ValueError where the two differ."""
        if self.type is None:
            return [tree]
        if _kind(tree) is not self.type:
            raise ValueError(f"flatten_up_to: expected {self.type.__name__}, got {type(tree).__name__}")
        children, context = _definition(self.type).flatten_fn(tree)
        if self.type in _MAPPINGS and tree.keys() == (keys := _keys(self)):
            children, context = [tree[key] for key in keys], self.context  # in whatever order they stand
        if len(children) != self.num_children or context != self.context:
            raise ValueError(
                f"flatten_up_to: the two {self.type.__name__} differ: {self.num_children} children of {self.context}, "
                f"and {len(children)} of {context}"
            )
        return [x for spec, child in zip(self.children_specs, children, strict=True) for x in spec.flatten_up_to(child)]

    def __repr__(self) -> str:
        if self.type is None:
            return "*"
        return f"TreeSpec({self.type.__name__}, {self.context!r}, {self.children_specs!r})"

    def __hash__(self) -> int:
        return hash((self.type, str(self.context), tuple(self.children_specs)))


PyTreeSpec = TreeSpec


def LeafSpec() -> TreeSpec:  # noqa: N802
    """The structure of a leaf."""
    return TreeSpec(None, None)


def _flatten_dict(tree: Any) -> tuple[list[Any], Context]:
    return list(tree.values()), list(tree)


def _unflatten_defaultdict(children: Iterable[Any], context: Context) -> Any:
    factory, keys = context
    return defaultdict(factory, zip(keys, children, strict=True))


_MAPPINGS = (dict, OrderedDict, defaultdict)


def _keys(spec: TreeSpec) -> Any:
    keys = spec.context[1] if spec.type is defaultdict else spec.context
    return dict.fromkeys(keys).keys()


_NODES: dict[Any, NodeDef] = {}
SUPPORTED_NODES = _NODES
SUPPORTED_SERIALIZED_TYPES: dict[Any, str] = {}
_NAMED = NodeDef(tuple, lambda tree: (list(tree), type(tree)), lambda children, context: context(*children))


def register_pytree_node(
    cls: type,
    flatten_fn: FlattenFn,
    unflatten_fn: UnflattenFn,
    *,
    serialized_type_name: str | None = None,
    to_dumpable_context: Any = None,
    from_dumpable_context: Any = None,
    flatten_with_keys_fn: Any = None,
) -> None:
    """Makes a class a container: flatten_fn(tree) gives (children, context), unflatten_fn(children, context) the tree.

    ValueError if it is one already.
    """
    if cls in _NODES:
        raise ValueError(f"{cls} is already registered as pytree node.")
    _NODES[cls] = NodeDef(cls, flatten_fn, unflatten_fn)
    if serialized_type_name is not None:
        SUPPORTED_SERIALIZED_TYPES[cls] = serialized_type_name


_register_pytree_node = register_pytree_node
register_pytree_node(list, lambda tree: (list(tree), None), lambda children, context: list(children))
register_pytree_node(tuple, lambda tree: (list(tree), None), lambda children, context: tuple(children))
register_pytree_node(dict, _flatten_dict, lambda children, context: dict(zip(context, children, strict=True)))
register_pytree_node(
    OrderedDict, _flatten_dict, lambda children, context: OrderedDict(zip(context, children, strict=True))
)
register_pytree_node(
    defaultdict, lambda tree: (list(tree.values()), [tree.default_factory, list(tree)]), _unflatten_defaultdict
)
register_pytree_node(
    deque, lambda tree: (list(tree), tree.maxlen), lambda children, context: deque(children, maxlen=context)
)


def is_namedtuple_class(cls: Any) -> bool:
    """Whether a class is one that `collections.namedtuple` or `typing.NamedTuple` made."""
    return isinstance(cls, type) and issubclass(cls, tuple) and isinstance(getattr(cls, "_fields", None), tuple)


def is_namedtuple(obj: Any) -> bool:
    """Whether an object, or a class, is a named tuple."""
    return is_namedtuple_class(obj if isinstance(obj, type) else type(obj))


def is_namedtuple_instance(obj: Any) -> bool:
    """Whether an object is a named tuple."""
    return is_namedtuple_class(type(obj))


def _kind(tree: Any) -> Any:
    """The registered class that takes a tree apart; None for a leaf."""
    cls = type(tree)
    if cls in _NODES:
        return cls
    return namedtuple if is_namedtuple_class(cls) else None


def _definition(kind: Any) -> NodeDef:
    return _NAMED if kind is namedtuple else _NODES[kind]


def tree_is_leaf(tree: PyTree, is_leaf: Callable[[Any], bool] | None = None) -> bool:
    """Whether a tree is a leaf: no container, or one that `is_leaf` says is one."""
    return (is_leaf is not None and is_leaf(tree)) or _kind(tree) is None


def _flatten(tree: PyTree, is_leaf: Callable[[Any], bool] | None, path: KeyPath, found: list[Any]) -> TreeSpec:
    if tree_is_leaf(tree, is_leaf):
        found.append((path, tree))
        return LeafSpec()
    kind = _kind(tree)
    children, context = _definition(kind).flatten_fn(tree)
    if kind is namedtuple:
        keys: list[Any] = [GetAttrKey(name) for name in type(tree)._fields]
    elif kind in _MAPPINGS:
        keys = [MappingKey(key) for key in tree]
    else:
        keys = [SequenceKey(i) for i in range(len(children))]
    specs = [_flatten(child, is_leaf, (*path, key), found) for key, child in zip(keys, children, strict=True)]
    return TreeSpec(kind, context, specs)


def tree_flatten_with_path(
    tree: PyTree, is_leaf: Callable[[Any], bool] | None = None
) -> tuple[list[tuple[KeyPath, Any]], TreeSpec]:
    """([(path, leaf), ...], structure)."""
    found: list[Any] = []
    spec = _flatten(tree, is_leaf, (), found)
    return found, spec


def tree_flatten(tree: PyTree, is_leaf: Callable[[Any], bool] | None = None) -> tuple[list[Any], TreeSpec]:
    """(leaves, structure): `tree_unflatten` puts them together again.

    >>> leaves, spec = tree_flatten({"a": 1, "b": [2, (3, None)]})
    >>> leaves
    [1, 2, 3, None]
    >>> tree_unflatten([x and 10 * x for x in leaves], spec)
    {'a': 10, 'b': [20, (30, None)]}
    """
    found, spec = tree_flatten_with_path(tree, is_leaf)
    return [leaf for _, leaf in found], spec


def tree_unflatten(leaves: Iterable[Any], treespec: TreeSpec) -> PyTree:
    """The tree of a structure with these leaves."""
    if not isinstance(treespec, TreeSpec):
        raise TypeError(f"tree_unflatten: expected (leaves, TreeSpec), got {type(treespec).__name__} as the structure")
    return treespec.unflatten(leaves)


def tree_leaves(tree: PyTree, is_leaf: Callable[[Any], bool] | None = None) -> list[Any]:
    """The leaves."""
    return tree_flatten(tree, is_leaf)[0]


def tree_iter(tree: PyTree, is_leaf: Callable[[Any], bool] | None = None) -> Iterator[Any]:
    """The leaves, one after another."""
    return iter(tree_leaves(tree, is_leaf))


def tree_leaves_with_path(tree: PyTree, is_leaf: Callable[[Any], bool] | None = None) -> list[tuple[KeyPath, Any]]:
    """The leaves, each with the path to it."""
    return tree_flatten_with_path(tree, is_leaf)[0]


def tree_structure(tree: PyTree, is_leaf: Callable[[Any], bool] | None = None) -> TreeSpec:
    """The structure."""
    return tree_flatten(tree, is_leaf)[1]


def tree_map(
    func: Callable[..., Any], tree: PyTree, *rests: PyTree, is_leaf: Callable[[Any], bool] | None = None
) -> PyTree:
    """The tree of func(leaf, ...), with the leaves at the same place of the other trees, if there are some.

    >>> tree_map(lambda x, y: x + y, [1, (2,)], [10, (20,)])
    [11, (22,)]
    """
    leaves, spec = tree_flatten(tree, is_leaf)
    others = [spec.flatten_up_to(rest) for rest in rests]
    return spec.unflatten(map(func, leaves, *others))


def tree_map_(
    func: Callable[..., Any], tree: PyTree, *rests: PyTree, is_leaf: Callable[[Any], bool] | None = None
) -> PyTree:
    """Calls func on each leaf for what it does; the tree itself."""
    tree_map(func, tree, *rests, is_leaf=is_leaf)
    return tree


def tree_map_with_path(
    func: Callable[..., Any], tree: PyTree, *rests: PyTree, is_leaf: Callable[[Any], bool] | None = None
) -> PyTree:
    """The tree of func(path, leaf, ...)."""
    found, spec = tree_flatten_with_path(tree, is_leaf)
    others = [spec.flatten_up_to(rest) for rest in rests]
    return spec.unflatten(func(path, leaf, *more) for (path, leaf), *more in zip(found, *others, strict=True))


Predicate: TypeAlias = Any  # a class, a tuple of classes, or a function of a leaf


def _holds(which: Predicate) -> Callable[[Any], bool]:
    return (lambda x: isinstance(x, which)) if isinstance(which, type | tuple) else which


def map_only(type_or_types_or_pred: Predicate, /) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
    """A decorator: the function on leaves of these classes (or for which it holds), the identity on others."""
    holds = _holds(type_or_types_or_pred)
    return lambda func: lambda x: func(x) if holds(x) else x


def tree_map_only(
    type_or_types_or_pred: Predicate,
    /,
    func: Callable[[Any], Any],
    tree: PyTree,
    is_leaf: Callable[[Any], bool] | None = None,
) -> PyTree:
    """tree_map of the leaves of some classes; others stay.

    >>> tree_map_only(int, lambda x: -x, [1, "a", {"b": 2}])
    [-1, 'a', {'b': -2}]
    """
    return tree_map(map_only(type_or_types_or_pred)(func), tree, is_leaf=is_leaf)


def tree_map_only_(
    type_or_types_or_pred: Predicate,
    /,
    func: Callable[[Any], Any],
    tree: PyTree,
    is_leaf: Callable[[Any], bool] | None = None,
) -> PyTree:
    """tree_map_ of the leaves of some classes."""
    return tree_map_(map_only(type_or_types_or_pred)(func), tree, is_leaf=is_leaf)


def tree_all(pred: Callable[[Any], bool], tree: PyTree, is_leaf: Callable[[Any], bool] | None = None) -> bool:
    """Whether it holds for all leaves."""
    return all(map(pred, tree_iter(tree, is_leaf)))


def tree_any(pred: Callable[[Any], bool], tree: PyTree, is_leaf: Callable[[Any], bool] | None = None) -> bool:
    """Whether it holds for any leaf."""
    return any(map(pred, tree_iter(tree, is_leaf)))


def tree_all_only(
    which: Predicate, /, pred: Callable[[Any], bool], tree: PyTree, is_leaf: Callable[[Any], bool] | None = None
) -> bool:
    """Whether it holds for all leaves of some classes."""
    return all(pred(x) for x in tree_iter(tree, is_leaf) if _holds(which)(x))


def tree_any_only(
    which: Predicate, /, pred: Callable[[Any], bool], tree: PyTree, is_leaf: Callable[[Any], bool] | None = None
) -> bool:
    """Whether it holds for any leaf of some classes."""
    return any(pred(x) for x in tree_iter(tree, is_leaf) if _holds(which)(x))


def broadcast_to_and_flatten(
    tree: PyTree, treespec: TreeSpec, is_leaf: Callable[[Any], bool] | None = None
) -> list[Any] | None:
    """A value for each leaf of the structure: a leaf of `tree` stands for all below it; None if the two don't fit."""
    if tree_is_leaf(tree, is_leaf):
        return [tree] * treespec.num_leaves
    if treespec.type is None or _kind(tree) is not treespec.type:
        return None
    children, context = _definition(treespec.type).flatten_fn(tree)
    if len(children) != treespec.num_children or context != treespec.context:
        return None
    parts = [
        broadcast_to_and_flatten(child, spec, is_leaf)
        for child, spec in zip(children, treespec.children_specs, strict=True)
    ]
    return None if any(part is None for part in parts) else [x for part in parts if part is not None for x in part]


_broadcast_to_and_flatten = broadcast_to_and_flatten


def keystr(kp: KeyPath) -> str:
    """A path as it would be written behind the tree: `['a'][0]`."""
    return "".join(map(str, kp))


def key_get(obj: Any, kp: KeyPath) -> Any:
    """What a path leads to."""
    for key in kp:
        if isinstance(key, SequenceKey):
            obj = obj[key.idx]
        elif isinstance(key, MappingKey):
            obj = obj[key.key]
        else:
            obj = getattr(obj, key.name)
    return obj
