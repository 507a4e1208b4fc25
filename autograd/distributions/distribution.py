"""Distribution: what all have in common."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, Self

from ..engine.modes import modes, no_grad
from ..engine.size import Size
from ..engine.tensor import Tensor
from . import constraints
from .utils import lazy_property

__all__ = ["Distribution"]


class Distribution:
    """A batch of distributions: `batch_shape` of them, each of an event of `event_shape`.

    A subclass names its parameters and where they lie in `arg_constraints`, and where its values lie in `support`.
    With `validate_args` both are checked, and ValueError says which do not: on the CPU, where looking costs no
    synchronisation, and not while a step is recorded, which a value must not steer.
    """

    has_rsample: Any = False
    has_enumerate_support: Any = False
    _validate_args: bool = __debug__

    @staticmethod
    def set_default_validate_args(value: bool) -> None:
        """Whether distributions validate that are made without saying so."""
        if value not in (True, False):
            raise ValueError(f"expected True or False, got {value!r}")
        Distribution._validate_args = value

    def __init__(
        self, batch_shape: Sequence[int] = (), event_shape: Sequence[int] = (), validate_args: bool | None = None
    ) -> None:
        self._batch_shape, self._event_shape = Size(batch_shape), Size(event_shape)
        if validate_args is not None:
            self._validate_args = validate_args
        if self._validate_args:
            for name, constraint in self._known_constraints().items():
                self._validate_parameter(name, constraint)

    def _known_constraints(self) -> dict[str, constraints.Constraint]:
        try:
            return self.arg_constraints
        except NotImplementedError:
            warnings.warn(
                f"{type(self).__name__} has no arg_constraints; set them, {{}} for none, or give validate_args=False",
                stacklevel=4,
            )
            return {}

    def _validate_parameter(self, name: str, constraint: constraints.Constraint) -> None:
        is_lazy = isinstance(getattr(type(self), name, None), lazy_property)
        if constraints.is_dependent(constraint) or (name not in self.__dict__ and is_lazy):
            return
        value = getattr(self, name)
        if _may_be_looked_at(value) and not bool(constraint.check(value.detach()).all()):
            raise ValueError(
                f"Expected parameter {name} ({type(value).__name__} of shape {tuple(value.shape)}) of distribution "
                f"{self!r} to satisfy the constraint {constraint!r}, but found invalid values:\n{value}"
            )

    def _require(self, what: str, holds: Tensor) -> None:
        """ValueError unless something holds of parameters together."""
        if _may_be_looked_at(holds) and not bool(holds.detach().all()):
            raise ValueError(f"{type(self).__name__}: {what}")

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update({f"_{name}" if name in _SHAPES else name: value for name, value in state.items()})

    def expand(self, batch_shape: Sequence[int], _instance: Any = None) -> Self:
        """The same distribution with its batch dimensions expanded; parameters are views, and are not checked again."""
        new = self._get_checked_instance(self._defined_by(), _instance)
        events = {name: constraint.event_dim for name, constraint in self.arg_constraints.items()}
        for name, value in self.__dict__.items():
            if isinstance(value, Distribution):  # of a batch that may have more dimensions
                more = value.batch_shape[len(self._batch_shape) :]
                value = value.expand((*batch_shape, *more))
            elif name in events:
                value = value.expand((*batch_shape, *value.shape[value.dim() - events[name] :]))
            new.__dict__[name] = value
        new._batch_shape, new._validate_args = Size(batch_shape), self._validate_args
        return new

    def _defined_by(self) -> type:
        """The class that says which parameters there are."""
        return next(each for each in type(self).__mro__ if "arg_constraints" in each.__dict__)

    def _get_checked_instance(self, cls: type, _instance: Any = None) -> Any:
        if _instance is not None:
            return _instance
        if type(self).__init__ is not cls.__init__:  # type: ignore[misc]
            raise NotImplementedError(
                f"{type(self).__name__} makes a {cls.__name__} in an __init__ of its own: it needs an expand, too"
            )
        return type(self).__new__(type(self))

    @property
    def batch_shape(self) -> Size:
        """The shape of the batch of distributions."""
        return self._batch_shape

    @property
    def event_shape(self) -> Size:
        """The shape of one value of one of them."""
        return self._event_shape

    @property
    def arg_constraints(self) -> dict[str, constraints.Constraint]:
        """Where each parameter lies."""
        raise NotImplementedError(f"{type(self).__name__} has no arg_constraints")

    @property
    def support(self) -> Any:
        """Where values lie, a constraint."""
        raise NotImplementedError(f"{type(self).__name__} has no support")

    @property
    def mean(self) -> Tensor:
        raise NotImplementedError(f"{type(self).__name__} has no mean")

    @property
    def mode(self) -> Tensor:
        """The value of the highest density."""
        raise NotImplementedError(f"{type(self).__name__} has no mode")

    @property
    def variance(self) -> Tensor:
        raise NotImplementedError(f"{type(self).__name__} has no variance")

    @property
    def stddev(self) -> Tensor:
        """The square root of the variance."""
        return self.variance.sqrt()

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Draws `sample_shape` times, without a gradient: (*sample_shape, *batch_shape, *event_shape)."""
        with no_grad():
            return self.rsample(sample_shape)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Draws so that the gradient by the parameters is known."""
        raise NotImplementedError(f"{type(self).__name__} has no rsample")

    def sample_n(self, n: int) -> Tensor:
        """sample((n,)), which is to be used instead."""
        warnings.warn("sample_n(n) is an older name of sample((n,))", FutureWarning, stacklevel=2)
        return self.sample((n,))

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the density, or of the probability, at a value."""
        raise NotImplementedError(f"{type(self).__name__} has no log_prob")

    def cdf(self, value: Tensor) -> Tensor:
        """The probability of this value or less."""
        raise NotImplementedError(f"{type(self).__name__} has no cdf")

    def icdf(self, value: Tensor) -> Tensor:
        """The value at or below which a probability lies."""
        raise NotImplementedError(f"{type(self).__name__} has no icdf")

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """All values: (count, *batch_shape, *event_shape), with ones for the batch shape if not expanded."""
        raise NotImplementedError(f"{type(self).__name__} has no enumerate_support")

    def _over_batch(self, values: Tensor, expand: bool) -> Tensor:
        """Values (count, *event_shape), the same for each distribution of the batch."""
        event = values.shape[1:]
        placed = values.reshape((-1, *[1] * len(self._batch_shape), *event))
        return placed.expand((-1, *self._batch_shape, *event)) if expand else placed

    def entropy(self) -> Tensor:
        """-E[log_prob]."""
        raise NotImplementedError(f"{type(self).__name__} has no entropy")

    def perplexity(self) -> Tensor:
        """exp(entropy)."""
        return self.entropy().exp()

    def _extended_shape(self, sample_shape: Sequence[int] = ()) -> Size:
        return Size((*sample_shape, *self._batch_shape, *self._event_shape))

    def _validate_sample(self, value: Any) -> None:
        """ValueError unless the value is a tensor of a fitting shape inside the support."""
        if not isinstance(value, Tensor):
            raise ValueError(f"{type(self).__name__}: a value is a Tensor, got {type(value).__name__}")
        expected, given = self._batch_shape + self._event_shape, tuple(value.shape)
        ends_well = given[len(given) - len(self._event_shape) :] == tuple(self._event_shape)
        pairs = zip(reversed(given), reversed(expected), strict=False)
        if not ends_well or any(i != j and 1 not in (i, j) for i, j in pairs):
            raise ValueError(
                f"{type(self).__name__}: a value of shape {given} does not broadcast with batch_shape + event_shape, "
                f"{tuple(self._batch_shape)} + {tuple(self._event_shape)}"
            )
        try:
            support = self.support
        except NotImplementedError:
            warnings.warn(
                f"{type(self).__name__} has no support to check values by; give validate_args=False", stacklevel=3
            )
            return
        if _may_be_looked_at(value) and not bool(support.check(value.detach()).all()):
            raise ValueError(
                f"Expected value argument ({type(value).__name__} of shape {given}) to be within the support "
                f"({support!r}) of the distribution {self!r}, but found invalid values:\n{value}"
            )

    def __repr__(self) -> str:
        given = {name: self.__dict__[name] for name in self.arg_constraints if name in self.__dict__}
        shown = ", ".join(f"{name}: {x if x.numel() == 1 else x.size()}" for name, x in given.items())
        return f"{type(self).__name__}({shown})"


_SHAPES = ("batch_shape", "event_shape")  # attributes in files of versions that kept them under these names


def _may_be_looked_at(value: Any) -> bool:
    return isinstance(value, Tensor) and value.is_cpu and modes.listener is None
