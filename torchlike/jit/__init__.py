"""torch.jit's place: what would be compiled is run by Python as it is."""

from __future__ import annotations

import builtins
import os
from collections.abc import Callable
from typing import Any, Final, NoReturn, TypeVar

from nn.module import Module as ScriptModule

from ..futures import Future

T = TypeVar("T")
ScriptFunction = type(lambda: None)
RecursiveScriptModule = TopLevelTracedModule = ScriptModule
Error = RuntimeError


def script(obj: Any, *args: Any, **kwargs: Any) -> Any:
    """The function, class or module itself."""
    return obj


def trace(func: Any, example_inputs: Any = None, **kwargs: Any) -> Any:
    """The function or module itself."""
    return func


trace_module = trace


def script_method(method: Callable[..., Any]) -> Callable[..., Any]:
    """The method itself."""
    return method


export = script_if_tracing = interface = script_method
_script_if_tracing = _overload = _overload_method = _allow_in_graph = script_method


def ignore(drop: Any = False, **kwargs: Any) -> Any:
    """The function itself; a decorator with arguments, too."""
    return drop if callable(drop) else lambda function: function


unused = ignore


def freeze(mod: Any, preserved_attrs: Any = None, optimize_numerics: bool = True) -> Any:
    """The module itself."""
    return mod


optimize_for_inference = freeze


class Attribute:
    """Attribute(value, type): in torch the value becomes an attribute of that type; here it is `value`."""

    def __init__(self, value: Any, type: Any) -> None:
        self.value, self.type = value, type


def annotate(the_type: Any, the_value: T) -> T:
    """The value itself."""
    return the_value


def isinstance(obj: Any, target_type: Any) -> bool:
    """Python's isinstance; of a type with arguments, `List[int]` say, by the outer type."""
    kinds = target_type if builtins.isinstance(target_type, tuple) else (target_type,)
    outer: Any = tuple(getattr(kind, "__origin__", kind) for kind in kinds)
    return builtins.isinstance(obj, outer)


def fork(func: Callable[..., Any], *args: Any, **kwargs: Any) -> Future:
    """A Future with the result: the call is made at once."""
    made = Future()
    try:
        made.set_result(func(*args, **kwargs))
    except Exception as error:
        made.set_exception(error)
    return made


def wait(future: Any) -> Any:
    """The result of `fork`."""
    return future.wait()


_fork, _wait = fork, wait


def compile(model: Any = None, **options: Any) -> Any:
    """The model or function itself, which runs eagerly; as a decorator, too. See `autograd.capture` for recording."""
    return (lambda function: function) if model is None else model


def save(m: Any, f: Any, _extra_files: Any = None) -> NoReturn:
    """NotImplementedError: there is no code of a module that could be saved."""
    raise NotImplementedError("jit.save: a module's code is not compiled here; save its state_dict() with torch.save")


def load(f: str | os.PathLike[str], map_location: Any = None, _extra_files: Any = None) -> NoReturn:
    """NotImplementedError: what the file holds is code for torch."""
    raise NotImplementedError(
        f"jit.load({f!r}): the file holds code that torch compiled; make the module in Python and load its state_dict"
    )


def is_scripting() -> bool:
    """False."""
    return False


is_tracing = is_scripting


def enable_onednn_fusion(enabled: bool) -> None:
    """Accepted."""


def set_fusion_strategy(strategy: Any) -> None:
    """Accepted."""


class strict_fusion:
    """A context that does nothing."""

    def __init__(self, *args: Any) -> None:
        pass

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exc: object) -> None:
        pass


optimized_execution = fuser = strict_fusion

__all__ = [
    "Attribute",
    "Error",
    "Final",
    "Future",
    "ScriptFunction",
    "ScriptModule",
    "annotate",
    "compile",
    "export",
    "fork",
    "freeze",
    "ignore",
    "interface",
    "is_scripting",
    "is_tracing",
    "isinstance",
    "load",
    "optimize_for_inference",
    "save",
    "script",
    "script_if_tracing",
    "script_method",
    "strict_fusion",
    "trace",
    "trace_module",
    "unused",
    "wait",
]
