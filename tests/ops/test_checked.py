"""Matrices without an inverse or a factor: LinAlgError, or where they are in `info`, as torch says it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd
from autograd.linalg import LinAlgError
from autograd.testing import gradcheck
from tests.helpers.oracle import host, torch_or_skip

pytestmark = pytest.mark.cpu_only

BATCH = [[[2.0, 0.0], [0.0, 2.0]], [[0.0, 0.0], [0.0, 0.0]], [[1.0, 2.0], [2.0, 4.0]], [[4.0, 2.0], [2.0, -3.0]]]
CALLS = {
    "inv_ex": lambda module, a, **options: module.linalg.inv_ex(a, **options),
    "cholesky_ex": lambda module, a, **options: module.linalg.cholesky_ex(a, **options),
    "cholesky_ex upper": lambda module, a, **options: module.linalg.cholesky_ex(a, upper=True, **options),
    "lu_factor_ex": lambda module, a, **options: module.linalg.lu_factor_ex(a, **options),
    "solve_ex": lambda module, a, **options: module.linalg.solve_ex(a, module.ones(2, 3).to(a.dtype), **options),
    "solve_ex of vectors": lambda m, a, **options: m.linalg.solve_ex(a, m.ones(4, 2).to(a.dtype)[: len(a)], **options),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("dtype", ["float32", "float64", "complex128"])
def test_info_is_torchs(call: str, dtype: str) -> None:
    torch = torch_or_skip()
    found, expected = (CALLS[call](m, m.tensor(BATCH, dtype=getattr(m, dtype))) for m in (autograd, torch))
    assert all(hasattr(expected, name) for name in found._fields)
    assert host(found.info).tolist() == expected.info.tolist()
    assert found.info.dtype == autograd.int32
    sound = expected.info == 0
    np.testing.assert_allclose(host(found[0])[sound.numpy()], expected[0][sound].numpy(), rtol=1e-6)
    if call != "lu_factor_ex":
        assert np.isnan(host(found[0])[~sound.numpy()]).all()


@pytest.mark.parametrize("call", CALLS)
def test_asked_to_check_it_raises(call: str) -> None:
    with pytest.raises(LinAlgError):
        CALLS[call](autograd, autograd.tensor(BATCH), check_errors=True)


@pytest.mark.parametrize("call", CALLS)
def test_a_matrix_alone_and_none(call: str) -> None:
    assert (
        CALLS[call](
            autograd, autograd.tensor(BATCH[:1])[0] if "vector" not in call else autograd.tensor(BATCH[:1])
        ).info.sum()
        == 0
    )
    assert CALLS[call](autograd, autograd.zeros(0, 2, 2)).info.shape == (0,)


@pytest.mark.parametrize("call", ["inv_ex", "cholesky_ex", "solve_ex"])
def test_the_sound_matrices_have_gradients(call: str) -> None:
    def sound(x: autograd.Tensor) -> Any:
        return CALLS[call](autograd, x + x.mT)[0][0]

    assert gradcheck(sound, autograd.tensor(BATCH, dtype=autograd.float64, requires_grad=True))


@pytest.mark.parametrize(
    "call",
    [
        "linalg.inv(a)",
        "linalg.cholesky(a)",
        "linalg.solve(a, b)",
        "linalg.svd(a * float('nan'))",
        "linalg.tensorinv(a[1], ind=1)",
        "linalg.matrix_power(a, -1)",
        "cholesky_inverse(a[1])",
        "linalg.pinv(a * float('nan'))",
    ],
)
def test_it_raises_what_torch_raises(call: str) -> None:
    for module in (autograd, torch_or_skip()):
        with pytest.raises(module.linalg.LinAlgError) as caught:
            eval(f"m.{call}", {"m": module, "a": module.tensor(BATCH), "b": module.ones(4, 2, 1)})
        assert isinstance(caught.value, RuntimeError)
