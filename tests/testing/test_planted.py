"""Does the checker find what is wrong, name it, and print what reproduces it? And does it leave right functions alone?"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

hypothesis = pytest.importorskip("hypothesis")

from autograd.testing import GradcheckError, GradientError, assert_gradients  # noqa: E402
from tests.testing import planted  # noqa: E402

pytestmark = pytest.mark.cpu_only  # users' functions, some by way of NumPy


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every third of the wrong and every second of the right functions in make test, all in the larger tiers."""
    every = {"test": {"wrong": 3, "right": 2}}.get(metafunc.config.getoption("--sweep"), {"wrong": 1, "right": 1})
    for name, cases in (("wrong", planted.WRONG), ("right", planted.RIGHT)):
        if name in metafunc.fixturenames:
            chosen = cases[:: every[name]]
            metafunc.parametrize(name, chosen, ids=[case.name.replace(" ", "-") for case in chosen])


def without_numbers(message: str) -> str:
    return re.sub(r"-?\b(\d[\d.e+-]*|inf|nan)", "#", message)


def test_wrong_functions_are_found_named_and_reproduced(wrong: planted.Case) -> None:
    with pytest.raises(GradientError) as caught:
        # The search ends at the first counterexample; what is drawn until then may depend on what else is imported.
        assert_gradients(wrong.function, *wrong.strategies, order=wrong.order, max_examples=2000)
    report, _, printed = str(caught.value).partition("\n\nto reproduce:\n")
    heading, *blamed = report.rpartition("\n\n")[2].splitlines()
    assert heading.endswith(":")
    assert wrong.guilty in "\n".join(blamed), report
    named = [line for line in blamed if re.search(r"(called|,) at .*:\d+: |^ +a hook", line)]
    assert named, report
    assert all(wrong.guilty.removesuffix("Backward") in line for line in named), f"innocents are named:\n{report}"

    with pytest.raises(GradcheckError) as again:
        exec("\n".join(line.removeprefix("    ") for line in printed.splitlines()), dict(vars(planted)))
    said, found = str(again.value).rpartition("\ninputs:")[0], report.split("\n\n")[1]
    if "not deterministic" in found:
        said, found = without_numbers(said), without_numbers(found)
    assert said == found, printed


def test_right_functions_raise_no_alarm(right: planted.Case, sweep: Callable[[int, int, int], int]) -> None:
    assert_gradients(right.function, *right.strategies, order=right.order, max_examples=sweep(10, 50, 50))


def test_there_are_enough() -> None:
    assert len(planted.WRONG) >= 60
    assert len(planted.RIGHT) >= 60
    assert len({id(case.function) for case in planted.WRONG}) == len(planted.WRONG)
