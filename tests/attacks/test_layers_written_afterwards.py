"""Attack: what a layer took and gave is written in place after its forward, before backward.

Where torch's backward goes through, so does this engine's, to the same gradients, None where torch has None. Where torch
raises, this engine raises, too, or had no need of what was written: then the gradients are those of a copy written
in its place. Nothing is silently wrong.
"""

from __future__ import annotations

import collections
import copy
from typing import Any

import numpy as np
import pytest

import autograd
from tests.attacks.test_gradient_penalty import ALL
from tests.helpers.oracle import host, torch_or_skip
from tests.nn.test_layers import both

pytestmark = pytest.mark.numbers


def start(x: Any) -> None:
    x[0 if x.ndim else ()] = 0


WRITES = {
    "y.mul_(2)": lambda y: y.mul_(2),
    "y[0] = 0": start,
    "x.add_(1)": lambda x: x.add_(1),
    "x[0] = 0": start,
    "x.mT.add_(1)": lambda x: x.add_(1),  # of an x that lies in memory transposed
    "parameter.mul_(2)": lambda p: p.mul_(2),  # as an optimizer's step does
    "buffer.add_(1)": lambda b: b.add_(1),  # as another forward does
}

# What torch happens to have copied, or saves its result of, and this engine keeps as it is.
KEPT_HERE: dict[str, set[str]] = collections.defaultdict(set) | {
    "CrossEntropyLoss": {"x.add_(1)", "x[0] = 0", "x.mT.add_(1)"},
    "GroupNorm": {"x.mT.add_(1)"},
    "InstanceNorm1d": {"x.mT.add_(1)"},
    "InstanceNorm2d": {"x.mT.add_(1)"},
    "InstanceNorm3d": {"x.mT.add_(1)"},
}
ROWS = [
    *ALL,
    ("ConstantPad3d(1, 0.5)", "t(1, 2, 3, 2, 4)"),
    ("Dropout3d(0.0)", "t(1, 2, 3, 2, 4)"),
    ("Hardsigmoid()", "t(3, 4)"),
    ("LPPool3d(2, 2)", "t(1, 2, 4, 2, 4)"),
    ("MaxUnpool1d(2)", "t(1, 1, 2), i([[[0, 3]]])"),
    ("MaxUnpool3d(2)", "t(1, 1, 1, 1, 2), i([[[[[1, 6]]]]])"),
    ("RNNCell(3, 2)", "t(4, 3), t(4, 2)"),
    ("GRUCell(3, 2)", "t(4, 3), t(4, 2)"),
    ("LSTMCell(3, 2)", "t(4, 3), (t(4, 2), t(4, 2))"),
    ("AdaptiveLogSoftmaxWithLoss(4, 6, [2, 4])", "t(5, 4), i([0, 1, 2, 3, 5])"),
]
BY_MODE = ("Norm", "RReLU")  # what evaluation computes in another way


def outcome(engine: Any, module: Any, call: str, write: str, apart: bool = False) -> list[Any] | str:
    """The gradients by a layer's inputs and parameters after the write, none if there is nothing to be written; or the
    error that the write or backward raised.

    With `apart` the write is into a copy: of the result, which then stands in its place; of all else beside it.
    """
    module = copy.deepcopy(module)
    rng = np.random.default_rng(1)
    leaves, given = [], []

    def t(*shape: int) -> Any:
        transposed = write == "x.mT.add_(1)" and len(shape) > 1
        leaves.append(engine.tensor(rng.normal(size=shape) * 2, requires_grad=True))
        given.append((leaves[-1].mT * 1.1).contiguous().mT if transposed else leaves[-1] * 1.1)
        return given[-1].clone() if apart else given[-1]

    def w(*shape: int) -> Any:
        return engine.tensor(rng.integers(0, 7, shape))

    out = module(*eval(f"[{call}]", {"t": t, "w": w, "i": engine.tensor, "b": engine.tensor}))
    while isinstance(out, tuple):
        out = out[0]
    if write.startswith("y") and apart:
        out = out.clone()
    kept = [*module.parameters()] if write.startswith("parameter") else [*module.buffers()]
    written = [out] if write.startswith("y") else given if write.startswith("x") else [] if apart else kept
    if (not written and not apart) or not out.requires_grad:
        return []
    try:
        with engine.set_grad_enabled(written is not kept):
            for x in written:
                if x.is_floating_point():
                    WRITES[write](x)
        weights = engine.tensor(np.random.default_rng(2).normal(size=tuple(out.shape)))
        (out * weights).sum().backward()
    except RuntimeError as error:
        return f"{type(error).__name__}: {error}"
    return [x.grad for x in (*leaves, *module.parameters())]


def assert_same_gradients(ours: list[Any], theirs: list[Any], what: str) -> None:
    assert [each is None for each in ours] == [each is None for each in theirs], what
    for mine, other in zip(ours, theirs, strict=True):
        if other is not None:
            np.testing.assert_allclose(host(mine), host(other), rtol=1e-7, atol=1e-9, err_msg=what)


@pytest.mark.parametrize(("layer", "call"), ROWS, ids=[f"{number}-{layer}" for number, (layer, _) in enumerate(ROWS)])
@pytest.mark.filterwarnings("ignore")
def test_writes_after_a_layer_end_as_in_torch(layer: str, call: str) -> None:
    torch = torch_or_skip()
    here, there = both(layer)
    for training in (True, False) if any(each in layer for each in BY_MODE) else (True,):
        here.train(training)
        there.train(training)
        for write in WRITES:
            what = f"{layer}{'' if training else ' in evaluation'}: {write}"
            found, expected = outcome(autograd, here, call, write), outcome(torch, there, call, write)
            if isinstance(found, str):
                assert "BackwardError" in found, what
                assert isinstance(expected, str) or write in KEPT_HERE[layer.split("(")[0]], what
                continue
            if isinstance(expected, str):
                expected = outcome(torch, there, call, write, apart=True)
                assert not isinstance(expected, str), what
            assert_same_gradients(found, expected, what)
