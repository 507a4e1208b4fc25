"""Averages of models, and the learning rate that goes with them, against torch's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd
import nn
import optim
from tests.helpers.oracle import assert_same, torch_or_skip


def nets(torch: Any) -> tuple[Any, Any]:
    torch.manual_seed(0)
    theirs = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 2))
    ours = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 2))
    ours.load_state_dict({key: autograd.tensor(value.numpy()) for key, value in theirs.state_dict().items()})
    return ours.double(), theirs.double()


AVERAGES = [
    "AveragedModel(model)",
    "AveragedModel(model, avg_fn=swa_utils.get_swa_avg_fn(), use_buffers=True)",
    "AveragedModel(model, multi_avg_fn=swa_utils.get_ema_multi_avg_fn(0.9))",
    "AveragedModel(model, avg_fn=swa_utils.get_ema_avg_fn(0.5))",
    "AveragedModel(model, multi_avg_fn=swa_utils.get_swa_multi_avg_fn())",
    "AveragedModel(model, avg_fn=lambda average, weight, count: 0.3 * average + 0.7 * weight)",
]


@pytest.mark.parametrize("average", AVERAGES)
def test_averaged_models_are_torchs(average: str) -> None:
    torch = torch_or_skip()
    data = np.random.default_rng(0).normal(size=(5, 6, 3))
    states = []
    for net, engine, package in zip(nets(torch), (autograd, torch), (optim, torch.optim), strict=True):
        swa_utils = package.swa_utils
        averaged = eval(f"swa_utils.{average}", {"swa_utils": swa_utils, "model": net})
        optimizer = package.SGD(net.parameters(), lr=0.1)
        for x in data:
            optimizer.zero_grad()
            (net(engine.tensor(x)) ** 2).sum().backward()
            optimizer.step()
            averaged.update_parameters(net)
        states.append({key: value for key, value in averaged.state_dict().items() if "num_batches" not in key})
        before = averaged.training
        swa_utils.update_bn([[engine.tensor(x), 0] for x in data], averaged)
        assert averaged.training == before
        states.append(averaged.state_dict())
    for ours, theirs in ((states[0], states[2]), (states[1], states[3])):
        assert list(ours) == list(theirs)
        for key, value in theirs.items():
            assert_same(ours[key], value, rtol=1e-4, atol=1e-6, what=key)


@pytest.mark.parametrize(
    "options",
    [
        {"swa_lr": 0.05},
        {"swa_lr": 0.5, "anneal_epochs": 3, "anneal_strategy": "linear"},
        {"swa_lr": [0.05, 0.2], "anneal_epochs": 4},
        {"swa_lr": 0.05, "anneal_epochs": 0},
    ],
    ids=str,
)
def test_swalr_is_torch(options: dict[str, Any]) -> None:
    torch = torch_or_skip()
    rates = []
    for engine, package in ((autograd, optim), (torch, torch.optim)):
        a, b = (engine.ones(1, requires_grad=True) for _ in range(2))
        optimizer = package.SGD([{"params": [a]}, {"params": [b], "lr": 0.01}], lr=0.1)
        schedule = package.swa_utils.SWALR(optimizer, **options)
        seen = []
        for _ in range(8):
            optimizer.step()
            schedule.step()
            seen.append([group["lr"] for group in optimizer.param_groups])
        rates.append(seen)
    np.testing.assert_allclose(*rates, rtol=1e-9)


def test_average_errors() -> None:
    net = nn.Linear(1, 1)
    with pytest.raises(ValueError, match="Only one of"):
        optim.swa_utils.AveragedModel(net, avg_fn=lambda a, w, c: a, multi_avg_fn=lambda a, w, c: None)
    with pytest.raises(ValueError, match="decay"):
        optim.swa_utils.get_ema_avg_fn(1.5)
    optimizer = optim.SGD(net.parameters(), lr=0.1)
    with pytest.raises(ValueError, match="anneal_strategy"):
        optim.swa_utils.SWALR(optimizer, 0.1, anneal_strategy="step")
    with pytest.raises(ValueError, match="one a group"):
        optim.swa_utils.SWALR(optimizer, [0.1, 0.2])
