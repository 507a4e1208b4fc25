"""After a gradient penalty (WGAN-GP: a loss on the gradient by the input) .grad is None, zeros or numbers as in torch."""

from __future__ import annotations

from typing import Any

import pytest

import autograd
import nn
from tests.helpers.oracle import torch_or_skip

CRITICS = [
    "n.Sequential(n.Linear(2, 4), n.ReLU(), n.Linear(4, 1))",
    "n.Sequential(n.Linear(2, 4), n.ReLU(inplace=True), n.Linear(4, 1))",
    "n.Sequential(n.Linear(2, 4), n.ReLU(), n.Linear(4, 4), n.ReLU(), n.Linear(4, 1))",
    "n.Sequential(n.Linear(2, 4), n.Tanh(), n.Linear(4, 1))",
    "n.Sequential(n.Linear(2, 4), n.ReLU(), n.LayerNorm(4), n.Linear(4, 1, bias=False))",
    "n.Sequential(n.Unflatten(1, (1, 2, 1)), n.Conv2d(1, 3, (2, 1)), n.ReLU(), n.Flatten(), n.Linear(3, 1))",
    "n.Sequential(n.Linear(2, 4), n.LeakyReLU(0.2), n.Linear(4, 4), n.LeakyReLU(0.2, inplace=True), n.Linear(4, 1))",
    "n.Linear(2, 1)",
    "n.Sequential(n.Linear(2, 4), n.SiLU(), n.BatchNorm1d(4), n.ReLU(), n.Linear(4, 1))",
]


def after(engine: Any, layers: Any, critic: str) -> list[str]:
    net = eval(critic, {"n": layers})
    with engine.no_grad():
        for i, p in enumerate(net.parameters()):
            p.copy_((engine.arange(p.numel()).reshape(p.shape) * 0.7 + i).sin())
    x = (engine.arange(6.0) - 2.5).reshape(3, 2).requires_grad_()
    (slope,) = engine.autograd.grad(net(x).sum(), x, create_graph=True)
    ((slope.norm(dim=1) - 1) ** 2).mean().backward()
    return [
        "None" if p.grad is None else "numbers" if p.grad.abs().max().item() > 1e-6 else "zeros"
        for p in (*net.parameters(), x)
    ]


@pytest.mark.parametrize("critic", CRITICS)
def test_none_zeros_or_numbers(critic: str) -> None:
    torch = torch_or_skip()
    assert after(autograd, nn, critic) == after(torch, torch.nn, critic)
