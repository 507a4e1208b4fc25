"""Kinds of tensors: torch's names from before there were dtypes (0.4, 2018), and Variables, from before tensors."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Tensor, dtype
from autograd.ops.creation import of_sizes_or_data
from autograd.types import DTypeLike

KINDS = {
    "Float": autograd.float32,
    "Double": autograd.float64,
    "Half": autograd.float16,
    "BFloat16": autograd.bfloat16,
    "Long": autograd.int64,
    "Int": autograd.int32,
    "Short": autograd.int16,
    "Char": autograd.int8,
    "Byte": autograd.uint8,
    "Bool": autograd.bool,
    "": autograd.float32,
    "ComplexFloat": autograd.complex64,
    "ComplexDouble": autograd.complex128,
}


def _constructor(name: str, kind: dtype) -> Any:
    def make(*values: Any, size: Any = None) -> Tensor:
        return of_sizes_or_data(name, values, size, kind, None)

    make.__name__ = make.__qualname__ = name
    make.__doc__ = f"Tensor(...) with dtype {kind!r}."
    return make


FloatTensor = Tensor
DoubleTensor, HalfTensor = _constructor("DoubleTensor", autograd.float64), _constructor("HalfTensor", autograd.float16)
LongTensor, IntTensor = _constructor("LongTensor", autograd.int64), _constructor("IntTensor", autograd.int32)
ShortTensor, CharTensor = _constructor("ShortTensor", autograd.int16), _constructor("CharTensor", autograd.int8)
BFloat16Tensor = _constructor("BFloat16Tensor", autograd.bfloat16)
BoolTensor, ByteTensor = _constructor("BoolTensor", autograd.bool), _constructor("ByteTensor", autograd.uint8)


def type_(self: Tensor, dtype: DTypeLike = None, non_blocking: bool = False) -> Any:
    """The tensor as another dtype, or kind of tensor ("torch.FloatTensor"); without one, the name of its kind."""
    if dtype is None:
        kind = next((name for name, known in KINDS.items() if known is self.dtype), self.dtype.name)
        return f"autograd.{'cuda.' if self.is_cuda else ''}{kind}Tensor"
    if isinstance(dtype, autograd.dtype):
        return self.to(dtype)
    name = dtype if isinstance(dtype, str) else dtype.__name__
    kind = name.rpartition(".")[2].removesuffix("Tensor")
    if kind not in KINDS:
        raise TypeError(f"type: expected a dtype or a kind of tensor, got {dtype!r}")
    moved = self.to("cuda") if ".cuda." in name else self
    return moved.to(KINDS[kind])


def typename(obj: Any) -> str:
    """The name of an object's type with its module; of a tensor, of its kind of tensor."""
    if isinstance(obj, Tensor):
        return type_(obj)
    return f"{type(obj).__module__}.{type(obj).__name__}"


def set_default_tensor_type(t: Any) -> None:
    """set_default_dtype by the name or the function of a tensor type: `torch.DoubleTensor`."""
    name = (t if isinstance(t, str) else t.__name__).rpartition(".")[2]
    known = {"DoubleTensor": autograd.float64, "HalfTensor": autograd.float16, "BFloat16Tensor": autograd.bfloat16}
    if name not in {*known, "FloatTensor", "Tensor"}:
        raise TypeError(f"set_default_tensor_type: only floating-point types are supported, got {name}")
    autograd.set_default_dtype(known.get(name, autograd.float32))


def Variable(x: Tensor, requires_grad: bool = False) -> Tensor:  # noqa: N802
    """The tensor itself: Variables and tensors have been one since torch 0.4."""
    return x.requires_grad_() if requires_grad else x
