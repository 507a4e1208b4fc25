"""Norms, and distances, which are norms of differences."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ...backend import Array, Namespace
from ...engine.errors import OperationError
from ...engine.primitive import primitive
from ...engine.tensor import Tensor
from ...types import Dims, DTypeLike
from ..arithmetic import reciprocal, sign
from ..broadcast import expand_reduced
from ..choosing import clamp, where
from ..dims import is_int, normalize_dim, normalize_dims
from ..operation import operation
from ..promotion import cast, inexact, restored, rounded_once, single, single_under_autocast
from ..reduction import amax, amin, sum
from ..shape import broadcast_tensors, movedim, unsqueeze
from .solve import inv
from .spectral import svdvals


@operation
def dist(input: Tensor, other: Tensor, p: float = 2) -> Tensor:
    """The p-norm of input - other."""
    return norm(input - other, p)


@operation(in_place=True)
@rounded_once
def renorm(input: Tensor, p: float, dim: int, maxnorm: float) -> Tensor:
    """The slices along a dimension scaled down to a p-norm of at most maxnorm."""
    axis = normalize_dim("renorm", dim, input.ndim)
    others = [i for i in range(input.ndim) if i != axis]
    length = norm(input, p, others, keepdim=True)
    return input * where(length > maxnorm, maxnorm / (length + 1e-7), 1.0)


@operation
def norm(
    input: Tensor, p: float | str | None = "fro", dim: Dims = None, keepdim: bool = False, dtype: DTypeLike = None
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


@primitive(autocast="single", x=lambda g, x, out, dim, keepdim: _norm_slope(g, x, out, dim, keepdim))
def _norm2(xp: Namespace, x: Array, *, dim: tuple[int, ...], keepdim: bool) -> Array:
    return xp.sqrt(xp.sum(x * x, axis=dim, keepdims=bool(keepdim)))


def _norm_slope(g: Tensor, x: Tensor, out: Tensor, dim: tuple[int, ...], keepdim: bool) -> Tensor:
    """x / |x|, and 0 at 0, where the subgradient of least norm is 0."""
    ratio = where(out == 0, 0.0, g / where(out == 0, 1.0, out))
    return x * expand_reduced(ratio, x._array.shape, dim, keepdim)


@operation(method=False)
@single_under_autocast
def cdist(x1: Tensor, x2: Tensor, p: float = 2.0, compute_mode: str | None = None) -> Tensor:
    """The p-norm distances between all rows: (*, m, d), (*, n, d) -> (*, m, n)."""
    gap = unsqueeze(x1, -2) - unsqueeze(x2, -3)
    if p == math.inf:
        return amax(abs(gap), -1)
    return norm(gap, p, -1)


@operation(method=False, aliases="nn.functional.pdist")
def pdist(input: Tensor, p: float = 2.0) -> Tensor:
    """The p-norm distances between all pairs of rows of a matrix, as a vector."""
    rows = input._array.shape[0]
    first = [i for i in range(rows) for _ in range(i + 1, rows)]
    second = [j for i in range(rows) for j in range(i + 1, rows)]
    return norm(input[first] - input[second], p, -1)


@operation(method=False, aliases="nn.functional.cosine_similarity")
def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """The cosine of the angle between vectors along a dimension."""
    x1, x2 = broadcast_tensors(x1, x2)
    # Each is brought to length 1 first: the products of long vectors would leave half precision's range.
    first, second = (x / clamp(norm(x, 2, dim, keepdim=True), min=eps) for x in (x1, x2))
    return sum(first * second, dim)


@operation(face="linalg", method=False)
def vector_norm(
    x: Tensor, ord: float = 2, dim: int | Sequence[int] | None = None, keepdim: bool = False, *, dtype: DTypeLike = None
) -> Tensor:
    """(sum |x|^ord)^(1/ord) over some dimensions (default all)."""
    return norm(x, ord, dim, keepdim, dtype)


@operation(face="linalg", method=False)
def matrix_norm(
    A: Tensor, ord: Any = "fro", dim: Sequence[int] = (-2, -1), keepdim: bool = False, *, dtype: DTypeLike = None
) -> Tensor:
    """A norm of matrices: 'fro', 'nuc', inf, -inf, 1, -1, 2 or -2."""
    x = movedim(A if dtype is None else A.to(dtype), tuple(dim), (-2, -1))
    if ord == "fro":
        found = norm(x, 2, (-2, -1))
    elif ord in (1, 2, math.inf) and not x._array.shape[-2] * x._array.shape[-1]:
        found = sum(abs(x), (-2, -1))  # of an empty matrix 0, of which there is no largest part
    elif ord in ("nuc", 2, -2):
        s = svdvals(x)
        found = sum(s, -1) if ord == "nuc" else amax(s, -1) if ord == 2 else amin(s, -1)
    elif ord in (1, -1, math.inf, -math.inf):
        sums = sum(abs(x), -2 if ord in (1, -1) else -1)
        found = amax(sums, -1) if ord > 0 else amin(sums, -1)
    else:
        raise OperationError(f"matrix_norm: order {ord!r} is not supported")
    if keepdim:
        places = sorted(i % A.ndim for i in dim)
        for place in places:
            found = found.unsqueeze(place)
    return found


@operation(face="linalg", name="norm", method=False)
def vector_or_matrix_norm(
    A: Tensor, ord: Any = None, dim: Any = None, keepdim: bool = False, *, dtype: DTypeLike = None
) -> Tensor:
    """A vector norm, or a matrix norm where two dimensions (or a matrix with an order) are given."""
    matrix = (dim is not None and not is_int(dim) and len(dim) == 2) or (
        dim is None and ord is not None and A.ndim == 2
    )
    if matrix and ord is not None:
        return matrix_norm(A, ord, (-2, -1) if dim is None else dim, keepdim, dtype=dtype)
    if dim is None and ord is not None and A.ndim > 2:
        raise OperationError(f"norm: with an order, expected 1 or 2 dimensions, got shape {tuple(A.shape)}")
    return vector_norm(A, 2 if ord is None else ord, dim, keepdim, dtype=dtype)


@operation(face="linalg", method=False)
@single_under_autocast
def cond(A: Tensor, p: Any = None) -> Tensor:
    """The condition number |A| |A^-1|, by default of the 2-norm; 0 of an empty matrix."""
    if not A.numel():
        return sum(abs(A), (-2, -1))
    if p in (None, 2, -2):
        s = svdvals(A)
        ratio = s[..., 0] / s[..., -1]
        return reciprocal(ratio) if p == -2 else ratio
    return matrix_norm(A, p) * matrix_norm(inv(A), p)
