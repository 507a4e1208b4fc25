"""Copies of a tensor as Python makes them: `copy`, `deepcopy` and `pickle`."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import dtypes
from ..backend import get_backend, is_available
from ..backend.bfloat16 import BFLOAT16
from ..engine.tensor import Tensor, wrap
from .host import on_host
from .sparse.parts import parts_of, rebuilt


def _like(input: Tensor, values: Tensor) -> Any:
    """A leaf of the same class around other values."""
    made: Any = object.__new__(type(input))
    made._adopt(values)
    made._requires_grad = input._requires_grad
    return made


def deep(input: Tensor, memo: dict[int, Any]) -> Any:
    """A leaf with a copy of the values, of the gradient and of the attributes."""
    if not input.is_leaf:
        raise RuntimeError("only leaf tensors support deepcopy; detach() or clone() this result first")
    if id(input) in memo:
        return memo[id(input)]
    made = memo[id(input)] = _like(input, input.detach().clone())
    made._grad = copy.deepcopy(input._grad, memo)
    if hasattr(input, "__dict__"):
        made.__dict__.update(copy.deepcopy(input.__dict__, memo))
    return made


def shallow(input: Tensor) -> Any:
    """A leaf that shares the memory, as in torch."""
    made = _like(input, input.detach())
    if hasattr(input, "__dict__"):
        made.__dict__.update(input.__dict__)
    return made


def reduce(input: Tensor, protocol: Any) -> tuple[Any, ...]:
    """The values without their history: a result, too, comes back as a leaf."""
    state = dict(getattr(input, "__dict__", {}))
    if input._backend.sparse:
        return rebuilt, (type(input), parts_of(input), input._requires_grad, state)
    array = on_host(input, "pickle")
    rebuild: Callable[..., Tensor] = _rebuild
    if input.dtype is dtypes.bfloat16:  # the bits, which need nothing but NumPy to be read
        array, rebuild = array.view(np.uint16), _rebuild_bfloat16
    return rebuild, (type(input), array, str(input.device), input._requires_grad, state)


def _rebuild(cls: type, array: np.ndarray, device: str, requires_grad: bool, state: dict[str, Any]) -> Tensor:
    """Makes the tensor that was pickled, on its device or, where that is missing, on the CPU."""
    backend = get_backend(device if is_available(device) else "cpu")
    made: Any = object.__new__(cls)
    made._adopt(wrap(backend.from_numpy(array.copy()), backend))
    made._requires_grad = requires_grad
    if state:
        made.__dict__.update(state)
    return made


def _rebuild_bfloat16(cls: type, bits: np.ndarray, device: str, requires_grad: bool, state: dict[str, Any]) -> Tensor:
    if bits.dtype != np.uint16:
        raise TypeError(f"bfloat16 numbers are pickled as uint16, not as {bits.dtype}")
    return _rebuild(cls, bits.view(BFLOAT16), device, requires_grad, state)
