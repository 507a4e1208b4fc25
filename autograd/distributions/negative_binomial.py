"""The negative binomial distribution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..engine.modes import no_grad
from ..engine.tensor import Tensor
from ..ops.activation import logsigmoid
from ..ops.choosing import where
from ..ops.promotion import cast
from ..ops.random import poisson
from . import constraints
from .bernoulli import BinaryParameters
from .gamma import Gamma
from .utils import (
    broadcast_all,
    lazy_property,
)

__all__ = ["NegativeBinomial"]


class NegativeBinomial(BinaryParameters):
    """How many trials succeed, of probability `probs` = sigmoid(`logits`), before `total_count` have failed.

    P(k) = Gamma(r + k) / (k! Gamma(r)) p^k (1 - p)^r, r the total count, which need not be whole.

    >>> import autograd
    >>> NegativeBinomial(3.0, 0.5 * autograd.ones(())).mean
    tensor(3.)
    """

    arg_constraints = {
        "total_count": constraints.nonnegative,
        "probs": constraints.half_open_interval(0.0, 1.0),
        "logits": constraints.real,
    }
    support = constraints.nonnegative_integer

    def __init__(
        self,
        total_count: Any,
        probs: Tensor | None = None,
        logits: Tensor | None = None,
        validate_args: bool | None = None,
    ) -> None:
        self._set_parameters(probs, logits)
        name = "logits" if probs is None else "probs"
        count, given = broadcast_all(total_count, self._param)
        self.total_count = cast(count, given.dtype)
        setattr(self, name, given)
        super().__init__(given.shape, validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        return self.total_count * self.logits.exp()

    @property
    def mode(self) -> Tensor:
        return ((self.total_count - 1) * self.logits.exp()).floor().clamp(min=0.0)

    @property
    def variance(self) -> Tensor:
        return self.mean / (-self.logits).sigmoid()

    @lazy_property
    def _gamma(self) -> Gamma:
        return Gamma(self.total_count, (-self.logits).exp(), validate_args=False)

    @no_grad()
    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Poisson numbers whose rates are gamma numbers."""
        return poisson(self._gamma.sample(sample_shape))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        r = self.total_count
        ways = (r + value).lgamma() - (1.0 + value).lgamma() - r.lgamma()
        powers = r * logsigmoid(-self.logits) + value * logsigmoid(self.logits)
        return powers + where(r + value == 0.0, 0.0, ways)
