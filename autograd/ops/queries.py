"""What a tensor is and how it lies in memory, asked of functions, methods and properties."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, overload

from ..engine.errors import LayoutError
from ..engine.tensor import Tensor
from ..engine.views import settled
from .operation import operation


@operation(method=False, overridable=False)
def is_tensor(obj: object) -> bool:
    """Whether it is a Tensor."""
    return isinstance(obj, Tensor)


@operation(method=False)
def is_floating_point(input: Tensor) -> bool:
    """Whether its dtype is a floating one."""
    return input.is_floating_point()


@operation(method=False)
def numel(input: Tensor) -> int:
    """The number of elements."""
    return input.numel()


@operation(method=False)
def detach(input: Tensor) -> Tensor:
    """The same memory outside the graph."""
    return input.detach()


# Properties and methods


def is_cuda(input: Tensor) -> bool:
    return input._backend.device.type == "cuda"


def is_cpu(input: Tensor) -> bool:
    return input._backend.device.type == "cpu"


def get_device(input: Tensor) -> int:
    return input._backend.device.index or 0 if input.is_cuda else -1


def itemsize(input: Tensor) -> int:
    return input.dtype.itemsize


def nbytes(input: Tensor) -> int:
    if input._backend.sparse:
        raise LayoutError("nbytes")
    return input.numel() * input.itemsize


@overload
def stride(input: Tensor, dim: None = None) -> tuple[int, ...]: ...
@overload
def stride(input: Tensor, dim: int) -> int: ...
def stride(input: Tensor, dim: int | None = None) -> tuple[int, ...] | int:
    """The step in elements to the next item, of every dimension or of one."""
    strides = input._backend.strides(settled(input))
    return strides if dim is None else strides[dim]


def is_contiguous(input: Tensor, memory_format: object = None) -> bool:
    return not input._backend.sparse and input._backend.is_contiguous(settled(input))


def data_ptr(input: Tensor) -> int:
    return input._backend.pointer(input._array)


def base(input: Tensor) -> Tensor | None:
    """The tensor that a view was cut out of."""
    return None if input._view is None else input._view.base


def output_nr(input: Tensor) -> int:
    """Which output of its node it is."""
    return input._output


def retains_grad(input: Tensor) -> bool:
    node = input.grad_fn
    return node is not None and node.retained is not None and input._output in node.retained


def is_inference(input: Tensor) -> bool:
    return input._memory is None


def length(input: Tensor) -> int:
    if not input._array.shape:
        raise TypeError("len() of a 0-d tensor")
    return input._array.shape[0]


def items(input: Tensor) -> Iterator[Tensor]:
    if not input._array.shape:
        raise TypeError("iteration over a 0-d tensor")
    return (input[i] for i in range(len(input)))


def contains(input: Tensor, value: Any) -> bool:
    return bool((input == value).any())
