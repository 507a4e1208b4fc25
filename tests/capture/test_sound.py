"""A recorded step gives what the eager one gives, whatever happens around it, or says that it can't be replayed."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import Tensor
from autograd.capture import CaptureWarning, record
from tests.helpers.oracle import host

from . import worlds
from .worlds import WORLDS, World


def _seen(x: Any) -> Any:
    if isinstance(x, Tensor):
        return x.dtype, x.requires_grad, host(x.detach()).copy()
    return [_seen(each) for each in x] if isinstance(x, list | tuple) else x


def _same(x: Any, y: Any) -> bool:
    if isinstance(x, np.ndarray):
        return x.dtype == y.dtype and x.shape == y.shape and np.array_equal(x, y, equal_nan=True)
    if isinstance(x, list | tuple):
        return len(x) == len(y) and all(map(_same, x, y))
    return type(x) is type(y) and repr(x) == repr(y)


def _history(world: World, step: Any) -> tuple[list[Any], list[str]]:
    """What each call gives and leaves, and for each call whether the step's own code ran."""
    seen = []
    for number, call in enumerate(world.calls):
        with world.around(number):
            args = call()
            try:
                result = step(*args)
            except Exception as error:
                result = f"{type(error).__name__}: {error}"
            seen.append(_seen([result, *args, *world.state()]))
    return seen, []


# What shares NumPy's memory, draws in torch's order, or enters autocast("cpu").
ON_THE_HOST = {"random_of_numpy", "array_that_is_shared", "autocast_entered", "random_numbers_of_torch"}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.cpu_only] * (name in ON_THE_HOST)) for name in WORLDS]
)
def test_what_happens_around_a_step(name: str) -> None:
    build, outcome = WORLDS[name]
    worlds.FACTOR = 2.0
    autograd.manual_seed(0)
    world = build()
    expected, _ = _history(world, world.step)

    worlds.FACTOR = 2.0
    autograd.manual_seed(0)
    world = build()
    recorded = record(world.step)
    ran: list[bool] = []
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        found, _ = _history(world, lambda *args: (recorded(*args), ran.append(recorded.replayed))[0])
    for number, (one, other) in enumerate(zip(expected, found, strict=True)):
        assert _same(one, other), f"call {number}: {one} is replayed as {other}"
    refused = [str(each.message) for each in told if issubclass(each.category, CaptureWarning)]
    if outcome == "refused":
        assert refused
        assert not ran[-1]
    else:
        assert not refused
        assert ran[-1] is (outcome != "eager")
        assert outcome == "replayed" or False in ran[ran.index(True) :], "the change is not noticed"
