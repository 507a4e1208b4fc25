"""torch.compiler's place, torch._dynamo's and torch._inductor's: nothing is compiled, all runs as it is written."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from ..jit import compile
from . import config


def disable(fn: Any = None, recursive: bool = True, *, reason: str | None = None) -> Any:
    """The function itself; a decorator with arguments, too, and a context manager around an old one's block."""
    return (lambda function: function) if fn is None else fn


def allow_in_graph(fn: Callable[..., Any]) -> Callable[..., Any]:
    """The function itself."""
    return fn


assume_constant_result = disallow_in_graph = graph_break_on = nested_compile_region = allow_in_graph


def substitute_in_graph(original_fn: Any, **options: Any) -> Any:
    """A decorator that changes nothing."""
    return lambda function: function


def reset() -> None:
    """There is nothing compiled that could be forgotten."""


def graph_break(msg: str = "") -> None:
    """There is no graph to break."""


cudagraph_mark_step_begin = reset


def mark_dynamic(t: Any, index: Any, *, min: int | None = None, max: int | None = None, **options: Any) -> None:
    """Accepted: every size may change."""


maybe_mark_dynamic = mark_static = mark_unbacked = mark_dynamic


def mark_static_address(t: Any, guard: bool = True) -> None:
    """Accepted."""


def is_compiling() -> bool:
    """False."""
    return False


is_dynamo_compiling = is_exporting = is_compiling


def list_backends(exclude_tags: Any = ()) -> list[str]:
    """No backend: nothing is compiled."""
    return []


@contextlib.contextmanager
def set_stance(stance: str = "default", **options: Any) -> Iterator[None]:
    """Accepted: all runs eagerly."""
    yield


def optimize(*args: Any, **kwargs: Any) -> Any:
    """A decorator that changes nothing."""
    return lambda function: function


def run(fn: Any = None) -> Any:
    """The function itself."""
    return fn


def explain(f: Any, *args: Any, **kwargs: Any) -> Any:
    """NotImplementedError: there is no graph to tell of."""
    raise NotImplementedError("_dynamo.explain: nothing is compiled here; autograd.capture records what a step does")


__all__ = [
    "allow_in_graph",
    "assume_constant_result",
    "compile",
    "config",
    "cudagraph_mark_step_begin",
    "disable",
    "is_compiling",
    "is_dynamo_compiling",
    "is_exporting",
    "list_backends",
    "reset",
    "set_stance",
    "substitute_in_graph",
]
