"""Categorical distributions of one-hot vectors."""

from __future__ import annotations

from collections.abc import Sequence

from ..engine.tensor import Tensor
from ..ops.creation import arange, eye
from ..ops.promotion import cast
from . import constraints
from .categorical import Categorical, CategoricalParameters
from .distribution import Distribution

__all__ = ["OneHotCategorical", "OneHotCategoricalStraightThrough"]


class OneHotCategorical(CategoricalParameters):
    """A vector of one 1, at the class, and zeros: (*, n), parameters as of `Categorical`.

    >>> import autograd
    >>> OneHotCategorical(autograd.tensor([1.0, 3.0])).log_prob(autograd.tensor([0.0, 1.0]))
    tensor(-0.2877)
    """

    arg_constraints = CategoricalParameters.arg_constraints
    support = constraints.one_hot
    has_enumerate_support = True

    def __init__(
        self, probs: Tensor | None = None, logits: Tensor | None = None, validate_args: bool | None = None
    ) -> None:
        self._categorical = Categorical(probs, logits)
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

    @property
    def mean(self) -> Tensor:
        return self.probs

    @property
    def mode(self) -> Tensor:
        return self._one_hot(self.probs.argmax(-1))

    @property
    def variance(self) -> Tensor:
        return self.probs * (1 - self.probs)

    def _one_hot(self, classes: Tensor) -> Tensor:
        places = arange(self._num_events, device=classes.device)
        return cast(classes.unsqueeze(-1) == places, self._param.dtype)

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        return self._one_hot(self._categorical.sample(sample_shape))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        return self._categorical.log_prob(value.argmax(-1))

    def entropy(self) -> Tensor:
        return self._categorical.entropy()

    def enumerate_support(self, expand: bool = True) -> Tensor:
        return self._over_batch(eye(self._num_events, dtype=self._param.dtype, device=self._param.device), expand)


class OneHotCategoricalStraightThrough(OneHotCategorical):
    """One-hot vectors whose gradient is taken to be that of the probabilities (Y. Bengio et al., 2013).

    >>> import autograd
    >>> p = autograd.tensor([0.2, 0.8], requires_grad=True)
    >>> bool(OneHotCategoricalStraightThrough(p).rsample().requires_grad)
    True
    """

    has_rsample = True

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        return self.sample(sample_shape) + (self.probs - self.probs.detach())
