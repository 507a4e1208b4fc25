"""torch's random numbers beside this engine's, from the same seed."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest

import autograd
from tests.helpers.oracle import host, torch_or_skip

OF_MKL = "this PyTorch draws Bernoulli numbers from MKL's generator, as it does on Intel's processors"


@functools.cache
def chances_are_of_words() -> bool:
    """Whether PyTorch draws Bernoulli numbers, and with them dropout, from the words of its Mersenne Twister.

    Seen of four of them: they are those of 53-bit uniform numbers, and the generator has gone on by eight words.
    """
    torch = torch_or_skip()
    torch.manual_seed(0)
    drawn = torch.empty(4, dtype=torch.float64).uniform_() < 0.5
    torch.manual_seed(0)
    return bool((torch.empty(4).bernoulli_(0.5).bool() == drawn).all()) and _position(torch) == 8


def needs_torchs_chances() -> None:
    """Skips where PyTorch draws Bernoulli numbers from MKL's generator."""
    if not chances_are_of_words():
        pytest.skip(OF_MKL)


def _position(torch: Any) -> int:
    return int(torch.get_rng_state().numpy()[16:24].view(np.uint64)[0])


def same(ours: Any, theirs: Any, ulps: int = 4) -> None:
    """Two results, of tensors, with the same values and dtypes, up to the last digits of floating-point ones."""
    if isinstance(theirs, tuple | list):
        assert len(ours) == len(theirs)
        for a, b in zip(ours, theirs, strict=True):
            same(a, b, ulps)
        return
    a, b = host(ours), host(theirs)
    assert a.dtype == b.dtype
    assert a.shape == b.shape
    if a.dtype.kind in "fc":
        eps = np.finfo(a.dtype).eps
        np.testing.assert_allclose(a, b, rtol=ulps * eps, atol=ulps * eps)
    else:
        np.testing.assert_array_equal(a, b)


def same_state() -> None:
    """Both default generators are in the same state, byte by byte but for the last digits of the kept number."""
    ours, theirs = host(autograd.get_rng_state()), torch_or_skip().get_rng_state().numpy()
    kept = slice(5024, 5032)
    np.testing.assert_allclose(ours[kept].view(np.float64), theirs[kept].view(np.float64), rtol=1e-14)
    ours[kept] = theirs[kept] = 0
    np.testing.assert_array_equal(ours, theirs)
