"""The multivariate normal distribution of a covariance of low rank and a diagonal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..engine.tensor import Tensor
from ..ops.creation import eye
from ..ops.linalg.lu import solve_triangular
from ..ops.linalg.solve import cholesky
from ..ops.shape import broadcast_shapes
from . import constraints
from .distribution import Distribution
from .multivariate_normal import _batch_mahalanobis, _batch_mv
from .normal import HALF_LOG_2PI
from .utils import (
    _standard_normal,
    lazy_property,
)

__all__ = ["LowRankMultivariateNormal"]


class LowRankMultivariateNormal(Distribution):
    """A normal distribution of the covariance W W^T + diag(d): loc (*, n), W = `cov_factor` (*, n, k), d = `cov_diag`
    (*, n). Densities take k x k matrices (M. Woodbury, 1950) instead of n x n.

    >>> import autograd
    >>> d = LowRankMultivariateNormal(autograd.zeros(2), autograd.zeros(2, 1), autograd.ones(2))
    >>> d.log_prob(autograd.zeros(2))
    tensor(-1.8379)
    """

    arg_constraints = {
        "loc": constraints.real_vector,
        "cov_factor": constraints.independent(constraints.real, 2),
        "cov_diag": constraints.independent(constraints.positive, 1),
    }
    support = constraints.real_vector
    has_rsample = True

    def __init__(self, loc: Tensor, cov_factor: Tensor, cov_diag: Tensor, validate_args: bool | None = None) -> None:
        if loc.dim() < 1:
            raise ValueError("LowRankMultivariateNormal: expected loc of at least one dimension, got a number")
        n = loc.shape[-1]
        if cov_factor.dim() < 2 or cov_factor.shape[-2] != n:
            raise ValueError(
                f"LowRankMultivariateNormal: expected cov_factor (*, {n}, k), got {tuple(cov_factor.shape)}"
            )
        if cov_diag.shape[-1:] != (n,):
            raise ValueError(f"LowRankMultivariateNormal: expected cov_diag (*, {n}), got {tuple(cov_diag.shape)}")
        batch = broadcast_shapes(loc.shape[:-1], cov_factor.shape[:-2], cov_diag.shape[:-1])
        self.loc = loc.expand((*batch, n))
        self.cov_factor = cov_factor.expand((*batch, *cov_factor.shape[-2:]))
        self.cov_diag = cov_diag.expand((*batch, n))
        self._unbroadcasted_cov_factor, self._unbroadcasted_cov_diag = cov_factor, cov_diag
        super().__init__(batch, (n,), validate_args=validate_args)

    @lazy_property
    def _capacitance_tril(self) -> Tensor:
        """The Cholesky factor of 1 + W^T diag(d)^-1 W."""
        factor, diagonal = self._unbroadcasted_cov_factor, self._unbroadcasted_cov_diag
        product = (factor / diagonal.unsqueeze(-1)).mT @ factor
        return cholesky(product + eye(factor.shape[-1], dtype=factor.dtype, device=factor.device))

    @property
    def mean(self) -> Tensor:
        return self.loc

    @property
    def mode(self) -> Tensor:
        return self.loc

    @lazy_property
    def variance(self) -> Tensor:
        rows = self._unbroadcasted_cov_factor.square().sum(-1) + self._unbroadcasted_cov_diag
        return rows.expand(self._batch_shape + self._event_shape)

    @lazy_property
    def scale_tril(self) -> Tensor:
        return self._of_shape(cholesky(self._covariance()))

    @lazy_property
    def covariance_matrix(self) -> Tensor:
        return self._of_shape(self._covariance())

    @lazy_property
    def precision_matrix(self) -> Tensor:
        factor, diagonal = self._unbroadcasted_cov_factor, self._unbroadcasted_cov_diag
        scaled = (factor / diagonal.unsqueeze(-1)).mT
        whitened = solve_triangular(self._capacitance_tril, scaled, upper=False)
        return self._of_shape(diagonal.reciprocal().diag_embed() - whitened.mT @ whitened)

    def _covariance(self) -> Tensor:
        factor = self._unbroadcasted_cov_factor
        return factor @ factor.mT + self._unbroadcasted_cov_diag.diag_embed()

    def _of_shape(self, matrix: Tensor) -> Tensor:
        return matrix.expand((*self._batch_shape, *self._event_shape, *self._event_shape))

    def expand(self, batch_shape: Sequence[int], _instance: Any = None) -> Any:
        new = super().expand(batch_shape, _instance)
        for name in ("variance", "scale_tril", "covariance_matrix", "precision_matrix"):
            new.__dict__.pop(name, None)
        return new

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        kind, device = self.loc.dtype, self.loc.device
        low = _standard_normal((*shape[:-1], self.cov_factor.shape[-1]), kind, device)
        each = _standard_normal(shape, kind, device)
        low = _batch_mv(self._unbroadcasted_cov_factor, low)
        return self.loc + low + self._unbroadcasted_cov_diag.sqrt() * each

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        squares = _lowrank_mahalanobis(
            self._unbroadcasted_cov_factor, self._unbroadcasted_cov_diag, value - self.loc, self._capacitance_tril
        )
        return -0.5 * (squares + self._log_det()) - self._event_shape[0] * HALF_LOG_2PI

    def _log_det(self) -> Tensor:
        """The logarithm of the covariance's determinant (J. Sylvester, 1851)."""
        return _lowrank_logdet(self._unbroadcasted_cov_diag, self._capacitance_tril)

    def entropy(self) -> Tensor:
        entropy = 0.5 * self._event_shape[0] + self._event_shape[0] * HALF_LOG_2PI + 0.5 * self._log_det()
        return entropy.expand(self._batch_shape)


def _lowrank_logdet(diagonal: Tensor, capacitance_tril: Tensor) -> Tensor:
    return 2 * capacitance_tril.diagonal(dim1=-2, dim2=-1).log().sum(-1) + diagonal.log().sum(-1)


def _lowrank_mahalanobis(factor: Tensor, diagonal: Tensor, x: Tensor, capacitance_tril: Tensor) -> Tensor:
    """x^T (W W^T + diag(d))^-1 x."""
    projected = _batch_mv((factor / diagonal.unsqueeze(-1)).mT, x)
    return (x.square() / diagonal).sum(-1) - _batch_mahalanobis(capacitance_tril, projected)
