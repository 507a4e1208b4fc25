"""How far to go along a direction."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from autograd import Tensor


class Point(NamedTuple):
    """A place on the line: how far along, the loss, its gradient, the gradient's part along the line."""

    distance: float
    loss: float
    gradient: Tensor
    slope: float = 0.0


def cubic_minimum(a: Point, b: Point, bounds: tuple[float, float] | None = None) -> float:
    """Where the cubic through two points with their slopes is least, within bounds (the points', unless given).

    J. Nocedal, S. Wright, "Numerical optimization", 1999, eq. 3.59.
    """
    low, high = bounds or (min(a.distance, b.distance), max(a.distance, b.distance))
    d1 = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.distance - b.distance)
    square = d1**2 - a.slope * b.slope
    if not square >= 0:
        return (low + high) / 2
    d2 = math.sqrt(square)
    left, right = (a, b) if a.distance <= b.distance else (b, a)
    width = right.distance - left.distance
    place = right.distance - width * ((right.slope + d2 - d1) / (right.slope - left.slope + 2 * d2))
    return min(max(place, low), high)


def strong_wolfe(
    evaluate: Callable[[float], Point],
    start: Point,
    t: float,
    size: float,
    tolerance: float,
    c1: float = 1e-4,
    c2: float = 0.9,
    most: int = 25,
) -> tuple[Point, int]:
    """A point where the loss fell enough and its slope flattened enough, and how many points were tried.

        loss(t) <= loss(0) + c1 t slope(0)       |slope(t)| <= c2 |slope(0)|

    First the steps grow until two points enclose such a one, then the cubic between them is followed.
    `size` is the largest element of the direction. J. Nocedal, S. Wright, 1999, algorithms 3.5 and 3.6.
    """

    def too_high(point: Point) -> bool:
        return point.loss > start.loss + c1 * point.distance * start.slope

    def flat(point: Point) -> bool:
        return abs(point.slope) <= -c2 * start.slope

    before, now = start, evaluate(t)
    calls, tries = 1, 0
    ends: list[Point] | None = None
    while tries < most:
        if too_high(now) or (tries > 1 and now.loss >= before.loss):
            ends = [before, now]
            break
        if flat(now):
            return now, calls
        if now.slope >= 0:
            ends = [before, now]
            break
        bounds = now.distance + 0.01 * (now.distance - before.distance), now.distance * 10
        before, now = now, evaluate(cubic_minimum(before, now, bounds))
        calls, tries = calls + 1, tries + 1
    if ends is None:
        ends = [start, now]

    low, high = (0, 1) if ends[0].loss <= ends[1].loss else (1, 0)
    stuck = False
    while tries < most and abs(ends[1].distance - ends[0].distance) * size >= tolerance:
        least, largest = sorted(end.distance for end in ends)
        t = cubic_minimum(ends[0], ends[1])
        # Close to an end twice in a row, or outside: a tenth of the way inwards, so that the bracket shrinks.
        margin = 0.1 * (largest - least)
        if min(largest - t, t - least) < margin:
            if stuck or t >= largest or t <= least:
                t = largest - margin if abs(t - largest) < abs(t - least) else least + margin
                stuck = False
            else:
                stuck = True
        else:
            stuck = False
        now = evaluate(t)
        calls, tries = calls + 1, tries + 1
        if too_high(now) or now.loss >= ends[low].loss:
            ends[high] = now
            low, high = (0, 1) if ends[0].loss <= ends[1].loss else (1, 0)
            continue
        if flat(now):
            return now, calls
        if now.slope * (ends[high].distance - ends[low].distance) >= 0:
            ends[high] = ends[low]
        ends[low] = now
    return ends[low], calls
