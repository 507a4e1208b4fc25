"""repr is torch's, but for the name of the package."""

from __future__ import annotations

import numpy as np
import pytest

import autograd
from tests.helpers.oracle import torch_or_skip

pytestmark = pytest.mark.cpu_only

VALUES = [
    "tensor(3.5)",
    "tensor(3)",
    "tensor(True)",
    "tensor([1.0, 2.0])",
    "tensor([1, -2, 30])",
    "tensor([True, False])",
    "tensor([])",
    "zeros(0, 3)",
    "zeros(2, 0)",
    "tensor([0.1, 0.25, 1000.5])",
    "tensor([1e-8, 1.0])",
    "tensor([1e10, 1.0])",
    "tensor([float('nan'), 1.0])",
    "tensor([float('inf'), -1.5])",
    "tensor([float('inf'), 1.0])",
    "tensor(float('nan'))",
    "tensor([1.0, 2.5], dtype=torch.float64)",
    "tensor([1], dtype=torch.int32)",
    "tensor([1.5], dtype=torch.float16)",
    "tensor([[1.0, 2.0], [3.0, 4.0]])",
    "tensor(x[:2, :3, :2])",
    "tensor(x)",
    "tensor(x).float()",
    "arange(5)",
    "arange(2000)",
    "arange(1200).reshape(30, 40)",
    "arange(3000.).reshape(3, 10, 100)",
    "zeros(3, 3)",
    "ones(2, 2, requires_grad=True)",
    "ones(2, requires_grad=True) * 2",
    "arange(100.)",
    "tensor([-0.0, 0.0])",
    "tensor([1e-5])",
    "tensor([123456789.0])",
    "tensor([0.00001, 0.0001])",
    "tensor([99999.0, 0.5])",
    "tensor(-1.5, requires_grad=True)",
    "tensor([[[1]]])",
    "ones(2, requires_grad=True).sum()",
    "tensor([0.0, float('nan')])",
    "full((2, 2), 1e20)",
    "tensor([1e-45])",
    "eye(3, dtype=torch.int64)",
    "tensor([100000000, 1])",
    "linspace(0, 1, 40)",
]


@pytest.mark.parametrize("value", VALUES)
def test_repr_is_torch(value: str) -> None:
    torch = torch_or_skip()
    x = np.random.default_rng(0).normal(size=(3, 4, 5)) * 10
    ours = eval(f"torch.{value}", {"torch": autograd, "x": x})
    theirs = eval(f"torch.{value}", {"torch": torch, "x": x})
    assert repr(ours) == repr(theirs).replace("torch.", "autograd.")
    assert str(ours) == repr(ours)


def test_options_are_torch() -> None:
    torch = torch_or_skip()
    x = np.random.default_rng(0).normal(size=(4, 30))
    for options in (
        {"precision": 2},
        {"threshold": 10, "edgeitems": 2},
        {"linewidth": 60},
        {"sci_mode": True},
        {"profile": "short"},
        {"profile": "full"},
    ):
        try:
            autograd.set_printoptions(**options)
            torch.set_printoptions(**options)
            assert repr(autograd.tensor(x)) == repr(torch.tensor(x)).replace("torch.", "autograd.")
        finally:
            autograd.set_printoptions(profile="default")
            torch.set_printoptions(profile="default")


def test_other_reprs() -> None:
    assert repr(autograd.float32) == "autograd.float32"
    assert repr(autograd.device("cuda:1")) == "device(type='cuda', index=1)"
    assert str(autograd.device("cpu")) == "cpu"
    x = autograd.ones(1, requires_grad=True)
    assert repr((x * 2).grad_fn) == "<MulBackward0 object>"
