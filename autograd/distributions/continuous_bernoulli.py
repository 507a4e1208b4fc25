"""The continuous Bernoulli distribution."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..engine.tensor import Tensor
from ..ops.choosing import where
from ..ops.random import rand
from . import constraints
from .bernoulli import BinaryParameters
from .transforms import (
    softplus,
)
from .utils import (
    clamp_probs,
    lazy_property,
    logits_to_probs,
)

__all__ = ["ContinuousBernoulli"]


class ContinuousBernoulli(BinaryParameters):
    """Density C p^x (1 - p)^(1 - x) on [0, 1], p = `probs` = sigmoid(`logits`), C = 2 artanh(1 - 2p) / (1 - 2p).

    Where p lies between the two `lims`, C and the moments are their Taylor series around 1/2, since the formulas
    cancel there (G. Loaiza-Ganem, J. Cunningham, 2019).

    >>> import autograd
    >>> ContinuousBernoulli(0.5).log_prob(autograd.tensor(0.3))
    tensor(0.)
    """

    arg_constraints = BinaryParameters.arg_constraints
    support = constraints.unit_interval
    has_rsample = True
    _mean_carrier_measure = 0

    def __init__(
        self,
        probs: Any = None,
        logits: Any = None,
        lims: tuple[float, float] = (0.499, 0.501),
        validate_args: bool | None = None,
    ) -> None:
        self._set_parameters(probs, logits)
        self._lims = lims
        super().__init__(self._param.shape, validate_args=validate_args)
        if probs is not None:
            self.probs = clamp_probs(self.probs)

    @lazy_property
    def probs(self) -> Tensor:
        return clamp_probs(logits_to_probs(self.logits, is_binary=True))

    def _is_stable(self) -> Tensor:
        return (self.probs <= self._lims[0]) | (self.probs > self._lims[1])

    def _cut_probs(self) -> Tensor:
        """The probabilities where the formulas hold, elsewhere the lower limit."""
        return where(self._is_stable(), self.probs, self._lims[0])

    def _log_norm(self) -> Tensor:
        """log C."""
        p, square = self._cut_probs(), (self.probs - 0.5).square()
        low = p <= 0.5
        scale = where(low, (-2.0 * where(low, p, 0.0)).log1p(), (2.0 * where(low, 1.0, p) - 1.0).log())
        exact = ((-p).log1p() - p.log()).abs().log() - scale
        return where(self._is_stable(), exact, math.log(2.0) + (4.0 / 3.0 + 104.0 / 45.0 * square) * square)

    @property
    def mean(self) -> Tensor:
        p, x = self._cut_probs(), self.probs - 0.5
        exact = p / (2.0 * p - 1.0) + 1.0 / ((-p).log1p() - p.log())
        return where(self._is_stable(), exact, 0.5 + (1.0 / 3.0 + 16.0 / 45.0 * x.square()) * x)

    @property
    def variance(self) -> Tensor:
        p, square = self._cut_probs(), (self.probs - 0.5).square()
        exact = p * (p - 1.0) / (1.0 - 2.0 * p).square() + 1.0 / ((-p).log1p() - p.log()).square()
        return where(self._is_stable(), exact, 1.0 / 12.0 - (1.0 / 15.0 - 128.0 / 945.0 * square) * square)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        p = self.probs
        return self.icdf(rand(self._extended_shape(sample_shape), dtype=p.dtype, device=p.device))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        return value * self.logits - softplus(self.logits) + self._log_norm()

    def cdf(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        p = self._cut_probs()
        exact = (p.pow(value) * (1.0 - p).pow(1.0 - value) + p - 1.0) / (2.0 * p - 1.0)
        return where(self._is_stable(), exact, value).clamp(0.0, 1.0)

    def icdf(self, value: Tensor) -> Tensor:
        p = self._cut_probs()
        exact = ((-p + value * (2.0 * p - 1.0)).log1p() - (-p).log1p()) / (p.log() - (-p).log1p())
        return where(self._is_stable(), exact, value)

    def entropy(self) -> Tensor:
        missed = (-self.probs).log1p()
        return self.mean * (missed - self.probs.log()) - self._log_norm() - missed

    @property
    def _natural_params(self) -> tuple[Tensor]:
        return (self.logits,)

    def _log_normalizer(self, *natural_params: Tensor) -> Tensor:
        (x,) = natural_params
        stable = (x <= self._lims[0] - 0.5) | (x > self._lims[1] - 0.5)
        cut = where(stable, x, self._lims[0] - 0.5)
        square = x.square()
        series = 0.5 * x + square / 24.0 - square.square() / 2880.0
        return where(stable, cut.expm1().abs().log() - cut.abs().log(), series)
