"""With `use_torch_random` models begin with the weights that they begin with on PyTorch."""

from __future__ import annotations

import importlib
import inspect
import re
import types
from typing import Any

import numpy as np
import pytest

import autograd
from tests.helpers.oracle import host, torch_or_skip
from tests.helpers.torch_random import same_state

pytestmark = pytest.mark.cpu_only

MODELS: dict[str, dict[str, Any]] = {
    "lenet.LeNet": {},
    "unet.UNet": {"features": 4, "depth": 2},
    "gpt.GPT": {"vocab_size": 50, "block_size": 8, "n_layer": 2, "n_head": 2, "n_embd": 8},
    "resnet.resnet18": {"num_classes": 10},
    "densenet.densenet121": {"num_classes": 10},
    "googlenet.googlenet": {"num_classes": 10},
    "mobilenet.mobilenet_v2": {"num_classes": 10},
    "squeezenet.squeezenet1_1": {"num_classes": 10},
    "vision_transformer.VisionTransformer": {
        "image_size": 16, "patch_size": 8, "num_layers": 2, "num_heads": 2, "hidden_dim": 8, "mlp_dim": 16,
        "representation_size": 12,
    },
}  # fmt: skip


def on_torch(file: str) -> Any:
    """The module of a model with torch's layers in place of these."""
    source = inspect.getsource(importlib.import_module(f"nn.models.{file}"))
    for here, there in (
        (r"from \.\.\w* import", "from torch.nn import"),
        (r"from autograd import", "from torch import"),
        (r"^import autograd$", "import torch as autograd"),
        (r"from \.(\w+) import", r"from nn.models.\1 import"),
    ):
        source = re.sub(here, there, source, flags=re.MULTILINE)
    module = types.ModuleType(file)
    exec(compile(source, file, "exec"), module.__dict__)
    return module


@pytest.mark.parametrize("name", MODELS)
def test_models_begin_with_torchs_weights(name: str) -> None:
    torch = torch_or_skip()
    file, _, model = name.partition(".")
    with autograd.use_torch_random():
        autograd.manual_seed(3)
        ours = getattr(importlib.import_module(f"nn.models.{file}"), model)(**MODELS[name]).state_dict()
        torch.manual_seed(3)
        theirs = getattr(on_torch(file), model)(**MODELS[name]).state_dict()
        assert list(ours) == list(theirs)
        for key in ours:
            np.testing.assert_allclose(host(ours[key]), host(theirs[key]), rtol=1e-6, atol=1e-6, err_msg=key)
        same_state()
