"""From which size on another device is faster than the first, and what that means, in sentences."""

from __future__ import annotations

import bisect
import math
from dataclasses import dataclass
from typing import Any, NamedTuple

TIE = 0.05  # times that differ by less than this share are called equal


class Time(NamedTuple):
    """Seconds: the median, and the quartiles around it."""

    low: float
    middle: float
    high: float

    def later(self, seconds: float) -> Time:
        """With so much before or after it."""
        return Time(*(each + seconds for each in self))


@dataclass(frozen=True)
class Crossing:
    """Where the faster of two devices changes.

    `faster` says by size which device is, None where their quartiles overlap or their medians hardly differ. From the
    measured `size` on it is `above` alone; None if it is so from the first, or nobody is faster at the end. `estimate`
    is where the lines of medians cross, straight in logarithms. `ratios` are first's time over other's.
    """

    first: str
    other: str
    faster: dict[int, str | None]
    ratios: dict[int, float]
    size: int | None
    estimate: float | None

    @property
    def above(self) -> str | None:
        """Who is faster at the largest size."""
        return self.faster[max(self.faster)]

    @property
    def below(self) -> set[str | None]:
        """Who is faster at the sizes before."""
        return {each for size, each in self.faster.items() if self.size is not None and size < self.size}


def crossing(first: str, other: str, one: dict[int, Time], two: dict[int, Time]) -> Crossing | None:
    """Compares times by size; None without a common size."""
    sizes = sorted(one.keys() & two.keys())
    if not sizes:
        return None
    ratios = {size: one[size].middle / two[size].middle for size in sizes}
    faster: dict[int, str | None] = {}
    for size in sizes:
        apart = one[size].high < two[size].low or two[size].high < one[size].low
        differ = abs(math.log(ratios[size])) > math.log1p(TIE)
        faster[size] = (other if ratios[size] > 1 else first) if apart and differ else None
    above = faster[sizes[-1]]
    found = estimate = None
    before = [size for size in sizes if faster[size] != above]
    if above is not None and before:
        found = sizes[sizes.index(before[-1]) + 1]
        estimate = _where_one(before[-1], ratios[before[-1]], found, ratios[found])
    return Crossing(first, other, faster, ratios, found, estimate)


def _where_one(low: int, at_low: float, high: int, at_high: float) -> float | None:
    """Where a ratio that is a power of the size between two sizes is one; None if it is not between them."""
    if (at_low > 1) == (at_high > 1):
        return None
    share = math.log(at_low) / (math.log(at_low) - math.log(at_high))
    return float(low * (high / low) ** share)


def by_size(results: dict[str, Any], case: str, device: str) -> dict[int, Time]:
    """The times of a case on a device."""
    return {
        row["size"]: Time(row["low_us"] / 1e6, row["median_us"] / 1e6, row["high_us"] / 1e6)
        for row in results["rows"]
        if row["case"] == case and row["device"] == device
    }


def _interpolated(points: dict[int, float], at: float) -> float:
    """A time between measured ones, straight in logarithms; below the smallest its own, above the largest in
    proportion."""
    sizes = sorted(points)
    if at <= sizes[0]:
        return points[sizes[0]]
    if at >= sizes[-1]:
        return points[sizes[-1]] * at / sizes[-1]
    i = bisect.bisect_right(sizes, at)
    low, high = sizes[i - 1], sizes[i]
    share = math.log(at / low) / math.log(high / low)
    return float(points[low] * (points[high] / points[low]) ** share)


def copying(results: dict[str, Any], device: str, arriving: int, leaving: int) -> float | None:
    """Seconds to copy so many bytes to a device and from it; None if copies were not timed."""
    seconds = 0.0
    for case, amount in (("copy to the device", arriving), ("copy to the host", leaving)):
        rows = [row for row in results["rows"] if row["case"] == case and row["device"] == device]
        if not rows:
            return None
        if amount:
            seconds += _interpolated({row["bytes"]: row["median_us"] / 1e6 for row in rows}, amount)
    return seconds


def crossings(results: dict[str, Any], with_copies: bool = False) -> list[tuple[dict[str, Any], Crossing]]:
    """By case (a row of it) the comparison of each other device with the first.

    With copies, of the inputs to the other device and of the result back, where these were timed.
    """
    first, *others = [each["device"] for each in results["devices"]]
    cases = {row["case"]: row for row in results["rows"] if row["group"] != "copy"}
    found = []
    for case, row in cases.items():
        for other in others:
            times = by_size(results, case, other)
            if with_copies:
                carried = {each["size"]: each["carried"] for each in results["rows"] if each["case"] == case}
                extra = {size: copying(results, other, *carried[size]) for size in times}
                times = {size: times[size].later(more) for size, more in extra.items() if more is not None}
            made = crossing(first, other, by_size(results, case, first), times)
            if made is not None:
                found.append((row, made))
    return found


def _times(ratio: float) -> str:
    return f"{ratio:.1f} times" if ratio < 10 else f"{ratio:.0f} times"


def amount(size: float, unit: str) -> str:
    """A size in words: "batch 32", "1,024 elements"."""
    return f"batch {size:,}" if unit == "batch" else f"{size:,} {unit}"


def sentence(row: dict[str, Any], found: Crossing, case: str) -> str:
    """What one comparison means."""
    unit, sizes, above = row["unit"], sorted(found.ratios), found.above
    measured = f"{sizes[0]:,} to " * (len(sizes) > 1) + amount(sizes[-1], unit)
    gains = {size: ratio if above == found.other else 1 / ratio for size, ratio in found.ratios.items()}
    if above is None:
        where = "at the largest sizes" if any(found.faster.values()) else "at every size measured"
        return f"{case}: {found.first} and {found.other} are about equally fast {where} ({measured})."
    if found.size is None:
        return f"{case}: {above} is faster at every size measured ({measured}), at most {_times(max(gains.values()))}."
    end, start = f"{_times(gains[sizes[-1]])} at {sizes[-1]:,}", amount(found.size, unit)
    about = "" if found.estimate is None else f" (their lines cross near {found.estimate:,.0f})"
    if found.below == {None}:
        return f"{case}: below {start} both are about equally fast; from there on {above} is faster, {end}{about}."
    if above in found.below:
        return f"{case}: who is faster changes more than once below {start}; from there on it is {above}, {end}."
    (slower,) = {found.first, found.other} - {above}
    return f"{case}: below {start} stay on {slower}; from there on {above} is faster, {end}{about}."


def sentences(results: dict[str, Any]) -> list[str]:
    """All of them: each case with its data on the device, then with its data copied there and the result back."""
    said = [sentence(row, found, row["case"]) for row, found in crossings(results)]
    said += [
        sentence(row, found, f"{row['case']}, copied there and back")
        for row, found in crossings(results, with_copies=True)
        if any(row["carried"])
    ]
    return said
