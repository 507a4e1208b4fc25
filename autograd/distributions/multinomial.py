"""The multinomial distribution."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..engine.modes import no_grad
from ..engine.tensor import Tensor
from ..ops.choosing import where
from ..ops.creation import ones, zeros
from ..ops.shape import broadcast_tensors
from . import constraints
from .binomial import Binomial
from .categorical import Categorical, CategoricalParameters
from .distribution import Distribution

__all__ = ["Multinomial"]


class Multinomial(CategoricalParameters):
    """How often each of n classes came in `total_count` draws: (*, n), parameters as of `Categorical`.

    P(k) = N! / prod_i k_i! prod_i p_i^k_i.

    >>> import autograd
    >>> Multinomial(2, autograd.tensor([0.5, 0.5])).log_prob(autograd.tensor([1.0, 1.0]))
    tensor(-0.6931)
    """

    arg_constraints = CategoricalParameters.arg_constraints
    total_count: int

    def __init__(
        self,
        total_count: int = 1,
        probs: Tensor | None = None,
        logits: Tensor | None = None,
        validate_args: bool | None = None,
    ) -> None:
        if not isinstance(total_count, int):
            raise NotImplementedError(f"Multinomial: one total_count for the whole batch, an int; got {total_count!r}")
        self.total_count = total_count
        self._categorical = Categorical(probs=probs, logits=logits)
        self._binomial = Binomial(total_count=total_count, probs=self._categorical.probs, validate_args=False)
        shape = self._categorical.param_shape
        Distribution.__init__(self, shape[:-1], shape[-1:], validate_args=validate_args)

    @constraints.dependent_property(is_discrete=True, event_dim=1)
    def support(self) -> constraints.Constraint:
        return constraints.multinomial(self.total_count)

    @property
    def _param(self) -> Tensor:
        return self._categorical._param

    @property
    def probs(self) -> Tensor:
        return self._categorical.probs

    @property
    def logits(self) -> Tensor:
        return self._categorical.logits

    @property
    def mean(self) -> Tensor:
        return self.probs * self.total_count

    @property
    def variance(self) -> Tensor:
        return self.total_count * self.probs * (1 - self.probs)

    @no_grad()
    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        drawn = self._categorical.sample((self.total_count, *sample_shape))
        counts = zeros(self._extended_shape(sample_shape), dtype=self.probs.dtype, device=drawn.device)
        drawn = drawn.movedim(0, -1)
        return counts.scatter_add(-1, drawn, ones(drawn.shape, dtype=counts.dtype, device=drawn.device))

    def entropy(self) -> Tensor:
        n = self.total_count
        some = self._binomial.enumerate_support(expand=False)[1:]
        expected = (self._binomial.log_prob(some).exp() * (some + 1).lgamma()).sum((0, -1))
        return n * self._categorical.entropy() - math.lgamma(n + 1) + expected

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        logits, value = broadcast_tensors(self.logits, value)
        ways = (value.sum(-1) + 1).lgamma() - (value + 1).lgamma().sum(-1)
        impossible = (value == 0) & (logits == -math.inf)
        return ways + (where(impossible, 0.0, logits) * value).sum(-1)
