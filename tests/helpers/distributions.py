"""One row a distribution: how it is made, of which parameters, values inside and outside of its support, SciPy's name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray

A, B = np.array([[0.3, -1.2], [0.5, 2.0]]), np.array([0.5, 1.5])
U = np.array([[0.2, 0.7], [0.45, 0.9]])
P = np.array([[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]])
L = np.array([[1.2, 0.0, 0.0], [0.3, 0.8, 0.0], [-0.4, 0.2, 1.1]])
V3 = np.array([[0.1, -0.3, 0.6], [1.0, 0.2, -0.5]])
C = L @ L.T
CORR = np.array([[1.0, 0.0, 0.0], [0.6, 0.8, 0.0], [0.0, 0.6, 0.8]])
SIMPLEX = np.array([[0.1, 0.3, 0.6], [0.5, 0.25, 0.25]])


@dataclass
class Case:
    """`text` with {0}, {1} ... for the parameters and d for the package; `at` are values, `outside` one that is none.

    `smooth` says that log_prob has a derivative by the value; `scipy` gives the frozen distribution there, whose
    moments are others where `lacks` says so.
    """

    text: str
    parameters: list[Array]
    at: Array
    outside: Any
    smooth: bool = True
    scipy: Callable[..., Any] | None = None
    lacks: str = ""
    rtol: float = 1e-10


def stats() -> Any:
    import scipy.stats

    return scipy.stats


CASES: dict[str, Case] = {
    "Bernoulli": Case("Bernoulli({0})", [U], np.round(U), 0.5, False, lambda p: stats().bernoulli(p)),
    "Bernoulli of logits": Case("Bernoulli(logits={0})", [A], np.array([[0.0, 1.0], [1.0, 0.0]]), 2.0, False),
    "Beta": Case("Beta({0}, {1})", [U * 3, B], U, 1.5, True, lambda a, b: stats().beta(a, b)),
    "Beta below 1": Case("Beta({0}, {1})", [U * 0.9, B * 0.4], U, -0.5, True, lambda a, b: stats().beta(a, b)),
    "Binomial": Case("Binomial(5, {0})", [U], np.array([[0.0, 5.0], [2.0, 3.0]]), 6.0, False, lambda p: stats().binom(5, p)),
    "Binomial of logits": Case("Binomial(total_count=4, logits={0})", [A], np.array([[0.0, 4.0], [2.0, 3.0]]), 1.5, False),
    "Categorical": Case("Categorical({0} * 3)", [P], np.array([2, 0]), 3, False),
    "Categorical of logits": Case("Categorical(logits={0})", [A], np.array([[1, 0], [0, 0], [1, 1]]), -1, False),
    "Cauchy": Case("Cauchy({0}, {1})", [A, B], A * 2, np.nan, True, lambda m, s: stats().cauchy(m, s)),
    "Chi2": Case("Chi2({0})", [U * 5], U * 4, -1.0, True, lambda k: stats().chi2(k)),
    "ContinuousBernoulli": Case("ContinuousBernoulli({0})", [np.array([0.2, 0.5004, 0.9])], np.array([0.3, 0.6, 0.2]), 1.5),
    "ContinuousBernoulli of logits": Case("ContinuousBernoulli(logits={0})", [A], U, -0.5),
    "Dirichlet": Case("Dirichlet({0})", [P * 6], SIMPLEX, np.array([0.5, 0.5, 0.5])),
    "Exponential": Case("Exponential({0})", [U * 2], U * 3, -1.0, True, lambda r: stats().expon(scale=1 / r)),
    "FisherSnedecor": Case("FisherSnedecor({0}, {1})", [U * 6, U[::-1] * 9], U * 2, -1.0, True, lambda a, b: stats().f(a, b)),
    "Gamma": Case("Gamma({0}, {1})", [U * 4, B], U * 3, -1.0, True, lambda a, b: stats().gamma(a, scale=1 / b)),
    "GeneralizedPareto": Case(
        "GeneralizedPareto({0}, {1}, {2})", [A, B, np.array([0.3, -0.2])], A + U, -50.0, True,
        lambda m, s, c: stats().genpareto(c, m, s), "mean variance",
    ),
    "GeneralizedPareto of 0": Case(
        "GeneralizedPareto({0}, {1}, 0.0)", [A, B], A + U, -50.0, True, lambda m, s: stats().genpareto(0.0, m, s)
    ),
    "Geometric": Case("Geometric({0})", [U], np.array([[0.0, 3.0], [1.0, 0.0]]), 0.5, False, lambda p: stats().geom(p, -1)),
    "Geometric of logits": Case("Geometric(logits={0})", [A], np.array([[0.0, 3.0], [1.0, 0.0]]), -1.0, False),
    "Gumbel": Case("Gumbel({0}, {1})", [A, B], A * 2, np.nan, True, lambda m, s: stats().gumbel_r(m, s)),
    "HalfCauchy": Case("HalfCauchy({0})", [B], U * 3, -1.0, True, lambda s: stats().halfcauchy(0, s)),
    "HalfNormal": Case("HalfNormal({0})", [B], U * 3, -1.0, True, lambda s: stats().halfnorm(0, s)),
    "Independent": Case("Independent(d.Normal({0}, {1}), 1)", [A, B], A * 2, np.nan),
    "InverseGamma": Case("InverseGamma({0}, {1})", [U * 4, B], U * 3, -1.0, True, lambda a, b: stats().invgamma(a, scale=b)),
    "Kumaraswamy": Case("Kumaraswamy({0}, {1})", [U * 3, B], U, 1.5),
    "Laplace": Case("Laplace({0}, {1})", [A, B], A * 2, np.nan, True, lambda m, s: stats().laplace(m, s)),
    "LKJCholesky": Case("LKJCholesky(3, {0})", [B], CORR, np.eye(3) * 2, False),
    "LogisticNormal": Case("LogisticNormal({0}, {1})", [A, B], SIMPLEX, np.array([0.5, 0.5, 0.5])),
    "LogNormal": Case("LogNormal({0}, {1})", [A, B], U * 3, -1.0, True, lambda m, s: stats().lognorm(s, scale=np.exp(m))),
    "LowRankMultivariateNormal": Case(
        "LowRankMultivariateNormal({0}, {1}, {2})", [V3, L[:, :2], np.array([0.5, 1.0, 1.5])], V3 * 2, np.array([np.nan] * 3)
    ),
    "MixtureSameFamily": Case(
        "MixtureSameFamily(d.Categorical({0}), d.Normal({1}, {2}))", [P, V3, np.array([0.5, 1.5, 1.0])], np.array([0.3, -0.4]), np.nan
    ),
    "Mixture of vectors": Case(
        "MixtureSameFamily(d.Categorical({0}[0, :2]), d.Independent(d.Normal({1}, 1.0), 1))", [P, V3], V3 * 2, np.array([np.nan] * 3)
    ),
    "Multinomial": Case("Multinomial(4, {0})", [P], np.array([[1.0, 0.0, 3.0], [2.0, 1.0, 1.0]]), np.array([9.0, 0.0, 0.0]), False),
    "Multinomial of logits": Case("Multinomial(3, logits={0})", [V3], np.array([[1.0, 0.0, 2.0], [2.0, 1.0, 0.0]]), np.array([-1.0, 1.0, 2.0]), False),
    "MultivariateNormal": Case("MultivariateNormal({0}, {1})", [V3, C], V3 * 2, np.array([np.nan] * 3)),
    "MultivariateNormal of precision": Case("MultivariateNormal({0}, precision_matrix={1})", [V3, C], V3 * 2, np.array([np.nan] * 3)),
    "MultivariateNormal of factor": Case("MultivariateNormal({0}, scale_tril={1})", [V3[0], L], V3 * 2, np.array([np.nan] * 3)),
    "NegativeBinomial": Case("NegativeBinomial({0}, {1})", [B * 3, U], np.array([[0.0, 3.0], [1.0, 4.0]]), 0.5, False, lambda r, p: stats().nbinom(r, 1 - p)),
    "NegativeBinomial of logits": Case("NegativeBinomial({0}, logits={1})", [B * 3, A], np.array([[0.0, 3.0], [1.0, 4.0]]), -1.0, False),
    "Normal": Case("Normal({0}, {1})", [A, B], np.array([[0.1, 1.0], [-2.0, 3.0]]), np.nan, True, lambda m, s: stats().norm(m, s)),
    "OneHotCategorical": Case("OneHotCategorical({0})", [P], np.eye(3)[[2, 0]], np.array([1.0, 1.0, 0.0]), False),
    "OneHotCategoricalStraightThrough": Case("OneHotCategoricalStraightThrough(logits={0})", [V3], np.eye(3)[[2, 0]], np.array([0.5, 0.5, 0.0]), False),
    "Pareto": Case("Pareto({0}, {1})", [U, B * 2], U * 3, -1.0, True, lambda s, a: stats().pareto(a, scale=s)),
    "Poisson": Case("Poisson({0})", [U * 4], np.array([[0.0, 3.0], [1.0, 4.0]]), 0.5, False, lambda r: stats().poisson(r)),
    "RelaxedBernoulli": Case("RelaxedBernoulli({0}, {1})", [np.array(0.7), U], U[::-1].copy(), 1.5),
    "RelaxedBernoulli of logits": Case("RelaxedBernoulli({0}, logits={1})", [np.array(0.7), A], U, -0.5),
    "RelaxedOneHotCategorical": Case("RelaxedOneHotCategorical({0}, {1})", [np.array(0.7), P], SIMPLEX, np.array([0.5, 0.5, 0.5])),
    "StudentT": Case("StudentT({0}, {1}, {2})", [U * 6, A, B], A * 2, np.nan, True, lambda k, m, s: stats().t(k, m, s)),
    "TransformedDistribution": Case(
        "TransformedDistribution(d.Normal({0}, {1}), [d.AffineTransform(0.5, -2.0), d.TanhTransform()])", [A, B], U - 0.4, 1.5
    ),
    "TransformedDistribution of vectors": Case(
        "TransformedDistribution(d.Normal({0}, {1}), [d.IndependentTransform(d.ExpTransform(), 1)])", [A, B], U, -1.0
    ),
    "Uniform": Case("Uniform({0} - 2, {0} + {1})", [A, B], A - 0.1, 90.0, True, lambda a, b: stats().uniform(a - 2, b + 2)),
    "VonMises": Case("VonMises({0}, {1})", [A, B * 3], A * 2, np.nan, True, lambda m, k: stats().vonmises(k, m), "", 1e-6),
    "Weibull": Case("Weibull({0}, {1})", [U, B * 2], U * 3, -1.0, True, lambda s, c: stats().weibull_min(c, scale=s)),
    "Wishart": Case("Wishart({0}, {1})", [B + 3.0, C], C * 2, -np.eye(3)),
    "Wishart of factor": Case("Wishart({0}, scale_tril={1})", [B + 4.0, L], C * 2, -np.eye(3)),
}  # fmt: skip


def make(engine: Any, package: Any, case: Case) -> tuple[Any, list[Any]]:
    """The distribution and its parameters, tensors that want gradients."""
    tensors = [engine.tensor(value, requires_grad=True) for value in case.parameters]
    names = {f"v{i}": x for i, x in enumerate(tensors)}
    return eval("d." + case.text.format(*names), {"d": package, **names}), tensors
