"""Tests generated from the table of operations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd
from autograd import OperationError, Tensor
from autograd.backend import is_available
from autograd.testing import gradcheck, gradgradcheck
from tests.helpers.calls import arguments, differentiated, leaves, ours, theirs
from tests.helpers.operation import Call, Draw, Fixed, Operation
from tests.helpers.oracle import as_list, assert_same, convert, here, host, there, torch_or_skip
from tests.helpers.table import EVERY, SMOOTH

# Where torch has an answer for integers and this engine a clear error: 2 ** -1 is no integer, a mean need not be one.
REFUSED = {"pow", *(f"nn.functional.avg_pool{dims}d" for dims in (1, 2, 3))}


def _constant(value: Any) -> Any:
    return Fixed(value) if isinstance(value, np.ndarray) and value.dtype.kind in "fc" else value


def _weights(rng: np.random.Generator, shape: tuple, complex: bool) -> np.ndarray:
    real = np.asarray(rng.normal(size=shape))
    return real + 1j * rng.normal(size=shape) if complex else real


def gradients(function: Any, args: list[Any], kwargs: dict[str, Any], engine: Any, like: Any) -> tuple[list, list]:
    """The outputs, and the gradients of a weighted sum of them by every differentiated argument."""
    outputs = as_list(function(*args, **kwargs))
    floating = [out for out in outputs if out.requires_grad]
    targets = leaves([*args, *kwargs.values()])
    if not floating:
        return outputs, [None for _ in targets]
    rng = np.random.default_rng(7)
    weights = [like(_weights(rng, tuple(out.shape), out.is_complex()), out) for out in floating]
    return outputs, list(engine(floating, targets, weights, allow_unused=True))


@pytest.mark.numbers
@pytest.mark.parametrize("row", EVERY)
def test_agrees_with_torch(row: Operation) -> None:
    torch = torch_or_skip()
    for call in row.samples(Draw()):
        if not row.torch_gradient:
            call = Call(tuple(_constant(x) for x in call.args), call.kwargs)
        args, kwargs = arguments(call, ours())
        out, grads = gradients(
            here(row.name), args, kwargs, autograd.grad, lambda w, o: autograd.tensor(w, dtype=o.dtype)
        )
        args, kwargs = arguments(call, theirs())
        expected, expected_grads = gradients(
            there(row.name), args, kwargs, torch.autograd.grad, lambda w, o: torch.tensor(w, dtype=o.dtype)
        )
        assert len(out) == len(expected)
        for number, (mine, other) in enumerate(zip(out, expected, strict=True)):
            digits = {} if row.exact else {"rtol": 1e-6, "atol": 1e-7}
            assert_same(mine, other, what=f"{call}: output {number}", **digits)
            assert mine.requires_grad == other.requires_grad, f"{call}: requires_grad of output {number}"
        for number, (mine, other) in enumerate(zip(grads, expected_grads, strict=True)):
            if mine is None or other is None:  # no gradient, or zeros
                assert mine is None or not host(mine).any(), f"{call}: gradient {number}"
                assert other is None or not host(other).any(), f"{call}: gradient {number}"
            else:
                digits = {} if row.exact else {"rtol": 1e-6, "atol": 1e-7}
                assert_same(mine, other, what=f"{call}: gradient {number}", **digits)


@pytest.mark.numbers
@pytest.mark.parametrize("row", EVERY)
def test_single_precision_agrees_with_torch(row: Operation) -> None:
    for call in row.samples(Draw()):
        args, kwargs = arguments(call, ours(autograd.float32, grad=False))
        out = as_list(here(row.name)(*args, **kwargs))
        args, kwargs = arguments(call, theirs("float32", grad=False))
        for mine, other in zip(out, as_list(there(row.name)(*args, **kwargs)), strict=True):
            assert_same(mine, other, rtol=2e-5, atol=2e-6, what=str(call))


@pytest.mark.numbers
@pytest.mark.parametrize("row", SMOOTH)
def test_gradient_is_the_numeric_one(row: Operation) -> None:
    for call in row.samples(Draw()):
        function, targets = differentiated(row, call)
        assert not targets or gradcheck(function, targets)


@pytest.mark.numbers
@pytest.mark.parametrize("row", [row for row in SMOOTH if row.values[0].twice])
def test_second_gradient_is_the_numeric_one(row: Operation) -> None:
    for call in row.samples(Draw()):
        function, targets = differentiated(row, call)
        assert not targets or gradgradcheck(function, targets, atol=1e-4)


def _as_kind(kind: str) -> Any:
    """Makes arrays of one dtype out of the samples' floating ones."""

    def array(value: np.ndarray) -> np.ndarray:
        return (value > 0 if kind == "bool" else np.trunc(value)).astype(kind) if value.dtype.kind == "f" else value

    return array


@pytest.mark.numbers
@pytest.mark.parametrize("kind", ["bool", "int64", "int32", "uint8", "float16"])
@pytest.mark.parametrize("row", [row for row in EVERY if row.values[0].integers])
def test_other_dtypes_agree_with_torch(row: Operation, kind: str) -> None:
    """Integers, bools and half precision give torch's values and dtype; where torch refuses, an answer is a bonus."""
    torch = torch_or_skip()
    if autograd.get_default_device() == "strict" and kind in ("float16", "bool"):
        pytest.skip("the array API has no float16, and no arithmetic of bools")
    for call in row.samples(Draw()):
        array = _as_kind(kind)
        if kind == "uint8":
            call = Call(tuple(convert(x, lambda a: np.asarray(np.abs(a))) for x in call.args), call.kwargs)
        args, kwargs = arguments(call, lambda a, _, array=array: torch.tensor(array(a)))
        try:
            expected = as_list(there(row.name)(*args, **kwargs))
        except RuntimeError:
            expected = None
        args, kwargs = arguments(call, lambda a, _, array=array: autograd.tensor(array(a)))
        try:
            out = as_list(here(row.name)(*args, **kwargs))
        except (OperationError, TypeError):
            assert expected is None or (row.name in REFUSED and "int" in kind)
            continue
        for mine, other in zip(out, expected or [], strict=expected is not None):
            half = kind == "float16"
            assert_same(mine, other, rtol=4e-3 if half else 1e-5, atol=2e-3 if half else 1e-6, what=str(call))


def _is_method(row: Operation) -> bool:
    return (
        "." not in row.name and callable(getattr(Tensor, row.name, None)) and row.name != "where"
    )  # x.where(condition, y)


@pytest.mark.parametrize("row", [row for row in EVERY if _is_method(row.values[0])])
def test_method_and_in_place_variants(row: Operation) -> None:
    name = row.name
    for call in row.samples(Draw()):
        args, kwargs = arguments(call, ours())
        if not isinstance(args[0], Tensor):
            continue
        expected = as_list(here(name)(*args, **kwargs))
        for mine, other in zip(as_list(getattr(args[0], name)(*args[1:], **kwargs)), expected, strict=True):
            np.testing.assert_array_equal(host(mine), host(other))
        if (
            hasattr(Tensor, f"{name}_")
            and expected[0].shape == args[0].shape
            and expected[0].dtype is args[0].dtype
            and expected[0].is_floating_point()
        ):
            _check_in_place(name, args, kwargs, expected[0])


def _check_in_place(name: str, args: list[Any], kwargs: dict[str, Any], expected: Tensor) -> None:
    """Writes over its first argument, counts a version, and has the gradient of the function."""
    first = args[0] * 1
    version = first._version
    written = getattr(first, f"{name}_")(*args[1:], **kwargs)
    assert written is first
    if name not in ("squeeze", "unsqueeze", "transpose", "t"):  # these change no element
        assert first._version == version + 1
    np.testing.assert_array_equal(host(first), host(expected))
    targets = leaves([*args, *kwargs.values()])
    if expected.requires_grad:
        weight = autograd.randn(tuple(expected.shape), dtype=expected.dtype)
        by_function = autograd.grad(expected, targets, weight, allow_unused=True)
        in_place = autograd.grad(first, targets, weight, allow_unused=True)
        for mine, other in zip(in_place, by_function, strict=True):
            np.testing.assert_allclose(
                0 if mine is None else host(mine), 0 if other is None else host(other), rtol=1e-12
            )


@pytest.mark.parametrize("row", EVERY)
def test_non_contiguous_inputs(row: Operation) -> None:
    """Views with strange strides give what compact arrays give."""

    def strided(array: np.ndarray, differentiated: bool) -> Tensor:
        x = autograd.tensor(np.repeat(np.moveaxis(array, 0, -1), 2, -1) if array.ndim else array)
        return x[..., ::2].movedim(-1, 0) if array.ndim else x

    for call in row.samples(Draw()):
        args, kwargs = arguments(call, ours(grad=False))
        expected = as_list(here(row.name)(*args, **kwargs))
        args, kwargs = arguments(call, strided)
        for mine, other in zip(as_list(here(row.name)(*args, **kwargs)), expected, strict=True):
            np.testing.assert_allclose(host(mine), host(other), rtol=1e-12, atol=1e-13)


@pytest.mark.numbers
@pytest.mark.parametrize("row", EVERY)
def test_broadcast_inputs(row: Operation) -> None:
    """Expanded tensors, whose elements share memory, give what copies of them give, and are left as they are."""

    def stretched(array: np.ndarray, differentiated: bool) -> Tensor:
        return autograd.tensor(array[:1]).expand(array.shape) if array.ndim and len(array) else autograd.tensor(array)

    for call in row.samples(Draw()):
        args, kwargs = arguments(call, lambda array, differentiated: stretched(array, differentiated).clone())
        try:
            expected = as_list(here(row.name)(*args, **kwargs))
        except (OperationError, RuntimeError, ValueError):  # equal rows are not in the domain: a singular matrix
            continue
        args, kwargs = arguments(call, stretched)
        before = [host(x).copy() for x in args if isinstance(x, Tensor)]
        for mine, other in zip(as_list(here(row.name)(*args, **kwargs)), expected, strict=True):
            np.testing.assert_allclose(host(mine), host(other), rtol=1e-9, atol=1e-11)
        for x, values in zip([x for x in args if isinstance(x, Tensor)], before, strict=True):
            np.testing.assert_array_equal(host(x), values)


@pytest.mark.numbers
@pytest.mark.parametrize("other", ["strict", "guard"])
@pytest.mark.parametrize("row", EVERY)
def test_device_code_is_pure(row: Operation, other: str) -> None:
    """Forward, backward and second backward run on the array API alone, and on CuPy's names alone, as on NumPy."""
    if not is_available(other):
        pytest.skip(f"{other} needs " + {"strict": "array-api-strict", "guard": "CuPy's package"}[other])
    for call in row.samples(Draw()):
        results = []
        for device in ("cpu", other):
            args, kwargs = arguments(call, ours(device=device))
            targets = leaves([*args, *kwargs.values()])
            outputs = as_list(here(row.name)(*args, **kwargs))
            results.append([host(out) for out in outputs])
            assert all(str(out.device) == device for out in outputs)
            smooth = [out for out in outputs if out.requires_grad]
            if smooth:
                seeds = [autograd.ones_like(out) for out in smooth]
                first = autograd.grad(smooth, targets, seeds, create_graph=True, allow_unused=True)
                first = [g for g in first if g is not None]
                results[-1] += [host(g) for g in first]
                again = [g for g in first if g.requires_grad]
                if again:
                    second = autograd.grad(again, targets, [autograd.ones_like(g) for g in again], allow_unused=True)
                    results[-1] += [host(g) for g in second if g is not None]
        for plain, pure in zip(*results, strict=True):
            np.testing.assert_allclose(pure, plain, rtol=1e-9, atol=1e-11)
