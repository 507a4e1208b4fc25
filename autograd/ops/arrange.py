"""More ways to rearrange: stacking, tiling, diagonals, windows, grids; composed, so that gradients are inherited."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

from .. import dtypes
from ..engine.errors import OperationError
from ..engine.primitive import multilinear
from ..engine.tensor import Tensor
from . import elementwise as e
from .broadcast import sum_to
from .creation import arange, shape_of, tensor, zeros
from .dims import normalize_dim
from .promotion import cast
from .reduction import norm
from .shape import (
    broadcast_tensors,
    cat,
    expand,
    flatten,
    flip,
    movedim,
    narrow,
    pad_constant,
    pad_pairs,
    repeat,
    reshape,
    split,
    stack,
    transpose,
    unsqueeze,
    view,
)


def _list(tensors: Any) -> list[Tensor]:
    return list(tensors[0]) if len(tensors) == 1 and not isinstance(tensors[0], Tensor) else list(tensors)


def atleast_1d(*tensors: Any) -> Any:
    """Each tensor with at least one dimension."""
    made = [reshape(x, 1) if x.ndim == 0 else x for x in _list(tensors)]
    return made[0] if len(tensors) == 1 and isinstance(tensors[0], Tensor) else tuple(made)


def atleast_2d(*tensors: Any) -> Any:
    """Each tensor with at least two dimensions; vectors become rows."""
    made = [x if x.ndim > 1 else reshape(x, (1, -1)) for x in _list(tensors)]
    return made[0] if len(tensors) == 1 and isinstance(tensors[0], Tensor) else tuple(made)


def atleast_3d(*tensors: Any) -> Any:
    """Each tensor with at least three dimensions: (n,) -> (1, n, 1), (m, n) -> (m, n, 1)."""
    made = [x if x.ndim > 2 else unsqueeze(atleast_2d(x), -1) for x in _list(tensors)]
    return made[0] if len(tensors) == 1 and isinstance(tensors[0], Tensor) else tuple(made)


def hstack(tensors: Sequence[Tensor]) -> Tensor:
    """Joins tensors side by side: along the second dimension, vectors along the first."""
    parts = [atleast_1d(x) for x in tensors]
    return cat(parts, 0 if parts[0].ndim == 1 else 1)


def vstack(tensors: Sequence[Tensor]) -> Tensor:
    """Joins tensors one below the other; vectors are rows."""
    return cat([atleast_2d(x) for x in tensors], 0)


def dstack(tensors: Sequence[Tensor]) -> Tensor:
    """Joins tensors along the third dimension."""
    return cat([atleast_3d(x) for x in tensors], 2)


def column_stack(tensors: Sequence[Tensor]) -> Tensor:
    """Joins tensors side by side; vectors are columns."""
    return hstack([reshape(x, (-1, 1)) if x.ndim <= 1 else x for x in tensors])


row_stack = vstack


def tensor_split(input: Tensor, indices_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Views of pieces of one dimension: a number of nearly equal ones, or cut at the given indices."""
    axis = normalize_dim("tensor_split", dim, input.ndim)
    count = input._array.shape[axis]
    if isinstance(indices_or_sections, Tensor):
        indices_or_sections = indices_or_sections.tolist()
    if isinstance(indices_or_sections, int):
        size, larger = divmod(count, indices_or_sections)
        return split(input, [size + (i < larger) for i in range(indices_or_sections)], axis)
    cuts = [0, *indices_or_sections, count]
    pieces = []
    for start, end in itertools.pairwise(cuts):
        first, last, _ = slice(start, end).indices(count)
        pieces.append(narrow(input, axis, first, last - first if last > first else 0))
    return tuple(pieces)


def _equal_pieces(name: str, input: Tensor, sections: Any, dim: int) -> tuple[Tensor, ...]:
    axis = normalize_dim(name, dim, input.ndim)
    count = input._array.shape[axis]
    if isinstance(sections, int) and (sections < 1 or count % sections):
        raise OperationError(f"{name}: {sections} equal pieces of dimension {axis} of shape {tuple(input.shape)}")
    return tensor_split(input, sections, axis)


def hsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """tensor_split along the second dimension, of vectors along the first."""
    return _equal_pieces("hsplit", input, indices_or_sections, 0 if input.ndim == 1 else 1)


def vsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """tensor_split along the first dimension."""
    return _equal_pieces("vsplit", input, indices_or_sections, 0)


def dsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """tensor_split along the third dimension."""
    return _equal_pieces("dsplit", input, indices_or_sections, 2)


def tile(input: Tensor, *dims: Any) -> Tensor:
    """Copies of the tensor side by side; missing numbers of copies are 1."""
    times = shape_of(dims)
    return repeat(input, (1,) * (input.ndim - len(times)) + times)


def repeat_interleave(
    input: Tensor, repeats: Any = None, dim: int | None = None, *, output_size: int | None = None
) -> Tensor:
    """Each element of a dimension repeated in place, all equally often or each as often as `repeats` says."""
    if repeats is None:
        input, repeats, dim = arange(input._array.shape[0], device=input.device), input, 0
    x = flatten(input) if dim is None else input
    axis = 0 if dim is None else normalize_dim("repeat_interleave", dim, x.ndim)
    if isinstance(repeats, Tensor):
        if repeats.dtype not in (dtypes.int64, dtypes.int32):
            raise OperationError(f"repeat_interleave: expected int64 or int32 repeats, got {repeats.dtype}")
        repeats = repeats.item() if repeats.numel() == 1 else repeats.tolist()
    if min([repeats] if isinstance(repeats, int) else repeats, default=0) < 0:
        raise OperationError(f"repeat_interleave: repeats must not be negative, got {repeats}")
    if isinstance(repeats, int):
        shape = list(x._array.shape)
        spread = expand(unsqueeze(x, axis + 1), (*shape[: axis + 1], repeats, *shape[axis + 1 :]))
        return reshape(spread, (*shape[:axis], shape[axis] * repeats, *shape[axis + 1 :]))
    places = [i for i, times in enumerate(repeats) for _ in range(times)]
    return x[(slice(None),) * axis + (places,)]


def fliplr(input: Tensor) -> Tensor:
    """Reverses the second dimension."""
    return flip(input, 1)


def flipud(input: Tensor) -> Tensor:
    """Reverses the first dimension."""
    if not input.ndim:
        raise OperationError("flipud: expected a tensor of at least one dimension")
    return flip(input, 0)


def rot90(input: Tensor, k: int = 1, dims: Sequence[int] = (0, 1)) -> Tensor:
    """Turned by k quarters in the plane of two dimensions."""
    first, second = (normalize_dim("rot90", dim, input.ndim) for dim in dims)
    if first == second:
        raise OperationError(f"rot90: expected two different dimensions, got {tuple(dims)}")
    k %= 4
    if k == 0:
        return input.clone()
    if k == 2:
        return flip(input, (first, second))
    return transpose(flip(input, second if k == 1 else first), first, second)


def view_as(input: Tensor, other: Tensor) -> Tensor:
    """view(input, other.shape)."""
    return view(input, other.shape)


def unfold(input: Tensor, dimension: int, size: int, step: int) -> Tensor:
    """Windows of `size` elements, `step` apart, along a dimension; the window is a new last dimension."""
    axis = normalize_dim("unfold", dimension, input.ndim)
    if not input.ndim:
        return unfold(reshape(input, 1), 0, size, step)[0] if size else reshape(input, 1)[:0]
    count = input._array.shape[axis]
    if not 0 <= size <= count or step < 1:
        raise OperationError(f"unfold: windows of {size} elements, {step} apart, in {count}")
    return _windows(input, axis=axis, size=size, step=step)


@multilinear(
    view=True,
    x=lambda g, x_shape, axis, size, step: _windows_adjoint(g, length=x_shape[axis], axis=axis, step=step),
)
def _windows(backend, x, *, axis, size, step):
    return backend.windows(x, axis, size, step)


@multilinear(up=lambda g, up_shape, axis, step: _windows(g, axis=axis, size=up_shape[-1], step=step))
def _windows_adjoint(xp, up, *, length, axis, step):
    """Zeros of `length` along the axis, to which each window is added where it was taken from."""
    *shape, size = up.shape
    count = shape[axis]
    shape[axis] = length
    whole = xp.zeros(tuple(shape), dtype=up.dtype)
    before = (slice(None),) * axis
    for i in range(size):
        whole[(*before, slice(i, i + (count - 1) * step + 1, step))] += up[..., i]
    return whole


def meshgrid(*tensors: Any, indexing: str = "ij") -> tuple[Tensor, ...]:
    """Grids of coordinates from vectors: 'ij' for matrix indices, 'xy' for Cartesian ones."""
    vectors = [reshape(x, -1) for x in _list(tensors)]
    if indexing not in ("ij", "xy"):
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


def cartesian_prod(*tensors: Tensor) -> Tensor:
    """All combinations of one element of each vector, a row each."""
    if len(tensors) == 1:
        return tensors[0]
    return stack([flatten(grid) for grid in meshgrid(*tensors)], 1)


def combinations(input: Tensor, r: int = 2, with_replacement: bool = False) -> Tensor:
    """All choices of r elements of a vector, a row each."""
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    places = list(choose(range(input._array.shape[0]), r))
    return input[places] if places else input[:0].reshape(0, r)


# Diagonals


@multilinear(view=True, x=lambda g, x_shape, offset: _diagonal_adjoint(g, offset=offset, shape=tuple(x_shape[-2:])))
def _diagonal(backend, x, *, offset):
    return backend.diagonal(x, offset)


@multilinear(up=lambda g, offset: _diagonal(g, offset=offset))
def _diagonal_adjoint(backend, up, *, offset, shape):
    """Matrices of zeros with `up` on a diagonal."""
    xp = backend.xp
    rows, columns = shape
    column = offset if offset > 0 else 0
    length = up.shape[-1]
    on = xp.astype(xp.eye(rows, columns, k=offset), xp.bool)
    spread = xp.zeros((*up.shape[:-1], columns), dtype=up.dtype)
    if length:
        spread[..., column : column + length] = up
    return xp.where(on, xp.expand_dims(spread, axis=-2), xp.zeros((1,), dtype=up.dtype))


def diagonal(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """A diagonal of the matrices in two dimensions, as a new last dimension. A view."""
    first, second = (normalize_dim("diagonal", dim, input.ndim) for dim in (dim1, dim2))
    if first == second:
        raise OperationError(f"diagonal: dim1 and dim2 are both {first}")
    return _diagonal(movedim(input, (first, second), (-2, -1)), offset=int(offset))


def diag_embed(input: Tensor, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """Matrices of zeros with the last dimension on a diagonal."""
    size = input._array.shape[-1] + (offset if offset >= 0 else -offset)
    made = _diagonal_adjoint(input, offset=int(offset), shape=(size, size))
    first, second = (normalize_dim("diag_embed", dim, made.ndim) for dim in (dim1, dim2))
    if first == second:
        raise OperationError(f"diag_embed: the dimensions are the same, {dim1} and {dim2}")
    return movedim(made, (-2, -1), (first, second))


def diag(input: Tensor, diagonal: int = 0) -> Tensor:
    """The diagonal of a matrix, or a matrix with a vector on its diagonal."""
    if input.ndim == 1:
        return diag_embed(input, diagonal)
    if input.ndim != 2:
        raise OperationError(f"diag: expected a vector or a matrix, got shape {tuple(input.shape)}")
    return _main_diagonal(input, offset=diagonal).clone()


def diagflat(input: Tensor, offset: int = 0) -> Tensor:
    """A matrix with all elements on its diagonal."""
    return diag_embed(flatten(input), offset)


_main_diagonal = diagonal


def trace(input: Tensor) -> Tensor:
    """The sum of the diagonal of a matrix."""
    if input.ndim != 2:
        raise OperationError(f"trace: expected a matrix, got shape {tuple(input.shape)}")
    return diagonal(input).sum()


def block_diag(*tensors: Tensor) -> Tensor:
    """Matrices on the diagonal of a larger one; vectors are rows."""
    blocks = [atleast_2d(x) for x in _list(tensors)]
    width = sum(block._array.shape[1] for block in blocks)
    rows, before = [], 0
    for block in blocks:
        size = block._array.shape[1]
        rows.append(pad_constant(block, (before, width - before - size)))
        before += size
    return cat(rows, 0)


def tril_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None) -> Tensor:
    """The positions of the lower triangle: a matrix of two rows."""
    places = [[i, j] for i in range(row) for j in range(col) if j - i <= offset]
    return _places(places, dtype, device)


def triu_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None) -> Tensor:
    """The positions of the upper triangle: a matrix of two rows."""
    places = [[i, j] for i in range(row) for j in range(col) if j - i >= offset]
    return _places(places, dtype, device)


def _places(places: list[list[int]], dtype: Any, device: Any) -> Tensor:
    kind = dtype or dtypes.int64
    return (
        tensor(places, dtype=kind, device=device).T.contiguous() if places else zeros(2, 0, dtype=kind, device=device)
    )


def vander(x: Tensor, N: int | None = None, increasing: bool = False) -> Tensor:
    """The powers of a vector's elements, a row each, the highest first unless `increasing`."""
    count = x._array.shape[0] if N is None else N
    x = x if x.dtype.is_inexact else cast(x, dtypes.int64)
    columns = [x ** (float(i) if x.is_floating_point() else i) for i in range(count)]
    if not columns:
        return reshape(x[:0], (x._array.shape[0], 0))
    return stack(columns if increasing else columns[::-1], 1)


# Padding by what is there already


def pad(input: Tensor, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Tensor:
    """Grows dimensions from the last backwards: by a constant, or 'reflect', 'replicate', 'circular'."""
    if mode == "constant":
        return pad_constant(input, pad, 0 if value is None else value)
    widths = pad_pairs(input, pad)
    x = input
    for number, (before, after) in enumerate(widths):
        axis = x.ndim - 1 - number
        count = x._array.shape[axis]
        limit = {"reflect": count - 1, "circular": count}.get(mode, math.inf)
        if mode not in ("reflect", "replicate", "circular"):
            raise NotImplementedError(f"pad: mode is 'constant', 'reflect', 'replicate' or 'circular', got {mode!r}")
        grown = count if mode == "replicate" else count + min(before, 0) + min(after, 0)
        if before > limit or after > limit or grown < 1:
            raise OperationError(f"pad: {mode} padding ({before}, {after}) is too wide for dim {axis} of {count}")
        if mode != "replicate" and (before < 0 or after < 0):
            x = narrow(x, axis, -before if before < 0 else 0, count + min(before, 0) + min(after, 0))
            count, before, after = x._array.shape[axis], before if before > 0 else 0, after if after > 0 else 0
        places = [_source(i, count, mode) for i in range(-before, count + after)]
        x = x[(slice(None),) * axis + (places,)]
    return x


def _source(i: int, count: int, mode: str) -> int:
    """Which element stands at place i, counted from the first, of a padded dimension."""
    if mode == "circular":
        return i % count
    if mode == "replicate":
        return min(max(i, 0), count - 1)
    return -i if i < 0 else i if i < count else 2 * (count - 1) - i


def swapaxes(input: Tensor, axis0: int, axis1: int) -> Tensor:
    """transpose(input, axis0, axis1)."""
    return transpose(input, axis0, axis1)


def adjoint(input: Tensor) -> Tensor:
    """The matrices transposed and, if complex, conjugated."""
    turned = transpose(input, -2, -1) if input.ndim else input
    return turned.conj() if turned.is_complex() else turned


def sum_to_size(input: Tensor, *size: Any) -> Tensor:
    """Summed down to a size that broadcasts to the input's."""
    wanted = shape_of(size)
    extra = input.ndim - len(wanted)
    if extra < 0 or any(n not in (1, m) for n, m in zip(wanted, input._array.shape[extra:], strict=True)):
        raise OperationError(f"sum_to_size: {wanted} can't be expanded to {tuple(input.shape)}")
    return sum_to(input, wanted)


def split_with_sizes(input: Tensor, split_sizes: Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """split(input, split_sizes, dim)."""
    return split(input, list(split_sizes), dim)


def renorm(input: Tensor, p: float, dim: int, maxnorm: float) -> Tensor:
    """The slices along a dimension scaled down to a p-norm of at most maxnorm."""
    axis = normalize_dim("renorm", dim, input.ndim)
    others = [i for i in range(input.ndim) if i != axis]
    length = norm(input, p, others, keepdim=True)
    return input * e.where(length > maxnorm, maxnorm / (length + 1e-7), 1.0)
