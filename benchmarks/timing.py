"""Timing on noisy machines: all candidates in turn, round after round, and medians over the rounds."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

PAUSE = 0.3  # seconds: threads of OpenBLAS and OpenMP go on spinning after a product and slow who comes next
NOISE = 0.15  # quartiles further apart than this share of the median: what was measured is the machine


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
    pause: float = PAUSE,
) -> list[list[float]]:
    """Seconds a call of each step, in each of the rounds; in a round each runs for about `seconds`.

    The order turns with the round, so that none always runs after the same other.
    """
    calls = []
    for step, synchronize in zip(steps, synchronizes, strict=True):
        time.sleep(pause)
        for _ in range(3):  # compiles, allocates, records
            step()
        calls.append(max(1, round(seconds / max(_seconds(step, 3, synchronize), 1e-7))))
    times: list[list[float]] = [[] for _ in steps]
    for number in range(rounds):
        for i in range(len(steps)):
            which = (i + number) % len(steps)
            gc.collect()
            time.sleep(pause)
            steps[which]()  # after the pause everything is cold
            times[which].append(_seconds(steps[which], calls[which], synchronizes[which]))
    return times


def is_noisy(low: float, middle: float, high: float) -> bool:
    """Whether quartiles are so far apart that their median says little."""
    return high - low > NOISE * middle


def summary(times: list[float], reference: list[float] | None = None) -> dict[str, Any]:
    """Median and quartiles in microseconds; with a reference, the median of the rounds' ratios and its quartiles.

    "noisy" and "ratio_noisy" mark those whose quartiles are far apart.
    """
    low, middle, high = statistics.quantiles(times, n=4)
    figures = {
        "median_us": 1e6 * middle,
        "low_us": 1e6 * low,
        "high_us": 1e6 * high,
        "noisy": is_noisy(low, middle, high),
    }
    if reference is not None:
        ratios = [a / b for a, b in zip(times, reference, strict=True)]
        low, middle, high = statistics.quantiles(ratios, n=4)
        figures |= {
            "ratio": middle,
            "ratio_low": low,
            "ratio_high": high,
            "ratio_noisy": is_noisy(low, middle, high),
        }
    return figures


def beside(quiet: list[float], busy: list[float]) -> dict[str, Any]:
    """Median and quartiles beside a busy process, and over the quiet median.

    How far apart the busy times are belongs to what is measured: only noise in the quiet ones spoils the ratio.
    """
    low, middle, high = statistics.quantiles(busy, n=4)
    first, alone, last = statistics.quantiles(quiet, n=4)
    return {
        "busy_median_us": 1e6 * middle,
        "busy_low_us": 1e6 * low,
        "busy_high_us": 1e6 * high,
        "busy_over_quiet": middle / alone,
        "busy_over_quiet_low": low / alone,
        "busy_over_quiet_high": high / alone,
        "busy_over_quiet_noisy": is_noisy(first, alone, last),
    }
