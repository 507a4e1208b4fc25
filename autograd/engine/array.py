"""What a tensor is apart from any graph: an array on a device."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from .. import dtypes
from ..device import device as Device
from .size import Size

if TYPE_CHECKING:
    from ..backend.base import Backend


class Array:
    """Shape, kind and place of a tensor."""

    __slots__ = ()

    if TYPE_CHECKING:
        _array: Any
        _backend: Backend

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

    @property
    def dtype(self) -> dtypes.dtype:
        return self._backend.dtypes[self._array.dtype]

    @property
    def device(self) -> Device:
        return self._backend.device

    def is_floating_point(self) -> bool:
        return self.dtype.is_floating_point

    def is_complex(self) -> bool:
        return self.dtype.is_complex
