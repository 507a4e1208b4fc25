"""What a collective operation is told and what it returns."""

from __future__ import annotations

import enum
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from ..engine.tensor import Tensor


class ReduceOp(enum.Enum):
    """How the values of several processes become one."""

    SUM, AVG, PRODUCT, MIN, MAX, BAND, BOR, BXOR, PREMUL_SUM = range(9)

    def check(self, tensor: Tensor) -> None:
        """RuntimeError if values of this dtype can't be combined so."""
        if self in (ReduceOp.BAND, ReduceOp.BOR, ReduceOp.BXOR) and tensor.dtype.is_inexact:
            raise RuntimeError(f"Cannot use ReduceOp.{self.name} with non-integral dtype {tensor.dtype}")


reduce_op = ReduceOp  # torch's older name


class Future:
    """The results of work that is done."""

    def __init__(self, results: Any) -> None:
        self._results = results

    def wait(self) -> Any:
        """The results."""
        return self._results

    value = wait

    def done(self) -> bool:
        """True."""
        return True

    def then(self, callback: Callable[[Future], Any]) -> Future:
        """The future of what the callback makes of this one."""
        return Future(callback(self))

    add_done_callback = then


class Work:
    """The handle of a collective operation that was started with `async_op=True`; it is done already."""

    def __init__(self, results: list[Tensor] | None = None) -> None:
        self._results = results or []

    def wait(self, timeout: timedelta | None = None) -> bool:
        """True, at once."""
        return True

    def is_completed(self) -> bool:
        """True."""
        return True

    is_success = is_completed

    def exception(self) -> None:
        """None: an error is raised where the operation is called."""

    def result(self) -> list[Tensor]:
        """The tensors that hold the result."""
        return self._results

    def get_future(self) -> Future:
        """The results as a future."""
        return Future(self._results)

    def source_rank(self) -> int:
        """0."""
        return 0

    def synchronize(self) -> None:
        """Nothing is left to wait for."""


class P2POp:
    """One message for `batch_isend_irecv`: `isend` or `irecv`, the tensor, and the other process."""

    def __init__(
        self, op: Callable[..., Any], tensor: Tensor, peer: int | None = None, group: Any = None, tag: int = 0
    ) -> None:
        self.op, self.tensor, self.peer, self.group, self.tag = op, tensor, peer, group, tag
