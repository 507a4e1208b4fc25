"""Several transforms side by side, each on its part of the value."""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence

from ...engine.tensor import Tensor
from ...ops.joining import cat, stack
from .. import constraints
from ..utils import _sum_rightmost
from .transform import Transform


class _JoinedTransform(Transform):
    """A sequence of transforms, each of its part along a dimension."""

    def __init__(self, tseq: Sequence[Transform], dim: int, cache_size: int) -> None:
        assert all(isinstance(each, Transform) for each in tseq), "expected a sequence of Transforms"
        super().__init__(cache_size=cache_size)
        self.transforms = [each.with_cache(cache_size) for each in tseq] if cache_size else list(tseq)
        self.dim = dim

    @property
    def bijective(self) -> bool:
        return all(each.bijective for each in self.transforms)

    def _parts(self, x: Tensor) -> list[Tensor]:
        raise NotImplementedError

    def _join(self, parts: list[Tensor]) -> Tensor:
        raise NotImplementedError

    def _call(self, x: Tensor) -> Tensor:
        return self._join([each(part) for each, part in zip(self.transforms, self._parts(x), strict=True)])

    def _inverse(self, y: Tensor) -> Tensor:
        return self._join([each.inv(part) for each, part in zip(self.transforms, self._parts(y), strict=True)])


class CatTransform(_JoinedTransform):
    """Transforms of submatrices of these lengths along a dimension, as `cat` joins them.

    >>> import autograd
    >>> from autograd.distributions.transforms import CatTransform, ExpTransform, identity_transform
    >>> t = CatTransform([ExpTransform(), identity_transform], dim=0, lengths=[1, 2])
    >>> t(autograd.zeros(3))
    tensor([1., 0., 0.])
    """

    def __init__(
        self, tseq: Sequence[Transform], dim: int = 0, lengths: Sequence[int] | None = None, cache_size: int = 0
    ) -> None:
        super().__init__(tseq, dim, cache_size)
        self.lengths = [1] * len(self.transforms) if lengths is None else list(lengths)
        assert len(self.lengths) == len(self.transforms), f"{len(self.lengths)} lengths of {len(tseq)} transforms"

    @property
    def event_dim(self) -> int:
        return max(each.event_dim for each in self.transforms)

    @property
    def length(self) -> int:
        """The length of the dimension."""
        return sum(self.lengths)

    def _with_cache(self, cache_size: int) -> Transform:
        return CatTransform(self.transforms, self.dim, self.lengths, cache_size)

    def _parts(self, x: Tensor) -> list[Tensor]:
        assert -x.dim() <= self.dim < x.dim(), f"dimension {self.dim} of a tensor of {x.dim()}"
        assert x.shape[self.dim] == self.length, f"expected {self.length} along dimension {self.dim}, got {x.shape}"
        return list(x.split(self.lengths, self.dim))

    def _join(self, parts: list[Tensor]) -> Tensor:
        return cat(parts, self.dim)

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        terms = []
        for each, before, after in zip(self.transforms, self._parts(x), self._parts(y), strict=True):
            term = each.log_abs_det_jacobian(before, after)
            terms.append(_sum_rightmost(term, max(self.event_dim - each.event_dim, 0)))
        dim = self.dim if self.dim < 0 else self.dim - x.dim()
        dim += self.event_dim
        return cat(terms, dim) if dim < 0 else functools.reduce(operator.add, terms)

    @property
    def domain(self) -> constraints.Constraint:
        return constraints.cat([each.domain for each in self.transforms], self.dim, self.lengths)

    @property
    def codomain(self) -> constraints.Constraint:
        return constraints.cat([each.codomain for each in self.transforms], self.dim, self.lengths)


class StackTransform(_JoinedTransform):
    """Transforms of the slices along a dimension, as `stack` joins them."""

    def __init__(self, tseq: Sequence[Transform], dim: int = 0, cache_size: int = 0) -> None:
        super().__init__(tseq, dim, cache_size)

    def _with_cache(self, cache_size: int) -> Transform:
        return StackTransform(self.transforms, self.dim, cache_size)

    def _parts(self, x: Tensor) -> list[Tensor]:
        assert -x.dim() <= self.dim < x.dim(), f"dimension {self.dim} of a tensor of {x.dim()}"
        assert x.shape[self.dim] == len(self.transforms), f"{len(self.transforms)} transforms of {x.shape}"
        return list(x.unbind(self.dim))

    def _join(self, parts: list[Tensor]) -> Tensor:
        return stack(parts, self.dim)

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        pairs = zip(self.transforms, self._parts(x), self._parts(y), strict=True)
        return stack([each.log_abs_det_jacobian(before, after) for each, before, after in pairs], self.dim)

    @property
    def domain(self) -> constraints.Constraint:
        return constraints.stack([each.domain for each in self.transforms], self.dim)

    @property
    def codomain(self) -> constraints.Constraint:
        return constraints.stack([each.codomain for each in self.transforms], self.dim)
