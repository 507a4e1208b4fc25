"""Complex numbers: what the table of operations does not show."""

from __future__ import annotations

import numpy as np
import pytest

import autograd
from autograd import BackwardError, OperationError
from tests.helpers.oracle import host, torch_or_skip


def z(*values: complex, grad: bool = False) -> autograd.Tensor:
    return autograd.tensor(np.array(values), requires_grad=grad)


def test_dtypes_and_promotion() -> None:
    torch = torch_or_skip()
    assert autograd.tensor([1 + 2j]).dtype is autograd.complex64
    assert autograd.tensor(1j).is_complex()
    assert (autograd.complex64.to_real(), autograd.float64.to_complex()) == (autograd.float32, autograd.complex128)
    names = ("bool", "uint8", "int64", "float16", "float32", "float64", "complex64", "complex128")
    for a in names:
        for b in names:
            if {a, b} == {"float16", "complex64"}:
                continue
            ours = autograd.promote_types(getattr(autograd, a), getattr(autograd, b))
            assert (
                str(ours).split(".")[1] == str(torch.promote_types(getattr(torch, a), getattr(torch, b))).split(".")[1]
            )
    assert (autograd.ones(2, dtype=autograd.float64) * 1j).dtype is autograd.complex128
    assert (autograd.ones(2, dtype=autograd.int64) + 1j).dtype is autograd.complex64


@pytest.mark.cpu_only
def test_printing_is_torchs() -> None:
    torch = torch_or_skip()
    for values in ([1 + 2j, 3 - 1j, 0j], [1.5 + 2j, -3j], [[1j, 2.25], [3, 4 - 1e-3j]], 1 + 1j):
        assert repr(autograd.tensor(values)) == repr(torch.tensor(values))


def test_parts_are_views() -> None:
    x = z(1 + 2j, 3 - 1j)
    x.real[0] = 5.0
    x.imag.mul_(2)
    assert x.tolist() == [5 + 4j, 3 - 2j]
    pairs = autograd.view_as_real(x)
    pairs[1, 0] = -1.0
    assert x[1].item() == -1 - 2j
    assert autograd.view_as_complex(pairs)[1].item() == -1 - 2j


def test_a_loss_must_be_real() -> None:
    x = z(1 + 2j, grad=True)
    with pytest.raises(BackwardError, match="only for real outputs"):
        x.sum().backward()
    x.abs().sum().backward()
    np.testing.assert_allclose(host(x.grad), np.array([1 + 2j]) / np.sqrt(5))


def test_gradient_descent_goes_downhill() -> None:
    """The gradient is dL/d(re) + i dL/d(im): a step against it reduces the loss."""
    x = z(1 + 2j, -1j, grad=True)
    target = z(0.5 - 1j, 2.0)
    for _ in range(100):
        loss = (x - target).abs().square().sum()
        (g,) = autograd.grad(loss, x)
        x = (x - 0.1 * g).detach().requires_grad_()
    np.testing.assert_allclose(host(x), host(target), atol=1e-8)


@pytest.mark.parametrize("name", ["relu", "floor", "lt", "maximum", "erf", "amax", "median"])
def test_what_is_not_defined_is_refused(name: str) -> None:
    x = z(1 + 2j, 3j, grad=True)
    function = getattr(autograd, name)

    def learn() -> None:
        found = function(x, x) if name in ("lt", "maximum") else function(x)
        found.abs().sum().backward()

    with pytest.raises((OperationError, BackwardError)):
        learn()
