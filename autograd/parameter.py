"""Tensors that belong to a module: trained ones and kept ones."""

from __future__ import annotations

from typing import Any, Self

from .engine.tensor import Tensor
from .ops.creation import empty
from .ops.promotion import require_tensors


class Parameter(Tensor):
    """A tensor that a module trains: assigned to a module's attribute, it is one of its parameters.

    It shares the memory of `data` and is a leaf.

    >>> import autograd
    >>> from autograd.parameter import Parameter
    >>> Parameter(autograd.ones(2))
    Parameter containing:
    tensor([1., 1.], requires_grad=True)
    """

    def __new__(cls, data: Tensor | None = None, requires_grad: bool = True) -> Self:
        require_tensors(cls.__name__, *(() if data is None else (data,)))
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

    persistent: bool

    def __new__(cls, data: Tensor | None = None, *, persistent: bool = True) -> Self:
        made = object.__new__(cls)
        made._adopt((empty(0) if data is None else data).detach())
        made.persistent = persistent
        return made
