"""The inverse gamma distribution."""

from __future__ import annotations

import math
from typing import Any

from ..engine.tensor import Tensor
from ..ops.choosing import where
from ..ops.creation import ones_like
from . import constraints
from .gamma import Gamma
from .transformed_distribution import TransformedDistribution
from .transforms import (
    PowerTransform,
)

__all__ = ["InverseGamma"]


class InverseGamma(TransformedDistribution):
    """1 / X, X of a gamma distribution: density b^a x^(-a - 1) exp(-b / x) / Gamma(a).

    >>> import autograd
    >>> InverseGamma(3.0, 4.0).mean
    tensor(2.)
    """

    arg_constraints = {"concentration": constraints.positive, "rate": constraints.positive}
    support = constraints.positive
    has_rsample = True
    base_dist: Gamma

    def __init__(self, concentration: Any, rate: Any, validate_args: bool | None = None) -> None:
        base = Gamma(concentration, rate, validate_args=validate_args)
        super().__init__(base, PowerTransform(-ones_like(base.rate)), validate_args=validate_args)

    @property
    def concentration(self) -> Tensor:
        return self.base_dist.concentration

    @property
    def rate(self) -> Tensor:
        return self.base_dist.rate

    @property
    def mean(self) -> Tensor:
        """inf unless the concentration is above 1."""
        return where(self.concentration > 1, self.rate / (self.concentration - 1), math.inf)

    @property
    def mode(self) -> Tensor:
        return self.rate / (self.concentration + 1)

    @property
    def variance(self) -> Tensor:
        """inf unless the concentration is above 2."""
        a = self.concentration
        return where(a > 2, self.rate.square() / ((a - 1).square() * (a - 2)), math.inf)

    def entropy(self) -> Tensor:
        a = self.concentration
        return a + self.rate.log() + a.lgamma() - (1 + a) * a.digamma()
