"""A module that stands in a network under several names: what walks the network meets it as often as torch's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from tests.helpers.oracle import host, torch_or_skip


def network(engine: Any, layers: Any) -> Any:
    """One layer under two names of one module, in a list beside it, and twice in a sequence."""

    class Net(layers.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.first = self.second = layers.Linear(2, 2)
            self.absent = None
            self.norm = layers.BatchNorm1d(2)
            self.apart = layers.ModuleList([self.first, self.norm])
            self.row = layers.Sequential(self.norm, self.first, self.norm)
            self.tied = layers.Linear(2, 2)
            self.tied.weight = self.first.weight
            self.register_module("nothing", None)

        def forward(self, x: Any) -> Any:
            return self.tied(self.row(self.second(self.first(x))))

    return Net()


def kind(module: Any) -> str:
    return type(module).__name__


def applied(net: Any) -> list[str]:
    met: list[str] = []
    net.apply(lambda module: met.append(kind(module)))
    return met


def switched(net: Any) -> list[str]:
    met: list[str] = []
    for module in net.modules():
        module.train = lambda mode=True, module=module: met.append(kind(module))
    type(net).train(net, False)
    return met


WALKS: dict[str, Callable[[Any], Any]] = {
    "children": lambda net: [kind(module) for module in net.children()],
    "named_children": lambda net: [name for name, _ in net.named_children()],
    "named_children of a sequence": lambda net: [name for name, _ in net.row.named_children()],
    "the elements of a sequence": lambda net: [kind(module) for module in net.row],
    "modules": lambda net: [kind(module) for module in net.modules()],
    "named_modules": lambda net: [name for name, _ in net.named_modules(prefix="net")],
    "named_modules, all names": lambda net: [name for name, _ in net.named_modules(remove_duplicate=False)],
    "named_modules, without some": lambda net: [name for name, _ in net.named_modules({net.norm})],
    "named_parameters": lambda net: [name for name, _ in net.named_parameters()],
    "named_parameters, all names": lambda net: [name for name, _ in net.named_parameters(remove_duplicate=False)],
    "named_parameters, own": lambda net: [name for name, _ in net.tied.named_parameters(recurse=False)],
    "named_buffers": lambda net: [name for name, _ in net.named_buffers()],
    "named_buffers, all names": lambda net: [name for name, _ in net.named_buffers(remove_duplicate=False)],
    "state_dict": lambda net: list(net.state_dict()),
    "apply": applied,
    "train": switched,
    "repr": repr,
}


@pytest.mark.parametrize("walk", WALKS)
def test_a_shared_module_is_met_as_often_as_in_torch(walk: str) -> None:
    torch = torch_or_skip()
    assert WALKS[walk](network(autograd, nn)) == WALKS[walk](network(torch, torch.nn))


@pytest.mark.cpu_only  # other devices draw numbers of their own
def test_a_shared_module_is_drawn_once() -> None:
    """What `apply` draws at a module named twice is drawn once, and what follows draws the same numbers as in torch."""
    torch = torch_or_skip()

    def drawn(engine: Any, layers: Any) -> dict[str, np.ndarray]:
        engine.manual_seed(0)
        net = network(engine, layers)
        net.apply(lambda module: layers.init.normal_(module.weight) if isinstance(module, layers.Linear) else None)
        return {key: host(value) for key, value in net.state_dict().items()}

    with autograd.use_torch_random():
        ours = drawn(autograd, nn)
    for key, value in drawn(torch, torch.nn).items():
        np.testing.assert_allclose(ours[key], value, rtol=1e-5, err_msg=key)
