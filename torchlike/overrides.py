"""torch.overrides: who answers calls in the engine's place, and which calls can be answered.

`autograd.subclasses` and `autograd.engine.overrides` have the rules. What differs from torch: a function and the method
of its name are one object here, so a table of handlers needs one entry for both; and a mode is told of calls of
functions and methods, not of what is read of plain tensors (`x.shape`, `x[0]`, `x.detach()`).
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Self

import autograd
import nn
from autograd import Tensor
from autograd.engine import overrides
from autograd.engine.modes import modes, switched
from autograd.methods import ASKING
from autograd.ops.operation import OPERATIONS
from autograd.subclasses import members


def is_tensor_like(inp: Any) -> bool:
    """Whether it is a tensor, or of a class with a `__torch_function__`."""
    return isinstance(inp, Tensor) or hasattr(inp, "__torch_function__")


def has_torch_function(relevant_args: Iterable[Any]) -> bool:
    """Whether a mode, or the `__torch_function__` of one of them, is to be asked."""
    if overrides.is_redispatched():
        return False
    if modes.overriders:
        return True
    return modes.overridable and any(overrides.overrides(type(x)) for x in relevant_args)


def has_torch_function_unary(x: Any) -> bool:
    """has_torch_function of one."""
    return has_torch_function((x,))


def has_torch_function_variadic(*args: Any) -> bool:
    """has_torch_function of several."""
    return has_torch_function(args)


def handle_torch_function(
    public_api: Callable[..., Any], relevant_args: Iterable[Any], *args: Any, **kwargs: Any
) -> Any:
    """What the mode, or the first `__torch_function__` that does not decline, makes of it; TypeError if all do."""
    return overrides.asked(public_api, overrides.overriding(relevant_args), args, kwargs)


def redispatch_function(func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None) -> Any:
    """Calls the function past one `__torch_function__`: what it calls itself is overridden as ever."""
    modes.redispatched = True
    try:
        return func(*args, **(kwargs or {}))
    finally:
        modes.redispatched = False


def wrap_torch_function(dispatcher: Callable[..., Iterable[Any]]) -> Callable[[Any], Any]:
    """A decorator: calls go to the `__torch_function__` of an argument that `dispatcher` names, if one has it."""

    def decorate(func: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(func)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            relevant = tuple(dispatcher(*args, **kwargs))
            if has_torch_function(relevant):
                return handle_torch_function(wrapped, relevant, *args, **kwargs)
            return func(*args, **kwargs)

        return wrapped

    return decorate


class TorchFunctionMode:
    """A context manager whose `__torch_function__(func, types, args, kwargs)` is told of every call inside.

    It is switched off while it answers. Of several the innermost is told first, and of what that calls the next.

    >>> import autograd
    >>> class Counted(TorchFunctionMode):
    ...     calls = 0
    ...     def __torch_function__(self, func, types, args=(), kwargs=None):
    ...         self.calls += 1
    ...         return func(*args, **(kwargs or {}))
    >>> with Counted() as mode:
    ...     x = autograd.ones(2).exp() + 1
    >>> mode.calls
    3
    """

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        raise NotImplementedError(
            f"{type(self).__name__}: a mode has a method __torch_function__(func, types, args, kwargs)"
        )

    def __enter__(self) -> Self:
        overrides.arm()
        modes.overriders = (*modes.overriders, self)
        return self

    def __exit__(self, *exc: object) -> None:
        modes.overriders = modes.overriders[:-1]

    @classmethod
    def push(cls, *args: Any, **kwargs: Any) -> Self:
        """A new one: torch's old name for making one to enter."""
        return cls(*args, **kwargs)


class BaseTorchFunctionMode(TorchFunctionMode):
    """The mode that changes nothing."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return func(*args, **(kwargs or {}))


class DisableTorchFunctionSubclass(switched):
    """Inside, the classes of arguments are not asked; modes are."""

    def __init__(self) -> None:
        super().__init__(overridable=False)


class DisableTorchFunction(switched):
    """Inside, neither the classes of arguments nor modes are asked."""

    def __init__(self) -> None:
        super().__init__(overridable=False, overriders=())


def _functions() -> Iterator[tuple[str, str, Any]]:
    """(module, name, function) of each function that can be overridden."""
    for operation in OPERATIONS:
        for face, name in operation.public_names():
            if face != "Tensor" and operation.function is not autograd.is_tensor:
                yield "torch" if face == "autograd" else f"torch.{face}", name, operation.function
    for name in nn.functional.__all__:
        yield "torch.nn.functional", name, getattr(nn.functional, name)


@functools.cache
def _names() -> dict[Any, str]:
    """The first name under which torch has what can be overridden, by the function."""
    found: dict[Any, str] = {}
    for face, name, function in _functions():
        found.setdefault(function, f"{face}.{name}")
    for name, method in _methods().items():
        found.setdefault(method, f"torch.Tensor.{name}")
    return found


def _methods() -> dict[str, Any]:
    """What a Tensor has that can be overridden: methods, and the reading of attributes."""
    read = {name: member for name, (member, _) in members().items()}
    attributes = {f"{name}.__get__": member.__get__ for name, member in read.items() if isinstance(member, property)}
    methods = {name: getattr(Tensor, name) for name in sorted(ASKING)}
    return methods | {name: member for name, member in read.items() if inspect.isfunction(member)} | attributes


def resolve_name(f: Callable[..., Any]) -> str | None:
    """ "torch.add" of `torch.add`: the name of what can be overridden, else None."""
    return _names().get(f)


def is_tensor_method_or_property(func: Callable[..., Any]) -> bool:
    """Whether it is what a Tensor has: a method, or the reading of an attribute."""
    return func in set(_methods().values()) or getattr(func, "__name__", "") == "__get__"


def get_overridable_functions() -> dict[Any, list[Callable[..., Any]]]:
    """What can be overridden, by the module or class that has it."""
    found: dict[Any, list[Callable[..., Any]]] = {Tensor: list(_methods().values())}
    for face, _, function in _functions():
        home = functools.reduce(getattr, face.split(".")[1:], autograd)
        listed = found.setdefault(home, [])
        if function not in listed:
            listed.append(function)
    return found


def get_testing_overrides() -> dict[Callable[..., Any], Callable[..., int]]:
    """Of each that can be overridden one that takes the same arguments and gives -1."""
    return {
        function: _minus_one(function) for functions in get_overridable_functions().values() for function in functions
    }


def _minus_one(function: Callable[..., Any]) -> Callable[..., int]:
    def stand_in(*args: Any, **kwargs: Any) -> int:
        return -1

    stand_in.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]
    return stand_in


def get_ignored_functions() -> set[Callable[..., Any]]:
    """The public functions that can't be overridden."""
    public = {getattr(autograd, name) for name in autograd.__all__}
    return {x for x in public if inspect.isfunction(x) and x not in _names()} | {Tensor.as_subclass}


def get_default_nowrap_functions() -> set[Callable[..., Any]]:
    """The attributes whose tensors `Tensor.__torch_function__` gives as they are kept."""
    return {getattr(Tensor, name).__get__ for name in ("_base", "grad")}


__all__ = [
    "BaseTorchFunctionMode",
    "TorchFunctionMode",
    "get_default_nowrap_functions",
    "get_ignored_functions",
    "get_overridable_functions",
    "get_testing_overrides",
    "handle_torch_function",
    "has_torch_function",
    "is_tensor_like",
    "is_tensor_method_or_property",
    "redispatch_function",
    "resolve_name",
    "wrap_torch_function",
]
