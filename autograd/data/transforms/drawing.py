"""Random numbers for transforms: of the CPU's generator wherever tensors live, drawn as torchvision draws."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Any

from ...ops.creation import as_tensor, empty
from ...ops.exponential import exp, log
from ...ops.random import multinomial, rand, randint, randperm
from ...ops.torch_random import is_torch_random


def happens(p: float) -> bool:
    """True with probability p."""
    return bool(rand(1, device="cpu") < p)


def uniform(low: float, high: float) -> float:
    """A number in [low, high)."""
    return float(_number(low, high).item())


def _number(low: float, high: float) -> Any:
    return empty(1, device="cpu").uniform_(float(low), float(high))


def between(low: int, high: int) -> int:
    """An integer in [low, high)."""
    return int(randint(low, high, (1,), device="cpu").item())


def below(count: int) -> int:
    """An integer in [0, count)."""
    return between(0, count)


def sides(area: float, scale: Sequence[float], ratio: Sequence[float]) -> tuple[int, int]:
    """The sides of a rectangle of a random share of an area, the first over the second by a random ratio."""
    area *= uniform(*scale)
    low, high = log(as_tensor(list(ratio), device="cpu")).tolist()
    aspect = float(exp(_number(low, high)).item())
    return round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))


def choice(count: int, weights: Sequence[float] | None = None) -> int:
    """One of so many; torchvision asks Python's own generator, and so does this where torch's numbers are drawn."""
    if is_torch_random():
        return random.choices(range(count), weights=weights)[0]
    if weights is None:
        return below(count)
    return int(multinomial(as_tensor([float(each) for each in weights], device="cpu"), 1).item())


def order(count: int) -> list[int]:
    """So many in random order; of Python's generator where torch's numbers are drawn."""
    numbers = list(range(count))
    if is_torch_random():
        random.shuffle(numbers)
        return numbers
    return randperm(count, device="cpu").tolist()
