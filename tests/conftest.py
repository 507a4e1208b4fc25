"""`--device cuda` runs the same tests on a GPU; `--device strict` on a namespace that is the array API and no more,
`--device guard` on one that has CuPy's names and keywords and no more.
"""

from __future__ import annotations

import importlib.metadata
import json
import platform
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
from tests.helpers import guard_backend, published_data, strict_backend

OUTCOMES = ("passed", "failed", "error", "skipped", "xfailed")

guard_backend.register()
strict_backend.register()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--published", default=None, help="a folder with clones of published repositories; see tests/published"
    )
    parser.addoption("--device", default="cpu", help="where the tests' tensors live: cpu, cuda, strict, guard")
    parser.addoption(
        "--sweep",
        default="test",
        choices=("test", "ci", "all"),
        help="how much of the slow sweeps to run: a sample of each (make test), a larger one (.ci/run), all of them",
    )
    parser.addoption("--record", default=None, help="a file for the date, the tier and the counts of this run")
    parser.addoption("--fuzz", type=int, default=None, help="how many random programs, whatever --sweep says")


def pytest_configure(config: pytest.Config) -> None:
    published_data.FOLDER = config.getoption("--published")
    config.addinivalue_line("markers", "cpu_only: about NumPy, host memory or the CPU's kernels")
    config.addinivalue_line("markers", "numbers: about values, which a stand-in for a GPU computes as the CPU does")
    autograd.set_default_device(config.getoption("--device"))


def pytest_terminal_summary(terminalreporter: Any, exitstatus: int, config: pytest.Config) -> None:
    """What was run, when and on what, if `--record` asks for it: the repository keeps that of the last full run."""
    path = config.getoption("--record")
    if path is None:
        return
    counts = {kind: len(reports) for kind, reports in terminalreporter.stats.items() if kind in OUTCOMES}
    made = {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "sweep": config.getoption("--sweep"),
        "device": config.getoption("--device"),
        "passed whole": exitstatus == 0,
        **counts,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "torch": _version("torch"),
    }
    Path(path).write_text(json.dumps(made, indent=1) + "\n")


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


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


@pytest.fixture(scope="session")
def sweep(request: pytest.FixtureRequest) -> Callable[[int, int, int], int]:
    """How much a slow sweep does in this tier: `sweep(3, 30, 3000)` is 3 in make test, 30 in .ci/run, 3000 in make test-all."""

    def amount(test: int, ci: int, all: int) -> int:
        return {"test": test, "ci": ci, "all": all}[request.config.getoption("--sweep")]

    return amount


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture
def float64():  # type: ignore[no-untyped-def]
    """float64 as the default dtype, for this test."""
    autograd.set_default_dtype(autograd.float64)
    yield autograd.float64
    autograd.set_default_dtype(autograd.float32)
