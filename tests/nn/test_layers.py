"""Every layer against torch's: from one state dict, outputs, input gradients, parameter gradients, buffers."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import autograd
import nn
import optim
from tests.helpers.oracle import assert_same, host, torch_or_skip

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
    ("Conv1d(2, 3, 3, padding=2, padding_mode='circular')", (2, 2, 6)),
    ("Conv2d(2, 3, 3, padding=1, padding_mode='reflect')", (2, 2, 5, 4)),
    ("Conv2d(2, 3, (3, 2), padding='same', padding_mode='replicate')", (2, 2, 5, 4)),
    ("ConvTranspose1d(4, 6, 3, stride=2, padding=1, output_padding=1, groups=2)", (2, 4, 5)),
    ("ConvTranspose2d(3, 4, (3, 2), stride=2, bias=False)", (2, 3, 4, 3)),
    ("ConvTranspose2d(3, 4, 3, dilation=2)", (3, 4, 3)),
    ("ConvTranspose3d(2, 3, 2)", (1, 2, 2, 3, 2)),
    ("Unfold((2, 3), padding=1, stride=2)", (2, 2, 5, 6)),
    ("Fold((4, 5), kernel_size=(2, 2))", (2, 8, 12)),
    ("AdaptiveAvgPool1d(3)", (2, 2, 7)),
    ("AdaptiveAvgPool2d((1, 1))", (2, 3, 5, 4)),
    ("AdaptiveAvgPool2d((3, None))", (2, 3, 5, 4)),
    ("AdaptiveAvgPool3d(2)", (1, 2, 3, 4, 5)),
    ("AdaptiveMaxPool1d(3)", (2, 2, 7)),
    ("AdaptiveMaxPool2d((2, 3))", (2, 3, 5, 4)),
    ("AdaptiveMaxPool3d(2)", (1, 2, 3, 4, 5)),
    ("LPPool1d(2, 3, stride=2)", (2, 2, 7)),
    ("LPPool2d(2.0, 2)", (2, 2, 4, 4)),
    *(
        (f"{name}1d({width})", (2, 3, 5))
        for name in ("ReflectionPad", "ReplicationPad", "CircularPad", "ZeroPad")
        for width in (2, (1, 2))
    ),
    *(
        (f"{name}2d((1, 2, 0, 1))", (2, 3, 5, 4))
        for name in ("ReflectionPad", "ReplicationPad", "CircularPad", "ZeroPad")
    ),
    *((f"{name}3d(1)", (1, 2, 3, 2, 4)) for name in ("ReflectionPad", "ReplicationPad", "CircularPad", "ZeroPad")),
    ("ConstantPad1d(2, 3.5)", (2, 3, 4)),
    ("ConstantPad2d((1, 0, 2, 1), 0.5)", (2, 3, 4, 4)),
    ("Upsample(scale_factor=2)", (1, 2, 3, 4)),
    ("Upsample(size=(5, 7), mode='bilinear', align_corners=True)", (1, 2, 3, 4)),
    ("UpsamplingNearest2d(scale_factor=2)", (1, 2, 3, 4)),
    ("UpsamplingBilinear2d(scale_factor=2)", (1, 2, 3, 4)),
    ("PixelShuffle(2)", (1, 8, 2, 3)),
    ("PixelUnshuffle(2)", (1, 2, 4, 6)),
    ("ChannelShuffle(2)", (1, 4, 2, 2)),
    ("LayerNorm(4)", (2, 3, 4)),
    ("LayerNorm((3, 4), eps=1e-3, bias=False)", (2, 3, 4)),
    ("LayerNorm(4, elementwise_affine=False)", (2, 3, 4)),
    ("RMSNorm(4)", (2, 3, 4)),
    ("RMSNorm((3, 4), eps=1e-3, elementwise_affine=False)", (2, 3, 4)),
    ("GroupNorm(2, 4)", (3, 4, 2, 3)),
    ("GroupNorm(4, 4, affine=False)", (3, 4, 5)),
    ("InstanceNorm1d(3)", (2, 3, 5)),
    ("InstanceNorm2d(3, affine=True)", (2, 3, 4, 5)),
    ("InstanceNorm2d(3, track_running_stats=True, momentum=0.3)", (2, 3, 4, 5)),
    ("InstanceNorm3d(2)", (2, 2, 2, 3, 2)),
    ("LocalResponseNorm(3, alpha=0.1)", (2, 5, 4)),
    ("SELU()", (3, 4)),
    ("Mish()", (3, 4)),
    ("Hardswish()", (3, 4)),
    ("CELU(1.5)", (3, 4)),
    ("Hardtanh(-0.5, 2.0)", (3, 4)),
    ("Hardshrink(0.3)", (3, 4)),
    ("Softshrink()", (3, 4)),
    ("Tanhshrink()", (3, 4)),
    ("Softsign()", (3, 4)),
    ("Threshold(0.1, 20.0)", (3, 4)),
    ("GLU(dim=1)", (3, 4)),
    ("PReLU()", (3, 4)),
    ("PReLU(4, init=0.1)", (3, 4, 2)),
    ("Softmin(dim=1)", (3, 4)),
    ("Softmax2d()", (2, 3, 2, 2)),
    *((f"{name}(0.0)", (2, 3, 4)) for name in ("Dropout1d", "AlphaDropout", "FeatureAlphaDropout")),
    ("Dropout2d(0.0, inplace=True)", (2, 3, 4, 4)),
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
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # torch's advice on speed
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
    trained = training and next(here.parameters(), None) is not None
    optimizers = [optim.SGD(here.parameters(), 0.01), torch.optim.SGD(there.parameters(), 0.01)] if trained else []
    for _ in range(10 if trained else 3):  # running statistics move, and in training the parameters
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad()
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
        assert_same(value, theirs, rtol=1e-8, what=key)
    assert repr(here) == repr(there)


# Layers of several inputs, or of integers: what they are called with, by the engine's tensor-maker t.
CALLS: list[tuple[str, str]] = [
    ("Bilinear(3, 2, 4)", "t(5, 3), t(5, 2)"),
    ("Bilinear(3, 2, 4, bias=False)", "t(2, 5, 3), t(2, 5, 2)"),
    ("Embedding(7, 3)", "w(2, 4)"),
    ("Embedding(7, 3, padding_idx=2)", "w(2, 4)"),
    ("Embedding(7, 3, max_norm=1.0)", "w(2, 4)"),
    ("Embedding(7, 3, scale_grad_by_freq=True)", "w(2, 4)"),
    *((f"EmbeddingBag(7, 3, mode='{mode}')", "w(2, 4)") for mode in ("sum", "mean", "max")),
    ("EmbeddingBag(7, 3, padding_idx=1)", "w(6), i([0, 2, 2])"),
    ("EmbeddingBag(7, 3, mode='sum', include_last_offset=True)", "w(6), i([0, 2, 6])"),
    ("CosineSimilarity()", "t(4, 3), t(4, 3)"),
    ("CosineSimilarity(dim=0)", "t(4, 3), t(4, 3)"),
    ("PairwiseDistance(p=1.0, keepdim=True)", "t(4, 3), t(4, 3)"),
    ("MaxUnpool2d(2)", "t(1, 1, 2, 2), i([[[[0, 3], [9, 14]]]])"),
    ("MultiheadAttention(6, 2)", "t(4, 3, 6), t(5, 3, 6), t(5, 3, 6)"),
    ("MultiheadAttention(6, 3, batch_first=True, bias=False)", "t(3, 4, 6), t(3, 5, 6), t(3, 5, 6)"),
    ("MultiheadAttention(6, 2, kdim=5, vdim=4)", "t(4, 3, 6), t(5, 3, 5), t(5, 3, 4)"),
    ("MultiheadAttention(6, 2, add_bias_kv=True, add_zero_attn=True)", "t(4, 3, 6), t(5, 3, 6), t(5, 3, 6)"),
    ("MultiheadAttention(6, 2)", "t(4, 6), t(5, 6), t(5, 6)"),
    (
        "MultiheadAttention(6, 2)",
        "t(4, 3, 6), t(4, 3, 6), t(4, 3, 6), None, True, b([[False, True, True, True], [False, False, True, True], [False, False, False, True], [False] * 4])",
    ),
    (
        "MultiheadAttention(6, 2)",
        "t(2, 3, 6), t(4, 3, 6), t(4, 3, 6), b([[False] * 4, [False, False, True, True], [False, False, False, True]]), True, None, False",
    ),
    *(
        (f"TransformerEncoderLayer(6, 2, 8, dropout=0.0{more})", "t(4, 3, 6)")
        for more in ("", ", activation='gelu'", ", norm_first=True", ", bias=False, batch_first=True")
    ),
    (
        "TransformerEncoderLayer(6, 2, 8, 0.0)",
        "t(4, 3, 6), b([[False, True, True, True], [False, False, True, True], [False, False, False, True], [False] * 4]), b([[False] * 4, [False, False, True, True], [False, False, False, True]])",
    ),
    *(
        (f"TransformerDecoderLayer(6, 2, 8, dropout=0.0{more})", "t(4, 3, 6), t(5, 3, 6)")
        for more in ("", ", norm_first=True", ", activation='gelu', bias=False")
    ),
    ("TransformerEncoder(nn.TransformerEncoderLayer(6, 2, 8, 0.0), 2, nn.LayerNorm(6))", "t(4, 3, 6)"),
    ("TransformerDecoder(nn.TransformerDecoderLayer(6, 2, 8, 0.0), 2)", "t(4, 3, 6), t(5, 3, 6)"),
    ("Transformer(6, 2, 1, 2, 8, 0.0)", "t(4, 3, 6), t(5, 3, 6)"),
    ("Transformer(6, 3, 1, 1, 8, 0.0, batch_first=True, norm_first=True)", "t(3, 4, 6), t(3, 5, 6)"),
    *(
        (f"{name}(reduction='{r}')", "t(4, 3), t(4, 3)")
        for name in ("SmoothL1Loss", "HuberLoss")
        for r in ("mean", "sum", "none")
    ),
    ("SmoothL1Loss(beta=0.3)", "t(4, 3), t(4, 3)"),
    ("HuberLoss(delta=0.3)", "t(4, 3), t(4, 3)"),
    ("KLDivLoss(reduction='batchmean')", "t(4, 3), t(4, 3).abs()"),
    ("KLDivLoss(reduction='sum', log_target=True)", "t(4, 3), t(4, 3)"),
    ("PoissonNLLLoss()", "t(4, 3), t(4, 3).abs()"),
    ("PoissonNLLLoss(log_input=False, full=True)", "t(4, 3).abs(), t(4, 3).abs() * 3"),
    ("GaussianNLLLoss(full=True)", "t(4, 3), t(4, 3), t(4, 3).abs()"),
    ("GaussianNLLLoss()", "t(4, 3), t(4, 3), t(4, 1).abs()"),
    ("HingeEmbeddingLoss(0.5)", "t(4, 3), t(4, 3).sign()"),
    ("SoftMarginLoss()", "t(4, 3), t(4, 3).sign().detach()"),
    ("MultiLabelSoftMarginLoss()", "t(4, 3), t(4, 3).sigmoid()"),
    ("MultiLabelMarginLoss()", "t(2, 4), i([[3, 0, -1, 1], [2, -1, 0, 0]])"),
    ("MultiMarginLoss(p=2, margin=0.5)", "t(3, 4), i([0, 3, 1])"),
    ("CosineEmbeddingLoss(0.2)", "t(4, 3), t(4, 3), t(4).sign()"),
    ("MarginRankingLoss(0.1)", "t(4), t(4), t(4).sign()"),
    ("TripletMarginLoss()", "t(4, 3), t(4, 3), t(4, 3)"),
    ("TripletMarginLoss(margin=2.0, p=1.0, swap=True)", "t(4, 3), t(4, 3), t(4, 3)"),
    ("TripletMarginWithDistanceLoss()", "t(4, 3), t(4, 3), t(4, 3)"),
    *(
        (
            f"CTCLoss(reduction='{r}')",
            "t(7, 3, 5).log_softmax(2), i([[1, 2, 2], [4, 1, 0], [3, 3, 4]]), i([7, 6, 7]), i([3, 2, 3])",
        )
        for r in ("mean", "sum", "none")
    ),
    ("CTCLoss(blank=4, zero_infinity=True)", "t(4, 2, 5).log_softmax(2), i([1, 2, 2, 2, 2, 1]), i([4, 3]), i([2, 4])"),
]


@pytest.mark.parametrize(("layer", "call"), CALLS, ids=[f"{n}-{layer}" for n, (layer, _) in enumerate(CALLS)])
def test_layer_of_several_inputs_is_torch(layer: str, call: str) -> None:
    """Outputs, gradients of every floating input and of every parameter, after nine steps of updates."""
    torch = torch_or_skip()
    here, there = both(layer)
    found = []
    for engine, module in ((autograd, here), (torch, there)):
        rng = np.random.default_rng(1)
        leaves: list[Any] = []

        def t(*shape: int, engine: Any = engine, rng: Any = rng, leaves: Any = leaves) -> Any:
            leaves.append(engine.tensor(np.asarray(rng.normal(size=shape)), requires_grad=True))
            return leaves[-1] * 1

        def w(*shape: int, engine: Any = engine, rng: Any = rng) -> Any:
            return engine.tensor(rng.integers(0, 7, shape))

        names = {"t": t, "w": w, "i": engine.tensor, "b": engine.tensor}
        parameters = list(module.parameters())
        for step in range(10 if parameters else 1):
            if step:
                (optim if engine is autograd else engine.optim).SGD(parameters, 0.01).step()
                module.zero_grad()
            leaves.clear()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                result = module(*eval(f"[{call}]", names))
            outputs = [x for x in (result if isinstance(result, tuple) else [result]) if x is not None]
            loss = sum((x * engine.tensor(rng.normal(size=tuple(x.shape)))).sum() for x in outputs)
            loss.backward()
        found.append((outputs, [x.grad for x in leaves], [p.grad for p in parameters]))
    for mine, theirs in zip(*found, strict=True):
        for ours, other in zip(mine, theirs, strict=True):
            if ours is None or other is None:
                assert all(g is None or not host(g).any() for g in (ours, other))
            else:
                assert_same(ours, other, rtol=1e-7, atol=1e-9)
    assert repr(here) == repr(there)


LOSSES: list[tuple[str, str, str]] = [
    ("MSELoss()", "real", "real"),
    ("MSELoss(reduction='sum')", "real", "real"),
    ("L1Loss()", "real", "real"),
    ("L1Loss(reduction='none')", "real", "real"),
    ("BCELoss()", "probability", "probability"),
    ("BCELoss(weight=engine.tensor([0.5, 1.0, 2.0]).double(), reduction='sum')", "probability", "probability"),
    ("BCEWithLogitsLoss()", "real", "probability"),
    ("BCEWithLogitsLoss(pos_weight=engine.tensor([0.5, 1.0, 2.0]).double())", "real", "probability"),
    ("NLLLoss()", "real", "class"),
    ("NLLLoss(weight=engine.tensor([0.5, 1.0, 2.0]).double())", "real", "class"),
    ("NLLLoss(ignore_index=1)", "real", "class"),
    ("CrossEntropyLoss()", "real", "class"),
    ("CrossEntropyLoss(weight=engine.tensor([0.5, 1.0, 2.0]).double(), label_smoothing=0.1)", "real", "class"),
    ("CrossEntropyLoss(ignore_index=2, reduction='sum')", "real", "class"),
    ("CrossEntropyLoss()", "real", "probability"),
    ("CrossEntropyLoss(label_smoothing=0.2)", "real", "probability"),
]


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


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("loss", ["MSELoss", "L1Loss", "BCELoss", "SmoothL1Loss", "BCEWithLogitsLoss", "KLDivLoss"])
@pytest.mark.parametrize(
    "old",
    [{"size_average": False}, {"size_average": True}, {"reduce": False}, {"reduce": True, "size_average": False}],
    ids=str,
)
def test_losses_know_the_arguments_of_before_reduction(loss: str, old: dict[str, bool]) -> None:
    torch = torch_or_skip()
    rng = np.random.default_rng(0)
    x, y = rng.uniform(0.1, 0.9, (4, 3)), rng.uniform(0.1, 0.9, (4, 3))
    ours = getattr(nn, loss)(**old)(autograd.tensor(x), autograd.tensor(y))
    assert_same(ours, getattr(torch.nn, loss)(**old)(torch.tensor(x), torch.tensor(y)))
    name = {"MSELoss": "mse_loss", "BCELoss": "binary_cross_entropy", "KLDivLoss": "kl_div"}.get(loss)
    if name is not None:
        function = getattr(nn.functional, name)
        assert_same(function(autograd.tensor(x), autograd.tensor(y), **old), ours)


@pytest.mark.parametrize("name", ["mse_loss", "l1_loss"])
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_weighted_losses(name: str, reduction: str) -> None:
    torch = torch_or_skip()
    x, y, w = np.random.default_rng(0).uniform(0.1, 0.9, (3, 4, 3))
    ours = getattr(nn.functional, name)(*map(autograd.tensor, (x, y)), reduction=reduction, weight=autograd.tensor(w))
    theirs = getattr(torch.nn.functional, name)(*map(torch.tensor, (x, y)), reduction=reduction, weight=torch.tensor(w))
    assert_same(ours, theirs)
    with pytest.raises(ValueError, match="weights of shape"):
        getattr(nn.functional, name)(*map(autograd.tensor, (x, y)), weight=autograd.ones(2))


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


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        ("BatchNorm1d(3)", (0, 3)),
        ("BatchNorm2d(3)", (0, 3, 4, 4)),
        ("BatchNorm2d(3)", (2, 3, 0, 4)),
        ("BatchNorm2d(3, affine=False)", (0, 3, 4, 4)),
        ("BatchNorm1d(3, momentum=None)", (0, 3)),
        ("LayerNorm(4)", (0, 4)),
        ("GroupNorm(2, 4)", (0, 4, 3)),
        ("RMSNorm(4)", (0, 4)),
    ],
)
def test_normalising_nothing(layer: str, shape: tuple[int, ...], training: bool) -> None:
    """An empty batch leaves the running statistics as they are, and gives the parameters zero gradients."""
    torch = torch_or_skip()
    ours, theirs = (eval(f"nn.{layer}", {"nn": each}).train(training) for each in (nn, torch.nn))
    for engine, net in ((autograd, ours), (torch, theirs)):
        x = engine.zeros(shape, requires_grad=True)
        out = net(x)
        assert tuple(out.shape) == shape
        out.sum().backward()
        assert tuple(x.grad.shape) == shape
    for (name, mine), other in zip(ours.named_parameters(), theirs.parameters(), strict=True):
        assert_same(mine.grad, other.grad, what=name)
    for (name, mine), other in zip(ours.named_buffers(), theirs.buffers(), strict=True):
        assert_same(mine, other, what=name)
