"""Functions that shrink dimensions: sums, products, means, extremes."""

from __future__ import annotations

import builtins
import math
from typing import Any, NamedTuple, overload

from .. import dtypes
from ..backend import Array, Namespace
from ..engine.errors import OperationError, OutOfRangeError
from ..engine.primitive import primitive
from ..engine.tensor import Tensor
from ..types import Dims, DTypeLike
from .arithmetic import sqrt
from .broadcast import _sum, expand_reduced
from .choosing import clamp, maximum, minimum, where
from .comparison import isfinite, isnan, truth
from .diagonals import diagonal
from .dims import normalize_dim, normalize_dims
from .exponential import exp, log
from .operation import operation
from .promotion import cast, inexact, require_floating, require_inexact, require_tensors, restored, rounded_once, single
from .shape import reshape, squeeze, unsqueeze


@operation
def nansum(input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: DTypeLike = None) -> Tensor:
    """The sum of the elements that are not nan."""
    x = where(isnan(input), 0.0, input) if input.is_floating_point() else input
    return sum(x, dim, keepdim, dtype=dtype)


@operation
def nanmean(input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: DTypeLike = None) -> Tensor:
    """The mean of the elements that are not nan."""
    x = input if dtype is None else cast(input, dtype)
    dims = normalize_dims("nanmean", dim, x.ndim)
    kind = x.dtype if x.is_floating_point() else dtypes.int64
    known = _sum(cast(~isnan(x), kind), dim=dims, keepdim=keepdim)
    return nansum(x, dims if x.ndim else None, keepdim) / known


@operation
def aminmax(input: Tensor, *, dim: int | None = None, keepdim: bool = False) -> tuple[Tensor, Tensor]:
    """The smallest and the largest element, of all or along a dimension."""
    dims: Dims = () if dim is None else dim
    return amin(input, dims, keepdim), amax(input, dims, keepdim)


class ValuesAndIndices(NamedTuple):
    """What reductions along one dimension return: the values and where they were found."""

    values: Tensor
    indices: Tensor


@operation
def sum(input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: DTypeLike = None) -> Tensor:
    """The sum over some dimensions (default all). Integers and bools sum as int64.

    >>> import autograd
    >>> autograd.sum(autograd.ones(2, 3), dim=1)
    tensor([3., 3.])
    """
    if dtype is not None:
        input = cast(input, dtype)
    elif not input.dtype.is_inexact:
        input = cast(input, dtypes.int64)
    total = _sum(input, dim=normalize_dims("sum", dim, input.ndim), keepdim=keepdim)
    return total if dtype is None else cast(total, dtype)  # NumPy widens small integers


def _count(x: Tensor, dims: tuple[int, ...]) -> int:
    return math.prod(x._array.shape[i] for i in dims)


@operation
def mean(input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: DTypeLike = None) -> Tensor:
    """The mean over some dimensions (default all) of a floating-point tensor."""
    if dtype is not None:
        input = cast(input, dtype)
    require_inexact("mean", input)
    dims = normalize_dims("mean", dim, input.ndim)
    count = _count(input, dims)
    total = _sum(single(input), dim=dims, keepdim=keepdim)
    return restored(total / float(count) if count else total / (0.0 * total), input.dtype)


@operation
def var(
    input: Tensor,
    dim: Dims = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = 1,
) -> Tensor:
    """The mean squared deviation, divided by n - correction (1: unbiased) instead of n."""
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    if unbiased is not None:
        correction = int(unbiased)
    correction = 1 if correction is None else correction
    if input.is_complex():  # the mean squared distance
        dims = normalize_dims("var", dim, input.ndim)
        real, imag = (var(part, dims, None, keepdim, correction=correction) for part in (input.real, input.imag))
        return real + imag
    require_floating("var", input)
    dims = normalize_dims("var", dim, input.ndim)
    x = single(input)
    centred = x - (mean(x, dims, keepdim=True) if x.ndim else x)
    total = _sum(centred * centred, dim=dims, keepdim=keepdim)
    freedom = builtins.max(_count(input, dims) - correction, 0)
    return restored(total / float(freedom) if freedom else total / (0.0 * total), input.dtype)


@operation
def std(
    input: Tensor,
    dim: Dims = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = 1,
) -> Tensor:
    """The square root of `var`; the derivative at equal numbers is taken as 0."""
    squared = var(single(input), dim, unbiased, keepdim, correction=correction)
    equal = squared == 0
    return restored(where(equal, 0.0, sqrt(where(equal, 1.0, squared))), input.dtype)


@operation(method=False)
def var_mean(
    input: Tensor,
    dim: Dims = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = 1,
) -> tuple[Tensor, Tensor]:
    """`var` and `mean`."""
    over = None if isinstance(dim, bool) else dim
    return var(input, dim, unbiased, keepdim, correction=correction), mean(input, over, keepdim)


@operation(method=False)
def std_mean(
    input: Tensor,
    dim: Dims = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = 1,
) -> tuple[Tensor, Tensor]:
    """`std` and `mean`."""
    over = None if isinstance(dim, bool) else dim
    return std(input, dim, unbiased, keepdim, correction=correction), mean(input, over, keepdim)


def _among_ties(g: Tensor, x: Tensor, out: Tensor, dim: tuple[int, ...], keepdim: bool) -> Tensor:
    """Shares the gradient of an extreme evenly among the elements that equal it."""
    shape = x._array.shape
    hits = cast(x == expand_reduced(out, shape, dim, keepdim), g.dtype)
    count = _sum(hits, dim=dim, keepdim=True)
    return hits * (expand_reduced(g, shape, dim, keepdim) / count)


@primitive(x=lambda g, x, out, dim, keepdim: _among_ties(g, x, out, dim, keepdim))
def _amax(xp: Namespace, x: Array, *, dim: tuple[int, ...], keepdim: bool) -> Array:
    return xp.max(x, axis=dim, keepdims=bool(keepdim))


@primitive(x=lambda g, x, out, dim, keepdim: _among_ties(g, x, out, dim, keepdim))
def _amin(xp: Namespace, x: Array, *, dim: tuple[int, ...], keepdim: bool) -> Array:
    return xp.min(x, axis=dim, keepdims=bool(keepdim))


@primitive()
def _argmax(xp: Namespace, x: Array, *, dim: int, keepdim: bool) -> Array:
    return xp.argmax(x, axis=dim, keepdims=bool(keepdim))


@primitive()
def _argmin(xp: Namespace, x: Array, *, dim: int, keepdim: bool) -> Array:
    return xp.argmin(x, axis=dim, keepdims=bool(keepdim))


def _refuse_empty(name: str, x: Tensor, dims: tuple[int, ...]) -> None:
    if not _count(x, dims) and x.numel() == 0:
        raise OutOfRangeError(f"{name}: no elements to choose from in shape {tuple(x.shape)} over dim {dims}")


@operation
def amax(input: Tensor, dim: Dims = (), keepdim: bool = False) -> Tensor:
    """The largest element over some dimensions (default all); ties share the gradient evenly."""
    dims = normalize_dims("amax", dim, input.ndim)
    _refuse_empty("amax", input, dims)
    return _amax(input, dim=dims, keepdim=keepdim)


@operation
def amin(input: Tensor, dim: Dims = (), keepdim: bool = False) -> Tensor:
    """The smallest element over some dimensions (default all); ties share the gradient evenly."""
    dims = normalize_dims("amin", dim, input.ndim)
    _refuse_empty("amin", input, dims)
    return _amin(input, dim=dims, keepdim=keepdim)


def _arg(name: str, chooser: Any, input: Tensor, dim: int | None, keepdim: bool) -> Tensor:
    if input.dtype is dtypes.bool:
        input = cast(input, dtypes.uint8)
    if dim is None:
        _refuse_empty(name, input, tuple(range(input.ndim)))
        found = chooser(input.detach().reshape(-1), dim=0, keepdim=False)
        return found.reshape((1,) * input.ndim) if keepdim else found
    if not input.ndim:
        normalize_dim(name, dim, 0)
        return chooser(input.detach().reshape(1), dim=0, keepdim=False)
    axis = normalize_dim(name, dim, input.ndim)
    _refuse_empty(name, input, (axis,))
    return chooser(input, dim=axis, keepdim=keepdim)


@operation
def argmax(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Where the largest element is: along a dimension, or in the flattened tensor."""
    return _arg("argmax", _argmax, input, dim, keepdim)


@operation
def argmin(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Where the smallest element is: along a dimension, or in the flattened tensor."""
    return _arg("argmin", _argmin, input, dim, keepdim)


def _extreme(
    name: str, whole: Any, pairwise: Any, place: Any, input: Tensor, dim: int | Tensor | None, keepdim: bool
) -> Any:
    require_tensors(name, input)
    if isinstance(dim, Tensor):
        return pairwise(input, dim)
    if dim is None:
        return whole(input)
    if not input.ndim:
        normalize_dim(name, dim, 0)
        return ValuesAndIndices(input.clone(), place(input, 0))
    axis = normalize_dim(name, dim, input.ndim)
    indices = place(input, axis, keepdim=True)
    values = input.gather(axis, indices)
    return (
        ValuesAndIndices(values, indices) if keepdim else ValuesAndIndices(values.squeeze(axis), indices.squeeze(axis))
    )


@overload
def max(input: Tensor) -> Tensor: ...
@overload
def max(input: Tensor, dim: Tensor) -> Tensor: ...
@overload
def max(input: Tensor, *, other: Tensor) -> Tensor: ...
@overload
def max(input: Tensor, dim: int, keepdim: bool = False) -> ValuesAndIndices: ...
@operation
def max(
    input: Tensor, dim: int | Tensor | None = None, keepdim: bool = False, *, other: Tensor | None = None
) -> Tensor | ValuesAndIndices:
    """The largest element of all; with `dim`, (values, indices) along it; with a tensor, `maximum`."""
    return _extreme("max", amax, maximum, argmax, input, dim if other is None else other, keepdim)


@overload
def min(input: Tensor) -> Tensor: ...
@overload
def min(input: Tensor, dim: Tensor) -> Tensor: ...
@overload
def min(input: Tensor, *, other: Tensor) -> Tensor: ...
@overload
def min(input: Tensor, dim: int, keepdim: bool = False) -> ValuesAndIndices: ...
@operation
def min(
    input: Tensor, dim: int | Tensor | None = None, keepdim: bool = False, *, other: Tensor | None = None
) -> Tensor | ValuesAndIndices:
    """The smallest element of all; with `dim`, (values, indices) along it; with a tensor, `minimum`."""
    return _extreme("min", amin, minimum, argmin, input, dim if other is None else other, keepdim)


@primitive()
def _any(xp: Namespace, x: Array, *, dim: tuple[int, ...], keepdim: bool) -> Array:
    return xp.any(x, axis=dim, keepdims=bool(keepdim))


@primitive()
def _all(xp: Namespace, x: Array, *, dim: tuple[int, ...], keepdim: bool) -> Array:
    return xp.all(x, axis=dim, keepdims=bool(keepdim))


@operation
def any(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Whether some element is nonzero."""
    return _any(truth(input), dim=normalize_dims("any", dim, input.ndim), keepdim=keepdim)


@operation
def all(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Whether every element is nonzero."""
    return _all(truth(input), dim=normalize_dims("all", dim, input.ndim), keepdim=keepdim)


@operation
def count_nonzero(input: Tensor, dim: Dims = None) -> Tensor:
    """How many elements are nonzero."""
    return sum(truth(input), dim)


@operation(aliases="special.logsumexp")
def logsumexp(input: Tensor, dim: Dims, keepdim: bool = False) -> Tensor:
    """log(sum(exp(input))) over some dimensions, without overflow."""
    given = inexact("logsumexp", input)
    input = single(given)
    dims = normalize_dims("logsumexp", dim, input.ndim)
    if not _count(input, dims):
        return log(sum(input, dims, keepdim))
    shift = amax(input.detach().real, dims, keepdim=True)
    shift = where(isfinite(shift), shift, 0.0)
    total = log(_sum(exp(input - shift), dim=dims, keepdim=True))
    result = total + shift
    return restored(result if keepdim or not dims else result.squeeze(dims), given.dtype)


@operation
@rounded_once
def cov(
    input: Tensor, *, correction: int = 1, fweights: Tensor | None = None, aweights: Tensor | None = None
) -> Tensor:
    """The covariances of variables in rows, observations in columns."""
    if input.ndim > 2:
        raise OperationError(f"cov: expected at most 2 dimensions, got shape {tuple(input.shape)}")
    x = input if input.ndim == 2 else reshape(input, (1, -1))
    for name, given in (("fweights", fweights), ("aweights", aweights)):
        if given is None:
            continue
        if tuple(given.shape) != (x._array.shape[1],):
            raise OperationError(f"cov: expected {x._array.shape[1]} {name}, got shape {tuple(given.shape)}")
        if given.dtype.is_inexact == (name == "fweights"):
            raise OperationError(f"cov: {name} are {'whole' if name == 'fweights' else 'floating-point'} numbers")
        if given.is_cpu and bool((given < 0).any()):
            raise OperationError(f"cov: {name} must not be negative")
    if not x.dtype.is_inexact:
        x = cast(x, dtypes.get_default_dtype())
    count = x._array.shape[1]
    weights: Tensor | None = None if fweights is None else cast(fweights, x.dtype.to_real())
    if aweights is not None:
        importance = cast(aweights, x.dtype.to_real())
        weights = importance if weights is None else weights * importance
    if weights is None:
        mean, freedom = x.mean(1, keepdim=True), builtins.max(count - correction, 0)
        centred = x - mean
        product = centred @ centred.mH
        found = product / float(freedom) if freedom else product / (0.0 * product.detach().abs())
    else:
        total = sum(weights)
        mean = sum(x * weights, 1, keepdim=True) / total
        centred = x - mean
        freed = total  # what the sum of squares is divided by, after NumPy's cov
        if correction and aweights is not None:
            freed = total - float(correction) * (sum(weights * importance) / total)
        elif correction:
            freed = total - float(correction)
        found = (centred * weights) @ centred.mH / clamp(freed, min=0.0)
    return squeeze(found)


@operation
@rounded_once
def corrcoef(input: Tensor) -> Tensor:
    """The correlation coefficients of variables in rows."""
    found = cov(input)
    if not found.ndim:
        return found / found
    spread = sqrt(diagonal(found).real)
    return found / unsqueeze(spread, 1) / unsqueeze(spread, 0)
