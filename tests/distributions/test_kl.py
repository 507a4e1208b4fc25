"""Divergences against torch's, of every pair that torch has, and against samples."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd
from autograd import distributions
from autograd.distributions import kl
from tests.helpers.oracle import assert_same, host, torch_or_skip

A, B = np.array([0.3, -1.2]), np.array([0.5, 1.5])
U, W = np.array([0.2, 0.7]), np.array([0.6, 0.35])
P, Q = np.array([[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]]), np.array([[0.1, 0.1, 0.8], [0.3, 0.3, 0.4]])
M, N = np.array([0.1, -0.3, 0.6]), np.array([[1.0, 0.2, -0.5], [0.0, 0.5, 0.1]])
L = np.array([[1.2, 0.0, 0.0], [0.3, 0.8, 0.0], [-0.4, 0.2, 1.1]])
F, D = L[:, :2] + 0.3, np.array([0.5, 1.0, 1.5])

# Of each type two: what is p in a divergence, and what is q.
TWO: dict[str, tuple[tuple[str, list[np.ndarray]], tuple[str, list[np.ndarray]]]] = {
    "Bernoulli": (("Bernoulli({0})", [U]), ("Bernoulli(logits={0})", [A])),
    "Beta": (("Beta({0}, {1})", [U * 4, B]), ("Beta({0}, {1})", [W * 3, B + 1])),
    "Binomial": (("Binomial(5, {0})", [U]), ("Binomial(5, {0})", [W])),
    "Categorical": (("Categorical({0})", [P]), ("Categorical(logits={0})", [N])),
    "Cauchy": (("Cauchy({0}, {1})", [A, B]), ("Cauchy({0}, {1})", [A + 1, B * 2])),
    "ContinuousBernoulli": (("ContinuousBernoulli({0})", [U]), ("ContinuousBernoulli({0})", [W])),
    "Dirichlet": (("Dirichlet({0})", [P * 5]), ("Dirichlet({0})", [Q * 7])),
    "Exponential": (("Exponential({0})", [B]), ("Exponential({0})", [W * 3])),
    "ExponentialFamily": (("Poisson({0})", [B]), ("Poisson({0})", [W * 3])),
    "Gamma": (("Gamma({0}, {1})", [B + 1, W * 4]), ("Gamma({0}, {1})", [B * 2, U * 3])),
    "Geometric": (("Geometric({0})", [U]), ("Geometric({0})", [W])),
    "Gumbel": (("Gumbel({0}, {1})", [A, B]), ("Gumbel({0}, {1})", [A + 1, B * 2])),
    "HalfNormal": (("HalfNormal({0})", [B]), ("HalfNormal({0})", [W * 3])),
    "Independent": (("Independent(d.Normal({0}, {1}), 1)", [A, B]), ("Independent(d.Normal({0}, {1}), 1)", [A + 1, B * 2])),
    "Laplace": (("Laplace({0}, {1})", [A, B]), ("Laplace({0}, {1})", [A + 1, B * 2])),
    "LowRankMultivariateNormal": (
        ("LowRankMultivariateNormal({0}, {1}, {2})", [M, F, D]), ("LowRankMultivariateNormal({0}, {1}, {2})", [N, F * 0.7, D + 0.2]),
    ),
    "MultivariateNormal": (("MultivariateNormal({0}, {1})", [N, L @ L.T]), ("MultivariateNormal({0}, scale_tril={1})", [M, L * 1.2])),
    "Normal": (("Normal({0}, {1})", [A, B]), ("Normal({0}, {1})", [A + 1, B * 2])),
    "OneHotCategorical": (("OneHotCategorical({0})", [P]), ("OneHotCategorical(logits={0})", [N])),
    "Pareto": (("Pareto({0}, {1})", [W + 1, B * 3 + 1]), ("Pareto({0}, {1})", [W, B * 2])),
    "Poisson": (("Poisson({0})", [B]), ("Poisson({0})", [W * 3])),
    "TransformedDistribution": (("LogNormal({0}, {1})", [A, B]), ("LogNormal({0}, {1})", [A + 1, B * 2])),
    "Uniform": (("Uniform({0}, {1})", [W + 0.02, W + 0.3]), ("Uniform({0}, {1})", [-B, B + 2])),
}  # fmt: skip


def torch_pairs() -> list[tuple[str, str]]:
    try:
        from torch.distributions.kl import _KL_REGISTRY
    except ImportError:
        return []
    return sorted({(p.__name__, q.__name__) for p, q in _KL_REGISTRY})


def make(engine: Any, package: Any, text: str, values: list[np.ndarray]) -> tuple[Any, list[Any]]:
    tensors = [engine.tensor(value, requires_grad=True) for value in values]
    names = {f"v{i}": x for i, x in enumerate(tensors)}
    return eval("d." + text.format(*names), {"d": package, **names}), tensors


def test_every_pair_of_torchs_is_here() -> None:
    torch_or_skip()
    ours = {(p.__name__, q.__name__) for p, q in kl._KL_REGISTRY}
    assert set(torch_pairs()) <= ours
    assert {name for pair in torch_pairs() for name in pair} <= set(TWO)


@pytest.mark.parametrize("pair", torch_pairs(), ids="-".join)
def test_divergences_are_torchs(pair: tuple[str, str]) -> None:
    torch = torch_or_skip()
    results = []
    for engine, package in ((autograd, distributions), (torch, torch.distributions)):
        p, tensors = make(engine, package, *TWO[pair[0]][0])
        q, others = make(engine, package, *TWO[pair[1]][1])
        if pair == ("Uniform", "Pareto"):
            p = package.Uniform(p.low + 2, p.high + 2)
        out = package.kl_divergence(p, q)
        grads: list[Any] = []
        if np.isfinite(host(out)).all() and pair != ("ExponentialFamily", "ExponentialFamily"):
            grads = list(engine.autograd.grad(out.sum(), [*tensors, *others], allow_unused=True))
            grads = [engine.zeros_like(x) if g is None else g for g, x in zip(grads, [*tensors, *others], strict=True)]
        results.append([out, *grads])
    assert len(results[0]) == len(results[1])
    for ours, theirs in zip(*results, strict=True):
        assert_same(ours, theirs, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("pair", [
    ("Gamma", "Normal"), ("Beta", "Gamma"), ("Uniform", "Beta"), ("Exponential", "Gumbel"), ("Normal", "Laplace"), ("Gumbel", "Gumbel"),
    ("Pareto", "Exponential"), ("MultivariateNormal", "LowRankMultivariateNormal"), ("LowRankMultivariateNormal", "MultivariateNormal"),
    ("Beta", "ContinuousBernoulli"), ("ContinuousBernoulli", "Uniform"), ("Beta", "Uniform"), ("Uniform", "ContinuousBernoulli"),
    ("Gamma", "Gumbel"), ("Cauchy", "Cauchy"), ("Geometric", "Geometric"), ("Dirichlet", "Dirichlet"), ("Poisson", "Poisson"),
], ids="-".join)  # fmt: skip
def test_divergences_are_the_mean_of_the_log_ratio(pair: tuple[str, str]) -> None:
    autograd.manual_seed(1)
    p, _ = make(autograd, distributions, *TWO[pair[0]][0])
    q, _ = make(autograd, distributions, *TWO[pair[1]][1])
    x = p.sample((20_000,))
    ratio = host(p.log_prob(x) - q.log_prob(x))
    error = 5 * ratio.std(0) / len(ratio) ** 0.5
    found = host(distributions.kl_divergence(p, q))
    assert (np.abs(ratio.mean(0) - found) < error + 1e-6).all(), (ratio.mean(0), found, error)


def test_exponential_families_of_one_kind_are_by_their_normalizers() -> None:
    """The same as the formulas that some of them have."""
    for name in ("Bernoulli", "Beta", "Dirichlet", "Exponential", "Gamma", "Normal"):
        p, q = (make(autograd, distributions, *each)[0] for each in TWO[name])
        found = kl._KL_REGISTRY[distributions.ExponentialFamily, distributions.ExponentialFamily](p, q)
        expected = distributions.kl_divergence(p, q)
        np.testing.assert_allclose(host(found), host(expected), rtol=1e-8)
    p, _ = make(autograd, distributions, *TWO["Gamma"][0])
    np.testing.assert_allclose(host(distributions.ExponentialFamily.entropy(p)), host(p.entropy()), rtol=1e-9)
    with pytest.raises(NotImplementedError, match="Gamma from Dirichlet"):
        distributions.kl_divergence(p, distributions.Dirichlet(autograd.ones(2)))


def test_edges_of_probability_are_torchs() -> None:
    torch = torch_or_skip()
    for text in (
        "Bernoulli(t([0.0, 1.0, 0.0, 1.0, 0.5])), d.Bernoulli(t([0.0, 1.0, 1.0, 0.0, 1.0]))",
        "Categorical(t([[0.0, 1.0], [0.5, 0.5]])), d.Categorical(t([[0.5, 0.5], [0.0, 1.0]]))",
        "Uniform(t([0.0, 0.0]), 1.0), d.Uniform(t([0.5, -1.0]), 2.0)",
        "Pareto(t([1.0, 2.0]), 1.0), d.Pareto(t([2.0, 1.0]), 2.0)",
        "Pareto(t([1.0, 1.0]), t([0.5, 1.5])), d.Normal(0.0, 1.0)",
        "Pareto(t([1.0, 1.0]), t([0.5, 1.5])), d.Exponential(1.0)",
        "Uniform(t([-0.5, 0.0]), t([0.5, 1.0])), d.Beta(2.0, 3.0)",
        "Uniform(t([-0.5, 0.0]), t([0.5, 1.0])), d.Gamma(2.0, 3.0)",
        "Uniform(t([-0.5, 0.5]), t([0.5, 1.0])), d.Exponential(2.0)",
        "Uniform(t([0.5, 2.0]), t([3.0, 3.0])), d.Pareto(1.0, 3.0)",
        "Binomial(t([3.0, 4.0]), t([0.5, 0.5])), d.Binomial(t([3.0, 3.0]), t([0.25, 0.5]))",
    ):  # fmt: skip
        both = [
            eval(f"d.kl_divergence(d.{text})", {"d": package, "t": engine.tensor})
            for engine, package in ((autograd, distributions), (torch, torch.distributions))
        ]
        assert_same(*both, rtol=2e-5, atol=1e-6, what=text)


def test_what_has_no_divergence_says_so() -> None:
    d = distributions
    with pytest.raises(NotImplementedError, match="Cauchy from Bernoulli"):
        d.kl_divergence(d.Cauchy(0.0, 1.0), d.Bernoulli(0.5))
    with pytest.raises(NotImplementedError, match="transformed differently"):
        d.kl_divergence(d.LogNormal(0.0, 1.0), d.Pareto(1.0, 1.0))
    p = d.Normal(autograd.zeros(2, 3), 1.0)
    with pytest.raises(NotImplementedError, match="reinterpreted_batch_ndims"):
        d.kl_divergence(d.Independent(p, 1), d.Independent(p, 2))
    with pytest.raises(NotImplementedError, match="more trials"):
        d.kl_divergence(d.Binomial(2, autograd.tensor(0.5)), d.Binomial(3, autograd.tensor(0.5)))
    with pytest.raises(TypeError, match="subclasses of Distribution"):
        d.register_kl(int, d.Normal)
    with pytest.raises(ValueError, match="events"):
        d.kl_divergence(*(d.MultivariateNormal(autograd.zeros(n), autograd.eye(n)) for n in (2, 3)))


def test_the_nearest_type_is_taken() -> None:
    d = distributions

    class Own(d.Normal):
        pass

    class Other(Own):
        pass

    before = dict(kl._KL_REGISTRY)
    try:
        d.register_kl(Own, d.Normal)(lambda p, q: autograd.tensor(1.0))
        d.register_kl(d.Normal, Own)(lambda p, q: autograd.tensor(2.0))
        assert float(d.kl_divergence(Other(0.0, 1.0), d.Normal(0.0, 1.0))) == 1.0
        assert float(d.kl_divergence(d.Normal(0.0, 1.0), Other(0.0, 1.0))) == 2.0
        assert float(d.kl_divergence(d.Normal(0.0, 1.0), d.Normal(0.0, 1.0))) == 0.0
        with pytest.warns(RuntimeWarning, match="ambiguous"):
            assert float(d.kl_divergence(Own(0.0, 1.0), Own(0.0, 1.0))) == 1.0
    finally:
        kl._KL_REGISTRY.clear()
        kl._KL_REGISTRY.update(before)


def test_the_unit_interval_is_no_smaller_than_a_continuous_bernoulli() -> None:
    d = distributions
    p, q = d.ContinuousBernoulli(autograd.tensor(0.3)), d.Uniform(0.0, 1.0)
    assert float(d.kl_divergence(p, q)) == pytest.approx(-float(p.entropy()), rel=1e-5)
    assert float(d.kl_divergence(q, p)) == pytest.approx(-float(p.log_prob(autograd.tensor(0.5))), rel=1e-5)


def test_an_entropy_by_the_normalizer_has_gradients() -> None:
    rate = autograd.tensor([0.5, 2.0], dtype=autograd.float64, requires_grad=True)
    d = distributions.Exponential(rate)
    found, expected = (
        autograd.autograd.grad(entropy.sum(), rate)[0]
        for entropy in (distributions.ExponentialFamily.entropy(d), d.entropy())
    )
    np.testing.assert_allclose(host(found), host(expected), rtol=1e-9)
