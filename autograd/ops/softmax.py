"""Softmax, and its logarithm."""

from __future__ import annotations

from typing import Any

from ..backend import Array, Namespace
from ..engine.primitive import primitive
from ..engine.tensor import Tensor
from ..types import DTypeLike
from .dims import normalize_dim
from .exponential import exp
from .operation import operation
from .promotion import cast, floating, restored, single


@primitive(autocast="single", x=lambda g, out, dim: out * (g - (g * out).sum(dim, keepdim=True)))
def _softmax(xp: Namespace, x: Array, *, dim: int) -> Array:
    powers = xp.exp(x - xp.max(x, axis=dim, keepdims=True))
    powers /= xp.sum(powers, axis=dim, keepdims=True)
    return powers


@primitive(autocast="single", x=lambda g, out, dim: g - exp(out) * g.sum(dim, keepdim=True))
def _log_softmax(xp: Namespace, x: Array, *, dim: int) -> Array:
    return _log_softmax_of(xp, x, dim)


def _log_softmax_of(xp: Namespace, x: Array, dim: int) -> Array:
    shifted = x - xp.max(x, axis=dim, keepdims=True)
    shifted -= xp.log(xp.sum(xp.exp(shifted), axis=dim, keepdims=True))
    return shifted


def _along(name: str, primitive_: Any, input: Tensor, dim: int, dtype: DTypeLike) -> Tensor:
    x = floating(name, input if dtype is None else cast(input, dtype))
    if not x.ndim:
        normalize_dim(name, dim, 0)
        return primitive_(x.reshape(1), dim=0).reshape(())
    if not x.numel():
        return x.clone()
    out = primitive_(single(x), dim=normalize_dim(name, dim, x.ndim))
    return restored(out, x.dtype)


@operation(aliases="special.softmax")
def softmax(input: Tensor, dim: int, dtype: DTypeLike = None) -> Tensor:
    """exp(input) / sum(exp(input)) along a dimension, without overflow."""
    return _along("softmax", _softmax, input, dim, dtype)


@operation(aliases="special.log_softmax")
def log_softmax(input: Tensor, dim: int, dtype: DTypeLike = None) -> Tensor:
    """log(softmax(input)) along a dimension, without overflow."""
    return _along("log_softmax", _log_softmax, input, dim, dtype)
