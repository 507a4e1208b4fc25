"""Every compiled loop computes what the portable reference does, for all that it takes, and leaves the rest alone."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from hypothesis.extra.numpy import arrays

import autograd
import nn.functional as F
import optim
from autograd.backend import Backend, get_backend, threads
from autograd.backend.numpy import NumpyBackend
from autograd.ops.cross_entropy import _class_cross_entropy, _class_cross_entropy_slope

CPU = get_backend("cpu")
DTYPES = [np.float32, np.float64]
CLOSE = {np.float32: 2e-5, np.float64: 1e-11}

pytestmark = [pytest.mark.cpu_only, pytest.mark.skipif(not CPU.loops, reason="numba is not installed")]


class Portable(NumpyBackend):
    """The CPU without its loops."""

    loops: ClassVar[dict] = {}


PORTABLE = Portable()


# Updates: every combination of these hyperparameters, by optimizer and state


COMMON: dict[str, list[Any]] = {"lr": [0.1], "weight_decay": [0.0, 0.1], "maximize": [False, True]}
ADAM = {"betas": [(0.9, 0.99), (0.0, 0.5)], "eps": [1e-8, 1e-2], "decoupled_weight_decay": [False, True]}
SGD = {"dampening": [0.0, 0.3], "nesterov": [False, True]}
UPDATES: dict[tuple[type[optim.Optimizer], tuple[str, ...]], dict[str, list[Any]]] = {
    (optim.Adam, ("step", "exp_avg", "exp_avg_sq")): {**COMMON, **ADAM},
    (optim.SGD, ()): {**COMMON, **SGD, "momentum": [0.0]},
    (optim.SGD, ("momentum_buffer",)): {**COMMON, **SGD, "momentum": [0.5, 0.9]},
    (optim.RMSprop, ("step", "square_avg")): {**COMMON, "alpha": [0.9, 0.5], "eps": [1e-8, 1e-2], "momentum": [0.0]},
    (optim.Adagrad, ("step", "sum")): {**COMMON, "lr_decay": [0.0, 0.1], "eps": [1e-10, 1e-2]},
}
IDS = [" ".join([optimizer.__name__, *names]) for optimizer, names in UPDATES]


def combinations(optimizer: type[optim.Optimizer], options: dict[str, list[Any]]) -> Iterator[dict[str, Any]]:
    assert options.keys() == set(optimizer.algorithm.hyperparameters)
    for values in itertools.product(*options.values()):
        yield dict(zip(options, values, strict=True))


def start(names: tuple[str, ...], shape: tuple[int, ...], dtype: Any, seed: int = 0) -> dict[str, np.ndarray]:
    """A parameter, its gradient and state; what is a square is not negative."""
    rng = np.random.default_rng(seed)
    made = {"p": rng.normal(size=shape), "g": rng.normal(size=shape)}
    made |= {name: rng.normal(size=shape) if name == "exp_avg" else rng.uniform(0.1, 1, shape) for name in names}
    return {
        name: np.asarray(3.0, np.float32) if name == "step" else np.asarray(x, dtype, order="C")
        for name, x in made.items()
    }


def both(optimizer: type[optim.Optimizer], ours: dict[str, Any], reference: dict[str, Any], hyper: Any) -> None:
    loop = CPU.loops[optimizer.algorithm.name, tuple(name for name in ours if name not in "pg")]
    assert loop(*ours.values(), **hyper) is None
    optimizer.update(np, **reference, **hyper)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("optimizer", "names"), UPDATES, ids=IDS)
def test_updates(optimizer: type[optim.Optimizer], names: tuple[str, ...], dtype: Any) -> None:
    rates = [0.1, np.asarray(0.02, dtype)]  # a number and a tensor
    for hyper in combinations(optimizer, {**UPDATES[optimizer, names], "lr": rates}):
        ours, reference = (start(names, (6, 5), dtype) for _ in range(2))
        for _ in range(3):
            both(optimizer, ours, reference, hyper)
        for name, x in reference.items():
            np.testing.assert_allclose(ours[name], x, CLOSE[dtype], CLOSE[dtype], err_msg=f"{name}, {hyper}")
            assert ours[name].dtype == x.dtype


SHARES = st.floats(0.0, 0.99)
SMALL = st.floats(1e-6, 1.0)
HYPER: dict[str, st.SearchStrategy[Any]] = {
    "lr": SMALL,
    "eps": SMALL,
    "weight_decay": st.just(0.0) | SMALL,
    "maximize": st.booleans(),
    "betas": st.tuples(SHARES, SHARES),
    "alpha": SHARES,
    "momentum": SHARES,
    "dampening": SHARES,
    "lr_decay": st.just(0.0) | SMALL,
    "nesterov": st.booleans(),
    "decoupled_weight_decay": st.booleans(),
}


@pytest.mark.parametrize(("optimizer", "names"), UPDATES, ids=IDS)
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_updates_of_any_numbers(data: st.DataObject, optimizer: type[optim.Optimizer], names: tuple[str, ...]) -> None:
    hyper = {name: data.draw(HYPER[name], name) for name in optimizer.algorithm.hyperparameters}
    shape = data.draw(st.sampled_from([(), (1,), (7,), (0, 3), (3, 4), (2, 3, 2)]))
    ours = start(names, shape, np.float64)
    ours["g"] = data.draw(arrays(np.float64, shape, elements=st.floats(-1e3, 1e3)), "g")
    reference = {name: x.copy() for name, x in ours.items()}
    both(optimizer, ours, reference, hyper)
    for name, x in reference.items():
        np.testing.assert_allclose(ours[name], x, rtol=1e-9, atol=1e-9, err_msg=name)


@pytest.mark.parametrize(("optimizer", "names"), UPDATES, ids=IDS)
def test_an_update_that_no_loop_takes_is_left_alone(optimizer: type[optim.Optimizer], names: tuple[str, ...]) -> None:
    """Half precision, a gradient in another order, shape or dtype, several counts of steps."""
    hyper = next(combinations(optimizer, UPDATES[optimizer, names]))
    fitting = start(names, (6, 5), np.float32)
    changed = {
        "half precision": {name: x if name == "step" else x.astype(np.float16) for name, x in fitting.items()},
        "order": {**fitting, "g": np.asfortranarray(fitting["g"])},
        "shape": {**fitting, "g": fitting["g"][:1]},
        "dtype": {**fitting, "g": fitting["g"].astype(np.float64)},
    }
    if "step" in names:
        changed["counts"] = {**fitting, "step": np.ones(3, np.float32)}
    for what, misfit in changed.items():
        before = {name: x.copy() for name, x in misfit.items()}
        assert CPU.loops[optimizer.algorithm.name, names](*misfit.values(), **hyper) is NotImplemented, what
        for name, x in misfit.items():
            np.testing.assert_array_equal(x, before[name])


# Kernels: (loop's name, arguments, what the portable reference makes of them)


Case = tuple[str, tuple[Any, ...], Any]
WINDOWS = [
    ((3, 3), (1, 1), (1, 1)),
    ((2, 2), (2, 2), (1, 1)),
    ((3, 2), (2, 1), (1, 2)),
    ((2, 3), (3, 3), (2, 1)),
]


def kernels(dtype: Any) -> Iterator[Case]:
    rng = np.random.default_rng(0)
    for kernel, stride, dilation in WINDOWS:
        x = rng.normal(size=(2, 8, 7, 3)).astype(dtype)
        windows = rng.normal(size=CPU.unfold(x, kernel, stride, dilation).shape).astype(dtype)
        arguments: tuple[Any, ...] = windows, (8, 7), stride, dilation
        yield "fold", arguments, Backend.fold(CPU, *arguments)
        for padding in ((0, 0), (1, 1)):
            image = rng.integers(0, 4, size=(2, 3, 8, 7)).astype(dtype)  # with ties
            image[1, 1, 2, 2:4] = np.nan
            if any(padding):
                image[:, :, [0, -1]] = image[:, :, :, [0, -1]] = -np.inf
            arguments = image, kernel, stride, dilation, padding
            best, place = Backend.max_pool(CPU, *arguments)
            yield "max_pool", arguments, (best, place)
            arguments = rng.normal(size=best.shape).astype(dtype), place, (8, 7), kernel, stride, dilation
            yield "max_scatter", arguments, Backend.max_scatter(CPU, *arguments)
    for shape in ((7,), (80, 90), (3, 4, 5)):
        for order in "CF":
            g, x = (np.asarray(rng.normal(size=shape).astype(dtype), order=order) for _ in range(2))
            x.flat[0] = np.nan
            yield "gate_positive", (g, x), Backend.gate_positive(CPU, g, x)
    for mean, ignore in itertools.product((True, False), (-100, 2)):
        logits, target = (rng.normal(size=(9, 4)) * 30).astype(dtype), rng.integers(0, 4, 9)
        target[3] = ignore
        options = {"ignore": ignore, "smoothing": 0.0, "mean": mean}
        arguments = logits, target, None
        yield (
            "class_cross_entropy",
            (*arguments, *options.values()),
            _class_cross_entropy.compute(PORTABLE, *arguments, **options),
        )
        arguments = np.asarray(1.7, dtype), *arguments
        expected = _class_cross_entropy_slope.compute(PORTABLE, *arguments, **options)
        yield "class_cross_entropy_slope", (*arguments, *options.values()), expected


DRAWS = {"swap_each", "count_events"}  # of random numbers: next to be tested


def test_random_numbers_with_and_without_loops(monkeypatch: pytest.MonkeyPatch) -> None:
    rates = autograd.linspace(0.0, 40.0, 500)

    def draw() -> list[Any]:
        autograd.manual_seed(3)
        numbers = [autograd.randperm(n) for n in (0, 1, 2, 500)] + [autograd.poisson(rates), autograd.rand(3)]
        return [each.tolist() for each in numbers]

    with autograd.use_torch_random():
        compiled = draw()
        monkeypatch.setattr(NumpyBackend, "loops", {})
        assert compiled == draw()


@pytest.mark.parametrize("dtype", DTYPES)
def test_kernels(dtype: Any) -> None:
    seen = set()
    for name, arguments, expected in kernels(dtype):
        made = CPU.compiled(name, *arguments)
        for ours, reference in zip(*((x if isinstance(x, tuple) else (x,)) for x in (made, expected)), strict=True):
            assert ours.dtype == reference.dtype
            np.testing.assert_allclose(ours, reference, CLOSE[dtype], CLOSE[dtype], err_msg=name)
        seen.add(name)
    assert seen == {name for name in CPU.loops if isinstance(name, str)} - DRAWS


def test_every_update_is_in_the_table() -> None:
    known = {(optimizer.algorithm.name, names) for optimizer, names in UPDATES}
    assert known == {name for name in CPU.loops if not isinstance(name, str)}


def test_what_no_loop_takes_is_left_to_the_portable_kernels() -> None:
    for name, arguments, _ in kernels(np.float32):
        half = [x.astype(np.float16) if getattr(x, "dtype", None) == np.float32 else x for x in arguments]
        assert CPU.compiled(name, *half) is NotImplemented
    assert CPU.compiled("there is none") is NotImplemented
    x, target, weight = np.ones((2, 3)), np.zeros(2, np.int64), np.ones(3)
    for options in ((weight, -100, 0.0, True), (None, -100, 0.1, True)):
        assert CPU.compiled("class_cross_entropy", x, target, *options) is NotImplemented
        assert CPU.compiled("class_cross_entropy_slope", np.asarray(1.0), x, target, *options) is NotImplemented


def test_cross_entropy_with_and_without_loops(monkeypatch: pytest.MonkeyPatch) -> None:
    x = autograd.randn(6, 4, requires_grad=True)
    target = autograd.tensor([0, 3, 1, -100, 2, 2])

    def value_and_slope() -> list[np.ndarray]:
        loss = F.cross_entropy(x, target)
        return [loss.detach().numpy(), autograd.grad(loss, x)[0].numpy()]

    compiled = value_and_slope()
    monkeypatch.setattr(NumpyBackend, "loops", {})
    for ours, expected in zip(compiled, value_and_slope(), strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-5, atol=1e-7)


# Threads


@pytest.mark.parametrize("count", [1, 2, 3])
def test_loops_in_blocks(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """Cut anywhere, shared out to any number of threads, the loops compute what they compute whole."""
    from autograd.backend.fast import loops

    def everything() -> list[np.ndarray]:
        rng = np.random.default_rng(3)
        x, g = (rng.normal(size=(11, 6, 9, 8)).astype(np.float32) for _ in range(2))
        windows = (2, 3), (2, 1), (1, 2)
        best, place = CPU.compiled("max_pool", x, *windows, (1, 1))
        made = [best, place, CPU.compiled("gate_positive", g, x)]
        made.append(CPU.compiled("max_scatter", best * 2, place, (9, 8), *windows))
        made.append(CPU.compiled("fold", CPU.unfold(x, *windows), (6, 9), (2, 1), (1, 2)))
        for (optimizer, names), options in UPDATES.items():
            given = start(names, (37, 7), np.float32)
            *_, hyper = combinations(optimizer, options)
            assert CPU.loops[optimizer.algorithm.name, names](*given.values(), **hyper) is None
            made += given.values()
        return made

    before, whole = autograd.get_num_threads(), everything()
    calls: list[int] = []
    each = threads.each
    monkeypatch.setattr(threads, "each", lambda task, items: (calls.append(len(items)), each(task, items))[1])
    monkeypatch.setattr(loops, "BLOCK", 50)
    autograd.set_num_threads(count)
    try:
        for ours, expected in zip(everything(), whole, strict=True):
            np.testing.assert_array_equal(ours, expected)
    finally:
        autograd.set_num_threads(before)
    assert len(calls) == 4 + len(UPDATES)
    assert min(calls) > 1
