"""Points of grids, and all pairs, combinations and powers."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from .. import dtypes
from ..engine.errors import OperationError
from ..engine.tensor import Tensor
from .joining import stack
from .operation import operation
from .promotion import cast
from .shape import as_list, broadcast_tensors, flatten, reshape


@operation(method=False)
def meshgrid(*tensors: Tensor | Sequence[Tensor], indexing: str | None = None) -> tuple[Tensor, ...]:
    """Grids of coordinates from vectors: 'ij' (the default) for matrix indices, 'xy' for Cartesian ones."""
    vectors = [reshape(x, -1) for x in as_list(tensors)]
    if indexing not in ("ij", "xy", None):
        raise OperationError(f"meshgrid: indexing is 'ij' or 'xy', got {indexing!r}")
    swapped = indexing == "xy" and len(vectors) > 1
    if swapped:
        vectors[0], vectors[1] = vectors[1], vectors[0]
    grids = list(
        broadcast_tensors(
            *[reshape(x, (1,) * i + (-1,) + (1,) * (len(vectors) - 1 - i)) for i, x in enumerate(vectors)]
        )
    )
    if swapped:
        grids[0], grids[1] = grids[1], grids[0]
    return tuple(grids)


@operation(method=False)
def cartesian_prod(*tensors: Tensor) -> Tensor:
    """All combinations of one element of each vector, a row each."""
    if len(tensors) == 1:
        return tensors[0]
    return stack([flatten(grid) for grid in meshgrid(*tensors)], 1)


@operation(method=False)
def combinations(input: Tensor, r: int = 2, with_replacement: bool = False) -> Tensor:
    """All choices of r elements of a vector, a row each."""
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    places = list(choose(range(input._array.shape[0]), r))
    return input[places] if places else input[:0].reshape(0, r)


@operation(method=False)
def vander(x: Tensor, N: int | None = None, increasing: bool = False) -> Tensor:
    """The powers of a vector's elements, a row each, the highest first unless `increasing`."""
    count = x._array.shape[0] if N is None else N
    x = x if x.dtype.is_inexact else cast(x, dtypes.int64)
    columns = [x ** (float(i) if x.is_floating_point() else i) for i in range(count)]
    if not columns:
        return reshape(x[:0], (x._array.shape[0], 0))
    return stack(columns if increasing else columns[::-1], 1)


@operation(face="linalg", name="vander", method=False)
def ascending_powers(x: Tensor, N: int | None = None) -> Tensor:
    """The powers 0, 1, ..., N - 1 of each element, in a new last dimension."""
    count = x._array.shape[-1] if N is None else N
    return stack([(x if x.ndim else reshape(x, 1)) ** i for i in range(count)], -1)
