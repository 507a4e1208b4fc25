"""Module: attributes, walking, state dicts, conversion, hooks, printing, copies."""

from __future__ import annotations

import copy
import pickle
from collections import OrderedDict

import pytest
from oracle import host, torch_or_skip

import autograd
import nn


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(3, 4)
        self.blocks = nn.ModuleList([nn.Linear(4, 4), nn.BatchNorm1d(4)])
        self.heads = nn.ModuleDict({"a": nn.Linear(4, 1), "b": nn.Linear(4, 2)})
        self.scale = nn.Parameter(autograd.ones(1))
        self.register_buffer("seen", autograd.zeros(1))
        self.register_buffer("scratch", autograd.zeros(1), persistent=False)
        self.note = "plain"

    def forward(self, x: autograd.Tensor) -> autograd.Tensor:
        x = self.first(x)
        for block in self.blocks:
            x = block(x)
        return self.heads["a"](x) * self.scale


def test_named_members() -> None:
    net = Net()
    names = [name for name, _ in net.named_parameters()]
    assert names[:3] == ["scale", "first.weight", "first.bias"]
    assert "blocks.1.weight" in names
    assert "heads.b.bias" in names
    assert len(names) == len(list(net.parameters())) == 11
    assert [n for n, _ in net.named_buffers()] == [
        "seen", "scratch", "blocks.1.running_mean", "blocks.1.running_var", "blocks.1.num_batches_tracked",
    ]  # fmt: skip
    assert [n for n, _ in net.named_children()] == ["first", "blocks", "heads"]
    assert [n for n, _ in net.named_modules()][:3] == ["", "first", "blocks"]
    assert net.get_submodule("heads.b") is net.heads["b"]
    assert net.get_parameter("first.bias") is net.first.bias
    with pytest.raises(AttributeError, match="nothing"):
        net.get_submodule("nothing.here")


def test_shared_parameters_count_once() -> None:
    net = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    net[1].weight = net[0].weight
    assert len(list(net.parameters())) == 3
    assert len(net.state_dict()) == 4


def test_state_dict_round_trip() -> None:
    net, other = Net(), Net()
    state = net.state_dict()
    assert "scratch" not in state
    assert "seen" in state
    assert not any(value.requires_grad for value in state.values())
    assert repr(other.load_state_dict(state)) == "<All keys matched successfully>"
    for key, value in other.state_dict().items():
        assert (host(value) == host(state[key])).all()
    with autograd.no_grad():
        net.scale.add_(1)
    assert state["scale"].item() == 2.0  # shares memory
    assert other.scale.item() == 1.0  # was copied


def test_load_state_dict_reports_like_torch() -> None:
    torch = torch_or_skip()
    messages = []
    for engine, layers in ((autograd, nn), (torch, torch.nn)):
        net = layers.Sequential(layers.Linear(2, 3), layers.Linear(3, 1))
        state = OrderedDict(net.state_dict())
        del state["1.bias"]
        state["extra"] = engine.zeros(1)
        state["0.weight"] = engine.zeros(5, 5)
        with pytest.raises(RuntimeError) as error:
            net.load_state_dict(state)
        messages.append(str(error.value).replace("torch", "autograd"))
    assert messages[0] == messages[1]


def test_a_failed_load_changes_nothing() -> None:
    net = nn.Linear(2, 2)
    before = host(net.weight).copy()
    with pytest.raises(RuntimeError, match="size mismatch for bias"):
        net.load_state_dict({"weight": autograd.zeros(2, 2), "bias": autograd.zeros(3)})
    assert (host(net.weight) == before).all()
    keys = net.load_state_dict({"weight": autograd.zeros(2, 2), "more": autograd.zeros(1)}, strict=False)
    assert keys.missing_keys == ["bias"]
    assert keys.unexpected_keys == ["more"]
    assert (host(net.weight) == 0).all()


def test_train_and_eval_reach_everything() -> None:
    net = Net()
    net.eval()
    assert not any(module.training for module in net.modules())
    net.train()
    assert all(module.training for module in net.modules())


def test_conversion_keeps_the_parameter_objects() -> None:
    net = nn.Linear(2, 2)
    weight = net.weight
    net(autograd.ones(1, 2)).sum().backward()
    net.double()
    assert net.weight is weight
    assert weight.dtype is autograd.float64
    assert weight.grad.dtype is autograd.float64
    norm = nn.BatchNorm1d(2).double()
    assert norm.running_mean.dtype is autograd.float64
    assert norm.num_batches_tracked.dtype is autograd.int64
    assert net.to("cpu").weight.device == "cpu"
    with pytest.raises(TypeError, match="floating-point"):
        net.to(autograd.int64)


def test_zero_grad_and_requires_grad() -> None:
    net = nn.Linear(2, 2)
    net(autograd.ones(1, 2)).sum().backward()
    net.zero_grad(set_to_none=False)
    assert host(net.bias.grad).tolist() == [0.0, 0.0]
    net.zero_grad()
    assert net.bias.grad is None
    net.requires_grad_(False)
    assert not net(autograd.ones(1, 2)).requires_grad


def test_attributes_are_checked() -> None:
    net = nn.Linear(2, 2)
    with pytest.raises(AttributeError, match="'Linear' object has no attribute 'wieght'"):
        _ = net.wieght
    with pytest.raises(TypeError, match="Parameter or None expected"):
        net.weight = autograd.ones(2, 2)
    net.bias = None
    assert net(autograd.ones(1, 2)).shape == (1, 2)

    class Early(nn.Module):
        def __init__(self) -> None:
            self.layer = nn.Linear(1, 1)

    with pytest.raises(AttributeError, match="super"):
        Early()
    with pytest.raises(KeyError, match="dot"):
        net.register_buffer("a.b", autograd.ones(1))
    with pytest.raises(NotImplementedError, match="forward"):
        nn.Module()(1)
    del net.bias
    assert not hasattr(net, "bias")


def test_hooks() -> None:
    net = nn.Linear(2, 2)
    seen = []
    first = net.register_forward_pre_hook(lambda module, args: (args[0] * 0,))
    second = net.register_forward_hook(lambda module, args, out: seen.append(out.shape) or out + 1)
    out = net(autograd.ones(3, 2))
    assert autograd.allclose(out, (net.bias + 1).expand(3, 2))
    assert seen == [(3, 2)]
    first.remove()
    second.remove()
    assert not autograd.allclose(net(autograd.ones(3, 2)), out)


def test_apply_visits_children_first() -> None:
    names = []
    nn.Sequential(nn.Linear(1, 1), nn.ReLU()).apply(lambda m: names.append(type(m).__name__))
    assert names == ["Linear", "ReLU", "Sequential"]


def test_deepcopy_and_pickle() -> None:
    net = Net()
    for other in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert isinstance(other.scale, nn.Parameter)
        assert other.scale is not net.scale
        assert list(other.state_dict()) == list(net.state_dict())
        with autograd.no_grad():
            other.scale.add_(1)
        assert net.scale.item() == 1.0
        x = autograd.ones(2, 3)
        with autograd.no_grad():
            other.scale.sub_(1)
        assert autograd.allclose(other.eval()(x), net.eval()(x))


def test_containers() -> None:
    net = nn.Sequential(OrderedDict(a=nn.Linear(1, 2), b=nn.ReLU()))
    assert net.a is net[0]
    assert len(net) == 2
    assert len(net[:1]) == 1
    net.append(nn.Linear(2, 1))
    net[1] = nn.Tanh()
    assert isinstance(net.b, nn.Tanh)
    layers = nn.ModuleList([nn.Linear(1, 1)])
    layers.append(nn.Linear(1, 1))
    layers.insert(0, nn.ReLU())
    layers.extend([nn.Tanh()])
    assert [type(each).__name__ for each in layers] == ["ReLU", "Linear", "Linear", "Tanh"]
    assert isinstance(layers[-1], nn.Tanh)
    assert len(layers[1:3]) == 2
    table = nn.ModuleDict({"x": nn.ReLU()})
    table["y"] = nn.Tanh()
    assert list(table.keys()) == ["x", "y"]
    assert "x" in table
    del table["x"]
    assert len(table) == 1


def test_parameter_and_buffer() -> None:
    data = autograd.ones(2)
    p = nn.Parameter(data)
    assert p.requires_grad
    assert p.is_leaf
    assert isinstance(p, autograd.Tensor)
    assert not isinstance(p * 1, nn.Parameter)
    assert not nn.Parameter(data, requires_grad=False).requires_grad
    net = nn.Module()
    net.kept = nn.Buffer(autograd.ones(1))
    assert "kept" in net.state_dict()


def test_initialisers_are_torch() -> None:
    torch = torch_or_skip()
    calls = [
        "xavier_uniform_(w, gain=2.0)", "xavier_normal_(w)", "kaiming_uniform_(w, nonlinearity='relu')",
        "kaiming_normal_(w, mode='fan_out')", "uniform_(w, -1, 2)", "normal_(w, 1.0, 0.5)", "constant_(w, 3.0)",
        "ones_(w)", "zeros_(w)",
    ]  # fmt: skip
    for call in calls:
        statistics = []
        for engine, layers in ((autograd, nn), (torch, torch.nn)):
            w = engine.zeros(200, 100, 3)
            assert eval(f"init.{call}", {"init": layers.init, "w": w}) is w
            values = host(w)
            statistics.append([values.mean(), values.std(), values.min(), values.max()])
        spread = max(statistics[1][1], 1e-3)
        for ours, theirs in zip(statistics[0][:2], statistics[1][:2], strict=True):
            assert ours == pytest.approx(theirs, abs=float(0.05 * spread)), call
    for name in ("linear", "tanh", "relu", "leaky_relu", "sigmoid", "selu"):
        assert nn.init.calculate_gain(name) == pytest.approx(torch.nn.init.calculate_gain(name))
    eye = nn.init.eye_(autograd.zeros(2, 3))
    assert eye.tolist() == [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
