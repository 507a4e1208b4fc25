"""Attack: float16 tensors of large numbers, whose squares and sums leave the range of half precision.

Reductions and norms must give, as torch's do, what single precision gives, rounded once: the error against
float64 may be twice torch's or a rounding of the result, and nothing may be inf or nan where torch's is finite.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from tests.helpers.oracle import host, torch_or_skip

pytestmark = [pytest.mark.numbers, pytest.mark.cpu_only]

# Of (4, 6, 5, 5) numbers of size 300; T is autograd or torch, F its functional.
REDUCTIONS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "batch_norm": lambda T, F, x: F.batch_norm(x, None, None, training=True),
    "batch_norm in evaluation": lambda T, F, x: F.batch_norm(x, x[0, :, 0, 0].detach(), x[0, :, 0, 0].detach().abs()),
    "layer_norm": lambda T, F, x: F.layer_norm(x, (5,)),
    "rms_norm": lambda T, F, x: F.rms_norm(x, (5,)),
    "group_norm": lambda T, F, x: F.group_norm(x, 2),
    "instance_norm": lambda T, F, x: F.instance_norm(x),
    "normalize": lambda T, F, x: F.normalize(x),
    "norm": lambda T, F, x: x.norm(),
    "norm of a dimension": lambda T, F, x: x.norm(dim=1),
    "norm, p = 1": lambda T, F, x: x.norm(1, dim=1),
    "vector_norm, p = 3": lambda T, F, x: T.linalg.vector_norm(x, 3, dim=1),
    "matrix_norm": lambda T, F, x: T.linalg.matrix_norm(x),
    "cosine_similarity": lambda T, F, x: F.cosine_similarity(x, x.roll(1, 0)),
    "pairwise_distance": lambda T, F, x: F.pairwise_distance(x, x.roll(1, 0)),
    "dist": lambda T, F, x: T.dist(x, x.roll(1, 0)),
    "attention": lambda T, F, x: F.scaled_dot_product_attention(x, x, x),
    "softmax": lambda T, F, x: x.softmax(1),
    "log_softmax": lambda T, F, x: x.log_softmax(1),
    "logsumexp": lambda T, F, x: x.logsumexp(1),
    "cross_entropy": lambda T, F, x: F.cross_entropy(x[:, :, 0, 0], T.tensor([0, 1, 2, 3])),
    "mean": lambda T, F, x: x.abs().mean(),
    "mean of a dimension": lambda T, F, x: x.mean(0),
    "sum": lambda T, F, x: x.sum(),
    "sum of a dimension": lambda T, F, x: x.sum(0),
    "nansum": lambda T, F, x: x.nansum(0),
    "var": lambda T, F, x: (x / 3).var(1),
    "std": lambda T, F, x: x.std(1),
    "std of all": lambda T, F, x: x.std(),
    "sum of many": lambda T, F, x: (x / 300).abs().reshape(600, 1).repeat(10, 2).sum(0),
    "mean of many": lambda T, F, x: x.abs().reshape(600, 1).repeat(10, 2).mean(0),
    "cumsum": lambda T, F, x: x.cumsum(0),
    "cumsum of many": lambda T, F, x: (x / 300).abs().reshape(600, 1).repeat(10, 2).cumsum(0),
    "cumprod of many": lambda T, F, x: (1 + x.reshape(600, 1).repeat(10, 2) / 3e4).cumprod(0),
    "avg_pool2d": lambda T, F, x: F.avg_pool2d(x, 5),
    "adaptive_avg_pool2d": lambda T, F, x: F.adaptive_avg_pool2d(x, 1),
    "l1_loss": lambda T, F, x: F.l1_loss(x, x.roll(1, 0)),
    "matmul": lambda T, F, x: x @ (x / 300),
    "linear": lambda T, F, x: F.linear(x, x[0, 0] / 300),
    "gelu": lambda T, F, x: F.gelu(x / 100),
}


def both(T: Any, F: Any, function: Any, x: np.ndarray, half: bool) -> list[np.ndarray]:
    """The value and the gradient of a weighted sum."""
    leaf = T.tensor(x if half else x.astype(np.float64), requires_grad=True)
    out = function(T, F, leaf)
    weight = np.cos(np.arange(out.numel())).reshape(tuple(out.shape)).astype(np.float16)
    (out * T.tensor(weight).to(out.dtype)).sum().backward()
    return [host(each).astype(np.float64) for each in (out, leaf.grad)]


def error(found: np.ndarray, exact: np.ndarray) -> float:
    return float(np.abs(found - exact).max() / np.abs(exact).max())


@pytest.mark.parametrize("name", REDUCTIONS)
def test_is_summed_in_single(name: str) -> None:
    torch = torch_or_skip()
    x = (np.random.default_rng(0).normal(size=(4, 6, 5, 5)) * 300).astype(np.float16)
    ours, exact = (both(autograd, nn.functional, REDUCTIONS[name], x, half) for half in (True, False))
    theirs = both(torch, torch.nn.functional, REDUCTIONS[name], x, True)
    for what, mine, other, wanted in zip(("value", "gradient"), ours, theirs, exact, strict=True):
        assert np.isfinite(mine).all() or not np.isfinite(other).all(), f"{what}: {mine}, torch {other}"
        if np.isfinite(other).all():
            limit = max(2 * error(other, wanted), 2e-3)
            assert error(mine, wanted) <= limit, f"{what}: error {error(mine, wanted):.1e}, may be {limit:.1e}"
