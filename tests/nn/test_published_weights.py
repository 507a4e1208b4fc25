"""Published weights: their names, what a network does with them, and what it says where the file is not there."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd.serialization import cached
from nn import models
from nn.models.weights import PUBLISHED
from tests.helpers.oracle import host


@pytest.fixture(autouse=True)
def hub(tmp_path: Path) -> Iterator[Path]:
    """torch.hub's folder: an empty one."""
    before = cached._chosen
    cached.set_dir(tmp_path)
    (tmp_path / "checkpoints").mkdir()
    yield tmp_path / "checkpoints"
    cached._chosen = before


def of(name: str) -> Any:
    return getattr(models, name)


def test_every_network_of_torchvision_has_weights() -> None:
    own = {"cifar_resnet20", "cifar_resnet56", "cifar_resnet110", "lenet", "unet"}
    assert set(models.list_models()) - set(PUBLISHED) == own
    assert set(PUBLISHED) <= set(models.list_models())
    for name, published in PUBLISHED.items():
        assert models.get_model_weights(name) is published is models.get_model_weights(of(name))
        assert models.get_weight(f"{published.__name__}.IMAGENET1K_V1") is published["IMAGENET1K_V1"]
        assert of(published.__name__) is published
        assert published["DEFAULT"] in list(published)
    with pytest.raises(ValueError, match="no published weights"):
        models.get_model_weights("unet")


@pytest.mark.cpu_only
def test_the_members_are_torchvisions() -> None:
    theirs = pytest.importorskip("torchvision", reason="torchvision, the oracle, is not installed").models
    for name, published in PUBLISHED.items():
        expected = theirs.get_model_weights(name)
        assert published.__name__ == expected.__name__
        assert list(published.__members__) == list(expected.__members__)
        for member in published:
            there = expected[member.name]
            assert member.url == there.url
            assert all(there.meta[key] == value for key, value in member.meta.items())
            assert str(member.transforms()) == str(there.transforms())
        assert published["DEFAULT"].name == expected.DEFAULT.name
    here = set(models.list_models())
    for options in ({}, {"include": ["vgg1*", "res*"], "exclude": "*_bn"}, {"include": "*net1*"}):
        expected = set(theirs.list_models(theirs, **options)) & here
        assert set(models.list_models(models, **options)) & set(theirs.list_models()) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "weights",
    [
        {"weights": models.SqueezeNet1_1_Weights.DEFAULT},
        {"weights": "DEFAULT"},
        {"weights": "IMAGENET1K_V1"},
        {"weights": "SqueezeNet1_1_Weights.IMAGENET1K_V1"},
        {"pretrained": True},
    ],
    ids=str,
)
def test_a_file_in_the_folder_is_loaded(weights: dict[str, Any], hub: Path) -> None:
    with pytest.raises(
        RuntimeError, match=r"squeezenet1_1: this project hosts no weights.*squeezenet1_1-b8a52dc0\.pth"
    ):
        models.squeezenet1_1(**weights)
    model = models.squeezenet1_1()
    autograd.save(model.state_dict(), hub / "squeezenet1_1-b8a52dc0.pth", format="torch")
    for loaded in (models.squeezenet1_1(**weights), models.get_model("squeezenet1_1", **weights)):
        for a, b in zip(model.parameters(), loaded.parameters(), strict=True):
            assert np.array_equal(host(a), host(b))
    assert isinstance(models.squeezenet1_1(True, False), models.SqueezeNet)
    with pytest.raises(ValueError, match="num_classes=1000, got 7"):
        models.squeezenet1_1(num_classes=7, **weights)


def test_without_weights() -> None:
    for options in ({"weights": None}, {"pretrained": False}, {}):
        assert models.squeezenet1_1(num_classes=2, **options).num_classes == 2  # type: ignore[arg-type]
    assert models.squeezenet1_1(False).num_classes == 1000


@pytest.mark.cpu_only
def test_googlenet_has_its_side_branches_if_asked(hub: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nn.init, "trunc_normal_", lambda x, **options: x)
    autograd.save(models.googlenet().state_dict(), hub / "googlenet-1378be20.pth", format="torch")
    plain = models.googlenet(weights="DEFAULT")
    assert (plain.transform_input, plain.aux1, plain.aux_logits) == (True, None, False)
    assert models.googlenet(weights="DEFAULT", aux_logits=True).aux1 is not None


def test_wrong_names_say_what_there_is(tmp_path: Path) -> None:
    for call, message in [
        (lambda: models.resnet50(weights="IMAGENET1K_V3"), "none of IMAGENET1K_V1, IMAGENET1K_V2, DEFAULT"),
        (lambda: models.resnet50(weights=models.ResNet18_Weights.DEFAULT), "none of"),
        (lambda: models.resnet50(weights=str(tmp_path / "missing.pth")), "no file that exists"),
        (lambda: models.unet(pretrained=True), "no published ones"),
        (lambda: models.get_model("resnet19"), "Unknown model resnet19"),
        (lambda: models.get_weight("ResNet50_Weights.V9"), "has IMAGENET1K_V1"),
        (lambda: models.get_weight("DEFAULT"), "no weights"),
    ]:
        with pytest.raises(ValueError, match=message):
            call()
    with pytest.raises(KeyError, match="class names"):
        models.ResNet18_Weights.DEFAULT.meta["categories"]
    with pytest.raises(KeyError):
        models.ResNet18_Weights.verify("V9")
    with pytest.raises(TypeError, match="ResNet18_Weights but received"):
        models.ResNet18_Weights.verify(models.ResNet50_Weights.DEFAULT)


def test_members_survive_copies() -> None:
    member = models.ResNet50_Weights.DEFAULT
    assert copy.deepcopy(member) is member
    assert pickle.loads(pickle.dumps(member)) is member
    assert repr(member) == "ResNet50_Weights.IMAGENET1K_V2"
    assert models.ResNet50_Weights.verify("ResNet50_Weights.DEFAULT") is member
    assert models.ResNet50_Weights.verify(None) is None


def test_presets() -> None:
    image = autograd.arange(3 * 300 * 400).reshape(3, 300, 400).remainder(251).to(autograd.uint8)
    for name, size in (("ResNet18_Weights", 224), ("ViT_B_16_Weights", 224)):
        assert tuple(of(name).DEFAULT.transforms()(image).shape) == (3, size, size)
    twice = of("ResNet50_Weights").DEFAULT.transforms(crop_size=100)(autograd.stack([image, image]))
    assert tuple(twice.shape) == (2, 3, 100, 100)
    assert twice.dtype is autograd.float32
