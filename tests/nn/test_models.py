"""Models: parameters, torchvision's layer names, outputs; weights by file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
import nn
import optim
from nn import models

COUNTS = {
    "alexnet": 61_100_840,
    "vgg11": 132_863_336,
    "vgg13": 133_047_848,
    "vgg16": 138_357_544,
    "vgg19": 143_667_240,
    "resnet18": 11_689_512,
    "resnet34": 21_797_672,
    "resnet50": 25_557_032,
    "resnet101": 44_549_160,
    "resnet152": 60_192_808,
    "densenet121": 7_978_856,
    "googlenet": 13_004_888,
    "squeezenet1_0": 1_248_424,
    "squeezenet1_1": 1_235_496,
    "mobilenet_v2": 3_504_872,
    "vit_b_16": 86_567_656,
    "cifar_resnet20": 269_722,
    "cifar_resnet56": 853_018,
    "cifar_resnet110": 1_727_962,
    "lenet": 61_706,
    "unet": 31_036_481,
}
SAMPLES = {
    "alexnet": ["features.0.weight", "features.10.bias", "classifier.6.weight"],
    "vgg16": ["features.28.weight", "classifier.3.bias"],
    "resnet50": [
        "conv1.weight",
        "bn1.running_var",
        "layer1.0.downsample.1.num_batches_tracked",
        "layer4.2.conv3.weight",
    ],
    "densenet121": ["features.conv0.weight", "features.denseblock4.denselayer16.conv2.weight", "features.norm5.bias"],
    "googlenet": ["conv1.bn.weight", "inception4e.branch3.1.conv.weight", "aux2.fc1.bias", "fc.weight"],
    "squeezenet1_1": ["features.12.expand3x3.weight", "classifier.1.bias"],
    "mobilenet_v2": ["features.0.1.weight", "features.17.conv.2.weight", "features.18.0.weight", "classifier.1.weight"],
    "vit_b_16": [
        "class_token",
        "conv_proj.weight",
        "encoder.pos_embedding",
        "heads.head.bias",
        "encoder.layers.encoder_layer_11.self_attention.in_proj_weight",
        "encoder.layers.encoder_layer_0.mlp.3.bias",
    ],
}


@pytest.fixture(autouse=True)
def without_drawing(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sizes do not need hundreds of millions of random numbers."""
    if "count" in request.node.name:
        for name in ("normal_", "uniform_", "trunc_normal_", "kaiming_normal_", "kaiming_uniform_", "xavier_uniform_"):
            monkeypatch.setattr(nn.init, name, lambda tensor, *args, **kwargs: tensor)


@pytest.mark.cpu_only
@pytest.mark.parametrize("name", COUNTS)
def test_parameter_count_and_names(name: str) -> None:
    model = getattr(models, name)()
    assert sum(p.numel() for p in model.parameters()) == COUNTS[name]
    assert set(SAMPLES.get(name, [])) <= set(model.state_dict())


@pytest.mark.parametrize(
    ("call", "shape", "outputs"),
    [
        ("alexnet(num_classes=7)", (1, 3, 64, 64), (1, 7)),
        ("resnet18(num_classes=7)", (2, 3, 32, 32), (2, 7)),
        (
            "ResNet(resnet.Bottleneck, [1, 1, 1, 1], replace_stride_with_dilation=[False, True, True])",
            (1, 3, 32, 32),
            (1, 1000),
        ),
        ("DenseNet(8, (2, 2, 2, 2), 16, num_classes=7, drop_rate=0.1)", (2, 3, 64, 64), (2, 7)),
        ("googlenet(num_classes=7, aux_logits=False, transform_input=True)", (2, 3, 64, 64), (2, 7)),
        ("squeezenet1_1(num_classes=7)", (1, 3, 64, 64), (1, 7)),
        ("mobilenet_v2(num_classes=7, width_mult=0.5)", (2, 3, 64, 64), (2, 7)),
        ("VisionTransformer(32, 8, 2, 2, 16, 32, num_classes=7)", (2, 3, 32, 32), (2, 7)),
        ("VisionTransformer(32, 8, 2, 2, 16, 32, dropout=0.1, representation_size=5)", (2, 3, 32, 32), (2, 1000)),
        ("cifar_resnet20(num_classes=7)", (2, 3, 32, 32), (2, 7)),
        ("cifar_resnet20(skip=False)", (2, 3, 32, 32), (2, 10)),
        ("lenet()", (2, 1, 28, 28), (2, 10)),
        ("unet(in_channels=2, num_classes=3, features=4, depth=2)", (1, 2, 16, 24), (1, 3, 16, 24)),
        ("ResNet(resnet.Bottleneck, [1, 1, 1, 1], num_classes=2, width_per_group=96)", (1, 3, 32, 32), (1, 2)),
        ("ResNet(resnet.Bottleneck, [1, 1, 1, 1], num_classes=2, groups=8, width_per_group=8)", (1, 3, 32, 32), (1, 2)),
    ],
)
def test_a_step_of_training(call: str, shape: tuple[int, ...], outputs: tuple[int, ...]) -> None:
    model = eval(call, vars(models))
    if shape[0] == 1:
        model.eval()  # one image has no batch statistics at 1 x 1
    out = model(autograd.randn(*shape))
    assert tuple(out.shape) == outputs
    (out**2).sum().backward()
    missing = [name for name, p in model.named_parameters() if p.grad is None]
    assert not missing


def test_googlenet_has_side_outputs_in_training() -> None:
    model = models.googlenet(num_classes=3, init_weights=False)
    out = model(autograd.randn(2, 3, 96, 96))
    assert [tuple(x.shape) for x in out] == [(2, 3)] * 3
    assert out.logits is out[0]
    assert tuple(model.eval()(autograd.randn(1, 3, 96, 96)).shape) == (1, 3)


@pytest.mark.cpu_only
def test_multiply_adds_are_the_known_ones() -> None:
    """4.09 billion of ResNet-50, 0.714 of AlexNet, 41.3 million of the paper's ResNet-20 (section 4.2)."""
    assert nn.summary(models.resnet50(), (1, 3, 224, 224)).total.multiply_adds == 4_089_184_256
    assert nn.summary(models.alexnet(), (1, 3, 224, 224)).total.multiply_adds == 714_188_480
    assert nn.summary(models.cifar_resnet20(), (1, 3, 32, 32)).total.multiply_adds == 40_551_040


@pytest.mark.numbers
def test_weights_by_file_or_state(tmp_path: Path) -> None:
    pytest.importorskip("safetensors")
    model = models.cifar_resnet20()
    autograd.save(model.state_dict(), tmp_path / "weights.safetensors")
    for weights in (tmp_path / "weights.safetensors", str(tmp_path / "weights.safetensors"), model.state_dict()):
        other = models.cifar_resnet20(weights=weights)
        assert all(autograd.equal(a, b) for a, b in zip(model.parameters(), other.parameters(), strict=True))
    with pytest.raises(ValueError, match="no file that exists"):
        models.resnet18(weights=tmp_path / "other.pth")


def test_published_names_of_old_files() -> None:
    """torchvision's files of DenseNet and ViT have layer names of earlier versions."""
    densenet = models.DenseNet(4, (1, 1), 8, num_classes=2)
    state = {key.replace("norm1", "norm.1").replace("conv2", "conv.2"): v for key, v in densenet.state_dict().items()}
    assert "features.denseblock1.denselayer1.norm.1.weight" in state
    models.DenseNet(4, (1, 1), 8, num_classes=2).load_state_dict(state)
    vit = models.VisionTransformer(16, 8, 1, 2, 8, 8, num_classes=2)
    state = {
        k.replace("mlp.0", "mlp.linear_1").replace("mlp.3", "mlp.linear_2"): v for k, v in vit.state_dict().items()
    }
    models.VisionTransformer(16, 8, 1, 2, 8, 8, num_classes=2).load_state_dict(state)


def test_wrong_sizes_say_so() -> None:
    for call, message in [
        (lambda: models.CifarResNet(21), "6n"),
        (lambda: models.VisionTransformer(30, 8, 1, 1, 8, 8), "do not tile"),
        (lambda: models.VisionTransformer(16, 8, 1, 1, 8, 8)(autograd.ones(1, 3, 8, 8)), "image size"),
        (lambda: models.unet(features=2)(autograd.ones(1, 1, 20, 20)), "divisible by 16"),
        (lambda: models.GPT(5, 4, 1, 3, 8), "3 heads"),
        (lambda: models.GPT(5, 4, 1, 2, 8)(autograd.zeros(1, 5, dtype=autograd.int64)), "block size"),
        (lambda: models.SqueezeNet("2"), "1_0 or 1_1"),
    ]:
        with pytest.raises(ValueError, match=message):
            call()


def test_gpt_learns_a_sequence() -> None:
    autograd.manual_seed(0)
    model = models.GPT(vocab_size=5, block_size=8, n_layer=1, n_head=2, n_embd=16, dropout=0.0)
    assert sum(p.numel() for p in model.parameters()) == 5 * 16 + 8 * 16 + 12 * 16**2 + 13 * 16 + 2 * 16
    assert model.lm_head.weight is model.transformer["wte"].weight
    tokens = autograd.arange(40) % 5
    x, y = (
        autograd.stack([tokens[i : i + 8] for i in range(5)]),
        autograd.stack([tokens[i + 1 : i + 9] for i in range(5)]),
    )
    optimizer = optim.AdamW(model.parameters(), lr=0.01)
    losses: list[Any] = []
    for _ in range(60):
        optimizer.zero_grad()
        _, loss = model(x, y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[0] > 1.4
    assert losses[-1] < 0.1
    written = model.generate(autograd.tensor([[0, 1]]), 12, top_k=1)
    assert written[0].tolist() == [i % 5 for i in range(14)]
    assert model.training
    ignored = model(x[:1], autograd.full((1, 8), -1))[1]
    assert np.isnan(ignored.item())


def test_gpt_sees_no_future() -> None:
    model = models.GPT(vocab_size=7, block_size=6, n_layer=2, n_head=2, n_embd=8).eval()
    x = autograd.tensor([[1, 2, 3, 4, 5, 6]])
    y = x.clone()
    y[0, 4:] = 0
    first, second = model(x), model(y)
    assert autograd.allclose(first[:, :4], second[:, :4], atol=1e-6)
    assert not autograd.allclose(first[:, 4:], second[:, 4:], atol=1e-6)
