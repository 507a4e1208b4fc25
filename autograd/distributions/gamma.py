"""The gamma distribution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import dtypes
from ..engine.tensor import Tensor
from ..ops.creation import as_tensor
from ..ops.special import igamma, xlogy
from ..ops.variates import standard_gamma
from . import constraints
from .exp_family import ExponentialFamily
from .utils import (
    broadcast_all,
)

__all__ = ["Gamma"]


class Gamma(ExponentialFamily):
    """Density b^a x^(a - 1) exp(-b x) / Gamma(a) of positive x, a the `concentration`, b the `rate`.

    Samples have implicit derivatives (M. Figurnov, S. Mohamed, A. Mnih, 2018).

    >>> import autograd
    >>> Gamma(1.0, 1.0).log_prob(autograd.tensor(2.0))
    tensor(-2.)
    """

    arg_constraints = {"concentration": constraints.positive, "rate": constraints.positive}
    support = constraints.nonnegative
    has_rsample = True
    _mean_carrier_measure = 0

    def __init__(self, concentration: Any, rate: Any, validate_args: bool | None = None) -> None:
        self.concentration, self.rate = broadcast_all(concentration, rate)
        super().__init__(self.concentration.shape, validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        return self.concentration / self.rate

    @property
    def mode(self) -> Tensor:
        return ((self.concentration - 1) / self.rate).clamp(min=0)

    @property
    def variance(self) -> Tensor:
        return self.concentration / self.rate.square()

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        return at_least_tiny(standard_gamma(self.concentration.expand(shape)) / self.rate.expand(shape))

    def log_prob(self, value: Any) -> Tensor:
        value = as_tensor(value, dtype=self.rate.dtype, device=self.rate.device)
        if self._validate_args:
            self._validate_sample(value)
        a, b = self.concentration, self.rate
        return xlogy(a, b) + xlogy(a - 1, value) - b * value - a.lgamma()

    def cdf(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        return igamma(self.concentration, self.rate * value)

    def entropy(self) -> Tensor:
        a = self.concentration
        return a - self.rate.log() + a.lgamma() + (1.0 - a) * a.digamma()

    @property
    def _natural_params(self) -> tuple[Tensor, Tensor]:
        return self.concentration - 1, -self.rate

    def _log_normalizer(self, *natural_params: Tensor) -> Tensor:
        x, y = natural_params
        return (x + 1).lgamma() + (x + 1) * (-y.reciprocal()).log()


def at_least_tiny(x: Tensor) -> Tensor:
    """Positive numbers that were rounded to 0 as the least normal one of their dtype."""
    tiny = dtypes.finfo(x.dtype).tiny
    return x + (x.clamp(min=tiny) - x).detach()
