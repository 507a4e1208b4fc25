"""assert_close and make_tensor against torch.testing: what passes, what fails, and with what message."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from tests.helpers.oracle import torch_or_skip

nan, inf = float("nan"), float("inf")
CASES: dict[str, Callable[[Any, Any, Any], None]] = {
    "far": lambda T, t, close: close(t([1.0, 2.0]), t([1.0, 2.1])),
    "scalars": lambda T, t, close: close(t(1.0), t(2.0)),
    "integers": lambda T, t, close: close(t([1, 2]), t([1, 3])),
    "bools": lambda T, t, close: close(t([True, False]), t([True, True])),
    "half": lambda T, t, close: close(t([1.0, 2.0]).half(), t([1.0, 2.1]).half()),
    "complex": lambda T, t, close: close(t([1 + 1j]), t([2 + 0j])),
    "dtype": lambda T, t, close: close(t([1.0]), t([1.0], dtype=T.float64)),
    "shape": lambda T, t, close: close(t([1.0]), t([1.0, 2.0])),
    "any dtype": lambda T, t, close: close(t([1, 2]), t([1.0, 2.0]), check_dtype=False),
    "scalars of any dtype": lambda T, t, close: close(t(3), t(4.0), check_dtype=False),
    "strides": lambda T, t, close: close(
        t([[1.0, 2.0], [3.0, 4.0]]), t([[1.0, 3.0], [2.0, 4.0]]).t(), check_stride=True
    ),
    "numbers": lambda T, t, close: close(1.0, 1.1),
    "integer numbers": lambda T, t, close: close(1, 2),
    "kinds of numbers": lambda T, t, close: close(1, 1.0),
    "booleans": lambda T, t, close: close(True, False),
    "none": lambda T, t, close: close(None, None),
    "none and one": lambda T, t, close: close(None, 1),
    "in a list": lambda T, t, close: close([t(1.0), t([2.0, 3.0])], [t(1.0), t([2.0, 4.0])]),
    "in a nest": lambda T, t, close: close({"a": [t(1.0)]}, {"a": [t(2.0)]}),
    "keys": lambda T, t, close: close({"a": 1}, {"b": 1}),
    "lengths": lambda T, t, close: close([1], [1, 2]),
    "tuple and list": lambda T, t, close: close((1, 2), [1, 2]),
    "arrays": lambda T, t, close: close(np.ones(2), np.zeros(2)),
    "array and tensor": lambda T, t, close: close(np.ones(2), t([1.0, 1.0])),
    "tensor and number": lambda T, t, close: close(t(1.0), 1.0),
    "text": lambda T, t, close: close("a", "a"),
    "nan": lambda T, t, close: close(t([nan]), t([nan])),
    "equal nan": lambda T, t, close: close(t([nan]), t([nan]), equal_nan=True),
    "infinities": lambda T, t, close: close(t([inf]), t([inf])),
    "one infinity": lambda T, t, close: close(t([1.0, inf]), t([1.0, 2.0])),
    "zero expected": lambda T, t, close: close(t([0.0, 1.0]), t([0.0, 0.0])),
    "a matrix": lambda T, t, close: close(t([[1.0, 2.0], [3.0, 4.0]]), t([[1.0, 3.0], [2.0, 4.0]])),
    "exactly": lambda T, t, close: close(t(1.0), t(2.0), rtol=0, atol=0),
    "one tolerance": lambda T, t, close: close(t(1.0), t(2.0), rtol=0.1),
    "wide": lambda T, t, close: close(t([1.0]), t([2.0]), rtol=1, atol=0),
    "a message": lambda T, t, close: close(t(1.0), t(2.0), msg="not close"),
    "a function of it": lambda T, t, close: close(t(1.0), t(2.0), msg=lambda m: "first\n" + m),
}


@pytest.mark.cpu_only
@pytest.mark.parametrize("name", CASES)
def test_as_torch(name: str) -> None:
    torch = torch_or_skip()

    def outcome(T: Any) -> str:
        try:
            CASES[name](T, T.tensor, T.testing.assert_close)
        except (AssertionError, TypeError, ValueError) as error:
            message = str(error).replace("autograd.", "torch.").replace("engine.tensor.", "")
            return f"{type(error).__name__}: {message}"
        return "passes"

    assert outcome(autograd) == outcome(torch)


@pytest.mark.parametrize("name", ["float32", "float16", "int64", "uint8", "int8", "bool", "complex64"])
def test_make_tensor(name: str) -> None:
    kind = getattr(autograd, name)
    x = autograd.testing.make_tensor((4, 6), dtype=kind, device="cpu", noncontiguous=True)
    assert (x.shape, x.dtype, x.is_contiguous()) == ((4, 6), kind, False)
    y = autograd.testing.make_tensor(1000, dtype=kind, low=0, high=2, exclude_zero=True)
    assert bool((y != 0).all())
    if not kind.is_complex:
        assert (y.min() > 0, y.max() <= 2) == (True, True)


def test_mistakes_of_make_tensor() -> None:
    with pytest.raises(ValueError, match="`low` must be less than `high`"):
        autograd.testing.make_tensor(2, dtype=autograd.float32, low=3, high=1)
    with pytest.raises(ValueError, match="requires_grad"):
        autograd.testing.make_tensor(2, dtype=autograd.int64, requires_grad=True)


def test_assert_allclose() -> None:
    autograd.testing.assert_allclose([1.0, 2.0], autograd.tensor([1.0, 2.0]))
    with pytest.raises(AssertionError, match="not close"):
        autograd.testing.assert_allclose(autograd.ones(2), autograd.zeros(2))
