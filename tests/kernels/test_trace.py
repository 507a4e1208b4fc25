"""Symbols in place of arrays: which primitives leave expressions, and that these are what the primitives compute."""

from __future__ import annotations

import gc
from typing import Any

import numpy as np
import pytest

import autograd
import optim
from autograd.engine import views
from autograd.engine.primitive import Primitive
from autograd.kernels import NotLoweredError, trace
from autograd.kernels.expression import Expression, text
from autograd.kernels.namespace import SymbolicNamespace
from autograd.kernels.symbols import Symbol
from autograd.ops import table
from optim.update import update

from .collected import collected
from .evaluate import evaluate
from .lowering import KINDS, NOT_MET, REASONS

pytestmark = pytest.mark.cpu_only
xp = SymbolicNamespace()


def argument(number: int, *shape: int, dtype: str = "float32") -> Symbol:
    return Symbol(Expression("input", (), shape, dtype, number))


def outcome(primitive: Primitive, arrays: Any, params: Any) -> str:
    try:
        return trace(primitive, arrays, params).kind
    except NotLoweredError as error:
        return f"not lowered: {error}"


def test_the_table_says_which_primitives_are_lowered() -> None:
    everything = {
        found
        for module in (*table.modules(), views)
        for value in vars(module).values()
        if isinstance(found := getattr(value, "primitive", value), Primitive)
    }
    met = collected()
    assert {primitive.name for primitive in everything - set(met)} == set(NOT_MET.split())
    found = {p.name: {outcome(p, arrays, params) for arrays, params, _ in calls} for p, calls in met.items() if calls}
    refused = {name: reason for reason, names in REASONS.items() for name in names.split()}
    for name, kinds in found.items():
        reason = refused.get(name) or refused.get(f"{name}*")
        expected = set() if name in refused else {KINDS.get(name, "pointwise")}
        expected |= {f"not lowered: {reason}"} if reason else set()
        if KINDS.get(name) == "rows":
            kinds.discard("moving")  # over no dimension
        assert kinds == expected, name


def test_expressions_are_what_the_primitives_compute() -> None:
    """To the last bit, but for what a backend computes by other means than its portable reference."""
    checked = 0
    for primitive, calls in collected().items():
        for arrays, params, results in calls:
            try:
                traced = trace(primitive, arrays, params)
            except NotLoweredError:
                continue
            checked += 1
            for ours, theirs in zip(evaluate(traced.results, arrays), results, strict=True):
                assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape), primitive
                if primitive.name == "erf":
                    np.testing.assert_allclose(ours, theirs, rtol=1e-15)
                else:
                    np.testing.assert_array_equal(ours, theirs, err_msg=primitive.name)
    assert checked > 450


OPTIMIZERS: dict[str, dict[str, Any]] = {
    "SGD": {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1},
    "Adam": {"weight_decay": 0.1, "amsgrad": True},
    **{name: {} for name in ("AdamW", "RMSprop", "Adagrad", "NAdam", "RAdam", "Adamax", "Adadelta", "ASGD", "Rprop")},
    **{name: {} for name in ("Lion", "Adafactor")},
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_updates_are_lowered(name: str) -> None:
    """The definition under the formula, run on symbols, is what the step does."""
    rng = np.random.default_rng(0)
    p = autograd.tensor(rng.normal(size=(3, 4)), dtype=autograd.float64, requires_grad=True)
    optimizer = getattr(optim, name)([p], lr=0.01, **OPTIMIZERS[name])
    for _ in range(2):
        p.grad = autograd.tensor(rng.normal(size=(3, 4)))
        optimizer.step()
    state = optimizer.state[p]
    arrays = [x._array.copy() for x in (p, p.grad, *state.values())]
    hyper = optimizer.hyper(optimizer.param_groups[0])
    params = {"algorithm": optimizer.algorithm, "count": 1, "names": tuple(state)}
    traced = trace(update, [*arrays, hyper], params)
    assert traced.kind == ("product" if name == "Adafactor" else "pointwise")
    optimizer.step()
    found = dict(zip(traced.written, evaluate(traced.roots, arrays), strict=True))
    after = [x._array for x in (p, p.grad, *state.values())]
    assert set(found) == {0, *range(2, len(after))}
    for number, values in found.items():
        np.testing.assert_allclose(values, after[number], rtol=1e-14, atol=1e-300)


def test_an_expression_reads_line_by_line() -> None:
    x, y = argument(0, 2, 3), argument(1, 3)
    z = xp.where(x > 0, xp.exp(x) * 2, y)
    assert text((z / xp.sum(z, axis=1, keepdims=True)).expression).splitlines() == [
        "%0 = greater(x0, 0.0): bool[2, 3]",
        "%1 = exp(x0): float32[2, 3]",
        "%2 = multiply(%1, 2.0): float32[2, 3]",
        "%3 = where(%0, %2, x1): float32[2, 3]",
        "%4 = sum(%3, (1,)): float32[2]",
        "%5 = reshape(%4): float32[2, 1]",
        "%6 = divide(%3, %5): float32[2, 3]",
        "return %6",
    ]


def test_a_write_rebinds_the_handle_and_all_that_share_it_see_it() -> None:
    x = argument(0, 3)
    before, alias = x.expression, x
    x += 1
    assert x is alias
    assert text(alias.expression) == "%0 = add(x0, 1.0): float32[3]\nreturn %0"
    x[...] = 2
    assert text(x.expression) == "%0 = broadcast(2.0): float32[3]\nreturn %0"
    kept = xp.asarray(x)
    x -= 1
    assert kept.expression is not x.expression
    assert before.name == "input"


def test_a_write_keeps_the_dtype_of_what_is_written() -> None:
    x = argument(0, 3)
    x += argument(1, 3, dtype="float64")
    assert x.dtype == np.float32
    assert text(x.expression).splitlines()[-2] == "%2 = cast(%1): float32[3]"


def test_the_same_computation_is_one_object_and_unused_ones_go() -> None:
    x = argument(0, 3)
    assert (xp.exp(x) + 1).expression is (xp.exp(x) + 1).expression
    assert (x * 1.0).expression is not (x * -1.0).expression
    assert (x * 0.0).expression is not (x * -0.0).expression
    assert argument(0, 3, dtype="int64").expression is not x.expression
    gc.collect()
    count = len(Expression._known)
    assert len({(x + float(i)).expression for i in range(100)}) == 100
    gc.collect()
    assert len(Expression._known) <= count + 1


@pytest.mark.parametrize(("given", "kind"), [("float32", "float32"), ("int64", "float64"), ("bool", "float64")])
def test_numbers_have_no_dtype_of_their_own(given: str, kind: str) -> None:
    x = argument(0, 2, dtype=given)
    assert (x * 2.5).dtype == kind
    assert xp.where(x > 0, x, 0.5).dtype == kind
    assert (x * np.float64(2)).dtype == np.float64  # NumPy's have
    assert (x < 3).dtype == bool


def test_a_number_is_rounded_to_the_dtype_that_it_is_computed_in() -> None:
    assert text((argument(0, 1) + 0.1).expression).startswith("%0 = add(x0, 0.10000000149011612)")
    assert text((argument(0, 1, dtype="float64") + 0.1).expression).startswith("%0 = add(x0, 0.1)")


REFUSED: dict[str, tuple[Any, str]] = {
    "a condition": (lambda x: x if x > 0 else -x, "reads a value on the host"),
    "float()": (lambda x: float(x[0]), "reads a value on the host"),
    "a loop over elements": (lambda x: [each for each in x], "walks over an array"),  # noqa: C416
    "an index of arrays": (lambda x: x[x > 0], "reads by an index of arrays"),
    "a write to a part": (lambda x: x.__setitem__(0, 1.0), "writes by an index"),
    "sorting": (lambda x: xp.sort(x), r"calls sort\(\)"),
    "a NumPy array": (lambda x: x + np.ones(3), "computes with a ndarray"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_leaves_no_expression_is_refused_with_its_reason(name: str) -> None:
    function, reason = REFUSED[name]
    with pytest.raises(NotLoweredError, match=reason):
        function(argument(0, 3))
