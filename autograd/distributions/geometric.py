"""The geometric distribution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import dtypes
from ..engine.modes import no_grad
from ..engine.tensor import Tensor
from ..ops.choosing import where
from ..ops.creation import zeros_like
from ..ops.filling import uniform_
from ..ops.shape import broadcast_tensors
from . import constraints
from .bernoulli import BinaryParameters
from .transforms import (
    softplus,
)

__all__ = ["Geometric"]


class Geometric(BinaryParameters):
    """How many trials fail before the first success, of probability `probs` = sigmoid(`logits`): P(k) = (1 - p)^k p.

    >>> import autograd
    >>> Geometric(0.25).mean
    tensor(3.)
    """

    arg_constraints = BinaryParameters.arg_constraints
    support = constraints.nonnegative_integer

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        self._set_parameters(probs, logits)
        super().__init__(self._param.shape, validate_args=validate_args)
        if self._validate_args and probs is not None:
            self._require("probs must be above 0", self.probs > 0)

    @property
    def mean(self) -> Tensor:
        return 1.0 / self.probs - 1.0

    @property
    def mode(self) -> Tensor:
        return zeros_like(self.probs)

    @property
    def variance(self) -> Tensor:
        return (1.0 / self.probs - 1.0) / self.probs

    @no_grad()
    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        tiny = dtypes.finfo(self.probs.dtype).tiny
        u = uniform_(self.probs.new_empty(self._extended_shape(sample_shape)), tiny, 1)
        return (u.log() / (-self.probs).log1p()).floor()

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        value, probs = broadcast_tensors(value, self.probs)
        missed = where((probs == 1) & (value == 0), 0.0, probs)
        return value * (-missed).log1p() + self.probs.log()

    def entropy(self) -> Tensor:
        return (softplus(self.logits) - self.logits * self.probs) / self.probs
