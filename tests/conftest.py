"""`--device cuda` runs the same tests on a GPU; `--device strict` on a namespace that is the array API and no more,
`--device guard` on one that has CuPy's names and keywords and no more.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

import guard_backend
import published_data
import strict_backend

import autograd

guard_backend.register()
strict_backend.register()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--published", default=None, help="a folder with clones of published repositories; see test_published.py"
    )
    parser.addoption("--device", default="cpu", help="where the tests' tensors live: cpu, cuda, strict, guard")


def pytest_configure(config: pytest.Config) -> None:
    published_data.FOLDER = config.getoption("--published")
    config.addinivalue_line("markers", "cpu_only: about NumPy, host memory or the CPU's kernels")
    config.addinivalue_line("markers", "numbers: about values, which a stand-in for a GPU computes as the CPU does")
    autograd.set_default_device(config.getoption("--device"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    device = config.getoption("--device")
    if device == "cpu":
        return
    for item in items:
        if item.get_closest_marker("cpu_only") or isinstance(item, pytest.DoctestItem):
            item.add_marker(pytest.mark.skip(reason=f"about the CPU, not {device}"))
        if item.get_closest_marker("numbers") and device in ("strict", "guard"):
            item.add_marker(pytest.mark.skip(reason=f"about values, which {device} computes as the CPU does"))


@pytest.fixture(scope="session")
def device(request: pytest.FixtureRequest) -> autograd.device:
    return autograd.get_default_device()


@pytest.fixture(autouse=True)
def _fresh_start() -> None:
    """Every test begins with the same random numbers and the usual modes."""
    autograd.manual_seed(0)
    assert autograd.is_grad_enabled()
    assert autograd.get_default_dtype() is autograd.float32


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture
def float64():  # type: ignore[no-untyped-def]
    """float64 as the default dtype, for this test."""
    autograd.set_default_dtype(autograd.float64)
    yield autograd.float64
    autograd.set_default_dtype(autograd.float32)
