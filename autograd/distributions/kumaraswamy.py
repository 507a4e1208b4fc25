"""Kumaraswamy's distribution."""

from __future__ import annotations

import math
from typing import Any

from ..engine.tensor import Tensor
from ..ops.choosing import where
from ..ops.creation import ones_like, zeros_like
from . import constraints
from .transformed_distribution import TransformedDistribution
from .transforms import (
    AffineTransform,
    PowerTransform,
)
from .uniform import Uniform
from .utils import (
    broadcast_all,
    euler_constant,
)

__all__ = ["Kumaraswamy"]


class Kumaraswamy(TransformedDistribution):
    """P(X <= x) = 1 - (1 - x^a)^b on [0, 1], a = `concentration1`, b = `concentration0` (P. Kumaraswamy, 1980).

    >>> import autograd
    >>> Kumaraswamy(1.0, 1.0).mean
    tensor(0.5000)
    """

    arg_constraints = {"concentration1": constraints.positive, "concentration0": constraints.positive}
    support = constraints.unit_interval
    has_rsample = True

    def __init__(self, concentration1: Any, concentration0: Any, validate_args: bool | None = None) -> None:
        self.concentration1, self.concentration0 = broadcast_all(concentration1, concentration0)
        base = Uniform(zeros_like(self.concentration0), ones_like(self.concentration0), validate_args=validate_args)
        transforms = [
            PowerTransform(self.concentration0.reciprocal()),
            AffineTransform(1.0, -1.0),
            PowerTransform(self.concentration1.reciprocal()),
        ]
        super().__init__(base, transforms, validate_args=validate_args)

    def _moment(self, n: int) -> Tensor:
        """E[X^n] = b B(1 + n / a, b)."""
        b, c = self.concentration0, 1 + n / self.concentration1
        return b * (c.lgamma() + b.lgamma() - (c + b).lgamma()).exp()

    @property
    def mean(self) -> Tensor:
        return self._moment(1)

    @property
    def mode(self) -> Tensor:
        """((a - 1) / (a b - 1))^(1 / a), nan where a or b is below 1 and there is none inside."""
        a, b = self.concentration1, self.concentration0
        return where((a < 1) | (b < 1), math.nan, ((a - 1) / (a * b - 1)).pow(a.reciprocal()))

    @property
    def variance(self) -> Tensor:
        return self._moment(2) - self.mean.square()

    def entropy(self) -> Tensor:
        a, b = self.concentration1, self.concentration0
        harmonic = (b + 1).digamma() + euler_constant
        return (1 - b.reciprocal()) + (1 - a.reciprocal()) * harmonic - a.log() - b.log()
