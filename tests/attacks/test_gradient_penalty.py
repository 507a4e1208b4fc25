"""After a gradient penalty (WGAN-GP: a loss on the gradient by the input) .grad is None, zeros or numbers as in torch.

torch's derivatives of piecewise linear functions have a derivative of zeros, those of linear ones none: an optimizer
steps past a parameter whose gradient is None, and lets its momentum and weight decay act where it is zeros.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from tests.helpers.oracle import host, torch_or_skip
from tests.nn.test_layers import CALLS, LAYERS, both

CRITICS = [  # each on (3, 2)
    "n.Sequential(n.Linear(2, 4), n.ReLU(), n.Linear(4, 1))",
    "n.Sequential(n.Linear(2, 4), n.ReLU(inplace=True), n.Linear(4, 1))",
    "n.Sequential(n.Linear(2, 4), n.ReLU(), n.Linear(4, 4), n.ReLU(), n.Linear(4, 1))",
    "n.Sequential(n.Linear(2, 4), n.Tanh(), n.Linear(4, 1))",
    "n.Sequential(n.Linear(2, 4), n.ReLU(), n.LayerNorm(4), n.Linear(4, 1, bias=False))",
    "n.Sequential(n.Unflatten(1, (1, 2, 1)), n.Conv2d(1, 3, (2, 1)), n.ReLU(), n.Flatten(), n.Linear(3, 1))",
    "n.Sequential(n.Linear(2, 4), n.LeakyReLU(0.2), n.Linear(4, 4), n.LeakyReLU(0.2, inplace=True), n.Linear(4, 1))",
    "n.Linear(2, 1)",
    "n.Sequential(n.Linear(2, 4), n.SiLU(), n.BatchNorm1d(4), n.ReLU(), n.Linear(4, 1))",
    "n.Sequential(n.Linear(2, 4), n.Dropout(0.0), n.PReLU(), n.Linear(4, 1))",
    "n.Sequential(n.Linear(2, 4), n.ReLU6(inplace=True), n.Linear(4, 1), n.Hardtanh())",
    "n.Sequential(n.utils.spectral_norm(n.Linear(2, 4)), n.LeakyReLU(0.1), n.Linear(4, 1)).eval()",
    "n.Sequential(n.Linear(2, 8), n.Unflatten(1, (2, 4)), n.MaxPool1d(2), n.Flatten(), n.Linear(4, 1))",
    "n.Sequential(n.Linear(2, 32), n.Unflatten(1, (2, 4, 4)), n.Conv2d(2, 4, 3, padding=1), n.InstanceNorm2d(4),"
    " n.LeakyReLU(0.2), n.AvgPool2d(2), n.Conv2d(4, 1, 2))",
    "n.Sequential(n.Linear(2, 9), n.Unflatten(1, (1, 3, 3)), n.Conv2d(1, 2, 3, padding=1, padding_mode='reflect'),"
    " n.GroupNorm(2, 2), n.ReLU(), n.AdaptiveAvgPool2d(1), n.Flatten(), n.Linear(2, 1))",
    "n.Sequential(n.Linear(2, 4), n.Softshrink(0.1), n.Linear(4, 1), n.ELU(inplace=True))",
]


def said(gradient: Any) -> str:
    """What is to be the same on both sides."""
    return "None" if gradient is None else "numbers" if abs(gradient).max().item() > 1e-9 else "zeros"


def critic_and_input(engine: Any, layers: Any, critic: str) -> tuple[Any, Any]:
    net = eval(critic, {"n": layers}).double()
    with engine.no_grad():
        for i, x in enumerate([*net.parameters(), *net.buffers()]):
            x.copy_((engine.arange(x.numel()).double().reshape(x.shape) * 0.7 + i).sin())
    return net, (engine.arange(6.0).double() - 2.5).reshape(3, 2)


def penalty(engine: Any, net: Any, x: Any) -> Any:
    out = net(x)
    (slope,) = engine.autograd.grad(out, x, engine.ones_like(out), create_graph=True)
    return ((slope.reshape(len(slope), -1).norm(2, dim=1) - 1) ** 2).mean()


def after_a_penalty(engine: Any, layers: Any, critic: str) -> list[Any]:
    net, x = critic_and_input(engine, layers, critic)
    penalty(engine, net, x.requires_grad_()).backward()
    return [p.grad for p in (*net.parameters(), x)]


def after_a_critics_step(engine: Any, layers: Any, critic: str) -> list[Any]:
    """The script of I. Gulrajani et al., 2017."""
    net, real = critic_and_input(engine, layers, critic)
    fake = (real * 1.7).cos()
    share = (engine.arange(3.0).double() / 3).reshape(3, 1)
    between = (share * real + (1 - share) * fake).requires_grad_(True)
    (net(fake).mean() - net(real).mean() + 10 * penalty(engine, net, between)).backward()
    return [p.grad for p in (*net.parameters(), between)]


@pytest.mark.parametrize("critic", CRITICS)
def test_a_penalty_gives_none_zeros_or_numbers(critic: str) -> None:
    torch = torch_or_skip()
    for script in (after_a_penalty, after_a_critics_step):
        ours, theirs = script(autograd, nn, critic), script(torch, torch.nn, critic)
        assert list(map(said, ours)) == list(map(said, theirs)), script.__name__
        for mine, other in zip(ours, theirs, strict=True):
            if other is not None:
                np.testing.assert_allclose(host(mine), host(other), rtol=1e-7, atol=1e-9, err_msg=script.__name__)


MORE = [
    ("RReLU(0.2, 0.2)", "t(3, 4)"),
    ("FractionalMaxPool2d(2, output_size=2)", "t(1, 2, 5, 5)"),
    ("AdaptiveAvgPool1d(1)", "t(2, 3, 5)"),
    ("AdaptiveAvgPool2d(2)", "t(2, 3, 4, 4)"),
    ("AdaptiveAvgPool3d(1)", "t(2, 3, 5, 2, 2)"),
    ("AdaptiveMaxPool2d(1)", "t(2, 3, 4, 4)"),
    ("AvgPool2d(2, divisor_override=3)", "t(1, 4, 4)"),
    ("Upsample(scale_factor=2, mode='bicubic')", "t(1, 1, 3, 3)"),
    ("NLLLoss()", "t(3, 4), i([0, 1, 2])"),
    ("CrossEntropyLoss()", "t(3, 4), i([0, 1, 2])"),
    ("MSELoss()", "t(3, 4), t(3, 4)"),
    ("L1Loss()", "t(3, 4), t(3, 4)"),
    ("BCELoss()", "t(3, 4).sigmoid(), t(3, 4).sigmoid().detach()"),
    ("BCEWithLogitsLoss()", "t(3, 4), t(3, 4).sigmoid().detach()"),
    ("LSTM(3, 2)", "t(2, 3, 3)"),
    ("GRU(3, 2)", "t(2, 3, 3)"),
    ("RNN(3, 2, nonlinearity='relu')", "t(2, 3, 3)"),
]
ONE_INPUT = [(layer, f"t{shape}") for layer, shape in LAYERS]
ALL = list(dict.fromkeys([*ONE_INPUT, *CALLS, *MORE]))


def after_a_layer(engine: Any, module: Any, call: str) -> list[str]:
    """What a penalty on the gradient by a layer's inputs says of the parameters, and of a scale and a shift below."""
    rng = np.random.default_rng(1)
    leaves: list[Any] = []

    def t(*shape: int) -> Any:
        made = [
            engine.tensor(np.asarray(value), requires_grad=True) for value in (rng.normal(size=shape) * 2, 1.1, 0.1)
        ]
        leaves.append(made)
        return made[0] * made[1] + made[2]

    def w(*shape: int) -> Any:
        return engine.tensor(rng.integers(0, 7, shape))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        out = module(*eval(f"[{call}]", {"t": t, "w": w, "i": engine.tensor, "b": engine.tensor}))
        while isinstance(out, tuple):
            out = out[0]
        parameters = list(module.parameters())
        weights = engine.tensor(np.random.default_rng(2).normal(size=tuple(out.shape)))
        inputs = [made[0] for made in leaves] or parameters
        slopes = engine.autograd.grad((out * weights).sum(), inputs, allow_unused=True, create_graph=True)
        total = sum((slope**2).sum() for slope in slopes if slope is not None)
        if total.requires_grad:
            total.backward()
    return [said(x.grad) for x in (*(x for made in leaves for x in made), *parameters)]


@pytest.mark.parametrize(("layer", "call"), ALL, ids=[f"{number}-{layer}" for number, (layer, _) in enumerate(ALL)])
def test_every_layer_gives_none_zeros_or_numbers(layer: str, call: str) -> None:
    torch = torch_or_skip()
    here, there = both(layer)
    for training in (True, False):
        try:
            with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):  # others have no second derivative
                expected = after_a_layer(torch, there.train(training), call)
        except (RuntimeError, NotImplementedError) as error:
            assert "is not implemented" in str(error)  # noqa: PT017
            pytest.skip(f"torch: {error}")
        assert after_a_layer(autograd, here.train(training), call) == expected
