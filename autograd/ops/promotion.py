"""Which dtype an operation of several operands computes in, and bringing the operands to it."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from .. import dtypes
from ..backend import Array, Backend, bfloat16
from ..engine.errors import LayoutError, NotATensorError, OperationError
from ..engine.modes import modes, switched
from ..engine.node import Gradients, Node, edge_of
from ..engine.primitive import primitive
from ..engine.tensor import Tensor, wrap
from ..types import DTypeLike
from .meeting_sparse import met_sparse
from .operation import operation

F = TypeVar("F", bound=Callable[..., Any])


@primitive(complex_rules=True, keeps_order=True, x=lambda g, source: cast(g, source))
def _cast(backend: Backend, x: Array, *, dtype: dtypes.dtype, source: dtypes.dtype) -> Array:
    if source.is_complex and not dtype.is_complex:
        x = backend.xp.real(x)
    return backend.xp.astype(x, backend.native[dtype])


def cast(x: Tensor, dtype: dtypes.dtype) -> Tensor:
    """x with elements of another dtype; x itself if it has it already. Of complex numbers the real part is taken."""
    source = x.dtype
    if source is dtype:
        return x
    if not dtype.is_inexact and x._requires_grad:
        x = x.detach()
    try:
        return _cast(x, dtype=dtype, source=source)
    except LayoutError:
        return met_sparse("cast", (x, dtype), {})


@operation(method=False)
def result_type(*operands: Any) -> dtypes.dtype:
    """The dtype that mixing these tensors and Python numbers gives.

    Tensors with dimensions decide; a 0-d tensor or, below it, a Python number only counts where it
    is of a higher category (a float among integers, say).

    >>> import autograd
    >>> autograd.result_type(autograd.ones(2, dtype=autograd.float16), 2.5)
    autograd.float16
    """
    ranked: list[dtypes.dtype | None] = [None, None, None]
    for x in operands:
        rank = 2
        if isinstance(x, Tensor):
            kind, rank = x.dtype, 1 if not x._array.shape else 0
        else:
            kind = dtypes.dtype_of_scalar(x)
        held = ranked[rank]
        ranked[rank] = kind if held is None else dtypes.promote_types(held, kind)
    result: DTypeLike = None
    for kind in ranked:  # type: ignore[assignment]
        if kind is not None and (result is None or kind.category > result.category):
            result = dtypes.promote_types(kind, result) if result is not None and kind.is_complex else kind
    assert result is not None
    return result


def floating(name: str, x: Tensor) -> Tensor:
    """x as it is if floating-point, else in the default dtype. Complex numbers are refused."""
    if not isinstance(x, Tensor):
        raise NotATensorError(name, x)
    kind = x.dtype
    if kind.is_floating_point:
        return x
    refuse_complex(name, x)
    return cast(x, dtypes.get_default_dtype())


def inexact(name: str, x: Tensor) -> Tensor:
    """x as it is if floating-point or complex, else in the default dtype."""
    if not isinstance(x, Tensor):
        raise NotATensorError(name, x)
    return x if x.dtype.is_inexact else cast(x, dtypes.get_default_dtype())


def single(x: Tensor) -> Tensor:
    """Half precision in single, where sums and squares have room, as torch accumulates them; else x as it is."""
    return cast(x, dtypes.float32) if x.dtype in dtypes.HALVES else x


def restored(x: Tensor, dtype: dtypes.dtype) -> Tensor:
    """A result computed in single back in half precision, if that was given: autocast on a GPU leaves it wide."""
    return cast(x, dtype) if dtype in dtypes.HALVES and not (modes.autocast and modes.autocast.keeps_wide) else x


def widened_by_autocast(x: Tensor) -> Tensor:
    """x in single precision in a region of autocast, else as it is."""
    return x if modes.autocast is None else modes.autocast.single(x)


def single_under_autocast(function: F) -> F:
    """A function that a region of autocast computes in float32, whatever the steps that it is composed of."""
    return _under_autocast(function, lambda policy: policy.single)


def half_under_autocast(function: F) -> F:
    """A function that a region of autocast computes in half precision, though no step of it is a matrix product."""
    return _under_autocast(function, lambda policy: policy.half)


def beyond_autocast(function: F) -> F:
    """A function whose own products a region of autocast leaves in the precision of its arguments."""
    return _under_autocast(function, lambda policy: _as_it_is)


def beyond_autocast_on_cpu(function: F) -> F:
    """The same, on a CPU alone: on a GPU they are products like others."""
    return _under_autocast(function, lambda policy: None if policy.keeps_wide else _as_it_is)


def _under_autocast(function: F, conversion: Callable[[Any], Callable[[Any], Any] | None]) -> F:
    """A function that a region of autocast computes as it stands, after its arguments are converted.

    `conversion` tells from the region's policy what is done to each argument, or None: the steps are like others.
    """

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if modes.autocast is None or (convert := conversion(modes.autocast)) is None:
            return function(*args, **kwargs)
        given, named = [*map(convert, args)], {name: convert(x) for name, x in kwargs.items()}
        with switched(autocast=None):
            return function(*given, **named)

    return call  # type: ignore[return-value]


def _as_it_is(x: Any) -> Any:
    return x


def rounded_once(function: F) -> F:
    """A function composed of several steps, of which bfloat16 would round each: it is computed in float32.

    What is written in place (`inplace=True`) is written by the steps themselves.
    """
    names = list(inspect.signature(function).parameters)
    place = names.index("inplace") if "inplace" in names else None

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if not bfloat16.in_use:
            return function(*args, **kwargs)
        writes = kwargs.get("inplace") or (place is not None and place < len(args) and args[place])
        given = [x for x in [*args, *kwargs.values()] if isinstance(x, Tensor) and x.dtype.is_floating_point]
        if writes or not given or given[0].dtype is not dtypes.bfloat16:
            return function(*args, **kwargs)
        result = function(*map(_wide, args), **{name: _wide(x) for name, x in kwargs.items()})
        return tuple(map(_rounded, result)) if isinstance(result, tuple) else _rounded(result)

    return call  # type: ignore[return-value]


def _wide(x: Any) -> Any:
    return cast(x, dtypes.float32) if isinstance(x, Tensor) and x.dtype is dtypes.bfloat16 else x


def _rounded(x: Any) -> Any:
    return cast(x, dtypes.bfloat16) if isinstance(x, Tensor) and x.dtype is dtypes.float32 else x


def require_tensors(name: str, *values: Any) -> None:
    """NotATensorError, a TypeError, for an argument that is no Tensor."""
    for x in values:
        if not isinstance(x, Tensor):
            raise NotATensorError(name, x)


def refuse_complex(name: str, *tensors: Any) -> None:
    """OperationError if one of the tensors is complex."""
    for x in tensors:
        if isinstance(x, Tensor) and x._array.dtype in x._backend.complex_native:
            raise OperationError(f"{name}: not defined for complex numbers; take .abs(), .real or .imag first")


def require_floating(name: str, x: Tensor) -> None:
    if not x.dtype.is_floating_point:
        raise OperationError(f"{name}: expected a floating-point tensor, got {x.dtype}; convert it with .float()")


def require_inexact(name: str, x: Tensor) -> Tensor:
    if not x.dtype.is_inexact:
        raise OperationError(
            f"{name}: expected a floating-point or complex tensor, got {x.dtype}; convert it with .float()"
        )
    return x


def move(x: Tensor, backend: Backend) -> Tensor:
    """x on another device. A copy; its gradient travels back."""
    if x._backend is backend:
        return x
    if x._backend.sparse:
        return met_sparse("move", (x, backend), {})
    backend.check_dtype(x.dtype)
    modes.note_unreplayable(f"a copy from {x.device} to {backend.device}")
    moved = wrap(backend.from_numpy(x._backend.to_numpy(x._array).copy()), backend)
    if modes.grad and x.requires_grad:
        moved._node = _Move(x)
        moved._requires_grad = True
    return moved


class _Move(Node):
    """A copy on another device, whose gradient travels back."""

    __slots__ = ("home",)

    def __init__(self, x: Tensor) -> None:
        super().__init__(None, {}, [edge_of(x)], 1)
        self.home = x._backend

    @property
    def label(self) -> str:
        return "moved"

    def differentiate(self, gradients: Gradients, needed: Any) -> Gradients:
        (g,) = gradients
        return [None if g is None else move(g, self.home)]
