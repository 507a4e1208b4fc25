"""Timing on noisy machines: all candidates in turn, round after round, and medians over the rounds."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any


def _seconds(step: Callable[[], Any], calls: int, synchronize: Callable[[], None]) -> float:
    synchronize()
    start = time.perf_counter()
    for _ in range(calls):
        step()
    synchronize()
    return (time.perf_counter() - start) / calls


def interleaved(
    steps: Sequence[Callable[[], Any]],
    synchronizes: Sequence[Callable[[], None]],
    rounds: int = 15,
    seconds: float = 0.1,
) -> list[list[float]]:
    """Seconds a call of each step, in each of the rounds; in a round each runs for about `seconds`.

    The order turns with the round, so that none always runs after the same other.
    """
    calls = []
    for step, synchronize in zip(steps, synchronizes, strict=True):
        for _ in range(3):  # compiles, allocates, records
            step()
        calls.append(max(1, round(seconds / max(_seconds(step, 3, synchronize), 1e-7))))
    times: list[list[float]] = [[] for _ in steps]
    for number in range(rounds):
        for i in range(len(steps)):
            which = (i + number) % len(steps)
            gc.collect()
            times[which].append(_seconds(steps[which], calls[which], synchronizes[which]))
    return times


def summary(times: list[float], reference: list[float] | None = None) -> dict[str, float]:
    """Median and quartiles in microseconds; with a reference, the median of the rounds' ratios and its quartiles."""
    low, middle, high = statistics.quantiles(times, n=4)
    figures = {"median_us": 1e6 * middle, "low_us": 1e6 * low, "high_us": 1e6 * high}
    if reference is not None:
        ratios = [a / b for a, b in zip(times, reference, strict=True)]
        low, middle, high = statistics.quantiles(ratios, n=4)
        figures |= {"ratio": middle, "ratio_low": low, "ratio_high": high}
    return figures
