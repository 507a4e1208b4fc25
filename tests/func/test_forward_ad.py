"""Dual tensors against torch.autograd.forward_ad."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import pytest

import autograd
from tests.helpers.oracle import torch_or_skip

pytestmark = pytest.mark.cpu_only  # results are compared as NumPy's arrays

X, V = np.array([[0.5, 1.5], [2.0, -1.0]]), np.array([[1.0, 0.0], [0.5, 2.0]])


def results(T: Any, ad: Any) -> list[Any]:
    x, v, w = T.tensor(X), T.tensor(V), T.tensor(X.T.copy())
    with ad.dual_level():
        a, b = ad.make_dual(x, v), ad.make_dual(w, 2 * v)
        made = [a, a * a, (a @ b).sin(), a.exp().sum(), a @ w, b + 1]
        found = [each for made_ in made for each in ad.unpack_dual(made_)]
        assert ad.unpack_dual(w * 2).tangent is None
    return found


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
def test_as_torch() -> None:
    torch = torch_or_skip()
    theirs = results(torch, importlib.import_module("torch.autograd.forward_ad"))
    for ours, expected in zip(results(autograd, autograd.forward_ad), theirs, strict=True):
        np.testing.assert_allclose(ours.detach().numpy(), expected.numpy(), rtol=1e-12)


def test_mistakes() -> None:
    ad = autograd.forward_ad
    x = autograd.ones(2)
    with pytest.raises(RuntimeError, match="no level exists"):
        ad.make_dual(x, x)
    with ad.dual_level():
        with pytest.raises(RuntimeError, match="Nested"):
            ad.enter_dual_level()
        with pytest.raises(RuntimeError, match="primal's shape"):
            ad.make_dual(x, x[:1])
        with pytest.raises(ValueError, match="floating point"):
            ad.make_dual(x.long(), x)
    with pytest.raises(RuntimeError, match="no such level"):
        ad.exit_dual_level()
