"""Distributions of transformed values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..engine.modes import no_grad
from ..engine.size import Size
from ..engine.tensor import Tensor
from . import constraints
from .distribution import Distribution
from .independent import Independent
from .transforms import (
    ComposeTransform,
    Transform,
)
from .utils import (
    _sum_rightmost,
)

__all__ = ["TransformedDistribution"]


class TransformedDistribution(Distribution):
    """y = f(x), x of a base distribution, f the transforms one after the other: log p(y) = log p(x) - log |det dy/dx|.

    >>> import autograd
    >>> from autograd.distributions import ExpTransform, Normal
    >>> d = TransformedDistribution(Normal(0.0, 1.0), [ExpTransform()])
    >>> d.log_prob(autograd.tensor(1.0))
    tensor(-0.9189)
    """

    arg_constraints: dict[str, constraints.Constraint] = {}

    def __init__(
        self,
        base_distribution: Distribution,
        transforms: Transform | list[Transform],
        validate_args: bool | None = None,
    ) -> None:
        self.transforms = [transforms] if isinstance(transforms, Transform) else list(transforms)
        if not all(isinstance(each, Transform) for each in self.transforms):
            raise ValueError(f"{type(self).__name__}: expected a Transform or a list of them, got {transforms!r}")
        whole = ComposeTransform(self.transforms)
        base_shape = base_distribution.batch_shape + base_distribution.event_shape
        if len(base_shape) < whole.domain.event_dim:
            raise ValueError(
                f"{type(self).__name__}: the transform takes events of {whole.domain.event_dim} dimensions, the base "
                f"distribution has the shape {tuple(base_shape)}"
            )
        shape = whole.forward_shape(base_shape)
        wider = Size(whole.inverse_shape(shape))
        event_dim = len(base_distribution.event_shape)
        if wider != base_shape:
            base_distribution = base_distribution.expand(wider[: len(wider) - event_dim])
        missing = whole.domain.event_dim - event_dim
        self.base_dist = Independent(base_distribution, missing) if missing > 0 else base_distribution
        change = whole.codomain.event_dim - whole.domain.event_dim
        kept = len(shape) - max(whole.codomain.event_dim, event_dim + change)
        super().__init__(shape[:kept], shape[kept:], validate_args=validate_args)

    def expand(self, batch_shape: Sequence[int], _instance: Any = None) -> Any:
        new = super().expand(batch_shape, _instance)
        shape = Size(ComposeTransform(self.transforms).inverse_shape((*batch_shape, *self.event_shape)))
        new.base_dist = self.base_dist.expand(shape[: len(shape) - len(self.base_dist.event_shape)])
        return new

    @property
    def has_rsample(self) -> bool:
        return self.base_dist.has_rsample

    @constraints.dependent_property(is_discrete=False)
    def support(self) -> constraints.Constraint:
        if not self.transforms:
            return self.base_dist.support
        support = self.transforms[-1].codomain
        missing = len(self.event_shape) - support.event_dim
        return constraints.independent(support, missing) if missing > 0 else support

    @no_grad()
    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        return self._forward(self.base_dist.sample(sample_shape))

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        return self._forward(self.base_dist.rsample(sample_shape))

    def _forward(self, x: Tensor) -> Tensor:
        for transform in self.transforms:
            x = transform(x)
        return x

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        event_dim = len(self.event_shape)
        total: Any = 0.0
        for transform in reversed(self.transforms):
            x = transform.inv(value)
            event_dim += transform.domain.event_dim - transform.codomain.event_dim
            term = transform.log_abs_det_jacobian(x, value)
            total = total - _sum_rightmost(term, event_dim - transform.domain.event_dim)
            value = x
        return total + _sum_rightmost(self.base_dist.log_prob(value), event_dim - len(self.base_dist.event_shape))

    def _turned(self, probability: Tensor) -> Tensor:
        """A probability of less as one of more, where the transforms together fall."""
        sign = ComposeTransform(self.transforms).sign
        return probability if isinstance(sign, int) and sign == 1 else sign * (probability - 0.5) + 0.5

    def cdf(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        for transform in reversed(self.transforms):
            value = transform.inv(value)
        return self._turned(self.base_dist.cdf(value))

    def icdf(self, value: Tensor) -> Tensor:
        return self._forward(self.base_dist.icdf(self._turned(value)))
