"""Samples with `use_torch_random` on: torch's numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd
from autograd import distributions
from tests.helpers.distributions import CASES
from tests.helpers.oracle import host, torch_or_skip

pytestmark = pytest.mark.cpu_only


def drawn(engine: Any, package: Any, name: str, kind: str) -> list[np.ndarray]:
    case = CASES[name]
    tensors = [engine.tensor(value.astype(kind)) for value in case.parameters]
    names = {f"v{i}": x for i, x in enumerate(tensors)}
    engine.manual_seed(17)
    d = eval("d." + case.text.format(*names), {"d": package, **names})
    if name.startswith("Wishart") and package is not distributions:
        # torch takes its good samples for singular ones, and draws them again.
        d.rsample = d._bartlett_sampling
    found = [host(d.sample()), host(d.sample((5, 3)))]
    if d.has_rsample:
        found.append(host(d.rsample((2,))))
    return [*found, host(engine.rand(3))]


@pytest.mark.filterwarnings("ignore:Singular sample detected", "ignore:.*may be singular", "ignore:Low df values")
@pytest.mark.parametrize("kind", ["float32", "float64"])
@pytest.mark.parametrize("name", CASES)
def test_samples_are_torchs(name: str, kind: str) -> None:
    """To rounding, of transforms that are not of one operation; the generator goes on from the same place."""
    torch = torch_or_skip()
    if name.startswith("GeneralizedPareto") and kind == "float64":
        pytest.skip("torch's takes no double precision")
    with autograd.use_torch_random():
        ours = drawn(autograd, distributions, name, kind)
    theirs = drawn(torch, torch.distributions, name, kind)
    for mine, other in zip(ours, theirs, strict=True):
        assert mine.dtype == other.dtype
        eps = np.finfo(kind).eps
        np.testing.assert_allclose(
            mine, other, rtol=200 * eps, atol=20 * eps ** (0.5 if name == "LKJCholesky" else 1.0)
        )
    np.testing.assert_array_equal(ours[-1], theirs[-1])


EXACT = [
    "Normal",
    "Exponential",
    "Bernoulli",
    "Binomial",
    "Categorical",
    "OneHotCategorical",
    "Poisson",
    "Uniform",
    "Geometric",
    "Gamma",
    "Multinomial",
]


@pytest.mark.parametrize("name", EXACT)
def test_samples_of_few_operations_are_torchs(name: str) -> None:
    """To the last bit but two: torch's square roots and logarithms are a library's, and differ by processor."""
    torch = torch_or_skip()
    with autograd.use_torch_random():
        ours = drawn(autograd, distributions, name, "float64")
    for mine, other in zip(ours, drawn(torch, torch.distributions, name, "float64"), strict=True):
        np.testing.assert_allclose(mine, other, rtol=4 * np.finfo("float64").eps)
