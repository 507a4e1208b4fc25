"""Every activation in place, after every kind of layer: the gradients of the same out of place, and torch's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from tests.helpers.oracle import host, torch_or_skip

pytestmark = pytest.mark.numbers

ACTIVATIONS: dict[str, tuple[Any, ...]] = {
    "ReLU": (),
    "ReLU6": (),
    "LeakyReLU": (0.1,),
    "ELU": (0.7,),
    "CELU": (1.3,),
    "SELU": (),
    "SiLU": (),
    "Mish": (),
    "Hardsigmoid": (),
    "Hardswish": (),
    "Hardtanh": (-0.5, 0.6),
    "Threshold": (0.1, 20.0),
    "RReLU": (0.2, 0.2),
    "Dropout": (0.0,),
    "Dropout2d": (0.0,),
    "AlphaDropout": (0.0,),
    "FeatureAlphaDropout": (0.0,),
}

# What stands before: of (2, 4, 6, 6), with the two engines' functions by the same names.
BEFORE: dict[str, Callable[[Any, Any], Any]] = {
    "Linear": lambda F, x: F.linear(x, x[0, 0, :5] * 0.3),
    "Conv2d": lambda F, x: F.conv2d(x, x[:, :, :3, :3] * 0.3),
    "ConvTranspose2d": lambda F, x: F.conv_transpose2d(x, x[:1].transpose(0, 1)[:, :, :2, :2], stride=2),
    "BatchNorm2d": lambda F, x: F.batch_norm(x, None, None, training=True),
    "BatchNorm2d, scaled": lambda F, x: F.batch_norm(x, None, None, x[0, :, 0, 0], x[1, :, 0, 0], training=True),
    "InstanceNorm2d": lambda F, x: F.instance_norm(x),
    "LayerNorm": lambda F, x: F.layer_norm(x, (6,)),
    "GroupNorm": lambda F, x: F.group_norm(x, 2),
    "RMSNorm": lambda F, x: F.rms_norm(x, (6,)),
    "LocalResponseNorm": lambda F, x: F.local_response_norm(x, 2),
    "normalize": lambda F, x: F.normalize(x),
    "MaxPool2d": lambda F, x: F.max_pool2d(x, 3, 2, 1),
    "AvgPool2d": lambda F, x: F.avg_pool2d(x, 2),
    "AdaptiveMaxPool2d": lambda F, x: F.adaptive_max_pool2d(x, 2),
    "AdaptiveMaxPool2d, uneven": lambda F, x: F.adaptive_max_pool2d(x, 4),
    "a / b": lambda F, x: x[:1] / x[1:],
    "1 / b": lambda F, x: 1 / (x + 3),
    "a + b": lambda F, x: x[:1] + x[1:],
    "a * 2": lambda F, x: x * 2,
    "a.abs()": lambda F, x: x.abs(),
    "a @ b": lambda F, x: x @ x,
    "interpolate": lambda F, x: F.interpolate(x, scale_factor=2),
    "pad": lambda F, x: F.pad(x, (1, 1)),
    "view": lambda F, x: (x * 2).view(2, 4, 36, 1),
    "slice": lambda F, x: (x * 2)[:, 1:3],
    "softsign": lambda F, x: F.softsign(x),
    "logaddexp": lambda F, x: (x * 1).logaddexp(x * 2),
}
SAVE_THEIR_RESULT = {
    "softmax": lambda F, x: F.softmax(x, 1),
    "sigmoid": lambda F, x: x.sigmoid(),
    "exp": lambda F, x: x.exp(),
    "tanh": lambda F, x: x.tanh(),
    "sqrt": lambda F, x: (x + 3).sqrt(),
}
DRAWN = np.random.default_rng(0).uniform(-2, 2, (2, 4, 6, 6))


def gradient(module: Any, before: Callable[[Any, Any], Any], functional: Any, x: Any) -> np.ndarray:
    x.requires_grad_()
    h = before(functional, x)
    out = module(h)
    assert out is h or not getattr(module, "inplace", False)
    (out * out.detach().cos()).sum().backward()
    return host(x.grad)


@pytest.mark.parametrize("before", BEFORE)
def test_in_place_gives_the_same_gradient(before: str) -> None:
    for name, args in ACTIVATIONS.items():
        x = autograd.tensor(DRAWN)
        kept = gradient(getattr(nn, name)(*args), BEFORE[before], nn.functional, x.clone())
        over = gradient(getattr(nn, name)(*args, inplace=True), BEFORE[before], nn.functional, x.clone())
        np.testing.assert_array_equal(over, kept, err_msg=name)
        torch = torch_or_skip()
        module = getattr(torch.nn, name)(*args, inplace=True)
        theirs = gradient(module, BEFORE[before], torch.nn.functional, torch.tensor(DRAWN))
        np.testing.assert_allclose(over, theirs, rtol=1e-5, atol=1e-6, err_msg=name)  # torch's 1 / alpha is single


@pytest.mark.parametrize("before", SAVE_THEIR_RESULT)
def test_what_saves_its_result_says_so(before: str) -> None:
    """There torch raises, too; nothing is silently wrong."""
    for name, args in ACTIVATIONS.items():
        if "Dropout" in name:
            continue
        x = autograd.tensor(DRAWN, requires_grad=True)
        out = getattr(nn, name)(*args, inplace=True)(SAVE_THEIR_RESULT[before](nn.functional, x))
        with pytest.raises(RuntimeError, match="modified in place"):
            out.sum().backward()


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if "Dropout" not in name])
def test_second_derivative_in_place(name: str) -> None:
    x = autograd.tensor(DRAWN[0, 0] + 0.017)
    module = getattr(nn, name)(*ACTIVATIONS[name], inplace=True)
    assert autograd.testing.gradgradcheck(lambda x: module(x * 1.1), [x.requires_grad_()], atol=1e-4)


def test_a_leaf_is_refused() -> None:
    for name, args in ACTIVATIONS.items():
        if "Dropout" not in name:
            with pytest.raises(RuntimeError, match="leaf"):
                getattr(nn, name)(*args, inplace=True)(autograd.ones(3, requires_grad=True))
