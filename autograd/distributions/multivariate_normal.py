"""The multivariate normal distribution."""

from __future__ import annotations

from collections.abc import Sequence

from ..engine.size import Size
from ..engine.tensor import Tensor
from ..ops.creation import eye
from ..ops.linalg.lu import solve_triangular
from ..ops.linalg.solve import cholesky, cholesky_solve
from ..ops.shape import broadcast_shapes
from . import constraints
from .distribution import Distribution
from .normal import HALF_LOG_2PI
from .utils import (
    _standard_normal,
    lazy_property,
)

__all__ = ["MultivariateNormal"]


class MultivariateNormal(Distribution):
    """Density exp(-(x - loc)^T C^-1 (x - loc) / 2) / sqrt((2 pi)^n det C): loc (*, n), one of C = `covariance_matrix`,
    C^-1 = `precision_matrix` and its Cholesky factor `scale_tril` (*, n, n).

    >>> import autograd
    >>> MultivariateNormal(autograd.zeros(2), autograd.eye(2)).log_prob(autograd.zeros(2))
    tensor(-1.8379)
    """

    arg_constraints = {
        "loc": constraints.real_vector,
        "covariance_matrix": constraints.positive_definite,
        "precision_matrix": constraints.positive_definite,
        "scale_tril": constraints.lower_cholesky,
    }
    support = constraints.real_vector
    has_rsample = True

    def __init__(
        self,
        loc: Tensor,
        covariance_matrix: Tensor | None = None,
        precision_matrix: Tensor | None = None,
        scale_tril: Tensor | None = None,
        validate_args: bool | None = None,
    ) -> None:
        if loc.dim() < 1:
            raise ValueError("MultivariateNormal: expected loc of at least one dimension, got a number")
        name, matrix = _given_matrix(self, covariance_matrix, precision_matrix, scale_tril)
        batch = broadcast_shapes(matrix.shape[:-2], loc.shape[:-1])
        self.loc = loc.expand((*batch, -1))
        setattr(self, name, matrix.expand((*batch, -1, -1)))
        super().__init__(batch, self.loc.shape[-1:], validate_args=validate_args)
        self._unbroadcasted_scale_tril = _cholesky_of(name, matrix)

    @lazy_property
    def scale_tril(self) -> Tensor:
        return self._of_shape(self._unbroadcasted_scale_tril)

    @lazy_property
    def covariance_matrix(self) -> Tensor:
        return self._of_shape(self._unbroadcasted_scale_tril @ self._unbroadcasted_scale_tril.mT)

    @lazy_property
    def precision_matrix(self) -> Tensor:
        factor = self._unbroadcasted_scale_tril
        identity = eye(factor.shape[-1], dtype=factor.dtype, device=factor.device)
        return self._of_shape(cholesky_solve(identity.expand(factor.shape), factor))

    def _of_shape(self, matrix: Tensor) -> Tensor:
        return matrix.expand((*self._batch_shape, *self._event_shape, *self._event_shape))

    @property
    def mean(self) -> Tensor:
        return self.loc

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def variance(self) -> Tensor:
        rows = self._unbroadcasted_scale_tril.square().sum(-1)
        return rows.expand(self._batch_shape + self._event_shape)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        noise = _standard_normal(self._extended_shape(sample_shape), self.loc.dtype, self.loc.device)
        return self.loc + _batch_mv(self._unbroadcasted_scale_tril, noise)

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        squares = _batch_mahalanobis(self._unbroadcasted_scale_tril, value - self.loc)
        return -0.5 * squares - self._half_log_det() - self._event_shape[0] * HALF_LOG_2PI

    def _half_log_det(self) -> Tensor:
        return self._unbroadcasted_scale_tril.diagonal(dim1=-2, dim2=-1).log().sum(-1)

    def entropy(self) -> Tensor:
        entropy = 0.5 * self._event_shape[0] + self._event_shape[0] * HALF_LOG_2PI + self._half_log_det()
        return entropy.expand(self._batch_shape)


_MATRICES = ("covariance_matrix", "precision_matrix", "scale_tril")


def _given_matrix(distribution: Distribution, *matrices: Tensor | None) -> tuple[str, Tensor]:
    """The one of covariance_matrix, precision_matrix and scale_tril that is given."""
    given = [(name, matrix) for name, matrix in zip(_MATRICES, matrices, strict=True) if matrix is not None]
    kind = type(distribution).__name__
    if len(given) != 1:
        raise ValueError(f"{kind}: give one of covariance_matrix, precision_matrix and scale_tril")
    name, matrix = given[0]
    if matrix.dim() < 2:
        raise ValueError(f"{kind}: expected a {name} of at least two dimensions, got the shape {tuple(matrix.shape)}")
    return name, matrix


def _cholesky_of(name: str, matrix: Tensor) -> Tensor:
    """The Cholesky factor of a covariance that is given by one of the three."""
    if name == "scale_tril":
        return matrix
    return cholesky(matrix) if name == "covariance_matrix" else _precision_to_scale_tril(matrix)


def _precision_to_scale_tril(precision: Tensor) -> Tensor:
    """L with L L^T = P^-1: with P = U U^T, U upper triangular, it is the inverse of U^T."""
    upper = cholesky(precision.flip((-2, -1))).flip((-2, -1))
    identity = eye(precision.shape[-1], dtype=precision.dtype, device=precision.device)
    return solve_triangular(upper.mT, identity, upper=False)


def _batch_mv(matrix: Tensor, vector: Tensor) -> Tensor:
    """Matrices (*, n, m) times vectors (*, m), which broadcast."""
    return (matrix @ vector.unsqueeze(-1)).squeeze(-1)


def _batch_mahalanobis(factor: Tensor, x: Tensor) -> Tensor:
    """|L^-1 x|^2 of L (*batch, n, n) and x (*samples, *batch, n): each L is solved with all of its samples at once."""
    batch, n = factor.shape[:-2], factor.shape[-1]
    x = x.expand(broadcast_shapes(x.shape, (*batch, n)))
    samples = x.shape[: x.dim() - 1 - len(batch)]
    count = Size(samples).numel()
    columns = x.reshape((count, *batch, n)).movedim(0, -1)
    squares = solve_triangular(factor, columns, upper=False).square().sum(-2)
    return squares.movedim(-1, 0).reshape((*samples, *batch))
