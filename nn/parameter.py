"""torch.nn.parameter's place: `autograd.parameter`'s parameters and buffers, and those without a shape yet."""

from __future__ import annotations

from typing import Any, NoReturn, Self

import autograd
from autograd import Tensor
from autograd.parameter import Buffer, Parameter
from autograd.types import DeviceLike, DTypeLike


class UninitializedTensorMixin:
    """A tensor of a module whose shape is not known yet; `becomes` is what it will be."""

    becomes: type[Tensor]

    @property
    def shape(self) -> NoReturn:
        raise RuntimeError(
            "Can't access the shape of an uninitialized parameter or buffer: call the module on an input first"
        )

    def materialize(self: Any, shape: Any, device: DeviceLike = None, dtype: DTypeLike = None) -> None:
        """Becomes a tensor of this shape."""
        self.become(autograd.empty(*shape, device=device or self.device, dtype=dtype or self.dtype))

    def become(self: Any, value: Tensor) -> None:
        """Takes the memory of a value."""
        self.data = value.detach()
        self.__class__ = self.becomes

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class UninitializedParameter(UninitializedTensorMixin, Parameter):
    """A parameter that has no shape yet; optimizers may hold it already."""

    becomes = Parameter

    def __new__(cls, requires_grad: bool = True, device: DeviceLike = None, dtype: DTypeLike = None) -> Self:
        return super().__new__(cls, autograd.empty(0, device=device, dtype=dtype), requires_grad)


class UninitializedBuffer(UninitializedTensorMixin, Buffer):
    """A buffer that has no shape yet."""

    becomes = Buffer

    def __new__(cls, requires_grad: bool = False, device: DeviceLike = None, dtype: DTypeLike = None) -> Self:
        return super().__new__(cls, autograd.empty(0, device=device, dtype=dtype))


def is_lazy(param: Any) -> bool:
    """Whether it is a parameter or buffer that has no shape yet."""
    return isinstance(param, UninitializedTensorMixin)


__all__ = [
    "Buffer",
    "Parameter",
    "UninitializedBuffer",
    "UninitializedParameter",
    "UninitializedTensorMixin",
    "is_lazy",
]
