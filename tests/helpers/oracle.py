"""PyTorch as the oracle: the same call there and here. Tests that need it skip, saying so, where it is missing."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
import nn
import optim

HERE = {"nn": nn, "optim": optim}


def torch_or_skip() -> Any:
    return pytest.importorskip("torch", reason="PyTorch, the oracle, is not installed: pip install torch==2.13.0")


def here(name: str) -> Callable[..., Any]:
    """The function called `name` in this engine: `add`, or `nn.functional.relu`."""
    first, *rest = name.split(".")
    start = HERE[first] if first in HERE else getattr(autograd, first)
    return functools.reduce(getattr, rest, start)


def there(name: str) -> Callable[..., Any]:
    """The function called `name` in torch, its advice about newer names left out."""
    function = functools.reduce(getattr, name.split("."), torch_or_skip())

    def quiet(*args: Any, **kwargs: Any) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            return function(*args, **kwargs)

    return quiet


def convert(value: Any, make: Callable[[np.ndarray], Any]) -> Any:
    """Nested arguments with their arrays made into tensors."""
    if isinstance(value, np.ndarray):
        return make(value)
    if isinstance(value, list | tuple):
        return type(value)(convert(each, make) for each in value)
    return value


def host(x: Any) -> np.ndarray:
    """The values of a tensor of either engine."""
    return x.detach().cpu().numpy(force=True)  # torch has tensors that are zero without memory


def as_list(result: Any) -> list[Any]:
    """The tensors of a result, which may nest."""
    if not isinstance(result, tuple | list):
        return [result]
    return [each for part in result for each in as_list(part)]


def assert_same(ours: Any, theirs: Any, rtol: float = 1e-9, atol: float = 1e-11, what: str = "") -> None:
    """Equal shape, dtype and, within rounding, values."""
    assert tuple(ours.shape) == tuple(theirs.shape), f"{what}: shape {tuple(ours.shape)}, torch's {tuple(theirs.shape)}"
    assert str(ours.dtype).split(".")[1] == str(theirs.dtype).split(".")[1], (
        f"{what}: {ours.dtype}, torch's {theirs.dtype}"
    )
    np.testing.assert_allclose(host(ours), host(theirs), rtol=rtol, atol=atol, err_msg=what)
