"""torch's global switches. Those that have nothing to switch here are accepted, so that scripts may set them."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from . import dtypes
from .backend import threads


class memory_format:
    """How a tensor's dimensions lie in memory; an argument that is accepted and not followed."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"autograd.{self.name}"


contiguous_format = memory_format("contiguous_format")
preserve_format = memory_format("preserve_format")
channels_last = memory_format("channels_last")
channels_last_3d = memory_format("channels_last_3d")
newaxis = None


def set_num_threads(count: int) -> None:
    """How many threads compute a large product of matrices: also those of NumPy's and SciPy's linear algebra.

    At first it is the number that NumPy's OpenBLAS starts with (OPENBLAS_NUM_THREADS, OMP_NUM_THREADS, or the
    cores that this process may use); the environment variable AUTOGRAD_NUM_THREADS sets it at import. The
    results have the same bits whatever the number. RuntimeError for less than one thread.

    >>> before = get_num_threads()
    >>> set_num_threads(1)
    >>> get_num_threads()
    1
    >>> set_num_threads(before)
    """
    if isinstance(count, bool) or not isinstance(count, int | np.integer) or count < 1:
        raise RuntimeError(f"set_num_threads: expected a positive integer, got {count!r}")
    threads.set_count(int(count))


def get_num_threads() -> int:
    """How many threads compute a large product of matrices."""
    return threads.get_count()


if _wanted := os.environ.get("AUTOGRAD_NUM_THREADS"):
    if not _wanted.isdecimal():
        raise RuntimeError(f"AUTOGRAD_NUM_THREADS: expected a positive integer, got {_wanted!r}")
    set_num_threads(int(_wanted))


def set_float32_matmul_precision(precision: str) -> None:
    """Accepted: products of float32 are computed in float32."""


def get_float32_matmul_precision() -> str:
    """highest."""
    return "highest"


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Accepted: what runs on the CPU gives the same bits each time."""


def set_default_tensor_type(t: Any) -> None:
    """set_default_dtype by the name or the function of a tensor type: `torch.DoubleTensor`."""
    name = (t if isinstance(t, str) else t.__name__).rpartition(".")[2]
    known = {"DoubleTensor": dtypes.float64, "HalfTensor": dtypes.float16}
    if name not in {*known, "FloatTensor", "Tensor"}:
        raise TypeError(f"set_default_tensor_type: only floating-point types are supported, got {name}")
    dtypes.set_default_dtype(known.get(name, dtypes.float32))


def broadcast_shapes(*shapes: Any) -> Any:
    """The shape that tensors of these shapes broadcast to.

    >>> broadcast_shapes((2, 1), (3,))
    autograd.Size([2, 3])
    """
    from .tensor import Size

    return Size(np.broadcast_shapes(*((s,) if isinstance(s, int) else tuple(s) for s in shapes)))


def typename(obj: Any) -> str:
    """The name of an object's type with its module; of a tensor, of its kind of tensor."""
    if hasattr(obj, "dtype") and hasattr(obj, "type"):
        return obj.type()
    return f"{type(obj).__module__}.{type(obj).__name__}"


def compile(model: Any = None, **options: Any) -> Any:
    """The model or function itself, which runs eagerly; as a decorator, too. See `autograd.capture` for recording."""
    return (lambda function: function) if model is None else model
