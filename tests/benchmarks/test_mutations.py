"""The script that breaks derivative rules finds them, breaks them, and mends them again."""

from __future__ import annotations

import pytest

import autograd
from autograd.testing import GradcheckError, gradcheck

pytestmark = pytest.mark.cpu_only


def test_rules_are_broken_and_mended() -> None:
    from benchmarks.mutations import mutants

    every = list(mutants())
    assert len(every) > 800
    kinds = {mutant.kind for mutant in every}
    assert {"sign flipped", "factor added", "a term dropped", "operands swapped", "broadcast sum left out"} <= kinds
    x = autograd.tensor([0.3, 1.2], dtype=autograd.float64, requires_grad=True)
    broken = [mutant for mutant in every if mutant.where == "autograd.ops.trigonometric.sin by x"]
    assert len(broken) >= 4
    for mutant in broken:
        mutant.put()
        try:
            with pytest.raises(GradcheckError):
                gradcheck(autograd.sin, x)
        finally:
            mutant.take()
        assert gradcheck(autograd.sin, x)
