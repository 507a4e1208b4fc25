"""Windows of signals, under the names of torch.signal.windows."""

from __future__ import annotations

import math
from collections.abc import Sequence

from .. import dtypes
from ..engine.tensor import Tensor
from ..types import DeviceLike, DTypeLike
from .arithmetic import sqrt
from .bessel import i0
from .choosing import clamp
from .creation import arange
from .exponential import exp
from .operation import operation
from .trigonometric import cos, sin


def _cosines(
    name: str, count: int, weights: Sequence[float], sym: bool, dtype: DTypeLike, device: DeviceLike
) -> Tensor:
    """a_0 - a_1 cos(2 pi i / (n - 1)) + a_2 cos(4 pi i / (n - 1)) - ..."""
    turns = _positions(name, count, sym, dtype, device)
    total = 0.0 * turns + weights[0]
    for k, weight in enumerate(weights[1:], 1):
        total = total + (-1) ** k * weight * cos(2.0 * math.pi * k * turns)
    return total


def _positions(name: str, count: int, sym: bool, dtype: DTypeLike, device: DeviceLike) -> Tensor:
    """0, 1/(n-1), ..., 1; of a periodic window the first n of n + 1."""
    if count < 0:
        raise ValueError(f"{name}: the window's length must not be negative, got {count}")
    kind = dtype or dtypes.get_default_dtype()
    if not kind.is_floating_point:
        raise ValueError(f"{name}: expected a floating-point dtype, got {kind}")
    steps = (count - 1 if sym else count) or 1
    return arange(count, dtype=kind, device=device) * (1.0 / steps)


def _finish(x: Tensor, count: int, requires_grad: bool) -> Tensor:
    return (x if count != 1 else 0.0 * x + 1.0).requires_grad_(requires_grad)


@operation(face="signal.windows", method=False)
def general_cosine(
    M: int,
    *,
    a: Sequence[float],
    sym: bool = True,
    dtype: DTypeLike = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
) -> Tensor:
    """A sum of cosines with the weights `a`, their signs alternating."""
    return _finish(_cosines("general_cosine", M, list(a), sym, dtype, device), M, requires_grad)


@operation(face="signal.windows", method=False)
def general_hamming(
    M: int,
    *,
    alpha: float = 0.54,
    sym: bool = True,
    dtype: DTypeLike = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
) -> Tensor:
    """alpha - (1 - alpha) cos."""
    return general_cosine(M, a=[alpha, 1.0 - alpha], sym=sym, dtype=dtype, device=device, requires_grad=requires_grad)


@operation(face="signal.windows", method=False)
def hann(
    M: int, *, sym: bool = True, dtype: DTypeLike = None, device: DeviceLike = None, requires_grad: bool = False
) -> Tensor:
    """1/2 - 1/2 cos."""
    return general_hamming(M, alpha=0.5, sym=sym, dtype=dtype, device=device, requires_grad=requires_grad)


@operation(face="signal.windows", method=False)
def hamming(
    M: int, *, sym: bool = True, dtype: DTypeLike = None, device: DeviceLike = None, requires_grad: bool = False
) -> Tensor:
    """0.54 - 0.46 cos."""
    return general_hamming(M, sym=sym, dtype=dtype, device=device, requires_grad=requires_grad)


@operation(face="signal.windows", method=False)
def blackman(
    M: int, *, sym: bool = True, dtype: DTypeLike = None, device: DeviceLike = None, requires_grad: bool = False
) -> Tensor:
    """0.42 - 0.5 cos + 0.08 cos 2."""
    return general_cosine(M, a=[0.42, 0.5, 0.08], sym=sym, dtype=dtype, device=device, requires_grad=requires_grad)


@operation(face="signal.windows", method=False)
def nuttall(
    M: int, *, sym: bool = True, dtype: DTypeLike = None, device: DeviceLike = None, requires_grad: bool = False
) -> Tensor:
    """Four cosines with a minimal largest side lobe (A. Nuttall, 1981)."""
    return general_cosine(
        M,
        a=[0.3635819, 0.4891775, 0.1365995, 0.0106411],
        sym=sym,
        dtype=dtype,
        device=device,
        requires_grad=requires_grad,
    )


@operation(face="signal.windows", method=False)
def bartlett(
    M: int, *, sym: bool = True, dtype: DTypeLike = None, device: DeviceLike = None, requires_grad: bool = False
) -> Tensor:
    """A triangle."""
    x = _positions("bartlett", M, sym, dtype, device)
    return _finish(1.0 - abs(2.0 * x - 1.0), M, requires_grad)


@operation(face="signal.windows", method=False)
def cosine(
    M: int, *, sym: bool = True, dtype: DTypeLike = None, device: DeviceLike = None, requires_grad: bool = False
) -> Tensor:
    """Half a period of the sine."""
    x = _positions("cosine", M, sym, dtype, device)
    steps = M if sym else M + 1
    half = x * float((M - 1 if sym else M) or 1) + 0.5
    return _finish(sin(math.pi / max(steps, 1) * half), M, requires_grad)


def _offsets(name: str, M: int, sym: bool, center: float | None, dtype: DTypeLike, device: DeviceLike) -> Tensor:
    middle = (M - 1 if sym else M) / 2.0 if center is None else center
    _positions(name, M, sym, dtype, device)
    return arange(M, dtype=dtype or dtypes.get_default_dtype(), device=device) - middle


@operation(face="signal.windows", method=False)
def exponential(
    M: int,
    *,
    center: float | None = None,
    tau: float = 1.0,
    sym: bool = True,
    dtype: DTypeLike = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
) -> Tensor:
    """exp(-|i - center| / tau)."""
    if tau <= 0:
        raise ValueError(f"exponential: tau must be positive, got {tau}")
    if sym and center is not None:
        raise ValueError("exponential: center is of windows that are not symmetric; pass sym=False")
    away = abs(_offsets("exponential", M, sym, center, dtype, device))
    return _finish(exp(-1.0 / tau * away), M, requires_grad)


@operation(face="signal.windows", method=False)
def gaussian(
    M: int,
    *,
    std: float = 1.0,
    sym: bool = True,
    dtype: DTypeLike = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
) -> Tensor:
    """exp(-(i - center)^2 / (2 std^2))."""
    if std <= 0:
        raise ValueError(f"gaussian: std must be positive, got {std}")
    away = _offsets("gaussian", M, sym, None, dtype, device) * (1.0 / (std * math.sqrt(2.0)))
    return _finish(exp(-away * away), M, requires_grad)


@operation(face="signal.windows", method=False)
def kaiser(
    M: int,
    *,
    beta: float = 12.0,
    sym: bool = True,
    dtype: DTypeLike = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
) -> Tensor:
    """i0(beta sqrt(1 - x^2)) / i0(beta), x from -1 to 1 (J. Kaiser, 1966)."""
    if beta < 0:
        raise ValueError(f"kaiser: beta must not be negative, got {beta}")
    x = 2.0 * _positions("kaiser", M, sym, dtype, device) - 1.0
    inside = sqrt(clamp(1.0 - x * x, min=0.0))
    top = i0(0.0 * x + float(beta))
    return _finish(i0(float(beta) * inside) / top, M, requires_grad)


@operation(method=False)
def hann_window(
    window_length: int,
    periodic: bool = True,
    *,
    dtype: DTypeLike = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
) -> Tensor:
    """`signal.windows.hann`, the first n of a symmetric window of n + 1 if periodic."""
    return hann(window_length, sym=not periodic, dtype=dtype, device=device, requires_grad=requires_grad)


@operation(method=False)
def hamming_window(
    window_length: int,
    periodic: bool = True,
    alpha: float = 0.54,
    beta: float = 0.46,
    *,
    dtype: DTypeLike = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
) -> Tensor:
    """alpha - beta cos, the first n of a symmetric window of n + 1 if periodic."""
    weights = [alpha, beta]
    sym = not periodic
    return general_cosine(window_length, a=weights, sym=sym, dtype=dtype, device=device, requires_grad=requires_grad)


@operation(method=False)
def bartlett_window(
    window_length: int,
    periodic: bool = True,
    *,
    dtype: DTypeLike = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
) -> Tensor:
    """`signal.windows.bartlett`, the first n of a symmetric window of n + 1 if periodic."""
    return bartlett(window_length, sym=not periodic, dtype=dtype, device=device, requires_grad=requires_grad)


@operation(method=False)
def blackman_window(
    window_length: int,
    periodic: bool = True,
    *,
    dtype: DTypeLike = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
) -> Tensor:
    """`signal.windows.blackman`, the first n of a symmetric window of n + 1 if periodic."""
    return blackman(window_length, sym=not periodic, dtype=dtype, device=device, requires_grad=requires_grad)


@operation(method=False)
def kaiser_window(
    window_length: int,
    periodic: bool = True,
    beta: float = 12.0,
    *,
    dtype: DTypeLike = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
) -> Tensor:
    """`signal.windows.kaiser`, the first n of a symmetric window of n + 1 if periodic."""
    sym = not periodic
    return kaiser(window_length, beta=beta, sym=sym, dtype=dtype, device=device, requires_grad=requires_grad)
