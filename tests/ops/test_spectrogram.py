"""Short-time spectra and the way back."""

from __future__ import annotations

import numpy as np

import autograd
from tests.helpers.oracle import host


def test_stft_and_back() -> None:
    x = autograd.randn(2, 50, dtype=autograd.float64)
    window = autograd.hann_window(16, dtype=autograd.float64)
    spectra = autograd.stft(x, 16, 4, window=window, return_complex=True)
    np.testing.assert_allclose(host(autograd.istft(spectra, 16, 4, window=window, length=50)), host(x), atol=1e-12)
