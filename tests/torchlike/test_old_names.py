"""torch's functions on lists, its old names, what scripts take from nn.init, hooks on an optimizer's state."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd
import nn
import optim
from tests.helpers.oracle import torch_or_skip
from torchlike.foreach import UNARY

pytestmark = pytest.mark.cpu_only  # results are compared as NumPy's arrays

rng = np.random.default_rng(0)
DATA = [rng.uniform(0.1, 0.9, (2, 3)), rng.uniform(0.1, 0.9, 4)]
CALLS: dict[str, Any] = {
    "add": lambda x, y: (x, y),
    "add number": lambda x, y: (x, 2.0),
    "add numbers": lambda x, y: (x, [1.0, 2.0]),
    "sub": lambda x, y: (x, y),
    "mul": lambda x, y: (x, 3.0),
    "mul tensors": lambda x, y: (x, y),
    "div": lambda x, y: (x, y),
    "div numbers": lambda x, y: (x, [2.0, 4.0]),
    "maximum": lambda x, y: (x, y),
    "maximum number": lambda x, y: (x, 0.5),
    "minimum number": lambda x, y: (x, 0.5),
    "clamp_min": lambda x, y: (x, 0.5),
    "clamp_max": lambda x, y: (x, [0.5, 0.2]),
    "pow": lambda x, y: (x, 2.0),
    "addcmul": lambda x, y: (x, y, y, 0.5),
    "addcmul numbers": lambda x, y: (x, y, y, [0.5, 2.0]),
    "addcdiv": lambda x, y: (x, y, y, -0.5),
    "lerp": lambda x, y: (x, y, 0.3),
    "lerp tensors": lambda x, y: (x, y, x),
}


@pytest.mark.parametrize("name", [*CALLS, *sorted(UNARY - {"zero"})])
def test_lists_of_tensors(name: str) -> None:
    torch = torch_or_skip()
    base = name.partition(" ")[0]

    def run(T: Any) -> list[Any]:
        x, y = [T.tensor(d) for d in DATA], [T.tensor(d[::-1].copy()) for d in DATA]
        args = CALLS[name](x, y) if name in CALLS else (x,)
        made = list(getattr(T, f"_foreach_{base}")(*args))
        if base not in ("max", "clone"):
            made += getattr(T, f"_foreach_{base}_")(*args)
            assert made[2] is x[0]
        return made

    for ours, theirs in zip(run(autograd), run(torch), strict=True):
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-12)


def test_other_functions_on_lists() -> None:
    x = [autograd.ones(2), autograd.full((4,), 2.0)]
    assert [n.item() for n in autograd._foreach_norm(x)] == pytest.approx([2**0.5, 4.0])
    autograd._foreach_zero_(x)
    autograd._foreach_copy_(x, [autograd.ones(2), autograd.full((4,), 3.0)])
    assert [t.tolist() for t in x] == [[1, 1], [3, 3, 3, 3]]
    with pytest.raises(RuntimeError, match="one length"):
        autograd._foreach_add(x, x[:1])
    with pytest.raises(AttributeError, match="_foreach_nothing"):
        autograd._foreach_nothing  # noqa: B018


def test_ranges() -> None:
    assert autograd.range(1, 4).tolist() == [1, 2, 3, 4]
    assert autograd.range(0, 1, 0.25).tolist() == [0, 0.25, 0.5, 0.75, 1]
    with pytest.raises(RuntimeError, match="step sign"):
        autograd.range(1, 0)


@pytest.mark.parametrize("name", ["symeig", "eig", "solve", "lstsq", "matrix_rank"])
def test_what_torch_has_taken_out_says_what_to_call(name: str) -> None:
    with pytest.raises(RuntimeError, match=r"use torch\.linalg"):
        getattr(autograd, name)(autograd.eye(2))


def test_a_singular_matrix_can_be_caught() -> None:
    with pytest.raises(autograd.linalg.LinAlgError):
        autograd.linalg.inv(autograd.zeros(2, 2))


def test_binomial() -> None:
    autograd.manual_seed(0)
    drawn = autograd.binomial(autograd.full((2000,), 10.0), autograd.tensor(0.3))
    assert drawn.mean().item() == pytest.approx(3.0, abs=0.2)
    assert drawn.var().item() == pytest.approx(2.1, abs=0.4)
    sure = autograd.binomial(autograd.tensor([5.0, 4.0]), autograd.tensor([1.0, 0.0]))
    assert sure.tolist() == [5, 0]
    with pytest.raises(ValueError, match="probabilities"):
        autograd.binomial(autograd.ones(1), autograd.full((1,), 2.0))


def test_deterministic_algorithms_are_remembered() -> None:
    assert not autograd.are_deterministic_algorithms_enabled()
    autograd.use_deterministic_algorithms(True, warn_only=True)
    assert autograd.are_deterministic_algorithms_enabled()
    assert autograd.get_deterministic_debug_mode() == 1
    autograd.set_deterministic_debug_mode("default")
    assert not autograd.are_deterministic_algorithms_enabled()


def test_fans() -> None:
    w = autograd.empty(4, 3, 2, 2)
    assert nn.init._calculate_fan_in_and_fan_out(w) == (12, 16)
    assert nn.init._calculate_correct_fan(w, "fan_out") == 16
    with pytest.raises(ValueError, match="not supported"):
        nn.init._calculate_correct_fan(w, "fan")


def test_hooks_on_the_state_of_an_optimizer() -> None:
    torch = torch_or_skip()

    def run(T: Any, module: Any) -> list[Any]:
        seen: list[Any] = []
        optimizer = module.SGD([T.ones(2, requires_grad=True)], lr=0.1)
        optimizer.register_state_dict_pre_hook(lambda o: seen.append("before"))
        optimizer.register_state_dict_post_hook(lambda o, state: {**state, "more": 1})
        optimizer.register_state_dict_post_hook(lambda o, state: seen.append("first"), prepend=True)
        optimizer.register_load_state_dict_pre_hook(lambda o, state: seen.append(sorted(state)))
        optimizer.register_load_state_dict_post_hook(lambda o: seen.append("loaded"))
        optimizer.load_state_dict(optimizer.state_dict())
        return seen

    assert run(autograd, optim) == run(torch, torch.optim)
