"""torch.futures' place: results that other threads set."""

from __future__ import annotations

import concurrent.futures
from collections.abc import Callable
from typing import Any


class Future:
    """A result that is set later, once, and waited for."""

    def __init__(self, *, devices: Any = None) -> None:
        self._inner: concurrent.futures.Future[Any] = concurrent.futures.Future()

    def done(self) -> bool:
        """Whether the result, or an exception, is there."""
        return self._inner.done()

    def wait(self) -> Any:
        """The result, once it is there; raises the exception that was set in its place."""
        return self._inner.result()

    def value(self) -> Any:
        """The result; RuntimeError if it is not there yet."""
        if not self.done():
            raise RuntimeError("Future.value: the future has not completed")
        return self.wait()

    def set_result(self, result: Any) -> None:
        """Sets the result; RuntimeError if there is one."""
        if self.done():
            raise RuntimeError("Future can only be marked completed once")
        self._inner.set_result(result)

    def set_exception(self, result: BaseException) -> None:
        """Sets the exception that `wait` raises."""
        self._inner.set_exception(result)

    def then(self, callback: Callable[[Future], Any]) -> Future:
        """The future of callback(self), which is called once this is done."""
        following = Future()

        def run(_: Any) -> None:
            try:
                following.set_result(callback(self))
            except Exception as error:
                following.set_exception(error)

        self._inner.add_done_callback(run)
        return following

    def add_done_callback(self, callback: Callable[[Future], None]) -> None:
        """Calls callback(self) once this is done."""
        self._inner.add_done_callback(lambda _: callback(self))


def collect_all(futures: list[Future]) -> Future:
    """The future of these, done when all are."""
    gathered = Future()
    left = [len(futures)]

    def one_more(_: Future) -> None:
        left[0] -= 1
        if not left[0]:
            gathered.set_result(futures)

    if not futures:
        gathered.set_result(futures)
    for each in futures:
        each.add_done_callback(one_more)
    return gathered


def wait_all(futures: list[Future]) -> list[Any]:
    """The results of all."""
    return [each.wait() for each in futures]


__all__ = ["Future", "collect_all", "wait_all"]
