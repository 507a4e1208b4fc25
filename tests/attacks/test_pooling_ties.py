"""Attack: max pools of few different numbers, nan and -inf: which of equals is found, and gets the gradient, is torch's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd
import nn
from tests.helpers.oracle import host, torch_or_skip

pytestmark = pytest.mark.numbers


def pooled(engine: Any, functional: Any, name: str, x: np.ndarray, size: Any, options: dict[str, Any]) -> list:
    """Values, indices and the gradient of a weighted sum."""
    leaf = engine.tensor(x, requires_grad=True)
    values, indices = getattr(functional, name)(leaf, size, return_indices=True, **options)
    weight = np.random.default_rng(3).normal(size=tuple(values.shape))
    (values * engine.tensor(weight)).sum().backward()
    return [host(each) for each in (values, indices, leaf.grad)]


@pytest.mark.parametrize("kind", ["max_pool", "adaptive_max_pool"])
@pytest.mark.parametrize("filling", ["ties", "nan", "-inf"])
def test_finds_what_torch_finds(kind: str, filling: str, sweep: Any) -> None:
    if kind.startswith("adaptive") and filling == "nan":
        pytest.skip("which of several nan is found is not said")
    torch = torch_or_skip()
    rng = np.random.default_rng(0)
    for _ in range(sweep(30, 200, 2000)):
        dims = int(rng.integers(1, 4))
        x = rng.integers(0, 3, size=(1, 2, *rng.integers(4, 8, size=dims))).astype(float)
        if filling != "ties":
            x[rng.random(x.shape) < (0.2 if filling == "nan" else 0.8)] = float(filling)
        size: Any = [int(n) for n in rng.integers(1, 5, size=dims)]
        options: dict[str, Any] = {}
        if kind == "max_pool":
            size = int(rng.integers(1, 4))
            options = {
                "stride": int(rng.integers(1, 3)),
                "padding": int(rng.integers(0, size // 2 + 1)),
                "ceil_mode": bool(rng.integers(2)),
                "dilation": int(rng.integers(1, 3)) if size < 3 else 1,
            }
        name = f"{kind}{dims}d"
        ours = pooled(autograd, nn.functional, name, x, size, options)
        theirs = pooled(torch, torch.nn.functional, name, x, size, options)
        for mine, other in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(mine, other, err_msg=f"{name}({list(x.shape)}, {size}, {options})")
