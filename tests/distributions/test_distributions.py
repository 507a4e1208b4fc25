"""Distributions against torch's and SciPy's, samples against their distribution functions."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import distributions
from tests.helpers.distributions import CASES, make
from tests.helpers.oracle import assert_same, host, torch_or_skip

HERE = (autograd, distributions)
QUESTIONS = {
    "log_prob": lambda d, at, engine: d.log_prob(at),
    "entropy": lambda d, at, engine: d.entropy(),
    "perplexity": lambda d, at, engine: d.perplexity(),
    "mean": lambda d, at, engine: d.mean,
    "mode": lambda d, at, engine: d.mode,
    "variance": lambda d, at, engine: d.variance,
    "stddev": lambda d, at, engine: d.stddev,
    "cdf": lambda d, at, engine: d.cdf(at),
    "icdf": lambda d, at, engine: d.icdf(engine.full(d.batch_shape, 0.3, dtype=engine.float64)),
    "enumerate_support": lambda d, at, engine: d.enumerate_support(),
    "enumerate_support(False)": lambda d, at, engine: d.enumerate_support(expand=False),
}
# torch's mode of Kumaraswamy's is nan for all that have one; its GeneralizedPareto takes no double precision.
OTHERWISE = {
    ("Kumaraswamy", "mode"),
    *((f"GeneralizedPareto{rest}", asked) for rest in ("", " of 0") for asked in ("log_prob", "cdf")),
}


def there() -> tuple[Any, Any]:
    torch = torch_or_skip()
    return torch, torch.distributions


def answer(question: str, name: str, engine: Any, package: Any) -> list[Any] | str:
    """The value and its gradients, or the name of the error."""
    case = CASES[name]
    d, tensors = make(engine, package, case)
    at = engine.tensor(case.at)
    if case.smooth and question in ("log_prob", "cdf"):
        at.requires_grad_()
        tensors.append(at)
    try:
        found = QUESTIONS[question](d, at, engine)
    except NotImplementedError:
        return "NotImplementedError"
    grads: list[Any] = []
    finite = np.where(np.isfinite(host(found)), 1.0, 0.0)
    if found.requires_grad and found.dtype == engine.float64 and finite.all():
        weights = engine.tensor(np.cos(np.arange(finite.size)).reshape(finite.shape))
        try:
            given = engine.autograd.grad((found * weights).sum(), tensors, allow_unused=True)
        except (NotImplementedError, autograd.OperationError):  # by a gamma distribution's concentration
            return [found]
        grads = [engine.zeros_like(x) if g is None else g for g, x in zip(given, tensors, strict=True)]
    return [found, *grads]


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("name", CASES)
def test_values_and_gradients_are_torchs(name: str, question: str) -> None:
    if (name, question) in OTHERWISE:
        pytest.skip("torch's is wrong")
    theirs = answer(question, name, *there())
    ours = answer(question, name, *HERE)
    if isinstance(theirs, str) or isinstance(ours, str):
        assert ours == theirs
        return
    assert len(ours) == len(theirs)
    for mine, other in zip(ours, theirs, strict=True):
        # torch's digamma and trigamma have nine digits, its factorial in Multinomial.entropy single precision.
        rtol = max(CASES[name].rtol, {"entropy": 1e-8, "perplexity": 1e-8}.get(question, 0.0), 1e-7 * ("Multi" in name))
        assert_same(mine, other, rtol=rtol, atol=rtol, what=question)


@pytest.mark.filterwarnings("ignore:Singular sample detected")
@pytest.mark.parametrize("name", CASES)
def test_shapes_and_reprs_are_torchs(name: str) -> None:
    (ours, _), (theirs, _) = make(*HERE, CASES[name]), make(*there(), CASES[name])
    assert tuple(ours.batch_shape) == tuple(theirs.batch_shape)
    assert tuple(ours.event_shape) == tuple(theirs.event_shape)
    assert (bool(ours.has_rsample), bool(ours.has_enumerate_support)) == (
        theirs.has_rsample,
        theirs.has_enumerate_support,
    )
    assert list(ours.arg_constraints) == list(theirs.arg_constraints)
    spelled = repr(ours).replace("autograd.Size", "torch.Size")
    if "grad" not in repr(theirs) and "Mixture" not in name:
        assert spelled == repr(theirs)
    assert type(ours.support).__name__ == type(theirs.support).__name__
    assert (ours.support.is_discrete, ours.support.event_dim) == (theirs.support.is_discrete, theirs.support.event_dim)
    kind = str(theirs.sample().dtype).split(".")[1]
    for shape in ((), (2,), (3, 0)):
        drawn = ours.sample(shape)
        assert tuple(drawn.shape) == (*shape, *theirs.batch_shape, *theirs.event_shape)
        assert drawn.dtype is getattr(autograd, kind)
        assert not drawn.requires_grad
        assert bool(ours.support.check(drawn).all())
    assert bool(ours.has_rsample) == hasattr_rsample(ours)


def hasattr_rsample(d: Any) -> bool:
    try:
        return d.rsample().requires_grad
    except NotImplementedError:
        return False


@pytest.mark.parametrize("name", CASES)
def test_expanded_is_the_same(name: str) -> None:
    case = CASES[name]
    d, _ = make(*HERE, case)
    wide = d.expand((3, *d.batch_shape))
    assert type(wide) is type(d)
    assert tuple(wide.batch_shape) == (3, *d.batch_shape)
    assert wide.event_shape == d.event_shape
    spelled = repr(wide).replace("autograd.Size", "torch.Size")
    at = d.sample()
    np.testing.assert_allclose(host(wide.log_prob(at)), np.stack([host(d.log_prob(at))] * 3), rtol=1e-12)
    assert tuple(wide.sample((2,)).shape) == (2, 3, *d.batch_shape, *d.event_shape)
    for moment in ("mean", "variance", "mode"):
        try:
            narrow = getattr(d, moment)
        except NotImplementedError:
            continue
        assert tuple(getattr(wide, moment).shape) == (3, *narrow.shape)
    (theirs, _) = make(*there(), case)
    shown = repr(theirs.expand((3, *theirs.batch_shape)))
    if "grad" not in shown and "Mixture" not in name:
        assert spelled == shown


@pytest.mark.cpu_only
@pytest.mark.parametrize("name", CASES)
def test_what_lies_outside_of_the_support_is_an_error(name: str) -> None:
    case = CASES[name]
    for engine, package in (HERE, there()):
        d, _ = make(engine, package, case)
        with pytest.raises(ValueError, match="support"):
            d.log_prob(engine.tensor(np.broadcast_to(case.outside, (*d.batch_shape, *d.event_shape)).copy()))
        with pytest.raises(ValueError, match=r"shape|dim"):
            d.log_prob(engine.ones((7, 5, 4, 11), dtype=engine.float64))
        if name not in ("Chi2", "Gamma", "HalfCauchy"):  # which take numbers
            with pytest.raises(ValueError, match="Tensor"):
                d.log_prob(0.5)
    with pytest.raises(ValueError, match="support"):
        make(*HERE, case)[0].expand((2, *d.batch_shape)).log_prob(
            autograd.tensor(np.broadcast_to(case.outside, (*d.batch_shape, *d.event_shape)).copy())
        )


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.scipy])
def test_values_are_scipys(name: str) -> None:
    case = CASES[name]
    pytest.importorskip("scipy")
    law, (d, _) = case.scipy(*case.parameters), make(*HERE, case)
    at = autograd.tensor(case.at)
    discrete = hasattr(law, "logpmf") and not hasattr(law.dist, "pdf")
    np.testing.assert_allclose(host(d.log_prob(at)), (law.logpmf if discrete else law.logpdf)(case.at), rtol=1e-9)
    if name != "VonMises":  # whose variance there is not the circular one
        for ours, theirs in ((d.mean, law.mean()), (d.variance, law.var())):
            theirs = np.broadcast_to(theirs, ours.shape)
            known = np.isfinite(theirs) & np.isfinite(host(ours))
            if "mean" not in case.lacks:
                np.testing.assert_allclose(host(ours)[known], theirs[known], rtol=1e-8)
    try:
        entropy = np.broadcast_to(law.entropy(), d.batch_shape)
        np.testing.assert_allclose(host(d.entropy()), entropy, rtol=1e-6 if discrete else 1e-9, atol=1e-9)
    except NotImplementedError:
        pass
    for method, theirs in (("cdf", law.cdf), ("icdf", law.ppf)):
        try:
            ours = getattr(d, method)(
                at if method == "cdf" else autograd.full(d.batch_shape, 0.3, dtype=autograd.float64)
            )
        except NotImplementedError:
            continue
        np.testing.assert_allclose(host(ours), theirs(case.at if method == "cdf" else 0.3), rtol=1e-9, err_msg=method)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.scipy])
def test_samples_follow_the_law(name: str) -> None:
    """By Kolmogorov's and Smirnov's distance; of whole numbers by chi-square."""
    stats = pytest.importorskip("scipy.stats")
    case = CASES[name]
    autograd.manual_seed(5)
    law, (d, _) = case.scipy(*case.parameters), make(*HERE, case)
    drawn = host(d.sample((4000,)))
    discrete = not hasattr(law.dist, "pdf")
    for place in np.ndindex(drawn.shape[1:]):
        one = type(law)(law.dist, *[np.broadcast_to(x, drawn.shape[1:])[place] for x in law.args],
                        **{k: np.broadcast_to(x, drawn.shape[1:])[place] for k, x in law.kwds.items()})  # fmt: skip
        numbers = drawn[(slice(None), *place)]
        if discrete:
            values = np.arange(12)
            expected = one.pmf(values) * len(numbers)
            common = expected > 5
            seen = np.array([(numbers == k).sum() for k in values])
            seen, expected = np.append(seen[common], len(numbers) - seen[common].sum()), np.append(expected[common], 0)
            expected[-1] = max(len(numbers) - expected.sum(), 1e-9)
            keep = expected > 5
            if keep.sum() > 1:
                score = ((seen[keep] - expected[keep]) ** 2 / expected[keep]).sum()
                assert score < stats.chi2(keep.sum()).ppf(1 - 1e-5), name
        elif name == "VonMises":
            turned = (numbers - case.parameters[0][place] + np.pi) % (2 * np.pi) - np.pi
            law_0 = stats.vonmises(np.broadcast_to(case.parameters[1], drawn.shape[1:])[place])
            assert stats.kstest(turned, law_0.cdf).pvalue > 1e-5
        else:
            assert stats.kstest(numbers, one.cdf).pvalue > 1e-5, name


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if not case.scipy])
def test_samples_have_the_moments(name: str) -> None:
    autograd.manual_seed(3)
    d, _ = make(*HERE, CASES[name])
    drawn = host(d.sample((4000,))).astype(np.float64)
    try:
        mean, variance = host(d.mean), host(d.variance)
    except NotImplementedError:
        assert bool(d.support.check(d.sample((50,))).all())
        return
    if np.isnan(mean).any():
        return
    error = np.sqrt(variance / len(drawn))
    assert (np.abs(drawn.mean(0) - mean) < 5 * error + 1e-9).all()
    spread = ((drawn - drawn.mean(0)) ** 4).mean(0) ** 0.5 / len(drawn) ** 0.5
    assert (np.abs(drawn.var(0) - variance) < 6 * spread + 1e-9).all()


ONE_NOISE = ["Beta", "Beta below 1", "Cauchy", "Chi2", "Exponential", "Gamma", "GeneralizedPareto", "Gumbel", "HalfCauchy",
             "HalfNormal", "InverseGamma", "Laplace", "LogNormal", "Normal", "Pareto", "Uniform", "Weibull"]  # fmt: skip


@pytest.mark.parametrize("name", ONE_NOISE)
def test_a_samples_gradient_is_that_of_its_quantile(name: str) -> None:
    """The sample moves with a parameter as the quantile of its probability does: by central differences of order 6."""
    pytest.importorskip("scipy")
    case = CASES[name]
    autograd.manual_seed(7)
    d, tensors = make(*HERE, case)
    drawn = d.rsample()
    values = host(drawn)
    grads = autograd.autograd.grad(drawn.sum(), tensors)
    law = case.scipy(*case.parameters)
    upper = values > law.median()
    level = np.where(upper, law.sf(values), law.cdf(values))
    for i, g in enumerate(grads):
        slope = np.zeros(values.shape)
        for step, weight in ((1, 0.75), (2, -0.15), (3, 1 / 60)):
            for sign in (1, -1):
                h = 1e-3 * np.maximum(np.abs(case.parameters[i]), 0.1)
                moved = [x + sign * step * h if j == i else x for j, x in enumerate(case.parameters)]
                there_ = case.scipy(*moved)
                slope += sign * weight * np.where(upper, there_.isf(level), there_.ppf(level)) / h
        while slope.ndim > g.ndim:
            slope = slope.sum(0)
        np.testing.assert_allclose(host(g), slope.reshape(g.shape), rtol=1e-7, atol=1e-9, err_msg=name)


@pytest.mark.parametrize("name", ["StudentT", "FisherSnedecor", "Dirichlet", "MultivariateNormal", "Wishart", "Kumaraswamy",
                                  "LowRankMultivariateNormal", "MultivariateNormal of precision",
                                  "ContinuousBernoulli of logits"])  # fmt: skip
def test_the_mean_gradient_of_samples_is_the_gradient_of_the_mean(name: str) -> None:
    autograd.manual_seed(11)
    case = CASES[name]
    if name in ("StudentT", "FisherSnedecor"):  # of finite variance
        case = replace(
            case, parameters=[case.parameters[0] + 6, *[x + 9 * (name[0] == "F") for x in case.parameters[1:]]]
        )
    d, tensors = make(*HERE, case)
    drawn = d.rsample((4000,))
    weights = autograd.tensor(np.cos(np.arange(d.mean.numel())).reshape(d.mean.shape))
    sampled = autograd.autograd.grad((drawn * weights).sum() / 4000, tensors, allow_unused=True, retain_graph=True)
    exact = autograd.autograd.grad((d.mean * weights).sum(), tensors, allow_unused=True)
    for x, a, b in zip(tensors, sampled, exact, strict=True):
        a, b = (np.zeros(x.shape) if g is None else host(g) for g in (a, b))
        if x.shape == (3, 3):  # of a symmetric matrix: what counts is the symmetric part
            a, b = (each + each.T for each in (a, b))
        np.testing.assert_allclose(a, b, atol=0.12 * max(1.0, np.abs(b).max()), err_msg=name)


def test_straight_through_samples_have_the_gradient_of_probabilities() -> None:
    logits = autograd.tensor([0.1, 0.7, -0.2], requires_grad=True)
    d = distributions.OneHotCategoricalStraightThrough(logits=logits)
    weights = autograd.tensor([1.0, 2.0, 4.0])
    (found,) = autograd.autograd.grad((d.rsample() * weights).sum(), logits)
    (expected,) = autograd.autograd.grad((logits.softmax(-1) * weights).sum(), logits)
    np.testing.assert_allclose(host(found), host(expected), rtol=1e-5)


@pytest.mark.cpu_only
@pytest.mark.parametrize(
    "text",
    [
        "Normal(0.0, -1.0)", "Uniform(1.0, 0.0)", "Bernoulli(1.5)", "Bernoulli()", "Bernoulli(0.5, 0.0)", "Categorical()",
        "Categorical(t(1.0))", "Categorical(t([-1.0, 2.0]))", "Beta(-1.0, 1.0)", "Gamma(0.0, 1.0)", "Dirichlet(t(1.0))",
        "Dirichlet(t([1.0, -1.0]))", "Poisson(-1.0)", "Binomial(-1, t(0.5))", "Geometric(0.0)", "Exponential(0.0)",
        "NegativeBinomial(1.0, t(1.0))", "LKJCholesky(1)", "StudentT(-1.0)", "MultivariateNormal(t([0.0]))",
        "MultivariateNormal(t(0.0), t([[1.0]]))", "MultivariateNormal(t([0.0, 0.0]), t([[1.0, 2.0], [2.0, 1.0]]))",
        "MultivariateNormal(t([0.0, 0.0]), t([1.0, 2.0]))", "MultivariateNormal(t([0.0]), scale_tril=t([[-1.0]]))",
        "LowRankMultivariateNormal(t([0.0, 0.0]), t([[1.0]]), t([1.0, 1.0]))", "Wishart(t(0.5), t([[1.0, 0.0], [0.0, 1.0]]))",
        "Independent(d.Normal(0.0, 1.0), 1)", "MixtureSameFamily(d.Normal(0.0, 1.0), d.Normal(t([0.0, 0.0]), 1.0))",
        "MixtureSameFamily(d.Categorical(t([0.5, 0.5])), d.Normal(t([0.0]), 1.0))", "TransformedDistribution(d.Normal(0.0, 1.0), [1])",
        "TransformedDistribution(d.Normal(0.0, 1.0), d.StickBreakingTransform())", "Normal('a', 1.0)", "Normal(0.0, float('nan'))",
    ],
)  # fmt: skip
def test_bad_parameters_are_an_error_here_and_there(text: str) -> None:
    for engine, package in (HERE, there()):
        with pytest.raises(ValueError):  # noqa: PT011
            eval("d." + text, {"d": package, "t": engine.tensor})


@pytest.mark.cpu_only
def test_validation_can_be_switched_off() -> None:
    assert float(distributions.Normal(0.0, -1.0, validate_args=False).scale) == -1.0
    assert float(distributions.Uniform(0.0, 1.0, validate_args=False).log_prob(autograd.tensor(2.0))) == -np.inf
    assert distributions.Distribution._validate_args
    try:
        distributions.Distribution.set_default_validate_args(False)
        distributions.Normal(0.0, -1.0)
        with pytest.raises(ValueError, match="scale"):
            distributions.Normal(0.0, -1.0, validate_args=True)
    finally:
        distributions.Distribution.set_default_validate_args(True)
    with pytest.raises(ValueError, match="True or False"):
        distributions.Distribution.set_default_validate_args(3)  # type: ignore[arg-type]


def test_a_subclass_of_ones_own() -> None:
    """With arg_constraints all follows; without, what it lacks is said."""

    class Shifted(distributions.Distribution):
        arg_constraints = {"loc": distributions.constraints.real}  # noqa: RUF012
        support = distributions.constraints.real

        def __init__(self, loc: Any, validate_args: bool | None = None) -> None:
            (self.loc,) = distributions.utils.broadcast_all(loc)
            super().__init__(self.loc.shape, validate_args=validate_args)

        def rsample(self, sample_shape: Any = ()) -> Any:
            return self.loc.expand(self._extended_shape(sample_shape))

    d = Shifted(autograd.zeros(2))
    assert d.expand((3, 2)).sample((4,)).shape == (4, 3, 2)
    assert repr(d) == "Shifted(loc: autograd.Size([2]))"
    with pytest.raises(NotImplementedError, match="Shifted has no log_prob"):
        d.log_prob(autograd.zeros(2))
    with pytest.warns(UserWarning, match="no arg_constraints"):
        distributions.Distribution()

    class Own(distributions.Normal):
        def __init__(self) -> None:
            super().__init__(0.0, 1.0)

    with pytest.raises(NotImplementedError, match="expand"):
        Own().expand((2,))
    with pytest.warns(FutureWarning):
        assert d.sample_n(3).shape == (3, 2)


def test_entropies_of_several_total_counts_are_not_known() -> None:
    for engine, package in (HERE, there()):
        d = package.Binomial(engine.tensor([1.0, 2.0]), engine.tensor([0.5, 0.5]))
        with pytest.raises(NotImplementedError):
            d.entropy()
        with pytest.raises(NotImplementedError):
            d.enumerate_support()
        with pytest.raises(NotImplementedError):
            package.Multinomial(engine.tensor(3), engine.tensor([0.5, 0.5]))


def test_kumaraswamys_mode_is_where_the_density_is_highest() -> None:
    d = distributions.Kumaraswamy(autograd.tensor(3.0), autograd.tensor(2.0))
    x = autograd.linspace(0.01, 0.99, 981)
    assert float(x[d.log_prob(x).argmax()]) == pytest.approx(float(d.mode), abs=2e-3)


def test_distributions_can_be_pickled() -> None:
    import pickle

    for name in CASES:
        d, _ = make(*HERE, CASES[name])
        again = pickle.loads(pickle.dumps(d))
        at = autograd.tensor(CASES[name].at)
        np.testing.assert_array_equal(host(again.log_prob(at)), host(d.log_prob(at)))


@pytest.mark.cpu_only
def test_wishart_warns_of_few_degrees_of_freedom() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        distributions.Wishart(autograd.tensor(1.5), autograd.eye(2))
    assert "singular" in str(caught[0].message)


@pytest.mark.cpu_only
@pytest.mark.parametrize(
    "name", ["Gamma", "Beta", "Dirichlet", "StudentT", "Binomial", "MultivariateNormal", "VonMises"]
)
def test_recorded_samples_are_those_of_each_call(name: str) -> None:
    d, _ = make(*HERE, CASES[name])

    def step() -> Any:
        return d.sample((3,)).sum()

    recorded = autograd.compile(step)
    results = []
    for call in (step, recorded):
        autograd.manual_seed(1)
        results.append([float(call()) for _ in range(3)])
    assert results[0] == pytest.approx(results[1])
