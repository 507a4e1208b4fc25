"""A device's own kernels agree with the portable references: NumPy's and numba's with those of `Backend`."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import autograd
import nn
from autograd.backend import Backend, get_backend, malloc
from autograd.backend.numpy import NumpyBackend
from autograd.backend.special import erf
from tests.helpers.oracle import host

pytestmark = pytest.mark.cpu_only

CPU = get_backend("cpu")
FAST = pytest.param(True, marks=pytest.mark.skipif(not CPU.loops, reason="numba is not installed"))


@pytest.fixture(params=[FAST, False], ids=["numba", "numpy"])
def backend(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Backend:
    """The CPU's backend with and without compiled kernels."""
    if not request.param:
        monkeypatch.setattr(NumpyBackend, "loops", {})
    return CPU


WINDOWS = [
    ((3, 3), (1, 1), (1, 1)),
    ((2, 2), (2, 2), (1, 1)),
    ((3, 2), (2, 1), (1, 2)),
    ((2, 3), (3, 3), (2, 1)),
    ((2, 2), (2, 2), (2, 2)),
]


@pytest.mark.parametrize(("kernel", "stride", "dilation"), WINDOWS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_windows(backend: Backend, rng: np.random.Generator, kernel, stride, dilation, dtype) -> None:
    x = rng.normal(size=(2, 8, 7, 3)).astype(dtype)
    windows = backend.unfold(x, kernel, stride, dilation)
    np.testing.assert_array_equal(windows, Backend.unfold(backend, x, kernel, stride, dilation))
    assert windows.flags.c_contiguous
    g = rng.normal(size=windows.shape).astype(dtype)
    folded = backend.fold(g, (8, 7), stride, dilation)
    np.testing.assert_allclose(folded, Backend.fold(backend, g, (8, 7), stride, dilation), rtol=1e-5, atol=1e-5)
    # They are adjoint: <unfold x, g> = <x, fold g>.
    np.testing.assert_allclose((windows * g).sum(), (x * folded).sum(), rtol=1e-3)


@pytest.mark.parametrize(("kernel", "stride", "dilation"), WINDOWS)
@pytest.mark.parametrize("padding", [(0, 0), (1, 1)])
def test_max_pool(backend: Backend, rng: np.random.Generator, kernel, stride, dilation, padding) -> None:
    x = rng.integers(0, 4, size=(2, 3, 8, 7)).astype(np.float32)  # with ties
    x[0, 0, :4, :4] = -np.inf
    x[1, 1, 2, 2:4] = np.nan
    if padding != (0, 0):
        x[:, :, [0, -1]] = x[:, :, :, [0, -1]] = -np.inf
    windows = kernel, stride, dilation
    best, place = backend.max_pool(x, *windows, padding)
    expected, at = Backend.max_pool(backend, x, *windows, padding)
    np.testing.assert_array_equal(best, expected)
    np.testing.assert_array_equal(place, at)
    g = rng.normal(size=best.shape).astype(np.float32)
    ours = backend.max_scatter(g, place, x.shape[2:], *windows)
    np.testing.assert_allclose(ours, Backend.max_scatter(backend, g, place, x.shape[2:], *windows), atol=1e-6)


@pytest.mark.parametrize("shape", [(7,), (80, 90), (8, 30, 9, 5)])
@pytest.mark.parametrize("order", ["C", "F", "sliced"])
def test_gate_positive(backend: Backend, rng: np.random.Generator, shape, order) -> None:
    g, x = (rng.normal(size=shape).astype(np.float32) for _ in range(2))
    x.flat[0] = np.nan
    if order == "F":
        g, x = np.asfortranarray(g), np.asfortranarray(x)
    elif order == "sliced":
        g, x = g[::2], x[::2]
    np.testing.assert_array_equal(backend.gate_positive(g, x), np.where(x > 0, g, 0))


def test_random_words_are_numpys_philox() -> None:
    """The portable generator, the CPU's, and numpy.random.Philox give the same words, in any portions."""
    expected = np.random.Philox(key=[42, 0], counter=[5, 0, 0, 0]).random_raw(40)
    for words in (CPU.random_bits, lambda state, count: Backend.random_bits(CPU, state, count)):
        state = np.array([42, 5], np.uint64)
        np.testing.assert_array_equal(words(state, 10), expected[:10])
        assert state.tolist() == [42, 8]  # whole blocks of four
        np.testing.assert_array_equal(words(state, 28), expected[12:40])
    halves = [
        f(np.array([7, 0], np.uint64), 11) for f in (CPU.random_halves, lambda s, n: Backend.random_halves(CPU, s, n))
    ]
    np.testing.assert_array_equal(*halves)
    assert halves[0].max() < 2**24


def test_random_numbers_are_the_same_on_every_device() -> None:
    pytest.importorskip("array_api_strict")
    for draw in (
        lambda d: autograd.rand(7, device=d),
        lambda d: autograd.randn(7, device=d),
        lambda d: autograd.randint(0, 100, (9,), device=d),
        lambda d: autograd.randperm(9, device=d),
        lambda d: nn.functional.dropout(autograd.ones(50, device=d), 0.5),
    ):
        autograd.manual_seed(11)
        here = host(draw("cpu"))
        autograd.manual_seed(11)
        np.testing.assert_allclose(host(draw("strict")), here, rtol=1e-6)


def test_indexing_kernels(rng: np.random.Generator) -> None:
    x = rng.normal(size=(4, 5))
    for index in (
        (np.array([0, 2, 2]),),
        (np.array([0, 1]), np.array([3, 3])),
        (slice(None), np.array([1, 1])),
        (x > 0,),
    ):
        value = rng.normal(size=x[index].shape)
        ours, reference = np.zeros_like(x), np.zeros_like(x)
        CPU.index_add(ours, index, value)
        Backend.index_add(CPU, reference, index, value)
        np.testing.assert_allclose(ours, reference, atol=1e-12)
    along = rng.integers(0, 5, size=(3, 2))
    np.testing.assert_array_equal(CPU.take_along(x, along, 1), Backend.take_along(CPU, x, along, 1))
    ours, reference = np.zeros_like(x), np.zeros_like(x)
    value = rng.normal(size=(3, 2))
    CPU.add_along(ours, along, value, 1)
    Backend.add_along(CPU, reference, along, value, 1)
    np.testing.assert_allclose(ours, reference, atol=1e-12)


def test_erf_is_exact_to_rounding() -> None:
    import math

    x = np.concatenate([np.linspace(-7, 7, 2001), [0.0, 1e-300, 0.5, 4.0, np.inf, -np.inf]])
    expected = np.array([math.erf(each) for each in x])
    np.testing.assert_allclose(erf(np, x), expected, rtol=1e-15, atol=1e-300)
    assert np.isnan(erf(np, np.array([np.nan]))).all()
    np.testing.assert_allclose(erf(np, x.astype(np.float32)), expected, rtol=3e-7, atol=1e-38)


# Memory


PAGE_FAULTS = """
import resource, sys
import numpy as np
import autograd
from autograd.backend import malloc

def step():
    return sum(float(each[0]) for each in [np.ones(1 << 20) for _ in range(4)])

step()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(10):
    step()
print(malloc.keep_freed_memory(), resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="malloc is not glibc's")
def test_freed_memory_is_kept_for_the_next_step() -> None:
    def faults(**environment: str) -> list[str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")} | environment
        run = subprocess.run(
            [sys.executable, "-c", PAGE_FAULTS], cwd=Path(__file__).parents[2], env=own, capture_output=True, text=True
        )
        assert not run.returncode, run.stderr
        return run.stdout.split()

    kept, few = faults()
    assert (kept, int(few) < 1000) == ("True", True), few
    for left in ({"AUTOGRAD_KEEP_MEMORY": "0"}, {"MALLOC_ARENA_MAX": "2"}):
        kept, many = faults(**left)
        assert (kept, int(many) > 10 * int(few)) == ("False", True), many


def test_what_is_no_amount_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOGRAD_KEEP_MEMORY", "1 GB")
    with pytest.raises(RuntimeError, match="AUTOGRAD_KEEP_MEMORY: expected a number of MiB, got '1 GB'"):
        malloc.keep_freed_memory()
