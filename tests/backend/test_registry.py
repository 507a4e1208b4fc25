"""The registry of backends, CUDA without a GPU, and what keeps device code honest where there is none."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import numpy as np
import pytest

import autograd
from autograd.backend import Backend, get_backend, is_available, register_backend
from autograd.backend.cupy import KERNELS
from autograd.backend.numpy import NumpyBackend

AUTOGRAD = Path(autograd.__file__).parent


def has_gpu() -> bool:
    return autograd.cuda.is_available()


def test_one_object_a_device() -> None:
    assert get_backend("cpu") is get_backend(autograd.device("cpu"))
    assert isinstance(get_backend("cpu"), NumpyBackend)
    assert is_available("cpu")
    assert not is_available("abacus")
    with pytest.raises(RuntimeError, match="no backend is registered for device 'abacus'"):
        autograd.zeros(1, device="abacus")


def test_a_third_party_registers_a_device() -> None:
    class Other(NumpyBackend):
        def __init__(self) -> None:
            super().__init__()
            self.device = autograd.device("other")

    register_backend("other", lambda index: Other())
    x = autograd.ones(3, device="other", requires_grad=True)
    (x * 2).sum().backward()
    assert x.grad.device == "other"
    with pytest.raises(autograd.DeviceMismatchError, match="cpu and other"):
        x + autograd.ones(3, device="cpu")
    assert (x.to("cpu") + autograd.ones(3, device="cpu")).tolist() == [2.0] * 3


@pytest.mark.skipif("has_gpu()")
def test_without_a_gpu_nothing_breaks() -> None:
    assert autograd.cuda.is_available() is False
    assert autograd.cuda.device_count() == 0
    autograd.cuda.empty_cache()
    autograd.cuda.manual_seed_all(0)
    with pytest.raises(RuntimeError, match="device 'cuda'.*(CuPy|GPU)"):
        autograd.zeros(1, device="cuda")
    with pytest.raises(RuntimeError, match="device 'cuda'"):
        autograd.zeros(1).cuda()


@pytest.mark.skipif("not has_gpu()", reason="no GPU here")
def test_with_a_gpu() -> None:
    assert autograd.cuda.device_count() >= 1
    assert autograd.cuda.get_device_name()
    x = autograd.ones(3).cuda()
    assert x.is_cuda
    assert x.get_device() == 0
    autograd.cuda.synchronize()
    with pytest.raises(TypeError, match="cpu"):
        x.numpy()


def _guarded() -> Backend:
    if not is_available("guard"):
        pytest.skip("guard needs CuPy's package")
    return get_backend("guard")


def test_the_guard_bites() -> None:
    """Host reads, implicit conversions, names and keywords that CuPy has not: each is refused."""
    backend = _guarded()
    x = backend.from_numpy(np.ones(3))
    for wrong in (
        lambda: float(x[0]),
        lambda: bool(x[0] > 0),
        lambda: np.asarray(x),
        lambda: x + np.ones(3),
        lambda: backend.xp.add(x, np.ones(3)),
        lambda: backend.xp.zeros(3, device="gpu"),
        lambda: backend.xp.sum(x, where=x > 0),
        lambda: backend.xp.clip(x, min=0),
        lambda: list(x),
    ):
        with pytest.raises(TypeError):
            wrong()
    with pytest.raises(AttributeError):
        _ = backend.xp.vecdot
    assert isinstance(x[0], type(x))
    assert backend.to_numpy(backend.xp.sum(x)) == 3.0


def test_cupy_has_every_name_in_use() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cupy = pytest.importorskip("cupy", reason="CuPy's package is not installed")
    used: set[str] = set()
    for path in [*AUTOGRAD.glob("ops/*.py"), *AUTOGRAD.glob("backend/*.py")]:
        if path.name != "numpy.py":
            used |= set(re.findall(r"\bxp\.(\w+)", path.read_text()))
    assert len(used) > 60
    assert [name for name in sorted(used) if not hasattr(cupy, name)] == []


def test_only_backends_know_their_libraries() -> None:
    """No `if gpu` outside `autograd/backend`, and the array libraries are imported where they belong."""
    for path in AUTOGRAD.parent.glob("[anot]*/**/*.py"):
        folder = path.relative_to(AUTOGRAD.parent).parts[0]
        if folder not in ("autograd", "nn", "optim", "torchlike") or "backend" in path.parts:
            continue
        text = path.read_text()
        if path.parent.name != "cuda":
            assert not re.search(r"\bimport (cupy|numba)\b|\bfrom (cupy|numba)\b", text), path
        asks = path.name == "queries.py"  # what users ask of a tensor
        if path.parent.name in ("ops", "nn", "optim", "capture") and not asks:
            assert not re.search(r"\bis_cuda\b|\"cuda\"[^\n]*==|==[^\n]*\"cuda\"", text), path


def test_the_cuda_kernels_compile() -> None:
    """The sources are compiled, not run; that needs CuPy's package and NVIDIA's compiler, not a GPU."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip("cupy", reason="CuPy's package is not installed")
        from cupy.cuda import compiler
        from cupy_backends.cuda.libs import nvrtc
    try:
        nvrtc.getVersion()
    except Exception as error:
        pytest.skip(f"NVIDIA's run-time compiler is not installed (nvidia-cuda-nvrtc): {error}")

    for name, (inputs, outputs, body) in KERNELS.items():
        # What an ElementwiseKernel makes of it: raw inputs are pointers, outputs the element of this thread.
        parameters, elements = [], []
        for text in (*inputs.split(", "), *outputs.split(", ")):
            *raw, kind, variable = text.split()
            ctype = {"uint64": "unsigned long long", "float32": "float"}[kind]
            parameters.append(f"{ctype}* {variable if raw else variable + '_'}")
            elements += [] if raw else [f"{ctype}& {variable} = {variable}_[i];"]
        source = (
            f'extern "C" __global__ void {name}({", ".join(parameters)}) {{\n'
            f"    long long i = blockIdx.x * blockDim.x + threadIdx.x;\n    {' '.join(elements)}\n{body}\n}}"
        )
        code, _ = compiler._NVRTCProgram(source, "kernel.cu", method="cubin").compile(("-arch=sm_90",))
        assert len(code) > 500
        wrong = source.replace("c0 =", "undeclared =", 1)
        with pytest.raises(compiler.CompileException):
            compiler._NVRTCProgram(wrong, "kernel.cu", method="cubin").compile(("-arch=sm_90",))
