"""What a tensor is, asked of functions."""

from __future__ import annotations

from ..engine.tensor import Tensor
from .operation import operation


@operation(method=False)
def is_tensor(obj: object) -> bool:
    """Whether it is a Tensor."""
    return isinstance(obj, Tensor)


@operation(method=False)
def is_floating_point(input: Tensor) -> bool:
    """Whether its dtype is a floating one."""
    return input.is_floating_point()


@operation(method=False)
def numel(input: Tensor) -> int:
    """The number of elements."""
    return input.numel()


@operation(method=False)
def detach(input: Tensor) -> Tensor:
    """The same memory outside the graph."""
    return input.detach()
