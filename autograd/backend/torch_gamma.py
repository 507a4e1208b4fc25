"""Gamma, Dirichlet and binomial numbers as torch draws them: one by one, each from as many numbers as it takes."""

from __future__ import annotations

import math

import numpy as np

from .base import Array
from .mersenne import Stream

# Constants that torch has in single precision.
THIRD = float(np.float32(1.0) / np.float32(3.0))
SQUEEZE = float(np.float32(0.0331))


class _Numbers:
    """Uniform and normal numbers one by one; `finish` leaves the stream behind those that were taken."""

    def __init__(self, stream: Stream) -> None:
        self.stream, self.kept = stream, stream.kept
        self.ahead: list[float] = []
        self.taken = 0

    def uniform(self) -> float:
        if not self.ahead:
            self.ahead = self.stream.doubles(256)[::-1].tolist()
        self.taken += 1
        return self.ahead.pop()

    def normal(self) -> float:
        """The second of a pair is kept for the next time."""
        if self.kept is not None:
            number, self.kept = self.kept, None
            return number
        angle = 2 * math.pi * self.uniform()
        radius = math.sqrt(-2 * math.log1p(-self.uniform()))
        self.kept = radius * math.sin(angle)
        return radius * math.cos(angle)

    def finish(self) -> None:
        self.stream.rewind()
        self.stream.words(2 * self.taken)
        self.stream.kept = self.kept


def gamma(stream: Stream, count: int, kind: np.dtype, concentration: Array) -> Array:
    """A number of rate 1 for each concentration, not less than the least normal one of its dtype."""
    numbers = _Numbers(stream)
    single = concentration.dtype.char == "f"
    drawn = [_gamma(numbers, a, single) for a in concentration.tolist()]
    numbers.finish()
    return np.maximum(np.array(drawn, np.float64).astype(kind), np.finfo(kind).tiny)


def _gamma(numbers: _Numbers, a: float, single: bool) -> float:
    """Squeezed cubes of normal numbers (G. Marsaglia, W. Tsang, 2000), from a + 1 if a is below 1."""
    scale = 1.0
    if a < 1:
        if a == 0:
            return 0.0
        exponent = float(np.float32(1) / np.float32(a)) if single else 1.0 / a
        scale = (1 - numbers.uniform()) ** exponent
        a = float(np.float32(a) + np.float32(1)) if single else a + 1
    d = float(np.float32(a) - np.float32(THIRD)) if single else a - THIRD
    c = 1 / math.sqrt(9 * d)
    while True:
        x = numbers.normal()
        y = 1 + c * x
        if y <= 0:
            continue
        v = y * y * y
        u = 1 - numbers.uniform()
        square = x * x
        if u < 1 - SQUEEZE * square * square or math.log(u) < 0.5 * square + d * (1 - v + math.log(v)):
            return scale * d * v


def dirichlet(stream: Stream, concentration: Array) -> Array:
    """Gamma numbers divided by their sum: (*, n)."""
    numbers = _Numbers(stream)
    kind = np.dtype(np.float64)
    drawn = [_gamma(numbers, a, False) for a in concentration.astype(kind).reshape(-1).tolist()]
    numbers.finish()
    gammas = np.maximum(np.array(drawn, kind), np.finfo(kind).tiny).reshape(concentration.shape)
    shares = (gammas / gammas.sum(-1, keepdims=True)).astype(concentration.dtype)
    limits = np.finfo(concentration.dtype)
    return np.clip(shares, limits.tiny, 1 - limits.epsneg)


def binomial(stream: Stream, count: int, kind: np.dtype, trials: Array, probs: Array) -> Array:
    """How many of the trials succeed, for each number of them and each probability."""
    numbers = _Numbers(stream)
    drawn = [_binomial(numbers, n, p) for n, p in zip(trials.tolist(), probs.tolist(), strict=True)]
    numbers.finish()
    return np.array(drawn, np.float64).astype(kind)


def _binomial(numbers: _Numbers, n: float, p: float) -> float:
    if n <= 0 or p <= 0:
        return 0.0
    if p >= 1:
        return n
    if p > 0.5:
        return n - _binomial_below(numbers, n, 1 - p)
    return _binomial_below(numbers, n, p)


def _binomial_below(numbers: _Numbers, n: float, p: float) -> float:
    """p up to a half: geometric waits, or transformed rejection (W. Hoermann, 1993, algorithm BTRS)."""
    if n * p < 10:
        successes, trials = 0.0, 0.0
        while True:
            u = numbers.uniform()
            trials += math.ceil(math.log(u) / math.log1p(-p)) if u > 0 else math.inf
            if trials > n:
                return successes
            successes += 1
    deviation = math.sqrt(n * p * (1 - p))
    b = 1.15 + 2.53 * deviation
    a = -0.0873 + 0.0248 * b + 0.01 * p
    c = n * p + 0.5
    surely = 0.92 - 4.2 / b
    odds = p / (1 - p)
    alpha = (2.83 + 5.1 / b) * deviation
    m = math.floor((n + 1) * p)
    while True:
        u, v = numbers.uniform() - 0.5, numbers.uniform()
        room = 0.5 - abs(u)
        k = math.floor((2 * a / room + b) * u + c)
        if room >= 0.07 and v <= surely:
            return float(k)
        if k < 0 or k > n:
            continue
        height = math.log(v * alpha / (a / (room * room) + b))
        bound = (
            (m + 0.5) * math.log((m + 1) / (odds * (n - m + 1)))
            + (n + 1) * math.log((n - m + 1) / (n - k + 1))
            + (k + 0.5) * math.log(odds * (n - k + 1) / (k + 1))
            + _stirling(m)
            + _stirling(n - m)
            - _stirling(k)
            - _stirling(n - k)
        )
        if height <= bound:
            return float(k)


_STIRLING = (
    0.0810614667953272,
    0.0413406959554092,
    0.0276779256849983,
    0.02079067210376509,
    0.0166446911898211,
    0.0138761288230707,
    0.0118967099458917,
    0.0104112652619720,
    0.00925546218271273,
    0.00833056343336287,
)


def _stirling(k: float) -> float:
    """What Stirling's formula lacks to log k!."""
    if k <= 9:
        return _STIRLING[int(k)]
    square = (k + 1) * (k + 1)
    return (1.0 / 12 - (1.0 / 360 - 1.0 / 1260 / square) / square) / (k + 1)
