"""The Dirichlet distribution."""

from __future__ import annotations

from collections.abc import Sequence

from ..engine.tensor import Tensor
from ..ops.choosing import where
from ..ops.creation import arange
from ..ops.promotion import cast
from ..ops.special import xlogy
from ..ops.variates import standard_dirichlet
from . import constraints
from .exp_family import ExponentialFamily

__all__ = ["Dirichlet"]


class Dirichlet(ExponentialFamily):
    """Density prod_i x_i^(a_i - 1) Gamma(sum_i a_i) / prod_i Gamma(a_i) on the simplex, a the `concentration` (*, n).

    >>> import autograd
    >>> Dirichlet(autograd.tensor([1.0, 1.0, 1.0])).log_prob(autograd.tensor([0.2, 0.3, 0.5]))
    tensor(0.6931)
    """

    arg_constraints = {"concentration": constraints.independent(constraints.positive, 1)}
    support = constraints.simplex
    has_rsample = True
    _mean_carrier_measure = 0

    def __init__(self, concentration: Tensor, validate_args: bool | None = None) -> None:
        if concentration.dim() < 1:
            raise ValueError("Dirichlet: expected a concentration of at least one dimension, got a number")
        self.concentration = concentration
        super().__init__(concentration.shape[:-1], concentration.shape[-1:], validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        return self.concentration / self.concentration.sum(-1, True)

    @property
    def mode(self) -> Tensor:
        """A corner where all concentrations are below 1."""
        above = (self.concentration - 1).clamp(min=0.0)
        inner = above / above.sum(-1, True)
        classes = arange(self.concentration.shape[-1], device=inner.device)
        corner = cast(classes == inner.argmax(-1, keepdim=True), inner.dtype)
        return where((self.concentration < 1).all(-1, keepdim=True), corner, inner)

    @property
    def variance(self) -> Tensor:
        total = self.concentration.sum(-1, True)
        return self.concentration * (total - self.concentration) / (total.square() * (total + 1))

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        return standard_dirichlet(self.concentration.expand(self._extended_shape(sample_shape)))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        return xlogy(self.concentration - 1.0, value).sum(-1) - self._log_normalizer(self.concentration)

    def entropy(self) -> Tensor:
        a, n = self.concentration, self.concentration.shape[-1]
        total = a.sum(-1)
        return self._log_normalizer(a) - (n - total) * total.digamma() - ((a - 1.0) * a.digamma()).sum(-1)

    @property
    def _natural_params(self) -> tuple[Tensor]:
        return (self.concentration,)

    def _log_normalizer(self, *natural_params: Tensor) -> Tensor:
        (a,) = natural_params
        return a.lgamma().sum(-1) - a.sum(-1).lgamma()
