"""Tensors that belong to a module: trained ones and kept ones."""

from __future__ import annotations

from typing import Any

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

    def __init__(self, data: Tensor | None = None, requires_grad: bool = True) -> None:
        require_tensors(type(self).__name__, *(() if data is None else (data,)))
        self._adopt((empty(0) if data is None else data).detach())
        self.requires_grad = requires_grad

    def __repr__(self) -> str:
        return "Parameter containing:\n" + super().__repr__()

    def __deepcopy__(self, memo: dict[int, Any]) -> Parameter:
        """A copy without a gradient, as torch's; copies of other tensors keep theirs."""
        made = super().__deepcopy__(memo)
        made._grad = None
        return made


class Buffer(Tensor):
    """A tensor that a module keeps but does not train: assigned to an attribute, it is one of its buffers."""

    def __init__(self, data: Tensor | None = None, *, persistent: bool = True) -> None:
        self._adopt((empty(0) if data is None else data).detach())
        self.persistent = persistent
