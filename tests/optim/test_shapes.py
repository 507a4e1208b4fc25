"""State, gradient and parameter that do not fit: what torch's step raises for raises here, with nothing written.

The compiled updates walk through memory without looking, so a misfit must never reach them.
"""

from __future__ import annotations

import itertools
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
import nn
import optim
from tests.helpers.oracle import assert_same, host, torch_or_skip

OPTIMIZERS = {
    "SGD": {},
    "SGD momentum": {"momentum": 0.9},
    "SGD decay": {"momentum": 0.9, "weight_decay": 0.1},
    "SGD dampened": {"momentum": 0.9, "dampening": 0.2},
    "Adam": {},
    "Adam decay": {"weight_decay": 0.1},
    "Adam amsgrad": {"amsgrad": True},
    "AdamW": {},
    "RMSprop": {},
    "RMSprop centered": {"centered": True, "momentum": 0.9},
    "Adagrad": {},
    "Adadelta": {},
    "Adamax": {},
    "NAdam": {},
    "NAdam decay": {"weight_decay": 0.1},
    "RAdam": {},
    "Rprop": {},
    "ASGD": {},
    "Adafactor": {},
    "Muon": {},
}
SHAPES = [(3, 4), (4, 3), (12,), (4,), (1, 4), (3, 1), (2, 4), (6, 4), (), (1,), (1, 1), (200, 30)]
DTYPES = ["float16", "float32", "float64"]
ERRORS = (RuntimeError, ValueError, KeyError, TypeError, IndexError, AssertionError, ZeroDivisionError)


class Run:
    """A parameter before another that fits, and their optimizer, in one of the engines."""

    def __init__(self, engine: Any, package: Any, name: str, shape: tuple[int, ...], dtype: str = "float32") -> None:
        self.engine, self.dtype = engine, dtype
        self.params = [self.fill(each).requires_grad_() for each in ((2, 2), shape)]
        self.optimizer = getattr(package, name.split()[0])(self.params, lr=0.1, **OPTIMIZERS[name])

    def fill(self, shape: tuple[int, ...]) -> Any:
        values = np.random.default_rng(len(shape)).uniform(0.5, 1.5, shape)
        return self.engine.tensor(values, dtype=getattr(self.engine, self.dtype))

    def grads(self, *which: int) -> None:
        for i in which or (0, 1):
            p = self.params[i]
            p.grad = None
            p.grad = self.engine.ones_like(p.detach())

    def step(self) -> None:
        self.optimizer.step()

    def values(self) -> list[Any]:
        every = [self.optimizer.state[p] for p in self.params]
        return [*self.params, *(x for state in every for x in state.values() if hasattr(x, "shape"))]


def loaded(run: Run, other: Run, shape: tuple[int, ...]) -> None:
    """The state of another model; gradients of this one."""
    other.grads()
    other.step()
    run.optimizer.load_state_dict(other.optimizer.state_dict())
    run.grads()


def replaced(run: Run, other: Run, shape: tuple[int, ...]) -> None:
    """A parameter's memory replaced, its gradient and state of before kept."""
    run.grads()
    run.step()
    run.params[1].data = run.fill(shape)


def replaced_at_first(run: Run, other: Run, shape: tuple[int, ...]) -> None:
    """A parameter's memory replaced between backward and the first step."""
    run.grads()
    run.params[1].data = run.fill(shape)


def grown(run: Run, other: Run, shape: tuple[int, ...]) -> None:
    """A parameter's memory replaced, its gradient is new."""
    run.grads()
    run.step()
    run.params[1].data = run.fill(shape)
    run.grads()


def outcome(run: Run) -> bool:
    """Whether the step ran; if not, in this engine, nothing has changed."""
    before = [host(x).copy() for x in run.values()]
    try:
        run.step()
    except ERRORS:
        if run.engine is autograd:
            for x, value in zip(run.values(), before, strict=True):
                np.testing.assert_array_equal(host(x), value)
        return False
    return True


def compare(
    name: str, misfit: Callable[[Run, Run, Any], None], shape: Any, target: Any, dtype: str = "float32"
) -> None:
    torch = torch_or_skip()
    ends = []
    for engine, package in ((autograd, optim), (torch, torch.optim)):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = target if misfit is loaded else shape
            run, other = Run(engine, package, name, made, dtype), Run(engine, package, name, shape, dtype)
            misfit(run, other, target)
            ends.append((outcome(run), run))
    (ours, here), (theirs, there) = ends
    what = f"{name}, {misfit.__name__}: {shape} -> {target}: "
    assert ours == theirs, what + f"{'steps' if ours else 'raises'} here, {'steps' if theirs else 'raises'} in torch"
    if ours and name != "Muon":  # torch computes Muon's matrix in bfloat16
        for p, q in zip(here.params, there.params, strict=True):
            rtol = 1e-2 if "float16" in (dtype, target) else 1e-5
            assert_same(p, q, rtol=rtol, atol=rtol, what=what)


@pytest.mark.numbers
@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("misfit", [loaded, replaced, replaced_at_first, grown])
def test_shapes_raise_or_step_as_torch(name: str, misfit: Callable[..., None], sweep: Callable[..., int]) -> None:
    pairs = [(a, b) for a, b in itertools.permutations(SHAPES, 2) if name != "Muon" or (len(a) == 2 and len(b) == 2)]
    chosen = np.random.default_rng(0).permutation(len(pairs))[: sweep(5, 40, 200)]
    for i in chosen:
        compare(name, misfit, *pairs[i])


def converted(run: Run, other: Run, dtype: str) -> None:
    """A parameter of another dtype since the last step, its gradient is new."""
    run.grads()
    run.step()
    run.params[1].data = run.params[1].data.to(getattr(run.engine, dtype))
    run.grads()


def converted_alone(run: Run, other: Run, dtype: str) -> None:
    """A parameter of another dtype than its gradient and state."""
    run.grads()
    run.step()
    run.params[1].data = run.params[1].data.to(getattr(run.engine, dtype))


@pytest.mark.numbers
@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("misfit", [converted, converted_alone])
def test_dtypes_raise_or_step_as_torch(name: str, misfit: Callable[..., None]) -> None:
    torch = torch_or_skip()
    for dtype, target in itertools.permutations(DTYPES, 2):
        ends = []
        for engine, package in ((autograd, optim), (torch, torch.optim)):
            run = Run(engine, package, name, (3, 4), dtype)
            misfit(run, run, target)
            ends.append(outcome(run))
        assert ends[0] == ends[1], f"{name}, {dtype} -> {target}: {ends[0]} here, {ends[1]} in torch"


@pytest.mark.numbers
@pytest.mark.parametrize("name", ["Adam", "Adagrad", "RMSprop", "NAdam", "ASGD", "Rprop", "Adafactor"])
@pytest.mark.parametrize(
    "step", ["5", "5.0", "engine.tensor(5)", "engine.ones(1) * 5", "engine.ones(1, 1)", "engine.ones(3)"]
)
def test_the_count_of_steps(name: str, step: str) -> None:
    torch = torch_or_skip()
    ends = []
    for engine, package in ((autograd, optim), (torch, torch.optim)):
        run = Run(engine, package, name, (3, 4))
        run.grads()
        run.step()
        saved = run.optimizer.state_dict()
        for state in saved["state"].values():
            state["step"] = eval(step, {"engine": engine})
        run.optimizer.load_state_dict(saved)
        ends.append((outcome(run), run.params))
    assert ends[0][0] == ends[1][0]
    if ends[0][0]:
        for p, q in zip(ends[0][1], ends[1][1], strict=True):
            assert_same(p, q, rtol=1e-5)


def test_state_of_another_optimizer() -> None:
    """What is there is kept, as RAdam's state serves Adam; what lacks something is refused, by torch as well."""
    for first, second in itertools.permutations(
        ["SGD momentum", "Adam", "RMSprop", "Adafactor", "Muon", "Rprop", "RAdam"], 2
    ):
        run, other = (Run(autograd, optim, name, (3, 4)) for name in (second, first))
        other.grads()
        other.step()
        run.optimizer.load_state_dict(
            {**other.optimizer.state_dict(), "param_groups": run.optimizer.state_dict()["param_groups"]}
        )
        run.grads()
        kept = set(run.optimizer.state[run.params[1]])
        complete = not kept or {first, second} in ({"Adam", "RAdam"}, {"SGD momentum", "Muon"})
        assert outcome(run) == complete, (first, second)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_layouts(name: str) -> None:
    """Parameters that are empty, transposed, views of one memory, and gradients that are expanded, step as plain ones."""

    def stepped(make: Callable[[np.ndarray], Any], shape: tuple[int, ...]) -> np.ndarray:
        p = make(np.random.default_rng(0).uniform(0.5, 1.5, shape).astype(np.float32)).requires_grad_()
        optimizer = getattr(optim, name.split()[0])([p], lr=0.1, **OPTIMIZERS[name])
        for _ in range(3):
            p.grad = autograd.ones(1, 1).expand(*shape)
            optimizer.step()
        return host(p)

    for shape in ((4, 3), (0, 3)) if name != "Adafactor" else ((4, 3),):
        plain = stepped(autograd.tensor, shape)
        for make in (
            lambda x: autograd.tensor(x.T.copy()).T.detach(),
            lambda x: autograd.cat([autograd.tensor(x), autograd.zeros(2, 3)])[: len(x)].detach(),
            lambda x: autograd.stack([autograd.tensor(x)] * 2, -1)[..., 0].detach(),
        ):
            np.testing.assert_allclose(stepped(make, shape), plain, rtol=1e-6)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_expanded_parameter_is_refused(name: str) -> None:
    fits, wide = (autograd.ones(1, 1).expand(2, 2).detach() for _ in range(2))
    fits = fits.clone()
    for p in (fits, wide):
        p.requires_grad_()
        p.grad = autograd.ones(2, 2)
    optimizer = getattr(optim, name.split()[0])([{"params": [fits]}, {"params": [wide]}], lr=0.1, **OPTIMIZERS[name])
    with pytest.raises(autograd.OperationError, match="parameter 0 of group 1"):
        optimizer.step()
    assert host(fits).tolist() == [[1.0, 1.0], [1.0, 1.0]]


def test_messages() -> None:
    net = nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 2))
    optimizer = optim.Adam(net.named_parameters())
    net(autograd.ones(1, 4)).sum().backward()
    optimizer.step()
    net[1].weight.data = autograd.cat([net[1].weight.data, autograd.zeros(1, 3)])
    with pytest.raises(
        autograd.OperationError,
        match=r"Adam: parameter '1.weight', float32\[3, 3\], has a gradient of shape \(2, 3\).*zero_grad",
    ):
        optimizer.step()
    optimizer.zero_grad()
    net[1].weight.grad = autograd.zeros(3, 3)
    with pytest.raises(autograd.OperationError, match=r"the state 'exp_avg' of shape \(2, 3\).*optimizer.state.pop"):
        optimizer.step()
    optimizer.state.pop(net[1].weight)  # the way out
    optimizer.step()
    assert optimizer.state[net[1].weight]["exp_avg"].shape == (3, 3)
    net.double()
    for p in net.parameters():
        p.grad = autograd.zeros_like(p.detach())
    with pytest.raises(autograd.OperationError, match=r"state of autograd.float32.*load_state_dict"):
        optimizer.step()
    optimizer.load_state_dict(optimizer.state_dict())
    optimizer.step()


def test_lbfgs_refuses_gradients_of_another_size() -> None:
    a, b = (autograd.ones(n, requires_grad=True) for n in (2, 3))
    optimizer = optim.LBFGS([a, b])

    def closure() -> autograd.Tensor:
        a.grad, b.grad = autograd.ones(2), autograd.ones(3)
        b.data = autograd.ones(4)
        return autograd.tensor(1.0)

    with pytest.raises(autograd.OperationError, match=r"LBFGS.*\(3,\).*\(4,\)"):
        optimizer.step(closure)
    assert host(a).tolist() == [1.0, 1.0]


CRASHES = """
import sys; sys.path.insert(0, {root!r})
import autograd, optim
name, how = {name!r}, {how!r}
p = autograd.zeros(4, requires_grad=True)
optimizer = getattr(optim, name)([p], lr=0.1)
p.grad = autograd.ones(4)
optimizer.step()
if how == "loaded":
    q = autograd.zeros(200_000, requires_grad=True)
    other = getattr(optim, name)([q], lr=0.1)
    other.load_state_dict(optimizer.state_dict())
    p, optimizer = q, other
    p.grad = autograd.ones(200_000)
else:
    p.data = autograd.cat([p.data, autograd.zeros(200_000)])
try:
    optimizer.step()
except RuntimeError:
    print("raised")
kept = [autograd.ones(n) for n in range(1, 400)]
del kept
"""


@pytest.mark.cpu_only
@pytest.mark.parametrize(("name", "how"), [("Adam", "loaded"), ("RMSprop", "replaced"), ("Adagrad", "loaded")])
def test_no_memory_beyond_the_arrays_is_written(name: str, how: str) -> None:
    code = CRASHES.format(root=str(Path(__file__).parents[2]), name=name, how=how)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout.strip()) == (0, "raised"), done.stderr[-500:]
