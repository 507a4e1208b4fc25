"""The LDL factorisation: it solves what it factored, and says where it can't."""

from __future__ import annotations

import numpy as np
import pytest

import autograd
from autograd.engine.errors import OperationError
from autograd.linalg import LinAlgError
from tests.helpers.oracle import host, torch_or_skip

pytestmark = pytest.mark.cpu_only


@pytest.mark.parametrize("hermitian", [False, True])
def test_what_is_solved_with_it(hermitian: bool) -> None:
    rng = np.random.default_rng(3)
    for size in range(1, 9):
        x = rng.normal(size=(5, size, size)) + 1j * rng.normal(size=(5, size, size))
        x[::2] *= 1 - np.eye(size) * (size > 1)  # zeros on the diagonal: blocks of two rows
        A = x + np.swapaxes(x.conj() if hermitian else x, -1, -2)
        b = rng.normal(size=(size, 2)) + 0j
        LD, pivots = autograd.linalg.ldl_factor(autograd.tensor(A), hermitian=hermitian)
        found = autograd.linalg.ldl_solve(LD, pivots, autograd.tensor(b), hermitian=hermitian)
        np.testing.assert_allclose(A @ host(found), np.broadcast_to(b, (5, size, 2)), atol=1e-9)


def test_a_zero_in_d() -> None:
    A = autograd.tensor([[1.0, 0.0], [0.0, 0.0]])
    expected = torch_or_skip().linalg.ldl_factor_ex(torch_or_skip().tensor([[1.0, 0.0], [0.0, 0.0]]))
    found = autograd.linalg.ldl_factor_ex(A)
    assert found.info.item() == expected.info.item() == 2
    assert found.pivots.tolist() == expected.pivots.tolist()
    for call in (autograd.linalg.ldl_factor, lambda A: autograd.linalg.ldl_factor_ex(A, check_errors=True)):
        with pytest.raises(LinAlgError, match="D has a zero"):
            call(A)


def test_pivots_that_are_none() -> None:
    for wrong in ([3, 1], [0, 1], [1, -2], [-1, -2]):
        with pytest.raises(OperationError, match="expected pivots as ldl_factor gives them"):
            autograd.linalg.ldl_solve(autograd.eye(2), autograd.tensor(wrong), autograd.ones(2, 1))
    with pytest.raises(OperationError, match=r"B \(\*, n, k\)"):
        autograd.linalg.ldl_solve(autograd.eye(2), autograd.tensor([1, 2]), autograd.ones(2))
