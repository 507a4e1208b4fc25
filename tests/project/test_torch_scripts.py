"""Scripts with a seed: with torch's random numbers, they compute what they compute on PyTorch."""

from __future__ import annotations

import os
import subprocess
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F
import optim
from autograd import data
from tests.helpers.oracle import torch_or_skip
from tests.helpers.torch_random import needs_torchs_chances

pytestmark = pytest.mark.cpu_only

ROOT = Path(__file__).parents[2]
OURS = types.SimpleNamespace(torch=autograd, nn=nn, F=F, optim=optim, data=data)


@pytest.fixture(autouse=True)
def _torch_random() -> Iterator[None]:
    needs_torchs_chances()
    with autograd.use_torch_random():
        yield


def theirs() -> Any:
    torch = torch_or_skip()
    functional, utils = torch.nn.functional, torch.utils.data
    return types.SimpleNamespace(torch=torch, nn=torch.nn, F=functional, optim=torch.optim, data=utils)


def perceptron(s: Any, dtype: str, steps: int) -> Iterator[float]:
    torch, nn = s.torch, s.nn
    torch.manual_seed(1)
    x = torch.randn(300, 10, dtype=getattr(torch, dtype))
    y = (x[:, :3] + 0.1 * torch.randn(300, 3, dtype=getattr(torch, dtype))).argmax(1)
    loader = s.data.DataLoader(s.data.TensorDataset(x, y), 32, shuffle=True)
    layers = (
        nn.Linear(10, 32),
        nn.ReLU(),
        nn.Dropout(0.2),
        nn.Linear(32, 32),
        nn.Tanh(),
        nn.Dropout(0.5),
        nn.Linear(32, 3),
    )
    model = nn.Sequential(*layers).to(getattr(torch, dtype))
    optimizer = s.optim.Adam(model.parameters(), lr=1e-3)
    yield from training(s, model, optimizer, loader, steps)


def convolutional(s: Any, dtype: str, steps: int) -> Iterator[float]:
    torch, nn = s.torch, s.nn
    torch.manual_seed(2)
    x = torch.rand(80, 1, 10, 10, dtype=getattr(torch, dtype))
    y = torch.randint(0, 4, (80,))
    train, _ = s.data.random_split(s.data.TensorDataset(x, y), [64, 16])
    loader = s.data.DataLoader(train, 16, shuffle=True, drop_last=True)
    model = nn.Sequential(
        nn.Conv2d(1, 6, 3), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout2d(0.3), nn.Conv2d(6, 8, 3),
        nn.ReLU(), nn.Flatten(), nn.Dropout(0.4), nn.Linear(32, 4),
    ).to(getattr(torch, dtype))  # fmt: skip
    optimizer = s.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    yield from training(s, model, optimizer, loader, steps)


def training(s: Any, model: Any, optimizer: Any, loader: Any, steps: int) -> Iterator[float]:
    while True:
        for x, y in loader:
            optimizer.zero_grad()
            loss = s.F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            yield loss.item()
            steps -= 1
            if not steps:
                return


RUNS = {"perceptron": perceptron, "convolutional": convolutional}


@pytest.mark.parametrize("name", RUNS)
def test_losses_in_double_precision(name: str) -> None:
    for side in (OURS, theirs()):
        side.torch.set_default_dtype(side.torch.float64)
    try:
        ours, torchs = (list(RUNS[name](side, "float64", 200)) for side in (OURS, theirs()))
    finally:
        for side in (OURS, theirs()):
            side.torch.set_default_dtype(side.torch.float32)
    np.testing.assert_allclose(ours, torchs, rtol=0, atol=1e-9)
    assert np.mean(ours[-20:]) < np.mean(ours[:20])


@pytest.mark.parametrize("name", RUNS)
def test_losses_in_single_precision(name: str) -> None:
    ours, torchs = (list(RUNS[name](side, "float32", 20)) for side in (OURS, theirs()))
    np.testing.assert_allclose(ours, torchs, rtol=0, atol=1e-4)


SCRIPT = """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(42)
x = torch.randn(200, 8)
y = x.sum(1, keepdim=True).sin()
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(3):
    for a, b in DataLoader(TensorDataset(x, y), batch_size=25, shuffle=True):
        loss = nn.functional.mse_loss(model(a), b)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(f"epoch {epoch}: loss {loss.item():.4f}")
"""


def test_a_script_prints_what_it_prints_on_torch(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text(SCRIPT)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    def printed(*start: str) -> str:
        command = [sys.executable, *start, str(script)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    assert printed("-m", "autograd") == printed()
