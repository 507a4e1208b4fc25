"""What is measured on each device: operations over sizes, copies, whole training steps over batches."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Self

import autograd
import nn.functional as F
from autograd.backend import get_backend

from ..arithmetic import operations
from ..engines import OURS, engine, names
from ..workloads import BY_NAME

Call = Callable[[], Any]
FLOAT = 4  # bytes of a float32


@dataclass(frozen=True)
class Case:
    """Something to time at several sizes.

    `make(device, size)` gives a call. `moved(size)` are the bytes that it has to read and write, `flops(size)` its
    operations, `carried(size)` the bytes that have to come to a device and go back if they live on the host; each 0
    where nothing is said. `runs_on(device)` is whether a device can do it. `unit` says what a size is: a batch,
    elements, or the rows and columns of a matrix.
    """

    name: str
    group: str
    unit: str
    sizes: tuple[int, ...]
    make: Callable[[str, int], Call]
    moved: Callable[[int], int] = lambda size: 0
    flops: Callable[[int], int] = lambda size: 0
    carried: Callable[[int], tuple[int, int]] = lambda size: (0, 0)
    runs_on: Callable[[str], bool] = lambda device: True

    def at(self, sizes: tuple[int, ...]) -> Self:
        """The same at other sizes."""
        return replace(self, sizes=sizes)


def _numbers(device: str, *shape: int) -> autograd.Tensor:
    return autograd.ones(*shape, device=device)


def _add(device: str, n: int) -> Call:
    x, y = _numbers(device, n), _numbers(device, n)
    return lambda: x + y


def _tanh(device: str, n: int) -> Call:
    x = _numbers(device, n)
    return lambda: x.tanh()


def _sum(device: str, n: int) -> Call:
    x = _numbers(device, n)
    return lambda: x.sum()


def _softmax(device: str, rows: int) -> Call:
    x = _numbers(device, rows, 1024)
    return lambda: x.softmax(1)


def _matmul(device: str, n: int) -> Call:
    x, y = _numbers(device, n, n), _numbers(device, n, n)
    return lambda: x @ y


CHANNELS, FILTERS, SIDE, KERNEL = 32, 64, 28, 3


def _convolution(device: str, batch: int) -> Call:
    x, weight = _numbers(device, batch, CHANNELS, SIDE, SIDE), _numbers(device, FILTERS, CHANNELS, KERNEL, KERNEL)
    return lambda: F.conv2d(x, weight, padding=1)


def _carried_by_convolution(batch: int) -> tuple[int, int]:
    pixels = FLOAT * batch * SIDE * SIDE
    return pixels * CHANNELS + FLOAT * FILTERS * CHANNELS * KERNEL**2, pixels * FILTERS


def _beyond_the_host(device: str) -> bool:
    return device != "cpu"


def _to_device(device: str, n: int) -> Call:
    x = _numbers("cpu", n)
    return lambda: x.to(device)


def _to_host(device: str, n: int) -> Call:
    x = _numbers(device, n)
    return lambda: x.to("cpu")


ENGINES = {"pullback eager": "", "pullback replay": ", recorded", "PyTorch eager": ", PyTorch"}
WARM = 4  # steps, until a recorded one is replayed


def _training(name: str, sizes: tuple[int, ...], by: str) -> Case:
    """A whole step of a workload: forward, loss, backward, Adam; its batch comes from the host, nothing goes back.

    Of each engine on its own; PyTorch is imported by the first of its cases, which are the last.
    """
    workload = BY_NAME[name]

    def make(device: str, batch: int) -> Call:
        step = workload.step(engine(by, device), batch)
        for _ in range(WARM):
            step()
        return step

    def runs_on(device: str) -> bool:
        return by in OURS or (device in ("cpu", "cuda") and by in names(device))

    @functools.cache
    def a_sample() -> int:
        return operations(workload, 1)

    return Case(
        f"step of {name}{ENGINES[by]}",
        "training step",
        "batch",
        sizes,
        make,
        flops=lambda batch: batch * a_sample(),
        carried=lambda batch: (FLOAT * batch * math.prod(workload.shape), 0),
        runs_on=runs_on,
    )


def _powers(first: int, last: int, factor: int) -> tuple[int, ...]:
    sizes = [first]
    while sizes[-1] * factor <= last:
        sizes.append(sizes[-1] * factor)
    return tuple(sizes)


ELEMENTS = _powers(2**10, 2**26, 8)
STEPS = {
    "MLP 784-512-512-10": _powers(1, 1024, 4),
    "CNN 28x28, 32 and 64 channels": _powers(1, 256, 4),
    "GPT 4 layers, width 128, context 128": _powers(1, 64, 4),
}

CASES = [
    Case("add", "elementwise", "elements", ELEMENTS, _add, lambda n: 12 * n, lambda n: n, lambda n: (8 * n, 4 * n)),
    Case("tanh", "elementwise", "elements", ELEMENTS, _tanh, lambda n: 8 * n, lambda n: n, lambda n: (4 * n, 4 * n)),
    Case("sum", "reduction", "elements", ELEMENTS, _sum, lambda n: 4 * n, lambda n: n, lambda n: (4 * n, 4)),
    Case(
        "softmax of rows of 1024",
        "reduction",
        "rows",
        _powers(1, 2**14, 8),
        _softmax,
        moved=lambda rows: 2 * FLOAT * 1024 * rows,
        carried=lambda rows: (FLOAT * 1024 * rows, FLOAT * 1024 * rows),
    ),
    Case(
        "matmul",
        "product",
        "rows and columns",
        _powers(16, 4096, 2),
        _matmul,
        moved=lambda n: 3 * FLOAT * n * n,
        flops=lambda n: 2 * n**3,
        carried=lambda n: (2 * FLOAT * n * n, FLOAT * n * n),
    ),
    Case(
        "convolution 3x3, 32 to 64 channels, 28x28",
        "convolution",
        "batch",
        _powers(1, 256, 4),
        _convolution,
        moved=lambda batch: sum(_carried_by_convolution(batch)),
        flops=lambda batch: 2 * batch * SIDE**2 * FILTERS * CHANNELS * KERNEL**2,
        carried=_carried_by_convolution,
    ),
    Case("copy to the device", "copy", "elements", ELEMENTS, _to_device, lambda n: FLOAT * n, runs_on=_beyond_the_host),
    Case("copy to the host", "copy", "elements", ELEMENTS, _to_host, lambda n: FLOAT * n, runs_on=_beyond_the_host),
    *[_training(name, sizes, by) for by in ENGINES for name, sizes in STEPS.items()],
]


def synchronize(device: str) -> None:
    """Waits for a device."""
    get_backend(device).synchronize()
