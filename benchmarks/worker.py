"""One candidate in a process of its own: it makes its first step, then times rounds when it is told to.

    python -m benchmarks.worker ENGINE DEVICE WORKLOAD

Each line that it reads is a JSON object, {"calls": 100}; each that it writes answers one. The first says how long the
first step took and how much memory; the end of its input ends it.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from .engines import step_of
from .workloads import BY_NAME

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def _kilobytes(name: str) -> int | None:
    """A line of what Linux says of this process's memory: VmRSS now, VmHWM at its most."""
    if not STATUS.exists():
        return None
    lines = [line for line in STATUS.read_text().splitlines() if line.startswith(name + ":")]
    return int(lines[0].split()[1]) if lines else None


def _forget_peak() -> None:
    """The most that this process has held counts from now on."""
    with contextlib.suppress(OSError):  # where it is not allowed the peak of the imports counts, too
        CLEAR.write_text("5")


def _timed(step: Callable[[], Any], wait: Callable[[Any], Any], calls: int) -> float:
    start = time.perf_counter()
    for _ in range(calls):
        result = step()
    wait(result)
    return (time.perf_counter() - start) / calls


def serve(step: Callable[[], Any], wait: Callable[[Any], Any], orders: IO[str], answers: IO[str]) -> None:
    """The first steps, then rounds as they are ordered."""

    def answer(**what: Any) -> None:
        print(json.dumps(what), file=answers, flush=True)

    _forget_peak()
    before = _kilobytes("VmRSS")
    first = _timed(step, wait, 1)
    for _ in range(2):  # recorded at the first, replayed at the next
        wait(step())
    peak = _kilobytes("VmHWM")
    seconds = _timed(step, wait, 3)
    memory = None if before is None or peak is None else max(0, peak - before) / 1024
    answer(first=first, seconds=seconds, memory_mib=memory, loss=float(step()))
    for line in orders:
        calls = json.loads(line)["calls"]
        gc.collect()
        wait(step())  # after a pause everything is cold
        answer(seconds=_timed(step, wait, calls))


def main() -> None:
    """Runs the candidate of the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.worker", description=__doc__)
    parser.add_argument("engine")
    parser.add_argument("device")
    parser.add_argument("workload")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--batch", type=int)
    options = parser.parse_args()
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no answer
    try:
        step, wait = step_of(options.engine, options.device, BY_NAME[options.workload], options.batch, options.threads)
    except NotImplementedError as error:
        print(json.dumps({"missing": str(error)}), file=answers, flush=True)
        return
    serve(step, wait, sys.stdin, answers)


if __name__ == "__main__":
    main()
