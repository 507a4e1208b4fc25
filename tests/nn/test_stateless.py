"""Modules as functions of their parameters, against torch.func; skip_init; gradients of samples."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from nn.utils.stateless import functional_call, stack_module_state
from tests.helpers.oracle import torch_or_skip

pytestmark = pytest.mark.cpu_only  # results are compared as NumPy's arrays


class Tied(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = nn.Linear(2, 2, bias=False), nn.Linear(2, 2, bias=False)
        self.b.weight = self.a.weight

    def forward(self, x: autograd.Tensor) -> autograd.Tensor:
        return self.b(self.a(x))


def test_other_parameters_for_one_call() -> None:
    layer = nn.Linear(2, 2)
    own = [p.detach().clone() for p in layer.parameters()]
    w = autograd.eye(2).requires_grad_()
    out = functional_call(layer, {"weight": w, "bias": autograd.zeros(2)}, (autograd.ones(1, 2),))
    assert out.tolist() == [[1.0, 1.0]]
    out.sum().backward()
    assert w.grad is not None
    assert all(autograd.equal(p, old) for p, old in zip(layer.parameters(), own, strict=True))
    assert layer.weight.grad is None
    assert functional_call(layer, ({"weight": 0 * w}, {"bias": autograd.ones(2)}), autograd.ones(2)).tolist() == [1, 1]
    assert functional_call(layer, {"weight": 0 * w}, kwargs={"input": autograd.ones(2)}).tolist() == layer.bias.tolist()


def test_tied_parameters() -> None:
    net, x = Tied(), autograd.ones(1, 2)
    assert functional_call(net, {"a.weight": 2 * autograd.eye(2)}, x).tolist() == [[4.0, 4.0]]
    apart = functional_call(net, {"a.weight": 2 * autograd.eye(2)}, x, tie_weights=False)
    assert autograd.equal(apart, net.b(2 * x))
    with pytest.raises(ValueError, match="tied"):
        functional_call(net, {"a.weight": autograd.eye(2), "b.weight": 2 * autograd.eye(2)}, x)


def test_mistakes() -> None:
    layer, x = nn.Linear(2, 2), autograd.ones(1, 2)
    with pytest.raises(RuntimeError, match=r"Missing key\(s\): 'bias'"):
        functional_call(layer, {"weight": autograd.eye(2)}, x, strict=True)
    with pytest.raises(RuntimeError, match=r"Unexpected key\(s\): 'nope'"):
        functional_call(layer, {"weight": x, "bias": x, "nope": x}, x, strict=True)
    with pytest.raises(ValueError, match="multiple dictionaries"):
        functional_call(layer, ({"weight": x}, {"weight": x}), x)
    with pytest.raises(ValueError, match="to be a dict"):
        functional_call(layer, 3, x)  # type: ignore[arg-type]
    before = layer.weight
    with pytest.raises(autograd.OperationError):
        functional_call(layer, {"weight": autograd.ones(5, 5)}, x)
    assert layer.weight is before


def test_an_ensemble() -> None:
    torch = torch_or_skip()
    data = np.random.default_rng(0).standard_normal((4, 3))

    def run(T: Any, layers: Any, nets: Any) -> Any:
        parameters, buffers = T.func.stack_module_state(nets)
        base = copy.deepcopy(nets[0])

        def call(p: Any, b: Any, x: Any) -> Any:
            return T.func.functional_call(base, (p, b), (x,))

        x = T.tensor(data)
        out = T.func.vmap(call, in_dims=(0, 0, None))(parameters, buffers, x)

        def loss(p: Any, b: Any, row: Any) -> Any:
            return call(p, b, row.unsqueeze(0)).sum().sin()

        one = {name: value[0].detach() for name, value in parameters.items()}
        held = {name: value[0] for name, value in buffers.items()}
        samples = T.func.vmap(T.func.grad(loss), in_dims=(None, None, 0))(one, held, x)
        return [out, *samples.values()]

    theirs = [torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.Tanh()).double() for _ in range(3)]
    ours = [nn.Sequential(nn.Linear(3, 2), nn.Tanh()).double() for _ in range(3)]
    for a, b in zip(ours, theirs, strict=True):
        a.load_state_dict({key: autograd.tensor(value.numpy()) for key, value in b.state_dict().items()})
    for a, b in zip(run(autograd, nn, ours), run(torch, torch.nn, theirs), strict=True):
        np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=1e-9)
    with pytest.raises(RuntimeError, match="at least one model"):
        stack_module_state([])
    with pytest.raises(RuntimeError, match="same class"):
        stack_module_state([nn.ReLU(), nn.Tanh()])


def test_skip_init() -> None:
    with pytest.raises(RuntimeError, match="Expected a Module|'device' arg"):
        nn.utils.skip_init(nn.ReLU)
