"""The von Mises distribution."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .. import dtypes
from ..engine.modes import no_grad
from ..engine.tensor import Tensor
from ..ops.bessel import i0e, i1e
from ..ops.choosing import where
from ..ops.creation import zeros, zeros_like
from ..ops.promotion import cast
from ..ops.random import rand
from . import constraints
from .distribution import Distribution
from .utils import (
    broadcast_all,
    lazy_property,
)

__all__ = ["VonMises"]


class VonMises(Distribution):
    """Density exp(k cos(x - loc)) / (2 pi I0(k)) of angles x, k the `concentration` (R. von Mises, 1918).

    Samples are wrapped Cauchy numbers, some of them rejected (D. Best, N. Fisher, 1979).

    >>> import autograd
    >>> VonMises(autograd.tensor(0.0), autograd.tensor(1.0)).log_prob(autograd.tensor(0.0))
    tensor(-1.0738)
    """

    arg_constraints = {"loc": constraints.real, "concentration": constraints.positive}
    support = constraints.real

    def __init__(self, loc: Any, concentration: Any, validate_args: bool | None = None) -> None:
        self.loc, self.concentration = broadcast_all(loc, concentration)
        super().__init__(self.loc.shape, validate_args=validate_args)

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        k = self.concentration
        return k * ((value - self.loc).cos() - 1) - math.log(2 * math.pi) - i0e(k).log()

    @lazy_property
    def _proposal_r(self) -> Tensor:
        k = cast(self.concentration.detach(), dtypes.float64)
        tau = 1 + (1 + 4 * k.square()).sqrt()
        rho = (tau - (2 * tau).sqrt()) / (2 * k)
        return where(k < 1e-5, 1 / k + k, (1 + rho.square()) / (2 * rho))

    @no_grad()
    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Computed in double precision; draws until none is rejected."""
        shape = self._extended_shape(sample_shape)
        loc, k = (cast(each, dtypes.float64).expand(shape) for each in (self.loc, self.concentration))
        r = self._proposal_r.expand(shape)
        x, done = zeros_like(loc), zeros(shape, dtype=dtypes.bool, device=loc.device)
        while not bool(done.all()):
            u1, u2, u3 = rand((3, *shape), dtype=dtypes.float64, device=loc.device).unbind()
            z = (math.pi * u1).cos()
            f = (1 + r * z) / (r + z)
            c = k * (r - f)
            accepted = (c * (2 - c) - u2 > 0) | ((c / u2).log() + 1 - c >= 0)
            x = where(accepted, (u3 - 0.5).sign() * f.acos(), x)
            done = done | accepted
        return cast((x + math.pi + loc) % (2 * math.pi) - math.pi, self.loc.dtype)

    @property
    def mean(self) -> Tensor:
        """The direction of the mean vector."""
        return self.loc

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def variance(self) -> Tensor:
        """The circular one, 1 - I1(k) / I0(k)."""
        return 1 - i1e(self.concentration) / i0e(self.concentration)
