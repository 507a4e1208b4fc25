"""The binomial distribution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..engine.modes import no_grad
from ..engine.tensor import Tensor
from ..ops.creation import arange
from ..ops.promotion import cast
from ..ops.variates import binomial
from . import constraints
from .bernoulli import BinaryParameters
from .transforms import (
    softplus,
)
from .utils import (
    broadcast_all,
)

__all__ = ["Binomial"]


class Binomial(BinaryParameters):
    """How many of `total_count` trials succeed, each with probability `probs` = sigmoid(`logits`).

    P(k) = n! / (k! (n - k)!) p^k (1 - p)^(n - k).

    >>> import autograd
    >>> Binomial(2, 0.5 * autograd.ones(())).log_prob(autograd.tensor(1.0))
    tensor(-0.6931)
    """

    arg_constraints = {"total_count": constraints.nonnegative_integer, **BinaryParameters.arg_constraints}
    has_enumerate_support = True

    def __init__(
        self,
        total_count: Any = 1,
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

    @constraints.dependent_property(is_discrete=True, event_dim=0)
    def support(self) -> constraints.Constraint:
        return constraints.integer_interval(0, self.total_count)

    @property
    def mean(self) -> Tensor:
        return self.total_count * self.probs

    @property
    def mode(self) -> Tensor:
        return ((self.total_count + 1) * self.probs).floor().clamp(max=self.total_count)

    @property
    def variance(self) -> Tensor:
        return self.total_count * self.probs * (1 - self.probs)

    @no_grad()
    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        return binomial(self.total_count.expand(shape), self.probs.expand(shape))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        n = self.total_count
        ways = (n + 1).lgamma() - (value + 1).lgamma() - (n - value + 1).lgamma()
        return value * self.logits - n * softplus(self.logits) + ways

    def entropy(self) -> Tensor:
        """-sum_k P(k) log P(k); NotImplementedError unless all counts are the same."""
        log_prob = self.log_prob(self.enumerate_support(False))
        return -(log_prob.exp() * log_prob).sum(0)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """NotImplementedError unless all counts are the same."""
        total = int(self.total_count.max())
        if int(self.total_count.min()) != total:
            raise NotImplementedError("Binomial: distributions of several total counts have supports of several sizes")
        return self._over_batch(arange(1 + total, dtype=self._param.dtype, device=self._param.device), expand)
