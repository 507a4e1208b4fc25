"""Module: attributes, walking, state dicts, conversion, hooks, printing, copies."""

from __future__ import annotations

import copy
import pickle
from collections import OrderedDict

import numpy as np
import pytest

import autograd
import nn
from tests.helpers.oracle import host, torch_or_skip


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
        "seen",
        "scratch",
        "blocks.1.running_mean",
        "blocks.1.running_var",
        "blocks.1.num_batches_tracked",
    ]
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
        "xavier_uniform_(w, gain=2.0)",
        "xavier_normal_(w)",
        "kaiming_uniform_(w, nonlinearity='relu')",
        "kaiming_normal_(w, mode='fan_out')",
        "uniform_(w, -1, 2)",
        "normal_(w, 1.0, 0.5)",
        "constant_(w, 3.0)",
        "ones_(w)",
        "zeros_(w)",
    ]
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


def overriding(layers, log):  # type: ignore[no-untyped-def]
    """A network in one of the engines, whose middle part overrides what its parents should call."""

    class Part(layers.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = layers.Parameter(layers.Linear(2, 2).weight.detach().clone())
            self.norm = layers.BatchNorm1d(2)
            self.plain = self.weight.detach().clone()  # no buffer: only _apply knows it

        def train(self, mode: bool = True):  # type: ignore[no-untyped-def]
            log.append(("train", mode))
            super().train(mode)
            self.norm.eval()  # frozen
            return self

        def _apply(self, fn, recurse=True):  # type: ignore[no-untyped-def]
            log.append("_apply")
            super()._apply(fn)
            self.plain = fn(self.plain)
            return self

        def _save_to_state_dict(self, destination, prefix, keep_vars) -> None:  # type: ignore[no-untyped-def]
            log.append(("save", prefix, keep_vars))
            super()._save_to_state_dict(destination, prefix, keep_vars)
            destination[prefix + "more"] = self.plain

        def _load_from_state_dict(
            self, state_dict, prefix, local_metadata, strict, missing, unexpected, errors
        ) -> None:  # type: ignore[no-untyped-def]
            log.append(("load", prefix, strict, local_metadata.get("version")))
            if prefix + "older" in state_dict:
                state_dict[prefix + "weight"] = state_dict.pop(prefix + "older")
            self.plain = state_dict.pop(prefix + "more", None)
            super()._load_from_state_dict(state_dict, prefix, local_metadata, strict, missing, unexpected, errors)
            log.append(("loaded", self.weight[0, 0].item()))  # the values are there already

        def state_dict(self, *args, **kwargs):  # type: ignore[no-untyped-def]
            log.append(("state_dict", kwargs.get("prefix"), kwargs.get("keep_vars")))
            return super().state_dict(*args, **kwargs)

        def requires_grad_(self, requires_grad: bool = True):  # type: ignore[no-untyped-def]
            log.append("requires_grad_")
            return super().requires_grad_(requires_grad)

        def zero_grad(self, set_to_none: bool = True) -> None:
            log.append("zero_grad")
            super().zero_grad(set_to_none)

        def eval(self):  # type: ignore[no-untyped-def]
            log.append("eval")
            return super().eval()

        def parameters(self, recurse: bool = True):  # type: ignore[no-untyped-def]
            log.append("parameters")
            return super().parameters(recurse)

    return layers.Sequential(layers.Linear(2, 2), layers.ModuleList([Part()]), layers.ModuleDict({"a": Part()}))


def test_a_childs_methods_are_called_down_the_tree() -> None:
    """As torch calls them: train, _apply, _save_to_state_dict, _load_from_state_dict, state_dict, by each parent."""
    torch = torch_or_skip()
    ends = []
    for engine, layers in ((autograd, nn), (torch, torch.nn)):
        log: list = []
        net = overriding(layers, log)
        with engine.no_grad():
            for p in net.parameters():
                p.fill_(0.5)
        net.train()
        log.append([m.training for m in net.modules()])
        net.eval()
        net.double()
        net.to(engine.float32)
        log.append(
            [str(x.dtype).split(".")[1] for x in (net[1][0].plain, net[1][0].weight, net[1][0].norm.running_mean)]
        )
        net.requires_grad_(False)
        net.zero_grad()
        log.append(list(net.state_dict(keep_vars=True)))
        state = OrderedDict(net.state_dict())
        log.append(list(state))
        state["1.0.older"] = state.pop("1.0.weight") + 1
        log.append(repr(net.load_state_dict(state)))
        log.append([net[1][0].weight[0, 0].item(), net[1][0].plain[0, 0].item() > -9])
        state["2.a.what"] = state.pop("2.a.norm.weight")
        report = net.load_state_dict(state, strict=False)
        log.append([list(report.missing_keys), list(report.unexpected_keys)])
        with pytest.raises(RuntimeError) as error:
            net.load_state_dict(state)
        log.append(str(error.value))
        ends.append(log)
    for ours, theirs in zip(*ends, strict=True):
        assert ours == theirs


def test_a_failed_load_undoes_what_its_parts_have_loaded() -> None:
    log: list = []
    net = overriding(nn, log)
    before = {name: host(x).copy() for name, x in nn.Module.state_dict(net).items()}
    shared = net.state_dict()
    wrong = {name: autograd.zeros(3, 3) if name == "2.a.norm.weight" else x + 1 for name, x in shared.items()}
    for assign in (False, True):
        with pytest.raises(RuntimeError, match="size mismatch for 2.a.norm.weight"):
            net.load_state_dict(wrong, assign=assign)
        for name, x in net.state_dict().items():
            if not name.endswith("more"):
                assert (host(x) == before[name]).all()
    with autograd.no_grad():
        net[0].weight.add_(1)
    assert (host(shared["0.weight"]) == host(net[0].weight)).all()  # the memory is the same as before

    class Raises(nn.Linear):
        def _load_from_state_dict(self, *args) -> None:  # type: ignore[no-untyped-def]
            raise ZeroDivisionError

    stack = nn.Sequential(nn.Linear(1, 1), Raises(1, 1))
    start = host(stack[0].weight).copy()
    with pytest.raises(ZeroDivisionError):
        stack.load_state_dict({"0.weight": start + 1, "0.bias": start[0]}, strict=False)
    assert (host(stack[0].weight) == start).all()


def test_metadata_and_hooks_of_state_dicts_are_torchs() -> None:
    torch = torch_or_skip()
    ends = []
    for engine, layers in ((autograd, nn), (torch, torch.nn)):
        log: list = []

        class Versioned(layers.Linear):
            _version = 3

        net = layers.Sequential(Versioned(1, 1), layers.Sequential(Versioned(1, 1)))
        net[0]._register_load_state_dict_pre_hook(
            lambda state, prefix, meta, *rest, log=log: log.append(
                (sorted(state), prefix, meta.get("version"), len(rest))
            )
        )
        net[1].register_load_state_dict_pre_hook(
            lambda module, state, prefix, *rest, log=log: log.append((type(module).__name__, sorted(state), prefix))
        )

        def forgive(module, report, log=log) -> None:  # type: ignore[no-untyped-def]
            log.append(list(report.missing_keys))
            report.missing_keys.clear()

        net[1].register_load_state_dict_post_hook(forgive)
        net[0]._register_state_dict_hook(
            lambda module, state, prefix, meta, log=log: log.append((prefix, meta.get("version")))
        )
        state = net.state_dict()
        log.append([(name, meta["version"]) for name, meta in state._metadata.items() if "0" in name])
        del state["1.0.bias"]
        net.load_state_dict(state)  # the hook has forgiven what is missing
        state["0.weight"] = engine.ones(1, 1) * 4
        state["1.0.bias"] = engine.ones(1)
        net.load_state_dict(state, assign=True)
        log.append((net[0].weight.item(), net[0].weight.requires_grad, isinstance(net[0].weight, layers.Parameter)))
        scalar = layers.Module()
        scalar.x = layers.Parameter(engine.tensor(1.0))
        scalar.load_state_dict({"x": engine.tensor([2.0])})
        log.append(scalar.x.item())
        ends.append(log)
    assert ends[0] == ends[1]


def test_the_copy_of_a_parameter_has_no_gradient() -> None:
    """As torch's since a Parameter's own __deepcopy__: other leaves keep theirs."""
    torch = torch_or_skip()
    for engine, layers in ((autograd, nn), (torch, torch.nn)):
        p, x, net = layers.Parameter(engine.ones(2)), engine.ones(2, requires_grad=True), layers.Linear(2, 2)
        p.grad, x.grad = engine.ones(2), engine.ones(2)
        net(engine.ones(1, 2)).sum().backward()
        held, alone, twice = copy.deepcopy(net), copy.deepcopy(p), copy.deepcopy([p, p, x])
        assert alone.grad is None
        assert held.weight.grad is None
        assert held.weight.requires_grad
        assert twice[0] is twice[1]
        assert twice[0].grad is None
        assert twice[2].grad.tolist() == [1.0, 1.0]
        assert copy.copy(net).weight.grad is not None
        assert net.weight.grad is not None
        assert p.grad is not None


@pytest.mark.numbers
@pytest.mark.parametrize(
    "call",
    [
        "e.{kind}(x.shape)",
        "e.{kind}(x.size())",
        "e.{kind}(x.shape[:1])",
        "e.{kind}(e.Size([2, 3]))",
        "e.{kind}(e.Size([]))",
        "e.{kind}((2, 3))",
        "e.{kind}([2, 3])",
        "e.{kind}([[1, 2], [0, 1]])",
        "e.{kind}(2, 3)",
        "e.{kind}(2)",
        "e.{kind}()",
        "e.{kind}(x.shape[0], 3)",
        "e.{kind}(n.int64(2), 3)",
        "e.{kind}(n.array([1, 2]))",
        "e.{kind}(2.5)",
        "e.{kind}(True)",
        "e.{kind}(None)",
        "e.{kind}('a')",
        "e.{kind}(x.shape, 3)",
        "e.{kind}(size=(2, 3))",
        "e.{kind}(x.shape + (4,))",
        "e.{kind}(range(3))",
        "x.new(x.shape)",
        "x.new((2, 3))",
        "x.new([2, 3])",
        "x.new(2, 3)",
        "x.new()",
    ],
)
def test_a_size_makes_a_shape_and_a_sequence_its_numbers(call: str) -> None:
    torch = torch_or_skip()
    for kind in (
        "Tensor",
        "FloatTensor",
        "DoubleTensor",
        "LongTensor",
        "IntTensor",
        "BoolTensor",
        "ByteTensor",
        "HalfTensor",
    ):
        ends = []
        for engine in (autograd, torch):
            try:
                made = eval(call.format(kind=kind), {"e": engine, "n": np, "x": engine.ones(2, 3)})
                values = (
                    made.tolist()
                    if ("[2, 3])" in call and "Size" not in call) or ("(2, 3))" in call and "size" not in call)
                    else None
                )
                ends.append((tuple(made.shape), str(made.dtype).split(".")[1], values))
            except TypeError:
                ends.append(TypeError)
        assert ends[0] == ends[1], call.format(kind=kind)


def test_integers_are_not_read_as_floats() -> None:
    assert autograd.LongTensor([2**53 + 1]).tolist() == [2**53 + 1]
