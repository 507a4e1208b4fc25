"""Sparse tensors in place of dense ones, in every operation of the table: the same values, or an error that says so.

What is not defined for them must neither compute of the wrong numbers nor stop at a line that knows nothing of them.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import autograd
from tests.helpers.calls import arguments, leaves, ours
from tests.helpers.operation import Call, Draw, Operation
from tests.helpers.oracle import as_list, here, host
from tests.helpers.table import EVERY

# Of the elements that are there alone, as in torch.
OTHERWISE = {"softmax", "log_softmax", "nn.functional.softmax", "nn.functional.log_softmax"}


def sparse(x: Any) -> Any:
    """The sparse tensor of the same elements, uncoalesced: each of them in two halves."""
    if isinstance(x, list | tuple):
        return type(x)(map(sparse, x))
    if not isinstance(x, autograd.Tensor) or not x.ndim:
        return x
    made = x.detach().to_sparse()
    if x.is_floating_point():
        places = autograd.cat([made.indices(), made.indices()], 1)
        made = autograd.sparse_coo_tensor(places, autograd.cat([made.values() / 4, made.values() * 0.75]), x.shape)
    return made.requires_grad_(x.requires_grad)


def variants(args: Any, kwargs: Any) -> Any:
    """The arguments with each of the tensors, and with all of them, made sparse."""
    slots = [("args", i) for i in range(len(args))] + [("kwargs", key) for key in kwargs]
    which = [slot for slot in slots if _has_tensors((args if slot[0] == "args" else kwargs)[slot[1]])]
    for chosen in [{slot} for slot in which] + ([set(which)] if len(which) > 1 else []):
        yield (
            tuple(sparse(x) if ("args", i) in chosen else x for i, x in enumerate(args)),
            {key: sparse(x) if ("kwargs", key) in chosen else x for key, x in kwargs.items()},
        )


def _has_tensors(x: Any) -> bool:
    return any(isinstance(each, autograd.Tensor) and each.ndim for each in as_list(x))


def numbers(result: Any) -> list[np.ndarray]:
    found = [x for x in as_list(result) if isinstance(x, autograd.Tensor)]
    return [host(x.detach().to_dense()) for x in found]


@pytest.mark.parametrize("row", EVERY)
def test_the_same_values_and_gradients_or_an_error_that_says_so(row: Operation) -> None:
    for call in row.samples(Draw()):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _compare(row.name, call)


def _compare(name: str, call: Call) -> None:
    args, kwargs = arguments(call, ours())
    for some, named in variants(args, kwargs):
        try:
            result = here(name)(*some, **named)
        except (RuntimeError, TypeError, ValueError, IndexError) as error:
            said = str(error)
        else:
            said = ""
        if said:
            assert "sparse" in said, f"{name}: nothing is said of sparse tensors in: {said}"
            continue
        if name in OTHERWISE:
            continue
        args, kwargs = arguments(call, ours())
        expected = here(name)(*args, **kwargs)
        for a, b in zip(numbers(result), numbers(expected), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)
        found, wanted = (gradients(out, ins) for out, ins in ((result, (some, named)), (expected, (args, kwargs))))
        for a, b in zip(found, wanted, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)


def gradients(results: Any, inputs: tuple[Any, Any]) -> list[np.ndarray]:
    """Of the sum of all elements of all results, each weighted, by every input."""
    targets = leaves([*inputs[0], *inputs[1].values()])
    outs = [x.to_dense() for x in as_list(results) if isinstance(x, autograd.Tensor) and x.requires_grad]
    if not outs or not targets:
        return []
    weights = [autograd.arange(1.0, x.numel() + 1, dtype=x.dtype, device=x.device).reshape(x.shape) for x in outs]
    found = autograd.autograd.grad(outs, targets, weights, allow_unused=True)
    return [np.zeros(x.shape) if g is None else host(g.to_dense()) for g, x in zip(found, targets, strict=True)]
