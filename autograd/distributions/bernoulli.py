"""The Bernoulli distribution."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..engine.modes import no_grad
from ..engine.tensor import Tensor
from ..ops.choosing import where
from ..ops.creation import arange
from ..ops.promotion import cast
from ..ops.random import bernoulli
from . import constraints
from .exp_family import ExponentialFamily
from .transforms import softplus
from .utils import broadcast_all, lazy_property, logits_to_probs, one_of, probs_to_logits

__all__ = ["Bernoulli"]


class BinaryParameters(ExponentialFamily):
    """What is given by `probs` or by `logits`, log(p / (1 - p)), each made of the other when it is asked for."""

    arg_constraints = {"probs": constraints.unit_interval, "logits": constraints.real}

    def _set_parameters(self, probs: Any, logits: Any) -> None:
        one_of(type(self).__name__, probs, logits)
        if probs is not None:
            (self.probs,) = broadcast_all(probs)
        else:
            (self.logits,) = broadcast_all(logits)

    @property
    def _param(self) -> Tensor:
        is_given = "probs" in self.__dict__
        return self.probs if is_given else self.logits

    @property
    def param_shape(self) -> Sequence[int]:
        """The shape of the parameter."""
        return self._param.shape

    @lazy_property
    def logits(self) -> Tensor:
        return probs_to_logits(self.probs, is_binary=True)

    @lazy_property
    def probs(self) -> Tensor:
        return logits_to_probs(self.logits, is_binary=True)


class Bernoulli(BinaryParameters):
    """1 with probability `probs` = sigmoid(`logits`), else 0.

    >>> import autograd
    >>> autograd.distributions.Bernoulli(0.25).log_prob(autograd.tensor(1.0))
    tensor(-1.3863)
    """

    arg_constraints = BinaryParameters.arg_constraints
    support = constraints.boolean
    has_enumerate_support = True
    _mean_carrier_measure = 0

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        self._set_parameters(probs, logits)
        super().__init__(self._param.shape, validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        return self.probs

    @property
    def mode(self) -> Tensor:
        """nan where both values are as probable."""
        p = self.probs
        return where(p == 0.5, math.nan, cast(p >= 0.5, p.dtype))

    @property
    def variance(self) -> Tensor:
        return self.probs * (1.0 - self.probs)

    @no_grad()
    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        return bernoulli(self.probs.expand(self._extended_shape(sample_shape)))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        return value * self.logits - softplus(self.logits)

    def entropy(self) -> Tensor:
        return softplus(self.logits) - self.logits * self.probs

    def enumerate_support(self, expand: bool = True) -> Tensor:
        return self._over_batch(arange(2, dtype=self._param.dtype, device=self._param.device), expand)

    @property
    def _natural_params(self) -> tuple[Tensor]:
        return (self.logits,)

    def _log_normalizer(self, *natural_params: Tensor) -> Tensor:
        return softplus(natural_params[0])
