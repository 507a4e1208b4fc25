"""What the rows of the table of operations are made of: an operation, calls of it, and the arrays it is called with.

A row names the operation as autograd and torch both call it (`nn.functional.x` for those of layers)
and says how to make arguments for it. Arrays among the arguments become tensors; floating ones are
differentiated unless they are wrapped in `Fixed`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass
class Call:
    """Arguments of one call."""

    args: tuple
    kwargs: dict[str, Any] = field(default_factory=dict)


def call(*args: Any, **kwargs: Any) -> Call:
    return Call(args, kwargs)


@dataclass
class Fixed:
    """A floating array that is not differentiated."""

    array: np.ndarray


class Draw:
    """Makes arrays."""

    def __init__(self) -> None:
        self.rng = np.random.default_rng(20)

    def real(self, *shape: int, low: float = -2.0, high: float = 2.0) -> np.ndarray:
        return np.asarray(self.rng.uniform(low, high, shape))

    def complex(self, *shape: int, low: float = -2.0, high: float = 2.0) -> np.ndarray:
        return np.asarray(self.rng.uniform(low, high, shape) + 1j * self.rng.uniform(low, high, shape))

    def whole(self, *shape: int, low: int = 0, high: int = 5) -> np.ndarray:
        return np.asarray(self.rng.integers(low, high, shape))

    def mask(self, *shape: int) -> np.ndarray:
        return np.asarray(self.rng.random(shape) < 0.5)


def images(draw: Draw, *shape: int) -> np.ndarray:
    """Values no two of which are close, so that maxima do not jump within a finite difference."""
    count = int(np.prod(shape))
    return (draw.rng.permutation(count) / 7.0 - count / 14.0).reshape(shape)


def spread(draw: Draw, *shape: int) -> np.ndarray:
    """Values no two of which are close, so that their order does not change within a finite difference."""
    return images(draw, *shape) if np.prod(shape) else np.zeros(shape)


@dataclass(frozen=True)
class Inputs:
    """Fixed samples, and the family of all inputs that hypothesis draws others from.

    "unary": a tensor of any shape; "binary": tensors that broadcast; "reduced": a tensor and any of its
    dimensions; "along": a tensor and one of its dimensions.
    """

    samples: Callable[[Draw], list[Call]]
    family: str
    domains: tuple[tuple[float, float], ...] = ((-2.0, 2.0),)
    avoid: tuple[float, ...] = ()  # kinks and jumps, where no derivative is the numeric one
    options: tuple[tuple[str, Any], ...] = ()

    def __call__(self, draw: Draw) -> list[Call]:
        return self.samples(draw)


@dataclass(frozen=True)
class Operation:
    """One row."""

    name: str
    samples: Callable[[Draw], Iterable[Call]]  # or Inputs; of plain samples hypothesis draws the values anew
    differentiable: bool = True
    integers: bool = True  # samples truncated to integers, or to half precision, have one right answer
    twice: bool = True  # the second derivative is defined at these samples
    torch_gradient: bool = True  # torch can differentiate it, too
    redrawn: bool = True  # the samples' values may be drawn anew: no kink lies among them
    exact: bool = True  # torch's own values hold to all digits

    def __str__(self) -> str:
        return self.name


UNARY_SHAPES = [(2, 3), (), (0, 2), (1, 2, 1)]
BINARY_SHAPES = [((2, 3), (2, 3)), ((2, 3), (3,)), ((2, 1), (1, 3)), ((), (3,)), ((3,), ()), ((0, 3), (1, 3)), ((), ())]


def unary(low: float, high: float, *avoid: float) -> Inputs:
    return Inputs(
        lambda draw: [call(draw.real(*shape, low=low, high=high)) for shape in UNARY_SHAPES],
        "unary",
        ((low, high),),
        avoid,
    )


def complex_unary(draw: Draw) -> list[Call]:
    return [call(draw.complex(2, 3)), call(draw.complex()), call(draw.complex(0, 2))]


def binary(
    low: float = -2.0,
    high: float = 2.0,
    first: tuple[float, float] | None = None,
    scalars: bool = True,
    smooth: bool = True,
) -> Inputs:
    a, b = first or (low, high)

    def samples(draw: Draw) -> list[Call]:
        calls = [call(draw.real(*x, low=a, high=b), draw.real(*y, low=low, high=high)) for x, y in BINARY_SHAPES]
        return [*calls, call(draw.real(2, 2, low=a, high=b), 1.75)] if scalars else calls

    return Inputs(samples, "binary" if smooth else "apart", ((a, b), (low, high)))


def reduced(low: float = -2.0, high: float = 2.0, **more: Any) -> Inputs:
    """None, one and several dimensions, kept or not."""

    def samples(draw: Draw) -> list[Call]:
        return [
            call(draw.real(2, 3, low=low, high=high), **more),
            call(draw.real(low=low, high=high), **more),
            call(draw.real(2, 3, 2, low=low, high=high), 1, **more),
            call(draw.real(2, 3, 2, low=low, high=high), dim=-1, keepdim=True, **more),
            call(draw.real(2, 3, 2, low=low, high=high), (0, 2), **more),
            call(draw.real(2, 3, 2, low=low, high=high), dim=(-1, 0), keepdim=True, **more),
        ]

    return Inputs(samples, "reduced", ((low, high),), options=tuple(more.items()))


def along(low: float = -2.0, high: float = 2.0, distinct: bool = False) -> Inputs:
    """One dimension."""

    def made(draw: Draw, *shape: int) -> np.ndarray:
        return spread(draw, *shape) if distinct else draw.real(*shape, low=low, high=high)

    return Inputs(
        lambda d: [call(made(d, 2, 3), 1), call(made(d, 3, 2), 0), call(made(d, 2, 3, 2), dim=-2), call(made(d, 3), 0)],
        "distinct along" if distinct else "along",
        ((low, high),),
    )


def one_dim(draw: Draw) -> list[Call]:
    return [
        call(draw.real(2, 3)),
        call(draw.real(2, 3), 1),
        call(draw.real(2, 3), dim=-2, keepdim=True),
        call(draw.real(3), 0),
    ]
