"""Kullback-Leibler divergences, KL(p || q) = E_p[log p - log q], by the types of p and q."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

from ..engine.modes import enable_grad
from ..engine.sweep import grad
from ..engine.tensor import Tensor
from ..ops.choosing import where
from ..ops.creation import full_like
from ..ops.joining import cat
from ..ops.linalg.lu import solve_triangular
from ..ops.special import erf, xlogy
from .bernoulli import Bernoulli
from .beta import Beta
from .binomial import Binomial
from .categorical import Categorical
from .cauchy import Cauchy
from .continuous_bernoulli import ContinuousBernoulli
from .dirichlet import Dirichlet
from .distribution import Distribution
from .exp_family import ExponentialFamily
from .exponential import Exponential
from .gamma import Gamma
from .geometric import Geometric
from .gumbel import Gumbel
from .half_normal import HalfNormal
from .independent import Independent
from .laplace import Laplace
from .lowrank_multivariate_normal import LowRankMultivariateNormal, _lowrank_mahalanobis
from .multivariate_normal import MultivariateNormal, _batch_mahalanobis
from .normal import HALF_LOG_2PI, Normal
from .one_hot_categorical import OneHotCategorical
from .pareto import Pareto
from .poisson import Poisson
from .transformed_distribution import TransformedDistribution
from .transforms import softplus
from .uniform import Uniform
from .utils import _sum_rightmost, euler_constant

__all__ = ["kl_divergence", "register_kl"]

Formula = Callable[[Any, Any], Tensor]
_KL_REGISTRY: dict[tuple[type, type], Formula] = {}


def register_kl(type_p: type, type_q: type) -> Callable[[Formula], Formula]:
    """A decorator for the divergence of one type from another, and of their subclasses that have none of their own."""
    for kind in (type_p, type_q):
        if not (isinstance(kind, type) and issubclass(kind, Distribution)):
            raise TypeError(f"register_kl: expected subclasses of Distribution, got {kind!r}")

    def decorate(formula: Formula) -> Formula:
        _KL_REGISTRY[type_p, type_q] = formula
        return formula

    return decorate


def kl_divergence(p: Distribution, q: Distribution) -> Tensor:
    """KL(p || q), of the batch shapes' common shape; NotImplementedError if none is registered for the two types.

    >>> import autograd
    >>> from autograd.distributions import Normal, kl_divergence
    >>> kl_divergence(Normal(0.0, 1.0), Normal(1.0, 1.0))
    tensor(0.5000)
    """
    return _formula(type(p), type(q))(p, q)


def _formula(type_p: type, type_q: type) -> Formula:
    """The formula registered for the nearest of the types above p's and q's."""
    above_p, above_q = type_p.__mro__, type_q.__mro__
    found = [(above_p.index(a), above_q.index(b)) for a, b in _KL_REGISTRY if a in above_p and b in above_q]
    if not found:
        raise NotImplementedError(f"no divergence of {type_p.__name__} from {type_q.__name__} is registered")
    first, other = min(found), min(found, key=lambda pair: pair[::-1])
    chosen, rival = ((above_p[i], above_q[j]) for i, j in (first, other))
    if _KL_REGISTRY[chosen] is not _KL_REGISTRY[rival]:
        shown = " and of ".join(f"{a.__name__} from {b.__name__}" for a, b in (chosen, rival))
        warnings.warn(
            f"kl_divergence of {type_p.__name__} from {type_q.__name__} is ambiguous: there are those of {shown}; "
            "the first is taken",
            RuntimeWarning,
            stacklevel=3,
        )
    return _KL_REGISTRY[chosen]


# Of one family


@register_kl(ExponentialFamily, ExponentialFamily)
def _kl_families(p: ExponentialFamily, q: ExponentialFamily) -> Tensor:
    """The Bregman divergence of the log normalizer F: F(q) - F(p) - <q - p, grad F(p)>."""
    if type(p) is not type(q):
        raise NotImplementedError(
            f"no divergence of {type(p).__name__} from {type(q).__name__} is registered, and they are not one family"
        )
    natural = [each if each.requires_grad else each.detach().requires_grad_() for each in p._natural_params]
    with enable_grad():
        normalizer = p._log_normalizer(*natural)
        slopes = grad(normalizer.sum(), natural, create_graph=True)
    result = q._log_normalizer(*q._natural_params) - normalizer
    for ours, theirs, slope in zip(natural, q._natural_params, slopes, strict=True):
        result = result - _sum_rightmost((theirs - ours) * slope, len(q.event_shape))
    return result


@register_kl(TransformedDistribution, TransformedDistribution)
def _kl_transformed(p: TransformedDistribution, q: TransformedDistribution) -> Tensor:
    """That of the base distributions, if both are transformed alike."""
    if p.transforms != q.transforms or p.event_shape != q.event_shape:
        raise NotImplementedError("the divergence of distributions that are transformed differently is not known")
    return _sum_rightmost(kl_divergence(p.base_dist, q.base_dist), len(p.event_shape) - len(p.base_dist.event_shape))


@register_kl(Independent, Independent)
def _kl_independent(p: Independent, q: Independent) -> Tensor:
    if p.reinterpreted_batch_ndims != q.reinterpreted_batch_ndims:
        raise NotImplementedError("the divergence of Independents of other reinterpreted_batch_ndims is not known")
    return _sum_rightmost(kl_divergence(p.base_dist, q.base_dist), p.reinterpreted_batch_ndims)


@register_kl(Bernoulli, Bernoulli)
def _kl_bernoulli(p: Bernoulli, q: Bernoulli) -> Tensor:
    hit = p.probs * (softplus(-q.logits) - softplus(-p.logits))
    hit = where(p.probs == 0, 0.0, where(q.probs == 0, math.inf, hit))
    miss = (1 - p.probs) * (softplus(q.logits) - softplus(p.logits))
    return hit + where(p.probs == 1, 0.0, where(q.probs == 1, math.inf, miss))


@register_kl(Beta, Beta)
def _kl_beta(p: Beta, q: Beta) -> Tensor:
    return _kl_dirichlet(p._dirichlet, q._dirichlet)


@register_kl(Binomial, Binomial)
def _kl_binomial(p: Binomial, q: Binomial) -> Tensor:
    """inf where p may exceed what q can be; NotImplementedError where p has fewer trials."""
    if bool((p.total_count < q.total_count).any()):
        raise NotImplementedError("the divergence of a Binomial from one of more trials is not known")
    each = p.probs * (p.logits - q.logits) + (-p.probs).log1p() - (-q.probs).log1p()
    return where(p.total_count > q.total_count, math.inf, p.total_count * each)


@register_kl(Categorical, Categorical)
def _kl_categorical(p: Categorical, q: Categorical) -> Tensor:
    terms = p.probs * (p.logits - q.logits)
    return where(p.probs == 0, 0.0, where(q.probs == 0, math.inf, terms)).sum(-1)


@register_kl(OneHotCategorical, OneHotCategorical)
def _kl_one_hot(p: OneHotCategorical, q: OneHotCategorical) -> Tensor:
    return _kl_categorical(p._categorical, q._categorical)


@register_kl(Cauchy, Cauchy)
def _kl_cauchy(p: Cauchy, q: Cauchy) -> Tensor:
    """F. Chyzak and F. Nielsen, 2019."""
    return ((p.scale + q.scale).square() + (p.loc - q.loc).square()).log() - (4 * p.scale * q.scale).log()


@register_kl(ContinuousBernoulli, ContinuousBernoulli)
def _kl_continuous_bernoulli(p: ContinuousBernoulli, q: ContinuousBernoulli) -> Tensor:
    norms = p._log_norm() - q._log_norm()
    return p.mean * (p.logits - q.logits) + norms + (-p.probs).log1p() - (-q.probs).log1p()


@register_kl(Dirichlet, Dirichlet)
def _kl_dirichlet(p: Dirichlet, q: Dirichlet) -> Tensor:
    a, b = p.concentration, q.concentration
    norms = q._log_normalizer(b) - p._log_normalizer(a)
    return norms + ((a - b) * (a.digamma() - a.sum(-1, keepdim=True).digamma())).sum(-1)


@register_kl(Exponential, Exponential)
def _kl_exponential(p: Exponential, q: Exponential) -> Tensor:
    ratio = q.rate / p.rate
    return ratio - ratio.log() - 1


@register_kl(Gamma, Gamma)
def _kl_gamma(p: Gamma, q: Gamma) -> Tensor:
    a, b = p.concentration, q.concentration
    norms = b * (p.rate / q.rate).log() + b.lgamma() - a.lgamma()
    return norms + (a - b) * a.digamma() + (q.rate - p.rate) * (a / p.rate)


@register_kl(Gumbel, Gumbel)
def _kl_gumbel(p: Gumbel, q: Gumbel) -> Tensor:
    ratio, apart = p.scale / q.scale, (p.loc - q.loc) / q.scale
    tail = ((1 + ratio).lgamma() - apart).exp()
    return apart - ratio.log() + ratio * euler_constant + tail - (1 + euler_constant)


@register_kl(Geometric, Geometric)
def _kl_geometric(p: Geometric, q: Geometric) -> Tensor:
    return -p.entropy() - (-q.probs).log1p() / p.probs - q.logits


@register_kl(HalfNormal, HalfNormal)
def _kl_half_normal(p: HalfNormal, q: HalfNormal) -> Tensor:
    return _kl_normal(p.base_dist, q.base_dist)


@register_kl(Laplace, Laplace)
def _kl_laplace(p: Laplace, q: Laplace) -> Tensor:
    ratio, apart = p.scale / q.scale, (p.loc - q.loc).abs()
    return apart / q.scale - ratio.log() + ratio * (-apart / p.scale).exp() - 1


@register_kl(Normal, Normal)
def _kl_normal(p: Normal, q: Normal) -> Tensor:
    ratio, apart = (p.scale / q.scale).square(), ((p.loc - q.loc) / q.scale).square()
    return 0.5 * (ratio + apart - 1 - ratio.log())


@register_kl(Pareto, Pareto)
def _kl_pareto(p: Pareto, q: Pareto) -> Tensor:
    """inf where p lies partly below q."""
    ratio = q.alpha / p.alpha
    result = q.alpha * (p.scale / q.scale).log() - ratio.log() + ratio - 1
    return where(p.scale < q.scale, math.inf, result)


@register_kl(Poisson, Poisson)
def _kl_poisson(p: Poisson, q: Poisson) -> Tensor:
    return p.rate * (p.rate.log() - q.rate.log()) - (p.rate - q.rate)


@register_kl(Uniform, Uniform)
def _kl_uniform(p: Uniform, q: Uniform) -> Tensor:
    """inf where p lies partly outside of q."""
    return where((q.low > p.low) | (q.high < p.high), math.inf, ((q.high - q.low) / (p.high - p.low)).log())


# Normal distributions of vectors: 2 KL = log det Q - log det P + tr(Q^-1 P) + (x - y)^T Q^-1 (x - y) - n.


@register_kl(MultivariateNormal, MultivariateNormal)
@register_kl(MultivariateNormal, LowRankMultivariateNormal)
@register_kl(LowRankMultivariateNormal, MultivariateNormal)
@register_kl(LowRankMultivariateNormal, LowRankMultivariateNormal)
def _kl_vectors(p: Any, q: Any) -> Tensor:
    if p.event_shape != q.event_shape:
        raise ValueError(f"kl_divergence: events of {tuple(p.event_shape)} and of {tuple(q.event_shape)}")
    inverse_of_q = _of_low_rank if isinstance(q, LowRankMultivariateNormal) else _of_factor
    trace, squares = inverse_of_q(q, _root(p), q.loc - p.loc)
    return 0.5 * (_log_det(q) - _log_det(p) + trace + squares - p.event_shape[0])


def _log_det(p: Any) -> Tensor:
    return p._log_det() if isinstance(p, LowRankMultivariateNormal) else 2 * p._half_log_det()


def _root(p: Any) -> Tensor:
    """A matrix R with R R^T = P."""
    if not isinstance(p, LowRankMultivariateNormal):
        return p._unbroadcasted_scale_tril
    return cat([p.cov_factor, p.cov_diag.sqrt().diag_embed()], -1)


def _of_factor(q: MultivariateNormal, root: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
    """tr(Q^-1 R R^T) and x^T Q^-1 x."""
    whitened = solve_triangular(q._unbroadcasted_scale_tril, root, upper=False)
    return whitened.square().sum((-2, -1)), _batch_mahalanobis(q._unbroadcasted_scale_tril, x)


def _of_low_rank(q: LowRankMultivariateNormal, root: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
    """The same by M. Woodbury's identity (1950)."""
    factor, diagonal = q._unbroadcasted_cov_factor, q._unbroadcasted_cov_diag.unsqueeze(-1)
    projected = solve_triangular(q._capacitance_tril, (factor / diagonal).mT, upper=False) @ root
    trace = (root.square() / diagonal).sum((-2, -1)) - projected.square().sum((-2, -1))
    return trace, _lowrank_mahalanobis(factor, diagonal.squeeze(-1), x, q._capacitance_tril)


# Of different families


@register_kl(Bernoulli, Poisson)
def _kl_bernoulli_poisson(p: Bernoulli, q: Poisson) -> Tensor:
    return -p.entropy() - p.probs * q.rate.log() + q.rate


def _cross_continuous_bernoulli(p: Any, q: ContinuousBernoulli) -> Tensor:
    return -p.entropy() - p.mean * q.logits - (-q.probs).log1p() - q._log_norm()


def _cross_exponential(p: Any, q: Exponential) -> Tensor:
    return -p.entropy() - q.rate.log() + q.rate * p.mean


def _cross_gamma(p: Any, q: Gamma, log_mean: Tensor) -> Tensor:
    """By E_p[log x]."""
    norm = q.concentration.lgamma() - q.concentration * q.rate.log()
    return -p.entropy() + norm - (q.concentration - 1) * log_mean + q.rate * p.mean


def _cross_gumbel(p: Any, q: Gumbel, tail: Tensor) -> Tensor:
    """By E_p[exp(-x / q.scale)]."""
    return -p.entropy() + q.scale.log() + (p.mean - q.loc) / q.scale + (q.loc / q.scale).exp() * tail


def _cross_normal(p: Any, q: Normal) -> Tensor:
    squares = p.variance + (p.mean - q.loc).square()
    return -p.entropy() + HALF_LOG_2PI + q.scale.log() + 0.5 * squares / q.scale.square()


register_kl(Beta, ContinuousBernoulli)(_cross_continuous_bernoulli)
_OF_KNOWN_MEAN: tuple[type, ...] = (Beta, ContinuousBernoulli, Gamma)
for _kind in _OF_KNOWN_MEAN:
    register_kl(_kind, Exponential)(_cross_exponential)
_OF_KNOWN_VARIANCE: tuple[type, ...] = (*_OF_KNOWN_MEAN, Exponential, Gumbel, Laplace, Uniform)
for _kind in _OF_KNOWN_VARIANCE:
    register_kl(_kind, Normal)(_cross_normal)


@register_kl(Beta, Gamma)
def _kl_beta_gamma(p: Beta, q: Gamma) -> Tensor:
    log_mean = p.concentration1.digamma() - (p.concentration1 + p.concentration0).digamma()
    return _cross_gamma(p, q, log_mean)


@register_kl(Beta, Uniform)
@register_kl(ContinuousBernoulli, Uniform)
def _kl_unit_uniform(p: Any, q: Uniform) -> Tensor:
    return where((q.low > 0) | (q.high < 1), math.inf, (q.high - q.low).log() - p.entropy())


@register_kl(Exponential, Gamma)
def _kl_exponential_gamma(p: Exponential, q: Gamma) -> Tensor:
    return _cross_gamma(p, q, -p.rate.log() - euler_constant)


@register_kl(Exponential, Gumbel)
def _kl_exponential_gumbel(p: Exponential, q: Gumbel) -> Tensor:
    return _cross_gumbel(p, q, p.rate / (p.rate + 1 / q.scale))


@register_kl(Gamma, Gumbel)
def _kl_gamma_gumbel(p: Gamma, q: Gumbel) -> Tensor:
    return _cross_gumbel(p, q, (1 + 1 / (p.rate * q.scale)).pow(-p.concentration))


@register_kl(Normal, Gumbel)
def _kl_normal_gumbel(p: Normal, q: Gumbel) -> Tensor:
    return _cross_gumbel(p, q, (0.5 * (p.scale / q.scale).square() - p.loc / q.scale).exp())


@register_kl(Normal, Laplace)
def _kl_normal_laplace(p: Normal, q: Laplace) -> Tensor:
    z = (p.loc - q.loc) / p.scale
    distance = p.scale * (math.sqrt(2 / math.pi) * (-0.5 * z.square()).exp() + z * erf(math.sqrt(0.5) * z))
    return -p.entropy() + (2 * q.scale).log() + distance / q.scale


@register_kl(Pareto, Exponential)
def _kl_pareto_exponential(p: Pareto, q: Exponential) -> Tensor:
    return where(p.alpha <= 1, math.inf, _cross_exponential(p, q))


@register_kl(Pareto, Gamma)
def _kl_pareto_gamma(p: Pareto, q: Gamma) -> Tensor:
    return where(p.alpha <= 1, math.inf, _cross_gamma(p, q, p.scale.log() + 1 / p.alpha))


@register_kl(Pareto, Normal)
def _kl_pareto_normal(p: Pareto, q: Normal) -> Tensor:
    return where(p.alpha <= 2, math.inf, _cross_normal(p, q))


def _log_mean_of_uniform(low: Tensor, high: Tensor) -> Tensor:
    """E[log x] of x uniform between these."""
    return (xlogy(high, high) - xlogy(low, low)) / (high - low) - 1


@register_kl(Uniform, Beta)
def _kl_uniform_beta(p: Uniform, q: Beta) -> Tensor:
    a, b = q.concentration1, q.concentration0
    inside = (p.high <= 1) & (p.low >= 0)
    low, high = where(inside, p.low, 0.25), where(inside, p.high, 0.75)
    powers = (a - 1) * _log_mean_of_uniform(low, high) + (b - 1) * _log_mean_of_uniform(1 - high, 1 - low)
    return where(inside, q._log_normalizer(a, b) - powers - p.entropy(), math.inf)


@register_kl(Uniform, ContinuousBernoulli)
def _kl_uniform_continuous_bernoulli(p: Uniform, q: ContinuousBernoulli) -> Tensor:
    return where((p.high > 1) | (p.low < 0), math.inf, _cross_continuous_bernoulli(p, q))


@register_kl(Uniform, Exponential)
def _kl_uniform_exponential(p: Uniform, q: Exponential) -> Tensor:
    return where(p.low < 0, math.inf, _cross_exponential(p, q))


@register_kl(Uniform, Gamma)
def _kl_uniform_gamma(p: Uniform, q: Gamma) -> Tensor:
    inside = p.low >= 0
    low, high = where(inside, p.low, 1.0), where(inside, p.high, 2.0)
    return where(inside, _cross_gamma(p, q, _log_mean_of_uniform(low, high)), math.inf)


@register_kl(Uniform, Gumbel)
def _kl_uniform_gumbel(p: Uniform, q: Gumbel) -> Tensor:
    tail = ((-p.low / q.scale).exp() - (-p.high / q.scale).exp()) * q.scale / (p.high - p.low)
    return _cross_gumbel(p, q, tail)


@register_kl(Uniform, Pareto)
def _kl_uniform_pareto(p: Uniform, q: Pareto) -> Tensor:
    inside = p.low >= q.scale
    low, high = where(inside, p.low, 1.0), where(inside, p.high, 2.0)
    powers = (q.alpha + 1) * _log_mean_of_uniform(low, high) - q.alpha.log() - q.alpha * q.scale.log()
    return where(inside, powers - p.entropy(), math.inf)


# Where p gives probability to what is impossible for q


def _kl_infinity(p: Distribution, q: Distribution) -> Tensor:
    return full_like(p.mean + q.mean, math.inf)


_BEYOND: dict[type, tuple[type, ...]] = {
    Beta: (Pareto,),
    ContinuousBernoulli: (Pareto,),
    Exponential: (Beta, ContinuousBernoulli, Pareto, Uniform),
    Gamma: (Beta, ContinuousBernoulli, Pareto, Uniform),
    Gumbel: (Beta, ContinuousBernoulli, Exponential, Gamma, Pareto, Uniform),
    Laplace: (Beta, ContinuousBernoulli, Exponential, Gamma, Pareto, Uniform),
    Normal: (Beta, ContinuousBernoulli, Exponential, Gamma, Pareto, Uniform),
    Pareto: (Beta, ContinuousBernoulli, Uniform),
    Poisson: (Bernoulli, Binomial),
}
for _p, _narrower in _BEYOND.items():
    for _q in _narrower:
        register_kl(_p, _q)(_kl_infinity)
