"""The Wishart distribution."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

from ..engine.size import Size
from ..engine.tensor import Tensor
from ..ops.choosing import where
from ..ops.creation import arange, eye, full
from ..ops.linalg.determinants import slogdet
from ..ops.linalg.solve import cholesky_solve
from ..ops.shape import broadcast_shapes
from ..ops.special import mvlgamma
from . import constraints
from .chi2 import Chi2
from .exp_family import ExponentialFamily
from .multivariate_normal import _cholesky_of, _given_matrix
from .utils import (
    _standard_normal,
    is_number,
    lazy_property,
    vec_to_tril_matrix,
)

__all__ = ["Wishart"]


class Wishart(ExponentialFamily):
    """X^T X of `df` rows X that are normal of covariance V: positive definite matrices of n x n (J. Wishart, 1928).

    Density det(W)^((df - n - 1) / 2) exp(-tr(V^-1 W) / 2) / (2^(df n / 2) det(V)^(df / 2) Gamma_n(df / 2)). One of
    V = `covariance_matrix`, V^-1 = `precision_matrix` and the Cholesky factor `scale_tril` is given. Samples by
    M. Bartlett's decomposition (1933).

    >>> import autograd
    >>> Wishart(autograd.tensor(3.0), autograd.eye(2)).mean
    tensor([[3., 0.],
            [0., 3.]])
    """

    support = constraints.positive_definite
    has_rsample = True
    _mean_carrier_measure = 0

    @property
    def arg_constraints(self) -> dict[str, constraints.Constraint]:
        return {
            "covariance_matrix": constraints.positive_definite,
            "precision_matrix": constraints.positive_definite,
            "scale_tril": constraints.lower_cholesky,
            "df": constraints.greater_than(self.event_shape[-1] - 1),
        }

    def __init__(
        self,
        df: Any,
        covariance_matrix: Tensor | None = None,
        precision_matrix: Tensor | None = None,
        scale_tril: Tensor | None = None,
        validate_args: bool | None = None,
    ) -> None:
        name, matrix = _given_matrix(self, covariance_matrix, precision_matrix, scale_tril)
        n = matrix.shape[-1]
        if is_number(df):
            df = full((), float(df), dtype=matrix.dtype, device=matrix.device)
        batch = broadcast_shapes(matrix.shape[:-2], tuple(df.shape))
        self.df = df.expand(batch)
        self._event_shape = Size((n, n))
        if df.is_cpu and bool((df <= n - 1).any()):
            raise ValueError(f"Wishart: expected df above {n - 1}, one less than the size of the matrices, got {df}")
        setattr(self, name, matrix.expand((*batch, -1, -1)))
        super().__init__(batch, (n, n), validate_args=validate_args)
        if df.is_cpu and bool((df < n).any()):
            warnings.warn("Wishart: samples of df below the size of the matrices may be singular", stacklevel=2)
        self._unbroadcasted_scale_tril = _cholesky_of(name, matrix)
        rows = arange(n, dtype=self.df.dtype, device=self.df.device)
        self._dist_chi2 = Chi2(self.df.unsqueeze(-1) - rows)

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
        return matrix.expand(self._batch_shape + self._event_shape)

    def _df_of_matrices(self) -> Tensor:
        return self.df.reshape((*self._batch_shape, 1, 1))

    @property
    def mean(self) -> Tensor:
        return self._df_of_matrices() * self.covariance_matrix

    @property
    def mode(self) -> Tensor:
        """nan unless df > n + 1."""
        factor = self._df_of_matrices() - self._event_shape[-1] - 1
        return where(factor > 0, factor, math.nan) * self.covariance_matrix

    @property
    def variance(self) -> Tensor:
        v = self.covariance_matrix
        diagonal = v.diagonal(dim1=-2, dim2=-1)
        return self._df_of_matrices() * (v.square() + diagonal.unsqueeze(-1) * diagonal.unsqueeze(-2))

    def rsample(self, sample_shape: Sequence[int] = (), max_try_correction: int | None = None) -> Tensor:
        """Draws; those that come out singular are drawn again, `max_try_correction` times at most (3, 10 for n < 4)."""
        tries = max_try_correction if max_try_correction is not None else 3 if self._event_shape[-1] > 3 else 10
        drawn = self._bartlett(sample_shape)
        for _ in range(tries):
            singular = ~self.support.check(drawn.detach())
            if not bool(singular.any()):
                return drawn
            drawn = where(singular.unsqueeze(-1).unsqueeze(-1), self._bartlett(sample_shape), drawn)
        if bool((~self.support.check(drawn.detach())).any()):
            warnings.warn(f"Wishart: singular samples after {tries} tries", stacklevel=2)
        return drawn

    def _bartlett(self, sample_shape: Sequence[int]) -> Tensor:
        n = self._event_shape[-1]
        diagonal = self._dist_chi2.rsample(sample_shape).sqrt()
        shape = (*sample_shape, *self._batch_shape, n * (n - 1) // 2)
        below = vec_to_tril_matrix(_standard_normal(shape, self.df.dtype, self.df.device), diag=-1)
        factor = self._unbroadcasted_scale_tril @ (below + diagonal.diag_embed())
        return factor @ factor.mT

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        n, half = self._event_shape[-1], self.df / 2
        solved = cholesky_solve(value, self._unbroadcasted_scale_tril)
        return (
            -self.df * (n * math.log(2) / 2 + self._half_log_det())
            - mvlgamma(half, n)
            + (half - (n + 1) / 2) * slogdet(value).logabsdet
            - solved.diagonal(dim1=-2, dim2=-1).sum(-1) / 2
        )

    def _half_log_det(self) -> Tensor:
        return self._unbroadcasted_scale_tril.diagonal(dim1=-2, dim2=-1).log().sum(-1)

    def entropy(self) -> Tensor:
        n, half = self._event_shape[-1], self.df / 2
        return (
            (n + 1) * (n * math.log(2) / 2 + self._half_log_det())
            + mvlgamma(half, n)
            - (half - (n + 1) / 2) * _mvdigamma(half, n)
            + half * n
        )

    @property
    def _natural_params(self) -> tuple[Tensor, Tensor]:
        return -self.precision_matrix / 2, (self.df - self._event_shape[-1] - 1) / 2

    def _log_normalizer(self, *natural_params: Tensor) -> Tensor:
        x, y = natural_params
        n = self._event_shape[-1]
        a = y + (n + 1) / 2
        return -a * slogdet(-2 * x).logabsdet + a * (n * math.log(2)) + mvlgamma(a, n)


def _mvdigamma(x: Tensor, p: int) -> Tensor:
    """The derivative of mvlgamma."""
    shifts = arange(p, dtype=x.dtype, device=x.device) / 2
    return (x.unsqueeze(-1) - shifts).digamma().sum(-1)
