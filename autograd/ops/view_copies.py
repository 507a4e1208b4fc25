"""Functions that give views, as functions that give copies: `expand_copy(x, size)` is `expand(x, size).clone()`."""

from __future__ import annotations

from collections.abc import Sequence

from ..engine.tensor import Tensor
from ..types import DTypeLike
from .complex import view_as_complex, view_as_real
from .diagonals import diagonal
from .joining import split
from .operation import operation
from .promotion import require_tensors
from .shape import expand, narrow, permute, select, squeeze, t, transpose, unbind, unfold, unsqueeze, view
from .strided import as_strided


def _sliced(input: Tensor, dim: int, start: int | None, end: int | None, step: int) -> Tensor:
    return input[(slice(None),) * (dim % input.ndim) + (slice(start, end, step),)]


def _copied(pieces: Sequence[Tensor]) -> tuple[Tensor, ...]:
    return tuple(piece.clone() for piece in pieces)


@operation(method=False)
def alias_copy(input: Tensor) -> Tensor:
    """A copy of the tensor."""
    require_tensors("alias_copy", input)
    return input.clone()


@operation(method=False)
def as_strided_copy(
    input: Tensor, size: Sequence[int], stride: Sequence[int], storage_offset: int | None = None
) -> Tensor:
    """A copy of what `as_strided` gives."""
    return as_strided(input, size, stride, storage_offset).clone()


@operation(method=False)
def detach_copy(input: Tensor) -> Tensor:
    """A copy of what `detach` gives."""
    require_tensors("detach_copy", input)
    return input.detach().clone()


@operation(method=False)
def diagonal_copy(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """A copy of what `diagonal` gives."""
    return diagonal(input, offset, dim1, dim2).clone()


@operation(method=False)
def expand_copy(input: Tensor, size: Sequence[int], *, implicit: bool = False) -> Tensor:
    """A copy of what `expand` gives."""
    return expand(input, size).clone()


@operation
def narrow_copy(input: Tensor, dim: int, start: int, length: int) -> Tensor:
    """A copy of what `narrow` gives."""
    return narrow(input, dim, start, length).clone()


@operation(method=False)
def permute_copy(input: Tensor, dims: Sequence[int]) -> Tensor:
    """A copy of what `permute` gives."""
    return permute(input, dims).clone()


@operation(method=False)
def select_copy(input: Tensor, dim: int, index: int) -> Tensor:
    """A copy of what `select` gives."""
    require_tensors("select_copy", input)
    return select(input, dim, index).clone()


@operation(method=False)
def slice_copy(input: Tensor, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1) -> Tensor:
    """A copy of input[start:end:step] of one dimension."""
    require_tensors("slice_copy", input)
    return _sliced(input, dim, start, end, step).clone()


@operation(method=False)
def split_copy(input: Tensor, split_size: int, dim: int = 0) -> tuple[Tensor, ...]:
    """Copies of what `split` gives."""
    return _copied(split(input, split_size, dim))


@operation(method=False)
def split_with_sizes_copy(input: Tensor, split_sizes: Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """Copies of what `split_with_sizes` gives."""
    return _copied(split(input, split_sizes, dim))


@operation(method=False)
def squeeze_copy(input: Tensor, dim: int | Sequence[int] | None = None) -> Tensor:
    """A copy of what `squeeze` gives."""
    return squeeze(input, dim).clone()


@operation(method=False)
def t_copy(input: Tensor) -> Tensor:
    """A copy of what `t` gives."""
    return t(input).clone()


@operation(method=False)
def transpose_copy(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """A copy of what `transpose` gives."""
    return transpose(input, dim0, dim1).clone()


@operation(method=False)
def unbind_copy(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """Copies of what `unbind` gives."""
    return _copied(unbind(input, dim))


@operation(method=False)
def unfold_copy(input: Tensor, dimension: int, size: int, step: int) -> Tensor:
    """A copy of what `unfold` gives."""
    return unfold(input, dimension, size, step).clone()


@operation(method=False)
def unsqueeze_copy(input: Tensor, dim: int) -> Tensor:
    """A copy of what `unsqueeze` gives."""
    return unsqueeze(input, dim).clone()


@operation(method=False)
def view_as_complex_copy(input: Tensor) -> Tensor:
    """A copy of what `view_as_complex` gives."""
    return view_as_complex(input).clone()


@operation(method=False)
def view_as_real_copy(input: Tensor) -> Tensor:
    """A copy of what `view_as_real` gives."""
    return view_as_real(input).clone()


@operation(method=False)
def view_copy(input: Tensor, size: Sequence[int], *, dtype: DTypeLike = None) -> Tensor:
    """A copy of what `view` gives."""
    return view(input, size, dtype=None if dtype is input.dtype else dtype).clone()
