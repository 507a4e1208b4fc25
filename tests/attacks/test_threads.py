"""Threads that the interpreter switches between as often as it can: every microsecond."""

from __future__ import annotations

import copy
import pickle
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autograd
import nn
import optim

Sweep = Callable[[int, int, int], int]


@pytest.fixture(autouse=True)
def _switching() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.fixture
def trials(sweep: Sweep, device: Any) -> Sweep:
    """As `sweep`; stand-ins for a GPU, which take a hundred times as long, have a twentieth of the trials."""
    return sweep if device.type in ("cpu", "cuda") else lambda *amounts: -(-sweep(*amounts) // 20)


def at_once(*tasks: Callable[[], Any]) -> list[Any]:
    """The results of tasks that start together, each in a thread of its own."""
    start = threading.Barrier(len(tasks))
    results: list[Any] = [None] * len(tasks)

    def run(number: int) -> None:
        start.wait()
        try:
            results[number] = tasks[number]()
        except BaseException as error:
            results[number] = error

    started = [threading.Thread(target=run, args=(number,)) for number in range(len(tasks))]
    for each in started:
        each.start()
    for each in started:
        each.join()
    for each in results:
        if isinstance(each, BaseException):
            raise each
    return results


# Random numbers

DRAWS = {
    "dropout": lambda: autograd.dropout(autograd.ones(64), 0.5, True),
    "rand": lambda: autograd.rand(32),
    "rand of float64": lambda: autograd.rand(32, dtype=autograd.float64),
    "randn": lambda: autograd.randn(32),
    "randint": lambda: autograd.randint(0, 1 << 40, (32,)),
    "randperm": lambda: autograd.randperm(64),
    "bernoulli": lambda: autograd.bernoulli(autograd.full((64,), 0.5)),
}


@pytest.mark.parametrize("name", DRAWS)
def test_no_numbers_are_drawn_twice(name: str, trials: Sweep) -> None:
    """Threads that draw from the default generator at once, which one of them makes."""
    draw, count, twice = DRAWS[name], trials(60, 200, 1200), 0
    for _ in range(count):
        drawn = at_once(*[lambda: [draw().tolist() for _ in range(3)]] * 4)
        rows = [tuple(row) for each in drawn for row in each]
        twice += len(set(rows)) < len(rows)
    assert not twice, f"{twice} of {count} trials drew the same numbers twice"


def test_the_default_generator_is_made_once(monkeypatch: pytest.MonkeyPatch, trials: Sweep) -> None:
    from autograd.ops import random

    several = 0
    for _ in range(trials(100, 300, 1000)):
        monkeypatch.setattr(random, "_defaults", {})
        several += len({id(each) for each in at_once(*[random.default_generator] * 4)}) > 1
    assert not several


def test_generators_of_threads_do_not_mix(trials: Sweep) -> None:
    """Each thread with a generator of its own draws what it draws alone."""

    def draws(seed: int) -> list[Any]:
        generator = autograd.Generator(autograd.get_default_device()).manual_seed(seed)
        return [autograd.rand(5, generator=generator).tolist() for _ in range(10)]

    alone = [draws(seed) for seed in range(4)]
    count = trials(50, 200, 1000)
    mixed = sum(at_once(*[lambda seed=seed: draws(seed) for seed in range(4)]) != alone for _ in range(count))
    assert not mixed, f"{mixed} of {count} trials drew other numbers than alone"


def test_the_numbers_drawn_at_once_are_those_drawn_in_turn(trials: Sweep) -> None:
    """Nothing is lost: together the threads draw the stream's blocks, in whatever order."""
    autograd.manual_seed(5)
    in_turn = sorted(autograd.rand(8).tolist() for _ in range(80))
    count, different = trials(20, 50, 300), 0
    for _ in range(count):
        autograd.manual_seed(5)
        together = at_once(*[lambda: [autograd.rand(8).tolist() for _ in range(20)]] * 4)
        different += sorted(row for each in together for row in each) != in_turn
    assert not different, f"{different} of {count} trials drew other numbers than in turn"


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda g: pickle.loads(pickle.dumps(g))])
def test_a_copied_generator_goes_on_alone(copied: Callable[[Any], Any]) -> None:
    device = autograd.get_default_device()
    generator = autograd.Generator(device).manual_seed(3)
    autograd.rand(3, generator=generator)
    other = copied(generator)
    drawn = autograd.rand(4, generator=generator, device=device).tolist()
    assert autograd.rand(4, generator=other, device=device).tolist() == drawn
    assert other.device == device


# Gradients, trainings, modes


def test_gradients_that_meet_in_a_leaf_add_up(trials: Sweep) -> None:
    count, lost = trials(40, 100, 300), 0
    for _ in range(count):
        leaf = autograd.zeros(3, requires_grad=True)

        def backward(leaf: Any = leaf) -> None:
            for _ in range(5):
                (leaf * 2).sum().backward()

        at_once(*[backward] * 4)
        lost += leaf.grad.tolist() != [40.0] * 3
    assert not lost, f"{lost} of {count} trials lost an addition"


def _training(seed: int, size: int = 6) -> list[Any]:
    rng = np.random.default_rng(seed)
    device = autograd.get_default_device()

    def drawn(*shape: int) -> Any:
        return autograd.from_numpy(rng.normal(size=shape).astype(np.float32)).to(device)

    model = nn.Sequential(nn.Linear(size, 5), nn.Tanh(), nn.BatchNorm1d(5), nn.Linear(5, 2))
    for parameter in model.parameters():
        parameter.data = drawn(*parameter.shape)
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    x, y = drawn(8, size), drawn(8, 2)
    for _ in range(5):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
    return [value.tolist() for value in model.state_dict().values()]


def test_trainings_in_threads_are_bit_equal_to_those_in_turn(trials: Sweep) -> None:
    alone = [_training(seed) for seed in range(3)]
    for _ in range(trials(2, 10, 100)):
        assert at_once(*[lambda seed=seed: _training(seed) for seed in range(3)]) == alone


def test_modes_belong_to_a_thread() -> None:
    def silent() -> set[bool]:
        x = autograd.ones(2, requires_grad=True)
        with autograd.no_grad():
            return {(x * 2).requires_grad for _ in range(300)}

    def recording() -> set[bool]:
        x = autograd.ones(2, requires_grad=True)
        return {(x * 2).requires_grad for _ in range(300)}

    def inferring() -> set[bool]:
        with autograd.inference_mode():
            return {autograd.ones(2, requires_grad=False).is_inference() for _ in range(300)}

    assert at_once(silent, recording, inferring) == [{False}, {True}, {True}]
