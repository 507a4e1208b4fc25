"""torch's sparse tensors, dense: the same values from the same calls, with none of the savings.

`sparse_coo_tensor` and `to_sparse` give a dense tensor that knows its indices and values, until it is written. Of what
is computed with it, a sum or a product, `indices()` and `values()` are those of the elements that are not 0.
"""

from __future__ import annotations

from typing import Any

import autograd
from autograd import OperationError, Tensor, addmm, as_tensor, index_put, mm, nonzero, unique, zeros
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
    made = dense.requires_grad_() if requires_grad else dense
    return _noted(made, places.long(), numbers, bool(is_coalesced))


def _noted(x: Tensor, places: Tensor, numbers: Tensor, coalesced: bool) -> Tensor:
    """The dense tensor, which from now on calls itself sparse."""
    attributes: Any = x
    attributes.is_sparse = True
    attributes._coo = places, numbers, coalesced, x._version
    return x


def _known(x: Tensor) -> tuple[Tensor, Tensor, bool]:
    """(indices, values, whether each place is named once, in order)."""
    noted = x.__dict__.get("_coo")
    if noted is not None and noted[3] == x._version:
        return noted[:3]
    places = nonzero(x.detach()).T
    return places, x[tuple(places)], True


def to_sparse(self: Tensor, sparse_dims: int | None = None, **options: Any) -> Tensor:
    """The tensor with indices and values: those of its elements that are not 0."""
    if sparse_dims not in (None, self.ndim):
        raise NotImplementedError("to_sparse: dimensions are all sparse or all dense here")
    places = nonzero(self.detach()).T
    return _noted(self.view_as(self), places, self[tuple(places)], True)


def to_dense(self: Tensor, dtype: DTypeLike = None, *, masked_grad: bool | None = None) -> Tensor:
    """The tensor as a dense one."""
    plain = self.view_as(self) if "_coo" in self.__dict__ else self
    return plain if dtype is None else plain.to(dtype)


def coalesce(self: Tensor) -> Tensor:
    """The tensor with each place named once, in order, its values added up."""
    places, numbers, coalesced = _known(self)
    if coalesced:
        return self if "_coo" in self.__dict__ else _noted(self.view_as(self), places, numbers, True)
    once = unique(places, dim=1)
    return _noted(self.view_as(self), once, self[tuple(once)], True)


def _indices(self: Tensor) -> Tensor:
    """The places of the values, (dimensions, n), in the order they were given."""
    return _known(self)[0]


def _values(self: Tensor) -> Tensor:
    """The values, (n, ...), in the order they were given."""
    return _known(self)[1]


def _nnz(self: Tensor) -> int:
    """The number of values."""
    return _known(self)[0].shape[1]


def is_coalesced(self: Tensor) -> bool:
    """Whether each place is named once, in order."""
    return _known(self)[2]


def _coalesced(self: Tensor, name: str) -> tuple[Tensor, Tensor]:
    places, numbers, coalesced = _known(self)
    if not coalesced:
        raise RuntimeError(f"Cannot get {name} on an uncoalesced tensor, please call .coalesce() first")
    return places, numbers


def indices(self: Tensor) -> Tensor:
    """The places of the values, (dimensions, n), of a coalesced tensor."""
    return _coalesced(self, "indices")[0]


def values(self: Tensor) -> Tensor:
    """The values, (n, ...), of a coalesced tensor."""
    return _coalesced(self, "values")[1]


def sparse_mask(self: Tensor, mask: Tensor) -> Tensor:
    """The elements at the indices of a sparse tensor."""
    places = _known(mask)[0]
    return sparse_coo_tensor(places, self[tuple(places)], self.shape, is_coalesced=is_coalesced(mask))


def sum(input: Tensor, dim: Any = None, dtype: DTypeLike = None) -> Tensor:
    """torch.sparse.sum: `input.sum(dim)`."""
    return input.sum(dim, dtype=dtype)


def softmax(input: Tensor, dim: int, *, dtype: DTypeLike = None) -> Tensor:
    """softmax along a dimension over the values that a sparse tensor has: what is not there counts as -inf."""
    places = _known(input)[0]
    there = zeros(input.shape, dtype=autograd.bool, device=input.device)
    there[tuple(places)] = True
    full = autograd.softmax(input.masked_fill(~there, -autograd.inf), dim, dtype=dtype)
    return sparse_coo_tensor(places, full[tuple(places)], input.shape, is_coalesced=is_coalesced(input))


FloatTensor = sparse_coo_tensor

__all__ = ["FloatTensor", "addmm", "mm", "softmax", "sparse_coo_tensor", "sum"]
