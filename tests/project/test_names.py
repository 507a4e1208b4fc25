"""Names and keywords that scripts written for torch use."""

from __future__ import annotations

import math

import pytest

import autograd
from tests.helpers.oracle import torch_or_skip


def test_numpys_keywords() -> None:
    x = autograd.arange(6.0).reshape(2, 3)
    assert x.sum(axis=0).tolist() == [3.0, 5.0, 7.0]
    assert x.mean(axis=1, keepdims=True).shape == (2, 1)
    assert autograd.max(x, axis=1).values.tolist() == [2.0, 5.0]
    assert autograd.cat([x, x], axis=1).shape == (2, 6)
    assert autograd.softmax(x, axis=1).sum().item() == pytest.approx(2.0)
    with pytest.raises(TypeError):
        x.sum(axes=0)


def test_torch_autograd() -> None:
    torch = autograd
    x = torch.ones(2, requires_grad=True)
    assert torch.autograd.grad((x * 3).sum(), x)[0].tolist() == [3.0, 3.0]
    assert torch.autograd.Function is autograd.Function
    assert torch.autograd.functional.jacobian(lambda x: x * 2, x).shape == (2, 2)


def test_constants_and_limits() -> None:
    torch = torch_or_skip()
    assert (autograd.pi, autograd.inf, autograd.e) == (math.pi, math.inf, math.e)
    assert math.isnan(autograd.nan)
    for name in ("float16", "float32", "float64"):
        ours, theirs = autograd.finfo(getattr(autograd, name)), torch.finfo(getattr(torch, name))
        for attribute in ("eps", "max", "min", "tiny", "bits", "resolution", "smallest_normal", "dtype"):
            assert getattr(ours, attribute) == getattr(theirs, attribute), attribute
    for name in ("int8", "uint8", "int64"):
        ours, theirs = autograd.iinfo(getattr(autograd, name)), torch.iinfo(getattr(torch, name))
        assert (ours.max, ours.min, ours.bits) == (theirs.max, theirs.min, theirs.bits)
    with pytest.raises(TypeError, match="iinfo"):
        autograd.finfo(autograd.int64)
