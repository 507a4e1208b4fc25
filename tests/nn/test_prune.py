"""nn.utils.prune against torch's: masks, names, gradients, errors."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from tests.helpers.oracle import torch_or_skip

pytestmark = pytest.mark.cpu_only  # results are compared as NumPy's arrays

rng = np.random.default_rng(0)
W, B, S = rng.standard_normal((6, 5)), rng.standard_normal(6), rng.standard_normal((6, 5))


def results(T: Any, layers: Any, prune: Any) -> Iterator[Any]:
    def tensor(a: Any) -> Any:
        return T.tensor(a, dtype=T.float64)

    def linear() -> Any:
        made = layers.Linear(5, 6).double()
        made.weight.data, made.bias.data = tensor(W), tensor(B)
        return made

    def names(m: Any) -> Any:
        return sorted(n for n, _ in m.named_parameters()), sorted(n for n, _ in m.named_buffers())

    m = linear()
    yield prune.l1_unstructured(m, "weight", 0.3).weight_mask.numpy()
    yield names(m), sorted(m.state_dict()), prune.is_pruned(m)
    yield prune.ln_structured(m, "weight", 2, 2, 0).weight_mask.numpy()
    yield prune.ln_structured(m, "weight", 0.5, float("inf"), 1).weight.detach().numpy()
    m(tensor(np.ones((2, 5)))).sum().backward()
    yield m.weight_orig.grad.numpy()
    prune.remove(m, "weight")
    yield names(m), prune.is_pruned(m)
    yield m.weight.detach().numpy()
    yield prune.l1_unstructured(linear(), "weight", 4, importance_scores=tensor(S)).weight.detach().numpy()
    yield prune.custom_from_mask(linear(), "bias", tensor([1, 0, 1, 0, 1, 0])).bias.detach().numpy()
    yield prune.identity(linear(), "weight").weight.detach().numpy()
    net = layers.Sequential(linear(), linear())
    members = [(net[0], "weight"), (net[1], "weight"), (net[0], "bias")]
    for amount in (0.4, 10):
        prune.global_unstructured(members, pruning_method=prune.L1Unstructured, amount=amount)
        yield from (getattr(module, f"{name}_mask").numpy() for module, name in members)
    yield int(prune.random_unstructured(linear(), "weight", 0.5).weight_mask.sum())
    yield int(prune.random_structured(linear(), "weight", 3, 0).weight_mask.sum())

    class EveryOther(prune.BasePruningMethod):  # type: ignore[misc]
        PRUNING_TYPE = "unstructured"

        def compute_mask(self, t: Any, default_mask: Any) -> Any:
            mask = default_mask.clone()
            mask.view(-1)[::2] = 0
            return mask

    m = linear()
    EveryOther.apply(m, "bias")
    yield m.bias_mask.numpy()
    for call in (
        lambda: prune.remove(linear(), "weight"),
        lambda: prune.l1_unstructured(linear(), "weight", 1.5),
        lambda: prune.l1_unstructured(linear(), "weight", -1),
        lambda: prune.l1_unstructured(linear(), "weight", 100),
        lambda: prune.l1_unstructured(linear(), "weight", "a"),
        lambda: prune.ln_structured(linear(), "bias", 1, 2, 0),
        lambda: prune.ln_structured(linear(), "weight", 1, 2, 7),
        lambda: prune.l1_unstructured(linear(), "weight", 1, importance_scores=tensor(B)),
        lambda: prune.global_unstructured(members[:1], pruning_method=prune.LnStructured, amount=1, n=1),
    ):
        with pytest.raises((AssertionError, TypeError, ValueError, IndexError)) as caught:
            call()
        yield caught.type.__name__


def test_as_torch() -> None:
    torch = torch_or_skip()
    theirs = results(torch, torch.nn, importlib.import_module("torch.nn.utils.prune"))
    for ours, expected in zip(results(autograd, nn, nn.utils.prune), theirs, strict=True):
        if isinstance(expected, np.ndarray):
            np.testing.assert_allclose(ours, expected)
        else:
            assert ours == expected


def test_a_failure_leaves_the_module_as_it_was() -> None:
    layer = nn.utils.prune.identity(nn.Linear(3, 2), "weight")
    with pytest.raises(ValueError, match="number of parameters"):
        nn.utils.prune.l1_unstructured(layer, "weight", 100)
    assert nn.utils.prune.is_pruned(layer)
    assert sorted(layer.state_dict()) == ["bias", "weight_mask", "weight_orig"]
    assert layer(autograd.ones(1, 3)).shape == (1, 2)
