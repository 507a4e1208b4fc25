"""Random programs agree with PyTorch: in values, gradients, what hooks see, and in whether an error comes.

`--fuzz N` runs N of them. What fails is shrunk and printed as code.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

import autograd
import nn.functional
from tests.attacks.random_programs import Author, Machine, difference, execute, shrink
from tests.helpers.oracle import torch_or_skip

PARTS = 10  # so that the programs can be spread over processes


def theirs() -> Machine:
    torch = torch_or_skip()
    return Machine(torch, torch.nn.functional, torch.autograd.grad)


def ours() -> Machine:
    return Machine(autograd, nn.functional, autograd.grad)


def compare(lines: list[str]) -> str | None:
    """What is wrong with this program here."""
    expected = execute(lines, theirs())
    if any("NameError" in error for error in expected.errors.values()):
        return None  # a line that others need was left out
    return difference(lines, expected, execute(lines, ours()))


def attempt(seed: int) -> str | None:
    """Writes and compares one program; a failing one is returned as code."""
    lines = Author(seed, theirs()).write(4 + seed % 13)
    wrong = compare(lines)
    if wrong is None:
        return None
    kind = wrong.split(":")[0]
    lines = shrink(
        lines,
        lambda fewer: (
            (compare(fewer) or "").split(":")[0] == kind or (kind not in ("refused",) and compare(fewer) is not None)
        ),
    )
    return f"seed {seed}: {compare(lines)}\n    " + "\n    ".join(lines)


@pytest.mark.cpu_only
@pytest.mark.parametrize("part", range(PARTS))
def test_random_programs(part: int, sweep: Callable[[int, int, int], int], request: pytest.FixtureRequest) -> None:
    torch_or_skip()
    asked = request.config.getoption("--fuzz")
    count = asked if asked is not None else sweep(300, 1000, 20_000)
    failures = [found for seed in range(part, count, PARTS) if (found := attempt(seed)) is not None]
    assert not failures, f"{len(failures)} of {count // PARTS} programs:\n\n" + "\n\n".join(failures[:10])
