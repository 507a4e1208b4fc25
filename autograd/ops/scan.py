"""Running sums, products and extremes along a dimension; and the product of all, whose derivative they are."""

from __future__ import annotations

from typing import Any

from .. import dtypes
from ..backend import Array, Namespace
from ..engine.primitive import primitive
from ..engine.tensor import Tensor
from ..types import DTypeLike
from .choosing import where
from .comparison import ge, isnan, le
from .creation import arange, full_like
from .dims import normalize_dim
from .exponential import logaddexp
from .indexing import gather
from .joining import cat
from .operation import operation
from .promotion import cast, floating, single, single_under_autocast
from .reduction import ValuesAndIndices
from .shape import expand, flip, narrow, reshape, unsqueeze


@primitive(autocast="single", linear=True, x=lambda g, dim: _from_the_end(g, dim))
def _cumsum(xp: Namespace, x: Array, *, dim: int) -> Array:
    return xp.cumulative_sum(x, axis=dim)


def _from_the_end(g: Tensor, dim: int) -> Tensor:
    """The adjoint of a running sum: the running sum from the other end."""
    return flip(_cumsum(flip(g, dim), dim=dim), dim)


def _summed(name: str, input: Tensor, dtype: DTypeLike) -> Tensor:
    if dtype is not None:
        return cast(input, dtype)
    return input if input.dtype.is_inexact else cast(input, dtypes.int64)


def _along(name: str, primitive_: Any, x: Tensor, dim: int) -> Tensor:
    axis = normalize_dim(name, dim, x.ndim)
    wide = single(x)
    found = primitive_(wide, dim=axis) if x.ndim else reshape(primitive_(reshape(wide, 1), dim=0), ())
    return cast(found, x.dtype)  # NumPy widens small integers


@operation(in_place=True)
def cumsum(input: Tensor, dim: int, *, dtype: DTypeLike = None) -> Tensor:
    """The sums of the elements up to each along a dimension. Integers give int64.

    >>> import autograd
    >>> autograd.cumsum(autograd.tensor([1, 2, 3]), 0)
    tensor([1, 3, 6])
    """
    return _along("cumsum", _cumsum, _summed("cumsum", input, dtype), dim)


@primitive(
    holomorphic=True,
    x=lambda g, a, dim: _recurrence_from_the_end(g, a, dim),
    a=lambda g, a, out, dim: _recurrence_from_the_end(g, a, dim) * _delayed(out, dim),
)
def _recurrence(xp: Namespace, x: Array, a: Array, *, dim: int) -> Array:
    """y_i = x_i + a_i y_(i-1): each round doubles how far back every element reaches."""

    def part(y: Any, start: int, stop: int) -> Any:
        return y[(slice(None),) * dim + (slice(start, stop), ...)]

    count, reach = x.shape[dim], 1
    while reach < count:
        factor = part(a, reach, count)
        x = xp.concat([part(x, 0, reach), part(x, reach, count) + factor * part(x, 0, count - reach)], axis=dim)
        a = xp.concat([part(a, 0, reach), factor * part(a, 0, count - reach)], axis=dim)
        reach *= 2
    return x


def _recurrence_from_the_end(g: Tensor, a: Tensor, dim: int) -> Tensor:
    """y_i = g_i + a_(i+1) y_(i+1), the adjoint of the recurrence."""
    return flip(_recurrence(flip(g, dim), _delayed(flip(a, dim), dim), dim=dim), dim)


def _delayed(x: Tensor, dim: int, first: float = 0.0) -> Tensor:
    """Each element one place further on, and a number at the first."""
    count = x._array.shape[dim]
    return cat([full_like(narrow(x, dim, 0, min(count, 1)).detach(), first), narrow(x, dim, 0, max(count - 1, 0))], dim)


@primitive(
    autocast="single",
    holomorphic=True,
    x=lambda g, x, dim: _factors_before(x, dim) * _recurrence_from_the_end(g, x, dim),
)
def _cumprod(xp: Namespace, x: Array, *, dim: int) -> Array:
    return xp.cumulative_prod(x, axis=dim)


def _factors_before(x: Tensor, dim: int) -> Tensor:
    """The product of all elements before each: nothing is divided by, so zeros are factors like others."""
    return _cumprod(_delayed(x, dim, 1.0), dim=dim)


@operation(in_place=True)
def cumprod(input: Tensor, dim: int, *, dtype: DTypeLike = None) -> Tensor:
    """The products of the elements up to each along a dimension. Integers give int64."""
    return _along("cumprod", _cumprod, _summed("cumprod", input, dtype), dim)


@primitive(autocast="single", holomorphic=True, x=lambda g, x, dim: _prod_slope(g, x, dim))
def _prod(xp: Namespace, x: Array, *, dim: int) -> Array:
    return xp.prod(x, axis=dim)


def _prod_slope(g: Tensor, x: Tensor, dim: int) -> Tensor:
    """g times the product of all other factors: of those before, and of those behind."""
    return unsqueeze(g, dim) * _factors_before(x, dim) * flip(_factors_before(flip(x, dim), dim), dim)


@operation
@single_under_autocast
def prod(input: Tensor, dim: int | None = None, keepdim: bool = False, *, dtype: DTypeLike = None) -> Tensor:
    """The product of all elements, or along a dimension. Integers give int64."""
    x = _summed("prod", input, dtype)
    if dim is None:
        return cast(_prod(reshape(single(x), -1), dim=0), x.dtype)
    axis = normalize_dim("prod", dim, x.ndim)
    if not x.ndim:
        return x.clone()
    out = cast(_prod(single(x), dim=axis), x.dtype)  # NumPy widens small integers
    return unsqueeze(out, axis) if keepdim else out


@operation
def logcumsumexp(input: Tensor, dim: int) -> Tensor:
    """log(cumsum(exp(input))), without overflow: each round doubles how far back every element reaches."""
    x = floating("logcumsumexp", input)
    axis = normalize_dim("logcumsumexp", dim, x.ndim)
    if not x.ndim or not x.numel():
        return x.clone()
    count, reach = x._array.shape[axis], 1
    while reach < count:
        head, tail = narrow(x, axis, 0, reach), narrow(x, axis, reach, count - reach)
        x = cat([head, logaddexp(tail, narrow(x, axis, 0, count - reach))], axis)
        reach *= 2
    return x


def _cumulative_extreme(name: str, input: Tensor, dim: int, better: Any) -> ValuesAndIndices:
    axis = normalize_dim(name, dim, input.ndim)
    if not input.ndim or not input.numel():
        return ValuesAndIndices(input.clone(), cast(0 * input.detach(), dtypes.int64))
    places = _best_so_far(input.detach(), axis, better)
    return ValuesAndIndices(gather(input, axis, places), places)


def _best_so_far(x: Tensor, axis: int, better: Any) -> Tensor:
    """Where the best of each prefix is (its last place at ties): by doubling the reach in each round."""
    count = x._array.shape[axis]
    shape = [-1 if i == axis else 1 for i in range(x.ndim)]
    places = expand(reshape(arange(count, device=x.device), shape), x.shape).clone()
    reach = 1
    while reach < count:
        earlier = cat([narrow(places, axis, 0, reach), narrow(places, axis, 0, count - reach)], axis)
        old, new = gather(x, axis, earlier), gather(x, axis, places)
        keep = better(new, old) | isnan(new) if x.is_floating_point() else better(new, old)
        if x.is_floating_point():
            keep = keep & (isnan(new) | ~isnan(old))
        places = where(keep, places, earlier)
        reach *= 2
    return places


@operation
def cummax(input: Tensor, dim: int) -> ValuesAndIndices:
    """(values, indices) of the largest element up to each along a dimension."""
    return _cumulative_extreme("cummax", input, dim, ge)


@operation
def cummin(input: Tensor, dim: int) -> ValuesAndIndices:
    """(values, indices) of the smallest element up to each along a dimension."""
    return _cumulative_extreme("cummin", input, dim, le)
