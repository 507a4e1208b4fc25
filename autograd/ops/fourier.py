"""Discrete Fourier transforms (J. Cooley, J. Tukey, 1965): X_k = sum_j x_j exp(-2 pi i j k / n)."""

from __future__ import annotations

from ..engine.primitive import multilinear, primitive
from ..engine.tensor import Tensor
from .creation import full
from .padding import pad_constant
from .shape import narrow


@multilinear(x=lambda g, dims, inverse, norm: _fft(g, dims=dims, inverse=inverse, norm=norm))
def _fft(xp, x, *, dims, inverse, norm):
    """Its matrix is symmetric, so its transpose is itself."""
    return (xp.fft.ifftn if inverse else xp.fft.fftn)(x, axes=dims, norm=norm)


@primitive(complex_rules=True, x=lambda g, x_shape, dim, norm: _half_adjoint(g, x_shape[dim], dim, norm))
def _rfft(xp, x, *, dim, norm):
    return xp.fft.rfft(x, axis=dim, norm=norm)


@primitive(complex_rules=True, x=lambda g, n, dim, norm: _whole_adjoint(g, n, dim, norm))
def _irfft(xp, x, *, n, dim, norm):
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


def transform(x: Tensor, dims: tuple[int, ...], inverse: bool, norm: str) -> Tensor:
    """The transform of complex numbers over some dimensions."""
    return _fft(x, dims=dims, inverse=inverse, norm=norm) if dims else x


def half_transform(x: Tensor, dim: int, norm: str) -> Tensor:
    """The frequencies from 0 to n // 2 of real numbers; the others are their conjugates."""
    return _rfft(x, dim=dim, norm=norm)


def real_transform(x: Tensor, n: int, dim: int, norm: str) -> Tensor:
    """The n real numbers whose frequencies from 0 to n // 2 are given."""
    return _irfft(x, n=n, dim=dim, norm=norm)


def resized(x: Tensor, dim: int, n: int) -> Tensor:
    """x cut, or filled up with zeros, to n elements along a dimension."""
    have = x._array.shape[dim]
    if n <= have:
        return x if n == have else narrow(x, dim, 0, n)
    return pad_constant(x, [0, 0] * (x.ndim - dim - 1) + [0, n - have])
