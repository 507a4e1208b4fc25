"""`out=`: the tensor that a result is written into, for every function to which torch gives one."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import pytest

import autograd
from autograd import OperationError
from autograd.capture import record
from tests.helpers.calls import arguments, ours, theirs
from tests.helpers.operation import Call, Draw
from tests.helpers.oracle import as_list, assert_same, here, torch_or_skip
from tests.helpers.table import TABLE

pytestmark = [pytest.mark.numbers, pytest.mark.cpu_only]
torch = torch_or_skip()

WITHOUT = {"triangular_solve", "split_copy", "split_with_sizes_copy", "unbind_copy"}  # the last return None in torch
NAMES = sorted({row.name for row in TABLE if not row.name.startswith("nn.")} - WITHOUT)
KINDS = ("float32", "int64", "complex128", "bool", "float64")


def calls(name: str) -> list[Call]:
    return [call for row in TABLE if row.name == name for call in list(row.samples(Draw()))[:3]]


def attempt(function: Callable[..., Any], args: Any, kwargs: Any, out: Any) -> tuple[Any, bool]:
    """What a call gives, or the error, and whether it warned."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            return function(*args, **kwargs, out=out), any("out had the shape" in str(each.message) for each in caught)
        except Exception as error:
            return error, False


def is_complex(x: Any) -> bool:
    return isinstance(x, autograd.Tensor) and x.is_complex()


def made(engine: Any, results: Sequence[Any], kind: str | None, shape: tuple[int, ...] | None) -> Any:
    """One `out`, or a tuple of them, for results like these: of this dtype and shape, or of their own."""
    outs = [
        engine.zeros(
            tuple(x.shape) if shape is None else shape, dtype=getattr(engine, kind or str(x.dtype).split(".")[1])
        )
        for x in results
    ]
    return outs[0] if len(outs) == 1 else tuple(outs)


@pytest.mark.parametrize("name", NAMES)
def test_out_is_written_as_in_torch(name: str) -> None:
    function = functools.reduce(lambda found, part: getattr(found, part, None), name.split("."), torch)
    for call in calls(name) if function is not None else []:
        args, kwargs = arguments(call, theirs(grad=False))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            results = as_list(function(*args, **kwargs))
        if not all(isinstance(x, torch.Tensor) for x in results):
            return
        if isinstance(attempt(function, args, kwargs, made(torch, results, None, None))[0], Exception):
            return  # torch's takes none
        mine, named = arguments(call, ours(grad=False))
        for kind, shape in [(None, None), (None, (0,)), (None, (7,)), *((kind, None) for kind in KINDS)]:
            what = f"{call}, out of {kind or 'its dtype'}, {shape or 'its shape'}"
            theirs_out, ours_out = made(torch, results, kind, shape), made(autograd, results, kind, shape)
            expected, _ = attempt(function, args, kwargs, theirs_out)
            found, warned = attempt(here(name), mine, named, ours_out)
            if isinstance(expected, Exception):  # where torch refuses, an answer is a bonus
                continue
            if any(map(is_complex, mine)) and kind in ("bool", "int64", "float32", "float64"):
                continue  # torch drops the imaginary part of some
            assert not isinstance(found, Exception), f"{what}: {found}"
            outs = as_list(ours_out)
            assert all(x is out for x, out in zip(as_list(found), outs, strict=True)), what
            assert warned == any(shape == (7,) and tuple(x.shape) != (7,) for x in results), what
            for x, other in zip(outs, as_list(expected), strict=True):
                assert_same(x, other, rtol=1e-5, atol=1e-6, what=what)


@pytest.mark.parametrize("name", NAMES)
def test_out_has_no_derivative(name: str) -> None:
    for call in calls(name):
        args, kwargs = arguments(call, ours())
        results = as_list(here(name)(*args, **kwargs))
        if any(not isinstance(x, autograd.Tensor) for x in results) or not any(x.requires_grad for x in results):
            continue
        with pytest.raises((OperationError, TypeError), match="out"):
            here(name)(*args, **kwargs, out=made(autograd, results, None, None))


def test_out_may_be_an_input() -> None:
    x, y = autograd.ones(2), autograd.tensor([1.0, 2.0])
    assert autograd.add(x, y, out=x) is x
    assert x.tolist() == [2.0, 3.0]
    z = autograd.tensor([[1.0, 2.0], [3.0, 4.0]])
    autograd.mm(z, z, out=z)
    assert z.tolist() == [[7.0, 10.0], [15.0, 22.0]]
    autograd.cumsum(y, 0, out=y)
    assert y.tolist() == [1.0, 3.0]


def test_out_may_be_a_view() -> None:
    x = autograd.zeros(2, 3)
    autograd.add(autograd.ones(3), 1, out=x[1])
    assert x.tolist() == [[0.0, 0.0, 0.0], [2.0, 2.0, 2.0]]
    with pytest.raises(OperationError, match="view"):
        autograd.add(autograd.ones(2), 1, out=x[1])


def test_several_outs_come_back_by_name() -> None:
    values, indices = autograd.empty(2), autograd.empty(2, dtype=autograd.int64)
    found = autograd.sort(autograd.tensor([2.0, 1.0]), out=(values, indices))
    assert found.values is values
    assert found.indices is indices
    with pytest.raises(TypeError, match="2 results"):
        autograd.sort(values, out=values)


def test_what_is_made_anew_is_made_as_out_is() -> None:
    x = autograd.zeros(2, dtype=autograd.float64)
    assert autograd.ones(2, out=x).tolist() == [1.0, 1.0]
    assert autograd.arange(2, out=x).tolist() == [0.0, 1.0]
    assert autograd.linspace(0, 1, 2, out=x).tolist() == [0.0, 1.0]
    assert autograd.rand(2, out=x) is x
    assert autograd.sum(autograd.tensor([1.75, 1.75]), out=autograd.zeros((), dtype=autograd.int64)).item() == 2


def test_a_program_writes_into_out_again() -> None:
    x, out = autograd.ones(2), autograd.zeros(2)
    program = record(lambda x: autograd.mul(x, 3, out=out) + 0)
    for value in (1.0, 2.0, 4.0, 8.0):
        x.fill_(value)
        assert program(x).tolist() == [3 * value] * 2
        assert out.tolist() == [3 * value] * 2
    assert program.replayed


@pytest.mark.filterwarnings("ignore")
def test_a_program_may_resize_out() -> None:
    out = autograd.empty(0)
    program = record(lambda x: autograd.mul(x, 3, out=out) + 0)
    for value in (1.0, 2.0, 4.0):
        assert program(autograd.full((2,), value)).tolist() == [3.0 * value] * 2
        assert out.tolist() == [3.0 * value] * 2
