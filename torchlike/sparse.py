"""torch's sparse tensors, dense: the same values from the same calls, with none of the savings."""

from __future__ import annotations

from typing import Any

from autograd import OperationError, Tensor, as_tensor, index_put, mm, zeros
from autograd.types import DeviceLike, DTypeLike


def sparse_coo_tensor(
    indices: Any,
    values: Any,
    size: Any = None,
    *,
    dtype: DTypeLike = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
    check_invariants: bool | None = None,
    is_coalesced: bool | None = None,
) -> Tensor:
    """The dense tensor with `values` (n,) at `indices` (dimensions, n), 0 elsewhere; values of one place are added.

    >>> import autograd
    >>> sparse_coo_tensor([[0, 1, 1], [2, 0, 0]], [3.0, 4.0, 5.0], (2, 3))
    tensor([[0., 0., 3.],
            [9., 0., 0.]])
    """
    places, numbers = as_tensor(indices, device=device), as_tensor(values, dtype=dtype, device=device)
    if places.dim() != 2 or places.shape[1] != len(numbers):
        raise OperationError(
            f"sparse_coo_tensor: expected indices (dimensions, n) and values (n, ...), got {tuple(places.shape)} and "
            f"{tuple(numbers.shape)}"
        )
    if size is None:
        size = [int(row.max()) + 1 for row in places] + list(numbers.shape[1:])
    dense = index_put(
        zeros(size, dtype=numbers.dtype, device=numbers.device), tuple(places.long()), numbers, accumulate=True
    )
    return dense.requires_grad_() if requires_grad else dense


FloatTensor = sparse_coo_tensor

__all__ = ["FloatTensor", "mm", "sparse_coo_tensor"]
