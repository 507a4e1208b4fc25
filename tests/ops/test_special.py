"""Special functions against SciPy, where torch's own have fewer digits, at the edges of their domains."""

from __future__ import annotations

import math

import numpy as np
import pytest

import autograd
from autograd import OperationError
from autograd.testing import gradcheck
from tests.helpers.oracle import host

X = np.concatenate([[1e-12, 1e-5, 0.01], np.linspace(0.05, 60.0, 400), [1e3, 1e4]])


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("i0e", "i0e"),
        ("i1e", "i1e"),
        ("bessel_j0", "j0"),
        ("bessel_j1", "j1"),
        ("bessel_y0", "y0"),
        ("bessel_y1", "y1"),
        ("scaled_modified_bessel_k0", "k0e"),
        ("scaled_modified_bessel_k1", "k1e"),
        ("erfcx", "erfcx"),
        ("log_ndtr", "log_ndtr"),
        ("gammaln", "gammaln"),
        ("digamma", "digamma"),
    ],
)
def test_agrees_with_scipy(name: str, theirs: str) -> None:
    special = pytest.importorskip("scipy.special")
    found = host(getattr(autograd.special, name)(autograd.tensor(X)))
    np.testing.assert_allclose(found, getattr(special, theirs)(X), rtol=1e-12, atol=1e-13)


def test_the_airy_function_and_its_slope_agree_with_scipy() -> None:
    special = pytest.importorskip("scipy.special")
    x = autograd.tensor(np.concatenate([np.linspace(-40.0, 12.0, 2081), [60.0]]), requires_grad=True)
    found = autograd.special.airy_ai(x)
    found.sum().backward()
    assert x.grad is not None
    value, slope, _, _ = special.airy(host(x))
    np.testing.assert_allclose(host(found), value, rtol=2e-13, atol=1e-14)
    np.testing.assert_allclose(host(x.grad), slope, rtol=2e-13, atol=1e-13)


def test_incomplete_gamma_functions_agree_with_scipy() -> None:
    special = pytest.importorskip("scipy.special")
    a, x = np.meshgrid([0.01, 0.5, 1.0, 3.0, 20.0, 300.0], [0.0, 0.1, 1.0, 5.0, 30.0, 320.0, 1e4])
    for ours, theirs in ((autograd.igamma, special.gammainc), (autograd.igammac, special.gammaincc)):
        np.testing.assert_allclose(host(ours(autograd.tensor(a), autograd.tensor(x))), theirs(a, x), atol=1e-12)


@pytest.mark.parametrize(
    ("name", "at", "expected"),
    [
        ("i0", 0.0, 1.0),
        ("i1", 0.0, 0.0),
        ("bessel_j0", 0.0, 1.0),
        ("bessel_j0", math.inf, 0.0),
        ("bessel_y0", 0.0, -math.inf),
        ("bessel_y1", -1.0, math.nan),
        ("modified_bessel_k0", 0.0, math.inf),
        ("airy_ai", math.inf, 0.0),
        ("airy_ai", math.nan, math.nan),
        ("airy_ai", 0.0, 0.355028053887817239),
        ("erfcx", -30.0, math.inf),
        ("erfcx", 1e10, 5.641895835477563e-11),
        ("log_ndtr", -1e3, -500007.8266948121),
        ("ndtri", 1e-300, -37.0470962993612),
        ("ndtri", 5e-324, -38.467405617144344),
        ("ndtri", 1.0, math.inf),
        ("erfinv", -1.0, -math.inf),
        ("erfinv", 1.5, math.nan),
    ],
)
def test_edges(name: str, at: float, expected: float) -> None:
    found = getattr(autograd.special, name)(autograd.tensor(at, dtype=autograd.float64)).item()
    assert found == pytest.approx(expected, rel=1e-12, nan_ok=True)


def test_edges_of_functions_of_two() -> None:
    def of(function, a: float, x: float) -> float:  # type: ignore[no-untyped-def]
        return function(*(autograd.tensor(each, dtype=autograd.float64) for each in (a, x))).item()

    assert (of(autograd.igamma, 2.0, 0.0), of(autograd.igammac, 2.0, 0.0)) == (0.0, 1.0)
    assert (of(autograd.igamma, 2.0, math.inf), of(autograd.igamma, 0.0, 1.0)) == (1.0, 1.0)
    assert math.isnan(of(autograd.igamma, -1.0, 1.0))
    assert of(autograd.special.zeta, 2.0, 1.0) == pytest.approx(math.pi**2 / 6, rel=1e-14)
    assert (of(autograd.special.zeta, 1.0, 1.0), of(autograd.special.zeta, 2.0, -1.0)) == (math.inf, math.inf)
    assert math.isnan(of(autograd.special.zeta, 0.5, 1.0))


@pytest.mark.parametrize("function", [autograd.igamma, autograd.igammac])
def test_incomplete_gamma_functions_of_a_number_have_derivatives(function) -> None:  # type: ignore[no-untyped-def]
    x = autograd.tensor([0.4, 2.5], dtype=autograd.float64, requires_grad=True)
    assert gradcheck(lambda x: function(2.0, x), x)
    assert gradcheck(lambda x: function(autograd.tensor(2.0, dtype=autograd.float64), x), x)


@pytest.mark.parametrize("function", [autograd.igamma, autograd.igammac, autograd.special.zeta])
def test_unknown_derivatives_are_refused(function) -> None:  # type: ignore[no-untyped-def]
    a, x = (autograd.tensor([2.5], dtype=autograd.float64, requires_grad=True) for _ in range(2))
    with pytest.raises(OperationError, match="its derivative by its first argument is not known"):
        function(a, x).sum().backward()


def test_frexp_of_all_sizes() -> None:
    for kind in ("float32", "float64"):
        limits = np.finfo(kind)
        x = np.array([0.0, 1.0, -8.0, limits.max, limits.tiny, limits.tiny / 4, 0.1], dtype=kind)
        mantissa, exponent = autograd.frexp(autograd.tensor(x))
        expected = np.frexp(x)
        np.testing.assert_array_equal(host(mantissa), expected[0])
        np.testing.assert_array_equal(host(exponent), expected[1])
