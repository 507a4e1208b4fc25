"""Digits: functions and their slopes against mpmath, in units of the last place of what is exact, over random
numbers and the edges where a careless formula loses digits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from tests.helpers.oracle import here, host

mp = pytest.importorskip("mpmath", reason="mpmath, which comes with torch, is not installed: pip install mpmath")

pytestmark = [pytest.mark.numbers, pytest.mark.cpu_only]
F = "nn.functional."
DIGITS = 500  # for numbers as small as exp(-1100)


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + mp.exp(-x))


def _phi(x: Any) -> Any:
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


def _ndtr(x: Any) -> Any:
    return mp.erfc(-x / mp.sqrt(2)) / 2


def _sinc_slope(x: Any) -> Any:
    return (mp.cos(mp.pi * x) - mp.sincpi(x)) / x if x else mp.mpf(0)


def _mish_slope(x: Any) -> Any:
    t = mp.tanh(mp.log1p(mp.exp(x)))
    return t + x * (1 - t * t) * _sigmoid(x)


WIDE, POSITIVE, CENTRE, UNIT, INSIDE = "wide", "positive", "centre", "unit", "inside"

# name, what is exact, where, and how many units in the last place are allowed in float32 and in float64
VALUES: list[tuple[str, Callable[[Any], Any], str, float, float]] = [
    ("sigmoid", _sigmoid, WIDE, 3, 3),
    ("special.expit", _sigmoid, WIDE, 3, 3),
    (F + "silu", lambda x: x * _sigmoid(x), WIDE, 4, 4),
    (F + "logsigmoid", lambda x: -mp.log1p(mp.exp(-x)), WIDE, 3, 3),
    (F + "softplus", lambda x: x if x > 20 else mp.log1p(mp.exp(x)), WIDE, 3, 3),
    (F + "mish", lambda x: x * mp.tanh(mp.log1p(mp.exp(x))), WIDE, 5, 5),
    (F + "elu", lambda x: x if x > 0 else mp.expm1(x), WIDE, 2, 2),
    ("expm1", mp.expm1, CENTRE, 2, 2),
    ("log1p", mp.log1p, POSITIVE, 2, 2),
    ("lgamma", lambda x: mp.log(abs(mp.gamma(x))), POSITIVE, 1, 6),
    ("digamma", mp.digamma, POSITIVE, 1, 24),
    ("erf", mp.erf, CENTRE, 2, 3),
    ("erfc", mp.erfc, CENTRE, 1, 6),
    ("special.erfcx", lambda x: mp.exp(x * x) * mp.erfc(x), CENTRE, 1, 8),
    ("erfinv", mp.erfinv, INSIDE, 1, 6),
    ("special.ndtr", _ndtr, CENTRE, 1, 8),
    ("special.ndtri", lambda p: -mp.sqrt(2) * mp.erfinv(1 - 2 * p), UNIT, 1, 8),
    ("special.log_ndtr", lambda x: mp.log1p(-_ndtr(-x)) if x > 0 else mp.log(_ndtr(x)), CENTRE, 1, 8),
    ("special.entr", lambda x: -x * mp.log(x), POSITIVE, 3, 3),
]
SLOPES: list[tuple[str, Callable[[Any], Any], str, float, float]] = [
    (F + "logsigmoid", lambda x: _sigmoid(-x), WIDE, 3, 3),
    (F + "softplus", lambda x: 1 if x > 20 else _sigmoid(x), WIDE, 3, 3),
    (F + "mish", _mish_slope, "tail", 12, 12),
    (F + "silu", lambda x: _sigmoid(x) * (1 + x * (1 - _sigmoid(x))), "tail", 8, 8),
    (F + "elu", lambda x: 1 if x > 0 else mp.exp(x), WIDE, 2, 2),
    ("expm1", mp.exp, CENTRE, 2, 2),
    ("lgamma", mp.digamma, POSITIVE, 1, 24),
    ("digamma", lambda x: mp.psi(1, x), POSITIVE, 1, 8),
    ("sinc", _sinc_slope, "near 0", 8, 8),
    ("special.log_ndtr", lambda x: _phi(x) / _ndtr(x), "below 0", 4, 8),
    ("special.entr", lambda x: -mp.log(x) - 1, UNIT, 6, 6),
]


def points(where: str, kind: str, count: int) -> np.ndarray:
    """Random numbers of a domain, and its edges."""
    rng = np.random.default_rng(3)
    low = 88.0 if kind == "float32" else 700.0
    small = 10.0 ** rng.uniform(-30, 0, count)
    signs = np.where(rng.random(count) < 0.5, -1.0, 1.0)
    spread = {
        WIDE: [rng.uniform(-low, low, count), rng.uniform(-20, 20, count), signs * small, [-17.4, -17.0, -16.0, 0.0]],
        CENTRE: [rng.uniform(-9, 9, count), rng.uniform(-1, 1, count), signs * small, [0.5, -0.5, 1.0, -5.0, 8.9]],
        POSITIVE: [rng.uniform(0, 12, count), rng.uniform(0, 200, count), small, 1 + signs * small, 2 + signs * small],
        UNIT: [rng.random(count), small / 2, [0.5, 0.2, 0.8, 0.02425]],
        INSIDE: [rng.uniform(-0.999, 0.999, count), signs * small * 0.99, signs * (1 - small)],
        "tail": [rng.uniform(-low, -3.0, count)],
        "near 0": [signs * small / 4, [0.25, -0.25]],
        "below 0": [-rng.uniform(0, 37, count), -small, [-5.0, -20.0, -1e3]],
    }[where]
    x = np.concatenate([np.asarray(part, dtype=np.float64) for part in spread]).astype(kind)
    return x[(x > 0) & (x < 1)] if where == UNIT else x[x > 0] if where == POSITIVE else x


def units_off(found: np.ndarray, exact: Callable[[Any], Any], x: np.ndarray) -> tuple[float, float]:
    """The largest distance in units of the last place of the exact value, but of normal numbers, and where."""
    worst, place = 0.0, 0.0
    with mp.workdps(DIGITS if x.dtype == np.float64 and np.abs(x).max() > 100 else 100):
        for at, mine in zip(x.tolist(), found.tolist(), strict=True):
            value = exact(mp.mpf(at))
            size = max(abs(float(value)), float(np.finfo(x.dtype).tiny))
            if size > float(np.finfo(x.dtype).max):  # overflows, and rightly so
                continue
            unit = float(np.spacing(np.asarray(size, dtype=x.dtype)))
            off = float(abs(mp.mpf(mine) - value) / unit) if np.isfinite(mine) else np.inf
            if off > worst:
                worst, place = off, at
    return worst, place


ZEROS = {
    "digamma": 1.4616321449683622,
    "slope of lgamma": 1.4616321449683622,
    "slope of special.entr": 0.36787944117144233,
}


def crossing(name: str, x: np.ndarray) -> np.ndarray:
    """Leaves out the neighbourhood of a zero that is no round number: there the sums that make it cancel."""
    return x[np.abs(x / ZEROS[name] - 1) > 0.3] if name in ZEROS else x


@pytest.mark.parametrize("kind", ["float32", "float64"])
@pytest.mark.parametrize("row", VALUES, ids=lambda row: row[0])
def test_values(row: Any, kind: str, sweep: Callable[[int, int, int], int]) -> None:
    name, exact, where, *bounds = row
    x = crossing(name, points(where, kind, sweep(25, 100, 400)))
    worst, at = units_off(host(here(name)(autograd.tensor(x))), exact, x)
    assert worst <= bounds[kind == "float64"], f"{name}({at!r}) in {kind} is {worst:.3g} units off"


@pytest.mark.parametrize("kind", ["float32", "float64"])
@pytest.mark.parametrize("row", SLOPES, ids=lambda row: row[0])
def test_slopes(row: Any, kind: str, sweep: Callable[[int, int, int], int]) -> None:
    name, exact, where, *bounds = row
    x = crossing(f"slope of {name}", points(where, kind, sweep(25, 100, 400)))
    leaf = autograd.tensor(x, requires_grad=True)
    (slope,) = autograd.grad(here(name)(leaf).sum(), leaf)
    worst, at = units_off(host(slope), exact, x)
    assert worst <= bounds[kind == "float64"], f"the slope of {name} at {at!r} in {kind} is {worst:.3g} units off"


@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_log_of_sigmoid_is_logsigmoid_in_the_tail(kind: str) -> None:
    x = autograd.tensor(np.linspace(-80, 0, 321), dtype=getattr(autograd, kind))
    eps = float(np.finfo(kind).eps)
    np.testing.assert_allclose(host(x.sigmoid().log()), host(here(F + "logsigmoid")(x)), rtol=4 * eps, atol=4 * eps)


@pytest.mark.parametrize("kind", ["float32", "float64"])
@pytest.mark.parametrize("name", ["lgamma", "digamma"])
def test_gamma_functions_of_negative_numbers(name: str, kind: str, sweep: Callable[[int, int, int], int]) -> None:
    """Near a pole to the last digits; between them in units of 1, as both cross 0."""
    rng = np.random.default_rng(4)
    count = sweep(25, 200, 2000)
    whole = -rng.integers(0, 20, count)
    beside = (whole + np.where(rng.random(count) < 0.5, -1, 1) * 10.0 ** rng.uniform(-6, -3, count)).astype(kind)
    x = np.concatenate(
        [beside, -rng.uniform(0, 40, count).astype(kind), -(10.0 ** rng.uniform(-30, -1, count)).astype(kind)]
    )
    x = x[(x < 0) & (x != np.round(x))]
    exact = {"lgamma": lambda x: mp.log(abs(mp.gamma(x))), "digamma": mp.digamma}[name]
    with mp.workdps(60):
        wanted = np.array([float(exact(mp.mpf(at))) for at in x.tolist()])
    eps = float(np.finfo(kind).eps)
    np.testing.assert_allclose(host(getattr(autograd, name)(autograd.tensor(x))), wanted, rtol=16 * eps, atol=300 * eps)
