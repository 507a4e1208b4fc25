"""Kullback-Leibler divergences, KL(p || q) = E_p[log p - log q], by the types of p and q."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ..engine.tensor import Tensor
from ..ops.choosing import where
from .bernoulli import Bernoulli, _softplus
from .categorical import Categorical
from .distribution import Distribution
from .normal import Normal
from .uniform import Uniform

_FORMULAS: dict[tuple[type, type], Callable[[Any, Any], Tensor]] = {}


def register_kl(type_p: type, type_q: type) -> Callable[[Callable[..., Tensor]], Callable[..., Tensor]]:
    """A decorator for the divergence of one type from another."""

    def decorate(formula: Callable[..., Tensor]) -> Callable[..., Tensor]:
        _FORMULAS[type_p, type_q] = formula
        return formula

    return decorate


def kl_divergence(p: Distribution, q: Distribution) -> Tensor:
    """KL(p || q).

    >>> import autograd
    >>> from autograd.distributions import Normal, kl_divergence
    >>> kl_divergence(Normal(0.0, 1.0), Normal(1.0, 1.0))
    tensor(0.5000)
    """
    for kind_p in type(p).__mro__:
        for kind_q in type(q).__mro__:
            if (kind_p, kind_q) in _FORMULAS:
                return _FORMULAS[kind_p, kind_q](p, q)
    raise NotImplementedError(f"no divergence of {type(p).__name__} from {type(q).__name__} is registered")


@register_kl(Normal, Normal)
def _normals(p: Normal, q: Normal) -> Tensor:
    ratio = (p.scale / q.scale).square()
    return 0.5 * (ratio + ((p.loc - q.loc) / q.scale).square() - 1.0 - ratio.log())


@register_kl(Uniform, Uniform)
def _uniforms(p: Uniform, q: Uniform) -> Tensor:
    inside = (q.low <= p.low) & (q.high >= p.high)
    return where(inside, ((q.high - q.low) / (p.high - p.low)).log(), math.inf)


@register_kl(Bernoulli, Bernoulli)
def _bernoullis(p: Bernoulli, q: Bernoulli) -> Tensor:
    hit = p.probs * (_softplus(-q.logits) - _softplus(-p.logits))
    miss = (1.0 - p.probs) * (_softplus(q.logits) - _softplus(p.logits))
    return hit + miss


@register_kl(Categorical, Categorical)
def _categoricals(p: Categorical, q: Categorical) -> Tensor:
    terms = where(p.probs == 0, 0.0, p.probs * (p.logits - q.logits))
    return where((q.probs == 0) & (p.probs > 0), math.inf, terms).sum(-1)


@register_kl(Uniform, Normal)
def _uniform_normal(p: Uniform, q: Normal) -> Tensor:
    width = p.high - p.low
    centre = ((p.high + p.low) / 2.0 - q.loc).square()
    return (
        -width.log()
        + q.scale.log()
        + 0.5 * math.log(2.0 * math.pi)
        + (width.square() / 12.0 + centre) / (2.0 * q.scale.square())
    )
