"""Functions of sparse tensors, under the names of torch.sparse.

A sparse tensor holds the elements that are there, with their places; `autograd.sparse_coo_tensor` and
`x.to_sparse()` make one. What is not defined for them raises, and names `to_dense()`. Gradients by a sparse tensor are
sparse, too, and have its places.

>>> import autograd
>>> x = autograd.sparse_coo_tensor([[0, 1, 1], [2, 0, 2]], [3.0, 4.0, 5.0], (2, 3), requires_grad=True)
>>> autograd.sparse.mm(x, autograd.ones(3, 1)).sum().backward()
>>> x.grad
tensor(indices=tensor([[0, 1, 1],
                       [2, 0, 2]]),
       values=tensor([1., 1., 1.]),
       size=(2, 3), nnz=3, layout=autograd.sparse_coo)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import dtypes
from .engine.tensor import Tensor
from .ops.linalg.products import addmm, mm
from .ops.reduction import sum as _sum
from .ops.softmax import log_softmax, softmax
from .ops.sparse.coo import sparse_coo_tensor
from .types import Dims, DTypeLike


def sum(input: Tensor, dim: Dims = None, dtype: DTypeLike = None) -> Tensor:
    """The sum over all dimensions, or over some: sparse as long as a sparse dimension is left.

    >>> import autograd
    >>> autograd.sparse.sum(autograd.eye(3).to_sparse())
    tensor(3.)
    """
    return _sum(input, dim, dtype=dtype)


def _of_kind(name: str, dtype: dtypes.dtype) -> Callable[..., Tensor]:
    def make(*args: Any) -> Tensor:
        if args and not isinstance(args[0], Tensor | list):
            return sparse_coo_tensor(size=args if isinstance(args[0], int) else args[0], dtype=dtype)
        return sparse_coo_tensor(*args, dtype=dtype)

    make.__name__ = make.__qualname__ = name
    make.__doc__ = f"`sparse_coo_tensor(...)` of {dtype!r}, or the empty one of a size: torch's older name."
    return make


FloatTensor = _of_kind("FloatTensor", dtypes.float32)
DoubleTensor = _of_kind("DoubleTensor", dtypes.float64)
HalfTensor = _of_kind("HalfTensor", dtypes.float16)
BFloat16Tensor = _of_kind("BFloat16Tensor", dtypes.bfloat16)
LongTensor = _of_kind("LongTensor", dtypes.int64)
IntTensor = _of_kind("IntTensor", dtypes.int32)
ShortTensor = _of_kind("ShortTensor", dtypes.int16)
CharTensor = _of_kind("CharTensor", dtypes.int8)
ByteTensor = _of_kind("ByteTensor", dtypes.uint8)

__all__ = [
    "BFloat16Tensor",
    "ByteTensor",
    "CharTensor",
    "DoubleTensor",
    "FloatTensor",
    "HalfTensor",
    "IntTensor",
    "LongTensor",
    "ShortTensor",
    "addmm",
    "log_softmax",
    "mm",
    "softmax",
    "sum",
]
