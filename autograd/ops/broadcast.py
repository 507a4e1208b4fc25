"""Stretching and summing, which are each other's derivatives, and the rule that ends a broadcasting operation's."""

from __future__ import annotations

from collections.abc import Sequence

from ..backend import Array, Backend, Namespace
from ..engine.primitive import primitive
from ..engine.tensor import Tensor


@primitive(linear=True, view=True, x=lambda g, x_shape: _reshape(g, shape=x_shape))
def _reshape(xp: Namespace, x: Array, *, shape: tuple[int, ...]) -> Array:
    return xp.reshape(x, shape)


@primitive(linear=True, view=True, x=lambda g, x_shape: sum_to(g, x_shape))
def _expand(backend: Backend, x: Array, *, shape: tuple[int, ...]) -> Array:
    return backend.broadcast_to(x, shape)


@primitive(autocast="single", linear=True, x=lambda g, x_shape, dim, keepdim: expand_reduced(g, x_shape, dim, keepdim))
def _sum(backend: Backend, x: Array, *, dim: tuple[int, ...], keepdim: bool) -> Array:
    return backend.sum(x, dim, bool(keepdim))


def expand_reduced(g: Tensor, shape: tuple[int, ...], dim: tuple[int, ...], keepdim: bool) -> Tensor:
    """The adjoint of a sum: repeats a reduced tensor over the dimensions it lost."""
    if not keepdim and g._array.shape != shape:
        g = _reshape(g, shape=tuple(1 if i in dim else size for i, size in enumerate(shape)))
    return g if g._array.shape == shape else _expand(g, shape=shape)


def sum_to(g: Tensor, shape: Sequence[int]) -> Tensor:
    """Sums g down to a shape that broadcasts to g's: the adjoint of broadcasting."""
    shape = tuple(shape)
    extra = g.ndim - len(shape)
    stretched = [i + extra for i, size in enumerate(shape) if size == 1 and g._array.shape[i + extra] != 1]
    if stretched:
        g = _sum(g, dim=tuple(stretched), keepdim=True)
    if extra:
        g = _sum(g, dim=tuple(range(extra)), keepdim=False)
    return g
