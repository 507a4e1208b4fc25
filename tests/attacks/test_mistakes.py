"""Mistakes that users make: each raises, and the message names the operation, what was given, and the way out."""

from __future__ import annotations

import re
import warnings
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import autograd
import nn
import optim
from tests.attacks.mistakes import MISTAKES, OTHERWISE
from tests.helpers.oracle import torch_or_skip

HERE = SimpleNamespace(autograd=autograd, nn=nn, F=nn.functional, optim=optim, data=autograd.data)


def _there() -> SimpleNamespace:
    torch = torch_or_skip()
    return SimpleNamespace(autograd=torch, nn=torch.nn, F=torch.nn.functional, optim=torch.optim, data=torch.utils.data)


def _names(engine: SimpleNamespace, foreign: Any) -> dict[str, Any]:
    """What a call in the table may speak of; `foreign` is the other engine."""
    nn = engine.nn

    class Begun(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            self.size = 3  # without super().__init__()

    p = engine.autograd.ones(2, requires_grad=True)
    return {
        **vars(engine),
        "n": np,
        "a": np.ones((2, 3), np.float32),
        "x": engine.autograd.ones(2, 3),
        "y": engine.autograd.tensor([0, 1]),
        "g": engine.autograd.ones(2, 3, requires_grad=True),
        "image": engine.autograd.ones(1, 1, 4, 4),
        "lin": nn.Linear(3, 2),
        "p": p,
        "sgd": engine.optim.SGD([p], lr=0.1),
        "t": None if foreign is None else foreign.ones(2, 3),
        "Begun": Begun,
    }


def _state(names: dict[str, Any]) -> list[Any]:
    """All that a mistake might have changed: values, gradients, and what the layer and the optimizer hold."""
    tensors = [names[name] for name in ("x", "y", "g", "p")] + list(names["lin"].state_dict().values())
    held = [x.detach().numpy().tolist() for x in tensors]
    grads = [None if x.grad is None else x.grad.numpy().tolist() for x in (names["g"], names["p"])]
    return [held, grads, sorted(names["lin"].__dict__), sorted(names["lin"].state_dict()), names["sgd"].state_dict()]


def _made(call: str, names: dict[str, Any]) -> Exception:
    """The error of the last statement; those before are no mistakes."""
    *before, last = call.split("; ")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec("; ".join(before), names)
        state = _state(names) if names["autograd"] is autograd else None
        try:
            exec(last, names)
        except Exception as error:
            assert state is None or _state(names) == state, "the mistake has changed something"
            return error
    pytest.fail(f"{call} raises nothing")


def _foreign(call: str) -> Any:
    return torch_or_skip() if re.search(r"\bt\b", call) else None


@pytest.mark.cpu_only
@pytest.mark.parametrize("call", MISTAKES)
def test_the_message_helps(call: str) -> None:
    kind, words = MISTAKES[call]
    error = _made(call, _names(HERE, _foreign(call)))
    assert isinstance(error, kind), repr(error)
    message = str(error)
    assert not [word for word in words if word not in message], message
    assert not re.search(r"has no attribute '_|ufunc|gufunc", message), message


@pytest.mark.cpu_only
@pytest.mark.parametrize("call", [call for call in MISTAKES if call not in OTHERWISE])
def test_the_error_is_torchs(call: str) -> None:
    theirs = _made(call, _names(_there(), autograd if _foreign(call) else None))
    kind = next(each for each in type(theirs).__mro__ if each.__module__ == "builtins")
    ours = _made(call, _names(HERE, _foreign(call)))
    if isinstance(theirs, AttributeError) and isinstance(ours, TypeError):
        return  # torch asked what it was given for something; what it was given is the mistake
    assert isinstance(ours, kind), f"{ours!r}, torch's {theirs!r}"


def test_the_table_is_long_and_its_reasons_are_of_its_rows() -> None:
    assert len(MISTAKES) >= 250
    assert OTHERWISE.keys() <= MISTAKES.keys()


def test_a_users_own_module_keeps_its_error() -> None:
    class Own(nn.Module):
        def forward(self, input: list) -> autograd.Tensor:
            return input.missing  # type: ignore[attr-defined]

    for net in (Own(), nn.Sequential(Own())):
        with pytest.raises(AttributeError, match="missing"):
            net([1.0])


def test_an_error_within_a_good_call_is_kept() -> None:
    def hook(gradient: autograd.Tensor) -> autograd.Tensor:
        return gradient.missing

    x = autograd.ones(2, requires_grad=True)
    x.register_hook(hook)
    with pytest.raises(AttributeError, match="missing"):
        autograd.autograd.grad(autograd.sum(x), x)
    with pytest.raises(AttributeError, match="missing"):
        nn.functional.triplet_margin_with_distance_loss(
            x.detach(), x.detach(), x.detach(), distance_function=lambda a, b: a.missing
        )


@pytest.mark.parametrize("size", [np.int64(3), np.int32(3), autograd.tensor(3)])
def test_what_counts_as_an_int_is_one(size: Any) -> None:
    assert autograd.zeros(size).shape == autograd.zeros((size,)).shape == (3,)
    assert autograd.full((size, 2), 1.0).shape == (3, 2)
    assert nn.Linear(size, 2)(autograd.ones(1, 3)).shape == (1, 2)
    assert autograd.ones(6).view(size, -1).shape == (3, 2)
    if not isinstance(size, autograd.Tensor):
        assert nn.Conv2d(1, 1, size)(autograd.ones(1, 1, 3, 3)).shape == (1, 1, 1, 1)


@pytest.mark.parametrize("kind", [float, int, bool, complex])
def test_types_of_pythons_numbers_are_dtypes(kind: type) -> None:
    named = {float: autograd.float64, int: autograd.int64, bool: autograd.bool, complex: autograd.complex128}[kind]
    x = autograd.ones(2)
    assert autograd.zeros(2, dtype=kind).dtype is autograd.tensor([1], dtype=kind).dtype is named
    assert x.to(kind).dtype is x.to(dtype=kind).dtype is x.sum(dtype=kind).dtype is named
