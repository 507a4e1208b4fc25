"""Mixed precision: which operation is computed in what, that training works, the scaler's rules."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F
import optim
from autograd import amp
from tests.helpers.calls import arguments
from tests.helpers.operation import Draw, Operation
from tests.helpers.oracle import as_list, here, host, there, torch_or_skip
from tests.helpers.table import EVERY

DEVICE = autograd.get_default_device().type
pytestmark = pytest.mark.skipif(DEVICE == "strict", reason="the array API has no float16")
HALF = autograd.bfloat16 if DEVICE == "cpu" else autograd.float16
SINGLE, DOUBLE = autograd.float32, autograd.float64
ON_A_GPU = HALF if DEVICE == "cpu" else SINGLE  # what torch computes in single there and leaves in half on a CPU


CASES = [
    ("a @ b", HALF),
    ("autograd.mm(a, b)", HALF),
    ("autograd.addmm(a, a, b)", HALF),
    ("F.linear(a, b, c)", HALF),
    ("autograd.einsum('ij,jk->ik', a, b)", HALF),
    ("F.conv2d(x, w)", HALF),
    ("F.conv_transpose2d(x, w)", HALF),
    ("F.relu(a @ b)", HALF),
    ("a @ b + c.to((a @ b).dtype)", HALF),
    ("a @ b + c", SINGLE),
    ("autograd.cat([a @ b, a])", SINGLE),
    ("autograd.exp(a @ b)", ON_A_GPU),
    ("(a @ b).softmax(1)", ON_A_GPU),
    ("(a @ b).sum()", ON_A_GPU),
    ("(a @ b).pow(3)", ON_A_GPU),
    ("F.layer_norm(a @ b, (3,))", ON_A_GPU),
    ("F.mse_loss(a @ b, a)", SINGLE),
    ("F.log_softmax(a @ b, 1)", ON_A_GPU),
    ("F.cross_entropy(a @ b, t)", SINGLE),
    ("F.nll_loss(F.log_softmax(a @ b, 1), t)", SINGLE),
    ("a.double() @ b.double()", DOUBLE),
    ("F.scaled_dot_product_attention(a, b, a)", HALF),
]


def inputs(engine: Any) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    arrays = {"a": (3, 3), "b": (3, 3), "c": (3,), "x": (1, 2, 4, 4), "w": (2, 2, 3, 3)}
    made = {name: engine.tensor(rng.normal(size=shape).astype(np.float32)) for name, shape in arrays.items()}
    return {**made, "t": engine.tensor([0, 2, 1]), "autograd": engine}


@pytest.mark.parametrize(("call", "dtype"), CASES, ids=[call for call, _ in CASES])
def test_which_precision(call: str, dtype: Any) -> None:
    with autograd.autocast(DEVICE):
        ours = eval(call, {**inputs(autograd), "F": F})
    assert ours.dtype is dtype
    exact = eval(call, {**inputs(autograd), "F": F}) if ".to(" not in call else None
    if exact is not None:
        assert np.allclose(host(ours.float()), host(exact.float()), rtol=0.02, atol=0.04)
    torch = torch_or_skip()
    with torch.autocast("cpu", dtype=getattr(torch, HALF.name)):
        theirs = eval(call, {**inputs(torch), "F": torch.nn.functional})
    if DEVICE == "cpu":
        assert ours.dtype.name == str(theirs.dtype).removeprefix("torch.")


def test_outside_nothing_changes() -> None:
    a = autograd.ones(2, 2)
    with autograd.autocast(DEVICE):
        assert autograd.is_autocast_enabled()
        with autograd.autocast(DEVICE, enabled=False):
            assert (a @ a).dtype is SINGLE
            assert not autograd.is_autocast_enabled()
        assert (a @ a).dtype is HALF
    assert (a @ a).dtype is SINGLE
    with pytest.raises(RuntimeError, match="one dtype"):
        a.to(HALF) @ a
    with pytest.raises(ZeroDivisionError), autograd.autocast(DEVICE):
        _ = 1 / 0
    assert (a @ a).dtype is SINGLE

    @autograd.autocast(DEVICE)
    def product() -> Any:
        return a @ a

    assert product().dtype is HALF
    with pytest.raises(ValueError, match="bfloat16 and float16"):
        autograd.autocast(DEVICE, dtype=autograd.float64)


@pytest.mark.skipif(autograd.cuda.is_available(), reason="about machines without a GPU")
def test_without_a_gpu_it_is_switched_off() -> None:
    with pytest.warns(UserWarning, match="'cuda' is not available"):
        context = autograd.autocast("cuda")
    with context:
        assert (autograd.ones(2, 2) @ autograd.ones(2, 2)).dtype is SINGLE
    with pytest.warns(UserWarning, match="'cuda' is not available"):
        scaler = autograd.cuda.amp.GradScaler()
    assert not scaler.is_enabled()
    loss = autograd.ones(1, requires_grad=True)
    assert scaler.scale(loss) is loss
    assert scaler.get_scale() == 1.0
    assert scaler.state_dict() == {}
    scaler.update()
    with pytest.warns(UserWarning, match="not available"), autograd.cuda.amp.autocast():
        pass


def test_gradients_are_single_and_weights_are_cast_once() -> None:
    net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
    x, y = autograd.randn(6, 4), autograd.arange(6) % 2
    with autograd.autocast(DEVICE):
        out = net(x)
        again = net(x)
        loss = F.cross_entropy(out, y)
    assert out.dtype is HALF
    loss.backward()
    exact = [p.grad.clone() for p in net.parameters()]
    assert all(g.dtype is SINGLE for g in exact)
    net.zero_grad()
    F.cross_entropy(net(x), y).backward()
    for g, p in zip(exact, net.parameters(), strict=True):
        assert autograd.allclose(g, p.grad, rtol=0.05, atol=2e-3)
    casts = {id(edge[0]) for result in (out, again) for edge in result.grad_fn.edges[1:2]}
    assert len(casts) == 1


def test_backward_inside_is_the_same() -> None:
    w = autograd.full((3, 3), 0.5, requires_grad=True)
    x = autograd.ones(3, 3)
    with autograd.autocast(DEVICE):
        (x @ w).sum().backward()
        inside = w.grad.clone()
        w.grad = None
        loss = (x @ w).sum()
    loss.backward()
    assert autograd.equal(inside, w.grad)


def test_a_changed_weight_is_cast_anew() -> None:
    w = autograd.ones(2, 2, requires_grad=True)
    with autograd.autocast(DEVICE):
        before = autograd.ones(2, 2) @ w
        with autograd.no_grad():
            w.mul_(3)
        after = autograd.ones(2, 2) @ w
    assert (before[0, 0].item(), after[0, 0].item()) == (2, 6)


def train(scaler: amp.GradScaler | None, steps: int = 60) -> list[float]:
    autograd.manual_seed(0)
    net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(64, 3))
    x = autograd.randn(12, 1, 6, 6)
    y = autograd.arange(12) % 3
    optimizer = optim.Adam(net.parameters(), lr=0.01)
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        with autograd.autocast(DEVICE, enabled=scaler is not None):
            loss = F.cross_entropy(net(x), y)
        if scaler is None:
            loss.backward()
            optimizer.step()
        else:
            scaler.scale(loss).backward()
            scaler.unscale_(optimizer)
            nn.utils.clip_grad_norm_(net.parameters(), 10.0)
            scaler.step(optimizer)
            scaler.update()
        losses.append(loss.item())
    return losses


def test_training_in_mixed_precision_is_as_good() -> None:
    mixed, single = train(amp.GradScaler(DEVICE, init_scale=1024.0)), train(None)
    assert mixed[-1] < 0.05
    assert abs(mixed[0] - single[0]) < 0.01


def steps_of(engine: Any, package: Any, scaler: Any) -> list[Any]:
    """Gradients with an overflow now and then: values and scales after each update."""
    p = engine.tensor([1.0, -2.0], requires_grad=True)
    optimizer = package.SGD([p], lr=0.1)
    seen = []
    for step in range(8):
        optimizer.zero_grad()
        factor = float("inf") if step in (2, 3) else 1.0
        scaler.scale((p * p * factor).sum()).backward()
        if step % 2:
            scaler.unscale_(optimizer)
        scaler.step(optimizer)
        scaler.update()
        seen.append((p.tolist(), scaler.get_scale()))
    return seen


def test_scaler_is_torchs() -> None:
    torch = torch_or_skip()
    options: dict[str, Any] = {"init_scale": 8.0, "growth_interval": 2, "growth_factor": 4.0, "backoff_factor": 0.25}
    ours, theirs = amp.GradScaler(DEVICE, **options), torch.amp.GradScaler("cpu", **options)
    mine, other = steps_of(autograd, optim, ours), steps_of(torch, torch.optim, theirs)
    for (p, scale), (q, other_scale) in zip(mine, other, strict=True):
        assert np.allclose(p, q, rtol=1e-6)
        assert scale == other_scale
    assert ours.state_dict() == theirs.state_dict()
    fresh = amp.GradScaler(DEVICE)
    fresh.load_state_dict(theirs.state_dict())
    assert fresh.get_scale() == theirs.get_scale()


def test_scaler_errors() -> None:
    scaler = amp.GradScaler(DEVICE)
    p = autograd.ones(1, requires_grad=True)
    optimizer = optim.SGD([p], lr=0.1)
    with pytest.raises(AssertionError, match="No inf checks"):
        scaler.update()
    scaler.scale((p * 2).sum()).backward()
    scaler.unscale_(optimizer)
    with pytest.raises(RuntimeError, match="already been called"):
        scaler.unscale_(optimizer)
    scaler.step(optimizer)
    with pytest.raises(RuntimeError, match="after step"):
        scaler.unscale_(optimizer)
    with pytest.raises(RuntimeError, match="already been called"):
        scaler.step(optimizer)
    scaler.update(4.0)
    assert scaler.get_scale() == 4.0
    half = autograd.ones(1, dtype=autograd.float16, requires_grad=True)
    half.grad = autograd.ones(1, dtype=autograd.float16)
    with pytest.raises(ValueError, match="FP16"):
        scaler.unscale_(optim.SGD([half], lr=0.1))
    with pytest.raises(RuntimeError, match="Closure"):
        scaler.step(optimizer, lambda: None)
    with pytest.raises(RuntimeError, match="empty"):
        scaler.load_state_dict({})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(ValueError, match="growth factor"):
            amp.GradScaler(DEVICE, growth_factor=1.0)


def test_the_lower_precision_of_a_device() -> None:
    lower = autograd.get_autocast_dtype(DEVICE)
    assert lower is HALF
    assert autograd.get_autocast_dtype("cuda") is autograd.get_autocast_gpu_dtype() is autograd.float16
    assert autograd.get_autocast_cpu_dtype() is autograd.bfloat16
    assert autograd.is_autocast_cache_enabled()
    assert not autograd.is_autocast_cpu_enabled()
    with autograd.autocast(DEVICE, dtype=autograd.float16, cache_enabled=False):
        assert autograd.get_autocast_dtype(DEVICE) is autograd.float16
        assert (autograd.ones(2, 2) @ autograd.ones(2, 2)).dtype is autograd.float16
        assert not autograd.is_autocast_cache_enabled()
        assert autograd.is_autocast_cpu_enabled() == (DEVICE == "cpu")
    w = autograd.ones(2, 2, requires_grad=True)
    with autograd.autocast(DEVICE):
        first = autograd.ones(2, 2) @ w
        autograd.clear_autocast_cache()
        assert first.grad_fn.next_functions[1][0] is not (autograd.ones(2, 2) @ w).grad_fn.next_functions[1][0]


NO_HALF = {"linalg.ldl_factor", "linalg.ldl_factor_ex"}  # torch has no kernel, and for no elements asks for none


@pytest.mark.cpu_only
@pytest.mark.numbers
@pytest.mark.parametrize("row", EVERY)
def test_the_precision_is_torchs_on_the_cpu(row: Operation) -> None:
    """Of every operation, given single precision and given bfloat16."""
    torch = torch_or_skip()

    def of(engine: Any, kind: str) -> Any:
        def make(array: np.ndarray, _: bool) -> Any:
            if array.dtype.kind == "f":
                return engine.tensor(array.astype(np.float32)).to(getattr(engine, kind))
            return engine.tensor(array.astype(np.complex64) if array.dtype.kind == "c" else array)

        return make

    for call in row.samples(Draw()):
        for kind in ("float32", "bfloat16"):
            try:
                args, kwargs = arguments(call, of(torch, kind))
                with torch.autocast("cpu"):
                    theirs = as_list(there(row.name)(*args, **kwargs))
            except (RuntimeError, TypeError, ValueError, IndexError):  # torch has no such kernel
                continue
            if row.name in NO_HALF and kind == "bfloat16":
                continue
            args, kwargs = arguments(call, of(autograd, kind))
            with autograd.autocast("cpu"):
                ours = as_list(here(row.name)(*args, **kwargs))
            assert [x.dtype.name for x in ours] == [str(x.dtype).removeprefix("torch.") for x in theirs], kind


# What the rows above do not reach: dtypes that meet, products without sums, layers with code of their own.
FURTHER = """
tensordot(v, v, 1)
tensordot(m, m, 2)
inner(m, v)
linalg.multi_dot([v, m, v])
einsum("ij,ij->ij", m, m)
einsum("ij,ij->ij", m.bfloat16(), m.float())
einsum("i,j,k->ijk", v, v, v)
einsum("ij,kj->ikj", m, m)
einsum("ij,k->i", m, v)
einsum("i,i->i", v, v)
einsum("bij,bjk->bik", b, b)
linalg.vecdot(m.bfloat16(), m.float())
linalg.lstsq(m, m)[0]
pinverse(m)
mv(m.double(), v.double())
nn.functional.prelu(m, v[:1])
nn.functional.prelu(m.double(), v.double())
nn.functional.pad(b, (1, 1), mode="reflect")
nn.functional.pad(image, (1, 1, 1, 1), mode="circular")
nn.functional.pad(volume, (1,) * 6, mode="reflect")
nn.functional.pad(volume, (1,) * 6, mode="replicate")
nn.functional.local_response_norm(b, 2)
nn.functional.local_response_norm(image, 2)
nn.functional.max_pool3d(volume, 1, return_indices=True)[0]
nn.functional.fractional_max_pool2d(image, 2, output_size=2)
nn.functional.fractional_max_pool3d(volume, 1, output_size=2)
nn.functional.dropout(m)
nn.functional.dropout2d(image)
nn.functional.alpha_dropout(m, training=True)
nn.MaxPool3d(1)(volume)
nn.AvgPool3d(1)(volume)
nn.PReLU()(m)
nn.LocalResponseNorm(2)(image)
nn.LSTM(3, 2)(b)[0]
nn.LSTM(3, 2)(b)[1][1]
nn.LSTM(3, 2, bidirectional=True, bias=False)(b, (half, half))[1][1]
nn.GRU(3, 2)(b)[0]
nn.RNN(3, 2)(b)[0]
nn.LSTMCell(3, 2)(m)[1]
nn.TransformerEncoderLayer(3, 1)(b)
nn.MultiheadAttention(3, 1)(b, b, b)[0]
"""


@pytest.mark.cpu_only
@pytest.mark.parametrize("kind", ["float32", "bfloat16"])
@pytest.mark.parametrize("call", FURTHER.strip().splitlines())
def test_the_precision_of_more_is_torchs(call: str, kind: str) -> None:
    shapes = {
        "v": (3,),
        "m": (3, 3),
        "b": (3, 3, 3),
        "image": (1, 3, 4, 4),
        "volume": (1, 2, 3, 3, 3),
        "half": (2, 3, 2),
    }
    found = []
    for engine in (torch_or_skip(), autograd):
        given = {name: engine.ones(shape).to(getattr(engine, kind)) for name, shape in shapes.items()}
        with engine.autocast("cpu"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found.append(eval(f"engine.{call}", {**given, "engine": engine, "nn": engine.nn}).dtype)
    assert str(found[1]).removeprefix("autograd.") == str(found[0]).removeprefix("torch.")
