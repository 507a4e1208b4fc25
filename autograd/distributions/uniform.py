"""The uniform distribution."""

from __future__ import annotations

from collections.abc import Sequence

from ..engine.tensor import Tensor
from ..ops.promotion import cast
from ..ops.random import rand
from .distribution import Distribution, parameters, require


class Uniform(Distribution):
    """Density 1 / (high - low) on [low, high)."""

    has_rsample = True

    def __init__(self, low: Tensor | float, high: Tensor | float, validate_args: bool | None = None) -> None:
        self.low, self.high = parameters("Uniform", low, high)
        require("Uniform", self.low < self.high, "low must be below high", validate_args)
        self._validate = validate_args
        super().__init__(self.low.shape)

    @property
    def mean(self) -> Tensor:
        return (self.low + self.high) / 2.0

    @property
    def variance(self) -> Tensor:
        return (self.high - self.low).square() / 12.0

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        noise = rand(self._extended(sample_shape), dtype=self.low.dtype, device=self.low.device)
        return self.low + noise * (self.high - self.low)

    def log_prob(self, value: Tensor) -> Tensor:
        closed = (value >= self.low) & (value <= self.high)
        require("Uniform", closed, "a value lies outside the support; validate_args=False gives -inf", self._validate)
        inside = (value >= self.low) & (value < self.high)
        return cast(inside, self.low.dtype).log() - (self.high - self.low).log()

    def cdf(self, value: Tensor) -> Tensor:
        """The probability of less."""
        return ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0)

    def icdf(self, value: Tensor) -> Tensor:
        """The value below which a probability lies."""
        return value * (self.high - self.low) + self.low

    def entropy(self) -> Tensor:
        return (self.high - self.low).log()
