"""The logistic normal distribution."""

from __future__ import annotations

from typing import Any

from ..engine.tensor import Tensor
from . import constraints
from .independent import Independent
from .normal import Normal
from .transformed_distribution import TransformedDistribution
from .transforms import (
    StickBreakingTransform,
)

__all__ = ["LogisticNormal"]


class LogisticNormal(TransformedDistribution):
    """A point of the simplex that a stick broken by n - 1 independent normal numbers makes (J. Aitchison, 1980).

    >>> import autograd
    >>> tuple(LogisticNormal(autograd.zeros(3), autograd.ones(3)).event_shape)
    (4,)
    """

    arg_constraints = {"loc": constraints.real, "scale": constraints.positive}
    support = constraints.simplex
    has_rsample = True
    base_dist: Independent

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        base = Normal(loc, scale, validate_args=validate_args)
        if not base.batch_shape:
            base = base.expand([1])
        super().__init__(base, StickBreakingTransform(), validate_args=validate_args)

    @property
    def loc(self) -> Tensor:
        return self._normal.loc

    @property
    def scale(self) -> Tensor:
        return self._normal.scale

    @property
    def _normal(self) -> Any:
        return self.base_dist.base_dist
