"""Functions that shrink dimensions: sums, means, extremes."""

from __future__ import annotations

import builtins
import math
from typing import Any, NamedTuple

from .. import dtypes
from ..engine.errors import OperationError
from ..engine.primitive import primitive
from ..engine.tensor import Tensor
from . import elementwise as e
from .broadcast import _sum, expand_reduced
from .dims import Dims, normalize_dim, normalize_dims, numpy_names
from .promotion import cast, inexact, require_floating, require_inexact, require_tensors, restored, single


class ValuesAndIndices(NamedTuple):
    """What reductions along one dimension return: the values and where they were found."""

    values: Tensor
    indices: Tensor


@numpy_names
def sum(input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: dtypes.dtype | None = None) -> Tensor:
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


@numpy_names
def mean(input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: dtypes.dtype | None = None) -> Tensor:
    """The mean over some dimensions (default all) of a floating-point tensor."""
    if dtype is not None:
        input = cast(input, dtype)
    require_inexact("mean", input)
    dims = normalize_dims("mean", dim, input.ndim)
    count = _count(input, dims)
    total = _sum(single(input), dim=dims, keepdim=keepdim)
    return restored(total / float(count) if count else total / (0.0 * total), input.dtype)


@numpy_names
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


@numpy_names
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
    return restored(e.where(equal, 0.0, e.sqrt(e.where(equal, 1.0, squared))), input.dtype)


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
def _amax(xp, x, *, dim, keepdim):
    return xp.max(x, axis=dim, keepdims=keepdim)


@primitive(x=lambda g, x, out, dim, keepdim: _among_ties(g, x, out, dim, keepdim))
def _amin(xp, x, *, dim, keepdim):
    return xp.min(x, axis=dim, keepdims=keepdim)


@primitive()
def _argmax(xp, x, *, dim, keepdim):
    return xp.argmax(x, axis=dim, keepdims=keepdim)


@primitive()
def _argmin(xp, x, *, dim, keepdim):
    return xp.argmin(x, axis=dim, keepdims=keepdim)


def _refuse_empty(name: str, x: Tensor, dims: tuple[int, ...]) -> None:
    if not _count(x, dims) and x.numel() == 0:
        raise OperationError(f"{name}: no elements to choose from in shape {tuple(x.shape)} over dim {dims}")


@numpy_names
def amax(input: Tensor, dim: Dims = (), keepdim: bool = False) -> Tensor:
    """The largest element over some dimensions (default all); ties share the gradient evenly."""
    dims = normalize_dims("amax", dim, input.ndim)
    _refuse_empty("amax", input, dims)
    return _amax(input, dim=dims, keepdim=keepdim)


@numpy_names
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


@numpy_names
def argmax(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Where the largest element is: along a dimension, or in the flattened tensor."""
    return _arg("argmax", _argmax, input, dim, keepdim)


@numpy_names
def argmin(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Where the smallest element is: along a dimension, or in the flattened tensor."""
    return _arg("argmin", _argmin, input, dim, keepdim)


def _extreme(name: str, whole: Any, pairwise: Any, place: Any, input: Tensor, dim: Any, keepdim: bool) -> Any:
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


@numpy_names
def max(input: Tensor, dim: Any = None, keepdim: bool = False) -> Any:
    """The largest element of all; with `dim`, (values, indices) along it; with a tensor, `maximum`."""
    return _extreme("max", amax, e.maximum, argmax, input, dim, keepdim)


@numpy_names
def min(input: Tensor, dim: Any = None, keepdim: bool = False) -> Any:
    """The smallest element of all; with `dim`, (values, indices) along it; with a tensor, `minimum`."""
    return _extreme("min", amin, e.minimum, argmin, input, dim, keepdim)


@primitive()
def _any(xp, x, *, dim, keepdim):
    return xp.any(x, axis=dim, keepdims=keepdim)


@primitive()
def _all(xp, x, *, dim, keepdim):
    return xp.all(x, axis=dim, keepdims=keepdim)


@numpy_names
def any(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Whether some element is nonzero."""
    return _any(e._truth(input), dim=normalize_dims("any", dim, input.ndim), keepdim=keepdim)


@numpy_names
def all(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Whether every element is nonzero."""
    return _all(e._truth(input), dim=normalize_dims("all", dim, input.ndim), keepdim=keepdim)


@numpy_names
def count_nonzero(input: Tensor, dim: Dims = None) -> Tensor:
    """How many elements are nonzero."""
    return sum(e._truth(input), dim)


@numpy_names
def logsumexp(input: Tensor, dim: Dims, keepdim: bool = False) -> Tensor:
    """log(sum(exp(input))) over some dimensions, without overflow."""
    given = inexact("logsumexp", input)
    input = single(given)
    dims = normalize_dims("logsumexp", dim, input.ndim)
    if not _count(input, dims):
        return e.log(sum(input, dims, keepdim))
    shift = amax(input.detach().real, dims, keepdim=True)
    shift = e.where(e.isfinite(shift), shift, 0.0)
    total = e.log(_sum(e.exp(input - shift), dim=dims, keepdim=True))
    result = total + shift
    return restored(result if keepdim or not dims else result.squeeze(dims), given.dtype)


@numpy_names
def norm(
    input: Tensor, p: float | str | None = "fro", dim: Dims = None, keepdim: bool = False, dtype: Any = None
) -> Tensor:
    """The p-norm of the elements: (sum |x|^p)^(1/p); p = inf gives the largest |x|, p = 0 counts nonzeros."""
    given = inexact("norm", input if dtype is None else cast(input, dtype))
    return restored(_norm(single(given), p, dim, keepdim), given.dtype)


def _norm(input: Tensor, p: float | str | None, dim: Dims, keepdim: bool) -> Tensor:
    dims = normalize_dims("norm", dim, input.ndim)
    if p == "nuc":
        return input._matrix_norm("nuc", dims, keepdim)
    if input.is_complex():
        input = e.abs(input)
    if p in (None, "fro", 2, 2.0):
        return _euclidean(input, dims, keepdim)
    if p == math.inf:
        return amax(e.abs(input), dims, keepdim)
    if p == -math.inf:
        return amin(e.abs(input), dims, keepdim)
    if p == 0:
        return sum(e.abs(e.sign(input)), dims, keepdim)
    if p == 1:
        return sum(e.abs(input), dims, keepdim)
    if isinstance(p, str):
        raise OperationError(f"norm: p is a number, 'fro' or 'nuc', got {p!r}")
    # At 0, where a power has no derivative, the subgradient of least norm is 0.
    zero = input == 0
    powers = e.where(zero, 0.0 if p > 0 else math.inf, e.abs(e.where(zero, 1.0, input)) ** p)
    total = sum(powers, dims, keepdim)
    empty = total == 0
    return e.where(empty, 0.0 if p > 0 else math.inf, e.where(empty, 1.0, total) ** (1.0 / p))


def _euclidean(x: Tensor, dims: tuple[int, ...], keepdim: bool) -> Tensor:
    return _norm2(x, dim=dims, keepdim=keepdim)


@primitive(x=lambda g, x, out, dim, keepdim: _norm_slope(g, x, out, dim, keepdim))
def _norm2(xp, x, *, dim, keepdim):
    return xp.sqrt(xp.sum(x * x, axis=dim, keepdims=keepdim))


def _norm_slope(g: Tensor, x: Tensor, out: Tensor, dim: tuple[int, ...], keepdim: bool) -> Tensor:
    """x / |x|, and 0 at 0, where the subgradient of least norm is 0."""
    ratio = e.where(out == 0, 0.0, g / e.where(out == 0, 1.0, out))
    return x * expand_reduced(ratio, x._array.shape, dim, keepdim)
