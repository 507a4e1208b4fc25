"""Every optimizer against torch's: ten steps from the same start, the state, its exchange, the errors."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import autograd
import nn
import optim
from tests.helpers.oracle import assert_same, host, torch_or_skip

OPTIMIZERS = [
    "SGD(params, lr=0.1)",
    "SGD(params, lr=0.1, momentum=0.9)",
    "SGD(params, lr=0.1, momentum=0.9, dampening=0.3)",
    "SGD(params, lr=0.1, momentum=0.9, dampening=0.3, weight_decay=0.1, maximize=True)",
    "SGD(params, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01)",
    "SGD(params, lr=0.1, weight_decay=0.1, maximize=True)",
    "Adam(params)",
    "Adam(params, lr=0.01, betas=(0.8, 0.9), eps=1e-4, weight_decay=0.1)",
    "Adam(params, lr=0.01, amsgrad=True)",
    "Adam(params, lr=0.01, maximize=True)",
    "Adam(params, lr=0.01, weight_decay=0.1, decoupled_weight_decay=True)",
    "AdamW(params, lr=0.01)",
    "AdamW(params, lr=0.01, amsgrad=True, maximize=True)",
    "RMSprop(params)",
    "RMSprop(params, lr=0.01, alpha=0.9, eps=1e-4, weight_decay=0.1)",
    "RMSprop(params, lr=0.01, momentum=0.9)",
    "RMSprop(params, lr=0.01, momentum=0.9, centered=True)",
    "RMSprop(params, lr=0.01, centered=True, maximize=True)",
    "Adagrad(params)",
    "Adagrad(params, lr=0.1, lr_decay=0.1, weight_decay=0.1, initial_accumulator_value=0.5)",
    "Adagrad(params, lr=0.1, eps=1e-2, maximize=True)",
    "Adadelta(params)",
    "Adadelta(params, lr=0.5, rho=0.8, eps=1e-4, weight_decay=0.1, maximize=True)",
    "Adamax(params)",
    "Adamax(params, lr=0.1, betas=(0.8, 0.9), eps=1e-4, weight_decay=0.1, maximize=True)",
    "NAdam(params)",
    "NAdam(params, lr=0.1, betas=(0.8, 0.9), eps=1e-4, weight_decay=0.1, momentum_decay=0.01, decoupled_weight_decay=True, maximize=True)",
    "RAdam(params)",
    "RAdam(params, lr=0.1, betas=(0.8, 0.9), eps=1e-4, weight_decay=0.1)",
    "RAdam(params, lr=0.1, weight_decay=0.1, decoupled_weight_decay=True, maximize=True)",
    "Rprop(params)",
    "Rprop(params, lr=0.1, etas=(0.3, 1.5), step_sizes=(1e-3, 0.2), maximize=True)",
    "Adafactor(params)",
    "Adafactor(params, lr=0.1, beta2_decay=-0.5, eps=(1e-3, 1e-2), d=2.0, weight_decay=0.1, maximize=True)",
    "ASGD(params)",
    "ASGD(params, lr=0.1, lambd=0.01, alpha=0.5, t0=3, weight_decay=0.1, maximize=True)",
]
START = [np.random.default_rng(0).normal(size=shape) for shape in ((3, 4), (5,), ())]


def make(optimizer: str, engine: Any, package: Any, dtype: str) -> tuple[list[Any], Any]:
    kind = getattr(engine, dtype)
    params = [engine.tensor(x, dtype=kind, requires_grad=True) for x in START]
    return params, eval(f"optim.{optimizer}", {"optim": package, "params": params})


def descend(engine: Any, params: list[Any], optimizer: Any, steps: int) -> None:
    for _ in range(steps):
        optimizer.zero_grad()
        loss = sum(((p - 0.5) ** 2).sum() + 0.2 * engine.sin(3 * p).sum() for p in params)
        loss.backward()
        optimizer.step()


@pytest.fixture(params=["portable", "compiled"])
def loops(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the update of the optimizer's file alone, and with the loops that the device may have for it."""
    if request.param == "portable":
        monkeypatch.setattr(type(autograd.zeros(0)._backend), "loops", {})


@pytest.mark.usefixtures("loops")
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_ten_steps_are_torch(optimizer: str, dtype: str) -> None:
    torch = torch_or_skip()
    here, ours = make(optimizer, autograd, optim, dtype)
    there, theirs = make(optimizer, torch, torch.optim, dtype)
    descend(autograd, here, ours, 10)
    descend(torch, there, theirs, 10)
    rtol = 1e-10 if dtype == "float64" else 3e-5
    for p, q in zip(here, there, strict=True):
        assert_same(p, q, rtol=rtol, atol=rtol)
    mine, other = ours.state_dict(), theirs.state_dict()
    assert mine["state"].keys() == other["state"].keys()
    for number, state in other["state"].items():
        assert mine["state"][number].keys() == {key for key, value in state.items() if value is not None}
        for key, value in mine["state"][number].items():
            assert_same(value, state[key], rtol=rtol, atol=rtol, what=key)
    assert mine["param_groups"][0].keys() == other["param_groups"][0].keys()
    for key, value in other["param_groups"][0].items():
        assert mine["param_groups"][0][key] == value, key


def test_every_optimizer_is_compared() -> None:
    """With torch here and, Lion, Muon and SparseAdam, in files of their own; each hyperparameter is given once at least."""
    classes = [getattr(optim, name) for name in optim.__all__ if isinstance(getattr(optim, name), type)]
    updating = [each for each in classes if each.algorithm is not optim.Optimizer.algorithm]
    compared = {each: "".join(call for call in OPTIMIZERS if call.startswith(f"{each.__name__}(")) for each in updating}
    assert [each for each in updating if not compared[each]] == [optim.Lion, optim.Muon, optim.SparseAdam]
    for optimizer, calls in compared.items():
        if calls and optimizer is not optim.AdamW:  # whose update is Adam's
            for name in optimizer.algorithm.hyperparameters:
                assert f"{name}=" in calls, f"{optimizer.__name__}: {name}"


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_state_is_exchanged_with_torch(optimizer: str) -> None:
    """Five steps there, their state loaded here, five more on both sides."""
    torch = torch_or_skip()
    there, theirs = make(optimizer, torch, torch.optim, "float64")
    descend(torch, there, theirs, 5)
    here, ours = make(optimizer, autograd, optim, "float64")
    saved = theirs.state_dict()
    state = {
        number: {key: None if value is None else autograd.tensor(value.numpy()) for key, value in each.items()}
        for number, each in saved["state"].items()
    }
    ours.load_state_dict({"state": state, "param_groups": saved["param_groups"]})
    with autograd.no_grad():
        for p, q in zip(here, there, strict=True):
            p.copy_(autograd.tensor(host(q)))
    descend(autograd, here, ours, 5)
    descend(torch, there, theirs, 5)
    for p, q in zip(here, there, strict=True):
        assert_same(p, q, rtol=1e-10)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_resumed_run_is_an_unbroken_one(optimizer: str) -> None:
    params, whole = make(optimizer, autograd, optim, "float32")
    descend(autograd, params, whole, 8)
    first, half = make(optimizer, autograd, optim, "float32")
    descend(autograd, first, half, 4)
    saved = copy.deepcopy(half.state_dict())
    second, rest = make(optimizer, autograd, optim, "float32")
    with autograd.no_grad():
        for p, q in zip(second, first, strict=True):
            p.copy_(q)
    rest.load_state_dict(saved)
    descend(autograd, second, rest, 4)
    for p, q in zip(params, second, strict=True):
        np.testing.assert_array_equal(host(p), host(q))


def test_groups_have_their_own_hyperparameters() -> None:
    torch = torch_or_skip()
    results = []
    for engine, package in ((autograd, optim), (torch, torch.optim)):
        a, b, c = (engine.ones(2, dtype=engine.float64, requires_grad=True) for _ in range(3))
        optimizer = package.SGD([{"params": [a]}, {"params": b, "lr": 0.5, "momentum": 0.9}], lr=0.1)
        optimizer.add_param_group({"params": [c], "lr": 0.01})
        for _ in range(3):
            optimizer.zero_grad()
            (a * a + b * b + c * c).sum().backward()
            optimizer.step()
        results.append((a, b, c))
        assert [group["lr"] for group in optimizer.param_groups] == [0.1, 0.5, 0.01]
    for p, q in zip(*results, strict=True):
        assert_same(p, q)


def test_the_learning_rate_may_change_or_be_a_tensor() -> None:
    p, q = (autograd.ones(2, requires_grad=True) for _ in range(2))
    plain = optim.Adam([p], lr=0.1)
    tensor = optim.Adam([q], lr=autograd.tensor(0.1))
    for rate in (0.1, 0.05):
        plain.param_groups[0]["lr"] = rate
        tensor.param_groups[0]["lr"].fill_(rate)
        for x, optimizer in ((p, plain), (q, tensor)):
            optimizer.zero_grad()
            (x * x).sum().backward()
            optimizer.step()
    assert autograd.allclose(p, q)


def test_parameters_without_gradients_are_skipped() -> None:
    p, q = (autograd.ones(2, requires_grad=True) for _ in range(2))
    optimizer = optim.Adam([p, q])
    (p * 2).sum().backward()
    optimizer.step()
    assert q.tolist() == [1.0, 1.0]
    assert list(optimizer.state_dict()["state"]) == [0]


def test_named_parameters_and_repr() -> None:
    net = nn.Linear(2, 1)
    optimizer = optim.SGD(net.named_parameters(), lr=0.1)
    assert optimizer.param_groups[0]["param_names"] == ["weight", "bias"]
    assert "SGD (\nParameter Group 0\n" in repr(optimizer)
    assert "lr: 0.1" in repr(optimizer)


def test_zero_grad_and_closure() -> None:
    p = autograd.ones(2, requires_grad=True)
    optimizer = optim.SGD([p], lr=0.1)

    def closure() -> autograd.Tensor:
        optimizer.zero_grad()
        loss = (p * p).sum()
        loss.backward()
        return loss

    assert optimizer.step(closure).item() == 2.0
    optimizer.zero_grad(set_to_none=False)
    assert p.grad.tolist() == [0.0, 0.0]
    optimizer.zero_grad()
    assert p.grad is None


def test_a_step_counts_a_version_and_keeps_the_leaf() -> None:
    p = autograd.ones(2, requires_grad=True)
    loss = (p * p).sum()
    loss.backward(retain_graph=True)
    optim.SGD([p], lr=0.1).step()
    assert p.is_leaf
    assert p._version == 1
    with pytest.raises(autograd.BackwardError, match="modified in place"):
        loss.backward()


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        ("optim.SGD([], lr=0.1)", ValueError, "empty parameter list"),
        ("optim.SGD(p, lr=0.1)", TypeError, "iterable of tensors"),
        ("optim.SGD([3], lr=0.1)", TypeError, "can only optimize Tensors"),
        ("optim.SGD([p * 2], lr=0.1)", ValueError, "non-leaf"),
        ("optim.SGD([p, p], lr=0.1)", ValueError, "twice"),
        ("optim.SGD([p], lr=-1)", ValueError, "Invalid lr"),
        ("optim.SGD([p], lr=1, nesterov=True)", ValueError, "Nesterov"),
        ("optim.Adam([p], betas=(1.0, 0.9))", ValueError, "beta"),
        ("optim.Adam([p], eps=-1)", ValueError, "eps"),
        ("optim.Adam([p]).add_param_group({'params': [p]})", ValueError, "more than one"),
        ("optim.Adam([p]).load_state_dict(optim.Adam([p, q]).state_dict())", ValueError, "parameter groups"),
    ],
)
def test_errors(call: str, error: type[Exception], message: str) -> None:
    names = {"optim": optim, "p": autograd.ones(1, requires_grad=True), "q": autograd.ones(1, requires_grad=True)}
    with pytest.raises(error, match=message):
        eval(call, names)
