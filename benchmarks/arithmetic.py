"""How many operations a step's products and convolutions are, and how many this machine can do in a second."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np

import autograd
from autograd.engine.modes import Listener, modes

from .engines import engine
from .workloads import Workload

SHAPES = ((512, 512, 512), (1024, 1024, 1024), (2048, 128, 512), (256, 2048, 2048))


def _multiply_adds(name: str, arrays: Any, params: dict[str, Any], result: Any) -> int:
    """Of one application of a primitive; what is no product or convolution counts nothing, as is usual."""
    if name == "linear":
        return int(arrays[0].size * arrays[1].shape[0])
    if name == "matmul":
        return int(math.prod(result.shape) * arrays[0].shape[-1])
    if name == "linear_weight":
        return int(arrays[0].size * arrays[1].shape[-1])
    if name == "convolution":
        return int(math.prod(result.shape) * arrays[1][0].size)
    if name == "convolution_input":
        return int(arrays[0].size * arrays[1][0].size)
    if name == "convolution_weight":
        return int(arrays[0].size * arrays[1].shape[1] // params["groups"] * math.prod(params["kernel"]))
    return 0


class _Counter(Listener):
    """Adds up what it is told of."""

    def __init__(self) -> None:
        self.multiply_adds = 0

    def on_apply(self, primitive: Any, inputs: Any, params: dict[str, Any], outputs: Any, arrays: Any) -> None:
        self.multiply_adds += _multiply_adds(primitive.name, arrays, params, outputs)


def operations(workload: Workload, batch: int | None = None) -> int:
    """Floating-point operations of a whole step, two a multiply-add, counted while one runs."""
    step = workload.step(engine("pullback eager"), batch)
    counter = _Counter()
    before, modes.listener = modes.listener, counter
    try:
        step()
    finally:
        modes.listener = before
    return 2 * counter.multiply_adds


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
