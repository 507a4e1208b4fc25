"""make_tensor: a tensor of any dtype to try a function on."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import dtypes
from ..engine.tensor import Tensor
from ..ops.creation import from_numpy
from ..ops.random import draw_seed
from ..types import DeviceLike


def make_tensor(
    *shape: Any,
    dtype: dtypes.dtype,
    device: DeviceLike = "cpu",
    low: float | None = None,
    high: float | None = None,
    requires_grad: bool = False,
    noncontiguous: bool = False,
    exclude_zero: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """A tensor of uniform numbers in [low, high), by default [-9, 9), of unsigned integers [0, 10).

    With `noncontiguous` it has strides, if it has two or more elements; with `exclude_zero` what would be 0 is the
    least number above it (of integers 1). ValueError if low is not below high.

    >>> import autograd
    >>> make_tensor(2, 3, dtype=autograd.int64).shape
    autograd.Size([2, 3])
    """
    if len(shape) == 1 and not isinstance(shape[0], int):
        shape = tuple(shape[0])
    inexact = dtype.is_floating_point or dtype.is_complex
    if requires_grad and not inexact:
        raise ValueError(f"`requires_grad=True` is not supported for boolean and integral dtypes, but got {dtype=}")
    if low is not None and high is not None and (low > high or (low == high and not inexact)):
        raise ValueError(f"`low` must be less than `high`, but got {low} >= {high}")
    random = np.random.default_rng(draw_seed())
    sizes = (*shape[:-1], 2 * shape[-1]) if noncontiguous and shape else tuple(shape)
    least, most = (0.0, 2.0) if dtype is dtypes.bool else (-9.0, 9.0) if inexact else (-9.0, 10.0)
    if dtype.name.startswith("uint"):
        least = 0.0
    least, most = least if low is None else low, most if high is None else high
    if inexact:
        values = random.uniform(least, most, sizes)
        if dtype.is_complex:
            values = values + 1j * random.uniform(least, most, sizes)
    else:
        if dtype is not dtypes.bool:
            info = np.iinfo(dtype.name)
            least, most = max(least, info.min), min(most, float(info.max) + 1)
        values = np.asarray(random.integers(math.ceil(least), math.ceil(most), sizes))
    kind = "float32" if dtype.name == "bfloat16" else dtype.name
    made = np.array(values).astype(kind)
    if exclude_zero:
        made[made == 0] = np.finfo(kind).tiny if inexact else 1
    x = from_numpy(made[..., ::2] if noncontiguous and shape else made)
    return x.to(device=device, dtype=dtype).requires_grad_(requires_grad)


__all__ = ["make_tensor"]
