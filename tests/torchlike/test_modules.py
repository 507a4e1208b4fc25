"""torch's modules around the core, as scripts use them."""

from __future__ import annotations

import importlib
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
import nn
import optim
from tests.helpers.oracle import torch_or_skip
from torchlike.aliases import torch_names

NAMES = [
    "torch._C",
    "torch._dynamo",
    "torch._dynamo.config",
    "torch._inductor.config",
    "torch._utils",
    "torch.ao.quantization",
    "torch.autograd.forward_ad",
    "torch.autograd.function",
    "torch.autograd.graph",
    "torch.autograd.profiler",
    "torch.autograd.variable",
    "torch.compiler",
    "torch.func",
    "torch.futures",
    "torch.fx",
    "torch.fx.proxy",
    "torch.hub",
    "torch.jit",
    "torch.nn.utils.prune",
    "torch.nn.utils.stateless",
    "torch.optim._functional",
    "torch.optim.adamw",
    "torch.optim.optimizer",
    "torch.overrides",
    "torch.profiler",
    "torch.quantization",
    "torch.testing",
    "torch.testing._comparison",
    "torch.types",
    "torch.utils._pytree",
    "torch.utils.benchmark",
    "torch.utils.checkpoint",
    "torch.utils.collect_env",
    "torch.utils.cpp_extension",
    "torch.utils.data._utils.collate",
    "torch.utils.data.dataloader",
    "torch.utils.dlpack",
    "torch.utils.flop_counter",
    "torch.utils.hooks",
    "torch.utils.model_zoo",
    "functorch",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_module_can_be_imported(name: str) -> None:
    with torch_names():
        assert importlib.import_module(name) is not None


def test_what_libraries_import() -> None:
    with torch_names():
        import torch
        import torch._dynamo as dynamo
        from functorch import make_functional_with_buffers
        from torch.autograd.function import FunctionCtx, once_differentiable  # noqa: F401
        from torch.autograd.variable import Variable  # noqa: F401
        from torch.jit import Final
        from torch.optim.optimizer import Optimizer, ParamsT, required
        from torch.utils._pytree import tree_map
        from torch.utils.checkpoint import checkpoint
        from torch.utils.data.dataloader import _InfiniteConstantSampler, default_collate
        from torch.utils.model_zoo import load_url

        assert Optimizer is optim.Optimizer
        assert repr(required) == "<required parameter>"
        assert ParamsT is not None
        assert Final is importlib.import_module("typing").Final
        assert checkpoint is torch.utils.checkpoint.checkpoint
        assert tree_map(lambda x: x + 1, [1]) == [2]
        assert next(iter(_InfiniteConstantSampler())) is None
        assert default_collate([1, 2]).tolist() == [1, 2]
        assert load_url is torch.hub.load_state_dict_from_url
        dynamo.config.suppress_errors = True
        assert torch._dynamo.config.suppress_errors is True
        assert not torch._dynamo.config.anything.at.all
        net = nn.BatchNorm1d(2)
        call, parameters, buffers = make_functional_with_buffers(net)
        assert call(parameters, buffers, torch.ones(3, 2)).shape == (3, 2)
    importlib.import_module("torchlike.compiler.config").suppress_errors = False


def test_decorators_that_compile_nothing() -> None:
    torch = autograd

    def double(x: Any) -> Any:
        return 2 * x

    for decorate in (
        torch.compiler.disable,
        torch.compiler.disable(),
        torch.compiler.allow_in_graph,
        torch._dynamo.disable,
        torch.fx.wrap,
        torch.jit.ignore,
        torch.jit.unused,
        torch.jit.script_if_tracing,
        torch.jit.script,
        torch.jit.ignore(drop=True),
    ):
        assert decorate(double)(2) == 4
    assert torch.compiler.is_compiling() is torch.jit.is_scripting() is False
    assert torch.jit.annotate(int, 3) == 3
    assert torch.jit.isinstance([1], list[int])
    assert torch.jit.wait(torch.jit.fork(double, 2)) == 4
    with torch._dynamo.config.patch(verbose=True):
        assert torch._dynamo.config.verbose
    assert not torch._dynamo.config.verbose


def test_what_cannot_be_here_says_so() -> None:
    torch = autograd
    for message, call in {
        "no symbolic tracing": lambda: torch.fx.symbolic_trace(nn.ReLU()),
        "state_dict": lambda: torch.jit.load("model.pt"),
        "torch.save": lambda: torch.jit.save(nn.ReLU(), "model.pt"),
        "no quantized tensors": lambda: torch.quantization.quantize_dynamic(nn.ReLU()),
        "can't be built": lambda: torch.utils.cpp_extension.load("ops", ["a.cpp"]),
    }.items():
        with pytest.raises(NotImplementedError, match=message):
            call()


def test_hub(tmp_path: Path) -> None:
    hub = autograd.hub
    before = hub.get_dir()
    (tmp_path / "hubconf.py").write_text(
        'def tiny(width=2):\n    """A layer."""\n    import nn\n    return nn.Linear(width, 1)\n'
    )
    assert hub.list(str(tmp_path), source="local") == ["tiny"]
    assert hub.help(str(tmp_path), "tiny", source="local") == "A layer."
    assert hub.load(str(tmp_path), "tiny", source="local", width=3).in_features == 3
    with pytest.raises(RuntimeError, match="Cannot find callable big"):
        hub.load(str(tmp_path), "big", source="local")
    hub.set_dir(tmp_path / "hub")
    try:
        with pytest.raises(RuntimeError, match=r"nothing is downloaded.*checkpoints/net-abc\.pth"):
            hub.load_state_dict_from_url("https://somewhere/net-abc.pth")
        with pytest.raises(RuntimeError, match=r"github\.com/owner/name.*clone it to"):
            hub.load("owner/name", "net")
        (tmp_path / "hub" / "checkpoints").mkdir(parents=True)
        autograd.save({"w": autograd.ones(2)}, tmp_path / "hub" / "checkpoints" / "net-abc.pth")
        assert hub.load_state_dict_from_url("https://somewhere/net-abc.pth")["w"].tolist() == [1, 1]
        with pytest.raises(RuntimeError, match="invalid hash"):
            hub.load_state_dict_from_url("https://somewhere/net-abc.pth", check_hash=True)
        (tmp_path / "hub" / "owner_name_main").mkdir()
        (tmp_path / "hubconf.py").rename(tmp_path / "hub" / "owner_name_main" / "hubconf.py")
        assert hub.load("owner/name", "tiny").in_features == 2
    finally:
        hub.set_dir(before)


def test_benchmark() -> None:
    from torchlike.utils import benchmark

    timers = [
        benchmark.Timer("f()", globals={"f": lambda: time.sleep(0.002)}, label="sleep", sub_label=name, description=d)
        for name in ("short", "shorter")
        for d in ("a", "b")
    ]
    made = [each.timeit(2) for each in timers] + [timers[0].blocked_autorange(min_run_time=0.02)]
    assert all(m.mean >= 0.002 for m in made)
    assert made[-1].median >= 0.002
    assert "Median" in repr(made[-1])
    text = str(benchmark.Compare(made))
    assert text.count("short") == 2
    assert "milliseconds" in text
    assert benchmark.select_unit(2e-5) == ("us", pytest.approx(1e-6))


def test_flops() -> None:
    torch = torch_or_skip()
    from torchlike.utils.flop_counter import FlopCounterMode

    def run(T: Any, layers: Any, counter: Any) -> Any:
        net = layers.Sequential(
            layers.Conv2d(3, 4, 3, padding=1), layers.ReLU(), layers.Flatten(), layers.Linear(4 * 8 * 8, 5)
        )
        with counter:
            net(T.ones(2, 3, 8, 8)).sum().backward()
        return counter.get_total_flops(), sum(counter.get_flop_counts()["Sequential"].values())

    theirs = importlib.import_module("torch.utils.flop_counter").FlopCounterMode(display=False)
    ours = FlopCounterMode(display=False)
    total, of_net = run(autograd, nn, ours)
    assert total == run(torch, torch.nn, theirs)[0]
    assert of_net == 2 * (2 * 4 * 8 * 8 * 27 + 2 * 4 * 8 * 8 * 5)
    assert "Sequential.0" in ours.get_table(3)


def test_memory_that_is_there_already(tmp_path: Path) -> None:
    torch = autograd
    array = np.arange(4.0)
    x = torch.from_dlpack(array)
    array[0] = 7
    assert x[0] == 7
    assert torch.utils.dlpack.from_dlpack(x).tolist() == [7, 1, 2, 3]
    held = bytearray(np.arange(6, dtype=np.int32).tobytes())
    y = torch.frombuffer(held, dtype=torch.int32, count=2, offset=8)
    assert y.tolist() == [2, 3]
    with pytest.raises(ValueError, match="no multiple of 4"):
        torch.frombuffer(held, dtype=torch.int32, offset=1)
    path = str(tmp_path / "numbers")
    z = torch.from_file(path, shared=True, size=3, dtype=torch.float32)
    z.fill_(2)
    assert np.fromfile(path, np.float32).tolist() == [2, 2, 2]


def test_lists_of_tensors() -> None:
    torch = autograd
    tensors = [torch.ones(2, 2), torch.zeros(3), torch.ones(1).long()]
    flat = torch._utils._flatten_dense_tensors(tensors[:2])
    assert flat.shape == (7,)
    parts = torch._utils._unflatten_dense_tensors(flat, tensors[:2])
    assert [tuple(p.shape) for p in parts] == [(2, 2), (3,)]
    assert [len(group) for group in torch._utils._take_tensors(tensors, 100)] == [2, 1]
    assert [len(group) for group in torch._utils._take_tensors(tensors[:2], 16)] == [1, 1]


def test_futures() -> None:
    future = autograd.futures.Future()
    following = future.then(lambda f: f.value() + 1)
    gathered = autograd.futures.collect_all([future, following])
    assert not future.done()
    future.set_result(1)
    assert following.wait() == 2
    assert autograd.futures.wait_all([future, following]) == [1, 2]
    assert gathered.done()
    with pytest.raises(RuntimeError, match="only be marked completed once"):
        future.set_result(2)


def test_what_stands_for_a_tensor() -> None:
    class Wrapped:
        @classmethod
        def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> str:
            return "handled"

    overrides = autograd.overrides
    assert overrides.is_tensor_like(autograd.ones(1))
    assert overrides.is_tensor_like(Wrapped())
    assert not overrides.is_tensor_like(3)
    assert overrides.has_torch_function((autograd.ones(1), Wrapped()))
    assert overrides.handle_torch_function(autograd.add, (Wrapped(),), 1) == "handled"


def test_swap_tensors() -> None:
    a, b = autograd.ones(2, requires_grad=True), autograd.zeros(3)
    autograd.utils.swap_tensors(a, b)
    assert (a.shape, b.shape, a.requires_grad, b.requires_grad) == ((3,), (2,), False, True)


def test_steps_of_optimizers_on_lists() -> None:
    torch = torch_or_skip()
    theirs = importlib.import_module("torch.optim._functional")
    ours = importlib.import_module("torchlike.optimizers.functional")

    def run(T: Any, module: Any) -> Any:
        def lists(n: int) -> list[Any]:
            return [[T.full((3,), 0.5 + i, dtype=T.float64)] for i in range(n)]

        p, g, *state = lists(5)
        counts = [T.tensor(4.0)]
        module.adam(
            p,
            g,
            *state,
            counts,
            amsgrad=True,
            beta1=0.9,
            beta2=0.99,
            lr=0.1,
            weight_decay=0.1,
            eps=1e-8,
            maximize=False,
        )
        q, h, buffer = lists(3)
        module.sgd(q, h, buffer, weight_decay=0.1, momentum=0.9, lr=0.1, dampening=0.1, nesterov=False, maximize=False)
        return [x[0].tolist() for x in (p, *state, q, buffer)]

    for a, b in zip(run(autograd, ours), run(torch, theirs), strict=True):
        assert a == pytest.approx(b)


SHADOWED = """
import importlib, pkgutil, sys
import {package} as package

before = {{name: getattr(package, name) for name in package.__all__}}
for found in pkgutil.walk_packages(package.__path__, "{package}."):
    if not found.name.endswith("__main__"):
        try:
            importlib.import_module(found.name)
        except ImportError:
            pass  # of something optional
print([name for name, value in before.items() if getattr(package, name) is not value])
"""


@pytest.mark.cpu_only
@pytest.mark.parametrize("package", ["autograd", "nn", "nn.functional", "nn.utils", "optim", "torchlike"])
def test_no_module_takes_the_place_of_a_name_when_it_is_imported(package: str) -> None:
    """Importing a submodule sets an attribute of its package, whatever stood there."""
    code = SHADOWED.format(package=package)
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
