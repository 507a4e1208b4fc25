"""NumPy's numbers in place of Python's, as they come out of arrays and configurations: nothing else changes."""

from __future__ import annotations

import ast
import inspect
import warnings
from typing import Any

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd import Tensor
from tests.helpers.calls import arguments, ours
from tests.helpers.operation import Call, Draw, Operation
from tests.helpers.oracle import as_list, assert_same, here, host, torch_or_skip
from tests.helpers.table import EVERY

pytestmark = [pytest.mark.numbers, pytest.mark.cpu_only]


def numpied(value: Any, whole: type, floating: type) -> Any:
    """Nested arguments with every number of Python's as one of NumPy's, where that is exact."""
    if type(value) is bool:
        return np.bool_(value)
    if type(value) is int:
        return whole(value)
    if type(value) is float:
        return floating(value) if float(floating(value)) == value else np.float64(value)
    if type(value) in (list, tuple):
        return type(value)(numpied(each, whole, floating) for each in value)
    return value


def outcome(row: Operation, call: Call) -> list[Any]:
    args, kwargs = arguments(call, ours(autograd.float32))
    autograd.manual_seed(0)
    return as_list(here(row.name)(*args, **kwargs))


@pytest.mark.parametrize("row", EVERY)
def test_an_operation_takes_numpys_numbers(row: Operation) -> None:
    for call in row.samples(Draw()):
        for whole, floating in ((np.int64, np.float64), (np.int32, np.float32)):
            args, kwargs = numpied(call.args, whole, floating), {}
            for name, value in call.kwargs.items():
                kwargs[name] = numpied(value, whole, floating)
            for mine, other in zip(outcome(row, Call(args, kwargs)), outcome(row, call), strict=True):
                if not isinstance(other, Tensor):
                    continue
                assert mine.dtype is other.dtype
                assert mine._array.dtype == other._array.dtype
                assert all(type(size) is int for size in mine.shape)
                np.testing.assert_array_equal(host(mine), host(other))
                if mine.requires_grad and not mine.is_complex():
                    mine.sum().backward(retain_graph=True)


# Calls: each is made in torch and here, and gives the same.
CALLS = """
ones(2) * np.float32(2)
np.float32(2) * ones(2)
np.float64(2) * ones(2)
ones(2, dtype=float16) * np.float32(2)
ones(2, dtype=int32) * np.float32(2)
ones(2, dtype=int32) * np.float64(2)
ones(2, dtype=int32) * np.int64(2)
ones(2, dtype=uint8) * np.int64(2)
ones(2, dtype=uint8) + np.int64(300)
ones(2, dtype=int32) ** np.float64(2)
np.float32(2) ** ones(2)
np.int64(2) - ones(2, dtype=int32)
np.float32(2) < ones(2)
ones(2) < np.float32(2)
ones(2) == np.float64(1)
ones(2) / np.int64(2)
np.int64(2) / ones(2)
ones(2) // np.int64(2)
np.int64(7) % tensor([4, 5])
ones(2) % np.float32(2)
np.int64(7) // tensor([4, 5])
tensor([4, 5]) << np.int64(1)
np.int64(1) << tensor([4, 5])
tensor([4, 5]) & np.int64(4)
np.int64(4) | tensor([4, 5])
tensor(np.float32(1)).dtype
tensor([np.float32(1)]).dtype
tensor([np.float64(1)]).dtype
tensor([np.int32(1)]).dtype
tensor([np.int32(1), 2.5]).dtype
full((2,), np.float32(1)).dtype
full((2,), np.float64(1)).dtype
full((2,), np.int32(1)).dtype
full((2,), np.int64(1)).dtype
arange(np.float32(3))
arange(np.int32(3))
arange(np.float64(3))
arange(np.int64(1), np.int64(3), np.float32(0.5))
scalar_tensor(np.float32(2)).dtype
result_type(ones(2, dtype=int32), np.float32(1))
result_type(ones(2, dtype=int32), np.int64(1))
where(x > 0, np.float32(1), x.double())
where(x > 0, np.float32(1), 2)
where(x > 0, np.int64(1), 2)
clamp(x, np.float32(0), np.float64(1))
clamp(x.half(), np.float32(0), np.float64(1))
x.clamp_(np.int64(0))
linspace(np.float32(0), np.float64(1), np.int64(3))
logspace(np.float32(0), np.float64(1), np.int64(3))
eye(np.int64(2))
eye(np.int64(2), np.int32(3))
zeros(np.int64(2), np.int64(3)).shape
zeros((np.int64(2), np.int64(3))).shape
zeros(tensor(2)).shape
zeros((tensor(2), 3)).shape
rand(np.int64(2)).shape
randint(np.int64(5), (np.int64(2),)).shape
randperm(np.int64(5)).shape
normal(np.float32(0), np.float64(1), (np.int64(2),)).dtype
full((np.int64(2),), 1).shape
full_like(x, np.float64(3))
x.new_full((np.int64(2),), np.float64(3))
x.new_zeros(np.int64(3))
x.new_ones((np.int64(3),))
tril_indices(np.int64(2), np.int64(2))
hann_window(np.int64(4))
vander(x, np.int64(3))
x.view(np.int64(2), -1)
x.reshape(np.int64(2), -1)
x[np.int64(0)]
x[np.int64(0) : np.int64(1)]
m[np.int64(0), np.int32(1)]
m[[np.int64(0), np.int64(1)]]
m[np.array([0, 1])]
m[:, np.int64(-1)]
x.sum(np.int64(0))
x.sum(tensor(0))
m.sum((tensor(0), 1))
m.transpose(tensor(0), 1)
m.narrow(0, tensor(0), 1)
m.reshape(tensor(4))
m.softmax(tensor(0))
cat([m, m], tensor(0)).shape
m.repeat(np.int64(2), 1)
m.repeat(tensor(2), 1)
m.expand(np.int64(2), np.int64(2), 2).shape
m.roll(np.int64(1), np.int64(0))
m.topk(np.int64(1)).values
m.kthvalue(np.int64(1)).values
m.unfold(np.int64(0), np.int64(2), np.int64(1))
m.chunk(np.int64(2))
m.tile(np.int64(2))
m.unbind(np.int64(1))
m.squeeze(np.int64(0))
m.unflatten(np.int64(0), (np.int64(2), 1)).shape
m.flatten(np.int64(0)).shape
m.diagonal(np.int64(1))
m.tril(np.int64(1))
m.std(np.int64(0), correction=np.int64(0))
m.var(0, correction=np.float32(1))
m.quantile(np.float64(0.5))
m.quantile(np.float32(0.5))
m.norm(np.float64(2))
m.norm(p=np.float32(1), dim=np.int64(0))
m.fill_(np.float32(3))
m.masked_fill(m > 1, np.float64(3))
m.half().masked_fill(m > 1, np.float64(3))
m.add_(np.float64(2))
m.add(m, alpha=np.float32(2))
m.mul_(np.float32(2))
m.index_fill(0, tensor([0]), np.float32(2))
m.scatter(0, tensor([[0, 1]]), np.float64(5))
m.half().scatter(0, tensor([[0, 1]]), np.float64(5))
m.lerp(m, np.float64(0.25))
m.half().lerp(m.half(), np.float64(0.25))
m.half().pow(np.float64(2))
m.half().add(m.half(), alpha=np.float64(2))
m.half().addcmul(m.half(), m.half(), value=np.float64(2))
addmm(m, m, m, beta=np.float64(2), alpha=np.float32(3))
m.nan_to_num(np.float64(0))
m.half().nan_to_num(np.float64(0))
isclose(m, m, np.float64(1e-3))
allclose(m, m, np.float64(1e-3))
m.round(decimals=np.int64(1))
polygamma(np.int64(1), x)
matrix_power(m, np.int64(2))
linalg.norm(m, np.int64(2))
linalg.norm(m, dim=np.int64(0))
fft.fft(x, np.int64(2)).dtype
m.renorm(np.int64(2), np.int64(0), np.float64(1))
m.half().renorm(np.int64(2), np.int64(0), np.float64(1))
F.leaky_relu(m.half(), np.float64(0.1))
F.elu(m.half(), np.float64(0.1))
F.gelu(m.half())
F.softplus(m, np.float64(1), np.float32(20))
F.dropout(m, np.float32(0.0))
F.pad(m, (np.int64(1), np.int64(1)))
F.pad(m, (1, 1), value=np.float64(3))
F.pad(m.half(), (1, 1), value=np.float64(3))
F.layer_norm(m, (np.int64(2),), eps=np.float64(1e-3))
F.layer_norm(m.half(), (np.int64(2),), eps=np.float64(1e-3)).dtype
F.one_hot(tensor([0, 1]), np.int64(3))
F.cross_entropy(m, tensor([0, 1]), label_smoothing=np.float64(0.1), ignore_index=np.int64(-100))
F.smooth_l1_loss(m, m + 3, beta=np.float64(2))
F.huber_loss(m, m + 3, delta=np.float32(2))
F.normalize(m, np.float64(2), np.int64(1))
F.interpolate(m[None], scale_factor=np.float64(2)).shape
F.interpolate(m[None], size=np.int64(4)).shape
F.hardtanh(m, np.float64(0), np.float64(1))
F.threshold(m.half(), np.float64(0), np.float64(1))
F.logsigmoid(m)
F.max_pool1d(m[None], np.int64(2))
F.unfold(m[None, None], np.int64(2)).shape
F.softmax(m, dim=np.int64(0))
F.glu(m, np.int64(0))
F.pixel_shuffle(ones(1, 4, 1, 1), np.int64(2)).shape
F.group_norm(ones(1, 4, 2), np.int64(2), eps=np.float64(1e-5)).dtype
F.batch_norm(m, None, None, training=True, momentum=np.float64(0.1), eps=np.float64(1e-5)).dtype
tensor([np.float32(1), 2.5]).dtype
tensor([np.float32(1), np.float64(2.5)]).dtype
tensor([[1.0, 2.0], [np.float64(2.5), 1]]).dtype
tensor([1.0, 2.0]).dtype
tensor([]).dtype
tensor([[], []]).dtype
tensor([np.array([1.0, 2.0]), np.array([1.0, 2.0])]).dtype
tensor([1j, 2.0]).dtype
tensor([np.complex64(1)]).dtype
tensor([tensor(1.0, dtype=float64)]).dtype
nn.Dropout(np.float32(0.5))
nn.Linear(np.int64(2), np.int32(3))
nn.Linear(np.int64(2), np.int32(3))(x).shape
nn.Conv2d(1, 2, np.int64(3))(ones(1, 1, 4, 4)).shape
nn.Conv2d(np.int64(1), 2, (np.int64(3), 1), stride=np.int64(2), padding=np.int64(1))(ones(1, 1, 4, 4)).shape
nn.Conv2d(2, 2, 3, dilation=np.int64(1), groups=np.int64(2))(ones(1, 2, 4, 4)).shape
nn.ConvTranspose2d(1, 2, np.int64(3), output_padding=np.int64(0))(ones(1, 1, 4, 4)).shape
nn.Conv1d(1, 2, np.int64(3), padding="same")(ones(1, 1, 4)).shape
nn.Embedding(np.int64(4), np.int64(2), padding_idx=np.int64(0))(tensor([0, 1])).shape
nn.BatchNorm1d(np.int64(2), eps=np.float64(1e-5), momentum=np.float64(0.1))(m).dtype
nn.LayerNorm(np.int64(2))(m).dtype
nn.LayerNorm(np.int64(2)).normalized_shape
nn.LayerNorm((np.int64(2),), eps=np.float64(1e-5))(m).dtype
nn.RMSNorm(np.int64(2))(m).dtype
nn.GroupNorm(np.int64(1), np.int64(2))(m).dtype
nn.InstanceNorm1d(np.int64(2))(m[None]).dtype
nn.MaxPool2d(np.int64(2))(ones(1, 1, 4, 4)).shape
nn.MaxPool2d(np.int64(2))
nn.AvgPool2d(np.int64(2), stride=np.int64(1))(ones(1, 1, 4, 4)).shape
nn.AdaptiveAvgPool2d((np.int64(1), np.int64(1)))(ones(1, 1, 4, 4)).shape
nn.ZeroPad2d(np.int64(1))(ones(1, 1, 4, 4)).shape
nn.ConstantPad1d(np.int64(1), np.float64(2))(ones(1, 1, 4)).dtype
nn.ReflectionPad1d(np.int64(1))(ones(1, 1, 4)).shape
nn.Upsample(scale_factor=np.float64(2))(ones(1, 1, 4)).shape
nn.Upsample(scale_factor=np.int64(2))(ones(1, 1, 4)).shape
nn.Upsample(size=np.int64(2))(ones(1, 1, 4)).shape
nn.LSTMCell(np.int64(2), np.int64(3))(m)[0].shape
nn.MultiheadAttention(np.int64(4), np.int64(2))(ones(2, 1, 4), ones(2, 1, 4), ones(2, 1, 4))[0].shape
nn.TransformerEncoderLayer(np.int64(4), np.int64(2), np.int64(8))(ones(2, 1, 4)).shape
nn.PReLU(np.int64(2))(m).shape
nn.LeakyReLU(np.float64(0.1))(m.half()).dtype
nn.LeakyReLU(np.float64(0.1))
nn.ELU(np.float64(0.1))(m).dtype
nn.Softmax(np.int64(0))(m).dtype
nn.Flatten(np.int64(0))(m).shape
nn.PixelShuffle(np.int64(2))(ones(1, 4, 1, 1)).shape
nn.CrossEntropyLoss(label_smoothing=np.float64(0.1))(m, tensor([0, 1]))
nn.SmoothL1Loss(beta=np.float64(2))(m, m + 1)
nn.HuberLoss(delta=np.float64(2))(m, m + 1)
nn.MarginRankingLoss(np.float64(0.5))(x, x, x)
nn.Threshold(np.float64(0.1), np.float64(20))(m).dtype
nn.Unfold(np.int64(2))(ones(1, 1, 4, 4)).shape
nn.Fold(np.int64(3), np.int64(2))(ones(1, 4, 4)).shape
nn.CosineSimilarity(dim=np.int64(1), eps=np.float64(1e-8))(m, m).dtype
nn.init.constant_(m, np.float64(2))
nn.utils.clip_grad_norm_([nn.Parameter(x)], np.float32(1))
nn.Sequential(nn.Linear(2, 2))[np.int64(0)].in_features
nn.ModuleList([nn.Linear(2, 2)])[np.int64(0)].in_features
nn.LocalResponseNorm(np.int64(2), alpha=np.float64(1e-4))(ones(1, 4, 2)).dtype
nn.Identity(np.int64(54))(m).dtype
nn.LazyLinear(np.int64(3))(m).shape
nn.EmbeddingBag(np.int64(4), np.int64(2))(tensor([[0, 1]])).shape
"""


@pytest.mark.parametrize("text", CALLS.split("\n")[1:-1])
def test_as_in_torch(text: str) -> None:
    torch = torch_or_skip()
    results = []
    for engine, layers in ((torch, torch.nn), (autograd, nn)):
        given = {
            "np": np,
            "nn": layers,
            "F": layers.functional,
            "x": engine.ones(2),
            "m": engine.tensor([[2.0, 1.0], [1.0, 3.0]]),
        }
        names = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
        given.update((each, getattr(engine, each)) for each in names if each not in given)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            results.append(as_list(eval(text, given)))
    for theirs, mine in zip(*results, strict=True):
        if isinstance(theirs, torch.Tensor):
            assert_same(mine, theirs, rtol=2e-3, atol=1e-6)
        else:
            assert str(mine).rpartition(".")[2] == str(theirs).rpartition(".")[2]


OPTIMIZERS = [each for each in vars(optim).values() if inspect.isclass(each) and issubclass(each, optim.Optimizer)]


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("optimizer", [each for each in OPTIMIZERS if each not in (optim.Optimizer, optim.LBFGS)])
def test_an_optimizer_takes_numpys_numbers(optimizer: Any, kind: type) -> None:
    known = inspect.signature(optimizer).parameters
    options: dict[str, Any] = {name: kind(each.default) for name, each in known.items() if type(each.default) is float}
    options["lr"] = kind(0.25)
    for dtype in (autograd.float32, autograd.float16):
        weight = nn.Parameter(autograd.ones(2, 2, dtype=dtype))
        descent = optimizer([weight], **options)
        for _ in range(2):
            ones = autograd.ones(2, 2, dtype=dtype)
            weight.grad = ones.to_sparse() if optimizer is optim.SparseAdam else ones
            descent.step()
        assert weight.dtype is dtype
        assert all(
            each.dtype is not autograd.float64 for each in descent.state[weight].values() if isinstance(each, Tensor)
        )


def test_a_layer_of_numpys_numbers_is_the_same_layer() -> None:
    for of_numpy, of_python in (
        (nn.Linear(np.int64(3), np.int32(2)), nn.Linear(3, 2)),
        (nn.Conv2d(np.int64(1), 2, np.int64(3), stride=np.int64(2)), nn.Conv2d(1, 2, 3, stride=2)),
        (nn.Dropout(np.float32(0.5)), nn.Dropout(0.5)),
        (nn.LayerNorm(np.int64(2)), nn.LayerNorm(2)),
        (nn.Embedding(np.int64(3), np.int64(2)), nn.Embedding(3, 2)),
        (nn.LSTM(np.int64(3), np.int64(2)), nn.LSTM(3, 2)),
        (nn.ZeroPad2d(np.int64(1)), nn.ZeroPad2d(1)),
    ):
        assert repr(of_numpy) == repr(of_python)
        shapes = [{name: x.shape for name, x in layer.state_dict().items()} for layer in (of_numpy, of_python)]
        assert shapes[0] == shapes[1]
