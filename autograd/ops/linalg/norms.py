"""Norms, and distances, which are norms of differences."""

from __future__ import annotations

import math
from typing import Any

from ...engine.errors import OperationError
from ...engine.primitive import primitive
from ...engine.tensor import Tensor
from ..arithmetic import sign
from ..broadcast import expand_reduced
from ..choosing import clamp, where
from ..dims import Dims, normalize_dim, normalize_dims, numpy_names
from ..promotion import cast, inexact, restored, single
from ..reduction import amax, amin, sum
from ..shape import broadcast_tensors, unsqueeze


def dist(input: Tensor, other: Tensor, p: float = 2) -> Tensor:
    """The p-norm of input - other."""
    return norm(input - other, p)


def renorm(input: Tensor, p: float, dim: int, maxnorm: float) -> Tensor:
    """The slices along a dimension scaled down to a p-norm of at most maxnorm."""
    axis = normalize_dim("renorm", dim, input.ndim)
    others = [i for i in range(input.ndim) if i != axis]
    length = norm(input, p, others, keepdim=True)
    return input * where(length > maxnorm, maxnorm / (length + 1e-7), 1.0)


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
        input = abs(input)
    if p in (None, "fro", 2, 2.0):
        return _euclidean(input, dims, keepdim)
    if p == math.inf:
        return amax(abs(input), dims, keepdim)
    if p == -math.inf:
        return amin(abs(input), dims, keepdim)
    if p == 0:
        return sum(abs(sign(input)), dims, keepdim)
    if p == 1:
        return sum(abs(input), dims, keepdim)
    if isinstance(p, str):
        raise OperationError(f"norm: p is a number, 'fro' or 'nuc', got {p!r}")
    # At 0, where a power has no derivative, the subgradient of least norm is 0.
    zero = input == 0
    powers = where(zero, 0.0 if p > 0 else math.inf, abs(where(zero, 1.0, input)) ** p)
    total = sum(powers, dims, keepdim)
    empty = total == 0
    return where(empty, 0.0 if p > 0 else math.inf, where(empty, 1.0, total) ** (1.0 / p))


def _euclidean(x: Tensor, dims: tuple[int, ...], keepdim: bool) -> Tensor:
    return _norm2(x, dim=dims, keepdim=keepdim)


@primitive(x=lambda g, x, out, dim, keepdim: _norm_slope(g, x, out, dim, keepdim))
def _norm2(xp, x, *, dim, keepdim):
    return xp.sqrt(xp.sum(x * x, axis=dim, keepdims=keepdim))


def _norm_slope(g: Tensor, x: Tensor, out: Tensor, dim: tuple[int, ...], keepdim: bool) -> Tensor:
    """x / |x|, and 0 at 0, where the subgradient of least norm is 0."""
    ratio = where(out == 0, 0.0, g / where(out == 0, 1.0, out))
    return x * expand_reduced(ratio, x._array.shape, dim, keepdim)


def cdist(x1: Tensor, x2: Tensor, p: float = 2.0, compute_mode: str | None = None) -> Tensor:
    """The p-norm distances between all rows: (*, m, d), (*, n, d) -> (*, m, n)."""
    gap = unsqueeze(x1, -2) - unsqueeze(x2, -3)
    if p == math.inf:
        return amax(abs(gap), -1)
    return norm(gap, p, -1)


def pdist(input: Tensor, p: float = 2.0) -> Tensor:
    """The p-norm distances between all pairs of rows of a matrix, as a vector."""
    rows = input._array.shape[0]
    first = [i for i in range(rows) for _ in range(i + 1, rows)]
    second = [j for i in range(rows) for j in range(i + 1, rows)]
    return norm(input[first] - input[second], p, -1)


def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """The cosine of the angle between vectors along a dimension."""
    x1, x2 = broadcast_tensors(x1, x2)
    # Each is brought to length 1 first: the products of long vectors would leave half precision's range.
    first, second = (x / clamp(norm(x, 2, dim, keepdim=True), min=eps) for x in (x1, x2))
    return sum(first * second, dim)
