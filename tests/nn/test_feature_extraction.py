"""Results from inside a network: those of its modules, and nothing computed behind them."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from nn import models
from nn.models.feature_extraction import IntermediateLayerGetter, create_feature_extractor, get_graph_node_names
from tests.helpers.oracle import host


class Twice(nn.Module):
    """A layer and an activation, each called twice, and a branch of training."""

    def __init__(self) -> None:
        super().__init__()
        self.layer, self.act, self.side = nn.Linear(3, 3), nn.ReLU(), nn.Linear(3, 1)
        self.register_buffer("shift", autograd.ones(3))

    def forward(self, x: Any) -> Any:
        x = self.act(self.layer(self.act(self.layer(x)) + self.shift))
        return self.side(x) if self.training else x


def small() -> Any:
    return models.ResNet(models.resnet.BasicBlock, [1, 1, 1, 1], num_classes=3).eval()


def test_results_are_what_the_modules_give() -> None:
    model, x = small(), autograd.randn(2, 3, 32, 32)
    stem = model.maxpool(model.relu(model.bn1(model.conv1(x))))
    expected = {"low": model.layer1(stem), "high": model.layer2(model.layer1(stem))}
    found = create_feature_extractor(model, {"layer2": "high", "layer1": "low"})(x)
    assert list(found) == ["low", "high"]
    for name, value in expected.items():
        assert np.array_equal(host(found[name]), host(value))
    assert list(create_feature_extractor(model, ["avgpool", "layer3.0.bn2"])(x)) == ["layer3.0.bn2", "avgpool"]


def test_a_result_is_not_overwritten_by_what_comes_after_it() -> None:
    model, x = small(), autograd.randn(2, 3, 32, 32)
    found = create_feature_extractor(model, ["bn1"])(x)["bn1"]  # relu would write into it
    assert np.array_equal(host(found), host(model.bn1(model.conv1(x))))
    assert host(found).min() < 0


def test_calls_are_numbered() -> None:
    model, x = Twice().eval(), autograd.randn(4, 3)
    first = model.layer(x)
    second = model.layer(model.act(first) + model.shift)
    found = create_feature_extractor(model, ["layer_1", "layer"])(x)
    assert list(found) == ["layer", "layer_1"]
    assert np.array_equal(host(found["layer"]), host(first))
    assert np.array_equal(host(found["layer_1"]), host(second))
    with pytest.raises(RuntimeError, match="layer_2 did not come by"):
        create_feature_extractor(model, ["layer_2"])(x)


def test_training_and_evaluation_may_differ() -> None:
    model = Twice()
    extractor = create_feature_extractor(model, train_return_nodes=["side"], eval_return_nodes={"act_1": "out"})
    x = autograd.randn(4, 3)
    assert list(extractor(x)) == ["side"]
    found = extractor.eval()(x)
    assert np.array_equal(host(found["out"]), host(model.eval()(x)))
    with pytest.raises(RuntimeError, match="side did not come by"):
        create_feature_extractor(model, ["side"])(x)


def test_parameters_are_the_networks_own() -> None:
    model = Twice()
    extractor = create_feature_extractor(model, ["layer_1"])
    assert list(extractor.state_dict()) == list(model.state_dict())
    assert all(a is b for a, b in zip(extractor.parameters(), model.parameters(), strict=True))
    extractor(autograd.ones(2, 3))["layer_1"].sum().backward()
    assert model.layer.weight.grad is not None
    assert model.side.weight.grad is None
    extractor.double()
    assert model.shift.dtype is autograd.float64
    assert not model.layer._forward_hooks
    assert not extractor.eval().training
    other = copy.deepcopy(extractor)
    other.layer.weight.data.zero_()
    assert bool((other(autograd.ones(2, 3).double())["layer_1"] == other.layer.bias).all())
    assert bool((model.layer.weight != 0).any())


def test_names() -> None:
    training, evaluation = get_graph_node_names(small())
    assert training == evaluation
    assert training[:6] == ["conv1", "bn1", "relu", "maxpool", "layer1.0.conv1", "layer1.0.bn1"]
    create_feature_extractor(small(), training)
    model = Twice()
    for call, message in [
        (lambda: create_feature_extractor(model, ["flatten"]), "'flatten' is no module of Twice"),
        (lambda: create_feature_extractor(model, ["layer", "layer_0"]), "one call of one module"),
        (lambda: create_feature_extractor(model), "either return_nodes"),
        (lambda: create_feature_extractor(model, ["act"], ["act"], ["act"]), "either return_nodes"),
        (lambda: create_feature_extractor(model, train_return_nodes=["act"]), "given together"),
        (lambda: create_feature_extractor(model, []), "no nodes"),
        (lambda: IntermediateLayerGetter(model, {"other": "x"}), "not present in model: other"),
    ]:
        with pytest.raises(ValueError, match=message):
            call()


def test_intermediate_layers() -> None:
    model, x = small(), autograd.randn(2, 3, 32, 32)
    getter = IntermediateLayerGetter(model, {"layer1": "a", "layer3": "b"})
    found = getter(x)
    expected = create_feature_extractor(model, {"layer1": "a", "layer3": "b"})(x)
    assert list(found) == list(expected) == ["a", "b"]
    assert all(np.array_equal(host(found[name]), host(expected[name])) for name in found)
    assert [name for name, _ in getter.named_children()][-1] == "layer3"


@pytest.mark.cpu_only
def test_as_torchvision() -> None:
    theirs = pytest.importorskip("torchvision", reason="torchvision, the oracle, is not installed")
    import torch
    from torchvision.models.feature_extraction import create_feature_extractor as there

    nodes = ["conv1", "layer1.0.relu_1", "layer2", "layer4.0.bn2", "avgpool"]
    expected = theirs.models.ResNet(theirs.models.resnet.BasicBlock, [1, 1, 1, 1], num_classes=3).eval()
    model = small()
    model.load_state_dict({name: autograd.from_numpy(x.numpy()) for name, x in expected.state_dict().items()})
    x = np.random.default_rng(0).standard_normal((2, 3, 40, 40)).astype(np.float32)
    a, b = there(expected, nodes)(torch.from_numpy(x)), create_feature_extractor(model, nodes)(autograd.from_numpy(x))
    assert list(a) == list(b)
    for name in a:
        np.testing.assert_allclose(host(b[name]), a[name].detach().numpy(), rtol=1e-4, atol=1e-5)
