"""torch's names from before there were dtypes."""

from __future__ import annotations

import pytest

import autograd

pytestmark = pytest.mark.cpu_only  # results are compared as NumPy's arrays


def test_constructors() -> None:
    assert autograd.LongTensor([1, 2]).dtype is autograd.int64
    assert autograd.DoubleTensor(2, 3).shape == (2, 3)
    assert autograd.BoolTensor([0, 1]).tolist() == [False, True]
    assert autograd.FloatTensor([1]).dtype is autograd.float32
    assert isinstance(autograd.ones(2), autograd.FloatTensor)
    assert not isinstance(autograd.ones(2), autograd.LongTensor | autograd.cuda.FloatTensor)
    x = autograd.ones(2)
    autograd.FloatTensor(x)[0] = 5  # it has the memory of x
    assert x.tolist() == [5, 1]
    with pytest.raises(TypeError, match="expected a tensor of autograd.int64, got one of autograd.float32"):
        autograd.LongTensor(x)


def test_the_kind_of_a_tensor() -> None:
    torch = autograd
    x = torch.ones(2, dtype=torch.float64, device="cpu")
    assert x.type() == torch.typename(x) == "torch.DoubleTensor"
    for kind, dtype in [
        (torch.FloatTensor, torch.float32),
        ("torch.LongTensor", torch.int64),
        (torch.ByteTensor, torch.uint8),
        (torch.int8, torch.int8),
        ("torch.BoolTensor", torch.bool),
        (torch.Tensor, torch.float32),
    ]:
        assert x.type(kind).dtype is dtype
    with pytest.raises(ValueError, match="kind of tensor"):
        x.type("torch.QuantTensor")


def test_the_default_kind() -> None:
    torch = autograd
    torch.set_default_tensor_type(torch.DoubleTensor)
    try:
        assert torch.zeros(1).dtype is torch.float64
    finally:
        torch.set_default_tensor_type("torch.FloatTensor")
    assert torch.zeros(1).dtype is torch.float32


def test_kinds_on_a_gpu() -> None:
    torch = autograd
    assert repr(torch.cuda.FloatTensor) == "<class 'torch.cuda.FloatTensor'>"
    if not torch.cuda.is_available():
        with pytest.raises(RuntimeError, match="cuda"):
            torch.ones(2).type(torch.cuda.LongTensor)
        return
    x = torch.ones(2).type(torch.cuda.LongTensor)
    assert (x.type(), x.dtype) == ("torch.cuda.LongTensor", torch.int64)
