"""The categorical distribution."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .. import dtypes
from ..engine.modes import no_grad
from ..engine.size import Size
from ..engine.tensor import Tensor
from ..ops.creation import arange, full
from ..ops.promotion import cast
from ..ops.random import multinomial
from ..ops.shape import broadcast_tensors
from . import constraints
from .distribution import Distribution
from .utils import lazy_property, logits_to_probs, one_of, probs_to_logits

__all__ = ["Categorical"]


class CategoricalParameters(Distribution):
    """What is given by `probs`, which are divided by their sum, or by `logits`, which are normalised: (*, n)."""

    arg_constraints = {"probs": constraints.simplex, "logits": constraints.real_vector}

    def _set_parameters(self, probs: Any, logits: Any) -> None:
        name = type(self).__name__
        one_of(name, probs, logits)
        given = probs if logits is None else logits
        if given.dim() < 1:
            raise ValueError(f"{name}: expected a parameter of at least one dimension, got a number")
        if logits is None:
            self.probs = probs / probs.sum(-1, keepdim=True)
        else:
            self.logits = logits - logits.logsumexp(-1, keepdim=True)

    @property
    def _param(self) -> Tensor:
        is_given = "probs" in self.__dict__
        return self.probs if is_given else self.logits

    @property
    def param_shape(self) -> Size:
        """The shape of the parameter."""
        return self._param.shape

    @property
    def _num_events(self) -> int:
        return self._param.shape[-1]

    @lazy_property
    def logits(self) -> Tensor:
        return probs_to_logits(self.probs)

    @lazy_property
    def probs(self) -> Tensor:
        return logits_to_probs(self.logits)

    def _draw(self, shape: Sequence[int]) -> Tensor:
        """Classes, independent ones along the first dimensions: (*shape, *batch_shape)."""
        with no_grad():
            rows = self.probs.reshape(-1, self._num_events)
            count = Size(shape).numel()
            if count == 0:
                return full((*shape, *self._param.shape[:-1]), 0, dtype=dtypes.int64, device=rows.device)
            drawn = multinomial(rows, count, replacement=True)
            return drawn.T.reshape((*shape, *self._param.shape[:-1]))

    def _entropy(self) -> Tensor:
        logits = self.logits.clamp(min=dtypes.finfo(self.logits.dtype).min)
        return -(logits * self.probs).sum(-1)


class Categorical(CategoricalParameters):
    """A class from 0 to n - 1, with probabilities in proportion to `probs` or to exp(`logits`): (*, n).

    >>> import autograd
    >>> Categorical(autograd.tensor([1.0, 3.0])).log_prob(autograd.tensor(1))
    tensor(-0.2877)
    """

    arg_constraints = CategoricalParameters.arg_constraints
    has_enumerate_support = True

    def __init__(
        self, probs: Tensor | None = None, logits: Tensor | None = None, validate_args: bool | None = None
    ) -> None:
        self._set_parameters(probs, logits)
        super().__init__(self._param.shape[:-1], validate_args=validate_args)

    @constraints.dependent_property(is_discrete=True, event_dim=0)
    def support(self) -> constraints.Constraint:
        return constraints.integer_interval(0, self._num_events - 1)

    @property
    def mean(self) -> Tensor:
        """nan: classes are no numbers."""
        return self._nothing()

    @property
    def variance(self) -> Tensor:
        """nan: classes are no numbers."""
        return self._nothing()

    def _nothing(self) -> Tensor:
        return full(self._extended_shape(), math.nan, dtype=self.probs.dtype, device=self.probs.device)

    @property
    def mode(self) -> Tensor:
        return self.probs.argmax(-1)

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        return self._draw(sample_shape)

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        index, logits = broadcast_tensors(cast(value, dtypes.int64).unsqueeze(-1), self.logits)
        return logits.gather(-1, index[..., :1].contiguous()).squeeze(-1)

    def entropy(self) -> Tensor:
        return self._entropy()

    def enumerate_support(self, expand: bool = True) -> Tensor:
        return self._over_batch(arange(self._num_events, dtype=dtypes.int64, device=self._param.device), expand)
