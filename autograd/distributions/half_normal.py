"""The half-normal distribution."""

from __future__ import annotations

import math
from typing import Any

from ..engine.tensor import Tensor
from . import constraints
from .half import Half
from .normal import Normal

__all__ = ["HalfNormal"]


class HalfNormal(Half):
    """|X|, X of a normal distribution around 0.

    >>> import autograd
    >>> HalfNormal(1.0).log_prob(autograd.tensor(0.0))
    tensor(-0.2258)
    """

    arg_constraints = {"scale": constraints.positive}

    def __init__(self, scale: Any, validate_args: bool | None = None) -> None:
        super().__init__(Normal(0, scale, validate_args=False), validate_args)

    @property
    def mean(self) -> Tensor:
        return self.scale * math.sqrt(2 / math.pi)

    @property
    def variance(self) -> Tensor:
        return self.scale.square() * (1 - 2 / math.pi)
