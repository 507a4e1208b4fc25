"""How many operations a step's products and convolutions are, and how many this machine can do in a second."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

import autograd
from autograd.engine.modes import Listener, modes
from autograd.profiler.flops import FORMULAS

from .engines import engine
from .workloads import Workload

SHAPES = ((512, 512, 512), (1024, 1024, 1024), (2048, 128, 512), (256, 2048, 2048))


class _Counter(Listener):
    """Adds up what it is told of."""

    def __init__(self) -> None:
        self.flops = 0

    def on_apply(self, primitive: Any, inputs: Any, params: dict[str, Any], outputs: Any, arrays: Any) -> None:
        if primitive.name in FORMULAS:  # what is no product or convolution counts nothing, as is usual
            self.flops += FORMULAS[primitive.name](*(tuple(x.shape) for x in (*arrays[:2], outputs)))


def operations(workload: Workload, batch: int | None = None) -> int:
    """Floating-point operations of a whole step, two a multiply-add, counted while one runs."""
    step = workload.step(engine("pullback eager"), batch)
    counter = _Counter()
    before, modes.listener = modes.listener, counter
    try:
        step()
    finally:
        modes.listener = before
    return counter.flops


def ceiling(device: str = "cpu", seconds: float = 0.2) -> float:
    """The most operations a second in float32 that a product of matrices reached here, of a few sizes."""
    best = 0.0
    for m, k, n in SHAPES:
        x, y = (autograd.tensor(np.ones(shape, np.float32), device=device) for shape in ((m, k), (k, n)))
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            start = time.perf_counter()
            x @ y
            if device == "cuda":
                autograd.cuda.synchronize()
            best = max(best, 2 * m * k * n / (time.perf_counter() - start))
    return best
