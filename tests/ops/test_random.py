"""Random numbers: their moments, streams that repeat, what is refused."""

from __future__ import annotations

import numpy as np
import pytest

import autograd
from autograd import OperationError
from tests.helpers.oracle import host


def test_random_numbers_repeat_and_are_spread(device: autograd.device) -> None:
    autograd.manual_seed(3)
    first = [autograd.rand(5), autograd.randn(5), autograd.randint(0, 9, (5,)), autograd.randperm(5)]
    autograd.manual_seed(3)
    again = [autograd.rand(5), autograd.randn(5), autograd.randint(0, 9, (5,)), autograd.randperm(5)]
    assert all(np.array_equal(host(a), host(b)) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(host(autograd.rand(5)), host(first[0]))

    uniform = host(autograd.rand(100_000))
    assert uniform.min() >= 0
    assert uniform.max() < 1
    np.testing.assert_allclose(np.histogram(uniform, 10, (0, 1))[0], 10_000, rtol=0.05)
    normal = host(autograd.randn(100_001, dtype=autograd.float64))
    moments = [(normal**power).mean() for power in (1, 2, 3, 4)]
    np.testing.assert_allclose(moments, [0, 1, 0, 3], atol=0.06)
    whole = host(autograd.randint(-2, 3, (50_000,)))
    np.testing.assert_allclose(np.bincount(whole + 2), 10_000, rtol=0.05)
    assert sorted(autograd.randperm(100).tolist()) == list(range(100))
    heads = autograd.bernoulli(autograd.full((20_000,), 0.25)).mean().item()
    assert abs(heads - 0.25) < 0.02


def test_random_variants(device: autograd.device) -> None:
    x = autograd.ones(2, 3, dtype=autograd.float64)
    for like in (autograd.rand_like(x), autograd.randn_like(x)):
        assert like.shape == (2, 3)
        assert like.dtype is autograd.float64
    assert autograd.randint(5, (2,)).dtype is autograd.int64
    assert autograd.randint_like(x, 3).dtype is autograd.float64
    assert autograd.normal(1.0, 0.0, (2,)).tolist() == [1.0, 1.0]
    assert autograd.normal(autograd.tensor([1.0, 5.0]), 0.0).tolist() == [1.0, 5.0]
    assert autograd.zeros(4).uniform_(2, 3).min().item() >= 2
    assert autograd.zeros(1000).normal_(5, 0.1).mean().item() == pytest.approx(5, abs=0.05)
    with pytest.raises(RuntimeError, match="low < high"):
        autograd.randint(3, 3, (1,))


def test_generators_are_streams_of_their_own(device: autograd.device) -> None:
    generator = autograd.Generator(device).manual_seed(5)
    state = generator.get_state()
    first = autograd.rand(3, generator=generator).tolist()
    autograd.rand(3)
    assert autograd.rand(3, generator=generator.set_state(state)).tolist() == first
    assert generator.initial_seed() == 5
    kept = autograd.get_rng_state()
    drawn = autograd.rand(2, device="cpu").tolist()
    autograd.set_rng_state(kept)
    assert autograd.rand(2, device="cpu").tolist() == drawn
    assert autograd.initial_seed() == 0


def test_multinomial() -> None:
    weights = autograd.tensor([[1.0, 3.0, 0.0, 4.0], [1.0, 1.0, 1.0, 1.0]])
    drawn = host(autograd.multinomial(weights, 20_000, replacement=True))
    counts = np.stack([(drawn == k).mean(1) for k in range(4)], 1)
    np.testing.assert_allclose(counts, [[0.125, 0.375, 0.0, 0.5], [0.25] * 4], atol=0.02)
    distinct = host(autograd.multinomial(weights, 3))
    assert sorted(distinct[0].tolist()) == [0, 1, 3]
    assert all(len(set(row)) == 3 for row in distinct.tolist())
    first = np.array([autograd.multinomial(weights[0], 1).item() for _ in range(500)])
    assert abs((first == 3).mean() - 0.5) < 0.08
    with pytest.raises(autograd.OperationError, match="without replacement"):
        autograd.multinomial(weights, 5)


def test_filling_with_random_numbers() -> None:
    x = autograd.zeros(50_000, dtype=autograd.float64)
    assert x.exponential_(2.0).mean().item() == pytest.approx(0.5, abs=0.02)
    assert x.geometric_(0.25).mean().item() == pytest.approx(4.0, abs=0.1)
    assert x.cauchy_(1.0, 2.0).median().item() == pytest.approx(1.0, abs=0.1)
    assert x.log_normal_(0.0, 0.5).log().std().item() == pytest.approx(0.5, abs=0.02)


def test_poisson_has_its_mean_and_variance() -> None:
    for rate in (0.5, 7.0, 200.0):
        drawn = autograd.poisson(autograd.full((20_000,), rate))
        assert drawn.mean().item() == pytest.approx(rate, rel=0.05)
        assert drawn.var().item() == pytest.approx(rate, rel=0.08)
        assert bool((drawn == drawn.round()).all())


@pytest.mark.cpu_only  # where looking costs no synchronisation
def test_negative_rates_are_refused() -> None:
    with pytest.raises(OperationError, match="negative"):
        autograd.poisson(autograd.tensor([-1.0]))
