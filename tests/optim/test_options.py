"""The parameters of optimizers are torch's, in torch's order; options that choose among its kernels change nothing."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

import autograd
import optim
from optim.options import UNUSED, accepts
from tests.helpers.oracle import host, torch_or_skip

OPTIMIZERS = [
    "SGD",
    "Adam",
    "AdamW",
    "RMSprop",
    "Adagrad",
    "Adadelta",
    "Adamax",
    "NAdam",
    "RAdam",
    "Rprop",
    "ASGD",
    "Adafactor",
    "Muon",
    "LBFGS",
]


def parameters(optimizer: Any) -> tuple[list[Any], dict[str, Any]]:
    """Those that may be given by position, in order, and the others, with their defaults."""
    every = inspect.signature(optimizer).parameters.values()
    return (
        [(each.name, each.default) for each in every if each.kind is each.POSITIONAL_OR_KEYWORD],
        {each.name: each.default for each in every if each.kind is each.KEYWORD_ONLY},
    )


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_signatures_are_torchs(name: str) -> None:
    torch = torch_or_skip()
    assert parameters(getattr(optim, name)) == parameters(getattr(torch.optim, name))


def accepted(name: str) -> list[str]:
    return [each for each in inspect.signature(getattr(optim, name)).parameters if each in UNUSED]


def stepped(optimizer: Any, p: Any) -> np.ndarray:
    p.grad = autograd.ones_like(p.detach())
    optimizer.step()
    return host(p)


@pytest.mark.parametrize("name", [name for name in OPTIMIZERS if accepted(name)])
def test_options_are_kept_in_the_groups_and_change_nothing(name: str) -> None:
    p, q, r = (autograd.ones(2, 3, requires_grad=True) for _ in range(3))
    make = getattr(optim, name)
    options = dict.fromkeys(accepted(name), True)
    given, plain = make([p], **options), make([q])
    for each in options:
        assert given.param_groups[0][each] is given.defaults[each] is True
        assert plain.param_groups[0][each] is plain.defaults[each] is UNUSED[each]
    np.testing.assert_array_equal(stepped(given, p), stepped(plain, q))
    first = next(iter(options))
    own = make([{"params": [q]}, {"params": [r], first: "mine"}], **options)
    assert [group[first] for group in own.param_groups] == [True, "mine"]
    loaded = make([q])
    loaded.load_state_dict(given.state_dict())
    assert loaded.param_groups[0][first] is True


def test_options_by_position() -> None:
    p = [autograd.ones(2, requires_grad=True)]
    torch = torch_or_skip()
    theirs = [torch.ones(2, requires_grad=True)]
    for name, arguments in {
        "Adagrad": (0.1, 0.0, 0.0, 0.0, 1e-8, False),
        "Adadelta": (0.1, 0.9, 1e-6, 0.0, False),
        "Adamax": (0.1, (0.9, 0.99), 1e-8, 0.0, False),
        "RMSprop": (0.1, 0.9, 1e-8, 0.0, 0.0, False, True, None, True),
        "ASGD": (0.1, 1e-4, 0.75, 1e6, 0.0, False, True, False, True),
    }.items():
        made, other = (getattr(o, name)(x, *arguments).param_groups[0] for o, x in ((optim, p), (torch.optim, theirs)))
        assert {k: v for k, v in made.items() if k != "params"} == {k: v for k, v in other.items() if k != "params"}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("optim.SGD(p, lr=0.1, momentums=0.9)", "momentums"),
        ("optim.SGD(p, capturable=True)", "capturable"),
        ("optim.SGD(p, 0.1, 0, 0, 0, False, True)", "positional"),
        (
            "optim.Adadelta(p, 1.0, 0.9, 1e-6, 0.0, None, foreach=True)",
            "multiple values for keyword argument 'foreach'",
        ),
        ("optim.Adadelta(p, 1.0, 0.9, 1e-6, 0.0, None, True)", "positional"),
        ("optim.Adam()", "params"),
        ("optim.Muon(p, foreach=True)", "foreach"),
    ],
)
def test_what_is_no_parameter_is_refused(call: str, message: str) -> None:
    p = [autograd.ones(2, 2, requires_grad=True)]
    with pytest.raises(TypeError, match=message):
        eval(call, {"optim": optim, "p": p})


def test_a_subclass_passes_options_on() -> None:
    class Own(optim.AdamW):
        def __init__(self, params: Any, lr: float = 0.5, **options: Any) -> None:
            super().__init__(params, lr, **options)

    class Narrow(optim.Adam):
        @accepts("foreach")
        def __init__(self, params: Any) -> None:
            super().__init__(params, fused=True)

    group = Narrow([autograd.ones(2, requires_grad=True)], foreach=False).param_groups[0]
    assert [group[name] for name in UNUSED] == [False, True, False, False]
    group = Own([autograd.ones(2, requires_grad=True)], fused=True).param_groups[0]
    assert (group["lr"], group["fused"], group["foreach"]) == (0.5, True, None)
    assert list(inspect.signature(Own).parameters) == ["params", "lr", "options"]
