"""Names for the types that recur in signatures."""

from __future__ import annotations

from collections.abc import Sequence
from types import EllipsisType
from typing import Any, SupportsIndex, TypeAlias, TypedDict

import numpy as np

from . import dtypes
from .device import DeviceLike
from .engine.tensor import Tensor

Number: TypeAlias = complex | np.number  # of Python (where bool, int and float count as complex) or of NumPy
Operand: TypeAlias = Tensor | Number | np.ndarray  # what operators and elementwise functions take
DTypeLike: TypeAlias = dtypes.dtype | None  # None for the default
Dims: TypeAlias = int | Sequence[int] | None  # None for all
Sizes: TypeAlias = SupportsIndex | Sequence[SupportsIndex]  # of `*sizes`, given one by one or as one sequence
PerDim: TypeAlias = int | Sequence[int]  # of a window: one number for all dimensions, or one for each
Index: TypeAlias = (
    SupportsIndex | slice | EllipsisType | Tensor | np.ndarray | list[Any] | range | tuple[Any, ...] | None
)


class FactoryKwargs(TypedDict):
    """What a layer hands to all that makes its parameters."""

    device: DeviceLike
    dtype: DTypeLike
