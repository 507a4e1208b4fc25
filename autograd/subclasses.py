"""Subclasses of Tensor: results are of the class again, and a `__torch_function__` of its own is told of every call.

    >>> import autograd
    >>> class Logged(autograd.Tensor):
    ...     @classmethod
    ...     def __torch_function__(cls, func, types, args=(), kwargs=None):
    ...         print(func.__name__)
    ...         return super().__torch_function__(func, types, args, kwargs)
    >>> x = autograd.ones(2).as_subclass(Logged)
    >>> type(x.exp() + 1).__name__
    exp
    add
    'Logged'

The operations ask for themselves (see `engine.overrides`). All else that a tensor has (`shape`, `detach`, `x[0]`, `len`
...) is asked for in the subclass, which gets a version of its own of each: plain tensors pay nothing.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from .engine import overrides
from .engine.tensor import Tensor
from .methods import ASKING

_SPECIAL = {  # what is asked for beside the public names
    *("__getitem__", "__setitem__", "__len__", "__contains__", "__bool__", "__int__", "__float__", "__complex__"),
    *("__index__", "__format__", "__repr__", "__neg__", "__pos__", "__abs__", "__invert__", "__array__", "__copy__"),
    *("__deepcopy__", "__reduce_ex__", "_version", "_base"),
}
_NEVER_ASKED = {"as_subclass"}  # how a `__torch_function__` gets at the plain tensor


def _method(member: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(member)
    def asking(self: Tensor, *args: Any, **kwargs: Any) -> Any:
        answer = overrides.answer(member, (self, *args), kwargs)
        return member(self, *args, **kwargs) if answer is overrides.unanswered else answer

    return asking


def _attribute(member: property) -> property:
    get, set, delete = (
        None if function is None else _method(getattr(member, name))
        for function, name in ((member.fget, "__get__"), (member.fset, "__set__"), (member.fdel, "__delete__"))
    )
    return property(get, set, delete, member.__doc__)


@functools.cache
def members() -> dict[str, tuple[Any, Any]]:
    """What a tensor has that does not ask for itself, and what a subclass has instead, by its name."""
    found: dict[str, tuple[Any, Any]] = {}
    for name in dir(Tensor):
        member = inspect.getattr_static(Tensor, name)
        if name in ASKING or name in _NEVER_ASKED or (name.startswith("_") and name not in _SPECIAL):
            continue
        if isinstance(member, property):
            found[name] = member, _attribute(member)
        elif inspect.isfunction(member):
            found[name] = member, _method(member)
    return found


def _init_subclass(cls: type, **kwargs: Any) -> None:
    """Prepares a class, unless its `__torch_function__` is the disabled one: what it inherits from Tensor asks it."""
    super(Tensor, cls).__init_subclass__(**kwargs)  # type: ignore[misc]
    if not overrides.overrides(cls):
        return
    overrides.arm()
    for name, (member, asking) in members().items():
        if inspect.getattr_static(cls, name) is member:
            setattr(cls, name, asking)


Tensor.__init_subclass__ = classmethod(_init_subclass)  # type: ignore[assignment]
Tensor.__torch_function__ = classmethod(overrides.default)  # type: ignore[assignment, method-assign]
