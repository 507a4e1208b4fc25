"""Running sums, products and extremes along a dimension."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import dtypes
from ..engine.errors import OperationError
from ..engine.primitive import multilinear, primitive
from ..engine.tensor import Tensor
from . import elementwise as e
from .creation import arange, full_like
from .dims import Dims, normalize_dim, normalize_dims, numpy_names
from .indexing import gather
from .promotion import cast, floating, single
from .reduction import ValuesAndIndices, _sum, amax, amin, sum
from .shape import cat, expand, flip, narrow, reshape, unsqueeze


@multilinear(x=lambda g, dim: _from_the_end(g, dim))
def _cumsum(xp, x, *, dim):
    return xp.cumulative_sum(x, axis=dim)


def _from_the_end(g: Tensor, dim: int) -> Tensor:
    """The adjoint of a running sum: the running sum from the other end."""
    return flip(_cumsum(flip(g, dim), dim=dim), dim)


def _summed(name: str, input: Tensor, dtype: dtypes.dtype | None) -> Tensor:
    if dtype is not None:
        return cast(input, dtype)
    return input if input.dtype.is_inexact else cast(input, dtypes.int64)


def _along(name: str, primitive_: Any, x: Tensor, dim: int) -> Tensor:
    axis = normalize_dim(name, dim, x.ndim)
    wide = single(x)
    found = primitive_(wide, dim=axis) if x.ndim else reshape(primitive_(reshape(wide, 1), dim=0), ())
    return cast(found, x.dtype)  # NumPy widens small integers


@numpy_names
def cumsum(input: Tensor, dim: int, *, dtype: dtypes.dtype | None = None) -> Tensor:
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
def _recurrence(xp, x, a, *, dim):
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


@primitive(holomorphic=True, x=lambda g, x, dim: _factors_before(x, dim) * _recurrence_from_the_end(g, x, dim))
def _cumprod(xp, x, *, dim):
    return xp.cumulative_prod(x, axis=dim)


def _factors_before(x: Tensor, dim: int) -> Tensor:
    """The product of all elements before each: nothing is divided by, so zeros are factors like others."""
    return _cumprod(_delayed(x, dim, 1.0), dim=dim)


@numpy_names
def cumprod(input: Tensor, dim: int, *, dtype: dtypes.dtype | None = None) -> Tensor:
    """The products of the elements up to each along a dimension. Integers give int64."""
    return _along("cumprod", _cumprod, _summed("cumprod", input, dtype), dim)


@primitive(holomorphic=True, x=lambda g, x, dim: _prod_slope(g, x, dim))
def _prod(xp, x, *, dim):
    return xp.prod(x, axis=dim)


def _prod_slope(g: Tensor, x: Tensor, dim: int) -> Tensor:
    """g times the product of all other factors: of those before, and of those behind."""
    return unsqueeze(g, dim) * _factors_before(x, dim) * flip(_factors_before(flip(x, dim), dim), dim)


@numpy_names
def prod(input: Tensor, dim: int | None = None, keepdim: bool = False, *, dtype: dtypes.dtype | None = None) -> Tensor:
    """The product of all elements, or along a dimension. Integers give int64."""
    x = _summed("prod", input, dtype)
    if dim is None:
        return cast(_prod(reshape(single(x), -1), dim=0), x.dtype)
    axis = normalize_dim("prod", dim, x.ndim)
    if not x.ndim:
        return x.clone()
    out = cast(_prod(single(x), dim=axis), x.dtype)  # NumPy widens small integers
    return unsqueeze(out, axis) if keepdim else out


def logcumsumexp(input: Tensor, dim: int) -> Tensor:
    """log(cumsum(exp(input))), without overflow: each round doubles how far back every element reaches."""
    x = floating("logcumsumexp", input)
    axis = normalize_dim("logcumsumexp", dim, x.ndim)
    if not x.ndim or not x.numel():
        return x.clone()
    count, reach = x._array.shape[axis], 1
    while reach < count:
        head, tail = narrow(x, axis, 0, reach), narrow(x, axis, reach, count - reach)
        x = cat([head, e.logaddexp(tail, narrow(x, axis, 0, count - reach))], axis)
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
        keep = better(new, old) | e.isnan(new) if x.is_floating_point() else better(new, old)
        if x.is_floating_point():
            keep = keep & (e.isnan(new) | ~e.isnan(old))
        places = e.where(keep, places, earlier)
        reach *= 2
    return places


def cummax(input: Tensor, dim: int) -> ValuesAndIndices:
    """(values, indices) of the largest element up to each along a dimension."""
    return _cumulative_extreme("cummax", input, dim, e.ge)


def cummin(input: Tensor, dim: int) -> ValuesAndIndices:
    """(values, indices) of the smallest element up to each along a dimension."""
    return _cumulative_extreme("cummin", input, dim, e.le)


@numpy_names
def diff(
    input: Tensor, n: int = 1, dim: int = -1, prepend: Tensor | None = None, append: Tensor | None = None
) -> Tensor:
    """The differences of neighbours along a dimension, n times over."""
    if n < 0:
        raise OperationError(f"diff: the order must not be negative, got {n}")
    if not input.ndim:
        raise OperationError("diff: expected a tensor of at least one dimension")
    if n == 0:
        return input
    parts = [part for part in (prepend, input, append) if part is not None]
    x = cat(parts, dim) if len(parts) > 1 else input
    axis = normalize_dim("diff", dim, x.ndim)
    for _ in range(n):
        above, below = _neighbours(x, axis)
        x = above != below if x.dtype is dtypes.bool else above - below
    return x


def _neighbours(x: Tensor, axis: int) -> tuple[Tensor, Tensor]:
    """All but the first, and all but the last element along a dimension: none of none or one."""
    count = x._array.shape[axis]
    return narrow(x, axis, min(count, 1), max(count - 1, 0)), narrow(x, axis, 0, max(count - 1, 0))


def _areas(name: str, y: Tensor, x: Tensor | None, dx: float, dim: int) -> tuple[Tensor, int]:
    """The areas under the lines between neighbouring points."""
    axis = normalize_dim(name, dim, y.ndim)
    above, below = _neighbours(y, axis)
    middle = 0.5 * (above + below)
    if x is None:
        return middle * dx, axis
    if x.ndim == 1 and y.ndim > 1:
        x = reshape(x, [-1 if i == axis else 1 for i in range(y.ndim)])
    return middle * diff(x, dim=axis - y.ndim), axis


def trapezoid(y: Tensor, x: Tensor | None = None, *, dx: float = 1.0, dim: int = -1) -> Tensor:
    """The integral by the trapezoidal rule along a dimension."""
    areas, axis = _areas("trapezoid", y, x, dx, dim)
    return areas.sum(axis - y.ndim)


def cumulative_trapezoid(y: Tensor, x: Tensor | None = None, *, dx: float = 1.0, dim: int = -1) -> Tensor:
    """The integrals up to each point but the first, by the trapezoidal rule along a dimension."""
    areas, axis = _areas("cumulative_trapezoid", y, x, dx, dim)
    return cumsum(areas, axis - y.ndim)


def gradient(
    input: Tensor, *, spacing: Any = 1, dim: int | Sequence[int] | None = None, edge_order: int = 1
) -> tuple[Tensor, ...]:
    """Derivatives by central differences along each of the dimensions (default all), one-sided at the ends.

    `spacing`: one step for all, one a dimension, or tensors of coordinates (A. Quarteroni et al., 2007).
    """
    dims = list(range(input.ndim)) if dim is None else [dim] if isinstance(dim, int) else list(dim)
    dims = [normalize_dim("gradient", each, input.ndim) for each in dims]
    spacing = 1 if spacing is None else spacing
    if len(set(dims)) < len(dims):
        raise OperationError(f"gradient: dim {tuple(dims)} names a dimension twice")
    steps = list(spacing) if isinstance(spacing, list | tuple) else [spacing] * len(dims)
    if len(steps) != len(dims):
        raise RuntimeError(f"gradient: expected a spacing for each of {len(dims)} dimensions, got {len(steps)}")
    if edge_order not in (1, 2):
        raise RuntimeError(f"gradient: edge_order is 1 or 2, got {edge_order}")
    x = input if input.dtype.is_inexact else cast(input, dtypes.get_default_dtype())
    return tuple(_slope(x, axis, step, edge_order) for axis, step in zip(dims, steps, strict=True))


def _slope(x: Tensor, axis: int, step: Any, edge_order: int) -> Tensor:
    count = x._array.shape[axis]
    if count <= edge_order:
        raise RuntimeError(f"gradient: dimension {axis} has {count} points, edge_order {edge_order} needs more")
    if not isinstance(step, Tensor) or not step.ndim:
        widths = 0.0 * narrow(x, axis, 0, count - 1).detach() + step
    else:
        shape = [-1 if i == axis else 1 for i in range(x.ndim)]
        widths = 0.0 * narrow(x, axis, 0, count - 1).detach() + reshape(diff(step), shape)
    slopes = diff(x, dim=axis) / widths

    def at(y: Tensor, i: int) -> Tensor:
        return narrow(y, axis, i if i >= 0 else y._array.shape[axis] + i, 1)

    first, last = at(slopes, 0), at(slopes, -1)
    if edge_order == 2:  # the line through the first two slopes, at the end
        first = first - _turn(at(slopes, 0), at(slopes, 1), at(widths, 0), at(widths, 1)) * at(widths, 0)
        last = last + _turn(at(slopes, -2), at(slopes, -1), at(widths, -2), at(widths, -1)) * at(widths, -1)
    before, after = narrow(slopes, axis, 0, count - 2), narrow(slopes, axis, 1, count - 2)
    left, right = narrow(widths, axis, 0, count - 2), narrow(widths, axis, 1, count - 2)
    middle = (before * right + after * left) / (left + right)
    return cat([first, middle, last], axis)


def _turn(before: Tensor, after: Tensor, left: Tensor, right: Tensor) -> Tensor:
    """Half of the second derivative."""
    return (after - before) / (left + right)


@numpy_names
def nansum(input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The sum of the elements that are not nan."""
    x = e.where(e.isnan(input), 0.0, input) if input.is_floating_point() else input
    return sum(x, dim, keepdim, dtype=dtype)


@numpy_names
def nanmean(input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The mean of the elements that are not nan."""
    x = input if dtype is None else cast(input, dtype)
    dims = normalize_dims("nanmean", dim, x.ndim)
    kind = x.dtype if x.is_floating_point() else dtypes.int64
    known = _sum(cast(~e.isnan(x), kind), dim=dims, keepdim=keepdim)
    return nansum(x, dims if x.ndim else None, keepdim) / known


def aminmax(input: Tensor, *, dim: int | None = None, keepdim: bool = False) -> tuple[Tensor, Tensor]:
    """The smallest and the largest element, of all or along a dimension."""
    dims: Dims = () if dim is None else dim
    return amin(input, dims, keepdim), amax(input, dims, keepdim)
