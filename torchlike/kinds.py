"""Kinds of tensors: torch's names from before there were dtypes (0.4, 2018), and Variables, from before tensors."""

from __future__ import annotations

import warnings
from typing import Any

import autograd
from autograd import Tensor, dtype
from autograd.ops.creation import of_sizes_or_data
from autograd.types import DeviceLike

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


class KindOfTensor(type):
    """The class of the kinds: calling one makes a tensor, and tensors of its dtype and place are its instances."""

    dtype: dtype
    device: str

    def __call__(cls, *values: Any, size: Any = None, device: DeviceLike = None) -> Tensor:
        return of_sizes_or_data(cls.__name__, values, size, cls.dtype, cls.device if device is None else device)

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor) and instance.dtype is cls.dtype and instance.device.type == cls.device

    def __repr__(cls) -> str:
        return f"<class '{cls.__module__}.{cls.__name__}'>"

    @property
    def is_cuda(cls) -> bool:
        return cls.device == "cuda"


def kind_of_tensor(name: str, device: str = "cpu") -> KindOfTensor:
    """The kind of a name: "LongTensor" say."""
    kind = KINDS[name.removesuffix("Tensor")]
    module = "torch.cuda" if device == "cuda" else "torch"
    doc = f"Makes tensors of {kind!r} as Tensor(...) does; `isinstance` says whether a tensor is one."
    return KindOfTensor(name, (), {"dtype": kind, "device": device, "__module__": module, "__doc__": doc})


FloatTensor, DoubleTensor, HalfTensor = map(kind_of_tensor, ("FloatTensor", "DoubleTensor", "HalfTensor"))
LongTensor, IntTensor, ShortTensor = map(kind_of_tensor, ("LongTensor", "IntTensor", "ShortTensor"))
BFloat16Tensor = kind_of_tensor("BFloat16Tensor")
CharTensor, BoolTensor, ByteTensor = map(kind_of_tensor, ("CharTensor", "BoolTensor", "ByteTensor"))


def name_of(x: Tensor) -> str:
    """torch's name of a tensor's kind, which scripts compare with: "torch.FloatTensor"."""
    kind = next((name for name, known in KINDS.items() if known is x.dtype), x.dtype.name)
    return f"torch.{'cuda.' if x.is_cuda else ''}{kind}Tensor"


def type_(self: Tensor, dtype: Any = None, non_blocking: bool = False) -> Any:
    """The tensor as another dtype, or kind of tensor ("torch.FloatTensor"); without one, the name of its kind."""
    if dtype is None:
        return name_of(self)
    if isinstance(dtype, autograd.dtype):
        return self.to(dtype)
    name = dtype if isinstance(dtype, str) else f"{dtype.__module__}.{dtype.__name__}"
    module, _, kind = name.rpartition(".")
    if not kind.endswith("Tensor") or kind.removesuffix("Tensor") not in KINDS or not module:
        raise ValueError(f"type: expected a dtype or a kind of tensor, torch.FloatTensor say, got {dtype!r}")
    moved = self.to("cuda" if module.endswith(".cuda") else "cpu")
    return moved.to(autograd.get_default_dtype() if kind == "Tensor" else KINDS[kind.removesuffix("Tensor")])


def typename(obj: Any) -> str:
    """The name of an object's type with its module; of a tensor, of its kind of tensor."""
    if isinstance(obj, Tensor):
        return name_of(obj)
    kind = obj if isinstance(obj, type) else type(obj)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def set_default_tensor_type(t: Any) -> None:
    """set_default_dtype by the name or the function of a tensor type: `torch.DoubleTensor`."""
    name = (t if isinstance(t, str) else t.__name__).rpartition(".")[2]
    known = {"DoubleTensor": autograd.float64, "HalfTensor": autograd.float16, "BFloat16Tensor": autograd.bfloat16}
    if name not in {*known, "FloatTensor", "Tensor"}:
        raise TypeError(f"set_default_tensor_type: only floating-point types are supported, got {name}")
    autograd.set_default_dtype(known.get(name, autograd.float32))


class _Variables(type):
    """Every tensor is a Variable."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, Tensor)

    def __call__(cls, data: Tensor, requires_grad: bool = False, volatile: bool = False) -> Tensor:
        if volatile:
            warnings.warn("Variable: volatile has no effect; compute in `with no_grad():`", stacklevel=2)
        return data.requires_grad_() if requires_grad else data


class Variable(metaclass=_Variables):
    """`Variable(x)` is the tensor itself: Variables and tensors have been one since torch 0.4.

    `volatile`, which kept a computation from being recorded, does nothing since then: see `no_grad`.
    """
