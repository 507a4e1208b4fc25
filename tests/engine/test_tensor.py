"""What a Tensor tells of itself, conversions, indexing, operators, copies."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import autograd
from autograd import Tensor
from tests.helpers.oracle import assert_same, host, torch_or_skip


def test_attributes(device: autograd.device) -> None:
    x = autograd.zeros(2, 3, 4)
    assert x.shape == x.size() == (2, 3, 4)
    assert x.size(1) == x.size(-2) == x.shape[1] == 3
    assert x.shape.numel() == x.numel() == x.nelement() == 24
    assert x.ndim == x.dim() == 3
    assert x.dtype is autograd.float32
    assert x.device == device
    assert (x.itemsize, x.element_size(), x.nbytes) == (4, 4, 96)
    assert x.is_floating_point()
    assert not x.is_complex()
    assert len(x) == 2
    assert x.T.shape == (4, 3, 2)
    assert x.mT.shape == (2, 4, 3)
    assert repr(x.shape) == "autograd.Size([2, 3, 4])"
    assert autograd.is_tensor(x)
    assert autograd.numel(x) == 24


@pytest.mark.cpu_only
def test_strides_and_contiguity() -> None:
    x = autograd.zeros(2, 3, 4)
    assert x.stride() == (12, 4, 1)
    assert x.stride(0) == 12
    assert x.is_contiguous()
    assert not x.transpose(0, 1).is_contiguous()
    assert x.transpose(0, 1).contiguous().is_contiguous()
    assert x.data_ptr() == x.view(6, 4).data_ptr()
    assert x.transpose(0, 1).view(24).shape == (24,)  # a copy, where torch refuses


def test_reading_values() -> None:
    x = autograd.tensor([[1.0, 2.0], [3.0, 4.0]])
    assert x.tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert x[1, 0].item() == 3.0
    assert float(x[0, 1]) == 2.0
    assert int(autograd.tensor(3)) == 3
    assert [1, 2, 3][autograd.tensor(1)] == 2
    assert bool(autograd.tensor([True]))
    assert f"{autograd.tensor(1.23456):.2f}" == "1.23"
    assert [row.tolist() for row in x] == x.tolist()
    assert 3.0 in x
    assert 9.0 not in x
    with pytest.raises(RuntimeError, match="4 elements cannot be converted to a scalar"):
        x.item()
    with pytest.raises(RuntimeError, match="truth value"):
        bool(x)
    with pytest.raises(TypeError, match="0-d"):
        len(autograd.tensor(1))
    with pytest.raises(TypeError, match="0-d"):
        iter(autograd.tensor(1))
    with pytest.raises(TypeError, match="index"):
        range(autograd.tensor(1.5))


@pytest.mark.cpu_only
def test_numpy_shares_memory() -> None:
    x = autograd.zeros(3)
    array = x.numpy()
    array[0] = 5.0
    x[1] = 6.0
    assert array.tolist() == x.tolist() == [5.0, 6.0, 0.0]
    assert np.shares_memory(np.asarray(x), array)
    assert np.asarray(x, dtype=np.float64).dtype == np.float64
    assert np.exp(autograd.zeros(2)).tolist() == [1.0, 1.0]
    y = autograd.ones(1, requires_grad=True)
    with pytest.raises(RuntimeError, match=r"Use tensor\.detach"):
        y.numpy()
    assert y.numpy(force=True).tolist() == [1.0]


@pytest.mark.parametrize(
    ("method", "dtype"),
    [
        ("float", "float32"),
        ("double", "float64"),
        ("half", "float16"),
        ("long", "int64"),
        ("int", "int32"),
        ("short", "int16"),
        ("bool", "bool"),
        ("byte", "uint8"),
        ("char", "int8"),
    ],
)
def test_conversions(method: str, dtype: str) -> None:
    x = autograd.tensor([0.0, 1.0, 2.7])
    kind = getattr(autograd, dtype)
    if x.device == "strict" and dtype == "float16":
        pytest.skip("the array API has no float16")
    converted = getattr(x, method)()
    assert converted.dtype is x.to(kind).dtype is x.type(kind).dtype is kind
    assert converted.tolist() == host(x).astype(dtype).tolist()


def test_to() -> None:
    x = autograd.ones(2)
    assert x.to(x.device) is x
    assert x.to(autograd.float32) is x
    assert x.to(x.device, autograd.float64).dtype is autograd.float64
    assert x.to(autograd.ones(1, dtype=autograd.float64)).dtype is autograd.float64
    assert x.to(dtype=autograd.int64, device=x.device).dtype is autograd.int64
    assert x.to(autograd.float32, copy=True) is not x
    assert x.type_as(autograd.ones(1, dtype=autograd.int64)).dtype is autograd.int64
    assert x.cpu().device == "cpu"


def test_moves_keep_gradients() -> None:
    strict = pytest.importorskip("array_api_strict")
    assert strict
    x = autograd.tensor([1.0, 2.0], device="cpu", requires_grad=True)
    y = (x.to("strict") * 3).to("cpu")
    y.sum().backward()
    assert x.grad.device == "cpu"
    assert x.grad.tolist() == [3.0, 3.0]


PROMOTED = ["bool", "uint8", "int32", "int64", "float16", "float32", "float64"]


@pytest.mark.parametrize("first", PROMOTED)
@pytest.mark.parametrize("second", [*PROMOTED, "True", "2", "2.5"])
def test_promotion_is_torch(first: str, second: str) -> None:
    torch = torch_or_skip()

    def result(engine: object) -> str:
        kinds = []
        for shape in ((2,), ()):
            for other in ((2,), ()):
                x = engine.ones(shape, dtype=getattr(engine, first))
                y = eval(second) if second[0].isupper() or second[0].isdigit() else None
                y = engine.ones(other, dtype=getattr(engine, second)) if y is None else y
                kinds += [(x + y).dtype, (x * y).dtype, (x / y).dtype, (y * x).dtype, engine.result_type(x, y)]
                kinds.append(engine.maximum(x, y if engine.is_tensor(y) else engine.ones(())).dtype)
        return [str(kind).split(".")[1] for kind in kinds]

    if autograd.get_default_device() == "strict" and ("float16" in (first, second) or first == "bool"):
        pytest.skip("the array API has no float16, and no sum of bools")
    assert result(autograd) == result(torch)


def test_type_functions_are_torch() -> None:
    torch = torch_or_skip()
    for a in PROMOTED:
        for b in PROMOTED:
            ours = autograd.promote_types(getattr(autograd, a), getattr(autograd, b))
            assert ours.name == str(torch.promote_types(getattr(torch, a), getattr(torch, b))).split(".")[1]
            assert autograd.can_cast(getattr(autograd, a), getattr(autograd, b)) == torch.can_cast(
                getattr(torch, a), getattr(torch, b)
            )


EXPRESSIONS = [
    "x + 1",
    "1 + x",
    "x - y",
    "2 - x",
    "x * y",
    "3 * x",
    "x / y",
    "1 / x",
    "x // 2",
    "7 // i",
    "x % 2",
    "i % 3",
    "x ** 2",
    "2 ** x",
    "x ** y",
    "-x",
    "+x",
    "abs(-x)",
    "x @ y.T",
    "i & 3",
    "i | 4",
    "i ^ 1",
    "~i",
    "~b",
    "b & b",
    "b | ~b",
    "x == y",
    "x != y",
    "x < y",
    "x <= 2",
    "3 > x",
    "x >= y",
    "x == 2",
    "b ^ b",
    "i + 2.5",
    "i / 2",
    "i // i",
    "-i",
    "i * b",
    "x + b",
    "x.T @ y",
    "i ** 2",
    "n + x",
    "x * n",
    "n - i",
    "x + n[0, 0]",
    "n == x",
]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_operators_are_torch(expression: str) -> None:
    torch = torch_or_skip()
    if "n" in expression and autograd.get_default_device() != "cpu":
        pytest.skip("NumPy arrays mix with tensors on the CPU")
    results = []
    for engine in (autograd, torch):
        names = {
            "x": engine.tensor([[1.0, 2.0, 3.0], [4.0, 0.5, 1.5]]),
            "y": engine.tensor([[2.0, 2.0, 1.0], [3.0, 0.5, 2.5]]),
            "i": engine.tensor([[1, 2, 3], [4, 5, 6]]),
            "b": engine.tensor([[True, False, True], [False, False, True]]),
            "n": np.ones((2, 3), dtype=np.float32),
        }
        if engine is torch:
            names["n"] = torch.ones(2, 3)
        results.append(eval(expression, names))
    assert_same(*results, rtol=1e-6)


def test_unknown_operands_are_refused() -> None:
    x = autograd.ones(2)
    for operation in (lambda: x + "a", lambda: "a" * x, lambda: x @ 3, lambda: x < None):
        with pytest.raises(TypeError):
            operation()
    assert (x == None) is False  # noqa: E711
    assert (x != "a") is True


INDICES = [
    "0",
    "-1",
    "1, 2",
    "...",
    "None",
    "..., 0",
    "0, ..., 1",
    ":, 1",
    "1:3",
    "::2",
    ":, ::2, 1:",
    "None, 0, None",
    "[0, 2]",
    "[0, 2], 1",
    ":, [0, 2]",
    "[0, 1], [1, 2]",
    "[0, 1], :, [1, 2]",
    "0, :, [1, 1]",
    "torch.tensor([2, 0])",
    "torch.tensor(1)",
    "x > 0",
    "x[:, 0, 0] > 0",
    ":, x[0, :, 0] > 0",
    "(x > 0) & (x < 1)",
    "[True, False, True]",
    "torch.tensor([[0, 1], [1, 0]])",
    "torch.tensor([], dtype=torch.int64)",
    "..., [0]",
    "[-1, -2]",
    "1:1",
    "True",
    "None, [0, 1]",
    "slice(None, 2)",
    "(slice(None), 0)",
    "[0], [0], [0]",
    "1, x[0] > 0",
    "[0, 2], 1, [1, 0]",
    "x[:, :, 0] > 0",
    "torch.tensor([0, 1])[:, None], [0, 1]",
]


@pytest.mark.parametrize("index", INDICES)
def test_indexing_is_torch(index: str) -> None:
    """Reading, its gradient, and writing numbers and tensors."""
    torch = torch_or_skip()
    values = np.random.default_rng(1).normal(size=(3, 4, 3))
    read, grads, written, filled = [], [], [], []
    for engine in (autograd, torch):
        x = engine.tensor(values, requires_grad=True)
        picked = eval(f"x[{index}]", {"x": x, "torch": engine})
        read.append(picked.detach())
        (picked * picked).sum().backward()
        grads.append(x.grad)
        names = {"x": engine.tensor(values), "torch": engine}
        exec(f"x[{index}] = -1.5", names)
        filled.append(names["x"])
        base = engine.tensor(values, requires_grad=True)
        names = {"x": base * 1, "torch": engine, "v": picked.detach() * 2}
        names["v"].requires_grad_()
        exec(f"x[{index}] = v", names)
        (names["x"] ** 3).sum().backward()
        written += [[names["x"].detach(), base.grad, names["v"].grad]]
    assert_same(*read)
    assert_same(*grads)
    assert_same(*filled)
    for ours, theirs in zip(*written, strict=True):
        assert_same(ours, theirs)


def test_repeated_indices_add_their_gradients() -> None:
    x = autograd.zeros(3, requires_grad=True)
    x[[0, 0, 2]].sum().backward()
    assert x.grad.tolist() == [2.0, 0.0, 1.0]


def test_bad_indices() -> None:
    x = autograd.zeros(2, 3)
    with pytest.raises(IndexError, match="too many indices"):
        x[0, 0, 0]
    with pytest.raises(IndexError):
        x[5]
    with pytest.raises(IndexError, match="integers or bools"):
        x[autograd.tensor([0.5])]
    with pytest.raises(IndexError, match="valid indices"):
        x["a"]
    with pytest.raises(ValueError, match="step must be greater than zero"):
        x[::-1]


def test_slices_are_views() -> None:
    x = autograd.zeros(3, 2)
    x[0].fill_(1)
    x[:, 1] += 2
    x[2, 0] = 7
    row = x[1]
    row[0] = 9
    assert x.tolist() == [[1.0, 3.0], [9.0, 2.0], [7.0, 2.0]]
    v = autograd.zeros(2)
    v[0].add_(3)
    assert v.tolist() == [3.0, 0.0]


def test_detach_clone_data() -> None:
    x = autograd.ones(2, requires_grad=True)
    assert not x.detach().requires_grad
    assert x.clone().grad_fn is not None
    assert not x.data.requires_grad
    x.data.add_(1)
    assert x.tolist() == [2.0, 2.0]
    with autograd.no_grad():
        x.detach().mul_(2)
    assert x.tolist() == [4.0, 4.0]
    x.data = autograd.zeros(3)
    assert x.shape == (3,)
    assert x.requires_grad
    y = x * 2
    assert y.detach_() is y
    assert y.is_leaf


def test_leaf_and_grad_fn() -> None:
    x = autograd.ones(2, requires_grad=True)
    y = x * 2
    assert x.is_leaf
    assert x.grad_fn is None
    assert not y.is_leaf
    assert y.grad_fn.name() == "MulBackward0"
    assert y.grad_fn.next_functions[0][0].variable is x
    assert autograd.ones(2).is_leaf
    with pytest.raises(RuntimeError, match="leaves only"):
        y.requires_grad_(False)
    z = y.detach().requires_grad_()
    assert z.requires_grad
    assert z.is_leaf


def test_grad_is_checked() -> None:
    x = autograd.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match=r"of shape \(2,\)"):
        x.grad = autograd.ones(3)
    with pytest.raises(TypeError, match="expected a Tensor or None"):
        x.grad = 3
    x.grad = autograd.ones(2)
    del x.grad
    assert x.grad is None


def test_deepcopy_and_pickle() -> None:
    x = autograd.tensor([1.0, 2.0], requires_grad=True)
    (x * x).sum().backward()
    copied = copy.deepcopy({"a": x, "b": x})
    assert copied["a"] is copied["b"]
    assert copied["a"].requires_grad
    assert copied["a"].grad.tolist() == x.grad.tolist()
    with autograd.no_grad():
        copied["a"].add_(1)
    assert x.tolist() == [1.0, 2.0]
    restored = pickle.loads(pickle.dumps(x))
    assert restored.tolist() == [1.0, 2.0]
    assert restored.requires_grad
    assert restored.device == x.device
    assert pickle.loads(pickle.dumps(autograd.float16)) is autograd.float16
    assert pickle.loads(pickle.dumps(autograd.device("cuda:1"))) == autograd.device("cuda", 1)
    with pytest.raises(RuntimeError, match="only leaf tensors"):
        copy.deepcopy(x * 2)
    result = pickle.loads(pickle.dumps(x * 2))
    assert result.is_leaf
    assert result.requires_grad
    assert result.tolist() == [2.0, 4.0]


def test_shape_functions_are_views() -> None:
    x = autograd.zeros(2, 6)
    views = [
        x.view(3, 4),
        x.reshape(12),
        x.T,
        x.permute(1, 0),
        x.unsqueeze(0),
        x.flatten(),
        x.narrow(1, 0, 2),
        x.select(0, 1),
        x.unflatten(1, (2, 3)),
        *x.split(1),
        *x.chunk(2, 1),
        *x.unbind(),
        x.expand(3, 2, 6),
        x[...],
        x.diagonal(1),
        x.movedim(0, 1),
        x.mT,
    ]
    x.fill_(5)
    if autograd.get_default_device() != "strict":
        assert all((host(each) == 5).all() for each in views)
        assert all(each._base is x for each in views)


def test_operations_refuse_mixed_devices() -> None:
    pytest.importorskip("array_api_strict")
    x, y = autograd.ones(2, device="cpu"), autograd.ones(2, device="strict")
    with pytest.raises(autograd.DeviceMismatchError, match=r"add: .* found cpu and strict.*move one of them"):
        x + y


def test_errors_name_operation_and_shapes() -> None:
    with pytest.raises(autograd.OperationError, match=r"add\(float32\[2\], float32\[3\]\)"):
        autograd.ones(2) + autograd.ones(3)
    with pytest.raises(autograd.OperationError, match=r"matmul: shapes \(2, 3\) and \(2, 3\)"):
        autograd.ones(2, 3) @ autograd.ones(2, 3)
    with pytest.raises(RuntimeError, match="reshape"):
        autograd.ones(4).reshape(3)
    with pytest.raises(IndexError, match="out of range"):
        autograd.ones(2, 3).sum(2)
    with pytest.raises(TypeError, match="exp: input is a float"):
        autograd.exp(1.0)
    assert issubclass(autograd.OperationError, RuntimeError)


def test_comparison_helpers() -> None:
    x = autograd.tensor([1.0, float("nan"), float("inf")])
    assert not autograd.allclose(x, x)
    assert autograd.allclose(x, x, equal_nan=True)
    assert not autograd.equal(x, x)
    assert autograd.equal(x[:1], x[:1])
    assert isinstance(Tensor.__hash__(x), int)
