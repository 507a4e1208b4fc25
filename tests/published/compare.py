"""Whether two records say the same."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

TOLERANCE = {"single": 2e-3, "double": 1e-6}  # relative to the largest element of an array
# What is this much smaller than the largest of its kind is compared by the largest's scale: a gradient with those of
# its step, a loss with those of the run (the first loss of a policy is the mean of numbers that cancel).
_SMALL = {"grad": 1e-3, "loss": 1e-2}


def scales(theirs: Mapping[str, np.ndarray]) -> dict[str, float]:
    """By name, what a difference is measured with: the largest element, at least a part of that of its kind."""
    largest = {name: float(np.abs(array[np.isfinite(array)]).max(initial=0.0)) for name, array in theirs.items()}
    kinds: dict[str, float] = {}
    for name, value in largest.items():
        kind = _kind(name)
        kinds[kind] = max(kinds.get(kind, 0.0), value)
    return {
        name: max(value, _SMALL.get(name.split()[0], 1e-3) * kinds[_kind(name)], 1e-7)
        for name, value in largest.items()
    }


def _kind(name: str) -> str:
    """The gradients of one step share a scale, whatever is behind the step: "grad 1.encoder.bias", "grad 1 0.0.3"."""
    return " ".join(re.split(r"[ .]", name)[:2]) if name.startswith("grad") else name.split()[0]


def difference(ours: np.ndarray, theirs: np.ndarray, scale: float) -> float:
    """The largest difference by the scale; infinite where shapes or what is not finite differ."""
    if ours.shape != theirs.shape:
        return np.inf
    if not theirs.size:
        return 0.0
    if theirs.dtype.kind == "c" or ours.dtype.kind == "c":
        ours, theirs = ours.astype(np.complex128), theirs.astype(np.complex128)
    else:
        ours, theirs = ours.astype(np.float64), theirs.astype(np.float64)
    other = ~((ours == theirs) | (np.isnan(ours) & np.isnan(theirs)))
    ours, theirs = ours[other], theirs[other]
    if not np.isfinite(ours).all() or not np.isfinite(theirs).all():
        return np.inf
    return float(np.abs(ours - theirs).max(initial=0.0)) / scale


def verdict(
    ours: Mapping[str, np.ndarray], theirs: Mapping[str, np.ndarray], precision: str = "single"
) -> tuple[bool, float, str]:
    """Whether the records agree, the largest relative difference, and where it is or what is missing."""
    absent = [name for name in theirs if name not in ours] + [name for name in ours if name not in theirs]
    measured = scales(theirs)
    found = {name: difference(ours[name], theirs[name], measured[name]) for name in theirs if name in ours}
    worst = max(found, key=lambda name: found[name], default="")
    error = found.get(worst, 0.0)
    if absent:
        return False, error, f"{len(absent)} results are on one side only, {absent[0]} first"
    first = next((name for name, value in found.items() if value > TOLERANCE[precision]), worst)
    return error <= TOLERANCE[precision], error, first
