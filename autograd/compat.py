"""Methods of torch's tensors that mean little here, so that scripts which call them run."""

from __future__ import annotations

from typing import Any

from .ops.creation import of_sizes_or_data
from .tensor import Tensor


def itself(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """The tensor itself: there is nothing to change about where or how it is stored."""
    return self


def new(self: Tensor, *args: Any) -> Tensor:
    """A tensor of this one's dtype and device, of a shape or with given data, as `Tensor(...)` takes them."""
    return of_sizes_or_data("new", args, None, self.dtype, self.device)


def is_nonzero(self: Tensor) -> bool:
    """Whether the one element is not 0."""
    return bool(self)


def is_same_size(self: Tensor, other: Tensor) -> bool:
    """Whether the shapes are the same."""
    return self.shape == other.shape


def is_signed(self: Tensor) -> bool:
    """Whether the dtype has negative numbers."""
    return self.dtype.is_signed


def attach() -> None:
    """Makes them methods of Tensor."""
    methods: Any = Tensor
    for name in ("to_sparse", "to_dense", "coalesce", "pin_memory", "share_memory_"):
        setattr(methods, name, itself)
    for function in (new, is_nonzero, is_same_size, is_signed):
        setattr(methods, function.__name__, function)
    for name in ("is_sparse", "is_quantized", "is_meta", "is_mps", "is_nested", "is_xpu"):
        setattr(methods, name, False)
    methods.is_shared = methods.is_pinned = lambda self: False
