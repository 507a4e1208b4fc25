"""Attack: results and arguments written in place after the operation, before backward.

What a rule saves must not be what is likely to be written next: `y = a / b; y += 1` works in torch, for its
division saves its arguments and not its result. For every row of the table of operations each result, and
each argument, is written once; where torch's backward goes through, so must this engine's, to the same
gradient. Where torch raises, this engine need not.
"""

from __future__ import annotations

import itertools
import warnings
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import OperationError
from autograd.engine.errors import BackwardError
from tests.helpers.calls import arguments, leaves, ours, theirs
from tests.helpers.operation import Call, Draw, Operation
from tests.helpers.oracle import as_list, here, host, there, torch_or_skip
from tests.helpers.table import SMOOTH

pytestmark = pytest.mark.numbers
REFUSALS = (BackwardError, OperationError, RuntimeError)

# Arguments that torch happens to have copied, and that this engine saves as they are: a clear error says so.
COPIED_THERE = {
    "matmul": "torch expands the batch into a copy",
    "einsum": "likewise",
    "kron": "likewise",
    "nn.functional.cross_entropy": "torch saves the logarithms of the softmax, this engine the logits, which are there",
    "expm1": "torch saves the result, which has few digits of the slope below -1",
    "special.expm1": "likewise",
    "special.ndtr": "torch composes it of a copy",
    "polar": "torch saves the result, this engine the angle",
}


def _between(value: Any) -> Any:
    """The arguments as results of something, which may be written in place: fresh, and not leaves."""
    if isinstance(value, list | tuple):
        return type(value)(_between(each) for each in value)
    return value.clone() if hasattr(value, "requires_grad") and value.requires_grad else value


def _shapes(call: Call) -> str:
    def short(x: Any) -> str:
        x = getattr(x, "array", x)
        if isinstance(x, list | tuple):
            return f"[{', '.join(map(short, x))}]"
        return f"{x.dtype}{list(x.shape)}" if isinstance(x, np.ndarray) else repr(x)

    return f"({', '.join([*map(short, call.args), *(f'{name}={short(x)}' for name, x in call.kwargs.items())])})"


class Refused(Exception):
    """The engine can't do this."""


def attempt(function: Any, call: Call, make: Any, grad: Any, written: str, number: int) -> list[np.ndarray] | None:
    """The gradients by all arguments after one result or argument was written; None if there is no such one."""
    args, kwargs = arguments(call, make)
    targets = leaves([*args, *kwargs.values()])
    args, kwargs = [_between(x) for x in args], {name: _between(x) for name, x in kwargs.items()}
    outs = [out for out in as_list(function(*args, **kwargs)) if hasattr(out, "requires_grad") and out.requires_grad]
    places = outs if written == "result" else leaves([*args, *kwargs.values()])
    if number >= len(places) or not outs:
        return None
    rng = np.random.default_rng(5)
    try:
        places[number].mul_(0.75)
        places[number].add_(1.0)
        total = 0.0
        for out in outs:
            weight = outs[0].new_tensor(rng.normal(size=tuple(out.shape))).to(out.dtype)
            size = (out * weight).sum()
            total = total + (size.real + size.imag if out.is_complex() else size)
        found = grad(total, targets, allow_unused=True)
    except REFUSALS as error:
        raise Refused(str(error).splitlines()[0]) from None
    return [np.zeros(tuple(x.shape)) if g is None else host(g) for g, x in zip(found, targets, strict=True)]


@pytest.mark.parametrize("row", SMOOTH)
def test_refuses_only_where_torch_does(row: Operation, sweep: Any) -> None:
    torch = torch_or_skip()
    if not row.torch_gradient:
        pytest.skip("torch has no derivative")
    refused = []
    for call in list(row.samples(Draw()))[: sweep(1, 2, 1000)]:
        for written, number in itertools.product(("result", "argument"), range(sweep(1, 3, 8))):
            what = f"{written} {number} of {row.name}{_shapes(call)}"
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    expected = attempt(there(row.name), call, theirs(), torch.autograd.grad, written, number)
                except Refused:
                    continue
                try:
                    found = attempt(here(row.name), call, ours(), autograd.grad, written, number)
                except Refused as error:
                    if written == "result" or row.name not in COPIED_THERE:
                        refused.append(f"{what}: {error}")
                    continue
            assert (found is None) == (expected is None), what
            for mine, other in zip(found or (), expected or (), strict=True):
                np.testing.assert_allclose(mine, other, rtol=1e-6, atol=1e-7, err_msg=what)
    assert not refused, "\n".join(refused)
