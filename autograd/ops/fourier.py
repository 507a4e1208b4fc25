"""Discrete Fourier transforms (J. Cooley, J. Tukey, 1965): X_k = sum_j x_j exp(-2 pi i j k / n).

`norm` says which direction is divided by n: 'backward' (the default) the inverse, 'forward' the
forward one, 'ortho' both by sqrt(n).
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

from .. import dtypes
from ..backend import Array, Namespace
from ..backend.order import Layout
from ..engine.errors import OperationError
from ..engine.primitive import primitive
from ..engine.tensor import Tensor
from ..types import DeviceLike, Dims, DTypeLike
from .creation import arange, full
from .dims import as_ints, is_int, normalize_dim
from .operation import operation
from .padding import pad_constant
from .promotion import inexact, widened_by_autocast
from .shape import narrow, roll


def _innermost(x: Layout, dims: Sequence[int], last: int | None = None) -> list[int]:
    """How torch's result lies: the transformed dimensions after the others, `last` behind all."""
    by_step = sorted(range(len(x.shape)), key=lambda dim: -x.strides[dim])
    ends = [] if last is None else [last]
    others = [dim for dim in by_step if dim not in dims and dim not in ends]
    return [*others, *(dim for dim in by_step if dim in dims), *ends]


@primitive(
    linear=True,
    lies=lambda x, dims, last, **params: _innermost(x, dims, last),
    x=lambda g, dims, inverse, norm, last: _fft(g, dims=dims, inverse=inverse, norm=norm, last=last),
)
def _fft(xp: Namespace, x: Array, *, dims: tuple[int, ...], inverse: bool, norm: str, last: int | None = None) -> Array:
    """Its matrix is symmetric, so its transpose is itself. `last` is a dimension that torch transforms with these."""
    return (xp.fft.ifftn if inverse else xp.fft.fftn)(x, axes=dims, norm=norm)


@primitive(
    complex_rules=True,
    lies=lambda x, dim, norm: _innermost(x, (), dim),
    x=lambda g, x_shape, dim, norm: _half_adjoint(g, x_shape[dim], dim, norm),
)
def _rfft(xp: Namespace, x: Array, *, dim: int, norm: str) -> Array:
    return xp.fft.rfft(x, axis=dim, norm=norm)


@primitive(
    complex_rules=True,
    lies=lambda x, n, dim, norm: _innermost(x, (), dim),
    x=lambda g, n, dim, norm: _whole_adjoint(g, n, dim, norm),
)
def _irfft(xp: Namespace, x: Array, *, n: int, dim: int, norm: str) -> Array:
    return xp.fft.irfft(x, n=n, axis=dim, norm=norm)


UNSCALED = {"backward": "forward", "forward": "backward", "ortho": "ortho"}  # the norm that makes a pair of adjoints


def _weights(like: Tensor, n: int, dim: int, inner: float) -> Tensor:
    """1 at frequency 0 and, of an even n, at n/2; `inner` at those between, each of which stands for a pair."""
    count = n // 2 + 1
    shape = [1] * like.ndim
    shape[dim] = count
    weights = full((count,), inner, dtype=like.dtype.to_real(), device=like.device)
    weights[0] = 1.0
    if n % 2 == 0:
        weights[-1] = 1.0
    return weights.reshape(shape)


def _half_adjoint(g: Tensor, n: int, dim: int, norm: str) -> Tensor:
    return _irfft(g * _weights(g, n, dim, 0.5), n=n, dim=dim, norm=UNSCALED[norm])


def _whole_adjoint(g: Tensor, n: int, dim: int, norm: str) -> Tensor:
    return _rfft(g, dim=dim, norm=UNSCALED[norm]) * _weights(g, n, dim, 2.0)


@operation(face="fft", method=False)
def transform(x: Tensor, dims: tuple[int, ...], inverse: bool, norm: str, last: int | None = None) -> Tensor:
    """The transform of complex numbers over some dimensions."""
    return _fft(x, dims=dims, inverse=inverse, norm=norm, last=last) if dims else x


@operation(face="fft", method=False)
def half_transform(x: Tensor, dim: int, norm: str) -> Tensor:
    """The frequencies from 0 to n // 2 of real numbers; the others are their conjugates."""
    return _rfft(x, dim=dim, norm=norm)


@operation(face="fft", method=False)
def real_transform(x: Tensor, n: int, dim: int, norm: str) -> Tensor:
    """The n real numbers whose frequencies from 0 to n // 2 are given."""
    return _irfft(x, n=n, dim=dim, norm=norm)


@operation(face="fft", method=False)
def resized(x: Tensor, dim: int, n: int) -> Tensor:
    """x cut, or filled up with zeros, to n elements along a dimension."""
    have = x._array.shape[dim]
    if n <= have:
        return x if n == have else narrow(x, dim, 0, n)
    return pad_constant(x, [0, 0] * (x.ndim - dim - 1) + [0, n - have])


def _ready(name: str, x: Tensor, norm: str | None, real: bool = False) -> tuple[Tensor, str]:
    x = widened_by_autocast(inexact(name, x))
    if x.dtype in dtypes.HALVES:
        raise OperationError(f"{name}: {x.dtype.name} is not supported; convert it with .float()")
    if real and x.is_complex():
        raise OperationError(f"{name}: expected a real tensor, got {x.dtype}; take .real, or use the complex transform")
    if norm not in (None, "backward", "forward", "ortho"):
        raise RuntimeError(f"{name}: norm is 'backward', 'forward' or 'ortho', got {norm!r}")
    return (x if real else x.to(x.dtype.to_complex())), norm or "backward"


def _extents(name: str, x: Tensor, s: Dims, dim: Dims) -> tuple[list[int], list[int | None]]:
    """The dimensions meant, and the size that each is brought to (None: as it is)."""
    given: Any = [s] if is_int(s) else s
    sizes = None if given is None else [None if each is None else operator.index(each) for each in given]
    if dim is None:
        dims = list(range(x.ndim)) if sizes is None else list(range(x.ndim - len(sizes), x.ndim))
        if sizes is not None and len(sizes) > x.ndim:
            raise RuntimeError(f"{name}: got sizes {tuple(sizes)} for a tensor of shape {tuple(x.shape)}")
    else:
        dims = [normalize_dim(name, each, x.ndim) for each in as_ints(dim)]
    if len(set(dims)) < len(dims):
        raise RuntimeError(f"{name}: dim {as_ints(dim)} names a dimension twice")
    if sizes is None:
        return dims, [None] * len(dims)
    if len(sizes) != len(dims):
        raise RuntimeError(f"{name}: got {len(sizes)} sizes for {len(dims)} dimensions")
    for size in sizes:
        if size is not None and size < 1 and size != -1:
            raise RuntimeError(f"{name}: invalid number of data points ({size}) specified")
    return dims, [None if size == -1 else size for size in sizes]


def _fit(name: str, x: Tensor, dims: Sequence[int], sizes: Sequence[int | None]) -> Tensor:
    for dim, size in zip(dims, sizes, strict=True):
        if not x._array.shape[dim] and size is None:
            raise RuntimeError(f"{name}: invalid number of data points (0) specified")
        if size is not None:
            x = resized(x, dim, size)
    return x


def _complex(name: str, x: Tensor, s: Dims, dim: Dims, norm: str | None, inverse: bool) -> Tensor:
    x, how = _ready(name, x, norm)
    dims, sizes = _extents(name, x, s, dim)
    return transform(_fit(name, x, dims, sizes), tuple(dims), inverse, how)


def _forward_real(name: str, x: Tensor, s: Dims, dim: Dims, norm: str | None) -> Tensor:
    x, how = _ready(name, x, norm, real=True)
    dims, sizes = _extents(name, x, s, dim)
    if not dims:
        raise RuntimeError(f"{name}: at least one dimension is needed")
    half = half_transform(_fit(name, x, dims, sizes), dims[-1], how)
    return transform(half, tuple(dims[:-1]), False, how, dims[-1])


def _inverse_real(name: str, x: Tensor, s: Dims, dim: Dims, norm: str | None) -> Tensor:
    x, how = _ready(name, x, norm)
    dims, sizes = _extents(name, x, s, dim)
    if not dims:
        raise RuntimeError(f"{name}: at least one dimension is needed")
    last = 2 * (x._array.shape[dims[-1]] - 1) if sizes[-1] is None else sizes[-1]
    if last < 1:
        raise RuntimeError(f"{name}: invalid number of data points ({last}) specified")
    x = _fit(name, x, dims, [*sizes[:-1], last // 2 + 1])
    return real_transform(transform(x, tuple(dims[:-1]), True, how), last, dims[-1], how)


@operation(face="fft", method=False)
def fft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """The transform along a dimension, cut or zero-padded to n elements first.

    >>> import autograd
    >>> autograd.fft.fft(autograd.tensor([1.0, 0.0, 0.0, 0.0]))
    tensor([1.+0.j, 1.+0.j, 1.+0.j, 1.+0.j])
    """
    return _complex("fft", input, n, dim, norm, inverse=False)


@operation(face="fft", method=False)
def ifft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """The inverse of `fft`."""
    return _complex("ifft", input, n, dim, norm, inverse=True)


@operation(face="fft", method=False)
def fftn(input: Tensor, s: Dims = None, dim: Dims = None, norm: str | None = None) -> Tensor:
    """The transform over several dimensions (default: all, or the last len(s))."""
    return _complex("fftn", input, s, dim, norm, inverse=False)


@operation(face="fft", method=False)
def ifftn(input: Tensor, s: Dims = None, dim: Dims = None, norm: str | None = None) -> Tensor:
    """The inverse of `fftn`."""
    return _complex("ifftn", input, s, dim, norm, inverse=True)


@operation(face="fft", method=False)
def fft2(input: Tensor, s: Dims = None, dim: Dims = (-2, -1), norm: str | None = None) -> Tensor:
    """`fftn` over two dimensions."""
    return _complex("fft2", input, s, dim, norm, inverse=False)


@operation(face="fft", method=False)
def ifft2(input: Tensor, s: Dims = None, dim: Dims = (-2, -1), norm: str | None = None) -> Tensor:
    """The inverse of `fft2`."""
    return _complex("ifft2", input, s, dim, norm, inverse=True)


@operation(face="fft", method=False)
def rfft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """The transform of real numbers: the n // 2 + 1 frequencies that are not conjugates of others.

    >>> import autograd
    >>> autograd.fft.rfft(autograd.tensor([1.0, 2.0, 3.0]))[0]
    tensor(6.+0.j)
    """
    return _forward_real("rfft", input, n, dim, norm)


@operation(face="fft", method=False)
def irfft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """The n (default 2 (m - 1)) real numbers whose `rfft` is given; the inverse of rfft if n is right."""
    return _inverse_real("irfft", input, n, dim, norm)


@operation(face="fft", method=False)
def rfftn(input: Tensor, s: Dims = None, dim: Dims = None, norm: str | None = None) -> Tensor:
    """The transform of real numbers over several dimensions, the last of them halved."""
    return _forward_real("rfftn", input, s, dim, norm)


@operation(face="fft", method=False)
def irfftn(input: Tensor, s: Dims = None, dim: Dims = None, norm: str | None = None) -> Tensor:
    """The real numbers whose `rfftn` is given."""
    return _inverse_real("irfftn", input, s, dim, norm)


@operation(face="fft", method=False)
def rfft2(input: Tensor, s: Dims = None, dim: Dims = (-2, -1), norm: str | None = None) -> Tensor:
    """`rfftn` over two dimensions."""
    return _forward_real("rfft2", input, s, dim, norm)


@operation(face="fft", method=False)
def irfft2(input: Tensor, s: Dims = None, dim: Dims = (-2, -1), norm: str | None = None) -> Tensor:
    """`irfftn` over two dimensions."""
    return _inverse_real("irfft2", input, s, dim, norm)


def _hermitian(name: str, x: Tensor, s: Dims, dim: Dims, norm: str | None) -> Tensor:
    x, how = _ready(name, x, norm)
    return _inverse_real(name, x.conj(), s, dim, UNSCALED[how])


def _inverse_hermitian(name: str, x: Tensor, s: Dims, dim: Dims, norm: str | None) -> Tensor:
    x, how = _ready(name, x, norm, real=True)
    return _forward_real(name, x, s, dim, UNSCALED[how]).conj()


@operation(face="fft", method=False)
def hfft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """The real transform of a signal of which the first half is given, the other being its conjugate."""
    return _hermitian("hfft", input, n, dim, norm)


@operation(face="fft", method=False)
def ihfft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """The inverse of `hfft`: half of the signal whose transform is real."""
    return _inverse_hermitian("ihfft", input, n, dim, norm)


@operation(face="fft", method=False)
def hfftn(input: Tensor, s: Dims = None, dim: Dims = None, norm: str | None = None) -> Tensor:
    """`hfft` over several dimensions."""
    return _hermitian("hfftn", input, s, dim, norm)


@operation(face="fft", method=False)
def ihfftn(input: Tensor, s: Dims = None, dim: Dims = None, norm: str | None = None) -> Tensor:
    """The inverse of `hfftn`."""
    return _inverse_hermitian("ihfftn", input, s, dim, norm)


@operation(face="fft", method=False)
def hfft2(input: Tensor, s: Dims = None, dim: Dims = (-2, -1), norm: str | None = None) -> Tensor:
    """`hfftn` over two dimensions."""
    return _hermitian("hfft2", input, s, dim, norm)


@operation(face="fft", method=False)
def ihfft2(input: Tensor, s: Dims = None, dim: Dims = (-2, -1), norm: str | None = None) -> Tensor:
    """The inverse of `hfft2`."""
    return _inverse_hermitian("ihfft2", input, s, dim, norm)


@operation(face="fft", method=False)
def fftfreq(
    n: int, d: float = 1.0, *, dtype: DTypeLike = None, device: DeviceLike = None, requires_grad: bool = False
) -> Tensor:
    """The frequencies of `fft` in cycles per unit: 0, 1, ..., -2, -1 divided by n * d.

    >>> import autograd
    >>> autograd.fft.fftfreq(4)
    tensor([ 0.0000,  0.2500, -0.5000, -0.2500])
    """
    numbers = roll(arange(-(n // 2), (n + 1) // 2, dtype=_float(dtype), device=device), -(n // 2), 0)
    return (numbers * (1.0 / (n * d))).requires_grad_(requires_grad)


@operation(face="fft", method=False)
def rfftfreq(
    n: int, d: float = 1.0, *, dtype: DTypeLike = None, device: DeviceLike = None, requires_grad: bool = False
) -> Tensor:
    """The frequencies of `rfft` in cycles per unit: 0, ..., n // 2 divided by n * d."""
    numbers = arange(n // 2 + 1, dtype=_float(dtype), device=device)
    return (numbers * (1.0 / (n * d))).requires_grad_(requires_grad)


def _float(dtype: DTypeLike) -> Any:
    return dtype or dtypes.get_default_dtype()


def _shift(name: str, input: Tensor, dim: Any, inverse: bool) -> Tensor:
    dims = list(range(input.ndim) if dim is None else as_ints(dim))
    sizes = [input._array.shape[normalize_dim(name, each, input.ndim)] for each in dims]
    shifts = [(size + 1) // 2 if inverse else size // 2 for size in sizes]
    return roll(input, shifts, dims) if dims else input.clone()


@operation(face="fft", method=False)
def fftshift(input: Tensor, dim: Dims = None) -> Tensor:
    """The frequencies reordered so that 0 stands in the middle."""
    return _shift("fftshift", input, dim, inverse=False)


@operation(face="fft", method=False)
def ifftshift(input: Tensor, dim: Dims = None) -> Tensor:
    """The inverse of `fftshift`."""
    return _shift("ifftshift", input, dim, inverse=True)
