"""torch.jit's place: what would be compiled is run by Python as it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nn.module import Module as ScriptModule


def script(obj: Any, *args: Any, **kwargs: Any) -> Any:
    """The function, class or module itself."""
    return obj


def trace(func: Any, example_inputs: Any = None, **kwargs: Any) -> Any:
    """The function or module itself."""
    return func


def script_method(method: Callable[..., Any]) -> Callable[..., Any]:
    """The method itself."""
    return method


ignore = export = unused = script_method


def compile(model: Any = None, **options: Any) -> Any:
    """The model or function itself, which runs eagerly; as a decorator, too. See `autograd.capture` for recording."""
    return (lambda function: function) if model is None else model


def is_scripting() -> bool:
    """False."""
    return False


is_tracing = is_scripting

__all__ = [
    "ScriptModule",
    "compile",
    "export",
    "ignore",
    "is_scripting",
    "is_tracing",
    "script",
    "script_method",
    "trace",
    "unused",
]
