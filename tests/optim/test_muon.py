"""Muon against torch's, which computes in bfloat16."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd
import optim
from tests.helpers.oracle import assert_same, host, torch_or_skip


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
