"""Times of the cases on the devices, as rows of plain data."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import autograd

from ..report import machine
from ..timing import calls_for, interleaved, summary
from .cases import Call, Case, synchronize
from .ceilings import bandwidth, peak

FORMAT = 1  # of the file of results
MEASURED, EXAMPLE = "measured", "example, not measured"


class Timed:
    """A call on a device: what `interleaved` runs."""

    def __init__(self, call: Call, device: str) -> None:
        self.call, self.device = call, device

    def run(self, calls: int) -> float:
        """Seconds a call, over so many, until the device has done them."""
        synchronize(self.device)
        start = time.perf_counter()
        for _ in range(calls):
            self.call()
        synchronize(self.device)
        return (time.perf_counter() - start) / calls


def name_of(device: str) -> str:
    """What the device is called by who made it."""
    kind = autograd.device(device).type
    if kind == "cuda":
        return autograd.cuda.get_device_name(device)
    return str(machine()["processor"]) if kind == "cpu" else kind


def _longest(case: Case, device: str, seconds: float) -> Iterator[tuple[int, Timed, float]]:
    """The sizes with what is timed at each and the seconds that it took at first, until it takes too long or too much
    memory."""
    for size in case.sizes:
        try:
            timed = Timed(case.make(device, size), device)
            timed.run(1)  # compiles kernels, fills pools of memory
            took = timed.run(1)
        except (MemoryError, autograd.cuda.OutOfMemoryError):
            return
        yield size, timed, took
        if took > seconds:
            return


def measure_case(
    case: Case,
    devices: Sequence[str],
    *,
    rounds: int,
    seconds: float,
    longest: float,
    pause: float,
    advance: Callable[[], None] = lambda: None,
) -> list[dict[str, Any]]:
    """A row a device and size; at each size the devices take turns."""
    rows = []
    running = {device: _longest(case, device, longest) for device in devices if case.runs_on(device)}
    for size in case.sizes:
        here = {device: found for device, sizes in running.items() if (found := next(sizes, None)) is not None}
        advance()
        if not here:
            break
        times = interleaved(
            [timed for _, timed, _ in here.values()],
            [calls_for(took, seconds) for _, _, took in here.values()],
            rounds,
            pause,
        )
        for device, taken in zip(here, times, strict=True):
            rows.append(
                {
                    "case": case.name,
                    "group": case.group,
                    "unit": case.unit,
                    "device": device,
                    "size": size,
                    "bytes": case.moved(size),
                    "flops": case.flops(size),
                    "carried": case.carried(size),
                    **summary(taken),
                }
            )
    return rows


def measure(
    cases: Sequence[Case],
    devices: Sequence[str],
    *,
    rounds: int = 5,
    seconds: float = 0.05,
    longest: float = 2.0,
    pause: float = 0.02,
    say: Callable[[str], None] = lambda what: None,
    begin: Callable[[str, int], None] = lambda what, total: None,
    advance: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """All of it, with what each device can do at most: what the file of results holds."""
    made: dict[str, Any] = {"format": FORMAT, "kind": "devices", "origin": MEASURED, "machine": machine()}
    made["devices"] = []
    for device in devices:
        say(f"{device}: ceilings")
        roofs = {"bandwidth": bandwidth(device, 4 * seconds), "peak": peak(device, 4 * seconds)}
        made["devices"].append({"device": device, "name": name_of(device), **roofs})
    made["rows"] = []
    for case in cases:
        begin(case.name, len(case.sizes))
        made["rows"] += measure_case(
            case, devices, rounds=rounds, seconds=seconds, longest=longest, pause=pause, advance=advance
        )
    return made
