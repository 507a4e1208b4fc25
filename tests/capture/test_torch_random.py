"""A recorded step that draws torch's random numbers draws the next ones at each replay."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import autograd
import nn
import nn.functional as F
import optim
from autograd.capture import record
from tests.helpers.oracle import torch_or_skip
from tests.helpers.torch_random import needs_torchs_chances, same, same_state

pytestmark = pytest.mark.cpu_only


@pytest.fixture(autouse=True)
def _torch_random() -> Iterator[None]:
    with autograd.use_torch_random():
        yield


def draws(lib: Any) -> list[Any]:
    """Of each kind, an odd number of normal ones among them, so that one is kept for the next replay."""
    return [
        lib.rand(5),
        lib.randn(3),
        lib.randn(20),
        lib.randint(0, 9, (4,)),
        lib.randperm(9),
        lib.empty(9).exponential_(2.0),
        lib.empty(9).bernoulli_(lib.full((9,), 0.4)),
    ]


def test_replays_draw_torchs_next_numbers() -> None:
    torch = torch_or_skip()
    step = record(lambda x: [each + 0 for each in draws(autograd)])
    for lib in (autograd, torch):
        lib.manual_seed(2)
    for _ in range(6):
        same(step(autograd.ones(1)), draws(torch))
        same_state()
    assert step.program is not None


def test_a_recorded_training_is_an_eager_one() -> None:
    needs_torchs_chances()
    losses = []
    for recorded in (False, True):
        autograd.manual_seed(1)
        net = nn.Sequential(nn.Linear(6, 9), nn.ReLU(), nn.Dropout(0.3), nn.Linear(9, 3))
        descent = optim.Adam(net.parameters(), lr=0.05)

        def step(x: autograd.Tensor, net: nn.Module = net, descent: optim.Adam = descent) -> autograd.Tensor:
            descent.zero_grad()
            loss = F.cross_entropy(net(x), autograd.arange(5) % 3)
            loss.backward()
            descent.step()
            return loss.detach()

        run = record(step) if recorded else step
        losses.append([run(autograd.randn(5, 6)).item() for _ in range(8)])
    assert losses[0] == losses[1]


def test_the_switch_is_noticed() -> None:
    """A recording of torch's numbers is not replayed where this engine's own are wanted, and the other way round."""
    step = record(lambda x: x * autograd.rand(3))
    one = autograd.ones(3)
    autograd.manual_seed(2)
    drawn = [step(one).tolist() for _ in range(3)]
    with autograd.use_torch_random(False):
        autograd.manual_seed(2)
        own = [step(one).tolist() for _ in range(3)]
        autograd.manual_seed(2)
        assert own == [autograd.rand(3).tolist() for _ in range(3)]
    autograd.manual_seed(2)
    assert drawn == [autograd.rand(3).tolist() for _ in range(3)]
