"""Wrapped models, batches cut up, and batch normalisation over processes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd
import nn
from nn.parallel import data_parallel, gather, parallel_apply, replicate, scatter, scatter_kwargs
from tests.helpers.oracle import host, torch_or_skip


def test_scatter_and_gather_are_inverse() -> None:
    x = autograd.arange(10.0).reshape(5, 2)
    inputs = {"x": x, "pair": (x, [x * 2, "text"]), "none": None}
    here = x.device
    parts = scatter(inputs, [here, here])
    assert [len(part["x"]) for part in parts] == [3, 2]
    assert parts[1]["pair"][1][1] == "text"
    joined = gather([part["x"] for part in parts], here)
    assert autograd.equal(joined, x)
    assert gather([{"a": (x, None)}] * 2, here)["a"][0].shape == (10, 2)
    assert gather([x.sum(), x.sum()], here).shape == (2,)
    assert [len(part) for part in scatter_kwargs((x,), {"y": x}, [here])] == [1, 1]
    assert scatter_kwargs((), None, [here]) == ((), ())
    with pytest.raises(ValueError, match="got none"):
        scatter(x, [])
    with pytest.raises(ValueError, match="same number of keys"):
        gather([{"a": x}, {}], here)


def test_replicas_send_gradients_to_the_module() -> None:
    net = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Linear(3, 1))
    x = autograd.randn(4, 2)
    replicas = replicate(net, [x.device, x.device])
    outputs = parallel_apply(replicas, [x, (x,)])
    gather(outputs, x.device).sum().backward()
    gradients = [p.grad for p in net.parameters()]
    for p in net.parameters():
        p.grad = None
    (2 * net(x)).sum().backward()
    for p, gradient in zip(net.parameters(), gradients, strict=True):
        np.testing.assert_allclose(host(p.grad), host(gradient), rtol=1e-5, atol=1e-6)
    assert list(replicas[0].parameters()) == []
    assert autograd.equal(data_parallel(net.eval(), x), net(x))
    with pytest.raises(AssertionError, match="as many inputs"):
        parallel_apply(replicas, [x])


def test_the_attributes_of_data_parallel() -> None:
    torch = torch_or_skip()
    if autograd.cuda.is_available() or torch.cuda.is_available():
        pytest.skip("there is a GPU")
    ours, theirs = nn.DataParallel(nn.Linear(1, 1)), torch.nn.DataParallel(torch.nn.Linear(1, 1))
    assert ours.device_ids == theirs.device_ids == []
    assert repr(ours) == repr(theirs)
    assert not hasattr(ours, "output_device")


def test_batches_of_one_process_are_normalised_as_by_batch_norm() -> None:
    x = autograd.randn(4, 3, 5)
    one, other = nn.SyncBatchNorm(3), nn.BatchNorm1d(3)
    for _ in range(2):
        assert autograd.equal(one(x), other(x))
    assert autograd.equal(one.running_var, other.running_var)
    assert autograd.equal(one.eval()(x), other.eval()(x))
    with pytest.raises(ValueError, match="2 dimensions or more"):
        one(autograd.ones(3))


def test_batch_normalisation_is_converted() -> None:
    torch = torch_or_skip()

    def net(lib: Any) -> Any:
        inner = lib.Sequential(lib.BatchNorm1d(3, momentum=None), lib.BatchNorm3d(1, affine=False))
        return lib.SyncBatchNorm.convert_sync_batchnorm(lib.Sequential(lib.BatchNorm2d(2), inner, lib.ReLU()).eval())

    ours, theirs = net(nn), net(torch.nn)
    assert repr(ours) == repr(theirs)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    assert [module.training for module in ours.modules()] == [module.training for module in theirs.modules()]
    norm = nn.BatchNorm1d(2)
    converted = nn.SyncBatchNorm.convert_sync_batchnorm(norm)
    assert converted.weight is norm.weight
    assert converted.running_mean is norm.running_mean
