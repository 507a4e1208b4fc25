"""Weights that are functions of others, layers without sizes, fractional pooling, the adaptive softmax."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F
import optim
from tests.helpers.oracle import assert_same, torch_or_skip

NORMS = [
    "parametrizations.weight_norm(package.Linear(3, 4))",
    "parametrizations.weight_norm(package.Linear(3, 4), dim=1)",
    "parametrizations.weight_norm(package.Conv2d(3, 4, 2), dim=None)",
    "weight_norm(package.Linear(3, 4))",
    "weight_norm(package.Conv2d(3, 4, 2), dim=None)",
    "parametrizations.spectral_norm(package.Linear(3, 4))",
    "parametrizations.spectral_norm(package.Conv2d(3, 4, 2), n_power_iterations=2)",
    "parametrizations.spectral_norm(package.ConvTranspose2d(3, 4, 2))",
    "parametrizations.spectral_norm(package.Linear(3, 4), 'bias')",
    "spectral_norm(package.Linear(3, 4))",
    "spectral_norm(package.ConvTranspose2d(3, 4, 2), n_power_iterations=3)",
]


def numbers(state: Any) -> dict[str, np.ndarray]:
    return {key: value.detach().numpy().copy() for key, value in state.items()}


@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("norm", NORMS)
def test_norms_train_as_torchs(norm: str) -> None:
    """Three steps from one state dict: outputs, gradients, the vectors of the power iteration."""
    torch = torch_or_skip()
    torch.manual_seed(0)
    theirs = eval(f"package.utils.{norm}", {"package": torch.nn, "parametrizations": torch.nn.utils.parametrizations})
    ours = eval(f"package.utils.{norm}", {"package": nn})
    theirs, ours = theirs.double(), ours.double()
    assert list(ours.state_dict()) == list(theirs.state_dict())
    ours.load_state_dict({key: autograd.tensor(value) for key, value in numbers(theirs.state_dict()).items()})
    shape = (5, 3) if "Linear" in norm else (2, 3, 4, 4)
    x = np.random.default_rng(0).normal(size=shape)
    optimizers = optim.SGD(ours.parameters(), lr=0.1), torch.optim.SGD(theirs.parameters(), lr=0.1)
    for step in range(4):
        for net, optimizer, engine in zip((ours, theirs), optimizers, (autograd, torch), strict=True):
            net.train(step < 3)
            optimizer.zero_grad()
            (net(engine.tensor(x)) ** 2).sum().backward()
            optimizer.step()
        assert_same(ours.weight, theirs.weight, rtol=1e-7)
        for (key, p), (other, q) in zip(ours.named_parameters(), theirs.named_parameters(), strict=True):
            assert key == other
            assert_same(p.grad, q.grad, rtol=1e-6, atol=1e-8, what=key)
    for key, value in theirs.state_dict().items():
        assert_same(ours.state_dict()[key], value, rtol=1e-6, atol=1e-8, what=key)


@pytest.mark.parametrize(
    ("make", "remove"),
    [
        (nn.utils.weight_norm, nn.utils.remove_weight_norm),
        (nn.utils.spectral_norm, nn.utils.remove_spectral_norm),
        (nn.utils.parametrizations.weight_norm, lambda m: nn.utils.parametrize.remove_parametrizations(m, "weight")),
        (nn.utils.parametrizations.orthogonal, lambda m: nn.utils.parametrize.remove_parametrizations(m, "weight")),
    ],
)
def test_a_removed_norm_leaves_the_value(make: Any, remove: Any) -> None:
    layer = make(nn.Linear(3, 3)).eval()
    x = autograd.randn(2, 3)
    before = layer(x)
    remove(layer)
    assert type(layer) is nn.Linear
    assert list(layer.state_dict()) == ["bias", "weight"]
    assert autograd.allclose(layer(x), before, atol=1e-6)
    assert not layer._forward_pre_hooks
    with pytest.raises(ValueError, match="weight"):
        remove(layer)


def test_spectral_norm_is_one() -> None:
    layer = nn.utils.parametrizations.spectral_norm(nn.Linear(6, 5), n_power_iterations=20)
    layer(autograd.ones(1, 6))
    assert abs(float(autograd.linalg.matrix_norm(layer.weight.detach(), 2)) - 1) < 1e-4


@pytest.mark.parametrize("shape", [(4, 3), (3, 4), (3, 3)])
def test_orthogonal_stays_orthogonal(shape: tuple[int, int]) -> None:
    layer = nn.utils.parametrizations.orthogonal(nn.Linear(*shape).double())
    optimizer = optim.SGD(layer.parameters(), lr=0.1)
    for _ in range(5):
        optimizer.zero_grad()
        layer(autograd.ones(1, shape[0], dtype=autograd.float64)).sum().backward()
        optimizer.step()
    w = layer.weight if layer.weight.shape[0] <= layer.weight.shape[1] else layer.weight.T
    assert autograd.allclose(w @ w.T, autograd.eye(w.shape[0], dtype=autograd.float64), atol=1e-12)


class Symmetric(nn.Module):
    def forward(self, x: Any) -> Any:
        return x.triu() + x.triu(1).T

    def right_inverse(self, x: Any) -> Any:
        return x.triu()


class Scaled(nn.Module):
    def forward(self, x: Any) -> Any:
        return 2 * x


def test_parametrizations_of_ones_own() -> None:
    parametrize = nn.utils.parametrize
    layer = nn.Linear(3, 3)
    optimizer = optim.SGD(layer.parameters(), lr=0.1)
    parametrize.register_parametrization(layer, "weight", Symmetric())
    assert "ParametrizedLinear" in repr(layer)
    assert parametrize.is_parametrized(layer, "weight")
    assert not parametrize.is_parametrized(layer, "bias")
    assert parametrize.type_before_parametrizations(layer) is nn.Linear
    assert list(layer.state_dict()) == ["bias", "parametrizations.weight.original"]
    assert bool((layer.weight == layer.weight.T).all())
    layer(autograd.randn(2, 3)).sum().backward()
    optimizer.step()  # the optimizer from before holds the original
    assert bool((layer.weight == layer.weight.T).all())
    layer.weight = autograd.ones(3, 3)
    assert layer.weight.tolist() == [[1.0] * 3] * 3
    assert layer.parametrizations.weight.original.tolist() == [[1.0, 1.0, 1.0], [0.0, 1.0, 1.0], [0.0, 0.0, 1.0]]
    parametrize.register_parametrization(layer, "weight", Scaled())
    assert layer.weight.tolist() == [[2.0] * 3] * 3
    with pytest.raises(RuntimeError, match="no right_inverse"):
        layer.weight = autograd.ones(3, 3)
    with parametrize.cached():
        assert layer.weight is layer.weight
    assert layer.weight is not layer.weight
    other = copy.deepcopy(layer)
    assert autograd.equal(other.weight, layer.weight)
    parametrize.remove_parametrizations(layer, "weight", leave_parametrized=False)
    assert layer.weight.tolist()[1] == [0.0, 1.0, 1.0]
    with pytest.raises(ValueError, match="unsafe"):
        parametrize.register_parametrization(nn.Linear(2, 2), "weight", nn.Flatten(0))
    with pytest.raises(ValueError, match="named 'wait'"):
        parametrize.register_parametrization(nn.Linear(2, 2), "wait", Scaled())


LAZY = [
    ("LazyLinear(4)", (5, 3)),
    ("LazyLinear(4, bias=False)", (2, 5, 3)),
    ("LazyConv1d(4, 2)", (2, 3, 5)),
    ("LazyConv2d(4, (2, 3), groups=2, padding=1)", (2, 6, 5, 5)),
    ("LazyConv2d(4, 2)", (6, 5, 5)),
    ("LazyConv3d(4, 2)", (2, 3, 3, 3, 3)),
    ("LazyConvTranspose1d(4, 2)", (2, 3, 5)),
    ("LazyConvTranspose2d(4, 2, stride=2)", (2, 3, 4, 4)),
    ("LazyConvTranspose3d(4, 2)", (2, 3, 2, 2, 2)),
    ("LazyBatchNorm1d()", (5, 3)),
    ("LazyBatchNorm2d(affine=False)", (5, 3, 2, 2)),
    ("LazyBatchNorm3d(momentum=0.3)", (5, 3, 2, 2, 2)),
    ("LazyInstanceNorm1d(affine=True)", (2, 3, 4)),
    ("LazyInstanceNorm2d(track_running_stats=True)", (2, 3, 4, 4)),
    ("LazyInstanceNorm3d()", (2, 3, 2, 2, 2)),
]


@pytest.mark.parametrize(("layer", "shape"), LAZY)
def test_lazy_layers_are_torchs(layer: str, shape: tuple[int, ...]) -> None:
    torch = torch_or_skip()
    ours = eval(f"nn.{layer}", {"nn": nn})
    theirs = eval(f"nn.{layer}", {"nn": torch.nn})
    assert repr(ours) == repr(theirs)
    params = list(ours.parameters())
    assert len(params) == len(list(theirs.parameters()))
    x = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    ours(autograd.tensor(x))
    theirs(torch.tensor(x))
    assert type(ours).__name__ == type(theirs).__name__
    assert repr(ours) == repr(theirs)
    assert all(a is b for a, b in zip(params, ours.parameters(), strict=True))  # an optimizer may hold them
    state = {key: autograd.tensor(value) for key, value in numbers(theirs.state_dict()).items()}
    fresh = eval(f"nn.{layer}", {"nn": nn})
    for net in (ours, fresh):
        net.load_state_dict(state)
        assert list(net.state_dict()) == list(theirs.state_dict())
    assert_same(ours(autograd.tensor(x)), theirs(torch.tensor(x)), rtol=1e-4, atol=1e-5)
    if state:
        assert type(fresh) is type(ours)  # weights that are loaded say the size


def test_lazy_layers_in_a_network() -> None:
    net = nn.Sequential(nn.LazyConv2d(4, 3), nn.ReLU(), nn.Flatten(), nn.LazyLinear(2)).double()
    optimizer = optim.SGD(net.parameters(), lr=0.1)
    with pytest.raises(RuntimeError, match="uninitialized"):
        _ = net[3].weight.shape
    x = autograd.randn(2, 3, 5, 5, dtype=autograd.float64)
    net(x).sum().backward()
    before = net[3].weight.detach().clone()
    optimizer.step()
    assert not autograd.equal(net[3].weight, before)
    assert net[0].weight.dtype is autograd.float64
    assert net[0].weight.detach().std().item() > 0  # drawn, not zero


@pytest.mark.parametrize("dims", [2, 3])
@pytest.mark.parametrize("options", [{"output_size": 3}, {"output_ratio": "half"}, {"output_size": 1}], ids=str)
def test_fractional_pooling_is_torchs(dims: int, options: dict[str, Any]) -> None:
    torch = torch_or_skip()
    options = {key: (0.5,) * dims if value == "half" else value for key, value in options.items()}
    rng = np.random.default_rng(0)
    x, samples = rng.normal(size=(2, 3, *range(7, 7 + dims))), rng.uniform(size=(2, 3, dims))
    results = []
    for engine, functional in ((autograd, F), (torch, torch.nn.functional)):
        data = engine.tensor(x, requires_grad=True)
        pool = getattr(functional, f"fractional_max_pool{dims}d")
        out, places = pool(data, 2, return_indices=True, _random_samples=engine.tensor(samples), **options)
        (out**2).sum().backward()
        results.append((out, places, data.grad))
    for ours, theirs in zip(*results, strict=True):
        assert_same(ours, theirs)
    layer = getattr(nn, f"FractionalMaxPool{dims}d")(2, _random_samples=autograd.tensor(samples), **options)
    assert_same(layer(autograd.tensor(x)), results[1][0])
    assert_same(layer(autograd.tensor(x))[0], results[1][0][0])


def test_fractional_pooling_draws_its_places() -> None:
    x = autograd.arange(100.0).reshape(1, 1, 10, 10)
    pooled = [F.fractional_max_pool2d(x, 2, output_size=6) for _ in range(8)]
    assert all(tuple(p.shape) == (1, 1, 6, 6) and p[0, 0, -1, -1].item() == 99 for p in pooled)
    assert len({str(p.tolist()) for p in pooled}) > 1
    with pytest.raises(ValueError, match="either"):
        F.fractional_max_pool2d(x, 2)
    with pytest.raises(RuntimeError, match="do not fit"):
        F.fractional_max_pool2d(x, 2, output_size=10)


@pytest.mark.parametrize("options", [{}, {"head_bias": True, "div_value": 2.0}], ids=str)
def test_adaptive_softmax_is_torchs(options: dict[str, Any]) -> None:
    torch = torch_or_skip()
    torch.manual_seed(0)
    theirs = torch.nn.AdaptiveLogSoftmaxWithLoss(64, 20, [4, 10, 15], **options).double()
    ours = nn.AdaptiveLogSoftmaxWithLoss(64, 20, [4, 10, 15], **options).double()
    assert list(ours.state_dict()) == list(theirs.state_dict())
    ours.load_state_dict({key: autograd.tensor(value) for key, value in numbers(theirs.state_dict()).items()})
    x = np.random.default_rng(0).normal(size=(12, 64))
    target = np.array([0, 3, 4, 9, 10, 14, 15, 19, 1, 5, 11, 2])
    results = []
    for net, engine in ((ours, autograd), (theirs, torch)):
        data = engine.tensor(x, requires_grad=True)
        output, loss = net(data, engine.tensor(target))
        loss.backward()
        single = net(data[0].detach(), engine.tensor(target)[0]).output
        results.append([output, loss, data.grad, single, net.log_prob(data), net.predict(data)])
        results[-1] += [p.grad for p in net.parameters()]
    for mine, other in zip(*results, strict=True):
        assert_same(mine, other, rtol=1e-9)
    with pytest.raises(RuntimeError, match=r"\[0, 19\]"):
        ours(autograd.tensor(x[:1]), autograd.tensor([20]))
    with pytest.raises(ValueError, match="cutoffs"):
        nn.AdaptiveLogSoftmaxWithLoss(16, 20, [4, 4])


def test_batch_norm_is_fused_into_the_layer_before() -> None:
    for layer, norm, shape, transpose in [
        (nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), (2, 3, 5, 5), False),
        (nn.Conv2d(3, 4, 3, bias=False), nn.BatchNorm2d(4, affine=False), (2, 3, 5, 5), False),
        (nn.ConvTranspose2d(3, 4, 2), nn.BatchNorm2d(4), (2, 3, 5, 5), True),
        (nn.Linear(3, 4), nn.BatchNorm1d(4), (2, 3), False),
    ]:
        norm.running_mean.normal_()
        norm.running_var.uniform_(0.5, 2)
        x = autograd.randn(*shape)
        with pytest.raises(RuntimeError, match="eval"):
            nn.utils.fuse_conv_bn_eval(layer, norm)
        layer.eval()
        norm.eval()
        fused = nn.utils.fuse_conv_bn_eval(layer, norm, transpose)
        assert autograd.allclose(fused(x), norm(layer(x)), atol=1e-5)
