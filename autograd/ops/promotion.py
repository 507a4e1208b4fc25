"""Which dtype an operation of several operands computes in, and bringing the operands to it."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes
from ..engine.errors import NotATensorError, OperationError
from ..engine.modes import modes
from ..engine.node import Node, edge_of
from ..engine.primitive import primitive
from ..engine.tensor import Tensor, wrap


@primitive(complex_rules=True, keeps_order=True, x=lambda g, source: cast(g, source))
def _cast(backend, x, *, dtype, source):
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
    return _cast(x, dtype=dtype, source=source)


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
    result: dtypes.dtype | None = None
    for kind in ranked:  # type: ignore[assignment]
        if kind is not None and (result is None or kind.category > result.category):
            result = dtypes.promote_types(kind, result) if result is not None and kind.is_complex else kind
    assert result is not None
    return result


def promote(name: str, x: Any, y: Any, to_float: bool = False) -> tuple[Any, Any]:
    """x and y ready for one elementwise primitive: tensors of one dtype, or a tensor and a number."""
    x, y = (each.item() if isinstance(each, np.generic) else each for each in (x, y))
    if type(x) in _NUMBERS:
        if not isinstance(y, Tensor):
            raise TypeError(f"{name}: expected at least one Tensor, got {type(x).__name__} and {type(y).__name__}")
        y, x = _with_number(name, y, x, to_float)
        return x, y
    if type(y) in _NUMBERS and isinstance(x, Tensor):
        return _with_number(name, x, y, to_float)
    x, y = as_operand(name, x, y), as_operand(name, y, x)
    kind = result_type(x, y)
    if to_float and not kind.is_inexact:
        kind = dtypes.get_default_dtype()
    return cast(x, kind), cast(y, kind)


_NUMBERS = {int, float, bool, complex}


def _with_number(name: str, x: Tensor, number: Any, to_float: bool) -> tuple[Tensor, Any]:
    kind = x.dtype
    if kind.category == dtypes.FLOATING and type(number) is not complex:
        return x, float(number) if type(number) is not float else number
    wanted = result_type(x, number)
    if to_float and not wanted.is_inexact:
        wanted = dtypes.get_default_dtype()
    if wanted.category == dtypes.INTEGER:
        number = int(number)
        bits = 8 * wanted.itemsize
        low, high = (-(1 << bits - 1), 1 << bits - 1) if wanted.is_signed else (0, 1 << bits)
        if not low <= number < high:
            number = (number - low) % (1 << bits) + low  # wraps around, as torch's integers do
    elif wanted.is_floating_point:
        number = float(number)
    elif wanted.is_complex:
        number = complex(number)
    return cast(x, wanted), number


def as_operand(name: str, x: Any, beside: Any) -> Tensor:
    """x as a tensor on the device of the operand beside it."""
    if isinstance(x, Tensor):
        return x
    if isinstance(x, (int, float, complex)) or type(x).__module__ == "numpy":
        from .creation import as_tensor

        if type(x).__module__ == "numpy" and not hasattr(x, "__len__"):
            x = x.item() if hasattr(x, "item") and not getattr(x, "shape", ()) else x
        return as_tensor(x, device=beside.device if isinstance(beside, Tensor) else None)
    raise TypeError(f"{name}: expected a Tensor or a number, got {type(x).__name__}")


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
    return cast(x, dtypes.float32) if x.dtype is dtypes.float16 else x


def restored(x: Tensor, dtype: dtypes.dtype) -> Tensor:
    """A result computed in single back in half precision, if that was given: autocast leaves it wide."""
    return cast(x, dtype) if dtype is dtypes.float16 and modes.autocast is None else x


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


def move(x: Tensor, backend: Any) -> Tensor:
    """x on another device. A copy; its gradient travels back."""
    if x._backend is backend:
        return x
    modes.note_unreplayable(f"a copy from {x.device} to {backend.device}")
    moved = wrap(backend.from_numpy(x._backend.to_numpy(x._array).copy()), backend)
    if modes.grad and x.requires_grad:
        moved._node = Node(_moved, {"home": x._backend}, [edge_of(x)], 1)
        moved._requires_grad = True
    return moved


@primitive(x=lambda g, home: move(g, home))
def _moved(xp, x, *, home):
    raise AssertionError("devices are crossed by `move`, not by a primitive of one device")
