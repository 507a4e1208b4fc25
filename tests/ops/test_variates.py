"""Gamma, Dirichlet and binomial numbers: torch's draws, derivatives to double precision, laws."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd.ops.variates import (
    _dirichlet_gradient,
    _dirichlet_of,
    _dirichlet_slope,
    _gamma_of,
    _gamma_slope,
    standard_dirichlet,
    standard_gamma,
)
from tests.helpers.oracle import host, torch_or_skip

CONCENTRATIONS = [0.01, 0.3, 0.9999, 1.0, 2.5, 7.0, 40.0, 1000.0]


@pytest.mark.cpu_only
@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_gamma_numbers_are_torchs(kind: str) -> None:
    torch = torch_or_skip()
    a = np.resize(np.array(CONCENTRATIONS, kind), 300)
    with autograd.use_torch_random():
        autograd.manual_seed(3)
        torch.manual_seed(3)
        for _ in range(2):
            ours, theirs = host(standard_gamma(autograd.tensor(a))), torch._standard_gamma(torch.tensor(a)).numpy()
            np.testing.assert_array_equal(ours, theirs)
            np.testing.assert_array_equal(host(autograd.randn(3)), torch.randn(3).numpy())  # one was kept, perhaps


@pytest.mark.cpu_only
@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_dirichlet_numbers_are_torchs(kind: str) -> None:
    torch = torch_or_skip()
    a = np.resize(np.array([0.2, 1.5, 6.0, 0.01, 2.0], kind), (40, 3))
    with autograd.use_torch_random():
        autograd.manual_seed(3)
        torch.manual_seed(3)
        ours, theirs = host(standard_dirichlet(autograd.tensor(a))), torch._sample_dirichlet(torch.tensor(a)).numpy()
        np.testing.assert_allclose(ours, theirs, rtol=4 * np.finfo(kind).eps)
        np.testing.assert_array_equal(host(autograd.rand(3)), torch.rand(3).numpy())


@pytest.mark.cpu_only
@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_binomial_numbers_are_torchs(kind: str) -> None:
    torch = torch_or_skip()
    n = np.resize(np.array([1, 5, 30, 200, 1000, 0, 50], kind), 400)
    p = np.resize(np.array([0.3, 0.9, 0.5, 0.04, 0.7, 0.0, 1.0, 0.45, 0.2], kind), 400)
    with autograd.use_torch_random():
        autograd.manual_seed(3)
        torch.manual_seed(3)
        ours = host(autograd.binomial(autograd.tensor(n), autograd.tensor(p)))
        theirs = torch.binomial(torch.tensor(n), torch.tensor(p)).numpy()
        np.testing.assert_array_equal(ours, theirs)
        np.testing.assert_array_equal(host(autograd.rand(3)), torch.rand(3).numpy())


def quantile_slope(quantile: Any, a: float) -> float:
    """The derivative by central differences of order 8, of a step that leaves ten digits."""
    h = 1e-2 * a
    weights = ((1, 4 / 5), (2, -1 / 5), (3, 4 / 105), (4, -1 / 280))
    return sum(w * (quantile(a + k * h) - quantile(a - k * h)) for k, w in weights) / h


@pytest.mark.parametrize("a", [0.3, 0.9, 1.0, 2.5, 29.0, 31.0, 400.0, 1e5])
def test_a_gamma_numbers_derivative_is_its_quantiles(a: float) -> None:
    special = pytest.importorskip("scipy.special")
    for p in (1e-3, 0.1, 0.5, 0.6, 0.9, 0.999):
        inverse = (
            (lambda b, p=p: special.gammaincinv(b, p)) if p <= 0.5 else (lambda b, p=p: special.gammainccinv(b, 1 - p))
        )
        x = inverse(a)
        ours = float(_gamma_slope(*(autograd.tensor(each, dtype=autograd.float64) for each in (a, x))))
        # Of the logarithm, which is smooth where x is small.
        expected = x * quantile_slope(lambda b: math.log(inverse(b)), a)  # noqa: B023
        assert ours == pytest.approx(expected, rel=3e-8), (a, p)


def test_small_concentrations_follow_the_series() -> None:
    """-x / a ((log x - digamma(a + 1)) R + dR/da), R = sum_n x^n / ((a + 1) ... (a + n))."""
    special = pytest.importorskip("scipy.special")
    for a in (1e-3, 0.01, 0.1, 0.5):
        for x in (1e-200, 1e-30, 1e-5, 0.1, 0.9):
            term, total, slope, harmonic = 1.0, 1.0, 0.0, 0.0
            for n in range(1, 60):
                term, harmonic = term * x / (a + n), harmonic + 1 / (a + n)
                total, slope = total + term, slope - term * harmonic
            expected = -x / a * ((math.log(x) - special.digamma(a + 1)) * total + slope)
            ours = float(_gamma_slope(*(autograd.tensor(each, dtype=autograd.float64) for each in (a, x))))
            assert ours == pytest.approx(expected, rel=1e-10), (a, x)


@pytest.mark.parametrize("a", [0.3, 1.0, 2.5, 40.0])
@pytest.mark.parametrize("b", [0.2, 1.0, 3.0, 100.0])
def test_a_beta_numbers_derivative_is_its_quantiles(a: float, b: float) -> None:
    special = pytest.importorskip("scipy.special")
    for p in (0.01, 0.3, 0.5, 0.8, 0.99):
        x = special.betaincinv(a, b, p)
        if x > 1 - 1e-6:
            continue
        ours = float(_dirichlet_slope(*(autograd.tensor(each, dtype=autograd.float64) for each in (x, a, a + b))))
        expected = x * quantile_slope(lambda c: math.log(special.betaincinv(c, b, p)), a) / (1 - x)  # noqa: B023
        assert ours == pytest.approx(expected, rel=1e-7), (a, b, p)


def test_slopes_are_near_torchs() -> None:
    """torch's are by rational approximations of three digits or more."""
    torch = torch_or_skip()
    rng = np.random.default_rng(0)
    a, b = rng.uniform(0.3, 30, 200), rng.uniform(0.3, 30, 200)
    x, y = rng.gamma(a), rng.beta(a, b)
    ours = host(_gamma_slope(autograd.tensor(a), autograd.tensor(x)))
    np.testing.assert_allclose(ours, torch._standard_gamma_grad(torch.tensor(a), torch.tensor(x)).numpy(), rtol=2e-3)
    ours = host(_dirichlet_slope(*map(autograd.tensor, (y, a, a + b))))
    theirs = torch._dirichlet_grad(*map(torch.tensor, (y, a, a + b))).numpy()
    np.testing.assert_allclose(ours, theirs, rtol=5e-3)


def test_a_slope_says_that_it_lacks_derivatives_by_parameters() -> None:
    a = autograd.tensor([0.4, 3.0, 20.0], dtype=autograd.float64, requires_grad=True)
    (first,) = autograd.autograd.grad(standard_gamma(a).sum(), a, create_graph=True)
    with pytest.raises(RuntimeError, match="second derivative"):
        autograd.autograd.grad(first.sum(), a)
    (first,) = autograd.autograd.grad(standard_dirichlet(a).square().sum(), a, create_graph=True)
    with pytest.raises(RuntimeError, match="second derivative"):
        autograd.autograd.grad(first.sum(), a)


def gamma_quantiles(a: autograd.Tensor) -> autograd.Tensor:
    """Gamma numbers at fixed probabilities, which move with their concentrations; a derivative is that of a draw."""
    special = pytest.importorskip("scipy.special")
    return _gamma_of(a, autograd.tensor(special.gammaincinv(host(a), np.linspace(0.1, 0.9, a.numel()))))


def dirichlet_quantiles(a: autograd.Tensor, share: int) -> autograd.Tensor:
    """Shares of which one is at a fixed probability, moves with its concentration and takes from the others."""
    special = pytest.importorskip("scipy.special")
    others = np.delete(np.array([0.7, 2.0, 3.5]), share)
    value = host(a.detach())[0]
    one = special.betaincinv(value, others.sum(), 0.4)
    drawn = np.insert((1 - one) * np.array([0.3, 0.7]), share, one)
    known = autograd.tensor(others)
    return _dirichlet_of(autograd.cat([known[:share], a, known[share:]]), autograd.tensor(drawn))


def slope_by_sample(x: autograd.Tensor) -> autograd.Tensor:
    return _gamma_slope(autograd.tensor([0.4, 3.0, 20.0], dtype=autograd.float64), x)


SLOPES: dict[str, tuple[Callable[[Any], Any], list[float], bool]] = {  # function, point, whether twice
    "gamma numbers": (gamma_quantiles, [0.4, 1.0, 2.5, 30.0], False),
    "slopes of gamma numbers": (slope_by_sample, [0.1, 4.0, 18.0], True),
    **{
        f"share {i}": (functools.partial(dirichlet_quantiles, share=i), [a], False)
        for i, a in enumerate((0.7, 2.0, 3.5))
    },
}


@pytest.mark.cpu_only
@pytest.mark.parametrize("name", SLOPES)
def test_derivatives_are_the_quantiles(name: str) -> None:
    function, point, twice = SLOPES[name]
    x = autograd.tensor(point, dtype=autograd.float64, requires_grad=True)
    assert autograd.gradcheck(function, (x,))
    assert not twice or autograd.gradgradcheck(function, (x,))


def test_a_dirichlet_numbers_gradient_by_shares_is_torchs() -> None:
    torch = torch_or_skip()
    a, g = np.array([[0.5, 2.0, 3.5], [4.0, 1.0, 0.8]]), np.array([[1.0, -2.0, 0.5], [0.3, 0.2, 2.0]])
    x = np.array([[0.1, 0.3, 0.6], [0.5, 0.2, 0.3]])
    ours = host(_dirichlet_gradient(*map(autograd.tensor, (g, a, x))))
    t = [torch.tensor(each) for each in (x, a, g)]
    slope = torch._dirichlet_grad(t[0], t[1], t[1].sum(-1, True).expand_as(t[1]))
    expected = slope * (t[2] - (t[0] * t[2]).sum(-1, True))
    np.testing.assert_allclose(ours, expected.numpy(), rtol=3e-3)


@pytest.mark.parametrize(("n", "p"), [(7, 0.3), (7, 0.8), (400, 0.02), (60, 0.4), (1000, 0.7), (25, 0.5)])
def test_binomial_numbers_follow_their_law(n: int, p: float) -> None:
    stats = pytest.importorskip("scipy.stats")
    autograd.manual_seed(2)
    drawn = host(autograd.binomial(autograd.full((6000,), float(n)), autograd.full((6000,), p)))
    law, values = stats.binom(n, p), np.arange(n + 1)
    expected = law.pmf(values) * len(drawn)
    common = expected > 8
    seen = np.array([(drawn == k).sum() for k in values])[common]
    rest = len(drawn) - expected[common].sum()
    score = ((seen - expected[common]) ** 2 / expected[common]).sum() + (len(drawn) - seen.sum() - rest) ** 2 / max(
        rest, 8
    )
    assert score < stats.chi2(common.sum()).ppf(1 - 1e-5)
    assert ((drawn >= 0) & (drawn <= n) & (drawn == np.round(drawn))).all()


def test_binomial_numbers_at_the_edges() -> None:
    count, prob = autograd.tensor([5.0, 5.0, 0.0, 30.0]), autograd.tensor([0.0, 1.0, 0.5, 1.0])
    assert autograd.binomial(count, prob).tolist() == [0.0, 5.0, 0.0, 30.0]
    with pytest.raises(RuntimeError, match="floating tensors of one dtype"):
        autograd.binomial(autograd.tensor([1]), autograd.tensor([0.5]))


@pytest.mark.cpu_only
def test_bad_parameters_of_binomial_numbers() -> None:
    with pytest.raises(RuntimeError, match=r"probabilities in \[0, 1\]"):
        autograd.binomial(autograd.tensor([1.0]), autograd.tensor([1.5]))


def test_the_same_seed_gives_the_same_numbers() -> None:
    a = autograd.tensor(CONCENTRATIONS)
    for draw in (standard_gamma, standard_dirichlet):
        first = host(draw(a, autograd.Generator(a.device).manual_seed(4)))
        np.testing.assert_array_equal(first, host(draw(a, autograd.Generator(a.device).manual_seed(4))))
        assert (first > 0).all()
