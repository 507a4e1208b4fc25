"""Who shares memory with whom: for every operation of the table, as torch's, and known to the version counters.

A result that looks at its input's memory is a view: a write into either is seen, and counted, by both. Any other
result has memory of its own. A `view` of a result is a view, whatever order the result lies in.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import autograd
from tests.helpers.calls import arguments, ours, theirs
from tests.helpers.operation import Draw, Operation
from tests.helpers.oracle import as_list, here, there, torch_or_skip
from tests.helpers.table import EVERY

# Views in torch, computed at once here.
COPIED_HERE = {"adjoint", "conj"}


def transposed(x: Any) -> Any:
    """The same matrix or stack of matrices, its rows lying where columns lay."""
    if isinstance(x, list | tuple):
        return type(x)(transposed(each) for each in x)
    if not hasattr(x, "requires_grad") or x.ndim < 2:
        return x
    return x.detach().mT.contiguous().clone().mT.requires_grad_(x.requires_grad)


def tensors(values: Any) -> list[Any]:
    return [x for x in as_list(list(values)) if hasattr(x, "requires_grad")]


def calls(row: Operation, make: Any, name: Any, order: str) -> Iterator[tuple[list[Any], list[Any]]]:
    """The inputs and outputs of the row's samples."""
    for call in row.samples(Draw()):
        args, kwargs = arguments(call, make)
        if order == "transposed":
            args, kwargs = transposed(args), {key: transposed(x) for key, x in kwargs.items()}
        yield tensors([*args, *kwargs.values()]), tensors(as_list(name(*args, **kwargs)))


def same_memory(x: Any, y: Any) -> bool:
    """Whether the two have an element in common, here or in torch."""
    if not x.numel() or not y.numel():
        return False
    if isinstance(x, autograd.Tensor):
        return np.shares_memory(x._array, y._array)
    return x.untyped_storage().data_ptr() == y.untyped_storage().data_ptr()


def sharing(inputs: list[Any], outputs: list[Any]) -> list[tuple[int, int]]:
    return [(i, j) for i, x in enumerate(inputs) for j, y in enumerate(outputs) if same_memory(x, y)]


@pytest.mark.cpu_only
@pytest.mark.parametrize("order", ["C", "transposed"])
@pytest.mark.parametrize("row", EVERY)
def test_shares_memory_as_torch_does_and_says_so(row: Operation, order: str) -> None:
    torch_or_skip()
    try:
        expected = [sharing(*pair) for pair in calls(row, theirs(grad=False), there(row.name), order)]
    except RuntimeError:  # torch has no answer for transposed inputs
        return
    for (inputs, outputs), pairs in zip(calls(row, ours(grad=False), here(row.name), order), expected, strict=True):
        for i, j in sharing(inputs, outputs):
            assert inputs[i]._memory is outputs[j]._memory, f"output {j} shares input {i}'s memory and doesn't know it"
        found = sharing(inputs, outputs)
        copied = row.name in COPIED_HERE and any(x.is_complex() for x in inputs)
        assert found == ([] if copied else pairs)
        _write_and_look(inputs, outputs, found)


def _write_and_look(inputs: list[Any], outputs: list[Any], found: list[tuple[int, int]]) -> None:
    """What shares memory sees a write, and counts it; what does not share does neither."""
    for j, out in enumerate(outputs):
        if not out.numel() or not out._backend.exclusive(out._array) or not out._array.flags.writeable:
            continue
        before = [(np.array(x._array), x._version) for x in inputs]
        out.copy_(out == 0)  # every element changes
        for i, (x, (values, version)) in enumerate(zip(inputs, before, strict=True)):
            seen = not np.array_equal(values, x._array, equal_nan=values.dtype.kind in "fc")
            assert seen == ((i, j) in found), f"a write into output {j} and input {i}"
            assert (x._version > version) == (x._memory is out._memory)


@pytest.mark.cpu_only
@pytest.mark.parametrize("order", ["C", "transposed"])
@pytest.mark.parametrize("row", EVERY)
def test_a_view_of_a_result_is_a_view(row: Operation, order: str) -> None:
    """A write into `out.view(-1)` is one into `out`, wherever torch has such a view."""
    torch_or_skip()
    try:
        pairs = zip(
            calls(row, theirs(grad=False), there(row.name), order),
            calls(row, ours(grad=False), here(row.name), order),
            strict=True,
        )
        results = [(torchs, mine) for (_, torchs), (_, mine) in pairs]
    except RuntimeError:
        return
    for torchs, mine in results:
        for expected, out in zip(torchs, mine, strict=True):
            if expected.numel() < 2 or expected.is_conj() or not out._array.flags.writeable:
                continue
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    expected.view(-1)
            except RuntimeError:
                continue
            flat = out.view(-1)
            flat.copy_(flat == 0)
            assert np.array_equal(np.array(flat._array), np.array(out.detach().numpy()).reshape(-1), equal_nan=True)
            assert out.is_contiguous() or not expected.is_contiguous()
