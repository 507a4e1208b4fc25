"""Windows are torch's."""

from __future__ import annotations

import numpy as np
import pytest

import autograd
from tests.helpers.oracle import host, torch_or_skip

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
