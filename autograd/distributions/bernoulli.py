"""The Bernoulli distribution."""

from __future__ import annotations

from collections.abc import Sequence

from ..engine.modes import no_grad
from ..engine.tensor import Tensor
from ..ops.activation import softplus
from ..ops.comparison import logical_or
from ..ops.random import bernoulli
from ..ops.special import logit
from .distribution import Distribution, one_of, parameters, require


class Bernoulli(Distribution):
    """1 with probability `probs` = sigmoid(`logits`), else 0."""

    def __init__(
        self,
        probs: Tensor | float | None = None,
        logits: Tensor | float | None = None,
        validate_args: bool | None = None,
    ) -> None:
        one_of("Bernoulli", probs, logits)
        self._probs = None if probs is None else parameters("Bernoulli", probs)[0]
        self._logits = None if logits is None else parameters("Bernoulli", logits)[0]
        if self._probs is not None:
            inside = (self._probs >= 0) & (self._probs <= 1)
            require("Bernoulli", inside, "probs must lie in [0, 1]", validate_args)
        self._validate = validate_args
        super().__init__((self._probs if self._logits is None else self._logits).shape)  # type: ignore[union-attr]

    @property
    def probs(self) -> Tensor:
        return self._logits.sigmoid() if self._probs is None else self._probs  # type: ignore[union-attr]

    @property
    def logits(self) -> Tensor:
        if self._logits is not None:
            return self._logits
        return logit(self.probs, eps=2.0**-23 if self.probs.itemsize == 4 else 2.0**-52)

    @property
    def mean(self) -> Tensor:
        return self.probs

    @property
    def variance(self) -> Tensor:
        return self.probs * (1.0 - self.probs)

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        with no_grad():
            return bernoulli(self.probs.expand(self._extended(sample_shape)))

    def log_prob(self, value: Tensor) -> Tensor:
        require("Bernoulli", logical_or(value == 0, value == 1), "a value is neither 0 nor 1", self._validate)
        return value * self.logits - _softplus(self.logits)

    def entropy(self) -> Tensor:
        return _softplus(self.logits) - self.logits * self.probs


def _softplus(x: Tensor) -> Tensor:
    return softplus(x, threshold=1e30)
