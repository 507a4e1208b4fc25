"""Every schedule against torch's: rates and momenta over thirty epochs, two groups, state and resumption."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

import autograd
import optim
from tests.helpers.oracle import torch_or_skip

# Most schedules here go alone, without the steps of an optimizer.
pytestmark = pytest.mark.filterwarnings("ignore:Detected call of `lr_scheduler.step:UserWarning")

SCHEDULERS = [
    "LambdaLR(o, lambda e: 0.9**e)",
    "LambdaLR(o, [lambda e: 0.9**e, lambda e: 1 / (1 + e)])",
    "MultiplicativeLR(o, lambda e: 0.95)",
    "StepLR(o, 7)",
    "StepLR(o, 4, gamma=0.5)",
    "MultiStepLR(o, [3, 3, 11], gamma=0.3)",
    "ConstantLR(o)",
    "ConstantLR(o, factor=0.5, total_iters=4)",
    "LinearLR(o)",
    "LinearLR(o, start_factor=0.2, end_factor=0.9, total_iters=12)",
    "ExponentialLR(o, 0.9)",
    "PolynomialLR(o)",
    "PolynomialLR(o, total_iters=20, power=2.0)",
    "CosineAnnealingLR(o, 8)",
    "CosineAnnealingLR(o, T_max=5, eta_min=0.01)",
    "CosineAnnealingWarmRestarts(o, 4)",
    "CosineAnnealingWarmRestarts(o, 3, T_mult=2, eta_min=0.001)",
    "CyclicLR(o, base_lr=0.01, max_lr=0.1, step_size_up=4)",
    "CyclicLR(o, [0.01, 0.02], [0.1, 0.3], step_size_up=3, step_size_down=5, mode='triangular2')",
    "CyclicLR(o, 0.01, 0.1, step_size_up=4, mode='exp_range', gamma=0.95, cycle_momentum=False)",
    "CyclicLR(o, 0.01, 0.1, 4, scale_fn=lambda x: 0.9**x, scale_mode='iterations')",
    "OneCycleLR(o, max_lr=0.2, total_steps=40)",
    "OneCycleLR(o, max_lr=[0.2, 0.4], epochs=4, steps_per_epoch=10, three_phase=True, anneal_strategy='linear')",
    "OneCycleLR(o, 0.2, total_steps=31, pct_start=0.1, cycle_momentum=False, div_factor=10)",
    "SequentialLR(o, [s.ConstantLR(o, factor=0.1, total_iters=2), s.ExponentialLR(o, gamma=0.9)], milestones=[5])",
    "SequentialLR(o, [s.LinearLR(o, 0.1, total_iters=4), s.CosineAnnealingLR(o, 10), s.StepLR(o, 2)], milestones=[4, 15])",
    "ChainedScheduler([s.ConstantLR(o, factor=0.1, total_iters=2), s.ExponentialLR(o, gamma=0.9)])",
]


def make(scheduler: str, engine: Any, package: Any, adam: bool = False) -> tuple[Any, Any]:
    groups = [
        {"params": [engine.zeros(2, requires_grad=True)]},
        {"params": [engine.ones(1, requires_grad=True)], "lr": 0.5},
    ]
    optimizer = package.Adam(groups, lr=0.1) if adam else package.SGD(groups, lr=0.1, momentum=0.9)
    return optimizer, eval(f"s.{scheduler}", {"s": package.lr_scheduler, "o": optimizer})


def rates(optimizer: Any) -> list[float]:
    return [
        value
        for group in optimizer.param_groups
        for value in (float(group["lr"]), group["betas"][0] if "betas" in group else group["momentum"])
    ]


@pytest.mark.parametrize("adam", [False, True], ids=["SGD", "Adam"])
@pytest.mark.parametrize("scheduler", SCHEDULERS)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_thirty_epochs_are_torchs(scheduler: str, adam: bool) -> None:
    torch = torch_or_skip()
    here, ours = make(scheduler, autograd, optim, adam)
    there, theirs = make(scheduler, torch, torch.optim, adam)
    for epoch in range(30):
        assert rates(here) == pytest.approx(rates(there), rel=1e-10, abs=1e-14), epoch
        assert ours.get_last_lr() == pytest.approx(theirs.get_last_lr(), rel=1e-10, abs=1e-14)
        for optimizer, schedule in ((here, ours), (there, theirs)):
            optimizer.step()
            schedule.step()


@pytest.mark.parametrize("scheduler", SCHEDULERS)
def test_a_resumed_schedule_goes_on(scheduler: str) -> None:
    whole, straight = make(scheduler, autograd, optim)
    for _ in range(20):
        straight.step()
    first, begun = make(scheduler, autograd, optim)
    for _ in range(9):
        begun.step()
    second, resumed = make(scheduler, autograd, optim)
    second.load_state_dict(first.state_dict())
    resumed.load_state_dict(begun.state_dict())
    for _ in range(11):
        resumed.step()
    assert rates(second) == pytest.approx(rates(whole), rel=1e-12)


@pytest.mark.parametrize(
    "options",
    [
        "",
        "mode='max', threshold_mode='abs', threshold=0.1",
        "patience=1, cooldown=2, min_lr=[0.01, 0.1]",
        "factor=0.5, patience=0, eps=0.02",
    ],
)
def test_reduce_on_plateau_is_torchs(options: str) -> None:
    torch = torch_or_skip()
    metrics = [1.0, 0.9, 0.9, 0.91, 0.9, 0.95, 0.9, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.7, 0.9]
    scheduler = f"ReduceLROnPlateau(o, {options})"
    here, ours = make(scheduler, autograd, optim)
    there, theirs = make(scheduler, torch, torch.optim)
    for metric in metrics * 2:
        ours.step(autograd.tensor(metric))
        theirs.step(metric)
        assert rates(here) == pytest.approx(rates(there), rel=1e-10)
        assert ours.num_bad_epochs == theirs.num_bad_epochs


def test_a_rate_that_is_a_tensor_is_filled() -> None:
    lr = autograd.tensor(0.1)
    optimizer = optim.SGD([autograd.zeros(1, requires_grad=True)], lr=lr)
    scheduler = optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
    scheduler.step()
    assert optimizer.param_groups[0]["lr"] is lr
    assert lr.item() == pytest.approx(0.05)
    assert scheduler.base_lrs[0].item() == pytest.approx(0.1)


def test_errors() -> None:
    optimizer = optim.SGD([autograd.zeros(1, requires_grad=True)], lr=0.1)
    with pytest.raises(TypeError, match="expected an Optimizer"):
        optim.lr_scheduler.StepLR(object(), 3)  # type: ignore[arg-type]
    with pytest.raises(KeyError, match="initial_lr"):
        optim.lr_scheduler.StepLR(optim.SGD([autograd.zeros(1, requires_grad=True)], lr=0.1), 3, last_epoch=4)
    with pytest.raises(ValueError, match="factor"):
        optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=1.0)
    with pytest.raises(ValueError, match="total_steps"):
        optim.lr_scheduler.OneCycleLR(optimizer, 0.1)
    with pytest.raises(ValueError, match="milestone"):
        optim.lr_scheduler.SequentialLR(optimizer, [optim.lr_scheduler.StepLR(optimizer, 3)], [3])
    schedule = optim.lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=2, cycle_momentum=False)
    schedule.step()
    schedule.step()
    with pytest.raises(ValueError, match="total number of steps"):
        schedule.step()


def test_a_schedule_that_steps_before_its_optimizer_warns() -> None:
    def sequence(o: optim.Optimizer) -> Any:
        first, second = (optim.lr_scheduler.StepLR(o, 1) for _ in range(2))
        return optim.lr_scheduler.SequentialLR(o, [first, second], [2])

    for make in (lambda o: optim.lr_scheduler.StepLR(o, 1), sequence):
        for stepped in (False, True):
            optimizer = optim.SGD([autograd.ones(2, requires_grad=True)], lr=0.1)
            schedule = make(optimizer)
            if stepped:
                optimizer.step()
            with warnings.catch_warnings(record=True) as heard:
                warnings.simplefilter("always")
                for _ in range(4):
                    schedule.step()
            assert {each.category for each in heard} == (set() if stepped else {UserWarning})
            assert all("before `optimizer.step()`" in str(each.message) for each in heard)
