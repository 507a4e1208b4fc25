"""What does not fit the table of optimizers: LBFGS, Muon, Lion, averages."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import autograd
import nn
import optim
from tests.helpers.oracle import assert_same, host, torch_or_skip


def rosenbrock(p: Any) -> Any:
    return (100 * (p[1:] - p[:-1] ** 2) ** 2 + (1 - p[:-1]) ** 2).sum()


def lbfgs_run(engine: Any, package: Any, options: dict[str, Any], steps: int, dtype: str = "float64") -> Any:
    p = engine.tensor([-1.2, 1.0, 0.7, -0.3], dtype=getattr(engine, dtype), requires_grad=True)
    optimizer = package.LBFGS([p], **options)
    losses = []

    def closure() -> Any:
        optimizer.zero_grad()
        loss = rosenbrock(p)
        loss.backward()
        return loss

    for _ in range(steps):
        losses.append(optimizer.step(closure).item())
    return p, optimizer, losses


@pytest.mark.parametrize(
    "options",
    [
        {"lr": 0.001, "max_iter": 4},
        {"lr": 0.001, "history_size": 2},
        {"line_search_fn": "strong_wolfe"},
        {"line_search_fn": "strong_wolfe", "max_iter": 5, "history_size": 3},
        {"line_search_fn": "strong_wolfe", "lr": 10.0, "max_iter": 7},
        {"line_search_fn": "strong_wolfe", "max_eval": 9},
        {"line_search_fn": "strong_wolfe", "tolerance_grad": 1e-2},
    ],
    ids=str,
)
def test_lbfgs_is_torch(options: dict[str, Any]) -> None:
    torch = torch_or_skip()
    here, ours, losses = lbfgs_run(autograd, optim, options, 10)
    there, theirs, their_losses = lbfgs_run(torch, torch.optim, options, 10)
    np.testing.assert_allclose(losses, their_losses, rtol=1e-6, atol=1e-10)
    assert_same(here, there, rtol=1e-6, atol=1e-8)
    mine, other = ours.state_dict()["state"][0], theirs.state_dict()["state"][0]
    assert mine.keys() == other.keys() - {"al"}  # its scratch
    assert (mine["func_evals"], mine["n_iter"]) == (other["func_evals"], other["n_iter"])
    assert ours.state_dict()["param_groups"][0] == other_group(theirs)


def other_group(optimizer: Any) -> dict[str, Any]:
    return optimizer.state_dict()["param_groups"][0]


def test_lbfgs_with_line_search_finds_the_minimum() -> None:
    p = autograd.tensor([-1.2, 1.0], dtype=autograd.float64, requires_grad=True)
    optimizer = optim.LBFGS([p], line_search_fn="strong_wolfe")

    def closure() -> Any:
        optimizer.zero_grad()
        loss = rosenbrock(p)
        loss.backward()
        return loss

    losses = [optimizer.step(closure).item() for _ in range(6)]
    assert losses[0] > 20
    np.testing.assert_allclose(host(p), 1.0, atol=1e-4)


def test_lbfgs_goes_on_from_its_state() -> None:
    options = {"line_search_fn": "strong_wolfe", "max_iter": 3}
    whole, _, _ = lbfgs_run(autograd, optim, options, 6)
    half, first, _ = lbfgs_run(autograd, optim, options, 3)
    saved = copy.deepcopy(first.state_dict())
    second = optim.LBFGS([half], **options)  # type: ignore[arg-type]
    second.load_state_dict(saved)

    def closure() -> Any:
        second.zero_grad()
        loss = rosenbrock(half)
        loss.backward()
        return loss

    for _ in range(3):
        second.step(closure)
    np.testing.assert_array_equal(host(whole), host(half))


def test_lbfgs_errors() -> None:
    p = autograd.ones(1, requires_grad=True)
    with pytest.raises(RuntimeError, match="closure"):
        optim.LBFGS([p]).step()
    with pytest.raises(RuntimeError, match="strong_wolfe"):
        optim.LBFGS([p], line_search_fn="armijo")
    with pytest.raises(ValueError, match="parameter groups"):
        optim.LBFGS([{"params": [p]}, {"params": [autograd.ones(1, requires_grad=True)]}])


def test_lion_is_its_formula() -> None:
    rng = np.random.default_rng(0)
    p0, gradients = rng.normal(size=(2, 3)), rng.normal(size=(10, 2, 3))
    p = autograd.tensor(p0, requires_grad=True)
    optimizer = optim.Lion([p], lr=0.01, betas=(0.8, 0.95), weight_decay=0.1)
    expected, m = p0.copy(), np.zeros_like(p0)
    for g in gradients:
        p.grad = autograd.tensor(g)
        optimizer.step()
        expected = expected * (1 - 0.01 * 0.1) - 0.01 * np.sign(0.8 * m + 0.2 * g)
        m = 0.95 * m + 0.05 * g
    np.testing.assert_allclose(host(p), expected, rtol=1e-12)
    q = autograd.tensor(p0, requires_grad=True)
    up = optim.Lion([q], lr=0.01, maximize=True)
    q.grad = autograd.tensor(gradients[0])
    up.step()
    np.testing.assert_allclose(host(q), p0 + 0.01 * np.sign(gradients[0]), rtol=1e-12)


@pytest.mark.parametrize("shape", [(4, 6), (6, 3)])
@pytest.mark.parametrize(
    "options", [{}, {"nesterov": False, "momentum": 0.5}, {"adjust_lr_fn": "match_rms_adamw"}], ids=str
)
def test_muon_is_torch_up_to_its_bfloat16(shape: tuple[int, int], options: dict[str, Any]) -> None:
    torch = torch_or_skip()
    rng = np.random.default_rng(0)
    start, gradients = rng.normal(size=shape), rng.normal(size=(10, *shape))
    results = []
    for engine, package in ((autograd, optim), (torch, torch.optim)):
        p = engine.tensor(start, requires_grad=True)
        optimizer = package.Muon([p], lr=0.01, **options)
        for g in gradients:
            p.grad = engine.tensor(g)
            optimizer.step()
        results.append((p, optimizer.state_dict()))
    (p, mine), (q, other) = results
    moved = np.abs(host(q) - start).max()
    assert np.abs(host(p) - host(q)).max() < 0.02 * moved
    assert_same(mine["state"][0]["momentum_buffer"], other["state"][0]["momentum_buffer"], rtol=1e-10)
    assert mine["param_groups"] == other["param_groups"]


def test_muon_makes_steps_orthogonal() -> None:
    p = autograd.tensor(np.random.default_rng(0).normal(size=(5, 5)), requires_grad=True)
    before = host(p).copy()
    optimizer = optim.Muon([p], lr=1.0, weight_decay=0.0)
    p.grad = autograd.tensor(np.random.default_rng(1).normal(size=(5, 5)))
    optimizer.step()
    singular = np.linalg.svd(before - host(p), compute_uv=False)
    assert 0.6 < singular.min() <= singular.max() < 1.3
    with pytest.raises(ValueError, match="2D"):
        optim.Muon([autograd.ones(3, requires_grad=True)])


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
