"""Factorisations: what they promise, their derivatives by gauge-free functions, and errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd
from autograd import linalg
from autograd.testing import gradcheck, gradgradcheck
from tests.helpers.oracle import host, torch_or_skip


def double(*shape: int, seed: int = 0) -> autograd.Tensor:
    values = np.random.default_rng(seed).normal(size=shape)
    return autograd.tensor(values, requires_grad=True)


def positive(x: Any) -> Any:
    return x @ x.mT + 2 * autograd.eye(x.shape[-1], dtype=x.dtype)


def hermitian(x: Any) -> Any:
    """A positive definite matrix of pairs."""
    z = autograd.view_as_complex(x)
    return z @ z.mH + 2 * autograd.eye(z.shape[-1], dtype=z.dtype)


def rebuilt(values: Any, vectors: Any) -> Any:
    """The sine of a Hermitian matrix."""
    return (vectors * values.sin()) @ vectors.mH


def singular(z: Any) -> Any:
    """Functions of singular vectors and values: the longer vectors' span, and products of both."""
    u, s, vh = linalg.svd(z, full_matrices=False)
    return (u * s.sin()) @ vh, u.abs(), vh.abs(), (u * s) @ u.mH, (vh.mH * s) @ vh


def apart(x: Any) -> Any:
    """A matrix whose eigenvalues are not close to each other."""
    return 0.3 * x + autograd.diag(autograd.tensor([1.0, 3.0, 6.0], dtype=autograd.float64)).to(x.dtype)


def general(x: Any) -> Any:
    """The sine of a matrix, and the lengths of the parts of its eigenvectors."""
    values, vectors = linalg.eig(x)
    return (vectors * values.sin()) @ linalg.inv(vectors), vectors.abs()


CASES = {
    "cholesky": (lambda x: linalg.cholesky(positive(x)), (3, 3)),
    "cholesky, batched, upper": (lambda x: linalg.cholesky(positive(x), upper=True), (2, 2, 2)),
    "qr, tall": (lambda x: linalg.qr(x), (4, 2)),
    "qr, square": (lambda x: linalg.qr(x), (3, 3)),
    "qr, wide": (lambda x: linalg.qr(x), (2, 4)),
    "qr, batched": (lambda x: linalg.qr(x), (2, 3, 2)),
    "eigh": (lambda x: linalg.eigh(x + x.mT), (3, 3)),
    "eigh, batched": (lambda x: linalg.eigh(x + x.mT), (2, 2, 2)),
    "eigvalsh": (lambda x: linalg.eigvalsh(x + x.mT), (3, 3)),
    "svd, tall": (lambda x: linalg.svd(x, full_matrices=False), (4, 2)),
    "svd, wide": (lambda x: linalg.svd(x, full_matrices=False), (2, 4)),
    "svd, square": (lambda x: linalg.svd(x, full_matrices=False), (3, 3)),
    "lstsq, tall": (lambda x: linalg.lstsq(x, autograd.ones(4, 1, dtype=x.dtype)).solution, (4, 2)),
    "lstsq, wide": (lambda x: linalg.lstsq(x, autograd.ones(2, 1, dtype=x.dtype)).solution, (2, 4)),
    "logdet": (lambda x: linalg.logdet(positive(x)), (3, 3)),
    "matrix_exp": (lambda x: linalg.matrix_exp(x * 3), (3, 3)),
    # Of complex matrices, given as pairs: functions of the vectors that do not depend on their angles.
    "complex cholesky": (lambda x: linalg.cholesky(hermitian(x)), (3, 3, 2)),
    "complex qr": (lambda x: linalg.qr(autograd.view_as_complex(x)), (3, 2, 2)),
    "complex eigh": (lambda x: rebuilt(*linalg.eigh(hermitian(x))), (3, 3, 2)),
    "complex eigenvectors": (lambda x: linalg.eigh(hermitian(x))[1].abs(), (3, 3, 2)),
    "complex svd, tall": (lambda x: singular(autograd.view_as_complex(x)), (4, 2, 2)),
    "complex svd, wide": (lambda x: singular(autograd.view_as_complex(x)), (2, 4, 2)),
    "eig": (lambda x: general(apart(x)), (3, 3)),
    "complex eig": (lambda x: general(apart(autograd.view_as_complex(x))), (3, 3, 2)),
    "complex slogdet": (lambda x: linalg.slogdet(autograd.view_as_complex(x)), (3, 3, 2)),
}


@pytest.mark.parametrize("name", CASES)
def test_derivatives(name: str) -> None:
    function, shape = CASES[name]
    x = double(*shape)
    assert gradcheck(function, x)
    assert gradgradcheck(function, x, atol=1e-4)


def test_factors_are_what_they_promise() -> None:
    x = double(2, 4, 3).detach()
    q, r = linalg.qr(x)
    assert autograd.allclose(q @ r, x)
    assert autograd.allclose(q.mT @ q, autograd.eye(3, dtype=x.dtype).expand(2, 3, 3))
    assert autograd.allclose(r, r.triu())
    u, s, vh = linalg.svd(x)
    assert u.shape == (2, 4, 4)
    assert autograd.allclose(u[..., :3] * s.unsqueeze(-2) @ vh, x)
    a = positive(double(2, 3, 3).detach())
    lower = linalg.cholesky(a)
    assert autograd.allclose(lower @ lower.mT, a)
    values, vectors = linalg.eigh(a)
    assert autograd.allclose(a @ vectors, vectors * values.unsqueeze(-2))
    assert autograd.allclose(linalg.pinv(x) @ x, autograd.eye(3, dtype=x.dtype).expand(2, 3, 3))
    assert linalg.matrix_rank(autograd.ones(3, 3)).item() == 1


def test_gradients_are_torch() -> None:
    """Of functions that do not depend on the signs of the vectors."""
    torch = torch_or_skip()
    values = np.random.default_rng(1).normal(size=(4, 3))
    losses = {
        "svd": lambda t, x: ((p := t.linalg.svd(x, full_matrices=False))[0] ** 2 * p[1]).sum() + (p[2] ** 4).sum(),
        "qr": lambda t, x: ((p := t.linalg.qr(x))[0] ** 2).sum(1).sin().sum() + (p[1] ** 2).sum(),
        "eigh": lambda t, x: ((p := t.linalg.eigh(x.mT @ x))[1] ** 4 * p[0]).sum(),
        "lstsq": lambda t, x: (t.linalg.lstsq(x, x[:, :1] * x[:, 1:2].sin())[0] ** 2).sum(),
    }
    for name, loss in losses.items():
        gradients = []
        for engine in (autograd, torch):
            x = engine.tensor(values, requires_grad=True)
            loss(engine, x).backward()
            gradients.append(host(x.grad))
        np.testing.assert_allclose(*gradients, rtol=1e-7, atol=1e-9, err_msg=name)


@pytest.mark.numbers
@pytest.mark.parametrize("rank", [0, 1, 2, 3])
@pytest.mark.parametrize("function", [linalg.det, lambda x: x.prod(), lambda x: x.cumprod(1)])
def test_polynomials_have_derivatives_of_every_order_where_factors_are_zero(function: Any, rank: int) -> None:
    weight = autograd.tensor(np.random.default_rng(rank).normal(size=(3, 3)))

    @autograd.enable_grad()
    def slope(x: Any) -> Any:
        (g,) = autograd.grad((function(x) ** 2 + function(x)).sum(), x, create_graph=True)
        return g * weight

    x = autograd.tensor(np.diag([1.0, 2.0, -1.5]) * (np.arange(3) < rank), requires_grad=True)
    assert gradcheck(function, x)
    assert gradgradcheck(function, x)
    assert gradgradcheck(lambda x: slope(x if x.requires_grad else x.requires_grad_()), x)


@pytest.mark.cpu_only
def test_errors() -> None:
    with pytest.raises(autograd.OperationError, match=r"inv: expected square matrices .*got shape \(2, 3\)"):
        linalg.inv(autograd.ones(2, 3))
    with pytest.raises(autograd.OperationError, match="inv.*[Ss]ingular"):
        linalg.inv(autograd.zeros(2, 2))
    with pytest.raises(autograd.OperationError, match="cholesky.*positive"):
        linalg.cholesky(-autograd.eye(2))
    with pytest.raises(autograd.OperationError, match="floating"):
        linalg.det(autograd.ones(2, 2, dtype=autograd.int64))
    with pytest.raises(autograd.OperationError, match="einsum"):
        autograd.einsum("ij,jk->ik", autograd.ones(2, 3), autograd.ones(2, 3))
    with pytest.raises(autograd.OperationError, match="einsum"):
        autograd.einsum("ij->ik", autograd.ones(2, 3))
