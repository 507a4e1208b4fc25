"""torch.fx's place: its decorators and classes exist; a graph of a module's code is not made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from nn.container import Sequential
from nn.module import Module

_REFUSAL = (
    "there is no symbolic tracing here: run the module itself, take inner results with forward hooks or "
    "torchvision.models.feature_extraction.create_feature_extractor, and see autograd.capture for recording a step"
)


def wrap(fn_or_name: str | Callable[..., Any]) -> Any:
    """The function (or its name) itself: nothing is traced that it would have to be kept out of."""
    if not callable(fn_or_name) and not isinstance(fn_or_name, str):
        raise RuntimeError("Unsupported type for global function! Must be either a callable or string name")
    return fn_or_name


has_side_effect = wrap


class Proxy:
    """What a traced function is called with in torch: nothing here is one."""


class Attribute(Proxy):
    """An attribute of a Proxy."""


class Node:
    """A call in a Graph: nothing here is one."""


class Graph:
    """The calls of a traced module: nothing here has one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError(f"fx.Graph: {_REFUSAL}")


class GraphModule(Module):
    """A traced module: nothing here is one, so `isinstance` is False."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError(f"fx.GraphModule: {_REFUSAL}")


class Tracer:
    """Subclass it as scripts do; `trace` raises."""

    def __init__(self, autowrap_modules: Any = (), autowrap_functions: Any = (), **options: Any) -> None:
        self.autowrap_modules, self.autowrap_functions = autowrap_modules, autowrap_functions

    def is_leaf_module(self, m: Module, module_qualified_name: str) -> bool:
        """Whether a module would be one call: torch's own layers."""
        return type(m).__module__.partition(".")[0] == "nn" and not isinstance(m, Sequential)

    def trace(self, root: Any, concrete_args: Any = None) -> NoReturn:
        """NotImplementedError."""
        raise NotImplementedError(f"fx.Tracer.trace: {_REFUSAL}")


class Interpreter:
    """Runs a GraphModule call by call."""

    def __init__(self, module: Any, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError(f"fx.Interpreter: {_REFUSAL}")


Transformer = Interpreter


def symbolic_trace(root: Any, concrete_args: Any = None) -> NoReturn:
    """NotImplementedError, which says what there is instead."""
    raise NotImplementedError(f"fx.symbolic_trace: {_REFUSAL}")


def is_fx_tracing() -> bool:
    """False."""
    return False


__path__: list[str] = []  # torch has files below it, whose names are all here
__all__ = [
    "Graph",
    "GraphModule",
    "Interpreter",
    "Node",
    "Proxy",
    "Tracer",
    "Transformer",
    "has_side_effect",
    "symbolic_trace",
    "wrap",
]
