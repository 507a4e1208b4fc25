"""What a script may ask of GPUs on a machine without one, beside PyTorch's CPU build."""

from __future__ import annotations

import inspect
import warnings
from typing import Any

import pytest

import autograd
import torchlike
from nn.attention import SDPBackend, sdpa_kernel
from tests.helpers.oracle import torch_or_skip
from torchlike.aliases import torch_names

pytestmark = [
    pytest.mark.cpu_only,
    pytest.mark.skipif(autograd.cuda.is_available(), reason="about machines without a GPU"),
]

ANSWERS = """
c.is_available()  c.device_count()  c.is_initialized()  c._initialized  c.memory_allocated()  c.memory_allocated(0)
c.memory_reserved()  c.max_memory_allocated()  c.max_memory_reserved()  c.memory_cached()  c.max_memory_cached()
c.memory_stats()  c.empty_cache()  c.manual_seed(1)  c.manual_seed_all(1)  c.seed()  c.seed_all()  c.set_device(-1)
c.get_rng_state_all()  c.set_rng_state_all([])  c.set_rng_state(t.get_rng_state())  c.is_bf16_supported()
c.is_tf32_supported()  c.get_arch_list()  c.get_gencode_flags()  c.default_generators  c.device(-1).idx
c.device(None).idx  c.device("cuda:1").idx  c.device_of(t.ones(1)).idx
t.accelerator.is_available()  t.accelerator.current_accelerator()  t.accelerator.device_count()
t.mps.is_available()  t.mps.device_count()  t.mps.manual_seed(1)  t.xpu.is_available()  t.xpu.device_count()
t.xpu.is_initialized()  t.xpu.empty_cache()  t.cpu.is_available()  t.cpu.device_count()  t.cpu.current_device()
t.cpu.set_device(0)  t.cpu.synchronize()  t.version.cuda  t.version.hip  t.version.debug  t.has_cuda  t.has_mps
t.backends.cuda.is_built()  t.backends.cuda.matmul.allow_tf32
t.backends.cuda.matmul.allow_fp16_reduced_precision_reduction  t.backends.cuda.matmul.fp32_precision
t.backends.cuda.flash_sdp_enabled()  t.backends.cuda.math_sdp_enabled()  t.backends.cuda.mem_efficient_sdp_enabled()
t.backends.cuda.cudnn_sdp_enabled()  t.backends.cuda.is_flash_attention_available()  t.backends.cudnn.is_available()
t.backends.cudnn.version()  t.backends.cudnn.enabled  t.backends.cudnn.benchmark  t.backends.cudnn.deterministic
t.backends.cudnn.allow_tf32  t.backends.cudnn.is_acceptable(t.ones(1))  t.backends.mps.is_available()
t.backends.mps.is_built()  t.backends.opt_einsum.is_available()  t.backends.opt_einsum.strategy
t.backends.mkldnn.enabled  t.get_default_device().type
"""
REFUSALS = """
c.init()  c.current_device()  c.synchronize()  c.Event()  c.Event(enable_timing=True)  c.Stream()  c.current_stream()
c.default_stream()  c.get_device_properties(0)  c.get_device_name()  c.get_device_capability()  c.initial_seed()
c.get_rng_state()  c.ipc_collect()  c.can_device_access_peer(0, 1)  c.mem_get_info()  c.nvtx.range_push("a")
c.nvtx.range_pop()  c.nvtx.mark("a")  c.set_per_process_memory_fraction(0.5)  c.device(0).__enter__()
t.accelerator.synchronize()  t.accelerator.current_device_index()  t.accelerator.set_device_index(0)
t.accelerator.current_stream()  t.accelerator.empty_cache()  t.accelerator.memory_allocated()
t.accelerator.max_memory_allocated()  t.accelerator.memory_stats()  t.accelerator.reset_peak_memory_stats()
t.accelerator.get_memory_info()  t.mps.synchronize()  t.mps.empty_cache()  t.mps.seed()
t.mps.current_allocated_memory()  t.xpu.synchronize()  t.xpu.current_device()
"""


def asked(question: str, lib: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return eval(question, {"t": lib, "c": lib.cuda})


@pytest.mark.parametrize("question", [each for line in ANSWERS.strip().splitlines() for each in line.split("  ")])
def test_answers_are_torchs(question: str) -> None:
    assert asked(question, autograd) == asked(question, torch_or_skip())


@pytest.mark.parametrize("question", [each for line in REFUSALS.strip().splitlines() for each in line.split("  ")])
def test_what_torch_refuses_is_refused_in_a_sentence(question: str) -> None:
    kind: type[BaseException] = Exception
    try:
        asked(question, torch_or_skip())
    except (RuntimeError, AssertionError) as error:
        kind = type(error)
    else:
        pytest.fail("PyTorch does not refuse it")
    with pytest.raises(kind, match=r"CuPy|accelerator|backend for (Apple|Intel)"):
        asked(question, autograd)


def test_what_torchs_cpu_build_lacks_does_nothing() -> None:
    c = autograd.cuda
    for reset in (c.reset_peak_memory_stats, c.reset_max_memory_allocated, c.reset_accumulated_memory_stats):
        assert reset() is None
    assert "allocated" in c.memory_summary()
    with c.stream(None), c.device(-1), c.device_of(autograd.ones(1)):
        assert autograd.ones(1).is_cpu
    with pytest.raises(RuntimeError, match="CuPy"):
        c.set_device(0)
    with pytest.raises(NotImplementedError, match="CUDA graphs"):
        c.CUDAGraph()


def test_names_of_torch_cuda() -> None:
    """Every public name of torch.cuda that takes no driver of its own is there, with torch's arguments."""
    torch = torch_or_skip()
    names = [
        "Event",
        "Stream",
        "StreamContext",
        "can_device_access_peer",
        "current_device",
        "current_stream",
        "default_stream",
        "device",
        "device_count",
        "device_of",
        "empty_cache",
        "get_arch_list",
        "get_device_capability",
        "get_device_name",
        "get_device_properties",
        "get_gencode_flags",
        "get_rng_state",
        "get_rng_state_all",
        "init",
        "initial_seed",
        "ipc_collect",
        "is_available",
        "is_bf16_supported",
        "is_initialized",
        "manual_seed",
        "manual_seed_all",
        "max_memory_allocated",
        "max_memory_reserved",
        "mem_get_info",
        "memory_allocated",
        "memory_reserved",
        "memory_stats",
        "memory_summary",
        "reset_peak_memory_stats",
        "seed",
        "seed_all",
        "set_device",
        "set_per_process_memory_fraction",
        "set_rng_state",
        "set_rng_state_all",
        "set_stream",
        "stream",
        "synchronize",
    ]
    for name in names:
        ours, theirs = getattr(autograd.cuda, name), getattr(torch.cuda, name)
        if inspect.isfunction(theirs):
            assert [*inspect.signature(ours).parameters] == [*inspect.signature(theirs).parameters], name


def test_modules_by_torchs_paths() -> None:
    with torch_names():
        import torch
        from torch.backends import cudnn
        from torch.cuda import amp, memory, nvtx, random, streams
        from torch.cuda.amp import GradScaler, autocast, custom_bwd, custom_fwd
        from torch.cuda.amp.grad_scaler import GradScaler as Same
        from torch.nn.attention import SDPBackend as Backend

        assert GradScaler is Same is amp.GradScaler
        assert memory.memory_allocated() == 0
        assert random.seed() is None
        assert streams.Stream is torch.cuda.Stream
        assert nvtx.range_push
        assert autocast
        assert custom_bwd
        assert custom_fwd
        assert Backend is SDPBackend
        assert cudnn is torchlike.backends.cudnn


def test_switches_hold_in_their_block() -> None:
    torch = torch_or_skip()
    for lib in (autograd, torch):
        cudnn, cuda = lib.backends.cudnn, lib.backends.cuda
        before = cudnn.benchmark, cudnn.enabled
        with cudnn.flags(enabled=False, benchmark=True):
            assert (cudnn.benchmark, cudnn.enabled) == (True, False)
        assert (cudnn.benchmark, cudnn.enabled) == before
        cuda.enable_flash_sdp(False)
        assert not cuda.flash_sdp_enabled()
        cuda.enable_flash_sdp(True)
        attention = lib.nn.attention
        with attention.sdpa_kernel([attention.SDPBackend.MATH]):
            assert (cuda.math_sdp_enabled(), cuda.flash_sdp_enabled()) == (True, False)
        assert cuda.flash_sdp_enabled()
    with autograd.backends.cuda.sdp_kernel(enable_flash=False):
        assert not autograd.backends.cuda.flash_sdp_enabled()
    with pytest.raises(TypeError, match="SDPBackend"), sdpa_kernel(1):  # type: ignore[arg-type]
        pass
    with pytest.raises(TypeError, match="unknown"), autograd.backends.cudnn.flags(unknown=True):
        pass


def test_custom_forward_and_backward_follow_autocast() -> None:
    torch = torch_or_skip()

    def run(lib: Any, half: Any, cast_inputs: Any, inside: bool) -> list[str]:
        seen = []

        class Product(lib.autograd.Function):
            @staticmethod
            @lib.amp.custom_fwd(device_type="cpu", cast_inputs=cast_inputs)
            def forward(ctx: Any, a: Any, b: Any) -> Any:
                ctx.save_for_backward(a, b)
                seen.extend([a.dtype, a.mm(b).dtype])
                return a.mm(b)

            @staticmethod
            @lib.amp.custom_bwd(device_type="cpu")
            def backward(ctx: Any, g: Any) -> Any:
                a, b = ctx.saved_tensors
                seen.append((a.mm(b)).dtype)
                return g.to(a.dtype).mm(b.t()), a.t().mm(g.to(a.dtype))

        a, b = lib.ones(2, 2, requires_grad=True), lib.ones(2, 2, requires_grad=True)
        with lib.autocast("cpu", dtype=half, enabled=inside):
            out = Product.apply(a, b)
        out.float().sum().backward()
        return [str(each).rpartition(".")[2] for each in [*seen, a.grad.dtype]]

    for inside in (True, False):
        for name in (None, "float32", "float16"):
            ours, theirs = (
                run(lib, lib.float16, None if name is None else getattr(lib, name), inside) for lib in (autograd, torch)
            )
            assert ours == theirs, (inside, name)
