"""What scripts find below `torch.cuda` that `autograd.cuda` does not need: kinds of tensors on a GPU, and `amp`."""

from __future__ import annotations

from typing import Any

from autograd import Tensor

from .. import kinds
from . import amp


def _constructor(name: str) -> Any:
    def make(*values: Any) -> Tensor:
        return getattr(kinds, name)(*values).to("cuda")

    make.__name__ = f"autograd.cuda.{name}"  # which Tensor.type reads
    make.__doc__ = f"autograd.{name}(...) on the GPU."
    return make


FloatTensor, DoubleTensor, HalfTensor = map(_constructor, ("FloatTensor", "DoubleTensor", "HalfTensor"))
LongTensor, IntTensor, BoolTensor, ByteTensor = map(
    _constructor, ("LongTensor", "IntTensor", "BoolTensor", "ByteTensor")
)

__all__ = [
    "BoolTensor",
    "ByteTensor",
    "DoubleTensor",
    "FloatTensor",
    "HalfTensor",
    "IntTensor",
    "LongTensor",
    "amp",
]
