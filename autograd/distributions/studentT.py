"""Student's t distribution."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..engine.tensor import Tensor
from ..ops.choosing import where
from ..ops.creation import zeros_like
from . import constraints
from .chi2 import Chi2
from .distribution import Distribution
from .utils import (
    _standard_normal,
    broadcast_all,
)

__all__ = ["StudentT"]


class StudentT(Distribution):
    """loc + scale X / sqrt(Z / df), X standard normal, Z chi-squared of `df` degrees of freedom (W. Gosset, 1908).

    >>> import autograd
    >>> StudentT(1.0).log_prob(autograd.tensor(0.0))
    tensor(-1.1447)
    """

    arg_constraints = {"df": constraints.positive, "loc": constraints.real, "scale": constraints.positive}
    support = constraints.real
    has_rsample = True

    def __init__(self, df: Any, loc: Any = 0.0, scale: Any = 1.0, validate_args: bool | None = None) -> None:
        self.df, self.loc, self.scale = broadcast_all(df, loc, scale)
        self._chi2 = Chi2(self.df)
        super().__init__(self.df.shape, validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        """nan unless df > 1."""
        return where(self.df > 1, self.loc, math.nan)

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def variance(self) -> Tensor:
        """inf where 1 < df <= 2, nan below."""
        df = where(self.df > 2, self.df, 3.0)
        missing = where(self.df > 1, zeros_like(self.df) + math.inf, math.nan)
        return where(self.df > 2, self.scale.square() * df / (df - 2), missing)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        x = _standard_normal(self._extended_shape(sample_shape), self.df.dtype, self.df.device)
        z = self._chi2.rsample(sample_shape)
        return self.loc + self.scale * (x * (z / self.df).rsqrt())

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        y = (value - self.loc) / self.scale
        return -0.5 * (self.df + 1.0) * (y.square() / self.df).log1p() - self.scale.log() - self._log_beta()

    def _log_beta(self) -> Tensor:
        """log(sqrt(df) B(df / 2, 1 / 2))."""
        half = 0.5 * self.df
        return 0.5 * self.df.log() + 0.5 * math.log(math.pi) + half.lgamma() - (half + 0.5).lgamma()

    def entropy(self) -> Tensor:
        half = 0.5 * self.df
        return self.scale.log() + (half + 0.5) * ((half + 0.5).digamma() - half.digamma()) + self._log_beta()
