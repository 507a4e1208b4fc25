"""Copies and pickles of tensors and modules, in every protocol, and what safe_globals lets through."""

from __future__ import annotations

import copy
import io
import pickle
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from tests.helpers.oracle import torch_or_skip

pytest.importorskip("safetensors", reason="load looks for safetensors files first")

PROTOCOLS = range(2, pickle.HIGHEST_PROTOCOL + 1)
BASE = np.arange(24.0).reshape(2, 3, 4)
TENSORS = {
    "plain": lambda lib: lib.ones(2, 3),
    "transposed": lambda lib: lib.tensor(BASE).transpose(0, 2),
    "strided": lambda lib: lib.tensor(BASE)[:, 1:, ::2],
    "expanded": lambda lib: lib.ones(1, 3).expand(4, 3),
    "scalar": lambda lib: lib.tensor(2.5),
    "empty": lambda lib: lib.zeros(0, 3),
    "bool": lambda lib: lib.tensor([True, False]),
    "half": lambda lib: lib.ones(3, dtype=lib.float16, device="cpu"),
    "complex": lambda lib: lib.ones(2, dtype=lib.complex64),
    "leaf": lambda lib: lib.ones(2, requires_grad=True),
    "result": lambda lib: lib.ones(2, requires_grad=True) * 3,
}
WAYS: dict[str, Any] = {f"protocol {n}": lambda x, n=n: pickle.loads(pickle.dumps(x, n)) for n in PROTOCOLS}
WAYS["copy"] = copy.copy
WAYS["deepcopy"] = copy.deepcopy


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", TENSORS)
def test_tensors_as_in_torch(name: str, way: str) -> None:
    torch = torch_or_skip()
    results = []
    for lib in (torch, autograd):
        x = TENSORS[name](lib)
        try:
            y = WAYS[way](x)
        except RuntimeError:
            results.append("RuntimeError")
            continue
        values = y.detach().cpu().numpy().copy()
        shared = None
        if y.numel() and name != "expanded":
            with lib.no_grad():
                y.zero_()
            shared = bool((x == 0).all()) and bool(values.any())
        results.append((values.dtype, values.tolist(), y.requires_grad, y.is_leaf, shared))
    assert results[0] == results[1]


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU())
        self.tied = self.body[0]
        self.register_buffer("kept", autograd.arange(3.0), persistent=False)
        self.options = {"names": ["a"], "size": autograd.zeros(2, 3).shape, "dtype": autograd.float64}
        self.last = None

    def forward(self, x: Any) -> Any:
        self.last = self.body(x)  # a result, with its history
        return self.last


def check_net(net: Net, other: Any, apart: bool = True) -> None:
    assert type(other) is Net
    assert list(other.state_dict()) == list(net.state_dict())
    assert all(
        autograd.equal(a, b) for a, b in zip(net.state_dict().values(), other.state_dict().values(), strict=True)
    )
    assert other.tied is other.body[0]
    assert other.options == net.options
    assert other.options["dtype"] is autograd.float64
    assert autograd.equal(other.last, net.last)
    assert all(isinstance(p, nn.Parameter) and p.requires_grad for p in other.parameters())
    other(autograd.ones(2, 3)).sum().backward()
    if apart:
        assert all(p.grad is None for p in net.parameters())


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_modules(protocol: int, tmp_path: Path) -> None:
    net = Net()
    net(autograd.ones(2, 3))
    check_net(net, pickle.loads(pickle.dumps(net, protocol)))
    autograd.save(net, tmp_path / "net", pickle_protocol=protocol)
    check_net(net, autograd.load(tmp_path / "net", weights_only=False))
    with open(tmp_path / "net", "rb") as file:
        check_net(net, autograd.load(file, weights_only=False))
    with pytest.raises(pickle.UnpicklingError, match="weights_only=False"):
        autograd.load(tmp_path / "net")


def test_copies_of_modules() -> None:
    net = Net()
    with autograd.no_grad():
        net(autograd.ones(2, 3))
    check_net(net, copy.deepcopy(net))
    shallow = copy.copy(net)
    assert shallow.body is net.body
    check_net(net, shallow, apart=False)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_what_safe_globals_names_is_rebuilt(protocol: int) -> None:
    net = Net()
    net(autograd.ones(2, 3))
    shapes = [Shape(2, key=3)] if protocol >= 4 else []  # earlier ones have no arguments by keyword
    data = pickle.dumps({"net": net, "array": OrderedDict(a=np.arange(3)), "shapes": shapes}, protocol)
    classes = [nn.Sequential, nn.Linear, nn.BatchNorm1d, nn.ReLU, Shape, Net]
    with autograd.serialization.safe_globals(classes):
        loaded = autograd.load(io.BytesIO(data))
    check_net(net, loaded["net"])
    assert [vars(each) for each in loaded["shapes"]] == [vars(each) for each in shapes]
    assert loaded["array"]["a"].tolist() == [0, 1, 2]
    with (
        autograd.serialization.safe_globals(classes[:-1]),
        pytest.raises(autograd.SerializationError, match=r"test_pickling\.Net.*safe_globals"),
    ):
        autograd.load(io.BytesIO(data))
    with pytest.raises(autograd.SerializationError, match="safe_globals"):
        autograd.load(io.BytesIO(data))


class Shape:
    """A class whose objects need arguments by keyword, and have a state in a slot."""

    __slots__ = ("__dict__", "key")

    def __new__(cls, sides: int, *, key: int) -> Shape:
        made = super().__new__(cls)
        made.sides = sides  # type: ignore[attr-defined]
        return made

    def __init__(self, sides: int, *, key: int) -> None:
        self.__dict__["key"] = key

    def __getnewargs_ex__(self) -> tuple:
        return (self.sides,), {"key": self.__dict__["key"]}  # type: ignore[attr-defined]
