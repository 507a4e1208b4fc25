"""One-hot vectors, relaxed to points of the simplex."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..engine.tensor import Tensor
from ..ops.random import rand
from ..ops.shape import broadcast_tensors
from . import constraints
from .categorical import Categorical, CategoricalParameters
from .distribution import Distribution
from .transformed_distribution import TransformedDistribution
from .transforms import (
    ExpTransform,
)
from .utils import (
    clamp_probs,
)

__all__ = ["ExpRelaxedCategorical", "RelaxedOneHotCategorical"]


class ExpRelaxedCategorical(CategoricalParameters):
    """The logarithm of a relaxed one-hot vector: log_softmax((logits + Gumbel noise) / temperature).

    >>> import autograd
    >>> d = ExpRelaxedCategorical(autograd.tensor(0.5), autograd.ones(3))
    >>> tuple(d.rsample((2,)).shape)
    (2, 3)
    """

    arg_constraints = CategoricalParameters.arg_constraints
    support = constraints.real_vector
    has_rsample = True

    def __init__(
        self,
        temperature: Tensor,
        probs: Tensor | None = None,
        logits: Tensor | None = None,
        validate_args: bool | None = None,
    ) -> None:
        self._categorical = Categorical(probs, logits)
        self.temperature = temperature
        shape = self._categorical.param_shape
        Distribution.__init__(self, shape[:-1], shape[-1:], validate_args=validate_args)

    @property
    def _param(self) -> Tensor:
        return self._categorical._param

    @property
    def probs(self) -> Tensor:
        return self._categorical.probs

    @property
    def logits(self) -> Tensor:
        return self._categorical.logits

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        u = clamp_probs(rand(shape, dtype=self.logits.dtype, device=self.logits.device))
        scores = (self.logits - (-u.log()).log()) / self.temperature
        return scores - scores.logsumexp(-1, keepdim=True)

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        n = self._num_events
        logits, value = broadcast_tensors(self.logits, value)
        score = logits - value * self.temperature
        score = (score - score.logsumexp(-1, keepdim=True)).sum(-1)
        return score + math.lgamma(n) + (n - 1) * _log(self.temperature)


def _log(x: Any) -> Any:
    return x.log() if isinstance(x, Tensor) else math.log(x)


class RelaxedOneHotCategorical(TransformedDistribution):
    """Points of the simplex that draw near its corners as the temperature falls (E. Jang et al., 2017).

    >>> import autograd
    >>> d = RelaxedOneHotCategorical(autograd.tensor(0.5), autograd.ones(3))
    >>> bool((d.rsample().sum() - 1).abs() < 1e-5)
    True
    """

    arg_constraints = CategoricalParameters.arg_constraints
    support = constraints.simplex
    has_rsample = True
    base_dist: ExpRelaxedCategorical

    def __init__(
        self,
        temperature: Tensor,
        probs: Tensor | None = None,
        logits: Tensor | None = None,
        validate_args: bool | None = None,
    ) -> None:
        base = ExpRelaxedCategorical(temperature, probs, logits, validate_args=validate_args)
        super().__init__(base, ExpTransform(), validate_args=validate_args)

    @property
    def temperature(self) -> Tensor:
        return self.base_dist.temperature

    @property
    def logits(self) -> Tensor:
        return self.base_dist.logits

    @property
    def probs(self) -> Tensor:
        return self.base_dist.probs
