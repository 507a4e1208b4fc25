"""Distributions against torch's, samples against their moments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd
from autograd import distributions
from tests.helpers.oracle import assert_same, host, torch_or_skip

A, B = np.array([[0.3, -1.2], [0.5, 2.0]]), np.array([0.5, 1.5])
P = np.array([[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]])

CASES: dict[str, tuple[str, list[np.ndarray], np.ndarray]] = {
    "Normal": ("Normal({0}, {1})", [A, B], np.array([[0.1, 1.0], [-2.0, 3.0]])),
    "Uniform": ("Uniform({0} - 2, {0} + {1})", [A, B], A - 0.1),
    "Bernoulli by probs": ("Bernoulli({0})", [P], np.round(P)),
    "Bernoulli by logits": ("Bernoulli(logits={0})", [A], np.array([[0.0, 1.0], [1.0, 0.0]])),
    "Categorical by probs": ("Categorical({0} * 3)", [P], np.array([2, 0])),
    "Categorical by logits": ("Categorical(logits={0})", [A], np.array([[1, 0], [0, 0], [1, 1]])),
}


def make(engine: Any, package: Any, text: str, values: list[np.ndarray]) -> tuple[Any, list[Any]]:
    tensors = [engine.tensor(value, requires_grad=True) for value in values]
    names = {f"v{i}": x for i, x in enumerate(tensors)}
    return eval("d." + text.format(*names), {"d": package, **names}), tensors


@pytest.mark.parametrize("name", CASES)
def test_densities_and_moments_are_torch(name: str) -> None:
    torch = torch_or_skip()
    text, values, at = CASES[name]
    results = []
    for engine, package in ((autograd, distributions), (torch, torch.distributions)):
        d, tensors = make(engine, package, text, values)
        made = [d.log_prob(engine.tensor(at)), d.entropy()]
        if not name.startswith("Categorical"):
            made += [d.mean, d.variance, d.stddev]
        if name in ("Normal", "Uniform"):
            made += [d.cdf(engine.tensor(at)), d.icdf(engine.tensor(np.full((2, 2), 0.3)))]
        total = sum((each * (i + 1)).sum() for i, each in enumerate(made))
        total.backward()
        results.append([*made, *(x.grad for x in tensors)])
        assert tuple(d.batch_shape) == tuple(made[1].shape)
    for ours, theirs in zip(*results, strict=True):
        assert_same(ours, theirs, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("name", CASES)
def test_divergences_are_torch(name: str) -> None:
    torch = torch_or_skip()
    text, values, _ = CASES[name]
    results = []
    for engine, package in ((autograd, distributions), (torch, torch.distributions)):
        p, tensors = make(engine, package, text, values)
        q, others = make(engine, package, text, [value * 1.5 if name == "Uniform" else value * 0.7 for value in values])
        out = package.kl_divergence(p, q)
        if np.isfinite(host(out)).all():
            out.sum().backward()
        results.append([out, *(x.grad for x in (*tensors, *others) if x.grad is not None)])
    for ours, theirs in zip(*results, strict=True):
        assert_same(ours, theirs, rtol=1e-8, atol=1e-10)


def test_uniform_from_normal() -> None:
    torch = torch_or_skip()
    both = [
        package.kl_divergence(
            package.Uniform(t.tensor(0.5), t.tensor(2.0)), package.Normal(t.tensor(0.1), t.tensor(1.5))
        )
        for t, package in ((autograd, distributions), (torch, torch.distributions))
    ]
    assert_same(*both, rtol=1e-5)


@pytest.mark.parametrize("name", CASES)
def test_samples_have_the_moments(name: str) -> None:
    text, values, _ = CASES[name]
    d, _ = make(autograd, distributions, text, values)
    drawn = d.sample((20_000,))
    assert drawn.shape == (20_000, *d.batch_shape)
    assert not drawn.requires_grad
    if name.startswith("Categorical"):
        counts = np.stack([(host(drawn) == k).mean(0) for k in range(d.probs.shape[-1])], -1)
        np.testing.assert_allclose(counts, host(d.probs), atol=0.02)
    else:
        np.testing.assert_allclose(host(drawn).mean(0), host(d.mean), atol=0.05)
        np.testing.assert_allclose(host(drawn).var(0), host(d.variance), atol=0.08)


def test_reparameterised_samples_carry_gradients() -> None:
    loc, scale = (autograd.tensor(value, requires_grad=True) for value in (1.0, 2.0))
    drawn = distributions.Normal(loc, scale).rsample((1000,))
    drawn.sum().backward()
    assert loc.grad.item() == 1000.0
    assert scale.grad.item() == pytest.approx(host((drawn - 1) / 2).sum(), rel=1e-4)
    assert distributions.Uniform(loc, scale).rsample().requires_grad
    with pytest.raises(NotImplementedError, match="Bernoulli has no rsample"):
        distributions.Bernoulli(0.5).rsample()


@pytest.mark.cpu_only
def test_parameters_are_checked() -> None:
    with pytest.raises(ValueError, match="scale must be positive"):
        distributions.Normal(0.0, -1.0)
    with pytest.raises(ValueError, match="low must be below high"):
        distributions.Uniform(1.0, 0.0)
    with pytest.raises(ValueError, match=r"in \[0, 1\]"):
        distributions.Bernoulli(1.5)
    with pytest.raises(ValueError, match="either probs or logits"):
        distributions.Categorical()
    with pytest.raises(ValueError, match="outside"):
        distributions.Categorical(autograd.ones(3)).log_prob(autograd.tensor(3))
    with pytest.raises(NotImplementedError, match="no divergence of Normal from Bernoulli"):
        distributions.kl_divergence(distributions.Normal(0.0, 1.0), distributions.Bernoulli(0.5))
