"""Bernoulli numbers, relaxed to between 0 and 1."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..engine.tensor import Tensor
from ..ops.random import rand
from . import constraints
from .bernoulli import BinaryParameters
from .transformed_distribution import TransformedDistribution
from .transforms import (
    SigmoidTransform,
    softplus,
)
from .utils import (
    clamp_probs,
)

__all__ = ["LogitRelaxedBernoulli", "RelaxedBernoulli"]


class LogitRelaxedBernoulli(BinaryParameters):
    """log(Y / (1 - Y)) of a relaxed Bernoulli number Y: a logistic number around `logits`, over the `temperature`.

    >>> import autograd
    >>> LogitRelaxedBernoulli(autograd.tensor(1.0), 0.5).log_prob(autograd.tensor(0.0))
    tensor(-1.3863)
    """

    arg_constraints = BinaryParameters.arg_constraints
    support = constraints.real
    has_rsample = True

    def __init__(
        self, temperature: Tensor, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        self.temperature = temperature
        self._set_parameters(probs, logits)
        super().__init__(self._param.shape, validate_args=validate_args)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        p = clamp_probs(self.probs.expand(shape))
        u = clamp_probs(rand(shape, dtype=p.dtype, device=p.device))
        return (u.log() - (-u).log1p() + p.log() - (-p).log1p()) / self.temperature

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        difference = self.logits - value * self.temperature
        return _log(self.temperature) + difference - 2 * softplus(difference)


def _log(x: Any) -> Any:
    return x.log() if isinstance(x, Tensor) else math.log(x)


class RelaxedBernoulli(TransformedDistribution):
    """Numbers in (0, 1) that draw near 0 and 1 as the temperature falls (C. Maddison et al.; E. Jang et al., 2017).

    >>> import autograd
    >>> bool(RelaxedBernoulli(autograd.tensor(0.5), autograd.tensor([0.1, 0.9])).has_rsample)
    True
    """

    arg_constraints = BinaryParameters.arg_constraints
    support = constraints.unit_interval
    has_rsample = True
    base_dist: LogitRelaxedBernoulli

    def __init__(
        self, temperature: Tensor, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        base = LogitRelaxedBernoulli(temperature, probs, logits)
        super().__init__(base, SigmoidTransform(), validate_args=validate_args)

    @property
    def temperature(self) -> Tensor:
        return self.base_dist.temperature

    @property
    def logits(self) -> Tensor:
        return self.base_dist.logits

    @property
    def probs(self) -> Tensor:
        return self.base_dist.probs
