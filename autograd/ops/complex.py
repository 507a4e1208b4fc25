"""Complex numbers: made of, and taken apart into, real ones.

Their gradients are torch's, dL/d(re) + i dL/d(im); see `autograd/engine/node.py`.
"""

from __future__ import annotations

import math
from typing import Any

from .. import dtypes
from ..backend import Array, Backend, Namespace
from ..engine.errors import OperationError
from ..engine.primitive import primitive
from ..engine.tensor import Tensor
from .choosing import where
from .comparison import isinf, isnan
from .joining import stack
from .layout import as_operands, laid_as
from .operands import promote
from .operation import operation
from .promotion import require_tensors, single_under_autocast
from .shape import broadcast_tensors, select
from .trigonometric import atan2, cos, sin


@primitive(view=True, complex_rules=True, x=lambda g: view_as_complex(g))
def _view_as_real(backend: Backend, x: Array) -> Array:
    return backend.to_pairs(x)


@primitive(view=True, complex_rules=True, pairs=lambda g: view_as_real(g))
def _view_as_complex(backend: Backend, pairs: Array) -> Array:
    return backend.from_pairs(pairs)


@primitive(complex_rules=True, x=lambda g: conj(g))
def _conj(xp: Namespace, x: Array) -> Array:
    return xp.conj(x)


@operation(method=False)
def view_as_real(input: Tensor) -> Tensor:
    """Complex numbers (*) as pairs (*, 2) of their real and imaginary parts, in the same memory."""
    if not input.is_complex():
        raise OperationError(f"view_as_real: expected a complex tensor, got {input.dtype}")
    return _view_as_real(input)


@operation(method=False)
@single_under_autocast
def view_as_complex(input: Tensor) -> Tensor:
    """Pairs (*, 2) of float32 or float64 as complex numbers (*), in the same memory."""
    if input.dtype not in (dtypes.float32, dtypes.float64) or not input.ndim or input._array.shape[-1] != 2:
        raise OperationError(
            f"view_as_complex: expected float32 or float64 pairs (*, 2), got {input.dtype}{list(input.shape)}"
        )
    return _view_as_complex(input)


@operation(method=False)
def complex(real: Tensor, imag: Tensor) -> Tensor:
    """real + i * imag.

    >>> import autograd
    >>> autograd.complex(autograd.tensor([1.0]), autograd.tensor([2.5]))
    tensor([1.+2.5000j])
    """
    require_tensors("complex", real, imag)
    if real.dtype is not imag.dtype:
        raise OperationError(f"complex: expected parts of one dtype, got {real.dtype} and {imag.dtype}")
    real, imag = promote("complex", *_broadcast(real, imag))
    return laid_as(view_as_complex(stack([real, imag], -1)), as_operands, real, imag)


def _broadcast(x: Tensor, y: Tensor) -> Any:
    return broadcast_tensors(x, y)


@operation(method=False)
def polar(abs: Tensor, angle: Tensor) -> Tensor:
    """abs * exp(i * angle)."""
    return complex(abs * cos(angle), abs * sin(angle))


@operation(method=False)
def real(input: Tensor) -> Tensor:
    """The real parts, in the same memory; a real tensor itself."""
    return select(view_as_real(input), -1, 0) if input.is_complex() else input


@operation(method=False)
def imag(input: Tensor) -> Tensor:
    """The imaginary parts, in the same memory."""
    if not input.is_complex():
        raise OperationError(f"imag: expected a complex tensor, got {input.dtype}")
    return select(view_as_real(input), -1, 1)


@operation
def conj(input: Tensor) -> Tensor:
    """The complex conjugate; a real tensor itself. (torch's is lazy, this one is computed.)"""
    return _conj(input) if input.is_complex() else input


@operation(in_place=True)
def conj_physical(input: Tensor) -> Tensor:
    """The complex conjugate."""
    return conj(input)


@operation
def resolve_conj(input: Tensor) -> Tensor:
    """The input: conjugates are computed at once here."""
    return input


@operation
def resolve_neg(input: Tensor) -> Tensor:
    """The input: negatives are computed at once here."""
    return input


@operation
def angle(input: Tensor) -> Tensor:
    """The angle of a complex number in (-pi, pi]; of a real one 0 or pi, and nan of nan."""
    if input.is_complex():
        pairs = view_as_real(input)
        return atan2(select(pairs, -1, 1), select(pairs, -1, 0))
    x = input if input.is_floating_point() else input.to(dtypes.get_default_dtype())
    return where(isnan(x), x.detach(), where(x < 0, math.pi, 0.0 * abs(where(isinf(x), 0.0, x))))


@operation(method=False)
def is_complex(input: Tensor) -> bool:
    """Whether its dtype is a complex one."""
    return input.is_complex()


@operation
def is_conj(input: Tensor) -> bool:
    """False: conjugates are computed at once here."""
    return False
