"""An array, a list or a tensor of PyTorch in place of each tensor that a function takes.

Every row of the table of operations is called so. What PyTorch refuses is refused here, with the way out; arrays may
stand where numbers may.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autograd
from tests.helpers.operation import Call, Draw, Fixed, Operation
from tests.helpers.oracle import torch_or_skip
from tests.helpers.table import TABLE

pytestmark = pytest.mark.cpu_only

NAMES = {row.name: row for row in reversed(TABLE)}
FOREIGN: dict[str, tuple[Callable[[np.ndarray], Any], str]] = {
    "array": (lambda x: x, "autograd.tensor(x) makes a Tensor of it"),
    "list": (lambda x: x.tolist(), "autograd.tensor(x) makes a Tensor of it"),
    "torch": (lambda x: torch_or_skip().tensor(x), "autograd.from_numpy(x.numpy()) makes one"),
}
# Where a list is as good as a tensor, in PyTorch or for an index.
LISTS = {("index_put", 1)}
EQUATION = {("einsum", 0)}  # operands are said to be no equation


def _is_array(x: Any) -> bool:
    return isinstance(x, np.ndarray | Fixed)


def _host(x: Any) -> np.ndarray:
    array = x.array if isinstance(x, Fixed) else x
    return array.astype(np.float32) if array.dtype.kind == "f" else array


def _made(x: Any, make: Callable[[np.ndarray], Any]) -> Any:
    """The argument with all arrays in it made into something else."""
    if isinstance(x, list | tuple):
        return type(x)(_made(each, make) for each in x)
    return make(_host(x)) if _is_array(x) else x


def _swapped(call: Call, make: Callable[[np.ndarray], Any]) -> Iterator[tuple[Any, tuple, dict[str, Any]]]:
    """The arguments with one of the arrays made otherwise than the rest, for each of them."""
    args, kwargs = _made(call.args, autograd.tensor), {k: _made(x, autograd.tensor) for k, x in call.kwargs.items()}
    for i, x in enumerate(call.args):
        if _is_array(x):
            yield i, (*args[:i], make(_host(x)), *args[i + 1 :]), kwargs
        elif isinstance(x, list | tuple):
            for j, each in enumerate(x):
                if _is_array(each):
                    inner = [*args[i][:j], make(_host(each)), *args[i][j + 1 :]]
                    yield i, (*args[:i], inner, *args[i + 1 :]), kwargs
    for name, x in call.kwargs.items():
        if _is_array(x):
            yield name, args, {**kwargs, name: make(_host(x))}


def _function(name: str) -> Callable[..., Any]:
    found: Any = autograd
    for part in name.split("."):
        found = __import__("nn") if part == "nn" else getattr(found, part)
    return found  # type: ignore[no-any-return]


@pytest.mark.parametrize("kind", FOREIGN)
@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_tensor_is_refused_with_the_way_out(name: str, kind: str) -> None:
    row: Operation = NAMES[name]
    make, way_out = FOREIGN[kind]
    call = next(iter(row.samples(Draw())))
    for where, args, kwargs in _swapped(call, make):
        if (name, where) in EQUATION or (kind == "list" and (name, where) in LISTS):
            continue
        result = _outcome(name, args, kwargs)
        if isinstance(result, Exception):
            assert isinstance(result, TypeError), f"argument {where}: {result!r}"
            assert way_out in str(result), f"argument {where}: {result}"
            continue
        assert kind == "array", f"argument {where} is taken"
        of_tensors = {key: _made(x, autograd.tensor) for key, x in call.kwargs.items()}
        expected = _outcome(name, _made(call.args, autograd.tensor), of_tensors)
        pairs = zip(result, expected, strict=True) if isinstance(result, tuple) else [(result, expected)]
        for ours, tensors in pairs:
            assert isinstance(ours, autograd.Tensor)
            assert ours.dtype is tensors.dtype
            np.testing.assert_array_equal(ours.numpy(), tensors.numpy())


def _outcome(name: str, args: tuple, kwargs: dict[str, Any]) -> Any:
    """What the call gives, or the error that it raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _function(name)(*args, **kwargs)
        except Exception as error:
            return error
