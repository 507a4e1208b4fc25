"""Mixtures of distributions of one family."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..engine.modes import no_grad
from ..engine.tensor import Tensor
from . import constraints
from .categorical import Categorical
from .distribution import Distribution

__all__ = ["MixtureSameFamily"]


class MixtureSameFamily(Distribution):
    """One of k distributions, drawn by a Categorical: `mixture_distribution` has k classes, `component_distribution`
    the batch shape (*, k).

    >>> import autograd
    >>> weights = Categorical(autograd.tensor([0.5, 0.5]))
    >>> d = MixtureSameFamily(weights, Categorical(autograd.tensor([[1.0, 0.0], [0.0, 1.0]])))
    >>> d.log_prob(autograd.tensor(0))
    tensor(-0.6931)
    """

    arg_constraints: dict[str, constraints.Constraint] = {}

    def __init__(
        self,
        mixture_distribution: Categorical,
        component_distribution: Distribution,
        validate_args: bool | None = None,
    ) -> None:
        if not isinstance(mixture_distribution, Categorical):
            raise ValueError(f"MixtureSameFamily: the mixture is by a Categorical, got {mixture_distribution!r}")
        if not isinstance(component_distribution, Distribution):
            raise ValueError(f"MixtureSameFamily: components are a Distribution, got {component_distribution!r}")
        batch, own = component_distribution.batch_shape, mixture_distribution.batch_shape
        if any(i != j and 1 not in (i, j) for i, j in zip(reversed(own), reversed(batch[:-1]), strict=False)):
            raise ValueError(f"MixtureSameFamily: batches of {tuple(own)} and {tuple(batch)} do not fit together")
        k = mixture_distribution._num_events
        if batch[-1:] != (k,):
            raise ValueError(f"MixtureSameFamily: {k} weights for components of the batch shape {tuple(batch)}")
        self._mixture_distribution, self._component_distribution = mixture_distribution, component_distribution
        self._num_component = k
        self._event_ndims = len(component_distribution.event_shape)
        super().__init__(batch[:-1], component_distribution.event_shape, validate_args=validate_args)

    def expand(self, batch_shape: Sequence[int], _instance: Any = None) -> Any:
        new = super().expand(batch_shape, _instance)
        new._mixture_distribution = self._mixture_distribution.expand(batch_shape)
        return new

    @property
    def has_rsample(self) -> bool:
        return False

    @constraints.dependent_property
    def support(self) -> constraints.Constraint:
        return constraints.MixtureSameFamilyConstraint(self._component_distribution.support)

    @property
    def mixture_distribution(self) -> Categorical:
        return self._mixture_distribution

    @property
    def component_distribution(self) -> Distribution:
        return self._component_distribution

    def _probs(self) -> Tensor:
        """The weights, with dimensions of 1 for the event."""
        weights = self._mixture_distribution.probs
        return weights.reshape((*weights.shape, *[1] * self._event_ndims))

    @property
    def mean(self) -> Tensor:
        return (self._probs() * self._component_distribution.mean).sum(-1 - self._event_ndims)

    @property
    def variance(self) -> Tensor:
        """The mean of the variances and the variance of the means."""
        at, weights, components = -1 - self._event_ndims, self._probs(), self._component_distribution
        apart = (components.mean - self.mean.unsqueeze(at)).square()
        return (weights * components.variance).sum(at) + (weights * apart).sum(at)

    def cdf(self, value: Tensor) -> Tensor:
        below = self._component_distribution.cdf(self._pad(value))
        return (below * self._mixture_distribution.probs).sum(-1)

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        each = self._component_distribution.log_prob(self._pad(value))
        return (each + self._mixture_distribution.logits.log_softmax(-1)).logsumexp(-1)

    @no_grad()
    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        at = len(tuple(sample_shape)) + len(self.batch_shape)
        chosen = self._mixture_distribution.expand(self.batch_shape).sample(sample_shape)
        drawn = self._component_distribution.sample(sample_shape)
        index = chosen.reshape((*chosen.shape, *[1] * (1 + self._event_ndims)))
        index = index.expand((*chosen.shape, 1, *self.event_shape))
        return drawn.gather(at, index).squeeze(at)

    def _pad(self, x: Tensor) -> Tensor:
        return x.unsqueeze(-1 - self._event_ndims)

    def __repr__(self) -> str:
        return f"MixtureSameFamily(\n  {self._mixture_distribution},\n  {self._component_distribution})"
