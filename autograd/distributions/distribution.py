"""Distribution: what all have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..engine.modes import modes, no_grad
from ..engine.size import Size
from ..engine.tensor import Tensor
from ..ops.creation import as_tensor
from ..ops.promotion import floating
from ..ops.shape import broadcast_tensors


class Distribution:
    """A batch of distributions: `batch_shape` of them, each of an event of `event_shape`."""

    has_rsample = False

    def __init__(self, batch_shape: Sequence[int] = (), event_shape: Sequence[int] = ()) -> None:
        self.batch_shape, self.event_shape = Size(batch_shape), Size(event_shape)

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Draws `sample_shape` times, without a gradient."""
        with no_grad():
            return self.rsample(sample_shape)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        """Draws by transforming parameterless noise, so that the gradient by the parameters is known."""
        raise NotImplementedError(f"{type(self).__name__} has no rsample")

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the density, or of the probability, at a value."""
        raise NotImplementedError(f"{type(self).__name__} has no log_prob")

    def entropy(self) -> Tensor:
        """-E[log_prob]."""
        raise NotImplementedError(f"{type(self).__name__} has no entropy")

    @property
    def mean(self) -> Tensor:
        raise NotImplementedError(f"{type(self).__name__} has no mean")

    @property
    def variance(self) -> Tensor:
        raise NotImplementedError(f"{type(self).__name__} has no variance")

    @property
    def stddev(self) -> Tensor:
        return self.variance.sqrt()

    def _extended(self, sample_shape: Sequence[int]) -> tuple[int, ...]:
        return (*sample_shape, *self.batch_shape, *self.event_shape)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(batch_shape: {tuple(self.batch_shape)}, event_shape: {tuple(self.event_shape)})"


def parameters(name: str, *values: Any) -> tuple[Tensor, ...]:
    """The parameters of a distribution as floating tensors of one shape."""
    device = next((value.device for value in values if isinstance(value, Tensor)), None)
    made = []
    for value in values:
        x = value if isinstance(value, Tensor) else as_tensor(float(value), device=device)
        made.append(floating(name, x))
    return broadcast_tensors(*made)


def one_of(name: str, probs: Any, logits: Any) -> None:
    """ValueError unless just one of probs and logits is given."""
    if (probs is None) == (logits is None):
        raise ValueError(f"{name}: give either probs or logits")


def require(name: str, condition: Tensor, what: str, validate: bool | None) -> None:
    """ValueError for a parameter or value outside its range: on the CPU, where looking costs no synchronisation."""
    if validate is not False and condition.is_cpu and modes.listener is None and not bool(condition.detach().all()):
        raise ValueError(f"{name}: {what}")
