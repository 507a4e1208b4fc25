"""Methods that `autograd.Tensor` has for scripts written for torch alone: it names them, here is what they do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import nn.functional as F
from autograd import Tensor, empty_strided, tensor
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


pin_memory = share_memory_ = itself


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


def map_(self: Tensor, tensor: Tensor, callable: Callable[[Any, Any], Any]) -> Tensor:
    """self[i] = callable(self[i], tensor[i]) for each element, as Python numbers, on the CPU: slow, and unrecorded."""
    return _by_element("map_", self, (tensor,), callable)


def map2_(self: Tensor, x: Tensor, y: Tensor, callable: Callable[[Any, Any, Any], Any]) -> Tensor:
    """self[i] = callable(self[i], x[i], y[i]) for each element, as map_ does."""
    return _by_element("map2_", self, (x, y), callable)


def apply_(self: Tensor, callable: Callable[[Any], Any]) -> Tensor:
    """self[i] = callable(self[i]) for each element, as a Python number, on the CPU: slow, and unrecorded."""
    return _by_element("apply_", self, (), callable)


def _by_element(name: str, self: Tensor, others: tuple[Tensor, ...], function: Callable[..., Any]) -> Tensor:
    if not self.is_cpu:
        raise TypeError(f"{name} is only implemented on CPU tensors")
    if self.requires_grad or any(x.requires_grad for x in others):
        raise RuntimeError(f"Can't call {name}() on a tensor that requires grad; use tensor.detach() first")
    columns = [x.expand(self.shape).reshape(-1).tolist() for x in (self, *others)]
    values = [function(*numbers) for numbers in zip(*columns, strict=True)]
    return self.copy_(tensor(values, dtype=self.dtype).reshape(self.shape))


def hardshrink(self: Tensor, lambd: float = 0.5) -> Tensor:
    """`nn.functional.hardshrink(self, lambd)`."""
    return F.hardshrink(self, lambd)


def prelu(self: Tensor, weight: Tensor) -> Tensor:
    """`nn.functional.prelu(self, weight)`."""
    return F.prelu(self, weight)


def dequantize(self: Tensor) -> Tensor:
    """The tensor as float32: there are no quantized ones."""
    return self.float()


def has_names(self: Tensor) -> bool:
    """False: dimensions have no names."""
    return False


def is_distributed(self: Tensor) -> bool:
    """False: a tensor lies on one device of one process."""
    return False


def is_neg(self: Tensor) -> bool:
    """False: a negative is computed, not noted."""
    return False


def new_empty_strided(
    self: Tensor, size: Sequence[int], stride: Sequence[int], *, dtype: Any = None, device: Any = None, **options: Any
) -> Tensor:
    """empty_strided(size, stride) with this tensor's dtype and device."""
    place = self.device if device is None else device
    return empty_strided(size, stride, dtype=dtype or self.dtype, device=place, **options)


def record_stream(self: Tensor, stream: Any) -> None:
    """Does nothing: memory is not given back while a kernel uses it."""
    if not self.is_cuda:
        raise NotImplementedError("record_stream: the tensor is on the CPU, which has no streams")


def module_load(self: Tensor, other: Tensor, assign: bool = False) -> Tensor:
    """What load_state_dict puts in this tensor's place for a loaded one: itself, filled, or the other."""
    return other.detach() if assign else self.detach().copy_(other)


def dim_order(self: Tensor) -> tuple[int, ...]:
    """The dimensions from the largest step in memory to the smallest."""
    steps = self.stride()
    return tuple(sorted(range(self.ndim), key=lambda dim: -steps[dim]))


def _refused(name: str, error: Callable[[str], Exception], reason: str) -> Any:
    def method(self: Tensor, *args: Any, **kwargs: Any) -> NoReturn:
        raise error(f"{name}: {reason}")

    method.__name__ = method.__qualname__ = name
    method.__doc__ = f"Raises an error: {reason}."
    return method


_NO_QUANTIZED = "the tensor is not quantized, there are no quantized tensors"
index = _refused("index", TypeError, "dimensions have no names; read elements by x[i], find them by (x == v).nonzero()")
reinforce = _refused("reinforce", RuntimeError, "removed; use the log_prob of torch.distributions in the loss")
solve = _refused("solve", RuntimeError, "removed; use torch.linalg.solve(A, B), which takes the matrix first")
lstsq = _refused("lstsq", RuntimeError, "removed; use torch.linalg.lstsq(A, B), which takes the matrix first")
eig = _refused("eig", RuntimeError, "removed; use torch.linalg.eig, whose results are complex")
symeig = _refused("symeig", RuntimeError, "removed; use torch.linalg.eigh, which reads the lower triangle")
q_scale = _refused("q_scale", NotImplementedError, _NO_QUANTIZED)
q_zero_point = _refused("q_zero_point", NotImplementedError, _NO_QUANTIZED)
qscheme = _refused("qscheme", RuntimeError, _NO_QUANTIZED)
int_repr = _refused("int_repr", NotImplementedError, _NO_QUANTIZED)
to_padded_tensor = _refused("to_padded_tensor", NotImplementedError, "the tensor is not nested, and is padded already")
to_mkldnn = _refused("to_mkldnn", NotImplementedError, "there is no other layout in memory to go to")


def is_pinned(self: Tensor, *args: Any) -> bool:
    """False: memory is not pinned."""
    return False


def is_shared(self: Tensor) -> bool:
    """False: tensors lie in memory of their process."""
    return False


__all__ = [
    "apply_",
    "dequantize",
    "dim_order",
    "eig",
    "hardshrink",
    "has_names",
    "index",
    "int_repr",
    "is_distributed",
    "is_neg",
    "is_nonzero",
    "is_pinned",
    "is_same_size",
    "is_set_to",
    "is_shared",
    "is_signed",
    "itself",
    "lstsq",
    "lu",
    "map2_",
    "map_",
    "module_load",
    "new",
    "new_empty_strided",
    "pin_memory",
    "prelu",
    "q_scale",
    "q_zero_point",
    "qr",
    "qscheme",
    "record_stream",
    "reinforce",
    "resize",
    "resize_",
    "resize_as",
    "resize_as_",
    "set_",
    "share_memory_",
    "solve",
    "storage",
    "storage_offset",
    "storage_type",
    "svd",
    "symeig",
    "to_mkldnn",
    "to_padded_tensor",
    "triangular_solve",
    "type",
    "untyped_storage",
]
