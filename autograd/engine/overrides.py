"""Who may answer a call in the engine's place: the `__torch_function__` of an argument's class, or a mode.

Public functions ask `answer` before they compute, but only where `armed` says that there may be somebody: a subclass of
Tensor has been defined, or a mode entered. What is no tensor but has a `__torch_function__` is noticed where a function
would refuse it, and arms, too. So whoever uses none of it pays for one look at `armed`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from .modes import modes, switched
from .tensor import Tensor

armed = False
unanswered: Any = object()  # what `answer` gives if nobody overrides the call

_UNWRAPPED = ("grad", "_grad", "_base")  # the attributes whose tensors are given as they are kept


def disabled(func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
    """The `__torch_function__` of a class that wants none: results of its tensors are plain."""
    with switched(overridable=False):
        return func(*args, **(kwargs or {}))


def default(cls: type, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
    """Computes as if nobody overrode it; the tensors that result are of the class, also those in tuples and lists.

    NotImplemented if an argument is of another class, which may know better. A classmethod of Tensor.
    """
    if _is_of_pytorch(func) or not all(issubclass(cls, kind) for kind in types):
        return NotImplemented
    with switched(overridable=False):
        result = func(*args, **(kwargs or {}))
        return result if is_unwrapped(func) else _of_class(result, cls, [*_flat(args), *_flat((kwargs or {}).values())])


def _is_of_pytorch(func: Any) -> bool:
    """Whether it is a function of PyTorch, which was given a tensor of this engine and asks."""
    return inspect.isroutine(func) and (
        (getattr(func, "__module__", None) or "").partition(".")[0] == "torch"
        or inspect.isbuiltin(func)
        or inspect.ismethoddescriptor(func)
    )


def is_unwrapped(func: Any) -> bool:
    """Whether it reads an attribute that holds a tensor of its own, which `default` leaves as it is."""
    return getattr(func, "__name__", "") == "__get__" and any(
        getattr(Tensor, name, None) is func.__self__ for name in _UNWRAPPED
    )


def _of_class(result: Any, cls: type, given: list[Any]) -> Any:
    if isinstance(result, Tensor):
        if cls is Tensor or isinstance(result, cls):
            return result
        if type(result) is not Tensor or any(result is x for x in given):  # somebody else's
            return result.as_subclass(cls)
        made: Any = result  # nobody has seen it yet: it need not become a view
        made.__class__ = cls
        return made
    if isinstance(result, tuple | list):
        parts = [_of_class(each, cls, given) for each in result]
        return type(result)(*parts) if hasattr(result, "_fields") else type(result)(parts)
    return result


def arm() -> None:
    """From here on public functions ask whether somebody overrides them."""
    global armed
    armed = True


def arms(args: Iterable[Any], kwargs: dict[str, Any] | None = None) -> bool:
    """Whether it was an argument's class that a function has refused, without asking it: from here on it is asked."""
    if armed or not modes.overridable or not overriding(_flat(args), _flat((kwargs or {}).values())):
        return False
    arm()
    return True


def answer(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What an override makes of a call of a public function; `unanswered` if there is none.

    The innermost mode is asked first, with itself switched off, then the arguments' classes, those that are derived
    from others before these, until one does not return NotImplemented. TypeError if all do.
    """
    if is_redispatched():
        return unanswered
    concerned = overriding(_flat(args), _flat(kwargs.values())) if modes.overridable else []
    if not concerned and not modes.overriders:
        return unanswered
    return asked(function, concerned, args, kwargs)


def is_redispatched() -> bool:
    """Whether this one call is to be computed, whoever overrides it."""
    redispatched, modes.redispatched = modes.redispatched, False
    return redispatched


def asked(function: Callable[..., Any], concerned: list[Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What the innermost mode, or the first of the concerned that does not decline, makes of the call."""
    types = tuple(map(type, concerned))
    if modes.overriders:
        *outer, innermost = modes.overriders
        with switched(overriders=tuple(outer)):
            result = innermost.__torch_function__(function, types, args, kwargs)
        if result is not NotImplemented:
            return result
    for x in concerned:
        result = x.__torch_function__(function, types, args, kwargs)
        if result is not NotImplemented:
            return result
    declined = [*[type(mode) for mode in modes.overriders[-1:]], *types]
    raise TypeError(
        f"{getattr(function, '__name__', function)}: no implementation found for these arguments, as every "
        f"__torch_function__ asked returned NotImplemented: {', '.join(kind.__name__ for kind in declined)}"
    )


def overriding(*arguments: Iterable[Any]) -> list[Any]:
    """One argument of each class with a `__torch_function__` of effect, in the order in which they are asked."""
    found: list[Any] = []
    for some in arguments:
        for x in some:
            kind = type(x)
            if not overrides(kind) or any(kind is type(other) for other in found):
                continue
            before = (i for i, other in enumerate(found) if issubclass(kind, type(other)))
            found.insert(next(before, len(found)), x)
    return found


def overrides(kind: type) -> bool:
    """Whether a class, neither Tensor itself nor one of PyTorch's, has a `__torch_function__` of effect."""
    if kind is Tensor or getattr(kind, "__torch_function__", disabled) is disabled:
        return False
    return not any(base.__module__.partition(".")[0] == "torch" for base in kind.__mro__)


def _flat(arguments: Iterable[Any]) -> Iterator[Any]:
    """The arguments, and the members of those that are lists or tuples."""
    for x in arguments:
        if isinstance(x, tuple | list):
            yield from x
        else:
            yield x
