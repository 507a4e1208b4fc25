"""Which steps of a training are recorded, and where what they took is written."""

from __future__ import annotations

import enum
import os
import socket
import time
from collections.abc import Callable
from typing import Any


class ProfilerActivity(enum.Enum):
    """What is watched: the host, and the GPU that it asks."""

    CPU = 0
    XPU = 1
    CUDA = 2
    HPU = 3
    MTIA = 4
    PrivateUse1 = 5


class ProfilerAction(enum.Enum):
    """What a step does."""

    NONE = 0
    WARMUP = 1
    RECORD = 2
    RECORD_AND_SAVE = 3


def supported_activities() -> set[ProfilerActivity]:
    """What can be watched here: the CPU; the time of kernels where operations run on a GPU."""
    return {ProfilerActivity.CPU, ProfilerActivity.CUDA}


def schedule(
    *, wait: int, warmup: int, active: int, repeat: int = 0, skip_first: int = 0, skip_first_wait: int = 0
) -> Callable[[int], ProfilerAction]:
    """What each step does: skips some, then in cycles waits, warms up and records; `repeat` cycles, 0 for no end.

    With `skip_first_wait` the first cycle does not wait. AssertionError for negative numbers, or none active.

    >>> steps = schedule(wait=1, warmup=1, active=2)
    >>> [steps(number).name for number in range(5)]
    ['NONE', 'WARMUP', 'RECORD', 'RECORD_AND_SAVE', 'NONE']
    """
    if wait < 0 or warmup < 0 or active <= 0 or repeat < 0 or skip_first < 0:
        raise AssertionError(
            "schedule: expected wait, warmup, repeat and skip_first of at least 0 and active of at least 1, got "
            f"{wait=}, {warmup=}, {active=}, {repeat=}, {skip_first=}"
        )

    def action(step: int) -> ProfilerAction:
        if step < 0:
            raise AssertionError(f"Step must be non-negative. Got {step}.")
        if step < skip_first:
            return ProfilerAction.NONE
        step -= skip_first
        if skip_first_wait:
            step += wait
        cycle, place = divmod(step, wait + warmup + active)
        if (repeat and cycle >= repeat) or place < wait:
            return ProfilerAction.NONE
        if place < wait + warmup:
            return ProfilerAction.WARMUP
        return ProfilerAction.RECORD_AND_SAVE if place == wait + warmup + active - 1 else ProfilerAction.RECORD

    return action


def tensorboard_trace_handler(
    dir_name: str, worker_name: str | None = None, use_gzip: bool = False
) -> Callable[..., None]:
    """An `on_trace_ready` that writes a trace into a folder, under a name of its own each time."""

    def write(profiler: Any) -> None:
        os.makedirs(dir_name, exist_ok=True)
        worker = worker_name or f"{socket.gethostname()}_{os.getpid()}"
        name = f"{worker}.{time.time_ns()}.pt.trace.json{'.gz' * use_gzip}"
        profiler.export_chrome_trace(os.path.join(dir_name, name))

    return write
