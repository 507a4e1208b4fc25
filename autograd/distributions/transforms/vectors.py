"""Transforms of whole vectors and matrices: simplices, Cholesky factors, positive definite matrices."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ... import dtypes
from ...engine.size import Size
from ...engine.tensor import Tensor
from ...ops.activation import logsigmoid
from ...ops.creation import eye, ones_like
from ...ops.linalg.solve import cholesky
from ...ops.padding import pad
from ...ops.softmax import softmax
from .. import constraints
from ..utils import tril_matrix_to_vec, vec_to_tril_matrix
from .elementwise import inside_unit, softplus
from .transform import Transform


class SoftmaxTransform(Transform):
    """y = softmax(x), whose inverse is taken to be log(y): vectors of real numbers to the simplex, not one to one."""

    domain = constraints.real_vector
    codomain = constraints.simplex

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SoftmaxTransform)

    __hash__ = object.__hash__

    def _call(self, x: Tensor) -> Tensor:
        return softmax(x, -1)

    def _inverse(self, y: Tensor) -> Tensor:
        return y.log()

    def forward_shape(self, shape: Sequence[int]) -> Sequence[int]:
        return _with_last(shape, 0)

    def inverse_shape(self, shape: Sequence[int]) -> Sequence[int]:
        return _with_last(shape, 0)


def _with_last(shape: Sequence[int], more: int) -> Size:
    """A shape of one dimension at least, its last one longer by so much."""
    if len(shape) < 1:
        raise ValueError("a transform of vectors got the shape ()")
    return Size((*shape[:-1], shape[-1] + more))


class StickBreakingTransform(Transform):
    """n - 1 real numbers to a point of the simplex of n: each breaks off a share of what is left of a stick.

    The shares are sigmoid(x_i - log(n - i)), so that zeros give equal parts (J. Sethuraman, 1994).
    """

    domain = constraints.real_vector
    codomain = constraints.simplex
    bijective = True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StickBreakingTransform)

    __hash__ = object.__hash__

    def _call(self, x: Tensor) -> Tensor:
        share = inside_unit((x - _left_after(x)).sigmoid())
        rest = (1 - share).cumprod(-1)
        return pad(share, (0, 1), value=1.0) * pad(rest, (1, 0), value=1.0)

    def _inverse(self, y: Tensor) -> Tensor:
        broken = y[..., :-1]
        rest = (1 - broken.cumsum(-1)).clamp(min=dtypes.finfo(y.dtype).tiny)
        return broken.log() - rest.log() + _left_after(broken)

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        shifted = x - _left_after(x)
        return (-shifted + logsigmoid(shifted) + y[..., :-1].log()).sum(-1)

    def forward_shape(self, shape: Sequence[int]) -> Sequence[int]:
        return _with_last(shape, 1)

    def inverse_shape(self, shape: Sequence[int]) -> Sequence[int]:
        return _with_last(shape, -1)


def _left_after(x: Tensor) -> Tensor:
    """The logarithms of the numbers of pieces that are left after each of n - 1 breaks: n - 1, ..., 1."""
    return (x.shape[-1] + 1 - ones_like(x.detach()).cumsum(-1)).log()


# Transforms of matrices


class CorrCholeskyTransform(Transform):
    """n (n - 1) / 2 real numbers to the Cholesky factor of a correlation matrix of n x n.

    The tanh of the numbers are partial correlations, the lower triangle row by row; in a row, each takes its share of
    the length that those before it leave (D. Lewandowski, D. Kurowicka, H. Joe, 2009).
    """

    domain = constraints.real_vector
    codomain = constraints.corr_cholesky
    bijective = True

    def _call(self, x: Tensor) -> Tensor:
        eps = dtypes.finfo(x.dtype).eps
        partial = vec_to_tril_matrix(x.tanh().clamp(-1 + eps, 1 - eps), diag=-1)
        left = (1 - partial * partial).sqrt().cumprod(-1)
        partial = partial + eye(partial.shape[-1], dtype=x.dtype, device=x.device)
        return partial * pad(left[..., :-1], (1, 0), value=1.0)

    def _inverse(self, y: Tensor) -> Tensor:
        left = pad(1 - (y * y).cumsum(-1)[..., :-1], (1, 0), value=1.0)
        partial = tril_matrix_to_vec(y, diag=-1) / tril_matrix_to_vec(left, diag=-1).sqrt()
        return (partial.log1p() - (-partial).log1p()) / 2

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        left = tril_matrix_to_vec(1 - (y * y).cumsum(-1), diag=-2)
        return 0.5 * left.log().sum(-1) - 2 * (x + softplus(-2 * x) - math.log(2.0)).sum(-1)

    def forward_shape(self, shape: Sequence[int]) -> Sequence[int]:
        if len(shape) < 1:
            raise ValueError("CorrCholeskyTransform: expected vectors, got the shape ()")
        count = shape[-1]
        n = round((0.25 + 2 * count) ** 0.5 + 0.5)
        if n * (n - 1) // 2 != count:
            raise ValueError(f"CorrCholeskyTransform: {count} is not n (n - 1) / 2 for a whole n")
        return Size((*shape[:-1], n, n))

    def inverse_shape(self, shape: Sequence[int]) -> Sequence[int]:
        if len(shape) < 2 or shape[-1] != shape[-2]:
            raise ValueError(f"CorrCholeskyTransform: expected square matrices, got the shape {tuple(shape)}")
        return Size((*shape[:-2], shape[-1] * (shape[-1] - 1) // 2))


class LowerCholeskyTransform(Transform):
    """The lower triangle with the exponential of its diagonal: matrices to Cholesky factors."""

    domain = constraints.independent(constraints.real, 2)
    codomain = constraints.lower_cholesky

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LowerCholeskyTransform)

    __hash__ = object.__hash__

    def _call(self, x: Tensor) -> Tensor:
        return x.tril(-1) + x.diagonal(dim1=-2, dim2=-1).exp().diag_embed()

    def _inverse(self, y: Tensor) -> Tensor:
        return y.tril(-1) + y.diagonal(dim1=-2, dim2=-1).log().diag_embed()


class PositiveDefiniteTransform(Transform):
    """L L^T of the L that LowerCholeskyTransform gives: matrices to positive definite ones."""

    domain = constraints.independent(constraints.real, 2)
    codomain = constraints.positive_definite

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PositiveDefiniteTransform)

    __hash__ = object.__hash__

    def _call(self, x: Tensor) -> Tensor:
        factor = LowerCholeskyTransform()(x)
        return factor @ factor.mT

    def _inverse(self, y: Tensor) -> Tensor:
        return LowerCholeskyTransform().inv(cholesky(y))


# Transforms side by side
