"""torch.multiprocessing: Python's, and `spawn`. Tensors are copied from one process to another."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import pickle
import traceback
from collections.abc import Callable
from multiprocessing import *  # noqa: F403
from multiprocessing.context import BaseContext
from typing import Any


class ProcessException(Exception):  # noqa: N818
    """A process that `spawn` started has failed: its number and its process id."""

    def __init__(self, msg: str, error_index: int, pid: int) -> None:
        super().__init__(msg)
        self.msg, self.error_index, self.error_pid, self.pid = msg, error_index, pid, pid

    def __reduce__(self) -> Any:
        return type(self), (self.msg, self.error_index, self.pid)


class ProcessRaisedException(ProcessException):
    """It raised an exception, whose traceback is in the message."""


class ProcessExitedException(ProcessException):
    """It ended by a signal or with another exit code than 0."""

    def __init__(
        self, msg: str, error_index: int, error_pid: int, exit_code: int, signal_name: str | None = None
    ) -> None:
        super().__init__(msg, error_index, error_pid)
        self.exit_code, self.signal_name = exit_code, signal_name

    def __reduce__(self) -> Any:
        return type(self), (self.msg, self.error_index, self.pid, self.exit_code, self.signal_name)


class ProcessContext:
    """The processes that `spawn` started."""

    def __init__(self, processes: list[Any], errors: list[Any]) -> None:
        self.processes, self._errors = processes, errors

    def pids(self) -> list[int]:
        """Their process ids."""
        return [int(process.pid) for process in self.processes]

    def join(self, timeout: float | None = None, grace_period: float | None = None) -> bool:
        """Waits until one fails, which raises and ends the others, or all are done; whether all are."""
        alive = [process for process in self.processes if process.is_alive()]
        ending = multiprocessing.connection.wait([process.sentinel for process in alive], timeout) if alive else []
        for process in alive:
            if process.sentinel in ending:
                process.join()  # it has closed its end, and may not have an exit code yet
        codes = [process.exitcode for process in self.processes]  # read once: one that ends now is for the next call
        for index, code in enumerate(codes):
            if code:
                self._raise(index)
        return None not in codes

    def _raise(self, index: int) -> None:
        for process in self.processes:
            if process.is_alive():
                process.terminate()
            process.join()
        process = self.processes[index]
        if self._errors[index].poll():
            raise ProcessRaisedException(
                f"\n\n-- Process {index} terminated with the following error:\n{self._errors[index].recv()}",
                index,
                process.pid,
            )
        code = process.exitcode
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        raise ProcessExitedException(f"process {index} terminated with {how}", index, process.pid, code)


def _run(fn: Callable[..., Any], index: int, args: tuple[Any, ...], errors: Any) -> None:
    try:
        fn(index, *args)
    except KeyboardInterrupt:
        pass
    except Exception:
        errors.send(traceback.format_exc())
        raise SystemExit(1) from None


def start_processes(
    fn: Callable[..., Any],
    args: tuple[Any, ...] = (),
    nprocs: int = 1,
    join: bool = True,
    daemon: bool = False,
    start_method: str = "spawn",
) -> ProcessContext | None:
    """Runs fn(i, *args) in processes i = 0, ..., nprocs - 1.

    With `join` it waits for them; the first that fails raises ProcessRaisedException or ProcessExitedException and ends
    the others. Without, it returns what `join()` is called of.
    """
    context: BaseContext = multiprocessing.get_context(start_method)
    processes, receivers = [], []
    for index in range(nprocs):
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=_run, args=(fn, index, args, sender), daemon=daemon)  # type: ignore[attr-defined]
        try:
            process.start()
        except (pickle.PicklingError, AttributeError, TypeError) as error:
            raise type(error)(f"spawn: {error}; what a process is given has to be picklable") from error
        processes.append(process)
        receivers.append(receiver)
    started = ProcessContext(processes, receivers)
    if not join:
        return started
    while not started.join():
        pass
    return None


def spawn(
    fn: Callable[..., Any],
    args: tuple[Any, ...] = (),
    nprocs: int = 1,
    join: bool = True,
    daemon: bool = False,
    start_method: str = "spawn",
) -> ProcessContext | None:
    """`start_processes`."""
    return start_processes(fn, args, nprocs, join, daemon, start_method)


def get_all_sharing_strategies() -> set[str]:
    """{"file_system"}."""
    return {"file_system"}


def get_sharing_strategy() -> str:
    """file_system."""
    return "file_system"


def set_sharing_strategy(new_strategy: str) -> None:
    """Accepted: tensors are copied."""
    if new_strategy not in ("file_system", "file_descriptor"):
        raise ValueError(f"set_sharing_strategy: expected 'file_system' or 'file_descriptor', got {new_strategy!r}")
