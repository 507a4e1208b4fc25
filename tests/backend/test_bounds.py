"""The CPU's loops get what does not fit: they refuse it or leave it to NumPy, and never leave their arrays."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
import nn.functional as F
import optim
from autograd.backend import get_backend
from autograd.capture import record
from autograd.ops.cross_entropy import _class_cross_entropy, _class_cross_entropy_slope
from optim.update import update

pytestmark = pytest.mark.cpu_only

CPU = get_backend("cpu")
ERRORS = (ValueError, IndexError)


def ones(*shape: int) -> np.ndarray:
    return np.ones(shape, np.float32)


def loss(x: np.ndarray, target: np.ndarray) -> Any:
    return _class_cross_entropy.compute(CPU, x, target, None, ignore=-100, smoothing=0.0, mean=True)


def slope(x: np.ndarray, target: np.ndarray) -> Any:
    return _class_cross_entropy_slope.compute(CPU, ones(), x, target, None, ignore=-100, smoothing=0.0, mean=True)


WRONG = {
    "fold: space too small": lambda: CPU.fold(ones(1, 3, 3, 2, 2, 4), (3, 3), (1, 1), (1, 1)),
    "fold: space far too small": lambda: CPU.fold(ones(1, 300, 300, 2, 2, 4), (3, 3), (5, 5), (1, 1)),
    "fold: dilation too large": lambda: CPU.fold(ones(1, 3, 3, 2, 2, 4), (4, 4), (1, 1), (1, 9)),
    "fold: steps backwards": lambda: CPU.fold(ones(1, 3, 3, 2, 2, 4), (4, 4), (-900, 1), (1, 1)),
    "fold: dilation backwards": lambda: CPU.fold(ones(1, 3, 3, 2, 2, 4), (4, 4), (1, 1), (-900, 1)),
    "unfold: steps backwards": lambda: CPU.unfold(ones(1, 4, 4, 2), (2, 2), (-900, 1), (1, 1)),
    "unfold: no step": lambda: CPU.unfold(ones(1, 4, 4, 2), (2, 2), (0, 1), (1, 1)),
    "unfold: dilation backwards": lambda: CPU.unfold(ones(1, 4, 4, 2), (2, 2), (1, 1), (1, -900)),
    "unfold: kernel too large": lambda: CPU.unfold(ones(1, 4, 4, 2), (9, 9), (1, 1), (1, 1)),
    "gate_positive: fewer rows": lambda: CPU.gate_positive(ones(50_000, 3), ones(2, 3)),
    "gate_positive: vectors": lambda: CPU.gate_positive(ones(500_000), ones(2)),
    "gate_positive: F order": lambda: CPU.gate_positive(ones(3, 50_000).T, np.ones((3, 50_000), np.float32).T[:7]),
    "cross entropy: fewer targets": lambda: loss(ones(50_000, 3), np.zeros(2, np.int64)),
    "cross entropy: its slope, fewer targets": lambda: slope(ones(50_000, 3), np.zeros(2, np.int64)),
    "cross entropy: a vector of logits": lambda: loss(ones(3), np.zeros(3, np.int64)),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_does_not_fit_is_refused(case: str) -> None:
    with pytest.raises(ERRORS):
        WRONG[case]()


@pytest.mark.skipif(not CPU.loops, reason="numba is not installed")
@pytest.mark.parametrize("bad", [3, -1, 10**7, -(10**7), 2**62, -(2**63)])
def test_classes_that_there_are_not(bad: int) -> None:
    """Also in a replay, which looks at no class beforehand."""
    target = np.array([0, bad], np.int64)
    with pytest.raises(ValueError, match=r"outside \[0, 3\)"):
        loss(ones(2, 3), target)
    with pytest.raises(ValueError, match=r"outside \[0, 3\)"):
        slope(ones(2, 3), target)
    x = autograd.ones(2, 3, requires_grad=True)
    step = record(lambda x, t: autograd.grad(F.cross_entropy(x, t), x)[0])
    step(x, autograd.tensor([0, 2]))
    with pytest.raises(ValueError, match=r"outside \[0, 3\)"):
        step(x, autograd.from_numpy(target))


def test_no_classes_at_all() -> None:
    ignored = np.full(4, -100, np.int64)
    assert np.isnan(loss(ones(4, 3), ignored))
    with pytest.raises(ERRORS):
        loss(ones(4, 0), np.zeros(4, np.int64))


UPDATES: dict[type[optim.Optimizer], tuple[tuple[str, ...], dict[str, Any]]] = {
    optim.Adam: (
        ("step", "exp_avg", "exp_avg_sq"),
        {
            "lr": 0.1,
            "betas": (0.9, 0.99),
            "eps": 1e-8,
            "weight_decay": 0.0,
            "decoupled_weight_decay": False,
            "maximize": False,
        },
    ),
    optim.SGD: (
        ("momentum_buffer",),
        {"lr": 0.1, "momentum": 0.9, "dampening": 0.0, "weight_decay": 0.0, "nesterov": False, "maximize": False},
    ),
    optim.RMSprop: (
        ("step", "square_avg"),
        {"lr": 0.1, "alpha": 0.9, "eps": 1e-8, "weight_decay": 0.0, "momentum": 0.0, "maximize": False},
    ),
    optim.Adagrad: (("step", "sum"), {"lr": 0.1, "lr_decay": 0.1, "eps": 1e-8, "weight_decay": 0.0, "maximize": False}),
}


@pytest.mark.parametrize("optimizer", UPDATES)
def test_an_update_stays_in_its_arrays(optimizer: type[optim.Optimizer]) -> None:
    """Each array is the middle of a larger one, whose ends keep their values whatever sizes meet."""
    names, hyper = UPDATES[optimizer]
    step = {"algorithm": optimizer.algorithm, "count": 1, "names": names}
    sizes = (1, 4, 7)
    for chosen in itertools.product(sizes, repeat=2 + sum(name != "step" for name in names)):
        wholes = [ones(24) for _ in chosen]
        parts = iter([whole[8 : 8 + size] for whole, size in zip(wholes, chosen, strict=True)])
        arrays = [next(parts), next(parts), *(ones() if name == "step" else next(parts) for name in names)]
        if len(set(chosen)) == 1:
            update.compute(CPU, *arrays, hyper, **step)
            continue
        try:
            update.compute(CPU, *arrays, hyper, **step)
        except ValueError:
            pass
        else:  # what is smaller was broadcast, as NumPy does
            assert np.broadcast_shapes(*((n,) for n in chosen)) == (chosen[0],)
        for whole, size in zip(wholes, chosen, strict=True):
            np.testing.assert_array_equal(whole[:8], 1.0)
            np.testing.assert_array_equal(whole[8 + size :], 1.0)


STEPS = [0, -1, -3]


@pytest.mark.parametrize(
    "function", [F.conv1d, F.conv2d, F.conv3d, F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d]
)
@pytest.mark.parametrize("option", ["stride", "dilation"])
def test_convolutions_step_forwards(function: Callable[..., Any], option: str) -> None:
    dims = int(function.__name__[-2])
    x, weight = autograd.ones(1, 2, *(5,) * dims), autograd.ones(2, 2, *(3,) * dims)
    for step in STEPS:
        with pytest.raises(autograd.OperationError, match="must be positive"):
            function(x, weight, **{option: step})
