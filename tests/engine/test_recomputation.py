"""Checkpoints: torch's gradients, without what is kept for them."""

from __future__ import annotations

import gc
import importlib
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd.engine.modes import Listener, switched
from autograd.recomputation import CheckpointError, checkpoint, get_device_states, set_device_states
from tests.helpers.oracle import torch_or_skip

pytestmark = pytest.mark.cpu_only  # results are compared as NumPy's arrays

rng = np.random.default_rng(0)
WEIGHTS = [rng.standard_normal((5, 5)) for _ in range(4)]
DATA = rng.standard_normal((3, 5))


def block(x: Any, w: Any, scale: float = 1.0) -> Any:
    return (x @ w * scale).sigmoid() * x


def alike(check: Callable[[Any, Any, Any], list[Any]]) -> None:
    torch = torch_or_skip()
    ours = check(autograd, nn, autograd.recomputation)  # type: ignore[attr-defined]
    theirs = check(torch, torch.nn, importlib.import_module("torch.utils.checkpoint"))
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=1e-9, atol=1e-12)


def inputs(T: Any) -> Any:
    return T.tensor(DATA, requires_grad=True), [T.tensor(w, requires_grad=True) for w in WEIGHTS]


@pytest.mark.parametrize(
    "options", [{"use_reentrant": False}, {"use_reentrant": True}, {"use_reentrant": False, "early_stop": False}]
)
def test_a_chain(options: dict[str, Any]) -> None:
    def check(T: Any, layers: Any, module: Any) -> list[Any]:
        x, weights = inputs(T)
        h = x
        for w in weights:
            h = module.checkpoint(block, h, w, **options)
        h.sum().backward()
        return [h, x.grad, *[w.grad for w in weights]]

    alike(check)


def test_nested() -> None:
    def check(T: Any, layers: Any, module: Any) -> list[Any]:
        x, (w, v, *_) = inputs(T)

        def inner(h: Any) -> Any:
            return module.checkpoint(block, h, w, use_reentrant=False, scale=2.0)

        def outer(h: Any) -> Any:
            return module.checkpoint(block, inner(inner(h)), v, use_reentrant=False)

        (module.checkpoint(outer, x, use_reentrant=False) + x).sum().backward()
        return [x.grad, w.grad, v.grad]

    alike(check)


def test_nests_of_arguments_and_results() -> None:
    def check(T: Any, layers: Any, module: Any) -> list[Any]:
        x, (w, *_) = inputs(T)
        made = module.checkpoint(lambda a, k: {"u": a @ k["w"], "v": [a.exp()]}, x, {"w": w}, use_reentrant=False)
        (made["u"].tanh().sum() + made["v"][0].sum()).backward()
        return [x.grad, w.grad]

    alike(check)


def test_twice_and_second_derivatives() -> None:
    def check(T: Any, layers: Any, module: Any) -> list[Any]:
        x, (w, *_) = inputs(T)
        y = module.checkpoint(block, x, w, use_reentrant=False).sum()
        y.backward(retain_graph=True)
        y.backward()
        (g,) = T.autograd.grad(module.checkpoint(block, x, w, use_reentrant=False).sum(), x, create_graph=True)
        g.pow(2).sum().backward()
        return [x.grad, w.grad]

    alike(check)


@pytest.mark.parametrize("reentrant", [True, False])
def test_sequential(reentrant: bool) -> None:
    def check(T: Any, layers: Any, module: Any) -> list[Any]:
        steps = [layers.Sequential(layers.Linear(5, 5), layers.Tanh()) for _ in range(4)]
        net = layers.Sequential(*steps).double()
        for step, w in zip(steps, WEIGHTS, strict=True):
            step[0].weight.data, step[0].bias.data = T.tensor(w), T.tensor(w[0])
        x, _ = inputs(T)
        module.checkpoint_sequential(net, 3, x, use_reentrant=reentrant).sum().backward()
        return [x.grad, *[p.grad for p in net.parameters()]]

    alike(check)


@pytest.mark.parametrize("reentrant", [True, False])
def test_dropout_drops_the_same(reentrant: bool) -> None:
    x = autograd.ones(1000, requires_grad=True)
    autograd.manual_seed(3)
    y = checkpoint(lambda x: nn.functional.dropout(x) * x, x, use_reentrant=reentrant)
    following = autograd.rand(1)
    y.sum().backward()
    assert x.grad is not None
    assert autograd.equal(x.grad, 2 * y)
    autograd.manual_seed(3)
    nn.functional.dropout(x)
    assert autograd.equal(autograd.rand(1), following)


class Arrays(Listener):
    """The arrays that were made, and are still there."""

    def __init__(self) -> None:
        self.made: list[weakref.ref[np.ndarray]] = []

    def on_apply(self, primitive: Any, inputs: Any, params: Any, outputs: Any, arrays: Any) -> None:
        for out in outputs if isinstance(outputs, tuple) else (outputs,):
            if out is not None and out._array.base is None:
                self.made.append(weakref.ref(out._array))

    def left(self) -> int:
        gc.collect()
        return sum(each() is not None for each in self.made)


@pytest.mark.cpu_only
@pytest.mark.parametrize("reentrant", [True, False])
def test_little_is_kept(reentrant: bool) -> None:
    def deep(x: autograd.Tensor) -> autograd.Tensor:
        for _ in range(20):
            x = x.sin().exp()
        return x

    kept = {}
    for name in ("plain", "checkpoint", *(() if reentrant else ("nested",))):
        x = autograd.randn(100, requires_grad=True)
        listener = Arrays()
        with switched(listener=listener):
            if name == "plain":
                y = deep(x)
            elif name == "checkpoint":
                y = checkpoint(deep, x, use_reentrant=reentrant)
            else:
                y = checkpoint(
                    lambda x: checkpoint(deep, checkpoint(deep, x, use_reentrant=False), use_reentrant=False),
                    x,
                    use_reentrant=False,
                )
        kept[name] = listener.left()
        y.sum().backward()
    assert kept["plain"] >= 20
    assert kept["checkpoint"] <= 3
    assert kept.get("nested", 0) <= 4


def test_mistakes() -> None:
    x = autograd.ones(2, requires_grad=True)
    calls = []

    def changing(x: autograd.Tensor) -> autograd.Tensor:
        calls.append(1)
        return x.exp() if len(calls) == 1 else x.sum(0).exp()

    with pytest.raises(CheckpointError, match="different metadata"):
        checkpoint(changing, x, use_reentrant=False).sum().backward()
    with pytest.raises(ValueError, match="Unexpected keyword arguments: scale"):
        checkpoint(block, x, x, use_reentrant=True, scale=1.0)
    with pytest.raises(RuntimeError, match="use_reentrant=False"):
        autograd.grad(checkpoint(lambda x: x.exp(), x, use_reentrant=True).sum(), x)
    with pytest.warns(UserWarning, match="use_reentrant"):
        checkpoint(lambda x: x.exp(), x)
    with pytest.warns(UserWarning, match="None of the inputs have requires_grad"):
        checkpoint(lambda x: x.exp(), autograd.ones(1), use_reentrant=True)
    with autograd.no_grad():
        assert not checkpoint(lambda x: x.exp(), x, use_reentrant=False).requires_grad


@pytest.mark.cpu_only
def test_the_states_of_gpus_that_no_tensor_is_on_are_none() -> None:
    """Packages with reversible layers of their own ask for them before each layer."""
    torch = torch_or_skip()
    import torch.utils.checkpoint as theirs

    assert get_device_states(autograd.ones(2), {"more": [autograd.ones(1)]}, 3) == ([], [])
    assert theirs.get_device_states(torch.ones(2), {"more": [torch.ones(1)]}, 3) == ([], [])
    set_device_states([], [])
