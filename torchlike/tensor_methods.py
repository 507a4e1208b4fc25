"""Methods that `autograd.Tensor` has for scripts written for torch alone: it names them, here is what they do."""

from __future__ import annotations

from typing import Any

from autograd import Tensor
from autograd.ops.creation import of_sizes_or_data

from .factorisations import lu, qr, svd, triangular_solve
from .kinds import type_ as type
from .storage import (
    is_set_to,
    resize,
    resize_,
    resize_as,
    resize_as_,
    set_,
    storage,
    storage_offset,
    storage_type,
    untyped_storage,
)

_typed_storage = storage


def itself(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """The tensor itself: there is nothing to change about where or how it is stored."""
    return self


to_sparse = to_dense = coalesce = pin_memory = share_memory_ = itself


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


def is_pinned(self: Tensor, *args: Any) -> bool:
    """False: memory is not pinned."""
    return False


def is_shared(self: Tensor) -> bool:
    """False: tensors lie in memory of their process."""
    return False


__all__ = [
    "coalesce",
    "is_nonzero",
    "is_pinned",
    "is_same_size",
    "is_set_to",
    "is_shared",
    "is_signed",
    "itself",
    "lu",
    "new",
    "pin_memory",
    "qr",
    "resize",
    "resize_",
    "resize_as",
    "resize_as_",
    "set_",
    "share_memory_",
    "storage",
    "storage_offset",
    "storage_type",
    "svd",
    "to_dense",
    "to_sparse",
    "triangular_solve",
    "type",
    "untyped_storage",
]
