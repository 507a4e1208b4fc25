"""The generalised Pareto distribution."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..engine.tensor import Tensor
from ..ops.choosing import where
from ..ops.comparison import isclose
from ..ops.creation import zeros_like
from ..ops.random import rand
from . import constraints
from .distribution import Distribution
from .utils import (
    broadcast_all,
)

__all__ = ["GeneralizedPareto"]


class GeneralizedPareto(Distribution):
    """P(X > x) = (1 + c z)^(-1 / c), z = (x - loc) / scale, c the `concentration`; exp(-z) where c is 0.

    What exceeds a high threshold is distributed so (J. Pickands, 1975).

    >>> import autograd
    >>> GeneralizedPareto(0.0, 1.0, 0.0).cdf(autograd.tensor(math.log(2.0)))
    tensor(0.5000)
    """

    arg_constraints = {"loc": constraints.real, "scale": constraints.positive, "concentration": constraints.real}
    has_rsample = True

    def __init__(self, loc: Any, scale: Any, concentration: Any, validate_args: bool | None = None) -> None:
        self.loc, self.scale, self.concentration = broadcast_all(loc, scale, concentration)
        super().__init__(self.loc.shape, validate_args=validate_args)

    @constraints.dependent_property(is_discrete=False, event_dim=0)
    def support(self) -> constraints.Constraint:
        end = self.loc - self.scale / self.concentration
        return constraints.interval(self.loc, where(self.concentration < 0, end, math.inf))

    def _is_exponential(self) -> Tensor:
        return isclose(self.concentration, zeros_like(self.concentration))

    def _nonzero(self) -> Tensor:
        return where(self._is_exponential(), 1.0, self.concentration)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        return self.icdf(rand(self._extended_shape(sample_shape), dtype=self.loc.dtype, device=self.loc.device))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        c, z = self._nonzero(), (value - self.loc) / self.scale
        power = 1 / c + 1
        general = where(power == 0, 0.0, power * (c * z).log1p())
        return -self.scale.log() - where(self._is_exponential(), z, general)

    def log_survival_function(self, value: Tensor) -> Tensor:
        """log P(X > value)."""
        if self._validate_args:
            self._validate_sample(value)
        c, z = self._nonzero(), (value - self.loc) / self.scale
        return where(self._is_exponential(), -z, -(c * z).log1p() / c)

    def log_cdf(self, value: Tensor) -> Tensor:
        """log P(X <= value)."""
        return (-self.log_survival_function(value).exp()).log1p()

    def cdf(self, value: Tensor) -> Tensor:
        return self.log_cdf(value).exp()

    def icdf(self, value: Tensor) -> Tensor:
        c, survived = self._nonzero(), (-value).log1p()
        general = self.loc + self.scale / c * (-c * survived).expm1()
        return where(self._is_exponential(), self.loc - self.scale * survived, general)

    @property
    def mean(self) -> Tensor:
        """nan unless the concentration is below 1."""
        has_one = self.concentration < 1
        return where(has_one, self.loc + self.scale / (1 - where(has_one, self.concentration, 0.5)), math.nan)

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def variance(self) -> Tensor:
        """nan unless the concentration is below 1/2."""
        has_one = self.concentration < 0.5
        c = where(has_one, self.concentration, 0.25)
        return where(has_one, self.scale.square() / ((1 - c).square() * (1 - 2 * c)), math.nan)

    def entropy(self) -> Tensor:
        return self.scale.log() + self.concentration + 1
