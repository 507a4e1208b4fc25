"""Transforms: round trips, determinants against the engine's Jacobians, values against torch's, registries."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import distributions
from autograd.distributions import constraints, transforms
from tests.helpers.oracle import assert_same, host, torch_or_skip

X = np.array([[0.3, -1.2, 0.7], [0.5, 2.0, -0.4]])
POSITIVE = np.array([[0.3, 1.2, 0.7], [0.5, 2.0, 0.4]])
MATRIX = np.array([[[0.3, -1.2, 0.7], [0.5, 1.0, -0.4], [0.1, 0.6, -0.2]]])

# Made how, from which x, whether y determines x.
TRANSFORMS: dict[str, tuple[str, np.ndarray, bool]] = {
    "Abs": ("AbsTransform()", POSITIVE, False),
    "Affine": ("AffineTransform(0.5, -2.0)", X, True),
    "Affine of tensors": ("AffineTransform(t([0.5, 1.0, 2.0]), t([-2.0, 1.0, 3.0]))", X, True),
    "Affine of vectors": ("AffineTransform(t([0.5, 1.0, 2.0]), t([-2.0, 1.0, 3.0]), event_dim=1)", X, True),
    "Affine of vectors by a number": ("AffineTransform(0.5, 3.0, event_dim=1)", X, True),
    "Cat": ("CatTransform([d.ExpTransform(), d.TanhTransform()], dim=-1, lengths=[2, 1])", X, True),
    "Cat of rows": ("CatTransform([d.ExpTransform(), d.AffineTransform(1.0, 2.0)], dim=0)", X, True),
    "Compose": ("ComposeTransform([d.AffineTransform(0.5, 2.0), d.ExpTransform()])", X, True),
    "Compose of none": ("ComposeTransform([])", X, True),
    "Compose of vectors": ("ComposeTransform([d.AffineTransform(0.5, 2.0), d.StickBreakingTransform()])", X, True),
    "CorrCholesky": ("CorrCholeskyTransform()", X, True),
    "CumulativeDistribution": ("CumulativeDistributionTransform(d.Normal(t([0.5]), t([1.5])))", X, True),
    "Exp": ("ExpTransform()", X, True),
    "Independent": ("IndependentTransform(d.ExpTransform(), 1)", X, True),
    "Inverse": ("ExpTransform().inv", POSITIVE, True),
    "Inverse of several": ("ComposeTransform([d.ExpTransform(), d.AffineTransform(1.0, 2.0)]).inv", POSITIVE + 1, True),
    "LowerCholesky": ("LowerCholeskyTransform()", np.tril(MATRIX), False),
    "PositiveDefinite": ("PositiveDefiniteTransform()", np.tril(MATRIX), False),
    "Power": ("PowerTransform(2.0)", POSITIVE, True),
    "Power of a tensor": ("PowerTransform(t([-1.0, 2.0, 0.5]))", POSITIVE, True),
    "Reshape": ("ReshapeTransform((3,), (3, 1))", X, True),
    "Reshape of more": ("ReshapeTransform((2, 3), (6,))", X, True),
    "Sigmoid": ("SigmoidTransform()", X, True),
    "Softmax": ("SoftmaxTransform()", X - np.log(np.exp(X).sum(-1, keepdims=True)), False),
    "Softplus": ("SoftplusTransform()", X, True),
    "Stack": ("StackTransform([d.ExpTransform(), d.TanhTransform(), d.AffineTransform(0.0, 3.0)], dim=1)", X, True),
    "StickBreaking": ("StickBreakingTransform()", X, True),
    "Tanh": ("TanhTransform()", X, True),
}  # fmt: skip


def make(engine: Any, package: Any, name: str) -> Any:
    def t(values: list[float]) -> Any:
        return engine.tensor(np.array(values))

    return eval("d." + TRANSFORMS[name][0], {"d": _Both(package), "t": t})


class _Both:
    """The names of a package and of its transforms."""

    def __init__(self, package: Any) -> None:
        self.package = package

    def __getattr__(self, name: str) -> Any:
        return getattr(self.package, name, None) or getattr(self.package.transforms, name)


@pytest.mark.parametrize("name", TRANSFORMS)
def test_there_and_back(name: str) -> None:
    transform, (_, values, one_to_one) = make(autograd, distributions, name), TRANSFORMS[name]
    x = autograd.tensor(values)
    y = transform(x)
    np.testing.assert_allclose(host(transform.inv(y)), values, rtol=1e-9, atol=1e-12)
    assert transform.bijective is one_to_one
    assert tuple(transform.forward_shape(x.shape)) == tuple(y.shape)
    assert tuple(transform.inverse_shape(y.shape)) == tuple(x.shape)
    assert transform.inv.inv is transform
    assert bool(transform.codomain.check(y).all())
    assert bool(transform.domain.check(x).all())
    assert transform.inv.domain is transform.codomain or repr(transform.inv.domain) == repr(transform.codomain)


@pytest.mark.parametrize("name", TRANSFORMS)
def test_values_are_torchs(name: str) -> None:
    torch = torch_or_skip()
    values, results = TRANSFORMS[name][1], []
    for engine, package in ((autograd, distributions), (torch, torch.distributions)):
        transform = make(engine, package, name)
        x = engine.tensor(values, requires_grad=True)
        y = transform(x)
        found = [y, transform.inv(y.detach())]
        if transform.bijective:
            found.append(transform.log_abs_det_jacobian(x, y))
        total = sum((each * engine.tensor(np.cos(np.arange(each.numel())).reshape(each.shape))).sum() for each in found)
        (grad,) = engine.autograd.grad(total, x)
        results.append([*found, grad])
        shown = repr(transform)
        properties = [transform.domain.event_dim, transform.codomain.event_dim, repr(transform.domain).count("Real")]
        results[-1].append((shown, *properties))
        try:
            sign = transform.sign
            results[-1].append(np.asarray(host(sign) if hasattr(sign, "shape") else sign).tolist())
        except NotImplementedError:
            results[-1].append("none")
    *ours, our_words, our_sign = results[0]
    *theirs, their_words, their_sign = results[1]
    assert (our_words, our_sign) == (their_words, their_sign)
    for mine, other in zip(ours, theirs, strict=True):
        assert_same(mine, other, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", [name for name, (_, _, one_to_one) in TRANSFORMS.items() if one_to_one])
def test_determinants_are_those_of_the_jacobian(name: str) -> None:
    """Of coordinates as many as there are: a point of the simplex has all but one, a correlation those below its diagonal."""
    transform, values = make(autograd, distributions, name), TRANSFORMS[name][1]
    free = {"StickBreaking": lambda y: y[..., :-1], "Compose of vectors": lambda y: y[..., :-1]}
    free["CorrCholesky"] = lambda y: distributions.utils.tril_matrix_to_vec(y, diag=-1)
    chosen = free.get(name, lambda y: y)
    x = autograd.tensor(values)
    jacobian = autograd.autograd.functional.jacobian(lambda x: chosen(transform(x)), x)
    size = x.numel()
    expected = np.linalg.slogdet(host(jacobian).reshape(size, size))[1]
    np.testing.assert_allclose(
        host(transform.log_abs_det_jacobian(x, transform(x)).sum()), expected, rtol=1e-9, atol=1e-12
    )


def test_a_cache_of_one_gives_back_the_same_x() -> None:
    for name in TRANSFORMS:
        transform = make(autograd, distributions, name).with_cache()
        assert transform.with_cache(1) is transform
        x = autograd.tensor(TRANSFORMS[name][1])
        y = transform(x)
        if name not in ("Compose of none",):
            assert transform.inv(y) is x, name
        assert (transform(x) is y) or name.startswith("Inverse") or "Compose" in name
    with pytest.raises(ValueError, match="cache_size"):
        transforms.ExpTransform(cache_size=2)
    saturated = autograd.tensor(20.0)
    assert float(transforms.TanhTransform(cache_size=1).with_cache(0).inv(saturated.tanh())) == np.inf


def test_transforms_of_equal_arguments_are_equal() -> None:
    for name in TRANSFORMS:
        if (
            name in ("CorrCholesky", "CumulativeDistribution", "Independent", "Stack", "Cat", "Cat of rows")
            or "Reshape" in name
        ):
            continue
        assert make(autograd, distributions, name) == make(autograd, distributions, name), name
    assert transforms.AffineTransform(0, 1) != transforms.AffineTransform(0, 2)
    assert transforms.ExpTransform() != transforms.TanhTransform()
    assert transforms.PowerTransform(2.0) != transforms.PowerTransform(3.0)
    again = pickle.loads(pickle.dumps(transforms.TanhTransform(cache_size=1)))
    assert again == transforms.TanhTransform()


def test_shapes_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match="ends in"):
        transforms.ReshapeTransform((3,), (3, 1)).forward_shape((2, 4))
    with pytest.raises(ValueError, match="numbers of elements"):
        transforms.ReshapeTransform((3,), (4,))
    with pytest.raises(ValueError, match="vectors"):
        transforms.StickBreakingTransform().forward_shape(())
    with pytest.raises(ValueError, match="whole n"):
        transforms.CorrCholeskyTransform().forward_shape((4,))
    with pytest.raises(ValueError, match="square"):
        transforms.CorrCholeskyTransform().inverse_shape((2, 3))
    with pytest.raises(ValueError, match="dimensions"):
        transforms.IndependentTransform(transforms.ExpTransform(), 1)(autograd.tensor(1.0))
    with pytest.raises(NotImplementedError, match="no sign"):
        _ = transforms.AbsTransform().sign
    with pytest.raises(NotImplementedError, match="log_abs_det_jacobian"):
        transforms.SoftmaxTransform().log_abs_det_jacobian(autograd.zeros(2), autograd.zeros(2))


CONSTRAINTS = {
    "real": "real", "positive": "positive", "nonnegative": "nonnegative", "unit_interval": "unit_interval",
    "greater_than": "greater_than(1.5)", "greater_than_eq": "greater_than_eq(-1.0)", "less_than": "less_than(2.0)",
    "interval": "interval(-1.0, 3.0)", "half_open_interval": "half_open_interval(0.0, 3.0)", "simplex": "simplex",
    "real_vector": "real_vector", "independent": "independent(c.positive, 1)", "corr_cholesky": "corr_cholesky",
    "lower_cholesky": "lower_cholesky", "positive_definite": "positive_definite",
    "positive_semidefinite": "positive_semidefinite", "cat": "cat([c.positive, c.real], -1, [1, 2])",
    "stack": "stack([c.positive, c.real, c.unit_interval], -1)",
}  # fmt: skip


@pytest.mark.parametrize("registry", ["biject_to", "transform_to"])
@pytest.mark.parametrize("name", CONSTRAINTS)
def test_registries_lead_where_torchs_do(name: str, registry: str) -> None:
    torch = torch_or_skip()
    results = []
    for engine, package in ((autograd, distributions), (torch, torch.distributions)):
        constraint = eval("c." + CONSTRAINTS[name], {"c": package.constraints})
        try:
            transform = getattr(package, registry)(constraint)
        except NotImplementedError:
            results.append(None)
            continue
        x = engine.tensor(MATRIX if transform.domain.event_dim == 2 else X)
        y = transform(x)
        assert bool(constraint.check(y).all())
        results.append((repr(transform), y))
    if results[1] is None:
        assert results[0] is None
        return
    assert results[0][0] == results[1][0]
    assert_same(results[0][1], results[1][1])


def test_a_constraint_of_ones_own_is_registered() -> None:
    class Even(constraints.Constraint):
        pass

    with pytest.raises(NotImplementedError, match="Even"):
        distributions.biject_to(Even())
    registry = distributions.constraint_registry.ConstraintRegistry()

    @registry.register(Even)
    def to_even(constraint: Any) -> transforms.Transform:
        return transforms.AffineTransform(0.0, 2.0)

    assert registry(Even()) == transforms.AffineTransform(0.0, 2.0)
    with pytest.raises(TypeError, match="Constraint"):
        registry.register(3, to_even)


def test_a_distribution_function_that_falls_is_turned_round() -> None:
    d = distributions.TransformedDistribution(distributions.Exponential(1.0), [transforms.AffineTransform(0.0, -1.0)])
    value = autograd.tensor(-0.5)
    assert float(d.cdf(value)) == pytest.approx(np.exp(-0.5))
    assert float(d.icdf(d.cdf(value))) == pytest.approx(-0.5)


def test_a_transform_of_ones_own_as_scripts_write_it() -> None:
    class Squash(transforms.Transform):
        domain = constraints.real
        codomain = constraints.interval(-1.0, 1.0)
        bijective = True
        sign = +1

        def _call(self, x: Any) -> Any:
            return x.tanh()

        def _inverse(self, y: Any) -> Any:
            return y.atanh()

        def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
            return 2.0 * (np.log(2.0) - x - transforms.softplus(-2.0 * x))

    class SquashedNormal(distributions.transformed_distribution.TransformedDistribution):
        def __init__(self, loc: Any, scale: Any) -> None:
            self.loc, self.scale = loc, scale
            super().__init__(distributions.Normal(loc, scale), [Squash(cache_size=1)])

        @property
        def mean(self) -> Any:
            return self.transforms[0](self.loc)

    loc, scale = (autograd.tensor(x, requires_grad=True) for x in (X, np.full(X.shape, 0.5)))
    d = SquashedNormal(loc, scale)
    x = d.rsample()
    expected = distributions.TransformedDistribution(distributions.Normal(loc, scale), transforms.TanhTransform())
    np.testing.assert_allclose(host(d.log_prob(x)), host(expected.log_prob(x.detach())), rtol=1e-9)
    d.log_prob(x).sum().backward()
    assert loc.grad is not None
    assert d.mean.shape == loc.shape

    class Own(constraints.Constraint):
        def __init__(self) -> None:
            self.event_dim = 1

    assert (Own().event_dim, Own().is_discrete) == (1, False)
