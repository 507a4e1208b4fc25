"""How many multiplications and additions the products among the primitives take, by their shapes."""

from __future__ import annotations

import math
from collections.abc import Callable

Shape = tuple[int, ...]


def _product(x: Shape, y: Shape, result: Shape) -> int:
    """2 m n k of matrices (..., m, k) and (..., k, n)."""
    return 2 * math.prod(result) * x[-1]


def _linear(x: Shape, weight: Shape, result: Shape) -> int:
    """2 rows in out."""
    return 2 * math.prod(x) * weight[0]


def _linear_weight(up: Shape, x: Shape, result: Shape) -> int:
    return 2 * math.prod(up) * x[-1]


def _convolution(x: Shape, weight: Shape, result: Shape) -> int:
    """2 for each output, channel of a group and place of the kernel."""
    return 2 * math.prod(result) * math.prod(weight[1:])


def _convolution_input(up: Shape, weight: Shape, result: Shape) -> int:
    return 2 * math.prod(up) * math.prod(weight[1:])


def _convolution_weight(up: Shape, x: Shape, result: Shape) -> int:
    return 2 * math.prod(up) * math.prod(result[1:])


# By a primitive's name: of the shapes of its first two inputs and of its result.
FORMULAS: dict[str, Callable[[Shape, Shape, Shape], int]] = {
    "matmul": _product,
    "linear": _linear,
    "linear_weight": _linear_weight,
    "convolution": _convolution,
    "convolution_input": _convolution_input,
    "convolution_weight": _convolution_weight,
}
