"""What scripts find below `torch.cuda` that `autograd.cuda` does not need: kinds of tensors on a GPU, and `amp`."""

from __future__ import annotations

from functools import partial

from ..kinds import kind_of_tensor
from . import amp

_on_gpu = partial(kind_of_tensor, device="cuda")
FloatTensor, DoubleTensor, HalfTensor = map(_on_gpu, ("FloatTensor", "DoubleTensor", "HalfTensor"))
LongTensor, IntTensor, ShortTensor = map(_on_gpu, ("LongTensor", "IntTensor", "ShortTensor"))
CharTensor, BoolTensor, ByteTensor = map(_on_gpu, ("CharTensor", "BoolTensor", "ByteTensor"))

__all__ = [
    "BoolTensor",
    "ByteTensor",
    "CharTensor",
    "DoubleTensor",
    "FloatTensor",
    "HalfTensor",
    "IntTensor",
    "LongTensor",
    "ShortTensor",
    "amp",
]
