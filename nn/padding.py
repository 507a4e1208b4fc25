"""Layers that grow their input at its sides."""

from __future__ import annotations

from autograd import Tensor
from autograd.ops.dims import as_ints, is_int
from autograd.types import PerDim

from . import functional as F
from .module import Module


class _Pad(Module):
    """`padding`: one width for all sides, or (before, after) from the last dimension backwards."""

    dims: int
    mode = "constant"
    value: float = 0.0

    def __init__(self, padding: PerDim) -> None:
        super().__init__()
        self.padding = as_ints(padding) * (2 * self.dims if is_int(padding) else 1)
        if len(self.padding) != 2 * self.dims:
            raise ValueError(f"{type(self).__name__}: expected {2 * self.dims} widths, got {self.padding}")

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, self.mode, self.value)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class _ConstantPadNd(_Pad):
    def __init__(self, padding: PerDim, value: float) -> None:
        super().__init__(padding)
        self.value = value

    def extra_repr(self) -> str:
        return f"padding={self.padding}, value={self.value}"


class _ReflectionPadNd(_Pad):
    mode = "reflect"


class _ReplicationPadNd(_Pad):
    mode = "replicate"


class _CircularPadNd(_Pad):
    mode = "circular"


class ConstantPad1d(_ConstantPadNd):
    """Grows the last dimension by a value."""

    dims = 1


class ZeroPad1d(_ConstantPadNd):
    """Grows the last dimension by zeros."""

    dims = 1

    def __init__(self, padding: PerDim) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class ConstantPad2d(_ConstantPadNd):
    """Grows the last two dimensions by a value."""

    dims = 2


class ZeroPad2d(_ConstantPadNd):
    """Grows the last two dimensions by zeros."""

    dims = 2

    def __init__(self, padding: PerDim) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class ConstantPad3d(_ConstantPadNd):
    """Grows the last three dimensions by a value."""

    dims = 3


class ZeroPad3d(_ConstantPadNd):
    """Grows the last three dimensions by zeros."""

    dims = 3

    def __init__(self, padding: PerDim) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class ReflectionPad1d(_ReflectionPadNd):
    """Grows the last dimension by its mirror image."""

    dims = 1


class ReflectionPad2d(_ReflectionPadNd):
    """Grows the last two dimensions by its mirror image."""

    dims = 2


class ReflectionPad3d(_ReflectionPadNd):
    """Grows the last three dimensions by its mirror image."""

    dims = 3


class ReplicationPad1d(_ReplicationPadNd):
    """Grows the last dimension by its edge."""

    dims = 1


class ReplicationPad2d(_ReplicationPadNd):
    """Grows the last two dimensions by its edge."""

    dims = 2


class ReplicationPad3d(_ReplicationPadNd):
    """Grows the last three dimensions by its edge."""

    dims = 3


class CircularPad1d(_CircularPadNd):
    """Grows the last dimension by its other end."""

    dims = 1


class CircularPad2d(_CircularPadNd):
    """Grows the last two dimensions by its other end."""

    dims = 2


class CircularPad3d(_CircularPadNd):
    """Grows the last three dimensions by its other end."""

    dims = 3
