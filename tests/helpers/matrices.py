"""Matrices that rows of linear algebra are called with."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from tests.helpers.operation import Call, Draw, call


def regular(draw: Draw, *batch: int, size: int = 3) -> np.ndarray:
    return draw.real(*batch, size, size) + 4.0 * np.eye(size)


def complex_regular(draw: Draw, *batch: int, size: int = 3) -> np.ndarray:
    return draw.complex(*batch, size, size) + 5.0 * np.eye(size)


def positive(draw: Draw, *batch: int, size: int = 3) -> np.ndarray:
    x = draw.real(*batch, size, size)
    return x @ np.swapaxes(x, -1, -2) + np.eye(size)


def square_matrices(make: Callable[..., np.ndarray]) -> Callable[[Draw], Iterable[Call]]:
    """One, a batch of two, and one of a single element."""
    return lambda draw: [call(make(draw)), call(make(draw, 2)), call(make(draw, size=1))]
