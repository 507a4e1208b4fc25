"""torch.utils.dlpack's place, and other ways to memory that is there already: buffers and files."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd
from autograd import Tensor, dtype as DType
from autograd.backend import get_backend
from autograd.engine.tensor import wrap


def from_dlpack(ext_tensor: Any, *, device: Any = None, copy: bool | None = None) -> Tensor:
    """A tensor around the memory of another library's array, on the CPU or a GPU; with `copy` of a copy of it."""
    if isinstance(ext_tensor, Tensor):
        made = ext_tensor.clone() if copy else ext_tensor.detach()
        return made if device is None else made.to(device)
    if not hasattr(ext_tensor, "__dlpack__"):
        raise TypeError(f"from_dlpack: expected an object with __dlpack__, got {type(ext_tensor).__name__}")
    on_gpu = hasattr(ext_tensor, "__dlpack_device__") and ext_tensor.__dlpack_device__()[0] == 2
    backend = get_backend("cuda" if on_gpu else "cpu")
    made = wrap(backend.xp.from_dlpack(ext_tensor), backend)
    made = made.clone() if copy else made
    return made if device is None else made.to(device)


def to_dlpack(tensor: Tensor) -> Any:
    """The capsule that other libraries' `from_dlpack` takes."""
    return tensor.detach()._array.__dlpack__()


def frombuffer(buffer: Any, *, dtype: DType, count: int = -1, offset: int = 0, requires_grad: bool = False) -> Tensor:
    """A vector around the memory of a buffer: bytes, a bytearray, an array.array; `offset` in bytes."""
    view = memoryview(buffer)
    kind = np.dtype(dtype.name)
    if not 0 <= offset < view.nbytes:
        raise ValueError(f"frombuffer: offset must be within the buffer's {view.nbytes} bytes, got {offset}")
    if count == -1 and (view.nbytes - offset) % kind.itemsize:
        raise ValueError(
            f"frombuffer: {view.nbytes - offset} bytes from offset {offset} are no multiple of {kind.itemsize}, the "
            f"size of {dtype}"
        )
    made = autograd.from_numpy(np.frombuffer(buffer, kind, count, offset))
    return made.requires_grad_(requires_grad)


def from_file(
    filename: str, shared: bool | None = None, size: int | None = 0, *, dtype: DType | None = None, **options: Any
) -> Tensor:
    """A vector of `size` elements whose memory is a file; with `shared` what is written goes into the file."""
    kind = np.dtype((dtype or autograd.get_default_dtype()).name)
    length = size or 0
    if shared:
        with open(filename, "ab") as file:
            file.truncate(max(file.tell(), length * kind.itemsize))
    mapped = np.memmap(filename, kind, "r+" if shared else "c", shape=(length,))
    return autograd.from_numpy(np.asarray(mapped))


__all__ = ["from_dlpack", "to_dlpack"]
