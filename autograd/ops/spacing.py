"""Numbers evenly spaced between two ends, both included."""

from __future__ import annotations

from .. import dtypes
from ..backend import Array, Backend, get_backend
from ..engine.primitive import primitive
from ..engine.tensor import Tensor
from ..types import DeviceLike, DTypeLike
from .creation import finish
from .operation import operation
from .promotion import cast


@primitive()
def _linspace(
    backend: Backend, *, start: float | Tensor, end: float | Tensor, steps: int, dtype: dtypes.dtype
) -> Array:
    """From both ends towards the middle, so that evenly spaced numbers around zero are mirror images, as torch's are:
    start + step i and end - step (steps - 1 - i), the step rounded to the dtype and the rest, in float32, once."""
    xp, kind = backend.xp, backend.native[dtype]
    if dtype not in (dtypes.float32, dtypes.float64) or steps < 2:
        wide = kind if dtype.is_inexact else xp.float64
        return xp.astype(xp.linspace(start, end, steps, dtype=wide), kind)
    first, last = (xp.asarray(each, dtype=kind) for each in (start, end))
    step = xp.astype((last - first) / xp.asarray(steps - 1, dtype=kind), xp.float64)
    place = xp.astype(xp.arange(steps), xp.float64)
    rising = xp.astype(first, xp.float64) + step * place
    falling = xp.astype(last, xp.float64) - step * (steps - 1 - place)
    return xp.astype(xp.where(place < steps // 2, rising, falling), kind)


@operation(method=False)
def linspace(
    start: float | Tensor,
    end: float | Tensor,
    steps: int,
    *,
    dtype: DTypeLike = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
) -> Tensor:
    """`steps` evenly spaced numbers from start to end, both included."""
    kind = dtype or dtypes.get_default_dtype()
    start, end = (float(each) if kind.is_inexact else int(each) for each in (start, end))
    made = _linspace(backend=get_backend(device), start=start, end=end, steps=steps, dtype=kind)
    return finish(made, requires_grad)


@operation(method=False)
def logspace(
    start: float | Tensor,
    end: float | Tensor,
    steps: int,
    base: float = 10.0,
    *,
    dtype: DTypeLike = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
) -> Tensor:
    """`steps` numbers from base**start to base**end, evenly spaced in their logarithms."""
    if dtype is not None and not dtype.is_inexact:  # as torch counts in integers
        start, end = int(start), int(end)
    exponents = linspace(start, end, steps, dtype=dtypes.float64, device=device)
    return finish(cast(float(base) ** exponents, dtype or dtypes.get_default_dtype()), requires_grad)
