"""Timing on noisy machines: all candidates in turn, round after round, and medians over the rounds."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

PAUSE = 0.3  # seconds: threads of OpenBLAS and OpenMP go on spinning after a product and slow who comes next
NOISE = 0.15  # quartiles further apart than this share of the median: what was measured is the machine


class Runner(Protocol):
    """What can be timed: seconds a call, over so many calls."""

    def run(self, calls: int) -> float: ...


def calls_for(seconds_a_call: float, seconds: float) -> int:
    """How many calls take about so long, at least one."""
    return max(1, round(seconds / max(seconds_a_call, 1e-7)))


def interleaved(
    candidates: Sequence[Runner],
    calls: Sequence[int],
    rounds: int = 15,
    pause: float = PAUSE,
    progress: Callable[[], None] = lambda: None,
) -> list[list[float]]:
    """Seconds a call of each candidate, in each of the rounds.

    The order turns with the round, so that none always runs after the same other.
    """
    times: list[list[float]] = [[] for _ in candidates]
    for number in range(rounds):
        for i in range(len(candidates)):
            which = (i + number) % len(candidates)
            time.sleep(pause)
            times[which].append(candidates[which].run(calls[which]))
            progress()
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
