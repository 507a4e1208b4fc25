"""Binary cross entropy where its inputs are 0 or 1, and outside."""

from __future__ import annotations

import numpy as np
import pytest

import autograd
import nn.functional as F
from autograd import OperationError
from autograd.testing import gradcheck, gradgradcheck
from tests.helpers.oracle import host, torch_or_skip


@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_binary_cross_entropy_after_a_saturated_sigmoid(kind: str) -> None:
    """A prediction that is right and sure leaves finite gradients of first and second order: torch's."""
    torch = torch_or_skip()
    logits, targets = [-20.0, 40.0, 900.0, -900.0, 8.0, 0.5], [0.0, 1.0, 1.0, 0.0, 0.0, 0.3]
    found = []
    for library, functional, grad in (
        (autograd, F, autograd.grad),
        (torch, torch.nn.functional, torch.autograd.grad),
    ):
        x = library.tensor(logits, dtype=getattr(library, kind), requires_grad=True)
        t = library.tensor(targets, dtype=x.dtype)
        loss = functional.binary_cross_entropy(x.sigmoid(), t, reduction="none")
        (slope,) = grad(loss.sum(), x, create_graph=True)
        (curvature,) = grad((slope * slope).sum(), x)
        found.append([host(each) for each in (loss, slope, curvature)])
    for mine, theirs in zip(*found, strict=True):
        assert np.isfinite(mine).all()
        # A unit in the last place of sigmoid(8) is 4e-4 of what is missing to 1; torch adds 1e-12 to a denominator.
        np.testing.assert_allclose(mine, theirs, rtol=1e-3 if kind == "float32" else 1e-4, atol=1e-9)


@pytest.mark.numbers
def test_weights_of_positives_are_differentiated_too() -> None:
    x, t = (autograd.randn(2, 3, dtype=autograd.float64, requires_grad=True) for _ in range(2))
    for shape in ((3,), (), (2, 1), (2, 2, 3)):
        w = (autograd.rand(shape, dtype=autograd.float64) + 0.5).requires_grad_()
        assert gradcheck(lambda x, t, w: F.binary_cross_entropy_with_logits(x, t, pos_weight=w), (x, t, w))
        assert gradgradcheck(lambda x, t, w: F.binary_cross_entropy_with_logits(x, t, pos_weight=w), (x, t, w))


@pytest.mark.cpu_only
def test_binary_cross_entropy_takes_probabilities() -> None:
    x, t = autograd.tensor([0.0, 1.0]), autograd.tensor([1.0, 0.0])
    for wrong in ([1.5, 0.5], [-0.1, 0.5], [float("nan"), 0.5]):
        with pytest.raises(OperationError, match=r"binary_cross_entropy: expected numbers from 0 to 1 as input, found"):
            F.binary_cross_entropy(autograd.tensor(wrong), t)
        with pytest.raises(
            OperationError, match=r"binary_cross_entropy: expected numbers from 0 to 1 as target, found"
        ):
            F.binary_cross_entropy(x, autograd.tensor(wrong))
    assert F.binary_cross_entropy(x, t).item() == 100.0
    assert F.binary_cross_entropy(autograd.zeros(0), autograd.zeros(0), reduction="sum").item() == 0.0
    step = autograd.capture.record(lambda p: F.binary_cross_entropy(p, t))
    assert [step(x).item() for _ in range(3)] == [100.0] * 3
    assert step.replayed
