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


def test_scripts_of_signal_processing() -> None:
    """A filter in the frequency domain, learned."""
    autograd.manual_seed(0)
    signal = autograd.randn(8, 64, dtype=autograd.float64)
    kernel = autograd.zeros(64, dtype=autograd.float64)
    kernel[:3] = autograd.tensor([0.5, 0.3, 0.2])
    wanted = autograd.fft.irfft(autograd.fft.rfft(signal) * autograd.fft.rfft(kernel), n=64)
    response = autograd.zeros(33, dtype=autograd.complex128, requires_grad=True)
    import optim

    optimizer = optim.SGD([response], lr=2.0)
    for _ in range(300):
        optimizer.zero_grad()
        loss = (autograd.fft.irfft(autograd.fft.rfft(signal) * response, n=64) - wanted).square().mean()
        loss.backward()
        optimizer.step()
    assert loss.item() < 1e-6
    np.testing.assert_allclose(host(autograd.fft.irfft(response.detach(), n=64))[:3], [0.5, 0.3, 0.2], atol=0.05)


def test_stft_and_back() -> None:
    x = autograd.randn(2, 50, dtype=autograd.float64)
    window = autograd.hann_window(16, dtype=autograd.float64)
    spectra = autograd.stft(x, 16, 4, window=window, return_complex=True)
    np.testing.assert_allclose(host(autograd.istft(spectra, 16, 4, window=window, length=50)), host(x), atol=1e-12)


WINDOWS = ("bartlett", "blackman", "cosine", "exponential", "gaussian", "hamming", "hann", "kaiser", "nuttall")


@pytest.mark.parametrize("name", WINDOWS)
def test_windows_are_torchs(name: str) -> None:
    torch = torch_or_skip()
    for count in (0, 1, 2, 7):
        for sym in (True, False):
            ours = getattr(autograd.signal.windows, name)(count, sym=sym, dtype=autograd.float64)
            theirs = getattr(torch.signal.windows, name)(count, sym=sym, dtype=torch.float64)
            np.testing.assert_allclose(host(ours), host(theirs), atol=1e-12)
    if name in ("bartlett", "blackman", "hamming", "hann", "kaiser"):
        for periodic in (True, False):
            ours = getattr(autograd, f"{name}_window")(6, periodic)
            theirs = getattr(torch, f"{name}_window")(6, periodic)
            assert ours.dtype is autograd.float32
            np.testing.assert_allclose(host(ours), host(theirs), atol=1e-6)


def test_frequencies_are_torchs() -> None:
    torch = torch_or_skip()
    for n in (1, 4, 5):
        for name in ("fftfreq", "rfftfreq"):
            ours, theirs = getattr(autograd.fft, name)(n, 0.5), getattr(torch.fft, name)(n, 0.5)
            np.testing.assert_allclose(host(ours), host(theirs))


def test_errors_of_transforms() -> None:
    x = autograd.ones(4)
    with pytest.raises(RuntimeError, match="norm is"):
        autograd.fft.fft(x, norm="both")
    with pytest.raises(RuntimeError, match="data points"):
        autograd.fft.rfft(x, 0)
    with pytest.raises(OperationError, match="expected a real tensor"):
        autograd.fft.rfft(x * 1j)
    with pytest.raises(RuntimeError, match="twice"):
        autograd.fft.fftn(autograd.ones(2, 2), dim=(0, 0))
    with pytest.raises(OperationError, match="float16"):
        autograd.fft.fft(x.half())


def test_as_strided_reads_the_elements_in_order() -> None:
    torch = torch_or_skip()
    x = np.arange(12.0).reshape(3, 4)
    ours = autograd.as_strided(autograd.tensor(x), (2, 3), (1, 2), 1)
    np.testing.assert_array_equal(host(ours), host(torch.as_strided(torch.tensor(x), (2, 3), (1, 2), 1)))
    with pytest.raises(OperationError, match="C order"):
        autograd.as_strided(autograd.tensor(x).T, (2,), (1,))
    with pytest.raises(OperationError, match="beyond"):
        autograd.as_strided(autograd.tensor(x), (2, 12), (1, 1))
