"""What a tensor is apart from any graph: an array on a device, and its values as Python and NumPy see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

import numpy as np

from .. import dtypes
from ..device import device as Device
from .modes import modes
from .size import Size

if TYPE_CHECKING:
    from ..backend.base import Backend


class Array:
    """Shape, kind, place and values of a tensor."""

    __slots__ = ()

    if TYPE_CHECKING:
        _array: Any
        _backend: Backend
        _memory: Any

        @property
        def requires_grad(self) -> bool: ...
        def _renew(self) -> None: ...
        def detach(self) -> Any: ...

    @property
    def shape(self) -> Size:
        return Size(self._array.shape)

    @overload
    def size(self, dim: None = None) -> Size: ...
    @overload
    def size(self, dim: int) -> int: ...
    def size(self, dim: int | None = None) -> Size | int:
        """The shape, or the size of one dimension."""
        return self.shape if dim is None else self._array.shape[dim]

    @property
    def ndim(self) -> int:
        return len(self._array.shape)

    def dim(self) -> int:
        return len(self._array.shape)

    def numel(self) -> int:
        return Size.numel(self._array.shape)

    nelement = numel

    @property
    def dtype(self) -> dtypes.dtype:
        return self._backend.dtypes[self._array.dtype]

    @property
    def device(self) -> Device:
        return self._backend.device

    @property
    def is_cuda(self) -> bool:
        return self._backend.device.type == "cuda"

    @property
    def is_cpu(self) -> bool:
        return self._backend.device.type == "cpu"

    def get_device(self) -> int:
        return self._backend.device.index or 0 if self.is_cuda else -1

    @property
    def itemsize(self) -> int:
        return self.dtype.itemsize

    @property
    def nbytes(self) -> int:
        return self.numel() * self.itemsize

    def element_size(self) -> int:
        return self.itemsize

    def is_floating_point(self) -> bool:
        return self.dtype.is_floating_point

    def is_complex(self) -> bool:
        return self.dtype.is_complex

    # Reading it on the host

    def _host(self, reader: str) -> np.ndarray:
        modes.note_unreplayable(f"{reader} read a value on the host")
        self._renew()
        return self._backend.to_numpy(self._array)

    def item(self) -> Any:
        """The value of a one-element tensor as a Python number."""
        if self.numel() != 1:
            raise RuntimeError(f"item: a tensor with {self.numel()} elements cannot be converted to a scalar")
        return self._host("item()").item()

    def tolist(self) -> Any:
        """Nested lists of Python numbers; a number for a scalar."""
        return self._host("tolist()").tolist()

    def numpy(self, *, force: bool = False) -> np.ndarray:
        """A NumPy array that shares this tensor's memory (`force=True`: a copy where it can't)."""
        if force:
            return self.detach().cpu()._exported()
        if self.requires_grad:
            raise RuntimeError("numpy: the tensor requires grad; use tensor.detach().numpy()")
        if not self.is_cpu:
            raise TypeError(f"numpy: the tensor is on {self.device}; use tensor.cpu() first")
        return self._exported()

    def _exported(self) -> np.ndarray:
        """The array for somebody who keeps it: under him the elements can't be moved."""
        if self._memory is not None:
            self._memory.aliased = True
        return self._host("numpy()")

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        array = self.numpy()
        if dtype is not None and array.dtype != dtype:
            return array.astype(dtype)
        return array.copy() if copy else array

    def __bool__(self) -> bool:
        if self.numel() != 1:
            raise RuntimeError(
                f"the truth value of a tensor with {self.numel()} elements is ambiguous; use .any() or .all()"
            )
        return bool(self._host("bool()").item())

    def __int__(self) -> int:
        return int(self.item())

    def __float__(self) -> float:
        return float(self.item())

    def __complex__(self) -> complex:
        return complex(self.item())

    def __index__(self) -> int:
        if self.dtype.is_inexact or self.numel() != 1:
            raise TypeError("only integer tensors of a single element can be converted to an index")
        return int(self.item())

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if self.dim() == 0 else object.__format__(self, spec)
