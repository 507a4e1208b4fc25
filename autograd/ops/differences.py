"""Differences between neighbours, slopes, and areas under points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import dtypes
from ..engine.errors import OperationError
from ..engine.tensor import Tensor
from .dims import as_ints, normalize_dim
from .joining import cat
from .operation import operation
from .promotion import cast, rounded_once
from .scan import cumsum
from .shape import narrow, reshape


@operation
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


@operation(method=False, aliases="trapz")
def trapezoid(y: Tensor, x: Tensor | None = None, *, dx: float = 1.0, dim: int = -1) -> Tensor:
    """The integral by the trapezoidal rule along a dimension."""
    areas, axis = _areas("trapezoid", y, x, dx, dim)
    return areas.sum(axis - y.ndim)


@operation(method=False)
def cumulative_trapezoid(y: Tensor, x: Tensor | None = None, *, dx: float = 1.0, dim: int = -1) -> Tensor:
    """The integrals up to each point but the first, by the trapezoidal rule along a dimension."""
    areas, axis = _areas("cumulative_trapezoid", y, x, dx, dim)
    return cumsum(areas, axis - y.ndim)


@operation(method=False)
@rounded_once
def gradient(
    input: Tensor, *, spacing: Any = 1, dim: int | Sequence[int] | None = None, edge_order: int = 1
) -> tuple[Tensor, ...]:
    """Derivatives by central differences along each of the dimensions (default all), one-sided at the ends.

    `spacing`: one step for all, one a dimension, or tensors of coordinates (A. Quarteroni et al., 2007).
    """
    dims = list(range(input.ndim) if dim is None else as_ints(dim))
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
