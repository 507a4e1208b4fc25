"""Tensors put together, cut apart and repeated."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from .. import dtypes
from ..backend import Array, Namespace
from ..engine.errors import OperationError
from ..engine.primitive import primitive
from ..engine.tensor import Tensor
from ..types import Sizes
from .creation import arange, shape_of
from .dims import as_ints, is_int, normalize_dim
from .layout import as_all, c_order, laid_as, stacked
from .operation import operation
from .padding import pad_constant
from .promotion import cast, require_tensors, result_type
from .shape import as_list, atleast_1d, atleast_2d, atleast_3d, clone, expand, flatten, narrow, reshape, unsqueeze


@operation(method=False)
def hstack(tensors: Sequence[Tensor]) -> Tensor:
    """Joins tensors side by side: along the second dimension, vectors along the first."""
    parts = [atleast_1d(x) for x in tensors]
    return cat(parts, 0 if parts[0].ndim == 1 else 1)


@operation(method=False, aliases="row_stack")
def vstack(tensors: Sequence[Tensor]) -> Tensor:
    """Joins tensors one below the other; vectors are rows."""
    return cat([atleast_2d(x) for x in tensors], 0)


@operation(method=False)
def dstack(tensors: Sequence[Tensor]) -> Tensor:
    """Joins tensors along the third dimension."""
    return cat([atleast_3d(x) for x in tensors], 2)


@operation(method=False)
def column_stack(tensors: Sequence[Tensor]) -> Tensor:
    """Joins tensors side by side; vectors are columns."""
    return hstack([reshape(x, (-1, 1)) if x.ndim <= 1 else x for x in tensors])


row_stack = vstack


@operation
def tensor_split(input: Tensor, indices_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Views of pieces of one dimension: a number of nearly equal ones, or cut at the given indices."""
    axis = normalize_dim("tensor_split", dim, input.ndim)
    count = input._array.shape[axis]
    if isinstance(indices_or_sections, Tensor):
        indices_or_sections = indices_or_sections.tolist()
    if is_int(indices_or_sections):
        size, larger = divmod(count, indices_or_sections)
        return split(input, [size + (i < larger) for i in range(indices_or_sections)], axis)
    cuts = [0, *indices_or_sections, count]
    pieces = []
    for start, end in itertools.pairwise(cuts):
        first, last, _ = slice(start, end).indices(count)
        pieces.append(narrow(input, axis, first, last - first if last > first else 0))
    return tuple(pieces)


def _equal_pieces(name: str, input: Tensor, given: tuple[Any, ...], dim: int) -> tuple[Tensor, ...]:
    sections: Any = given[0] if len(given) == 1 else given
    axis = normalize_dim(name, dim, input.ndim)
    count = input._array.shape[axis]
    if is_int(sections) and (sections < 1 or count % sections):
        raise OperationError(f"{name}: {sections} equal pieces of dimension {axis} of shape {tuple(input.shape)}")
    return tensor_split(input, sections, axis)


@operation
def hsplit(input: Tensor, *indices_or_sections: Any) -> tuple[Tensor, ...]:
    """tensor_split along the second dimension, of vectors along the first."""
    return _equal_pieces("hsplit", input, indices_or_sections, 0 if input.ndim == 1 else 1)


@operation
def vsplit(input: Tensor, *indices_or_sections: Any) -> tuple[Tensor, ...]:
    """tensor_split along the first dimension."""
    return _equal_pieces("vsplit", input, indices_or_sections, 0)


@operation
def dsplit(input: Tensor, *indices_or_sections: Any) -> tuple[Tensor, ...]:
    """tensor_split along the third dimension."""
    return _equal_pieces("dsplit", input, indices_or_sections, 2)


@operation
def tile(input: Tensor, *dims: Any) -> Tensor:
    """Copies of the tensor side by side; missing numbers of copies are 1."""
    times = shape_of(dims)
    return repeat(input, (1,) * (input.ndim - len(times)) + times)


@operation
def repeat_interleave(
    input: Any = None, repeats: Any = None, dim: int | None = None, *, output_size: int | None = None
) -> Tensor:
    """Each element of a dimension repeated in place, all equally often or each as often as `repeats` says."""
    if input is None:
        input, repeats = repeats, None
    require_tensors("repeat_interleave", input)
    if repeats is None:
        input, repeats, dim = arange(input._array.shape[0], device=input.device), input, 0
    x = flatten(input) if dim is None else input
    axis = 0 if dim is None else normalize_dim("repeat_interleave", dim, x.ndim)
    if isinstance(repeats, Tensor):
        if repeats.dtype not in (dtypes.int64, dtypes.int32):
            raise OperationError(f"repeat_interleave: expected int64 or int32 repeats, got {repeats.dtype}")
        repeats = repeats.item() if repeats.numel() == 1 else repeats.tolist()
    if min([repeats] if is_int(repeats) else repeats, default=0) < 0:
        raise OperationError(f"repeat_interleave: repeats must not be negative, got {repeats}")
    if is_int(repeats):
        shape = list(x._array.shape)
        spread = expand(unsqueeze(x, axis + 1), (*shape[: axis + 1], repeats, *shape[axis + 1 :]))
        return reshape(spread, (*shape[:axis], shape[axis] * repeats, *shape[axis + 1 :]))
    places = [i for i, times in enumerate(repeats) for _ in range(times)]
    return x[(slice(None),) * axis + (places,)]


@operation(method=False)
def block_diag(*tensors: Tensor) -> Tensor:
    """Matrices on the diagonal of a larger one; vectors are rows."""
    blocks = [atleast_2d(x) for x in as_list(tensors)]
    width = sum(block._array.shape[1] for block in blocks)
    rows, before = [], 0
    for block in blocks:
        size = block._array.shape[1]
        rows.append(pad_constant(block, (before, width - before - size)))
        before += size
    return cat(rows, 0)


@operation(aliases="unsafe_split_with_sizes")
def split_with_sizes(input: Tensor, split_sizes: Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """split(input, split_sizes, dim)."""
    return split(input, list(split_sizes), dim)


@primitive(
    linear=True,
    lies=lambda *tensors, dim, new=False: stacked(*tensors, dim=dim) if new else as_all(*tensors),
    tensors=lambda g, index, shapes, dim: _cat_slice(g, index, shapes, dim),
)
def _cat(xp: Namespace, *tensors: Array, dim: int, new: bool = False) -> Array:
    """Joined along a dimension, which is `new` to them."""
    return xp.concat(tensors, axis=dim)


cat_pieces = _cat.piecewise()


def _cat_slice(g: Tensor, index: int, shapes: list[tuple[int, ...]], dim: int) -> Tensor:
    start = sum(shape[dim] for shape in shapes[:index])
    return narrow(g, dim, start, shapes[index][dim])


@operation
def repeat(input: Tensor, *repeats: Sizes) -> Tensor:
    """Copies of the tensor side by side, repeats[i] of them along dimension i."""
    times = shape_of(repeats, "repeat")
    shape = (1,) * (len(times) - input.ndim) + tuple(input._array.shape)
    if len(times) < input.ndim:
        raise RuntimeError(f"repeat: {len(times)} repeats for {input.ndim} dimensions")
    apart = reshape(input, [each for size in shape for each in (1, size)])
    spread = expand(apart, [each for n, size in zip(times, shape, strict=True) for each in (n, size)])
    return reshape(laid_as(clone(spread), c_order), [n * size for n, size in zip(times, shape, strict=True)])


def _check_sequence(name: str, tensors: Any) -> None:
    if not isinstance(tensors, Sequence):
        kind = "one Tensor" if isinstance(tensors, Tensor) else type(tensors).__name__
        raise TypeError(f"{name}: expected a list or tuple of tensors, got {kind}; write {name}([x, y])")
    require_tensors(name, *tensors)


@operation(method=False, aliases="concat concatenate")
def cat(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Joins tensors along an existing dimension; the others must agree.

    >>> import autograd
    >>> autograd.cat([autograd.zeros(1), autograd.ones(2)])
    tensor([0., 1., 1.])
    """
    _check_sequence("cat", tensors)
    tensors = [x for x in tensors if x._array.shape != (0,)] or list(tensors)[:1]
    if not tensors:
        raise OperationError("cat: expected a non-empty list of tensors")
    kind = result_type(*tensors)
    if not tensors[0].ndim:
        raise RuntimeError("cat: zero-dimensional tensors cannot be joined; use stack")
    axis = normalize_dim("cat", dim, tensors[0].ndim)
    try:
        return _cat(*[cast(x, kind) for x in tensors], dim=axis)
    except OperationError as error:
        first, *others = (tuple(x._array.shape) for x in tensors)
        for number, shape in enumerate(others, 1):
            if len(shape) != len(first) or any(
                a != b for i, (a, b) in enumerate(zip(first, shape, strict=True)) if i != axis
            ):
                raise OperationError(
                    f"cat: sizes must agree in all dimensions but {axis}: tensor 0 has {first}, tensor {number} {shape}"
                ) from error
        raise


concat = concatenate = cat


@operation(method=False)
def stack(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Joins tensors of one shape along a new dimension."""
    _check_sequence("stack", tensors)
    shapes = {tuple(x._array.shape) for x in tensors}
    if not shapes:
        raise OperationError("stack: expected a non-empty list of tensors")
    if len(shapes) != 1:
        raise OperationError(f"stack: expected tensors of one shape, got {sorted(shapes)}")
    axis = normalize_dim("stack", dim, len(shapes.pop()) + 1)
    kind = result_type(*tensors)
    return _cat(*[cast(unsqueeze(x, axis), kind) for x in tensors], dim=axis, new=True)


@operation(aliases="unsafe_split")
def split(tensor: Tensor, split_size_or_sections: int | Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """Views of consecutive pieces of one dimension: of one size (the last may be smaller) or of given sizes."""
    axis = normalize_dim("split", dim, tensor.ndim)
    length = tensor._array.shape[axis]
    if is_int(split_size_or_sections):
        size = int(split_size_or_sections)
        if size < 0 or (size == 0 and length):
            raise RuntimeError(f"split: pieces of {size} elements do not make up the {length} of dimension {axis}")
        sizes = [min(size, length - start) for start in range(0, length, size or 1)] or [0]
    else:
        sizes = list(as_ints(split_size_or_sections))
        if sum(sizes) != length:
            raise RuntimeError(f"split: sizes {sizes} do not sum to {length}, the size of dimension {axis}")
    starts = [sum(sizes[:i]) for i in range(len(sizes))]
    return tuple(narrow(tensor, axis, start, size) for start, size in zip(starts, sizes, strict=True))


@operation(aliases="unsafe_chunk")
def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """Views of at most `chunks` pieces of one dimension, of equal size but for the last."""
    length = input._array.shape[normalize_dim("chunk", dim, input.ndim)]
    if chunks < 1:
        raise OperationError(f"chunk: expected at least one chunk, got {chunks}")
    return split(input, -(-length // chunks) if length else [0] * chunks, dim)


unsafe_split, unsafe_chunk, unsafe_split_with_sizes = split, chunk, split_with_sizes
