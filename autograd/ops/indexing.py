"""Reading and writing by position: slices are views, index arrays make copies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, overload

import numpy as np

from .. import dtypes
from ..backend import Array, Backend, Namespace
from ..engine.errors import NotATensorError, OperationError, OutOfRangeError
from ..engine.modes import modes
from ..engine.primitive import primitive
from ..engine.tensor import Tensor
from ..types import Index, Operand
from .choosing import where
from .creation import arange, as_tensor, full
from .dims import as_ints, normalize_dim, scalars_as_vectors
from .joining import cat
from .layout import c_order, indexed, laid_as
from .operation import operation
from .promotion import cast, require_tensors
from .shape import broadcast_tensors, expand, reshape, unsqueeze


@operation(method=False)
def unravel_index(indices: Tensor, shape: int | Sequence[int]) -> tuple[Tensor, ...]:
    """The coordinates in a tensor of this shape of positions in the flattened one."""
    require_tensors("unravel_index", indices)
    sizes = as_ints(shape)
    rest, found = indices, []
    for size in reversed(sizes):
        found.append(rest % size)
        rest = rest // size
    return tuple(reversed(found))


_UNSIGNED = {np.dtype(f"i{size}"): np.dtype(f"u{size}") for size in (1, 2, 4, 8)}


ARRAY = "array"  # stands in a pattern where the next index tensor goes


def _fill(pattern: tuple, indices: tuple) -> tuple:
    arrays = iter(indices)
    return tuple(next(arrays) if part is ARRAY else part for part in pattern)


@primitive(linear=True, view=True, x=lambda g, x_shape, index: _slice_adjoint(g, shape=tuple(x_shape), index=index))
def _slice(xp: Namespace, x: Array, *, index: tuple) -> Array:
    return x[index]


@primitive(linear=True, up=lambda g, index: _slice(g, index=index))
def _slice_adjoint(backend: Backend, up: Array, *, shape: tuple[int, ...], index: tuple) -> Array:
    """Zeros with `up` where the slice lies."""
    whole = backend.xp.zeros(shape, dtype=up.dtype)
    backend.index_write(whole, index, up)
    return whole


@primitive(
    linear=True,
    lies=indexed,
    x=lambda g, x_shape, indices, pattern: index_adjoint(g, *indices, shape=tuple(x_shape), pattern=pattern),
)
def _index(backend: Backend, x: Array, *indices: Array, pattern: tuple, masks: tuple[int, ...] = ()) -> Array:
    """`masks` has the rank of each index that is a mask, 0 of others."""
    return backend.index(x, _fill(pattern, indices))


@primitive(linear=True, up=lambda g, indices, pattern: _index(g, *indices, pattern=pattern))
def index_adjoint(backend: Backend, up: Array, *indices: Array, shape: tuple[int, ...], pattern: tuple) -> Array:
    """Zeros to which `up` is added at the indices."""
    whole = backend.xp.zeros(shape, dtype=up.dtype)
    backend.index_add(whole, _fill(pattern, indices), up)
    return whole


@primitive(
    linear=True,
    mutates=(0,),
    broadcasts=True,
    x=lambda g, indices, pattern: _without(g, indices, pattern),
    value=lambda g, indices, pattern: read(g, _fill(pattern, indices)),
)
def _index_put(backend: Backend, x: Array, value: Array, *indices: Array, pattern: tuple) -> Array:
    backend.index_write(x, _fill(pattern, indices), value)
    return x


def _without(g: Tensor, indices: list[Tensor], pattern: tuple) -> Tensor:
    """g with zeros at the indices."""
    return write(g.clone(), _fill(pattern, tuple(indices)), 0.0)


def parse_index(x: Tensor, index: Index) -> tuple[tuple, list[Tensor]]:
    """An index as a pattern of static parts, and the index tensors that go into it."""
    parts = index if isinstance(index, tuple) else (index,)
    pattern: list[Any] = []
    tensors: list[Tensor] = []
    for part in parts:
        if isinstance(part, bool | np.bool_):
            part = np.asarray(part)
        if isinstance(part, list | np.ndarray | range):
            part = as_tensor(np.asarray(part) if np.size(part) else np.asarray(part, dtype=np.int64), device=x.device)
        if isinstance(part, Tensor):
            if not part.ndim and not part.dtype.is_inexact and part.dtype not in (dtypes.bool, dtypes.uint8):
                pattern.append(int(part.item()))  # one element is picked as by a number: a view
                continue
            if part.dtype.is_floating_point:
                raise IndexError(f"tensors used as indices must be integers or bools, got {part.dtype}")
            if part.dtype is dtypes.bool or part.dtype is dtypes.uint8:
                part = cast(part, dtypes.bool)
                modes.note_unreplayable("a boolean mask used as an index")
            pattern.append(ARRAY)
            tensors.append(part.detach())
        elif isinstance(part, slice):
            pattern.append(slice(*(None if end is None else int(end) for end in (part.start, part.stop, part.step))))
            if pattern[-1].step is not None and pattern[-1].step <= 0:
                raise ValueError(f"index: step must be greater than zero, got {pattern[-1].step}; use flip()")
        elif part is None or part is Ellipsis:
            pattern.append(part)
        elif isinstance(part, int | np.integer):
            pattern.append(int(part))
        elif type(part).__module__.partition(".")[0] == "torch":
            raise NotATensorError("index", part, "an index")
        else:
            raise IndexError(
                f"only integers, slices, Ellipsis, None and integer or boolean tensors are valid indices, "
                f"got {type(part).__name__}"
            )
    taken = _check_bounds(x, pattern, tensors)
    if Ellipsis not in pattern and (taken < x.ndim or not tensors):
        pattern.append(Ellipsis)  # so that picking one element of a vector is a view, too
    return tuple(pattern), tensors


def _check_bounds(x: Tensor, pattern: list[Any], tensors: list[Tensor]) -> int:
    """How many dimensions are indexed; IndexError if there are fewer. A mask takes as many as it has itself."""
    masks = [index.ndim - 1 for index in tensors if index.dtype is dtypes.bool]
    taken = sum(part is not None and part is not Ellipsis for part in pattern) + sum(masks)
    if taken > x.ndim:
        raise IndexError(f"too many indices ({taken}) for a tensor of {x.ndim} dimensions")
    return taken


def _integers_first(x: Tensor, pattern: tuple, tensors: list[Tensor]) -> tuple[Tensor, tuple]:
    """Beside index tensors, integers select as slices would: they are no index arrays, as NumPy's would be."""
    if not tensors or not any(isinstance(part, int) for part in pattern):
        return x, pattern
    selection: list[Any] = []
    arrays = iter(tensors)
    for part in pattern:
        if part is ARRAY:
            array = next(arrays)
            selection += [slice(None)] * (array.ndim if array.dtype is dtypes.bool else 1)
        elif part is not None:
            selection.append(slice(None) if isinstance(part, slice) else part)
    return read(x, tuple(selection)), tuple(part for part in pattern if not isinstance(part, int))


def read(x: Tensor, index: Index) -> Tensor:
    """x[index]: a view for integers, slices, None and Ellipsis; a copy for index tensors and masks."""
    pattern, tensors = parse_index(x, index)
    x, pattern = _integers_first(x, pattern, tensors)
    if not tensors:
        return _slice(x, index=pattern)
    masks = tuple([each.ndim if each.dtype is dtypes.bool else 0 for each in tensors])
    return _index(x, *tensors, pattern=pattern, masks=masks)


def write(x: Tensor, index: Index, value: Any) -> Tensor:
    """x[index] = value, in place; the value broadcasts. An integer index named twice keeps one of the values."""
    pattern, tensors = parse_index(x, index)
    if isinstance(value, Tensor):
        if value._backend is not x._backend and value.ndim == 0:
            value = value.to(x.device)
        value = cast(value, x.dtype)
    elif isinstance(value, complex) and not x.is_complex():
        raise OperationError(f"x[index] = {value}: a complex number does not fit into {x.dtype}")
    elif isinstance(value, int | float | complex):
        value = _as_kind(value, x.dtype)
    else:
        value = cast(as_tensor(value, device=x.device), x.dtype)
    if not tensors and not x._backend.exclusive(x._array):  # the part that is written may be
        _index_put(read(x, pattern), value, pattern=(Ellipsis,))
        return x
    selected, pattern = _integers_first(x, pattern, tensors)
    _index_put(selected, value, *tensors, pattern=pattern)
    return x


def _as_kind(value: Any, kind: dtypes.dtype) -> Any:
    return kind.number(value)


@primitive(linear=True, x=lambda g, index, x_shape, dim: scatter_sum(g, index, shape=tuple(x_shape), dim=dim))
def _gather(backend: Backend, x: Array, index: Array, *, dim: int) -> Array:
    return backend.take_along(x, index, dim)


gather_pieces = _gather.piecewise()


@primitive(linear=True, up=lambda g, index, dim: _gather(g, index, dim=dim))
def scatter_sum(backend: Backend, up: Array, index: Array, *, shape: tuple[int, ...], dim: int) -> Array:
    """Zeros to which `up` is added where `gather` would read."""
    whole = backend.xp.zeros(shape, dtype=up.dtype)
    backend.add_along(whole, index, up, dim)
    return whole


@operation
def gather(input: Tensor, dim: int, index: Tensor, *, sparse_grad: bool = False) -> Tensor:
    """out[i][j][k] = input[index[i][j][k]][j][k] for dim 0, and so on; the shape of `index`. Gradients are dense."""
    require_tensors("gather", input, index)
    axis = normalize_dim("gather", dim, input.ndim)
    if not index.numel():
        if not _lies_within(index, input, axis):  # torch lets an empty index name nothing in any shape
            return input.new_empty(tuple(index._array.shape))
        index = cast(index, dtypes.int64)
    check_index("gather", index, input._array.shape[axis] if input.ndim else 1)
    if not input.ndim or not index.ndim:
        found = gather(reshape(input, -1) if not input.ndim else input, 0, reshape(index, -1))
        return reshape(found, index._array.shape)
    if index.ndim != input.ndim:
        raise RuntimeError(f"gather: index has {index.ndim} dimensions, input {input.ndim}")
    _check_within("gather", index, input, axis)
    return _gather(input, index.detach(), dim=axis)


def part_for(index: Tensor, src: Tensor) -> Tensor:
    """The part of src that an index, which may be smaller, takes its values from."""
    return src if src.shape == index.shape else src[tuple(slice(0, size) for size in index._array.shape)]


def check_dtypes(name: str, input: Tensor, src: Any) -> None:
    """OperationError unless src is a number or has the input's dtype, a TypeError for what is neither."""
    if not isinstance(src, Tensor | np.generic | complex | float | int):
        raise NotATensorError(name, src, "src")
    if isinstance(src, Tensor) and src.dtype is not input.dtype:
        raise OperationError(f"{name}: expected src of the input's {input.dtype}, got {src.dtype}")


@operation
@scalars_as_vectors
def index_select(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """The rows (of dimension `dim`) that a vector of integers names. A copy."""
    require_tensors("index_select", input, index)
    axis = normalize_dim("index_select", dim, input.ndim)
    if index.ndim > 1:
        raise OperationError(f"index_select: expected a vector of indices, got shape {tuple(index.shape)}")
    check_index("index_select", index, input._array.shape[axis])
    return laid_as(read(input, (slice(None),) * axis + (index.reshape(-1),)), c_order)


@operation(in_place=True)
def masked_fill(input: Tensor, mask: Tensor, value: Operand) -> Tensor:
    """input with `value` where the mask is true; both broadcast."""
    if mask.dtype is not dtypes.bool:
        raise OperationError(f"masked_fill: expected a mask of bools, got {mask.dtype}; convert it with .bool()")
    if isinstance(value, Tensor) and value.ndim:
        raise OperationError(f"masked_fill: expected a number or a 0-d tensor, got shape {tuple(value.shape)}")
    if isinstance(value, complex) and not input.is_complex():
        raise OperationError(f"masked_fill: {value} does not fit into {input.dtype}")
    return laid_as(cast(where(mask, value, input), input.dtype), c_order)


@operation
def masked_select(input: Tensor, mask: Tensor) -> Tensor:
    """A vector of the elements where the mask is true."""
    if mask.dtype is not dtypes.bool:
        raise OperationError(f"masked_select: expected a mask of bools, got {mask.dtype}; convert it with .bool()")
    input, mask = broadcast_tensors(input, mask)
    return read(input, mask)


@primitive()
def _nonzero(xp: Namespace, x: Array) -> Array:
    return xp.stack(xp.nonzero(x), axis=1)


@overload
def nonzero(input: Tensor, *, as_tuple: Literal[False] = False) -> Tensor: ...
@overload
def nonzero(input: Tensor, *, as_tuple: Literal[True]) -> tuple[Tensor, ...]: ...
@operation
def nonzero(input: Tensor, *, as_tuple: bool = False) -> Tensor | tuple[Tensor, ...]:
    """The positions of the nonzero elements: a matrix of a row each, or a tuple of a vector a dimension."""
    modes.note_unreplayable("nonzero()")
    if not input.ndim:  # torch's way with a scalar
        found = _nonzero(input.detach().reshape(1))
        return (found[:, 0],) if as_tuple else found[:, :0]
    found = _nonzero(input.detach())
    return tuple(found[:, i] for i in range(input.ndim)) if as_tuple else found


@operation(face="nn.functional", method=False)
def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """int64 vectors with a single 1 at the given class."""
    require_tensors("one_hot", tensor)
    if num_classes == -1:
        if not tensor.numel():
            raise OperationError("one_hot: of no classes num_classes can't be told; pass it")
        num_classes = int(tensor.max().item()) + 1
    elif num_classes < 1 and tensor.numel():
        raise OperationError(
            f"one_hot: num_classes must be positive, or -1 for the largest class + 1, got {num_classes}"
        )
    check_index("one_hot", tensor, num_classes, (dtypes.int64,))
    classes = arange(num_classes, device=tensor.device)
    return laid_as(cast(unsqueeze(tensor, -1) == classes, dtypes.int64), c_order)


INDICES = (dtypes.int64, dtypes.int32)


def check_index(
    name: str, index: Tensor, size: int, kinds: tuple[dtypes.dtype, ...] = INDICES, from_end: bool = False
) -> None:
    """OperationError for an index of the wrong dtype, OutOfRangeError (an IndexError, too) for one outside [0, size).

    The latter on the CPU only, where looking costs no synchronisation: elsewhere the device's own rule holds.
    With `from_end` negative ones count from the end.
    """
    if index.dtype not in kinds:
        expected = " or ".join(str(kind) for kind in kinds)
        raise OperationError(f"{name}: expected indices of {expected}, got {index.dtype}; convert them with .long()")
    if index._backend.device.type != "cpu" or not index._array.size:
        return
    modes.check(_check_range, index, name, size, from_end)


def _check_range(array: Any, name: str, size: int, from_end: bool) -> None:
    start = -size if from_end else 0
    if not _all_classes(array - start if start else array, size - start):
        low, high = array.min(), array.max()
        hint = "; negative indices count from the end in x[index] only" if low < 0 and not from_end else ""
        raise OutOfRangeError(f"{name}: an index is outside [{start}, {size}): found {low} to {high}{hint}")


def _lies_within(index: Tensor, other: Tensor, but: int | None) -> bool:
    shape, limits = index._array.shape, other._array.shape
    return len(shape) == len(limits) and all(n <= limits[i] or i == but for i, n in enumerate(shape))


def _check_within(name: str, index: Tensor, other: Tensor, but: int | None, what: str = "the input's") -> None:
    """OperationError if the index is larger than the other tensor in a dimension other than `but`."""
    shape, limits = index._array.shape, other._array.shape
    if not _lies_within(index, other, but):
        apart = "" if but is None else f" apart from dimension {but}"
        raise OperationError(f"{name}: an index of shape {tuple(shape)} goes beyond {what} {tuple(limits)}{apart}")


def check_scatter(name: str, input: Tensor, axis: int, index: Tensor, src: Any) -> None:
    """What the functions that write where `gather` would read ask of their index."""
    check_index(name, index, input._array.shape[axis])
    _check_within(name, index, input, axis)
    if isinstance(src, Tensor):
        _check_within(name, index, src, None, "the source's")


def check_class_indices(name: str, target: Tensor, classes: int, ignore: int) -> None:
    """OperationError for a class outside [0, classes): on the CPU, where looking costs no synchronisation."""
    if target._array.size and target.is_cpu:
        modes.check(_check_classes, target, name, classes, ignore)


def _check_classes(array: Any, name: str, classes: int, ignore: int) -> None:
    if not _all_classes(array, classes):
        known = array[array != ignore]
        if not _all_classes(known, classes):
            raise OutOfRangeError(f"{name}: a target is outside [0, {classes}): found {known.min()} to {known.max()}")


def _all_classes(array: Any, classes: int) -> bool:
    """Whether all lie in [0, classes), in one pass: read without its sign, a negative number is a large one."""
    array = array.view(_UNSIGNED.get(array.dtype, array.dtype))
    return not array.size or array.item(array.argmax()) < classes  # argmax is quicker than max


LONG = (dtypes.int64,)


@operation
def take(input: Tensor, index: Tensor) -> Tensor:
    """The elements at positions in the flattened tensor; the shape of the index."""
    check_index("take", index, input.numel(), LONG, from_end=True)
    return read(reshape(input, -1), (index,))


@operation
def take_along_dim(input: Tensor, indices: Tensor, dim: int | None = None) -> Tensor:
    """gather, the index broadcasting with the input; without a dimension, of the flattened tensor.

    Along a dimension an index counts modulo its size, as torch takes it.
    """
    require_tensors("take_along_dim", input, indices)
    if dim is not None and indices.dtype is not dtypes.int64:
        raise OperationError(f"take_along_dim: expected indices of {dtypes.int64}, got {indices.dtype}")
    if dim is None:
        return gather(reshape(input, -1), 0, reshape(indices, -1))
    axis = normalize_dim("take_along_dim", dim, input.ndim)
    shape = [
        a if i == axis else max(a, b)
        for i, (a, b) in enumerate(zip(indices._array.shape, input._array.shape, strict=True))
    ]
    source = [b if i == axis else size for i, (size, b) in enumerate(zip(shape, input._array.shape, strict=True))]
    wrapped = indices % input._array.shape[axis] if indices.numel() else indices
    return gather(expand(input, source), axis, expand(wrapped, shape).contiguous())


@operation
def argwhere(input: Tensor) -> Tensor:
    """The positions of the nonzero elements, a row each."""
    return nonzero(input)


@operation
def nonzero_static(input: Tensor, *, size: int, fill_value: int = -1) -> Tensor:
    """The positions of the first `size` nonzero elements, a row each; missing ones are filled."""
    found = argwhere(input)
    found = found[: min(size, found._array.shape[0])]
    missing = size - found._array.shape[0]
    filler = full((missing, input.ndim), fill_value, dtype=dtypes.int64, device=input.device)
    return cat([found, filler]) if missing else found
