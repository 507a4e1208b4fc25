"""Process groups of one member, beside PyTorch's with gloo."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
import autograd.distributed as dist
import nn
import optim
from autograd.data import DistributedSampler
from nn.parallel import DistributedDataParallel
from tests.helpers.oracle import host, torch_or_skip
from torchlike.distributed.fsdp import FullyShardedDataParallel
from torchlike.distributed.optim import ZeroRedundancyOptimizer

pytestmark = [
    pytest.mark.cpu_only,  # one device that is no GPU: what torch refuses there
    pytest.mark.filterwarnings("ignore::UserWarning", "ignore::FutureWarning", "ignore::DeprecationWarning"),
]
TORCHRUN = {"RANK": "0", "LOCAL_RANK": "0", "WORLD_SIZE": "1", "MASTER_ADDR": "localhost", "MASTER_PORT": "29500"}


@pytest.fixture
def world() -> Iterator[None]:
    dist.init_process_group("gloo", init_method="tcp://localhost:1", rank=0, world_size=1)
    yield
    dist.destroy_process_group()


@pytest.fixture
def theirs(tmp_path: Path) -> Iterator[Any]:
    torch = torch_or_skip()
    torch.distributed.init_process_group("gloo", init_method=f"file://{tmp_path}/meeting", rank=0, world_size=1)
    yield torch
    torch.distributed.destroy_process_group()


def test_without_a_group() -> None:
    assert dist.is_available()
    assert not dist.is_initialized()
    assert dist.group.WORLD is None
    x = autograd.ones(1)
    for call in (dist.get_rank, dist.get_world_size, dist.get_backend, dist.barrier, lambda: dist.all_reduce(x)):
        with pytest.raises(ValueError, match="please make sure to call init_process_group"):
            call()
    with pytest.raises(ValueError, match="init_process_group"):
        DistributedDataParallel(nn.Linear(1, 1))


@pytest.mark.parametrize(
    "arguments",
    [
        {"init_method": "env://"},
        {},
        {"init_method": "tcp://127.0.0.1:29500?rank=0&world_size=1"},
        {"init_method": "file:///tmp/meeting", "rank": 0, "world_size": 1},
        {"store": object(), "rank": 0, "world_size": 1},
        {"backend": "GLOO"},
        {"backend": "cpu:gloo"},
    ],
)
def test_the_ways_to_begin(arguments: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in TORCHRUN.items():
        monkeypatch.setenv(name, value)
    dist.init_process_group(**arguments)
    try:
        assert (dist.get_rank(), dist.get_world_size(), dist.get_node_local_rank()) == (0, 1, 0)
        assert isinstance(dist.group.WORLD, dist.ProcessGroup)
        with pytest.raises(ValueError, match="twice"):
            dist.init_process_group(**arguments)
    finally:
        dist.destroy_process_group()
    assert not dist.is_initialized()


@pytest.mark.parametrize(
    ("arguments", "variables", "error", "words"),
    [
        ({}, "", ValueError, "env:// rendezvous: environment variable RANK expected, but not set"),
        ({"rank": 0}, "", ValueError, "WORLD_SIZE expected"),
        ({"rank": 0, "world_size": 1}, "", ValueError, "MASTER_ADDR expected"),
        ({"init_method": "tcp://localhost:1"}, "", ValueError, "tcp:// rendezvous: rank parameter missing"),
        ({"init_method": "zzz://1", "rank": 0, "world_size": 1}, "", RuntimeError, "No rendezvous handler for zzz://"),
        ({"init_method": "tcp://h:1", "rank": 1, "world_size": 1}, "", RuntimeError, "rank of the only process"),
        ({"init_method": "tcp://h:1", "rank": 0, "world_size": 2}, "", RuntimeError, "one process, got world_size=2"),
        ({"backend": "foo"}, "", ValueError, "unknown backend 'foo'"),
        ({"backend": "mpi"}, "", RuntimeError, "'mpi' is not there"),
    ],
)
def test_what_is_missing_is_named(
    arguments: dict[str, Any], variables: str, error: type, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in TORCHRUN:
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(error, match=words):
        dist.init_process_group(**arguments)
    assert not dist.is_initialized()


def test_nccl_needs_a_gpu() -> None:
    if dist.is_nccl_available():
        pytest.skip("there is a GPU")
    with pytest.raises(RuntimeError, match="needs a GPU; use 'gloo'"):
        dist.init_process_group("nccl", init_method="tcp://h:1", rank=0, world_size=1)


def collective(d: Any, lib: Any, name: str) -> Any:
    """An operation on the tensors [1, 2] and zeros: its result and the tensors afterwards."""
    x, y = lib.tensor([1.0, 2.0]), lib.zeros(2)
    calls = {
        "all_reduce": lambda **k: d.all_reduce(x, **k),
        "all_reduce max": lambda **k: d.all_reduce(x, op=d.ReduceOp.MAX, **k),
        "reduce": lambda **k: d.reduce(x, 0, **k),
        "broadcast": lambda **k: d.broadcast(x, src=0, **k),
        "all_gather": lambda **k: d.all_gather([y], x, **k),
        "all_gather_into_tensor": lambda **k: d.all_gather_into_tensor(y, x, **k),
        "gather": lambda **k: d.gather(x, [y], dst=0, **k),
        "scatter": lambda **k: d.scatter(y, [x], src=0, **k),
        "reduce_scatter": lambda **k: d.reduce_scatter(y, [x], **k),
        "reduce_scatter_tensor": lambda **k: d.reduce_scatter_tensor(y, x, **k),
        "all_to_all": lambda **k: d.all_to_all([y], [x], **k),
        "all_to_all_single": lambda **k: d.all_to_all_single(y, x, **k),
        "barrier": lambda **k: d.barrier(**k),
    }
    results = [calls[name](), x.tolist(), y.tolist()]
    work = calls[name](async_op=True)
    return [*results, work.wait(), x.tolist(), y.tolist()]


COLLECTIVES = [
    "all_reduce",
    "all_gather",
    "all_gather_into_tensor",
    "broadcast",
    "reduce",
    "gather",
    "scatter",
    "reduce_scatter",
    "reduce_scatter_tensor",
    "all_to_all",
    "all_to_all_single",
    "barrier",
]


@pytest.mark.parametrize("name", [*COLLECTIVES, "all_reduce max"])
def test_collectives_do_what_torchs_do(name: str, world: None, theirs: Any) -> None:
    assert collective(dist, autograd, name) == collective(theirs.distributed, theirs, name)


@pytest.mark.parametrize(
    "call",
    [
        "d.all_reduce([1])",
        "d.all_reduce(x, op=d.ReduceOp.BAND)",
        "d.broadcast(x, src=1)",
        "d.reduce(x, dst=1)",
        "d.all_gather([y, y], x)",
        "d.all_gather([], x)",
        "d.all_gather([t.zeros(3)], x)",
        "d.gather(x)",
        "d.scatter(y)",
        "d.scatter(y, [x, x])",
        "d.send(x, 0)",
        "d.new_group([0, 1])",
        "d.get_node_local_rank()",
    ],
)
def test_mistakes_raise_what_torchs_raise(call: str, world: None, theirs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LOCAL_RANK", raising=False)
    for d, lib in ((theirs.distributed, theirs), (dist, autograd)):
        x, y = lib.ones(2), lib.zeros(2)
        with pytest.raises(Exception) as caught:  # noqa: PT011
            eval(call, {"d": d, "x": x, "y": y, "t": lib})
        if d is theirs.distributed:
            expected = caught.type
        else:
            assert issubclass(caught.type, expected), caught.value
            assert y.tolist() == [0.0, 0.0]


def test_objects(world: None, theirs: Any) -> None:
    for d in (dist, theirs.distributed):
        given = {"a": [1]}
        received: list[Any] = [None]
        d.all_gather_object(received, given)
        assert received == [given]
        assert received[0] is not given
        d.gather_object(given, received, dst=0)
        d.scatter_object_list(received, [3], src=0)
        assert received == [3]
        d.broadcast_object_list(received, src=0)
        assert received == [3]


def test_groups(world: None, theirs: Any) -> None:
    for d in (dist, theirs.distributed):
        made = d.new_group([0])
        assert [d.get_rank(made), d.get_world_size(made), d.get_backend(made)] == [0, 1, "gloo"]
        assert d.get_process_group_ranks(made) == [0]
        assert d.get_group_rank(made, 0) == d.get_global_rank(made, 0) == made.rank() == 0
        d.destroy_process_group(made)
        if d is dist:
            with pytest.raises(ValueError, match="was destroyed"):
                d.get_world_size(made)
        assert d.get_rank(d.GroupMember.NON_GROUP_MEMBER) == -1
        assert d.Backend("GLOO") == d.Backend.GLOO == "gloo"


def test_gradients_flow_through_functional_collectives(world: None) -> None:
    x = autograd.ones(2, requires_grad=True)
    (dist.nn.all_reduce(x) + autograd.cat(dist.nn.all_gather(x))).sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [2.0, 2.0]


def trained(lib: Any, wrap: Any, zero: Any) -> Any:
    model = lib.nn.Sequential(lib.nn.Linear(3, 4), lib.nn.ReLU(), lib.nn.Linear(4, 1))
    with lib.no_grad():
        for number, p in enumerate(model.parameters()):
            p.copy_(lib.arange(p.numel(), dtype=lib.float32).reshape(p.shape) / 10 - number / 4)
    wrapped = wrap(model, find_unused_parameters=True)
    optimizer = zero(wrapped.parameters(), optimizer_class=lib.optim.Adam, lr=0.1)
    scheduler = lib.optim.lr_scheduler.StepLR(optimizer, 1)
    x = lib.arange(6.0).reshape(2, 3)
    for _ in range(3):
        optimizer.zero_grad()
        with wrapped.no_sync():
            wrapped(x).square().mean().backward()
        wrapped(x).square().mean().backward()
        optimizer.step()
        scheduler.step()
    optimizer.consolidate_state_dict()
    return wrapped, optimizer


def test_a_wrapped_model_trains_as_torchs(world: None, theirs: Any) -> None:
    from torch.distributed.optim import ZeroRedundancyOptimizer as Theirs

    lib: Any = type(
        "lib", (), {"__getattr__": lambda self, name: {"nn": nn, "optim": optim}.get(name) or getattr(autograd, name)}
    )()
    ours, mine = trained(lib, DistributedDataParallel, ZeroRedundancyOptimizer)
    other, yours = trained(theirs, theirs.nn.parallel.DistributedDataParallel, Theirs)
    assert list(ours.state_dict()) == list(other.state_dict())
    for name, value in other.state_dict().items():
        np.testing.assert_allclose(host(ours.state_dict()[name]), host(value), rtol=1e-5, atol=1e-6)
    assert mine.param_groups[0]["lr"] == pytest.approx(yours.param_groups[0]["lr"])
    assert mine.state_dict()["state"].keys() == yours.state_dict()["state"].keys()
    again = ZeroRedundancyOptimizer(ours.parameters(), optimizer_class=optim.Adam, lr=0.5)
    again.load_state_dict(mine.state_dict())
    assert again.param_groups[0]["lr"] == mine.param_groups[0]["lr"]
    assert again.state is again.optim.state


@pytest.mark.parametrize(
    "attribute",
    [
        "device_ids",
        "output_device",
        "dim",
        "find_unused_parameters",
        "broadcast_buffers",
        "static_graph",
        "require_backward_grad_sync",
        "bucket_bytes_cap",
        "gradient_as_bucket_view",
    ],
)
def test_attributes_of_a_wrapped_model(attribute: str, world: None, theirs: Any) -> None:
    ours, other = (
        DistributedDataParallel(nn.Linear(2, 1)),
        theirs.nn.parallel.DistributedDataParallel(theirs.nn.Linear(2, 1)),
    )
    assert getattr(ours, attribute) == getattr(other, attribute)
    assert repr(ours) == repr(other)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ("(l.nn.ReLU())", RuntimeError),
        ("(l.nn.Linear(1, 1), device_ids=[0, 1])", ValueError),
        ("(l.nn.Linear(1, 1), device_ids=[0])", ValueError),
    ],
)
def test_what_can_not_be_wrapped(arguments: str, error: type, world: None, theirs: Any) -> None:
    for lib in (autograd, theirs):
        with pytest.raises(error):
            eval(f"l.nn.parallel.DistributedDataParallel{arguments}", {"l": lib})


def test_samplers_without_numbers() -> None:
    assert list(DistributedSampler([1, 2, 3], shuffle=False)) == [0, 1, 2]


def test_sharded_models_are_refused() -> None:
    with pytest.raises(NotImplementedError, match="train the module itself"):
        FullyShardedDataParallel(nn.Linear(1, 1))


def test_a_script_that_may_be_one_of_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """What published scripts ask before they begin, with torchrun's variables and without."""
    for variables in ({}, TORCHRUN):
        for name in TORCHRUN:
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        distributed = int(os.environ.get("RANK", -1)) != -1
        if distributed:
            dist.init_process_group(backend="gloo")
        rank = dist.get_rank() if dist.is_available() and dist.is_initialized() else 0
        loss = autograd.tensor(2.0)
        if dist.is_initialized():
            dist.all_reduce(loss, op=dist.ReduceOp.SUM)
            loss /= dist.get_world_size()
        assert (rank, loss.item()) == (0, 2.0)
        if distributed:
            dist.destroy_process_group()
