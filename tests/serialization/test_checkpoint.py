"""Checkpoints: a run that is killed at any moment goes on to the same bits."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import autograd
import nn
import optim

pytest.importorskip("safetensors", reason="checkpoints are safetensors files")
pytestmark = pytest.mark.cpu_only

ROOT = Path(__file__).parents[2]
RUN = """
import os, sys
import autograd, nn, optim
import nn.functional as F
from autograd.data import DataLoader, TensorDataset

folder, epochs = sys.argv[1], 4
path = os.path.join(folder, "checkpoint")
autograd.manual_seed(0)
data = TensorDataset(autograd.randn(40, 1, 6, 6), autograd.randint(0, 3, (40,)))
model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Dropout(0.3), nn.Linear(64, 3))
optimizer = optim.AdamW(model.parameters(), lr=0.01)
scheduler = optim.lr_scheduler.OneCycleLR(optimizer, 0.05, total_steps=5 * epochs)
loader = DataLoader(data, batch_size=8, shuffle=True)
parts = dict(model=model, optimizer=optimizer, scheduler=scheduler, loader=loader)
epoch = autograd.load_checkpoint(path, **parts)["epoch"] if os.path.exists(path) else 0
while epoch < epochs:
    for x, y in loader:
        sys.stdin.readline()  # the go-ahead for a step
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()
        scheduler.step()
        autograd.save_checkpoint(path, **parts, epoch=epoch)
        print("step", flush=True)
    epoch += 1
autograd.save(model.state_dict(), os.path.join(folder, "weights"))
"""


def start(folder: Path) -> subprocess.Popen:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-c", RUN, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    )


def test_a_killed_run_resumes_to_the_same_bits(tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    whole.mkdir()
    broken.mkdir()
    process = start(whole)
    process.communicate(b"\n" * 20, timeout=120)
    assert process.returncode == 0
    rng = random.Random(0)
    for _ in range(3):
        process = start(broken)
        assert process.stdin is not None
        assert process.stdout is not None
        steps = rng.randrange(2, 5)
        process.stdin.write(b"\n" * (steps + 1))
        process.stdin.flush()
        for _ in range(steps):
            assert process.stdout.readline()
        time.sleep(rng.random() * 0.01)  # somewhere within the next step, or within its write
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL
    process = start(broken)
    process.communicate(b"\n" * 20, timeout=120)
    assert process.returncode == 0
    expected, got = autograd.load(whole / "weights"), autograd.load(broken / "weights")
    for key, value in expected.items():
        assert np.array_equal(value.numpy(), got[key].numpy()), key


def test_random_states_are_restored(tmp_path: Path) -> None:
    def draw() -> list:
        return [autograd.rand(3).tolist(), random.random(), np.random.rand(2).tolist(), random.gauss(0, 1)]

    random.gauss(0, 1)
    autograd.save_checkpoint(tmp_path / "file", note="x")
    first = draw()
    assert autograd.load_checkpoint(tmp_path / "file") == {"note": "x"}
    assert draw() == first


def test_a_part_that_does_not_fit_changes_nothing(tmp_path: Path) -> None:
    model = nn.Linear(2, 3)
    optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    autograd.save_checkpoint(tmp_path / "file", model=model, optimizer=optimizer)
    other, wrong = nn.Linear(2, 3), optim.SGD(nn.Linear(5, 5, bias=False).parameters(), lr=0.5)
    before = other.weight.tolist()
    state = random.getstate()
    with pytest.raises(ValueError, match="parameter"):
        autograd.load_checkpoint(tmp_path / "file", model=other, optimizer=wrong)
    assert other.weight.tolist() == before
    assert wrong.param_groups[0]["lr"] == 0.5
    assert random.getstate() == state
    with pytest.raises(autograd.SerializationError, match=r"has no scaler; it has model, optimizer"):
        autograd.load_checkpoint(tmp_path / "file", model=other, scaler=wrong)
    autograd.save(model.state_dict(), tmp_path / "weights")
    with pytest.raises(RuntimeError, match="not written by save_checkpoint"):
        autograd.load_checkpoint(tmp_path / "weights", model=other)
    with pytest.raises(ValueError, match="random_state"):
        autograd.save_checkpoint(tmp_path / "file", random_state=1)


def test_what_cannot_be_a_checkpoint_is_named(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"options.function is a function; a checkpoint holds tensors"):
        autograd.save_checkpoint(tmp_path / "file", options={"function": draw_nothing})
    assert not list(tmp_path.iterdir())


def draw_nothing() -> None: ...


SCHEDULES = {
    "LambdaLR": {"lr_lambda": lambda epoch: 0.9**epoch},
    "MultiplicativeLR": {"lr_lambda": lambda epoch: 0.9},
    "StepLR": {"step_size": 2},
    "MultiStepLR": {"milestones": [2, 5, 5]},
    "ConstantLR": {},
    "LinearLR": {},
    "ExponentialLR": {"gamma": 0.9},
    "CosineAnnealingLR": {"T_max": 5},
    "PolynomialLR": {},
    "CyclicLR": {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 3},
    "OneCycleLR": {"max_lr": 0.1, "total_steps": 12},
    "CosineAnnealingWarmRestarts": {"T_0": 3},
    "ReduceLROnPlateau": {"patience": 1},
}


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_schedule_goes_into_a_checkpoint(name: str, tmp_path: Path) -> None:
    def make() -> tuple[optim.Optimizer, object]:
        optimizer = optim.SGD([autograd.ones(1, requires_grad=True)], lr=0.1, momentum=0.9)
        return optimizer, getattr(optim.lr_scheduler, name)(optimizer, **SCHEDULES[name])

    def rates(optimizer: optim.Optimizer, schedule: object, steps: int) -> list[float]:
        seen = []
        for _ in range(steps):
            optimizer.step()
            schedule.step(*([1.0] if name == "ReduceLROnPlateau" else []))  # type: ignore[attr-defined]
            seen.append(optimizer.param_groups[0]["lr"])
        return seen

    optimizer, schedule = make()
    rates(optimizer, schedule, 4)
    autograd.save_checkpoint(tmp_path / "file", optimizer=optimizer, schedule=schedule)
    expected = rates(optimizer, schedule, 6)
    optimizer, schedule = make()
    autograd.load_checkpoint(tmp_path / "file", optimizer=optimizer, schedule=schedule)
    assert rates(optimizer, schedule, 6) == expected


def test_an_error_puts_everything_back(tmp_path: Path) -> None:
    """Whatever part fails, and whatever a part's state has brought along."""

    class Failing:
        def state_dict(self) -> dict:
            return {"x": 1}

        def load_state_dict(self, state: dict) -> None:
            raise OSError("no")

    class Factor:
        def __init__(self) -> None:
            self.rate = 0.5

        def __call__(self, epoch: int) -> float:
            return self.rate

    def make() -> dict:
        model = nn.Linear(2, 3)
        optimizer = optim.Adam(model.parameters(), lr=0.1)
        return {"model": model, "optimizer": optimizer, "schedule": optim.lr_scheduler.LambdaLR(optimizer, Factor())}

    saved = make()
    saved["model"](autograd.ones(2)).sum().backward()
    saved["optimizer"].step()
    saved["optimizer"].param_groups[0]["more"] = "key"
    saved["schedule"].more = "attribute"
    saved["schedule"].lr_lambdas[0].more = "attribute"
    autograd.save_checkpoint(tmp_path / "file", **saved, failing=Failing())
    here = make()
    state, weight = here["optimizer"].state, here["model"].weight.tolist()
    generators = autograd.random.all_states()
    with pytest.raises(autograd.SerializationError, match=r"file: its failing does not fit: OSError: no"):
        autograd.load_checkpoint(tmp_path / "file", **here, failing=Failing())
    assert here["model"].weight.tolist() == weight
    assert here["optimizer"].state is state
    assert not state
    assert "more" not in here["optimizer"].param_groups[0]
    assert not hasattr(here["schedule"], "more")
    assert vars(here["schedule"].lr_lambdas[0]) == {"rate": 0.5}
    assert str(autograd.random.all_states()) == str(generators)
    with pytest.raises(TypeError, match=r"epoch is a int, which has no load_state_dict"):
        autograd.load_checkpoint(tmp_path / "file", epoch=3)


@pytest.mark.parametrize(
    "damage",
    [
        {"numpy": ("MT19937", np.zeros(624, np.uint32), -5, 0, 0.0)},
        {"numpy": ("MT19937", np.zeros(624, np.uint32), 10**6, 0, 0.0)},
        {"numpy": ("MT19937", np.zeros(3, np.uint32), 0, 0, 0.0)},
        {"python": (3, (1, 2), None)},
        {"python": None},
        {"engine": {"cpu": autograd.zeros(2, device="cpu")}},
        {"engine": 3},
        {"engine": {"cpu": autograd.zeros(1, dtype=autograd.uint64, device="cpu")}},
    ],
)
def test_damaged_generators_change_nothing(damage: dict, tmp_path: Path) -> None:
    model = nn.Linear(2, 3)
    content = {"model": nn.Linear(2, 3).state_dict(), "random_state": {**autograd.random.all_states(), **damage}}
    autograd.save(content, tmp_path / "file")
    before = model.weight.tolist(), str(autograd.random.all_states())
    with pytest.raises(autograd.SerializationError, match="load_checkpoint"):
        autograd.load_checkpoint(tmp_path / "file", model=model)
    with pytest.raises((ValueError, TypeError)):
        autograd.random.set_all_states(content["random_state"])
    loader = autograd.data.DataLoader([1, 2, 3])
    with pytest.raises((ValueError, TypeError)):
        loader.load_state_dict(
            {"yielded": 1, "begun": {"default": content["random_state"], "generator": None}, "generator": None}
        )
    assert (model.weight.tolist(), str(autograd.random.all_states())) == before
