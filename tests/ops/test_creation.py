"""Making tensors."""

from __future__ import annotations

import numpy as np
import pytest

import autograd
from tests.helpers.oracle import assert_same, host, torch_or_skip

CALLS = [
    "tensor([1.0, 2.0])",
    "tensor([1, 2])",
    "tensor(3)",
    "tensor(2.5)",
    "tensor(True)",
    "tensor([[True, False]])",
    "tensor([])",
    "tensor([[]])",
    "tensor([1, 2.5])",
    "tensor([1, 2], dtype=torch.float64)",
    "tensor(np.arange(3, dtype=np.int32))",
    "tensor(np.float64(2.5))",
    "tensor([np.float64(2.5), np.float64(1.5)])",
    "tensor(np.ones((2, 2)))",
    "as_tensor([1, 2])",
    "as_tensor(np.ones(2, dtype=np.float32), dtype=torch.float64)",
    "zeros(2, 3)",
    "zeros((2, 3))",
    "zeros([])",
    "zeros(2, dtype=torch.int64)",
    "ones(2, dtype=torch.bool)",
    "full((2, 3), 7)",
    "full((2,), 1.5)",
    "full((), True)",
    "full((2,), 1, dtype=torch.float16)",
    "arange(5)",
    "arange(2, 8)",
    "arange(0, 1, 0.25)",
    "arange(5, 0, -2)",
    "arange(1.0, 2.0)",
    "arange(3, dtype=torch.float32)",
    "arange(0)",
    "linspace(0, 1, 5)",
    "linspace(-1, 1, 1)",
    "linspace(0, 10, 4, dtype=torch.float64)",
    "eye(3)",
    "logspace(-1, 2, 4)",
    "logspace(0, 3, 4, base=2)",
    "eye(2, 4, dtype=torch.int32)",
    "zeros_like(torch.ones(2, dtype=torch.int32))",
    "ones_like(torch.zeros(2, 1))",
    "full_like(torch.zeros(2), 3)",
    "ones(2, 2).new_zeros(3)",
    "ones(2, dtype=torch.float64).new_ones(2, 2)",
    "ones(2).new_full((2,), 3.5)",
    "ones(2).new_tensor([1, 2])",
    "ones(2, dtype=torch.int64).new_empty(0)",
]


@pytest.mark.parametrize("call", CALLS)
def test_agrees_with_torch(call: str) -> None:
    torch = torch_or_skip()
    if autograd.get_default_device() == "strict" and "float16" in call:
        pytest.skip("the array API has no float16")
    ours = eval(f"torch.{call}", {"torch": autograd, "np": np})
    assert_same(ours, eval(f"torch.{call}", {"torch": torch, "np": np}), rtol=1e-6)
    assert ours.is_leaf
    assert not ours.requires_grad


def test_requires_grad_option() -> None:
    for x in (
        autograd.tensor([1.0], requires_grad=True),
        autograd.zeros(2, requires_grad=True),
        autograd.randn(2, requires_grad=True),
        autograd.arange(2.0, requires_grad=True),
        autograd.full((2,), 1.0, requires_grad=True),
    ):
        assert x.requires_grad
        assert x.is_leaf
    with pytest.raises(RuntimeError, match="only floating-point and complex tensors"):
        autograd.zeros(2, dtype=autograd.int64, requires_grad=True)


@pytest.mark.cpu_only
def test_from_numpy_shares_memory_and_tensor_copies() -> None:
    array = np.zeros(3, dtype=np.float32)
    shared, copied = autograd.from_numpy(array), autograd.tensor(array)
    array[0] = 1.0
    assert shared.tolist() == [1.0, 0.0, 0.0]
    assert copied.tolist() == [0.0, 0.0, 0.0]
    shared[1] = 2.0
    assert array.tolist() == [1.0, 2.0, 0.0]
    assert np.shares_memory(autograd.as_tensor(array).numpy(), array)
    assert np.shares_memory(shared[1:].numpy(), array)
    assert autograd.from_numpy(array[::-1]).tolist() == [0.0, 2.0, 1.0]


def test_empty_has_the_shape() -> None:
    assert autograd.empty(2, 3).shape == (2, 3)
    assert autograd.empty_like(autograd.ones(2, 1)).shape == (2, 1)


def test_default_dtype(float64: autograd.dtype) -> None:
    assert autograd.tensor([1.0]).dtype is float64
    assert autograd.zeros(2).dtype is float64
    assert (autograd.tensor([1]) / 2).dtype is float64
    assert autograd.rand(2).dtype is float64


def test_bad_data() -> None:
    with pytest.raises(ValueError, match="differing lengths"):
        autograd.tensor([[1, 2], [3]])
    with pytest.raises(TypeError, match="can't make a tensor of"):
        autograd.tensor(["a"])
    with pytest.raises(TypeError, match="only floating-point types"):
        autograd.set_default_dtype(autograd.int64)
    with pytest.raises(RuntimeError, match="step must be nonzero"):
        autograd.arange(0, 1, 0)
    with pytest.raises(RuntimeError, match="leads away"):
        autograd.arange(0, 1, -1)


def test_tensor_constructor() -> None:
    assert autograd.Tensor(2, 3).shape == (2, 3)
    assert autograd.Tensor([1, 2]).dtype is autograd.float32
    assert autograd.Tensor().shape == (0,)


def test_default_device(device: autograd.device) -> None:
    assert autograd.zeros(1).device == device
    assert autograd.rand(1).device == device
    with pytest.raises(RuntimeError, match=r"no backend is registered for device .abacus.; known: .*cpu"):
        autograd.set_default_device("abacus")
    assert autograd.get_default_device() == device


@pytest.mark.cpu_only
@pytest.mark.parametrize("ends", [(-1, 1), (0, 6.283185307179586), (0.3, 7.7), (-5, 3), (2, 2), (0, 1e6)])
def test_linspace_has_torchs_bits_in_float32(ends: tuple[float, float]) -> None:
    torch = torch_or_skip()
    for steps in (0, 1, 2, 3, 7, 10, 28, 31, 57, 100, 225):
        ours = autograd.linspace(*ends, steps).numpy()
        theirs = torch.linspace(*ends, steps).numpy()
        # A build of torch without fused multiply-add rounds twice.
        fused = bool(torch.__config__.show().count("AVX")) and "DEFAULT" not in torch.backends.cpu.get_cpu_capability()
        np.testing.assert_array_almost_equal_nulp(ours, theirs, 0 if fused else 2)


@pytest.mark.parametrize("dtype", [autograd.float32, autograd.float64])
def test_linspace_around_zero_is_its_own_mirror_image(dtype: autograd.dtype) -> None:
    for steps in (2, 7, 28, 31, 57, 100):
        for end in (1.0, 0.3, 3.141592653589793):
            line = host(autograd.linspace(-end, end, steps, dtype=dtype))
            half = steps // 2
            assert (line[:half] == -line[::-1][:half]).all()
            assert abs(line[half : steps - half]).max(initial=0.0) <= np.finfo(line.dtype).eps * end
