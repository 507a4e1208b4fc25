"""Making tensors: from data, filled, counted."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np

from .. import dtypes
from ..backend import Array, Backend, get_backend
from ..engine.errors import LayoutError
from ..engine.modes import modes
from ..engine.primitive import primitive
from ..engine.size import Size
from ..engine.tensor import Tensor, wrap
from ..types import DeviceLike, DTypeLike, Number, Sizes
from .host import on_host
from .layout import alike, laid_as
from .operation import operation
from .promotion import cast, move


@primitive()
def _full(backend: Backend, *, shape: tuple[int, ...], fill: complex, dtype: dtypes.dtype) -> Array:
    return backend.xp.full(shape, fill, dtype=backend.native[dtype])


@primitive()
def _constant(backend: Backend, *, data: np.ndarray) -> Array:
    return backend.from_numpy(data.copy())


@primitive()
def _arange(backend: Backend, *, start: float, step: float, count: int, dtype: dtypes.dtype) -> Array:
    """start + step * i, counted in integers so that no rounding adds up."""
    xp = backend.xp
    if not dtype.is_floating_point:
        return xp.arange(start, start + step * count, step, dtype=backend.native[dtype])
    steps = xp.astype(xp.arange(count), xp.float64)
    return xp.astype(steps * float(step) + float(start), backend.native[dtype])


@primitive()
def _eye(backend: Backend, *, n: int, m: int, dtype: dtypes.dtype) -> Array:
    return backend.xp.eye(n, m, dtype=backend.native[dtype])


def finish(x: Tensor, requires_grad: bool) -> Tensor:
    return x.requires_grad_() if requires_grad else x


_INTS = (int, np.integer)
_TENSORS = (Tensor, np.generic)


def shape_of(size: tuple, name: str = "size") -> tuple[int, ...]:
    """A shape given as ints or as one sequence."""
    given: Any = size
    if len(size) == 1:
        given = size[0]
        if not isinstance(given, _INTS) and not (isinstance(given, Tensor) and not given.dim()):
            size = given
    try:
        return tuple([operator.index(each) for each in size])
    except TypeError:
        raise TypeError(f"{name}: expected ints, or one sequence of ints, got {given!r}") from None


def _infer(data: Any) -> tuple[np.ndarray, dtypes.dtype]:
    """Host data as an array, and the dtype that torch would give it."""
    if isinstance(data, np.ndarray | np.generic):
        array = np.asarray(data)
    else:
        array = np.array(_plain(data))
        if array.dtype.name in _DOUBLE and not _holds_double(data):
            kind = dtypes.get_default_dtype()
            return array, kind if array.dtype.kind == "f" else kind.to_complex()
    if array.dtype.name not in dtypes.BY_NAME:
        raise TypeError(f"tensor: can't make a tensor of {array.dtype} data; known are {', '.join(dtypes.BY_NAME)}")
    return array, dtypes.BY_NAME[array.dtype.name]


def _plain(data: Any) -> Any:
    """Nested sequences with the tensors in them read as numbers."""
    if isinstance(data, Tensor):
        return on_host(data.detach().cpu(), "tensor()") if data.dim() else data.item()
    if isinstance(data, list | tuple):
        return [_plain(each) for each in data]
    return data


_PYTHONS_OWN = {int, float, bool, complex}
_DOUBLE = {"float64", "complex128"}


def _holds_double(data: Any) -> bool:
    """Whether there are numbers of double precision in it: NumPy's, or tensors; Python's are of no precision."""
    if isinstance(data, list | tuple):
        return not _PYTHONS_OWN.issuperset(map(type, data)) and any(map(_holds_double, data))
    if isinstance(data, np.ndarray | np.generic | Tensor):
        return getattr(data.dtype, "name", "") in _DOUBLE
    return False


@operation(method=False)
def tensor(data: Any, *, dtype: DTypeLike = None, device: DeviceLike = None, requires_grad: bool = False) -> Tensor:
    """A new leaf tensor that copies `data`: numbers, nested sequences, a NumPy array or a tensor.

    Python floats become the default dtype, ints int64, bools bool; NumPy data keeps its dtype.

    >>> import autograd
    >>> autograd.tensor([[1, 2], [3, 4]]).shape
    autograd.Size([2, 2])
    """
    if isinstance(data, Tensor):
        copied = data.detach().clone()
        copied = copied if dtype is None else cast(copied, dtype)
        return finish(copied if device is None else move(copied, get_backend(device)), requires_grad)
    try:
        array, inferred = _infer(data)
    except LayoutError:
        raise
    except ValueError as error:
        raise ValueError("tensor: the nested sequences have differing lengths") from error
    backend = get_backend(device)
    host = modes.quietly(array.astype, (dtype or inferred).name)
    return finish(_constant(backend=backend, data=host), requires_grad)


def of_sizes_or_data(
    name: str, data: tuple, size: Sequence[int] | None, dtype: DTypeLike, device: DeviceLike
) -> Tensor:
    """What torch's constructors of before `tensor` make: of ints, or of a Size, that shape; of a sequence its numbers.

    `Tensor(x.shape)` has the shape of x, where `Tensor([2, 3])` and `Tensor((2, 3))` hold two numbers, and
    `Tensor(x)` the memory of x.
    """
    kind = dtypes.get_default_dtype() if dtype is None else dtype
    if size is not None and not data:
        data = (Size(size),)
    if len(data) == 1 and isinstance(data[0], Size):
        return empty(data[0], dtype=kind, device=device)
    if all(isinstance(each, int | np.integer) and not isinstance(each, bool) for each in data):
        return empty(tuple(map(int, data)) or (0,), dtype=kind, device=device)
    if len(data) == 1 and isinstance(data[0], Tensor):
        if dtype is not None and data[0].dtype is not dtype:
            raise TypeError(
                f"{name}: expected a tensor of {dtype}, got one of {data[0].dtype}; convert it with .to(...)"
            )
        held = as_tensor(data[0], device=device)
        return held.view_as(held) if held.requires_grad else held.detach()
    memory = getattr(data[0], "flat", None) if len(data) == 1 else None
    if isinstance(memory, Tensor):  # of a storage
        return of_sizes_or_data(name, (memory,), None, kind, device)
    if len(data) == 1 and isinstance(data[0], list | tuple | range | np.ndarray):
        return tensor(data[0], dtype=kind, device=device)
    given = ", ".join(type(each).__name__ for each in data)
    raise TypeError(f"{name}: expected a sequence, or sizes as ints, got {given}; see autograd.tensor(data)")


@operation(method=False)
def as_tensor(data: Any, dtype: DTypeLike = None, device: DeviceLike = None) -> Tensor:
    """`data` as a tensor, without a copy where dtype and device allow it."""
    if isinstance(data, Tensor):
        moved = data if device is None else move(data, get_backend(device))
        return moved if dtype is None else cast(moved, dtype)
    if isinstance(data, np.ndarray) and get_backend(device) is get_backend("cpu"):
        shared = from_numpy(data)
        return shared if dtype is None else cast(shared, dtype)
    return tensor(data, dtype=dtype, device=device)


@operation(method=False)
def asarray(
    obj: Any,
    *,
    dtype: DTypeLike = None,
    device: DeviceLike = None,
    copy: bool | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """`obj` as a tensor, always a copy or never one (ValueError if there must be one) where `copy` says so."""
    made = as_tensor(obj, dtype, device)
    if copy is False and (made is not obj if isinstance(obj, Tensor) else made.dtype is not _shared_dtype(obj)):
        raise ValueError(f"asarray: {type(obj).__name__} can't become a tensor of {made.dtype} without a copy")
    if copy and (made is obj or isinstance(obj, np.ndarray)):
        made = made.clone()
    return made.detach().requires_grad_() if requires_grad and not made.requires_grad else made


def _shared_dtype(obj: Any) -> dtypes.dtype | None:
    """The dtype of a tensor that shares its memory, if there can be one."""
    return dtypes.BY_NAME.get(obj.dtype.name) if isinstance(obj, np.ndarray) else None


@operation(method=False)
def from_numpy(ndarray: np.ndarray) -> Tensor:
    """A CPU tensor that shares the memory of a NumPy array: a write to either is seen in both."""
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(f"from_numpy: expected a numpy.ndarray, got {type(ndarray).__name__}")
    kind = ndarray.dtype
    if kind.name not in dtypes.BY_NAME or not kind.isnative:
        raise TypeError(f"from_numpy: can't make a tensor of {kind} data; known are {', '.join(dtypes.BY_NAME)}")
    backend = get_backend("cpu")
    return wrap(backend.from_numpy(ndarray), backend)


@operation(method=False)
def full(
    size: Sequence[int],
    fill_value: Number | Tensor,
    *,
    dtype: DTypeLike = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
) -> Tensor:
    """A tensor filled with one value, whose type gives the dtype."""
    if isinstance(fill_value, Tensor):
        fill_value = fill_value.item()
    kind = dtypes.dtype_of_scalar(fill_value) if dtype is None else dtype
    shape = shape_of((size,), "full")
    made = _full(backend=get_backend(device), shape=shape, fill=fill_value, dtype=kind)
    return finish(made, requires_grad)


class Filled(Protocol):
    """A function that makes a tensor of a size, filled."""

    def __call__(
        self,
        *size: Sizes,
        dtype: DTypeLike = None,
        device: DeviceLike = None,
        requires_grad: bool = False,
        pin_memory: bool = False,
        memory_format: object = None,
    ) -> Tensor: ...


def _filled(value: int, name: str, doc: str = "") -> Filled:
    def function(
        *size: Sizes,
        dtype: DTypeLike = None,
        device: DeviceLike = None,
        requires_grad: bool = False,
        pin_memory: bool = False,
        memory_format: object = None,
    ) -> Tensor:
        kind = dtypes.get_default_dtype() if dtype is None else dtype
        made = _full(backend=get_backend(device), shape=shape_of(size, name), fill=value, dtype=kind)
        return finish(made, requires_grad)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc or f"A tensor of the given size, filled with {value}; of the default dtype unless told."
    return operation(method=False)(function)


zeros = _filled(0, "zeros")
ones = _filled(1, "ones")
empty = _filled(
    0, "empty", "A tensor of the given size; its elements have no meaning (they are zeros here, so that runs repeat)."
)


@operation(method=False)
def full_like(
    input: Tensor,
    fill_value: Number | Tensor,
    *,
    dtype: DTypeLike = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
    memory_format: object = None,
) -> Tensor:
    """A tensor with the input's shape, dtype and device, filled with one value."""
    return filled_like(input, fill_value, dtype, device, requires_grad)


def filled_like(
    input: Tensor,
    value: Any,
    dtype: DTypeLike = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
) -> Tensor:
    backend = input._backend if device is None else get_backend(device)
    made = _full(backend=backend, shape=input._array.shape, fill=value, dtype=dtype or input.dtype)
    return finish(laid_as(made, alike, input), requires_grad)


@operation(method=False)
def zeros_like(
    input: Tensor,
    *,
    dtype: DTypeLike = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
    memory_format: object = None,
) -> Tensor:
    """Zeros with the input's shape, dtype and device."""
    return filled_like(input, 0, dtype, device, requires_grad)


@operation(method=False)
def ones_like(
    input: Tensor,
    *,
    dtype: DTypeLike = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
    memory_format: object = None,
) -> Tensor:
    """Ones with the input's shape, dtype and device."""
    return filled_like(input, 1, dtype, device, requires_grad)


@operation(method=False)
def empty_like(
    input: Tensor,
    *,
    dtype: DTypeLike = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
    memory_format: object = None,
) -> Tensor:
    """A tensor with the input's shape, dtype and device; its elements have no meaning."""
    return filled_like(input, 0, dtype, device, requires_grad)


@operation(method=False)
def arange(
    start: float | Tensor | None = None,
    end: float | Tensor | None = None,
    step: float | Tensor = 1,
    *,
    dtype: DTypeLike = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
) -> Tensor:
    """start, start + step, ... up to but without `end`; int64 if all three are ints.

    >>> import autograd
    >>> autograd.arange(4)
    tensor([0, 1, 2, 3])
    """
    if end is None:
        start, end = None, start
    if end is None:
        raise TypeError("arange() missing 1 required positional argument: 'end'")
    start = 0 if start is None else start
    start, end, step = (each.item() if isinstance(each, _TENSORS) else each for each in (start, end, step))
    if not all(math.isfinite(each) for each in (start, end, step)):
        raise RuntimeError(f"arange: unsupported range from {start} to {end} by {step}")
    if (end - start) * step < 0:
        raise RuntimeError(f"arange: from {start} to {end} the sign of step {step} leads away")
    if dtype is None:
        dtype = (
            dtypes.get_default_dtype() if any(isinstance(each, float) for each in (start, end, step)) else dtypes.int64
        )
    if not dtype.is_inexact:
        start, end, step = int(start), int(end), int(step)
    if step == 0:
        raise RuntimeError(f"arange: step must be nonzero, also as {dtype}")
    count = max(math.ceil((end - start) / step), 0)
    made = _arange(backend=get_backend(device), start=start, step=step, count=count, dtype=dtype)
    return finish(made, requires_grad)


@operation(method=False)
def eye(
    n: int, m: int | None = None, *, dtype: DTypeLike = None, device: DeviceLike = None, requires_grad: bool = False
) -> Tensor:
    """The identity matrix of n rows and m (default n) columns."""
    kind = dtype or dtypes.get_default_dtype()
    made = _eye(backend=get_backend(device), n=n, m=n if m is None else m, dtype=kind)
    return finish(made, requires_grad)


@operation(method=False)
def scalar_tensor(
    s: Number, *, dtype: DTypeLike = None, device: DeviceLike = None, requires_grad: bool = False
) -> Tensor:
    """A 0-d tensor of the default floating dtype."""
    return full((), s, dtype=dtype or dtypes.get_default_dtype(), device=device, requires_grad=requires_grad)


@operation(face=None)
def new_tensor(
    input: Tensor, data: Any, *, dtype: DTypeLike = None, device: DeviceLike = None, requires_grad: bool = False
) -> Tensor:
    """A new tensor of `data` with the input's dtype and device."""
    kind, place = dtype or input.dtype, input.device if device is None else device
    return tensor(data, dtype=kind, device=place, requires_grad=requires_grad)


def _new(make: Any, name: str) -> Callable[..., Tensor]:
    def method(
        input: Tensor, *size: Sizes, dtype: DTypeLike = None, device: DeviceLike = None, requires_grad: bool = False
    ) -> Tensor:
        place = input.device if device is None else device
        return make(*size, dtype=dtype or input.dtype, device=place, requires_grad=requires_grad)

    method.__name__ = method.__qualname__ = name
    method.__doc__ = f"{make.__name__}(*size) with the input's dtype and device."
    return operation(face=None)(method)


new_zeros, new_ones, new_empty = _new(zeros, "new_zeros"), _new(ones, "new_ones"), _new(empty, "new_empty")


@operation(face=None)
def new_full(
    input: Tensor,
    size: Sequence[int],
    fill_value: Number | Tensor,
    *,
    dtype: DTypeLike = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
) -> Tensor:
    """full(size, fill_value) with the input's dtype and device."""
    kind, place = dtype or input.dtype, input.device if device is None else device
    return full(size, fill_value, dtype=kind, device=place, requires_grad=requires_grad)


@operation(face=None)
def to(
    input: Tensor,
    *where: DTypeLike | DeviceLike | Tensor,
    dtype: DTypeLike = None,
    device: DeviceLike = None,
    non_blocking: bool = False,
    copy: bool = False,
    memory_format: object = None,
) -> Tensor:
    """The tensor with another dtype, on another device, or both; itself if nothing changes.

    `where` is a dtype, a device, both, or another tensor to be like.
    """
    flags = [each for each in where if isinstance(each, bool)]  # non_blocking, copy
    copy = copy or flags[1:] == [True]
    for each in where:
        if isinstance(each, Tensor):
            dtype, device = each.dtype, each.device
        elif isinstance(each, dtypes.dtype):
            dtype = each
        elif isinstance(each, type | np.dtype):
            dtype = dtypes.as_dtype("to", each)
        elif hasattr(each, "__array__") or isinstance(each, list | tuple):
            raise TypeError(f"to: expected a dtype, a device or a Tensor, got {type(each).__name__}")
        elif each is not None and not isinstance(each, bool):
            device = each
    result = input if dtype is None else cast(input, dtype)
    if device is not None:
        result = move(result, get_backend(device))
    return result.clone() if copy and result is input else result
