"""Windows on the memory of a tensor that lies in C order, given by sizes and steps as torch's as_strided takes them."""

from __future__ import annotations

from collections.abc import Sequence

from ..engine.errors import OperationError
from ..engine.tensor import Tensor
from ..types import DeviceLike, DTypeLike
from .creation import arange, empty, zeros
from .indexing import take
from .operation import operation
from .scatter import put
from .shape import reshape


def _places(name: str, input: Tensor, size: Sequence[int], stride: Sequence[int], offset: int | None) -> Tensor:
    """Which element of the flattened input stands at each place."""
    if not input.is_contiguous():
        raise OperationError(f"{name}: expected a tensor that lies in C order; call contiguous() first")
    if len(size) != len(stride):
        raise OperationError(f"{name}: got {len(size)} sizes and {len(stride)} strides")
    last = (offset or 0) + sum((n - 1) * step for n, step in zip(size, stride, strict=True))
    if 0 not in size and last >= input.numel():
        raise OperationError(
            f"{name}: sizes {tuple(size)}, strides {tuple(stride)} and offset {offset or 0} lead beyond the "
            f"{input.numel()} elements"
        )
    places = zeros(tuple(size), dtype=arange(0).dtype, device=input.device) + (offset or 0)
    for axis, (n, step) in enumerate(zip(size, stride, strict=True)):
        places = places + reshape(arange(n, device=input.device) * step, (-1, *(1,) * (len(size) - axis - 1)))
    return places


@operation
def as_strided(input: Tensor, size: Sequence[int], stride: Sequence[int], storage_offset: int | None = None) -> Tensor:
    """The elements offset + sum_k i_k stride_k of the flattened tensor. A copy, where torch's is a view.

    >>> import autograd
    >>> autograd.as_strided(autograd.arange(4), (3, 2), (1, 1))
    tensor([[0, 1],
            [1, 2],
            [2, 3]])
    """
    return take(input, _places("as_strided", input, size, stride, storage_offset))


@operation
def as_strided_scatter(
    input: Tensor, src: Tensor, size: Sequence[int], stride: Sequence[int], storage_offset: int | None = None
) -> Tensor:
    """input with src written where `as_strided` would read; places must not overlap."""
    places = _places("as_strided_scatter", input, size, stride, storage_offset)
    return put(input, places, src)


@operation(method=False)
def empty_strided(
    size: Sequence[int],
    stride: Sequence[int],
    *,
    dtype: DTypeLike = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """A tensor of this size. It lies in C order, whatever the strides asked for."""
    return empty(tuple(size), dtype=dtype, device=device, requires_grad=requires_grad)
