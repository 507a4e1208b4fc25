"""A law: hooks that hand back an equal gradient change nothing, whatever memory it lies in."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import Tensor

SHAPE = (2, 3)
KEPT: list[Tensor] = []  # hooks may keep what they saw

STEPS: list[Callable[..., Tensor]] = [
    lambda x, y: x.view(-1).view(SHAPE),
    lambda x, y: x.t().t(),
    lambda x, y: x.reshape(3, 2).reshape(SHAPE),
    lambda x, y: x.sum(0, keepdim=True).expand(SHAPE),
    lambda x, y: x.sum(1, keepdim=True).expand(SHAPE),
    lambda x, y: x.unsqueeze(0)[0],
    lambda x, y: x[:],
    lambda x, y: x.clone(),
    lambda x, y: x.flip(0),
    lambda x, y: x * 2.0,
    lambda x, y: x + y,
    lambda x, y: x - y,
    lambda x, y: x * y,
    lambda x, y: x.sin(),
    lambda x, y: x.exp() * 0.1,
    lambda x, y: autograd.cat([x[:1], y[1:]]),
    lambda x, y: autograd.where(x > 0, x, y),
    lambda x, y: x.relu(),
    lambda x, y: x.contiguous(),
    lambda x, y: x.mean() + y,
]
HOOKS: list[Callable[[Tensor], Tensor | None]] = [
    lambda g: g * 1.0,
    lambda g: g.clone(),
    lambda g: g.view_as(g),
    lambda g: g + 0.0,
    lambda g: g.t().contiguous().t() if g.ndim == 2 else g,
    lambda g: KEPT.append(g),  # type: ignore[func-returns-value]
    lambda g: None,
]


def gradients(seed: int, hooked: bool, create_graph: bool) -> list[Any]:
    """The gradients of a random graph's leaves, of two backward passes in a row."""
    choose, watch = random.Random(seed), random.Random(seed + 1)
    rng = np.random.default_rng(seed)
    leaves = [autograd.tensor(rng.normal(size=SHAPE), requires_grad=True) for _ in range(3)]
    xs = list(leaves)
    for _ in range(choose.randrange(3, 14)):
        x = choose.choice(STEPS)(choose.choice(xs), choose.choice(xs))
        if hooked and x.requires_grad and watch.random() < 0.5:
            x.register_hook(watch.choice(HOOKS))
        xs.append(x)
    if hooked:
        for leaf in leaves:
            leaf.register_hook(watch.choice(HOOKS))
    loss = sum(((1 + i) / 4 * x).sum() for i, x in enumerate(xs))
    loss.backward(retain_graph=True, create_graph=create_graph)
    once = [leaf.grad.detach().clone() for leaf in leaves]
    loss.backward()
    KEPT.clear()
    return [host.detach().numpy() for host in (*once, *(leaf.grad for leaf in leaves))]


@pytest.mark.cpu_only
@pytest.mark.parametrize("part", range(4))
def test_identity_hooks_change_nothing(part: int, sweep: Callable[[int, int, int], int]) -> None:
    for seed in range(part, sweep(600, 4000, 20_000), 4):
        for create_graph in (False, seed % 5 == 0):
            plain, hooked = (gradients(seed, with_hooks, create_graph) for with_hooks in (False, True))
            for x, y in zip(plain, hooked, strict=True):
                np.testing.assert_allclose(y, x, rtol=1e-12, atol=1e-12, err_msg=f"seed {seed}")
