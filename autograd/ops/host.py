"""The values of a tensor on the host, as Python and NumPy see them."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes
from ..engine.errors import OperationError
from ..engine.modes import modes
from ..engine.tensor import Tensor


def on_host(input: Tensor, reader: str) -> np.ndarray:
    """The values as a NumPy array, which shares their memory where it can."""
    modes.note_unreplayable(f"{reader} read a value on the host")
    input._renew()
    return input._backend.to_numpy(input._array)


def item(input: Tensor) -> Any:
    """The value of a one-element tensor as a Python number."""
    if input.numel() != 1:
        raise OperationError(f"item: a tensor with {input.numel()} elements cannot be converted to a scalar")
    if modes.listener is None:
        return on_host(input, "item()").item()
    input._renew()
    value = input._backend.to_numpy(input._array).item()
    return modes.listener.on_read(input, value, "item()")


def tolist(input: Tensor) -> Any:
    """Nested lists of Python numbers; a number for a scalar."""
    return on_host(input, "tolist()").tolist()


def numpy(input: Tensor, *, force: bool = False) -> np.ndarray:
    """A NumPy array that shares this tensor's memory (`force=True`: a copy where it can't)."""
    if force:
        return _exported(input.detach().cpu())
    if input.requires_grad:
        raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
    if input._backend.sparse:
        raise TypeError("numpy: can't convert a sparse tensor to numpy; take x.to_dense() first")
    if not input.is_cpu:
        raise TypeError(f"numpy: the tensor is on {input.device}; use tensor.cpu() first")
    return _exported(input)


def _exported(input: Tensor) -> np.ndarray:
    """The array for somebody who keeps it: under him the elements can't be moved."""
    if input.dtype is dtypes.bfloat16:
        raise TypeError("Got unsupported ScalarType BFloat16: NumPy has no such dtype; use tensor.float().numpy()")
    if input._memory is not None:
        input._memory.aliased = True
    return on_host(input, "numpy()")


def to_array(input: Tensor, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
    """What `numpy.asarray(tensor)` gives."""
    array = input.numpy()
    if dtype is not None and array.dtype != dtype:
        return array.astype(dtype)
    return array.copy() if copy else array


def to_bool(input: Tensor) -> bool:
    if input.numel() != 1:
        raise RuntimeError(
            f"the truth value of a tensor with {input.numel()} elements is ambiguous; use .any() or .all()"
        )
    return bool(on_host(input, "bool()").item())


def to_int(input: Tensor) -> int:
    return int(input.item())


def to_float(input: Tensor) -> float:
    return float(input.item())


def to_complex(input: Tensor) -> complex:
    return complex(input.item())


def to_index(input: Tensor) -> int:
    if input.dtype.is_inexact or input.numel() != 1:
        raise TypeError("only integer tensors of a single element can be converted to an index")
    return int(input.item())


def formatted(input: Tensor, spec: str) -> str:
    return format(input.item(), spec) if input.dim() == 0 else object.__format__(input, spec)
