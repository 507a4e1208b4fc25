"""The categorical distribution."""

from __future__ import annotations

from collections.abc import Sequence

from .. import dtypes
from ..engine.modes import no_grad
from ..engine.tensor import Tensor
from ..ops.choosing import where
from ..ops.comparison import logical_and
from ..ops.promotion import cast
from ..ops.random import multinomial
from ..ops.shape import broadcast_tensors
from ..ops.softmax import log_softmax
from .distribution import Distribution, one_of, parameters, require


class Categorical(Distribution):
    """A class from 0 to n - 1, with probabilities in proportion to `probs` or to exp(`logits`): (*, n)."""

    def __init__(
        self,
        probs: Tensor | float | None = None,
        logits: Tensor | float | None = None,
        validate_args: bool | None = None,
    ) -> None:
        one_of("Categorical", probs, logits)
        given = parameters("Categorical", probs if logits is None else logits)[0]
        if given.ndim < 1:
            raise ValueError("Categorical: the parameter must have at least one dimension")
        if logits is None:
            require("Categorical", given >= 0, "probs must not be negative", validate_args)
            self.probs = given / given.sum(-1, keepdim=True)
            tiny = 2.0**-23 if given.itemsize == 4 else 2.0**-52
            self.logits = self.probs.clamp(tiny, 1.0 - tiny).log()
        else:
            self.logits = log_softmax(given, -1)
            self.probs = self.logits.exp()
        self._validate = validate_args
        super().__init__(given.shape[:-1])

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        with no_grad():
            shape = self._extended(sample_shape)
            count = 1
            for size in sample_shape:
                count *= size
            rows = self.probs.reshape(-1, self.probs.shape[-1])
            return multinomial(rows, count, replacement=True).T.reshape(shape)

    def log_prob(self, value: Tensor) -> Tensor:
        inside = logical_and(value >= 0, value < self.logits.shape[-1])
        require("Categorical", inside, f"a class lies outside [0, {self.logits.shape[-1]})", self._validate)
        index = cast(value, dtypes.int64).unsqueeze(-1)
        index, logits = broadcast_tensors(index, self.logits)
        return logits.gather(-1, index[..., :1].contiguous()).squeeze(-1)

    def entropy(self) -> Tensor:
        return -where(self.probs > 0, self.probs * self.logits, 0.0).sum(-1)

    @property
    def mode(self) -> Tensor:
        return self.probs.argmax(-1)
