"""With `use_torch_random` the CPU draws what torch draws: the same numbers, and the same state after them."""

from __future__ import annotations

import copy
import pickle
import types
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

import autograd
import nn
import nn.functional as F
from tests.helpers.oracle import host, torch_or_skip
from tests.helpers.torch_random import needs_torchs_chances, same, same_state

pytestmark = pytest.mark.cpu_only


@pytest.fixture(autouse=True)
def _torch_random() -> Iterator[None]:
    torch_or_skip()
    with autograd.use_torch_random():
        yield


OURS = types.SimpleNamespace(lib=autograd, F=F, nn=nn)


def theirs() -> Any:
    torch = torch_or_skip()
    return types.SimpleNamespace(lib=torch, F=torch.nn.functional, nn=torch.nn)


def compared(draw: Callable[[Any], Any], seed: int = 3) -> None:
    """Draws in both, twice, so that a wrong state shows."""
    results = []
    for side in (OURS, theirs()):
        side.lib.manual_seed(seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            results.append([draw(side), draw(side)])
    same(*results)
    same_state()


FLOATING = ("float16", "float32", "float64")
KINDS = (*FLOATING, "int64", "int32", "int16", "int8", "uint8", "bool")
SIZES = ((), (1,), (7,), (15,), (16,), (20,), (3, 8), (40, 5), (2000,), (0,))

Draw = Callable[[Any, str, tuple[int, ...]], Any]  # of a side, a dtype and a size


def _new(s: Any, kind: str, size: tuple[int, ...]) -> Any:
    return s.lib.zeros(size, dtype=getattr(s.lib, kind))


def _ramp(s: Any, kind: str, size: tuple[int, ...], low: float = 0.0, high: float = 1.0) -> Any:
    count = int(np.prod(size))
    return s.lib.tensor(np.linspace(low, high, count).reshape(size)).to(getattr(s.lib, kind))


OF_FLOATS: dict[str, Draw] = {
    "rand": lambda s, k, n: s.lib.rand(n, dtype=getattr(s.lib, k)),
    "randn": lambda s, k, n: s.lib.randn(n, dtype=getattr(s.lib, k)),
    "rand_like": lambda s, k, n: s.lib.rand_like(_new(s, k, n)),
    "randn_like": lambda s, k, n: s.lib.randn_like(_new(s, k, n)),
    "uniform_": lambda s, k, n: _new(s, k, n).uniform_(-0.3, 0.7),
    "uniform_ from 0": lambda s, k, n: _new(s, k, n).uniform_(0, 3),
    "normal_": lambda s, k, n: _new(s, k, n).normal_(0.3, 1.7),
    "normal": lambda s, k, n: s.lib.normal(0.3, 1.7, n, dtype=getattr(s.lib, k)),
    "normal of means": lambda s, k, n: s.lib.normal(_ramp(s, k, n), 1.7),
    "normal of deviations": lambda s, k, n: s.lib.normal(0.3, _ramp(s, k, n)),
    "normal of both": lambda s, k, n: s.lib.normal(_ramp(s, k, n), _ramp(s, k, n)),
    "exponential_": lambda s, k, n: _new(s, k, n).exponential_(1.7),
    "cauchy_": lambda s, k, n: _new(s, k, n).cauchy_(0.3, 1.7),
    "log_normal_": lambda s, k, n: _new(s, k, n).log_normal_(0.3, 0.7),
    "geometric_": lambda s, k, n: _new(s, k, n).geometric_(0.3),
    "bernoulli": lambda s, k, n: s.lib.bernoulli(_ramp(s, k, n)),
    "bernoulli_ of a tensor": lambda s, k, n: _new(s, k, n).bernoulli_(_ramp(s, k, n)),
    "poisson": lambda s, k, n: s.lib.poisson(_ramp(s, k, n, 0.0, 30.0)),
    "rrelu": lambda s, k, n: s.F.rrelu(_ramp(s, k, n, -1.0, 1.0), 0.1, 0.3, True),
    "gumbel_softmax": lambda s, k, n: s.F.gumbel_softmax(_ramp(s, k, (*n, 3)).float(), 0.5),
    "dropout of all": lambda s, k, n: s.F.dropout(_ramp(s, k, n), 1.0),
}
OF_CHANCES: dict[str, Draw] = {
    "bernoulli with p": lambda s, k, n: s.lib.bernoulli(_ramp(s, k, n), 0.3),
    "bernoulli_": lambda s, k, n: _new(s, k, n).bernoulli_(0.3),
    "dropout": lambda s, k, n: s.F.dropout(_ramp(s, k, n), 0.3),
    "alpha_dropout": lambda s, k, n: s.F.alpha_dropout(_ramp(s, k, n), 0.3, True),
    "feature_alpha_dropout": lambda s, k, n: s.F.feature_alpha_dropout(_ramp(s, k, (2, 3, *n)), 0.3, True),
    "dropout1d": lambda s, k, n: s.F.dropout1d(_ramp(s, k, (3, 5)), 0.3),
    "dropout2d": lambda s, k, n: s.F.dropout2d(_ramp(s, k, (2, 3, 4, 5)), 0.3),
    "dropout3d": lambda s, k, n: s.F.dropout3d(_ramp(s, k, (2, 3, 2, 2, 2)), 0.3),
}
OF_ALL: dict[str, Draw] = {
    "random_": lambda s, k, n: _new(s, k, n).random_(),
    "random_ below 2": lambda s, k, n: _new(s, k, n).random_(2),
    "random_ between": lambda s, k, n: _new(s, k, n).random_(0, 2),
    "randint": lambda s, k, n: s.lib.randint(0, 2, n, dtype=getattr(s.lib, k)),
    "randint_like": lambda s, k, n: s.lib.randint_like(_new(s, k, n), 2),
    "randperm": lambda s, k, n: s.lib.randperm(len(n), dtype=s.lib.int64),
}


@pytest.mark.parametrize("kind", FLOATING)
@pytest.mark.parametrize("name", OF_FLOATS)
def test_floating_draws(name: str, kind: str) -> None:
    if (name, kind) == ("rrelu", "float16"):
        pytest.skip("torch's rrelu takes no half precision on the CPU")
    for size in SIZES:
        compared(lambda s, size=size: OF_FLOATS[name](s, kind, size))


@pytest.mark.parametrize("kind", FLOATING)
@pytest.mark.parametrize("name", OF_CHANCES)
def test_chances(name: str, kind: str) -> None:
    needs_torchs_chances()
    for size in SIZES:
        compared(lambda s, size=size: OF_CHANCES[name](s, kind, size))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", OF_ALL)
def test_draws_of_every_dtype(name: str, kind: str) -> None:
    for size in SIZES:
        compared(lambda s, size=size: OF_ALL[name](s, kind, size))
