"""Results from inside a network, by the dotted names of its modules."""

from __future__ import annotations

import contextlib
import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from ..container import ModuleDict, Sequential
from ..module import Module

Nodes: TypeAlias = Sequence[str] | Mapping[str, str]


class _EnoughError(Exception):
    """Raised when all that was asked for is known, to leave the network."""


class FeatureExtractor(Module):
    """A network that gives a dict of what some of its modules gave; made by create_feature_extractor.

    Modules and parameters are the network's own, under the names that they have there. Nothing is computed that comes
    after the last result asked for.
    """

    def __init__(self, model: Module, train_nodes: Mapping[str, str], eval_nodes: Mapping[str, str]) -> None:
        super().__init__()
        # The same dicts, not copies: what replaces a member there, as `to` does of buffers, is seen here.
        self._modules, self._parameters, self._buffers = model._modules, model._parameters, model._buffers
        self.__dict__["_non_persistent"] = model._non_persistent
        self.__dict__["_network"] = model
        self.__dict__["_nodes"] = {True: dict(train_nodes), False: dict(eval_nodes)}

    def forward(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        network: Module = self.__dict__["_network"]
        wanted: dict[str, str] = self.__dict__["_nodes"][self.training]
        network.training = self.training
        found: dict[str, Any] = {}
        with contextlib.ExitStack() as hooks:
            for module, calls in _calls_of(network, wanted).items():
                hooks.callback(module.register_forward_hook(_watch(calls, found, len(wanted))).remove)
            with contextlib.suppress(_EnoughError):
                network(*args, **kwargs)
        missing = [node for node in wanted if node not in found]
        if missing:
            raise RuntimeError(
                f"create_feature_extractor: of {type(network).__name__} {', '.join(missing)} did not come by: "
                "its forward did not call the module, or not so often"
            )
        return {wanted[node]: result for node, result in found.items()}


def _watch(calls: Mapping[int, str], found: dict[str, Any], enough: int) -> Any:
    """A hook that keeps the results of some calls of a module by their nodes' names."""
    count = iter(range(2**63))

    def hook(module: Module, args: Any, output: Any) -> None:
        node = calls.get(next(count))
        if node is not None:
            found[node] = output
            if len(found) == enough:
                raise _EnoughError

    return hook


def _calls_of(model: Module, nodes: Mapping[str, str]) -> dict[Module, dict[int, str]]:
    """The modules that nodes name, and which of their calls: `relu` is the first of relu, `relu_1` the second."""
    modules = dict(model.named_modules(remove_duplicate=False))
    found: dict[Module, dict[int, str]] = {}
    for node in nodes:
        name, count = node, 0
        if node not in modules and (numbered := re.fullmatch(r"(.+)_(\d+)", node)):
            name, count = numbered[1], int(numbered[2])
        if not node or name not in modules:
            raise ValueError(
                f"create_feature_extractor: node {node!r} is no module of {type(model).__name__}; get_graph_node_names "
                "gives those that are. What a function, add or flatten say, gives has no name here: ask for the module "
                "before or after it"
            )
        calls = found.setdefault(modules[name], {})
        if calls.setdefault(count, node) != node:
            raise ValueError(f"create_feature_extractor: {calls[count]} and {node} are one call of one module")
    return found


def _named(nodes: Nodes) -> dict[str, str]:
    return (
        {str(node): str(name) for node, name in nodes.items()} if isinstance(nodes, Mapping) else {n: n for n in nodes}
    )


def create_feature_extractor(
    model: Module,
    return_nodes: Nodes | None = None,
    train_return_nodes: Nodes | None = None,
    eval_return_nodes: Nodes | None = None,
    tracer_kwargs: Mapping[str, Any] | None = None,
    suppress_diff_warning: bool = False,
    concrete_args: Mapping[str, Any] | None = None,
) -> FeatureExtractor:
    """A network that gives {name: result} of some modules of this one, in the order in which they come by.

    `return_nodes` are modules' dotted names, or {module: name of its result}; others for training and evaluation with
    `train_return_nodes` and `eval_return_nodes`. A module that is called twice gives its first result, `relu_1` is the
    second of `relu`. torchvision's traces the functions between the modules, too; here they have no name, do not count,
    and parameters that the results do not need stay. ValueError for a name that is no module's.

    >>> import autograd, nn
    >>> model = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
    >>> features = create_feature_extractor(model, {"1": "hidden"})(autograd.ones(5, 2))
    >>> {name: tuple(x.shape) for name, x in features.items()}
    {'hidden': (5, 3)}
    """
    apart = [nodes is not None for nodes in (train_return_nodes, eval_return_nodes)]
    if any(apart) != all(apart):
        raise ValueError("create_feature_extractor: train_return_nodes and eval_return_nodes are given together")
    if (return_nodes is None) != all(apart):
        raise ValueError(
            "create_feature_extractor: expected either return_nodes, or train_return_nodes and eval_return_nodes"
        )
    training, evaluation = (
        (return_nodes, return_nodes) if return_nodes is not None else (train_return_nodes, eval_return_nodes)
    )
    assert training is not None
    assert evaluation is not None
    both = _named(training), _named(evaluation)
    for nodes in both:
        if not nodes:
            raise ValueError("create_feature_extractor: no nodes to return")
        _calls_of(model, nodes)
    return FeatureExtractor(model, *both).train(model.training)


def _leaves(model: Module, prefix: str = "") -> Iterator[str]:
    """The names of the modules that are not made of others, torch's own layers among them."""
    for name, module in model.named_children():
        own = type(module).__module__.startswith("nn.") and not type(module).__module__.startswith("nn.models.")
        if (own and not isinstance(module, Sequential)) or not any(True for _ in module.children()):
            yield prefix + name
        else:
            yield from _leaves(module, f"{prefix}{name}.")


def get_graph_node_names(
    model: Module,
    tracer_kwargs: Mapping[str, Any] | None = None,
    suppress_diff_warning: bool = False,
    concrete_args: Mapping[str, Any] | None = None,
) -> tuple[list[str], list[str]]:
    """The names of a network's layers, in the order of their definition: twice, as for training and evaluation.

    create_feature_extractor takes those of modules around them, too. torchvision's traces the network and lists
    functions and second calls among them.
    """
    names = list(_leaves(model))
    return names, list(names)


class IntermediateLayerGetter(ModuleDict):
    """A network's direct children up to the last one asked for, called one after the other.

    `return_layers` {child: name of its result}; forward gives an OrderedDict of results. For networks whose forward
    does nothing between these children.

    >>> import autograd, nn
    >>> model = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
    >>> tuple(IntermediateLayerGetter(model, {"1": "hidden"})(autograd.ones(5, 2))["hidden"].shape)
    (5, 3)
    """

    def __init__(self, model: Module, return_layers: Mapping[Any, Any]) -> None:
        children = [name for name, _ in model.named_children()]
        wanted = {str(child): str(name) for child, name in return_layers.items()}
        if not set(wanted) <= set(children):
            unknown = ", ".join(sorted(set(wanted) - set(children)))
            raise ValueError(f"return_layers are not present in model: {unknown} of {', '.join(children)}")
        last = max((children.index(child) for child in wanted), default=-1)
        super().__init__(OrderedDict(list(model.named_children())[: last + 1]))
        self.return_layers = wanted

    def forward(self, x: Any) -> OrderedDict[str, Any]:
        found: OrderedDict[str, Any] = OrderedDict()
        for name, module in self.items():
            x = module(x)
            if name in self.return_layers:
                found[self.return_layers[name]] = x
        return found
