"""Every function that takes an index, given one that is negative, too large, of another dtype or shape: torch's answer."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
import nn
import nn.functional
from tests.helpers.oracle import assert_same, torch_or_skip

pytestmark = pytest.mark.cpu_only  # on a GPU nobody looks at an index: that would wait for the device

X = np.arange(20.0).reshape(4, 5)

# i1, i2, i4: the index as a vector, a square, twice over; x (4, 5); s1 (2, 5), s2 (2, 2): values to write
CALLS = {
    "gather": ["e.gather(x, 0, i2)", "x.gather(1, i2)", "e.gather(x, 0, i1[:0])"],
    "take_along_dim": [
        "e.take_along_dim(x, i2[:1, :1], 0)",
        "e.take_along_dim(x, i1[:, None].expand(2, 5), 0)",
        "e.take_along_dim(x, i1[None], 1)",
        "e.take_along_dim(x, i2)",
    ],
    "scatter": [
        "e.scatter(x, 0, i2, s2)",
        "x.scatter(0, i2, 1.0)",
        "x.clone().scatter_(1, i2, 1.0)",
        "x.clone().scatter_(1, i2, s2)",
        "x.scatter(0, i2, s2, reduce='add')",
        "x.scatter(0, i2[:0], 1.0)",
    ],
    "scatter_add": [
        "e.scatter_add(x, 0, i2, s2)",
        "x.clone().scatter_add_(1, i2, s2)",
        "e.scatter_add(x, 0, i2[:0], s2)",
    ],
    "scatter_reduce": [f"e.scatter_reduce(x, 0, i2, s2, '{how}')" for how in ("sum", "prod", "mean", "amax", "amin")],
    "index_select": [
        "e.index_select(x, 0, i1)",
        "x.index_select(1, i1)",
        "e.index_select(x, 0, i1[0])",
        "x.index_select(0, i1[:0])",
        "x.index_select(0, i2)",
    ],
    "index_add": ["e.index_add(x, 0, i1, s1)", "x.clone().index_add_(0, i1, s1)"],
    "index_copy": ["e.index_copy(x, 0, i1, s1)", "x.clone().index_copy_(0, i1, s1)"],
    "index_fill": ["e.index_fill(x, 0, i1, 1.0)", "x.clone().index_fill_(1, i1, 1.0)"],
    "index_reduce": [f"e.index_reduce(x, 0, i1, s1, '{how}')" for how in ("prod", "mean", "amax", "amin")],
    "take": ["e.take(x, i2)"],
    "put": [
        "x.put(i1, s1[0, :2])",
        "x.clone().put_(i1, s1[0, :2])",
        "x.put(i1, s1[0, :2], accumulate=True)",
        "x.put(i1, s1[0, :1])",
    ],
    "index_put": [
        "x.index_put((i1,), s1[0, 0])",
        "x.clone().index_put_((i1,), s1[0, 0])",
        "x.index_put((i1,), s1[0, 0], accumulate=True)",
    ],
    "index": ["x[i1]", "x[:, i1]", "x[i1, i1]", "written(x.clone(), i1)"],
    "one_hot": [
        "F.one_hot(i1, 4)",
        "F.one_hot(i1)",
        "F.one_hot(i1[:0], 4)",
        "F.one_hot(i1[:0])",
        "F.one_hot(i1, 0)",
        "F.one_hot(i1, -3)",
    ],
    "embedding": [
        "F.embedding(i1, x)",
        "F.embedding(i2, x)",
        "F.embedding(i1, x.clone(), max_norm=1.0)",
        "F.embedding(i1, x, padding_idx=0)",
        "F.embedding(i1, x, scale_grad_by_freq=True)",
        "F.embedding(i1[:0], x)",
    ],
    "embedding_bag": [f"F.embedding_bag(i2, x, mode='{mode}')" for mode in ("sum", "mean", "max")],
    "nll_loss": ["F.nll_loss(x, i4)", "F.nll_loss(x, i4, reduction='none')"],
    "cross_entropy": ["F.cross_entropy(x, i4)", "F.cross_entropy(x, i4, reduction='none')"],
    "multi_margin_loss": ["F.multi_margin_loss(x, i4)"],
    "multilabel_margin_loss": ["F.multilabel_margin_loss(x[:2, :2], i2)"],
    "repeat_interleave": ["x.repeat_interleave(i4, 0)"],
    "max_unpool1d": ["F.max_unpool1d(x[None, :2, :2], i2[None], 2)"],
    "select": ["x.select(0, int(i1[0]))", "x.select_scatter(x[0], 0, int(i1[0]))", "x.narrow(0, int(i1[0]), 1)"],
    "bincount": ["e.bincount(i1)"],
    "where": [
        "e.where(i2, x[:2, :2], 0.0)",
        "x[:2, :2].masked_fill(i2, 0.0)",
        "x[:2, :2].masked_scatter(i2, x)",
        "x[:2, :2].masked_select(i2)",
    ],
}
KINDS = {
    "good": ([1, 3], "int64"),
    "negative": ([-1, 2], "int64"),
    "all negative": ([-4, -4], "int64"),
    "far below": ([-99, 1], "int64"),
    "far above": ([99, 1], "int64"),
    "one above 4": ([4, 1], "int64"),
    "one above 5": ([5, 1], "int64"),
    "least": ([-(2**63), 1], "int64"),
    "largest": ([2**63 - 1, 1], "int64"),
    "float": ([1.0, 2.0], "float32"),
    "bool": ([1, 0], "bool"),
    "int32": ([1, 2], "int32"),
    "int32 negative": ([-1, 2], "int32"),
    "int16": ([1, 2], "int16"),
    "int8": ([1, 2], "int8"),
    "uint8": ([1, 0], "uint8"),
}
# Integers of other sizes, which torch refuses, mean here what they say.
LENIENT = {
    ("index", "int16"),
    ("index", "int8"),
    ("index_put", "int16"),
    ("index_put", "int8"),
    ("bincount", "bool"),
    *itertools.product(("nll_loss", "cross_entropy"), ("int32", "int16", "int8")),
    ("multi_margin_loss", "int32"),
    ("multilabel_margin_loss", "bool"),
    ("max_unpool1d", "int32"),
}
# These would ask for as much memory as the number says.
HUGE = {("one_hot", "largest"), ("bincount", "largest"), ("repeat_interleave", "largest")}


def written(x: Any, index: Any) -> Any:
    x[index] = 1.0
    return x


def run(engine: Any, functional: Any, call: str, kind: str) -> Any:
    """The result, or the exception."""
    values, dtype = KINDS[kind]
    kind_ = getattr(engine, dtype)
    names = {
        "e": engine,
        "F": functional,
        "written": written,
        "x": engine.tensor(X),
        "s1": engine.ones(2, 5, dtype=engine.float64) * 2,
        "s2": engine.ones(2, 2, dtype=engine.float64) * 2,
        "i1": engine.tensor(values, dtype=kind_),
        "i2": engine.tensor([values, values[::-1]], dtype=kind_),
        "i4": engine.tensor(values * 2, dtype=kind_),
    }
    try:
        return eval(call, names)
    except Exception as error:
        return error


@pytest.mark.parametrize("function", CALLS)
def test_indices_are_taken_or_refused_as_in_torch(function: str) -> None:
    torch = torch_or_skip()
    wrong = []
    for call, kind in itertools.product(CALLS[function], KINDS):
        if (function, kind) in LENIENT | HUGE:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ours, theirs = run(autograd, nn.functional, call, kind), run(torch, torch.nn.functional, call, kind)
        if isinstance(ours, Exception) != isinstance(theirs, Exception):
            wrong.append(f"{call}, {kind}: {ours!r:.90} here, {theirs!r:.90} in torch")
        elif not isinstance(ours, Exception):
            assert_same(ours, theirs, what=f"{call}, {kind}")
        elif not isinstance(ours, RuntimeError | IndexError | TypeError | ValueError):
            wrong.append(f"{call}, {kind}: {ours!r}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (calls[0], name)
        for name, calls in CALLS.items()
        if name
        not in (
            "index",
            "index_put",
            "select",
            "bincount",
            "where",
            "index_fill",
            "max_unpool1d",
            "repeat_interleave",
            "embedding_bag",
            "take_along_dim",
            "index_reduce",
        )
    ],
)
def test_messages_name_the_function_and_the_range(call: str, name: str) -> None:
    found = run(autograd, nn.functional, call, "far above")
    assert isinstance(found, RuntimeError)
    assert name in str(found)
    assert "outside [" in str(found)
    assert "99" in str(found)
    if not name.endswith(("loss", "entropy")):
        assert isinstance(found, IndexError)


SHAPES = [(4, 5), (4, 1), (1, 5), (2, 3), (5, 5), (4, 6), (4,), (1, 4, 5), (0, 5), (4, 0)]
SHAPED = {
    "gather": "e.gather(x, {dim}, i)",
    "scatter": "x.scatter({dim}, i, 1.0)",
    "scatter from": "x.scatter({dim}, i, s)",
    "scatter_": "x.clone().scatter_({dim}, i, s)",
    "scatter_add": "x.scatter_add({dim}, i, s)",
    "scatter_reduce": "x.scatter_reduce({dim}, i, s, 'amax')",
    "scatter_reduce sum": "x.scatter_reduce({dim}, i, s, 'sum')",
}


@pytest.mark.parametrize("function", SHAPED)
@pytest.mark.parametrize("dim", [0, 1])
def test_shapes_are_taken_or_refused_as_in_torch(function: str, dim: int, sweep: Callable[..., int]) -> None:
    torch = torch_or_skip()
    call, wrong = SHAPED[function].format(dim=dim), []
    cases = list(
        itertools.product(SHAPES[:4] + SHAPES[-2:], SHAPES, SHAPES if "s)" in call or "s," in call else [(1,)])
    )
    for i in np.random.default_rng(0).permutation(len(cases))[: sweep(150, 600, 2000)]:
        ends = []
        for engine in (autograd, torch):
            of_x, of_i, of_s = (engine.ones(shape) for shape in cases[i])
            names = {"e": engine, "x": of_x, "i": of_i.to(engine.int64) * 0, "s": of_s * 2}
            try:
                ends.append(eval(call, names))
            except (RuntimeError, IndexError, ValueError) as error:
                ends.append(error)
        ours, theirs = ends
        if isinstance(ours, Exception) != isinstance(theirs, Exception):
            wrong.append(f"{call} of x, i, s {cases[i]}: {ours!r:.90} here, {theirs!r:.90} in torch")
        elif not isinstance(ours, Exception):
            assert_same(ours, theirs, what=f"{call} of {cases[i]}")
    assert not wrong, f"{len(wrong)} of {len(cases)}:\n" + "\n".join(wrong)


def test_padding_of_ctc_targets_may_be_anything() -> None:
    """torch reads no label beyond a target's length; a label that it does read must be a class (torch reads astray)."""
    x = autograd.log_softmax(autograd.tensor(np.random.default_rng(0).normal(size=(6, 2, 5))), -1)
    taken, wanted = autograd.tensor([6, 6]), autograd.tensor([2, 1])
    losses = [nn.functional.ctc_loss(x, autograd.tensor([[1, 2], [3, pad]]), taken, wanted) for pad in (0, -1, 99)]
    assert losses[0].item() == losses[1].item() == losses[2].item()
    with pytest.raises(IndexError, match=r"ctc_loss: an index is outside \[0, 5\)"):
        nn.functional.ctc_loss(x, autograd.tensor([[1, 2], [7, 0]]), taken, wanted)


OTHERS = {
    "bernoulli": [
        "e.bernoulli(e.tensor([1.5]))",
        "e.bernoulli(e.tensor([-0.5]))",
        "e.bernoulli(e.tensor([float('nan')]))",
        "e.bernoulli(e.tensor([0.0, 1.0]))",
        "e.zeros(3).bernoulli_(1.5)",
        "e.zeros(3).bernoulli_(-0.1)",
        "e.bernoulli(e.zeros(2), 1.5)",
        "e.bernoulli(e.zeros(2), 1)",
        "e.zeros(2).bernoulli_(e.tensor([1.0, 0.0]))",
        "e.zeros(2).bernoulli_(e.tensor([0.5, 1.5]))",
    ],
    "manual_seed": [
        "e.manual_seed(1.5).initial_seed()",
        "e.Generator().manual_seed(1.5)",
        "e.manual_seed('3').initial_seed()",
        "e.manual_seed(None)",
        "e.manual_seed(-1).initial_seed()",
    ],
    "loader": [
        "D.DataLoader([1, 2], batch_size=2.0)",
        "D.DataLoader([1, 2], batch_size=True)",
        "D.DataLoader([1, 2], batch_size=0)",
        "D.DataLoader([1, 2], batch_size=2)",
        "D.BatchSampler([1], 2, 1)",
        "D.RandomSampler([1], num_samples=2.0)",
        "D.RandomSampler([1], num_samples=0)",
        "D.RandomSampler([1], replacement=1)",
        "D.WeightedRandomSampler([1.0], 2.0)",
    ],
    "register": [
        f"n.Linear(1, 1).register_{kind}({name!r}, {value})"
        for kind, value in (
            ("buffer", "e.ones(1)"),
            ("parameter", "n.Parameter(e.ones(1))"),
            ("module", "n.ReLU()"),
            ("buffer", "None"),
            ("parameter", "None"),
        )
        for name in ("weight", "forward", "training", "in_features", "fresh")
    ],
    "register over": [
        f"n.BatchNorm1d(1).register_{kind}('running_mean', {value})"
        for kind, value in (("buffer", "e.ones(1)"), ("parameter", "n.Parameter(e.ones(1))"), ("module", "n.ReLU()"))
    ],
}


@pytest.mark.parametrize("group", OTHERS)
def test_other_values_are_taken_or_refused_as_in_torch(group: str) -> None:
    torch = torch_or_skip()
    for call in OTHERS[group]:
        ends: list[Any] = []
        for names in (
            {"e": autograd, "n": nn, "D": autograd.data},
            {"e": torch, "n": torch.nn, "D": torch.utils.data},
        ):
            try:
                ends.append(eval(call, names))
            except Exception as error:
                ends.append(error)
        ours, theirs = ends
        assert isinstance(ours, Exception) == isinstance(theirs, Exception), (
            f"{call}: {ours!r} here, {theirs!r} in torch"
        )
        if isinstance(ours, KeyError | TypeError):
            assert type(ours) is type(theirs), call
        if isinstance(ours, int | float):
            assert ours == theirs, call
        elif isinstance(ours, autograd.Tensor):
            assert_same(ours, theirs, what=call)


def test_a_recorded_step_still_takes_indices() -> None:
    """The checks look at the host's memory, not through the recorder."""
    table = autograd.tensor(X)
    step = autograd.capture.record(lambda i: nn.functional.embedding(i, table) + table.index_select(0, i))
    for values in ([1, 2], [3, 0], [2, 2]):
        np.testing.assert_array_equal(step(autograd.tensor(values)).numpy(), 2 * X[values])
