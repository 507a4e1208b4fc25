"""Tensors that belong to a module: trained ones and kept ones."""

from __future__ import annotations

from typing import Any, Self, cast

from .engine.overrides import disabled, overrides
from .engine.tensor import Tensor
from .ops.creation import empty
from .ops.promotion import require_tensors


class _Kind(type):
    """What makes tensors of a user's own class parameters, too: `isinstance` asks what `Parameter` has noted."""

    def __instancecheck__(cls, instance: Any) -> bool:
        if type.__instancecheck__(cls, instance):
            return True
        return cls is Parameter and isinstance(instance, Tensor) and getattr(instance, "_is_param", False)


class Parameter(Tensor, metaclass=_Kind):
    """A tensor that a module trains: assigned to a module's attribute, it is one of its parameters.

    It shares the memory of `data` and is a leaf. Of a user's subclass of Tensor it keeps the class, and so its
    `__torch_function__`.

    >>> import autograd
    >>> from autograd.parameter import Parameter
    >>> Parameter(autograd.ones(2))
    Parameter containing:
    tensor([1., 1.], requires_grad=True)
    """

    __torch_function__ = staticmethod(disabled)

    def __new__(cls, data: Tensor | None = None, requires_grad: bool = True) -> Self:
        require_tensors(cls.__name__, *(() if data is None else (data,)))
        if cls is Parameter and overrides(type(data)):
            own = cast(Any, data).detach().requires_grad_(requires_grad)
            if isinstance(own, Tensor):
                own._is_param = True  # type: ignore[attr-defined]
                return cast(Self, own)
        made = object.__new__(cls)
        made._adopt((empty(0) if data is None else data).detach())
        made.requires_grad = requires_grad
        return made

    def __repr__(self) -> str:
        return "Parameter containing:\n" + super().__repr__()

    def __deepcopy__(self, memo: dict[int, Any]) -> Parameter:
        """A copy without the gradient and the attributes, as torch's; copies of other tensors keep theirs."""
        if id(self) not in memo:
            memo[id(self)] = made = object.__new__(type(self))
            made._adopt(self.detach().clone())
            made._requires_grad = self._requires_grad
        return memo[id(self)]


class Buffer(Tensor):
    """A tensor that a module keeps but does not train: assigned to an attribute, it is one of its buffers."""

    __torch_function__ = staticmethod(disabled)
    persistent: bool

    def __new__(cls, data: Tensor | None = None, *, persistent: bool = True) -> Self:
        made = object.__new__(cls)
        made._adopt((empty(0) if data is None else data).detach())
        made.persistent = persistent
        return made
