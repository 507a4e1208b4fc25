"""Clipping and parameter vectors against torch's; lists and dictionaries of parameters."""

from __future__ import annotations

import numpy as np
import pytest

import autograd
import nn
from tests.helpers.oracle import host, torch_or_skip


@pytest.mark.parametrize("norm_type", [2.0, 1.0, float("inf")])
@pytest.mark.parametrize("max_norm", [0.5, 1e3])
def test_clip_grad_norm_is_torchs(norm_type: float, max_norm: float) -> None:
    torch = torch_or_skip()
    rng = np.random.default_rng(0)
    values, gradients = [rng.normal(size=(3, 2)), rng.normal(size=4)], [rng.normal(size=(3, 2)), rng.normal(size=4)]
    results = []
    for engine, layers in ((autograd, nn), (torch, torch.nn)):
        parameters = [layers.Parameter(engine.tensor(v)) for v in values] + [layers.Parameter(engine.tensor([1.0]))]
        for p, g in zip(parameters, gradients, strict=False):
            p.grad = engine.tensor(g)
        total = layers.utils.clip_grad_norm_(parameters, max_norm, norm_type)
        results.append([host(total), *(host(p.grad) for p in parameters[:2])])
    for mine, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-9)


def test_clipping_refuses_what_is_not_finite() -> None:
    p = nn.Parameter(autograd.ones(2))
    p.grad = autograd.tensor([float("nan"), 1.0])
    with pytest.raises(RuntimeError, match="can't be clipped"):
        nn.utils.clip_grad_norm_([p], 1.0, error_if_nonfinite=True)
    assert p.grad[1].item() == 1.0
    nn.utils.clip_grad_value_(p, 0.5)
    assert p.grad[1].item() == 0.5
    assert nn.utils.clip_grad_norm_([], 1.0).item() == 0.0


def test_parameters_as_a_vector() -> None:
    net = nn.Sequential(nn.Linear(3, 2), nn.Linear(2, 1))
    vector = nn.utils.parameters_to_vector(net.parameters())
    assert vector.shape == (11,)
    nn.utils.vector_to_parameters(autograd.arange(11.0), net.parameters())
    assert net[0].weight.tolist() == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]
    assert net[1].bias.tolist() == [10.0]
    assert net[0].weight.requires_grad


def test_lists_and_dictionaries_of_parameters() -> None:
    torch = torch_or_skip()
    for engine, layers in ((autograd, nn), (torch, torch.nn)):
        rows = layers.ParameterList([layers.Parameter(engine.ones(2)), engine.zeros(3)])
        rows.append(engine.ones(1))
        assert list(rows.state_dict()) == ["0", "1", "2"]
        assert len(rows) == 3
        assert isinstance(rows[1], layers.Parameter)
        assert rows[-1].shape == (1,)
        named = layers.ParameterDict({"a": engine.ones(2), "b": layers.Parameter(engine.zeros(1))})
        assert list(named.state_dict()) == ["a", "b"]
        assert "a" in named
        del named["a"]
        assert list(named.keys()) == ["b"]
        assert len(list(named.parameters())) == 1


def test_embedding_from_a_table() -> None:
    table = autograd.arange(6.0).reshape(3, 2)
    layer = nn.Embedding.from_pretrained(table)
    assert not layer.weight.requires_grad
    assert layer(autograd.tensor([2])).tolist() == [[4.0, 5.0]]
    assert nn.Embedding.from_pretrained(table, freeze=False).weight.requires_grad
    with pytest.raises(ValueError, match="padding_idx"):
        nn.Embedding(3, 2, padding_idx=3)


def test_dropout_of_channels() -> None:
    autograd.manual_seed(0)
    out = nn.Dropout2d(0.5)(autograd.ones(50, 20, 3, 3))
    a_channel = out.reshape(1000, 9)
    assert bool(((a_channel == 0).all(1) | (a_channel == 2).all(1)).all())
    assert 0.4 < (a_channel[:, 0] == 0).float().mean().item() < 0.6
    x = autograd.randn(20_000)
    selu = nn.AlphaDropout(0.3)(x)
    assert abs(selu.mean().item()) < 0.05
    assert abs(selu.var().item() - 1) < 0.05
    assert nn.RReLU()(autograd.tensor([-1.0])).item() < 0
