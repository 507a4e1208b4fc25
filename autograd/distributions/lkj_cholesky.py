"""The LKJ distribution of correlation matrices, as Cholesky factors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .. import dtypes
from ..engine.modes import no_grad
from ..engine.tensor import Tensor
from ..ops.choosing import where
from ..ops.creation import arange, zeros
from ..ops.joining import cat
from ..ops.special import mvlgamma
from . import constraints
from .beta import Beta
from .distribution import Distribution
from .utils import (
    _standard_normal,
    broadcast_all,
)

__all__ = ["LKJCholesky"]


class LKJCholesky(Distribution):
    """Cholesky factors of correlation matrices C of n x n, n = `dim`, of a density in proportion to det(C)^(eta - 1),
    eta the `concentration`: uniform for 1. Samples by the onion method (D. Lewandowski, D. Kurowicka, H. Joe, 2009).

    >>> import autograd
    >>> LKJCholesky(2, 1.0).log_prob(autograd.eye(2))
    tensor(-0.6931)
    """

    arg_constraints = {"concentration": constraints.positive}
    support = constraints.corr_cholesky

    def __init__(self, dim: int, concentration: Any = 1.0, validate_args: bool | None = None) -> None:
        if dim < 2:
            raise ValueError(f"LKJCholesky: expected dim to be 2 or more, got {dim}")
        self.dim = dim
        (self.concentration,) = broadcast_all(concentration)
        kind, device = self.concentration.dtype, self.concentration.device
        rows = arange(dim - 1, dtype=kind, device=device)
        rows = cat([zeros(1, dtype=kind, device=device), rows])
        marginal = self.concentration + 0.5 * (dim - 2)
        self._beta = Beta(rows + 0.5, marginal.unsqueeze(-1) - 0.5 * rows, validate_args=False)
        super().__init__(self.concentration.shape, (dim, dim), validate_args=validate_args)

    @no_grad()
    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        y = self._beta.sample(sample_shape).unsqueeze(-1)
        noise = _standard_normal(self._extended_shape(sample_shape), y.dtype, y.device).tril(-1)
        length = noise.square().sum(-1, keepdim=True).sqrt()
        below = y.sqrt() * (noise / where(length > 0, length, 1.0))
        rest = (1 - below.square().sum(-1)).clamp(min=dtypes.finfo(y.dtype).tiny).sqrt()
        return below + rest.diag_embed()

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        diagonal = value.diagonal(dim1=-1, dim2=-2)[..., 1:]
        order = self.dim - arange(2, self.dim + 1, dtype=diagonal.dtype, device=diagonal.device)
        powers = 2 * (self.concentration - 1).unsqueeze(-1) + order
        others = self.dim - 1
        alpha = self.concentration + 0.5 * others
        log_norm = 0.5 * others * math.log(math.pi) + mvlgamma(alpha - 0.5, others) - others * alpha.lgamma()
        return (powers * diagonal.log()).sum(-1) - log_norm
