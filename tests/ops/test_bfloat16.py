"""bfloat16 against torch's, and against float64 rounded: what is computed, in which dtype, and what users read of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd import bfloat16
from tests.helpers.calls import arguments
from tests.helpers.operation import Call, Draw, Operation
from tests.helpers.oracle import as_list, here, there, torch_or_skip
from tests.helpers.table import EVERY
from tests.ops.test_operations import gradients

pytestmark = [pytest.mark.cpu_only, pytest.mark.numbers]


def made(engine: Any, kind: Any) -> Callable[[np.ndarray, bool], Any]:
    """Makes tensors whose numbers are bfloat16's, in this dtype."""

    def make(array: np.ndarray, differentiated: bool) -> Any:
        if array.dtype.kind != "f":
            return engine.tensor(array)
        x = engine.tensor(array.astype(np.float32)).bfloat16().to(kind)
        return x.requires_grad_() if differentiated else x

    return make


def weight(engine: Any) -> Callable[[np.ndarray, Any], Any]:
    def like(array: np.ndarray, out: Any) -> Any:
        return (
            engine.tensor(array if out.is_complex() else array.real)
            .to(out.dtype if out.is_complex() else engine.bfloat16)
            .to(out.dtype)
        )

    return like


def run(row: Operation, call: Call, engine: Any, kind: Any) -> tuple[list, list]:
    """Outputs and gradients, these without those of functions that torch does not differentiate."""
    args, kwargs = arguments(call, made(engine, kind))
    function, grad = (here, autograd.grad) if engine is autograd else (there, engine.autograd.grad)
    if not row.torch_gradient:
        return [out.detach() for out in as_list(function(row.name)(*args, **kwargs))], []
    return gradients(function(row.name), args, kwargs, grad, weight(engine))


def double(x: Any) -> np.ndarray:
    return x.detach().double().numpy(force=True)


def ulps(found: np.ndarray, exact: np.ndarray) -> float:
    """The largest error in units of the last place of bfloat16."""
    size = np.maximum(np.abs(np.where(np.isfinite(exact), exact, 0.0)), 2.0**-126)
    with np.errstate(all="ignore"):
        error = np.abs(found - exact) / 2.0 ** (np.floor(np.log2(size)) - 7)
    same = (found == exact) | (np.isnan(found) & np.isnan(exact))
    return float(np.where(same, 0.0, error).max(initial=0.0))


@pytest.mark.parametrize("row", EVERY)
def test_is_rounded_once_or_twice(row: Operation) -> None:
    """What torch computes in bfloat16: its dtypes, and values and gradients within 2 units of the last place.

    Where torch itself is further from the numbers in float64, so may this be, by half more.
    """
    torch = torch_or_skip()
    for call in row.samples(Draw()):
        try:
            theirs, exact = run(row, call, torch, torch.bfloat16), run(row, call, torch, torch.float64)
        except (RuntimeError, TypeError, ValueError, IndexError):  # torch has no such kernel
            continue
        ours = run(row, call, autograd, bfloat16)
        for what, mine, others, wanted in zip(("output", "gradient"), ours, theirs, exact, strict=True):
            for number, (x, y, z) in enumerate(zip(mine, others, wanted, strict=True)):
                if x is None or y is None:
                    continue
                where = f"{call}: {what} {number}"
                assert str(x.dtype).split(".")[1] == str(y.dtype).split(".")[1], where
                assert tuple(x.shape) == tuple(y.shape), where
                if not x.dtype.is_floating_point or x.dtype is not bfloat16:
                    continue
                x, y, z = map(double, (x, y, z))
                found, limit = ulps(x, z), 1.5 * ulps(y, z)
                assert found <= max(2.0, limit) or np.isnan(limit), f"{where}: {found:.2f} units, {x} for {z}"


NUMBERS: dict[str, Callable[[Any, Any, float], Any]] = {
    "x + c": lambda T, x, c: x + c,
    "c - x": lambda T, x, c: c - x,
    "x * c": lambda T, x, c: x * c,
    "x / c": lambda T, x, c: x / c,
    "x ** c": lambda T, x, c: x.abs() ** c,
    "c ** x": lambda T, x, c: c**x,
    "x % c": lambda T, x, c: x % c,
    "fmod": lambda T, x, c: T.fmod(x, c),
    "x // c": lambda T, x, c: x // c,
    "x == c": lambda T, x, c: x == c,
    "x < c": lambda T, x, c: x < c,
    "x >= c": lambda T, x, c: x >= c,
    "clamp": lambda T, x, c: x.clamp(-c, c),
    "where": lambda T, x, c: T.where(x > 0, x, c),
    "lerp": lambda T, x, c: T.lerp(x, x * 2, c),
    "x *= c": lambda T, x, c: x.clone().mul_(c),
    "x += c": lambda T, x, c: x.clone().add_(c),
    "div trunc": lambda T, x, c: T.div(x, c, rounding_mode="trunc"),
    "leaky_relu": lambda T, x, c: T.nn.functional.leaky_relu(x, c),
    "softshrink": lambda T, x, c: T.nn.functional.softshrink(x, c),
    "threshold": lambda T, x, c: T.nn.functional.threshold(x, c, 0),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_are_rounded_where_torch_rounds_them(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    torch = torch_or_skip()
    monkeypatch.setattr(autograd, "nn", nn, raising=False)
    values = [0.1, 0.3, 1.0, 2.7, -0.1, -0.7, 3.3]
    for number in (0.1, 0.3, 2.7, 3.3):
        ours, theirs = (NUMBERS[name](T, T.tensor(values).bfloat16(), number) for T in (autograd, torch))
        assert ours.dtype.name == str(theirs.dtype).removeprefix("torch.")
        assert ours.tolist() == theirs.tolist(), number


READ: list[str] = [
    "repr(x)",
    "repr(x * 1e6)",
    "x.tolist()",
    "x[1].item()",
    "f'{x[0]:.3f}'",
    "(x.itemsize, x.element_size(), x.nbytes, x.is_floating_point())",
    "x.sort(descending=True).indices.tolist()",
    "(x.argmax().item(), x.max().item(), x.median().item())",
    "x.unique().tolist()",
    "x.cumsum(0).tolist()",
    "x.to(T.int32).tolist() + x.bool().tolist() + x.double().tolist()",
    "T.cat([x, x.half()]).dtype",
    "T.cat([x, x]).tolist()",
    "(x + T.arange(4)).dtype",
    "(x + x.half()).dtype",
    "(x * 2.5).dtype",
    "(x + 1j).dtype",
    "x.float().bfloat16().tolist()",
    "x.sum(dtype=T.float32).dtype",
    "T.arange(0, 1, 0.1, dtype=T.bfloat16).tolist()",
    "T.linspace(0, 1, 5, dtype=T.bfloat16).tolist()",
    "T.full((2,), 0.1, dtype=T.bfloat16).tolist()",
    "T.eye(2, dtype=T.bfloat16).tolist()",
    "T.zeros_like(x).dtype",
    "T.tensor([0.1, 1e39, 1 + 2**-8, 1 + 3 * 2**-8], dtype=T.bfloat16).tolist()",
    "T.tensor([0.1, 1 + 2**-8 + 1e-12], dtype=T.float64).bfloat16().tolist()",
    "[T.promote_types(T.bfloat16, d) for d in (T.float16, T.float32, T.int64, T.bool, T.complex64)]",
    "[T.can_cast(T.bfloat16, d) for d in (T.float16, T.float32, T.int64, T.complex64)]",
    "T.result_type(x, T.tensor(1.0, dtype=T.float64))",
    "(T.finfo(T.bfloat16).max, T.finfo(T.bfloat16).min, T.finfo(T.bfloat16).eps, T.finfo(T.bfloat16).tiny)",
    "(T.finfo(T.bfloat16).bits, T.finfo(T.bfloat16).resolution, T.finfo(T.bfloat16).dtype)",
]


@pytest.mark.parametrize("expression", READ)
def test_reads_as_in_torch(expression: str) -> None:
    torch = torch_or_skip()
    ours, theirs = (
        eval(expression, {"T": T, "x": T.tensor([1.5, -0.3, 2.7, 2.7]).bfloat16()}) for T in (autograd, torch)
    )
    assert str(ours).replace("autograd.", "") == str(theirs).replace("torch.", "")


def test_numpy_has_none() -> None:
    for read in (lambda x: x.numpy(), np.asarray, lambda x: x.numpy(force=True)):
        with pytest.raises(TypeError, match="ScalarType BFloat16"):
            read(autograd.ones(2, dtype=bfloat16))


def test_as_the_default() -> None:
    before = autograd.get_default_dtype()
    autograd.set_default_dtype(bfloat16)
    try:
        assert autograd.tensor([0.5]).dtype is bfloat16
        assert (autograd.arange(3) / 2).dtype is bfloat16
        assert nn.Linear(2, 2).weight.dtype is autograd.randn(2).dtype is bfloat16
        assert repr(autograd.ones(2)) == "tensor([1., 1.])"
    finally:
        autograd.set_default_dtype(before)


def test_sums_are_in_single() -> None:
    x = autograd.ones(4096, dtype=bfloat16)
    assert x.sum().item() == 4096.0
    assert x.mean().item() == 1.0
    assert (x.reshape(1, -1) @ x.reshape(-1, 1)).item() == 4096.0
    assert x.norm().item() == 64.0


def test_views_share_memory_and_writes_are_rounded() -> None:
    x = autograd.zeros(2, 3, dtype=bfloat16)
    x.t()[1] += 0.1
    x[:, 0].fill_(1 / 3)
    assert x.tolist() == [[0.333984375, 0.10009765625, 0.0]] * 2
    x.copy_(autograd.tensor([1.001, 2.0, 3.0]))
    assert x[0].tolist() == [1.0, 2.0, 3.0]


def test_gradients_have_the_dtype_of_what_they_are_by() -> None:
    w = autograd.ones(3, requires_grad=True)
    x = autograd.ones(3, dtype=bfloat16, requires_grad=True)
    (w.bfloat16() * x).sum().backward()
    (w * x).sum().backward()
    assert w.grad is not None
    assert x.grad is not None
    assert w.grad.dtype is autograd.float32
    assert x.grad.dtype is bfloat16
    assert w.grad.tolist() == x.grad.tolist() == [2.0, 2.0, 2.0]
    (first,) = autograd.grad((x**3).sum(), x, create_graph=True)
    (second,) = autograd.grad(first.sum(), x)
    assert second.dtype is bfloat16
    assert second.tolist() == [6.0, 6.0, 6.0]


def test_a_backend_without_it_says_so() -> None:
    if not autograd.backend.is_available("strict"):
        pytest.skip("strict needs array-api-strict")
    with pytest.raises(TypeError, match="bfloat16 is not available"):
        autograd.ones(1, dtype=bfloat16).to("strict")
    with pytest.raises((TypeError, autograd.OperationError), match="bfloat16 is not available"):
        autograd.ones(1, device="strict").bfloat16()


def test_small_unsigned_integers() -> None:
    for kind, bits in ((autograd.uint16, 16), (autograd.uint32, 32)):
        x = autograd.tensor([1, 2**bits - 1], dtype=kind)
        assert x.tolist() == [1, autograd.iinfo(kind).max]
        assert (x * 0.5).dtype is autograd.float32
        with pytest.raises(RuntimeError, match="no common integer type"):
            autograd.promote_types(kind, autograd.int16)
