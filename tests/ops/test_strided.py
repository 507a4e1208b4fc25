"""Strided reads of a tensor's elements."""

from __future__ import annotations

import numpy as np
import pytest

import autograd
from autograd import OperationError
from tests.helpers.oracle import host, torch_or_skip


def test_as_strided_reads_the_elements_in_order() -> None:
    torch = torch_or_skip()
    x = np.arange(12.0).reshape(3, 4)
    ours = autograd.as_strided(autograd.tensor(x), (2, 3), (1, 2), 1)
    np.testing.assert_array_equal(host(ours), host(torch.as_strided(torch.tensor(x), (2, 3), (1, 2), 1)))
    with pytest.raises(OperationError, match="C order"):
        autograd.as_strided(autograd.tensor(x).T, (2,), (1,))
    with pytest.raises(OperationError, match="beyond"):
        autograd.as_strided(autograd.tensor(x), (2, 12), (1, 1))
