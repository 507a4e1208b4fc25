"""Maps of pictures, where the derivative has a kink."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd
import nn.functional as F
from tests.helpers.oracle import assert_same, torch_or_skip


@pytest.mark.cpu_only
@pytest.mark.parametrize("size", [5, 7, 14, 28, 32, 33])
def test_the_identity_is_differentiated_on_the_side_where_torch_does(size: int) -> None:
    """A spatial transformer begins with it: every place is a pixel's, and rounding says in which cell it lies."""
    torch = torch_or_skip()
    picture = np.random.default_rng(size).standard_normal((2, 1, size, size)).astype(np.float32)

    def gradient(engine: Any, functional: Any) -> Any:
        theta = engine.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]).repeat(2, 1, 1).requires_grad_()
        grid = functional.affine_grid(theta, (2, 1, size, size), align_corners=False)
        seen = functional.grid_sample(engine.tensor(picture), grid, align_corners=False)
        (seen * engine.tensor(picture).flip(-1)).sum().backward()
        return theta.grad

    assert_same(gradient(autograd, F), gradient(torch, torch.nn.functional), rtol=1e-4, atol=1e-3)
