"""Every layer against torch's: from one state dict, outputs, input gradients, parameter gradients, buffers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from oracle import assert_same, host, torch_or_skip

import autograd
import nn

LAYERS: list[tuple[str, tuple[int, ...]]] = [
    ("Linear(4, 3)", (5, 4)),
    ("Linear(4, 3, bias=False)", (2, 5, 4)),
    ("Linear(4, 3)", (4,)),
    ("Identity()", (2, 3)),
    ("Conv1d(2, 4, 3, stride=2)", (2, 2, 9)),
    ("Conv2d(2, 4, 3, padding=1)", (2, 2, 5, 6)),
    ("Conv2d(4, 4, (3, 2), stride=(2, 1), padding=(1, 0), dilation=(1, 2), groups=2, bias=False)", (2, 4, 7, 7)),
    ("Conv2d(2, 3, 3, padding='same')", (1, 2, 5, 5)),
    ("Conv2d(2, 3, 3, padding='valid')", (2, 5, 5)),
    ("Conv3d(1, 2, 2)", (1, 1, 3, 4, 3)),
    ("MaxPool1d(2)", (2, 3, 6)),
    ("MaxPool2d(2)", (2, 3, 6, 6)),
    ("MaxPool2d(3, stride=2, padding=1)", (2, 3, 7, 6)),
    ("MaxPool2d(2, ceil_mode=True)", (1, 2, 5, 5)),
    ("MaxPool3d(2)", (1, 1, 4, 4, 4)),
    ("AvgPool1d(2)", (2, 3, 6)),
    ("AvgPool2d(2)", (2, 3, 6, 6)),
    ("AvgPool2d(3, stride=2, padding=1, count_include_pad=False)", (2, 3, 7, 6)),
    ("AvgPool3d(2)", (1, 1, 4, 4, 4)),
    ("Flatten()", (2, 3, 4)),
    ("Flatten(0, 1)", (2, 3, 4)),
    ("Unflatten(1, (2, 2))", (3, 4)),
    ("Dropout(0.0)", (3, 3)),
    ("BatchNorm1d(3)", (5, 3)),
    ("BatchNorm1d(3, affine=False)", (5, 3, 4)),
    ("BatchNorm2d(3)", (4, 3, 5, 5)),
    ("BatchNorm2d(3, momentum=None)", (4, 3, 2, 2)),
    ("BatchNorm2d(3, eps=1e-2, momentum=0.3)", (4, 3, 2, 2)),
    ("BatchNorm2d(3, track_running_stats=False)", (4, 3, 2, 2)),
    ("BatchNorm3d(2)", (2, 2, 2, 2, 3)),
    ("ReLU()", (3, 4)),
    ("ReLU6()", (3, 4)),
    ("LeakyReLU(0.2)", (3, 4)),
    ("ELU(1.5)", (3, 4)),
    ("Sigmoid()", (3, 4)),
    ("LogSigmoid()", (3, 4)),
    ("Tanh()", (3, 4)),
    ("SiLU()", (3, 4)),
    ("GELU()", (3, 4)),
    ("GELU(approximate='tanh')", (3, 4)),
    ("Softplus(2.0)", (3, 4)),
    ("Softmax(dim=1)", (3, 4)),
    ("LogSoftmax(dim=-1)", (3, 4)),
    ("Sequential(nn.Linear(4, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Linear(6, 2))", (5, 4)),
    (
        "Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(inplace=True), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(8, 3))",
        (2, 1, 6, 6),
    ),
]
IDS = [f"{number}-{layer}" for number, (layer, _) in enumerate(LAYERS)]


def both(layer: str) -> tuple[Any, Any]:
    """The layer here and there, in float64 and with the same parameters."""
    torch = torch_or_skip()
    here = eval(f"nn.{layer}", {"nn": nn}).double()
    there = eval(f"nn.{layer}", {"nn": torch.nn}).double()
    assert list(here.state_dict()) == list(there.state_dict())
    here.load_state_dict({key: value.numpy() for key, value in there.state_dict().items()})
    return here, there


@pytest.mark.parametrize(("layer", "shape"), LAYERS, ids=IDS)
@pytest.mark.parametrize("training", [True, False], ids=["train", "eval"])
def test_layer_is_torch(layer: str, shape: tuple[int, ...], training: bool) -> None:
    torch = torch_or_skip()
    here, there = both(layer)
    rng = np.random.default_rng(0)
    for engine, module in ((autograd, here), (torch, there)):
        module.train(training)
        assert module.training is training
        assert engine.tensor(1).numel() == 1
    for _ in range(3):  # running statistics move
        values = rng.normal(size=shape) * 3
        x, other = autograd.tensor(values, requires_grad=True), torch.tensor(values, requires_grad=True)
        out, expected = here(x * 1), there(other * 1)
        assert_same(out, expected, rtol=1e-8, atol=1e-10)
        weights = rng.normal(size=tuple(expected.shape))
        (out * autograd.tensor(weights)).sum().backward()
        (expected * torch.tensor(weights)).sum().backward()
        assert_same(x.grad, other.grad, rtol=1e-8, atol=1e-9)
    for (name, p), (other_name, q) in zip(here.named_parameters(), there.named_parameters(), strict=True):
        assert name == other_name
        assert_same(p.grad, q.grad, rtol=1e-8, atol=1e-8, what=name)
    for (key, value), theirs in zip(here.state_dict().items(), there.state_dict().values(), strict=True):
        assert_same(value, theirs, rtol=1e-9, what=key)
    assert repr(here) == repr(there)


LOSSES: list[tuple[str, str, str]] = [
    ("MSELoss()", "real", "real"), ("MSELoss(reduction='sum')", "real", "real"), ("L1Loss()", "real", "real"),
    ("L1Loss(reduction='none')", "real", "real"), ("BCELoss()", "probability", "probability"),
    ("BCELoss(weight=engine.tensor([0.5, 1.0, 2.0]).double(), reduction='sum')", "probability", "probability"),
    ("BCEWithLogitsLoss()", "real", "probability"),
    ("BCEWithLogitsLoss(pos_weight=engine.tensor([0.5, 1.0, 2.0]).double())", "real", "probability"),
    ("NLLLoss()", "real", "class"), ("NLLLoss(weight=engine.tensor([0.5, 1.0, 2.0]).double())", "real", "class"),
    ("NLLLoss(ignore_index=1)", "real", "class"), ("CrossEntropyLoss()", "real", "class"),
    ("CrossEntropyLoss(weight=engine.tensor([0.5, 1.0, 2.0]).double(), label_smoothing=0.1)", "real", "class"),
    ("CrossEntropyLoss(ignore_index=2, reduction='sum')", "real", "class"),
    ("CrossEntropyLoss()", "real", "probability"), ("CrossEntropyLoss(label_smoothing=0.2)", "real", "probability"),
]  # fmt: skip


@pytest.mark.parametrize(("loss", "inputs", "targets"), LOSSES)
def test_loss_is_torch(loss: str, inputs: str, targets: str) -> None:
    torch = torch_or_skip()
    rng = np.random.default_rng(0)
    make = {
        "real": lambda: rng.normal(size=(4, 3)),
        "probability": lambda: rng.dirichlet(np.ones(3), size=4),
        "class": lambda: rng.integers(0, 3, size=4),
    }
    x, y = make[inputs](), make[targets]()
    results = []
    for engine, layers in ((autograd, nn), (torch, torch.nn)):
        module = eval(f"nn.{loss}", {"nn": layers, "engine": engine})
        given = engine.tensor(x, requires_grad=True)
        out = module(given, engine.tensor(y))
        out.sum().backward()
        results.append((out, given.grad))
    for ours, theirs in zip(*results, strict=True):
        assert_same(ours, theirs)


def test_losses_refuse_what_does_not_fit() -> None:
    logits = autograd.zeros(4, 3)
    with pytest.raises(autograd.OperationError, match=r"needs class indices of shape \(4,\), got \(3,\)"):
        nn.CrossEntropyLoss()(logits, autograd.tensor([0, 1, 2]))
    with pytest.raises(ValueError, match="must be the same"):
        nn.BCELoss()(autograd.ones(3), autograd.ones(4))
    with pytest.warns(UserWarning, match="broadcast"):
        nn.MSELoss()(autograd.ones(3, 1), autograd.ones(3))
    with pytest.raises(ValueError, match="reduction"):
        nn.MSELoss(reduction="average")


@pytest.mark.cpu_only
def test_class_indices_out_of_range_are_refused() -> None:
    with pytest.raises(autograd.OperationError, match=r"outside \[0, 3\): found 0 to 3"):
        nn.CrossEntropyLoss()(autograd.zeros(2, 3), autograd.tensor([0, 3]))


def test_extreme_logits_stay_finite() -> None:
    x = autograd.tensor([[1000.0, -1000.0], [-1e4, 1e4]], requires_grad=True)
    loss = nn.CrossEntropyLoss()(x, autograd.tensor([0, 1]))
    loss.backward()
    assert loss.item() == 0.0
    assert np.isfinite(host(x.grad)).all()
    z = autograd.tensor([1000.0, -1000.0], requires_grad=True)
    loss = nn.BCEWithLogitsLoss()(z, autograd.tensor([1.0, 0.0]))
    loss.backward()
    assert loss.item() == 0.0
    assert host(z.grad).tolist() == [0.0, 0.0]


def test_layers_refuse_wrong_shapes() -> None:
    with pytest.raises(autograd.OperationError, match=r"linear: .* must be 4 .* got shape \(2, 3\)"):
        nn.Linear(4, 2)(autograd.ones(2, 3))
    with pytest.raises(autograd.OperationError, match=r"Conv2d: .*got shape \(3,\)"):
        nn.Conv2d(1, 1, 3)(autograd.ones(3))
    with pytest.raises(autograd.OperationError, match=r"Conv2d: .*channels"):
        nn.Conv2d(2, 1, 3)(autograd.ones(1, 3, 5, 5))
    with pytest.raises(autograd.OperationError, match=r"Conv2d: .*kernel"):
        nn.Conv2d(1, 1, 5)(autograd.ones(1, 1, 3, 3))
    with pytest.raises(ValueError, match="BatchNorm2d: expected 4 dimensions"):
        nn.BatchNorm2d(3)(autograd.ones(2, 3))
    with pytest.raises(ValueError, match="more than 1 value"):
        nn.BatchNorm1d(3)(autograd.ones(1, 3))
    with pytest.raises(autograd.OperationError, match="one dtype"):
        nn.Linear(2, 2)(autograd.ones(1, 2, dtype=autograd.float64))


def test_dropout_scales_and_repeats() -> None:
    x = autograd.ones(50_000, requires_grad=True)
    layer = nn.Dropout(0.25)
    autograd.manual_seed(1)
    out = layer(x)
    kept = host(out)
    assert set(np.unique(kept)) == {0.0, np.float32(1 / 0.75)}
    assert abs((kept == 0).mean() - 0.25) < 0.01
    out.sum().backward()
    np.testing.assert_array_equal(host(x.grad), kept)
    autograd.manual_seed(1)
    np.testing.assert_array_equal(host(layer(x)), kept)
    assert not np.array_equal(host(layer(x)), kept)
    assert layer.eval()(x) is x
    with pytest.raises(ValueError, match="probability"):
        nn.Dropout(1.5)(x)


def test_maxout() -> None:
    layer = nn.Maxout(4, 3, pieces=2)
    x = autograd.randn(5, 4)
    weight, bias = host(layer.weight), host(layer.bias)
    scores = host(x) @ weight.T + bias
    np.testing.assert_allclose(host(layer(x)), scores.reshape(5, 3, 2).max(-1), rtol=1e-5)


def test_default_initialisation_is_torch() -> None:
    """Same ranges: the numbers differ, their distribution does not."""
    torch = torch_or_skip()
    torch.manual_seed(0)
    for layer in ("Linear(400, 300)", "Conv2d(16, 64, 5)", "Conv1d(30, 60, 7)"):
        ours = eval(f"nn.{layer}", {"nn": nn})
        theirs = eval(f"nn.{layer}", {"nn": torch.nn})
        for p, q in zip(ours.parameters(), theirs.parameters(), strict=True):
            a, b = host(p).ravel(), host(q).ravel()
            assert abs(a).max() == pytest.approx(abs(b).max(), rel=0.1)
            assert a.std() == pytest.approx(b.std(), rel=0.15)
            assert abs(a.mean()) < 0.25 * abs(b).max()


def test_a_grad_goes_through_every_layer_twice(float64: autograd.dtype) -> None:
    """Second derivatives of a small network with convolution, batch norm and pooling."""
    net = nn.Sequential(
        nn.Conv2d(1, 2, 2), nn.BatchNorm2d(2), nn.Tanh(), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(2, 2)
    )
    x = autograd.randn(3, 1, 3, 3, requires_grad=True)
    parameters = list(net.parameters())

    def loss(x: autograd.Tensor, *_: autograd.Tensor) -> autograd.Tensor:
        return nn.functional.cross_entropy(net(x), autograd.tensor([0, 1, 1]))

    assert autograd.testing.gradcheck(loss, [x, *parameters])
    assert autograd.testing.gradgradcheck(loss, [x, *parameters])
