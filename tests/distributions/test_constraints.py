"""Constraints: what lies inside, against torch's, and how they are shown."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd
from autograd import distributions
from autograd.distributions import constraints
from tests.helpers.oracle import host, torch_or_skip

NUMBERS = np.array([-1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, np.nan, np.inf])
VECTORS = np.array(
    [[0.2, 0.8, 0.0], [0.2, 0.7, 0.2], [0.0, 1.0, 0.0], [1.0, 1.0, 0.0], [-0.5, 1.0, 0.5], [2.0, 1.0, 0.0]]
)
MATRICES = np.array([
    [[1.0, 0.0], [0.6, 0.8]], [[1.0, 0.5], [0.5, 1.0]], [[1.0, 2.0], [2.0, 1.0]], [[1.0, 0.0], [0.5, 0.0]],
    [[-1.0, 0.0], [0.0, 1.0]], [[1.0, 1.0], [1.0, 1.0]], [[1.0, 0.3], [0.2, 1.0]],
])  # fmt: skip
CASES = {
    "boolean": NUMBERS, "nonnegative_integer": NUMBERS, "positive_integer": NUMBERS, "integer_interval(0, 1)": NUMBERS,
    "real": NUMBERS, "positive": NUMBERS, "nonnegative": NUMBERS, "greater_than(0.5)": NUMBERS, "greater_than_eq(0.5)": NUMBERS,
    "less_than(0.5)": NUMBERS, "unit_interval": NUMBERS, "interval(-0.5, 1.5)": NUMBERS, "half_open_interval(-0.5, 1.5)": NUMBERS,
    "_IntegerLessThan(1)": NUMBERS,
    "one_hot": VECTORS, "simplex": VECTORS, "multinomial(2)": VECTORS, "real_vector": VECTORS, "independent(c.positive, 1)": VECTORS,
    "independent(c.real, 2)": VECTORS, "cat([c.positive, c.real], -1, [1, 2])": VECTORS,
    "stack([c.positive, c.real, c.boolean], -1)": VECTORS, "cat([c.simplex] * 6)": VECTORS,
    "lower_triangular": MATRICES, "lower_cholesky": MATRICES, "corr_cholesky": MATRICES, "square": MATRICES, "symmetric": MATRICES,
    "positive_definite": MATRICES, "positive_semidefinite": MATRICES,
}  # fmt: skip


@pytest.mark.parametrize("text", CASES)
def test_what_lies_inside_is_what_torch_says(text: str) -> None:
    torch = torch_or_skip()
    ours, theirs = (eval("c." + text, {"c": package.constraints}) for package in (distributions, torch.distributions))
    rows = [CASES[text]]
    if text == "positive_definite" or text == "positive_semidefinite":
        rows = [each[None] for each in MATRICES]  # one asymmetric matrix among them ends the check of all
    for values in rows:
        found, expected = ours.check(autograd.tensor(values)), theirs.check(torch.tensor(values))
        np.testing.assert_array_equal(host(found), host(expected))
    assert (ours.is_discrete, ours.event_dim) == (theirs.is_discrete, theirs.event_dim)
    assert repr(ours) == repr(theirs)


def test_a_dependent_constraint_says_what_it_knows() -> None:
    known = constraints.dependent(is_discrete=True, event_dim=1)
    assert (known.is_discrete, known.event_dim) == (True, 1)
    assert constraints.is_dependent(known)
    assert not constraints.is_dependent(constraints.real)
    for attribute in ("is_discrete", "event_dim"):
        with pytest.raises(NotImplementedError, match=attribute):
            getattr(constraints.dependent, attribute)
    with pytest.raises(ValueError, match="dependent"):
        known.check(autograd.zeros(1))

    class Own:
        @constraints.dependent_property(is_discrete=False, event_dim=2)
        def support(self) -> Any:
            return constraints.positive

    assert constraints.is_dependent(Own.support)
    assert (Own.support.is_discrete, Own.support.event_dim) == (False, 2)
    assert Own().support is constraints.positive


def test_wrong_arguments() -> None:
    with pytest.raises(AssertionError):
        constraints.independent(3, 1)
    with pytest.raises(AssertionError):
        constraints.cat([constraints.real], lengths=[1, 2])
    with pytest.raises(ValueError, match="dimensions"):
        constraints.real_vector.check(autograd.tensor(1.0))
    assert not bool(constraints.square.check(autograd.zeros(2, 3)))
