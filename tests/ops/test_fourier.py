"""Fourier transforms: a filter that is learned, frequencies, errors."""

from __future__ import annotations

import numpy as np
import pytest

import autograd
import optim
from autograd import OperationError
from tests.helpers.oracle import host, torch_or_skip


def test_scripts_of_signal_processing() -> None:
    """A filter in the frequency domain, learned."""
    autograd.manual_seed(0)
    signal = autograd.randn(8, 64, dtype=autograd.float64)
    kernel = autograd.zeros(64, dtype=autograd.float64)
    kernel[:3] = autograd.tensor([0.5, 0.3, 0.2])
    wanted = autograd.fft.irfft(autograd.fft.rfft(signal) * autograd.fft.rfft(kernel), n=64)
    response = autograd.zeros(33, dtype=autograd.complex128, requires_grad=True)
    optimizer = optim.SGD([response], lr=2.0)
    for _ in range(300):
        optimizer.zero_grad()
        loss = (autograd.fft.irfft(autograd.fft.rfft(signal) * response, n=64) - wanted).square().mean()
        loss.backward()
        optimizer.step()
    assert loss.item() < 1e-6
    np.testing.assert_allclose(host(autograd.fft.irfft(response.detach(), n=64))[:3], [0.5, 0.3, 0.2], atol=0.05)


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
