"""Mistakes that users make: each raises, and the message names the operation, what was given, and the way out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F
import optim
from tests.helpers.oracle import torch_or_skip

OPERATION = (RuntimeError, ValueError)
IMAGE = "n.ones((1, 1, 4, 4), n.float32)"

# the call: the type of the exception, words that its message has
MISTAKES: dict[str, tuple[Any, list[str]]] = {
    # An array or a list given to a layer
    "lin(a)": (TypeError, ["linear", "numpy.ndarray", "autograd.tensor"]),
    "lin([[1.0, 2.0, 3.0]])": (TypeError, ["linear", "list", "autograd.tensor"]),
    "lin(None)": (TypeError, ["linear", "None"]),
    f"nn.Conv2d(1, 1, 1)({IMAGE})": (TypeError, ["Conv2d", "numpy.ndarray"]),
    f"nn.ConvTranspose2d(1, 1, 1)({IMAGE})": (TypeError, ["ConvTranspose2d", "numpy.ndarray"]),
    f"nn.MaxPool2d(2)({IMAGE})": (TypeError, ["MaxPool2d", "numpy.ndarray"]),
    f"nn.AvgPool2d(2)({IMAGE})": (TypeError, ["AvgPool2d", "numpy.ndarray"]),
    f"nn.AdaptiveAvgPool2d(1)({IMAGE})": (TypeError, ["adaptive_avg_pool2d", "numpy.ndarray"]),
    f"nn.Upsample(scale_factor=2)({IMAGE})": (TypeError, ["interpolate", "numpy.ndarray"]),
    "nn.BatchNorm1d(3)(a)": (TypeError, ["batch_norm", "numpy.ndarray"]),
    "nn.LayerNorm(3)(a)": (TypeError, ["layer_norm", "numpy.ndarray"]),
    "nn.GroupNorm(1, 3)(a)": (TypeError, ["group_norm", "numpy.ndarray"]),
    "nn.ReLU()(a)": (TypeError, ["relu", "numpy.ndarray"]),
    "nn.GELU()([1.0])": (TypeError, ["gelu", "list"]),
    "nn.LeakyReLU()(a)": (TypeError, ["leaky_relu", "numpy.ndarray"]),
    "nn.Softmax(1)(a)": (TypeError, ["softmax", "numpy.ndarray"]),
    "nn.Dropout()(a)": (TypeError, ["dropout", "numpy.ndarray"]),
    "nn.Flatten()(a)": (TypeError, ["Flatten", "numpy.ndarray"]),
    "nn.LSTM(3, 2)(a)": (TypeError, ["LSTM", "numpy.ndarray"]),
    "nn.RNN(3, 2)([[1.0]])": (TypeError, ["RNN", "list"]),
    "nn.MultiheadAttention(3, 1)(a, a, a)": (TypeError, ["multi_head_attention_forward", "numpy.ndarray"]),
    "nn.Bilinear(3, 3, 1)(a, a)": (TypeError, ["bilinear", "numpy.ndarray"]),
    "nn.Embedding(4, 2)(n.array([1]))": (TypeError, ["embedding", "numpy.ndarray"]),
    "nn.Embedding(4, 2)([1, 2])": (TypeError, ["embedding", "list", "autograd.tensor"]),
    "nn.EmbeddingBag(4, 2)(n.array([[1]]))": (TypeError, ["embedding", "numpy.ndarray"]),
    "nn.Sequential(nn.Flatten(0), lin)(a)": (TypeError, ["Flatten", "numpy.ndarray"]),
    "nn.Parameter(a)": (TypeError, ["Parameter", "numpy.ndarray", "autograd.tensor"]),
    "nn.Parameter([1.0])": (TypeError, ["Parameter", "list"]),
    # ... to a loss
    "F.cross_entropy(a, y)": (TypeError, ["cross_entropy", "numpy.ndarray"]),
    "F.cross_entropy(x, n.array([0, 1]))": (TypeError, ["cross_entropy", "numpy.ndarray"]),
    "F.cross_entropy(x, [0, 1])": (TypeError, ["cross_entropy", "list", "autograd.tensor"]),
    "nn.CrossEntropyLoss()(x, [0, 1])": (TypeError, ["cross_entropy", "list"]),
    "F.nll_loss(a, y)": (TypeError, ["nll_loss", "numpy.ndarray"]),
    "F.mse_loss(x, [[1.0]])": (TypeError, ["mse_loss", "list"]),
    "F.mse_loss(a, x)": (TypeError, ["mse_loss", "numpy.ndarray"]),
    "F.mse_loss(x, 1.0)": (TypeError, ["mse_loss", "float"]),
    "nn.L1Loss()(x, a)": (TypeError, ["l1_loss", "numpy.ndarray"]),
    "F.binary_cross_entropy(x, a)": (TypeError, ["binary_cross_entropy", "numpy.ndarray"]),
    "F.binary_cross_entropy_with_logits(x, [1.0])": (TypeError, ["binary_cross_entropy_with_logits", "list"]),
    "F.cross_entropy(x, y, weight=autograd.ones(5))": (OPERATION, ["cross_entropy", "weight", "(3,)", "(5,)"]),
    "F.nll_loss(x, y, weight=autograd.ones(5))": (OPERATION, ["nll_loss", "weight", "(3,)", "(5,)"]),
    "F.cross_entropy(x, y, weight=n.ones(3))": (TypeError, ["cross_entropy", "weight", "numpy.ndarray"]),
    # ... to a function
    "autograd.sin(a)": (TypeError, ["sin", "numpy.ndarray"]),
    "autograd.exp([1.0])": (TypeError, ["exp", "list"]),
    "autograd.cat([x, a])": (TypeError, ["cat", "numpy.ndarray"]),
    "autograd.stack([a, a])": (TypeError, ["stack", "numpy.ndarray"]),
    "autograd.cat(x)": (TypeError, ["cat", "one Tensor", "[x, y]"]),
    "autograd.stack(x)": (TypeError, ["stack", "one Tensor", "[x, y]"]),
    "autograd.cat(3)": (TypeError, ["cat", "int"]),
    "F.pad(a, (1, 1))": (TypeError, ["pad", "numpy.ndarray"]),
    "x.gather(0, n.array([[0]]))": (TypeError, ["gather", "numpy.ndarray"]),
    "x.index_select(0, [0])": (TypeError, ["index_select", "list"]),
    "x.scatter(0, n.array([[0]]), 1.0)": (TypeError, ["scatter", "numpy.ndarray"]),
    "F.one_hot([1], 3)": (TypeError, ["one_hot", "list"]),
    # A tensor of torch
    "lin(t)": (TypeError, ["linear", "torch.Tensor", "numpy()"]),
    "F.cross_entropy(t, y)": (TypeError, ["cross_entropy", "torch.Tensor"]),
    "F.mse_loss(x, t)": (TypeError, ["mse_loss", "torch.Tensor"]),
    "autograd.sin(t)": (TypeError, ["sin", "torch.Tensor"]),
    "autograd.cat([x, t])": (TypeError, ["cat", "torch.Tensor"]),
    "nn.LayerNorm(3)(t)": (TypeError, ["layer_norm", "torch.Tensor"]),
    # A model where its parameters, or its state, are meant
    "optim.SGD(lin)": (TypeError, ["SGD", "Linear", "parameters()"]),
    "optim.Adam(nn.Sequential(lin))": (TypeError, ["Linear", "parameters()"]),
    "optim.SGD([lin])": (TypeError, ["Linear", "parameters()"]),
    "nn.utils.clip_grad_norm_(lin, 1.0)": (TypeError, ["clip_grad", "Linear", "parameters()"]),
    "nn.utils.clip_grad_value_(lin, 1.0)": (TypeError, ["clip_grad", "Linear", "parameters()"]),
    "nn.utils.clip_grad_norm_([a], 1.0)": (TypeError, ["clip_grad", "numpy.ndarray"]),
    "nn.utils.parameters_to_vector(lin)": (TypeError, ["parameters_to_vector", "Linear", "parameters()"]),
    "lin.load_state_dict(lin)": (TypeError, ["Linear.load_state_dict", "state_dict()"]),
    "lin.load_state_dict('x.pt')": (TypeError, ["Linear.load_state_dict", "str", "autograd.load"]),
    "sgd.load_state_dict(sgd)": (TypeError, ["SGD.load_state_dict", "state_dict()"]),
    "sgd.load_state_dict('x.pt')": (TypeError, ["SGD.load_state_dict", "str", "autograd.load"]),
    "sgd.load_state_dict(lin.state_dict())": (KeyError, ["SGD.load_state_dict", "param_groups", "model"]),
    # Numbers of the wrong kind
    "nn.Conv2d(1, 1, 3.0)": (TypeError, ["kernel size", "int", "3.0"]),
    "nn.Conv2d(1, 1, '3')": (TypeError, ["kernel size", "int", "'3'"]),
    "nn.Conv2d(1, 1, 3, stride=1.5)": (TypeError, ["stride", "1.5"]),
    "nn.Conv2d(1, 1, (3, 3, 3))": (TypeError, ["kernel size", "2 of them", "(3, 3, 3)"]),
    "nn.MaxPool2d(2.0)(autograd.ones(1, 1, 4, 4))": (TypeError, ["kernel size", "2.0"]),
    "nn.Conv2d(1, 1, 3, padding=-1)(autograd.ones(1, 1, 4, 4))": (OPERATION, ["Conv2d", "negative padding", "-1"]),
    "F.conv_transpose2d(autograd.ones(1, 1, 4, 4), autograd.ones(1, 1, 1, 1), padding=-1)": (
        OPERATION,
        ["conv_transpose2d", "negative padding"],
    ),
    "F.conv2d(autograd.ones(1, 1, 4, 4), autograd.ones(2, 1, 1, 1), autograd.ones(1))": (
        OPERATION,
        ["conv2d", "bias", "(2,)", "(1,)"],
    ),
    "autograd.zeros(2.5)": (TypeError, ["zeros", "ints", "2.5"]),
    "autograd.zeros((2, 2.5))": (TypeError, ["zeros", "ints", "2.5"]),
    "autograd.ones('3')": (TypeError, ["ones", "'3'"]),
    "autograd.full(2.5, 1.0)": (TypeError, ["full", "2.5"]),
    "autograd.rand(2.5)": (TypeError, ["ints", "2.5"]),
    "x.reshape(2.5)": (TypeError, ["ints", "2.5"]),
    "nn.Linear(2.5, 1)": (TypeError, ["ints", "2.5"]),
    "F.pad(x, (1, 1, 1))": (OPERATION, ["pad", "3 widths", "two a dimension"]),
    "F.pad(x, (1, 1, 1), mode='reflect')": (OPERATION, ["pad", "3 widths", "two a dimension"]),
    "F.pad(x, 1)": (TypeError, ["pad", "two a dimension"]),
    "F.pad(x, (1.5, 1))": (TypeError, ["pad", "1.5"]),
    "optim.Adam([p], betas=0.9)": (TypeError, ["betas", "two numbers", "0.9"]),
    "optim.Adam([p], betas=(0.9, 0.9, 0.9))": (TypeError, ["betas", "two numbers"]),
    "optim.SGD([p], lr='0.1')": (TypeError, ["lr", "number", "'0.1'"]),
    "optim.Adam([p], lr=None)": (TypeError, ["lr", "number", "None"]),
    "optim.SGD([p], momentum='x')": (TypeError, ["momentum", "number"]),
    # The rest
    "nn.GRU(3, 2)(x, (autograd.zeros(1, 2), autograd.zeros(1, 2)))": (
        TypeError,
        ["GRU", "one tensor", "(Tensor, Tensor)"],
    ),
    "nn.LSTM(3, 2)(x, autograd.zeros(1, 2))": (TypeError, ["LSTM", "(h, c)", "Tensor"]),
    "nn.Embedding(4, 2)(autograd.tensor([5]))": (IndexError, ["embedding", "[0, 4)", "5"]),
    "nn.Embedding(4, 2)(x)": (OPERATION, ["embedding", "int64", "float32"]),
    "F.cross_entropy(x, autograd.tensor([0, 3]))": (OPERATION, ["cross_entropy", "[0, 3)", "3"]),
    "nn.Sequential([lin])": (TypeError, ["list", "Module"]),
    "lin(autograd.ones(2, 4))": (OPERATION, ["linear", "3", "(2, 4)"]),
}


@pytest.mark.cpu_only
@pytest.mark.parametrize("call", MISTAKES)
def test_the_message_helps(call: str) -> None:
    error, words = MISTAKES[call]
    p = autograd.ones(2, requires_grad=True)
    names = {
        "autograd": autograd,
        "nn": nn,
        "F": F,
        "optim": optim,
        "n": np,
        "a": np.ones((2, 3), np.float32),
        "x": autograd.ones(2, 3),
        "y": autograd.tensor([0, 1]),
        "lin": nn.Linear(3, 2),
        "p": p,
        "sgd": optim.SGD([p]),
        "t": torch_or_skip().ones(2, 3)
        if "t" in call.replace("(", " ").replace(")", " ").replace(",", " ").replace("]", " ").split()
        else None,
    }
    with pytest.raises(error) as raised:
        eval(call, names)
    message = str(raised.value)
    assert not [word for word in words if word not in message], message


def test_a_users_own_module_keeps_its_error() -> None:
    class Own(nn.Module):
        def forward(self, input: list) -> autograd.Tensor:
            return input.missing  # type: ignore[attr-defined]

    for net in (Own(), nn.Sequential(Own())):
        with pytest.raises(AttributeError, match="missing"):
            net([1.0])


@pytest.mark.parametrize("size", [np.int64(3), np.int32(3), autograd.tensor(3)])
def test_what_counts_as_an_int_is_one(size: Any) -> None:
    assert autograd.zeros(size).shape == autograd.zeros((size,)).shape == (3,)
    assert autograd.full((size, 2), 1.0).shape == (3, 2)
    assert nn.Linear(size, 2)(autograd.ones(1, 3)).shape == (1, 2)
    assert autograd.ones(6).view(size, -1).shape == (3, 2)
    if not isinstance(size, autograd.Tensor):
        assert nn.Conv2d(1, 1, size)(autograd.ones(1, 1, 3, 3)).shape == (1, 1, 1, 1)
