"""Lion against its formula."""

from __future__ import annotations

import numpy as np

import autograd
import optim
from tests.helpers.oracle import host


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
