"""Recording and replay: bit for bit what eager steps give, and never silently wrong."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F
import optim
from autograd.capture import CaptureError, CaptureWarning, Instruction, record
from tests.helpers.oracle import host


def mlp() -> nn.Module:
    return nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Dropout(0.4), nn.Linear(8, 3))


def cnn() -> nn.Module:
    return nn.Sequential(
        nn.Unflatten(1, (1, 2, 3)),
        nn.Conv2d(1, 4, 2, padding=1),
        nn.BatchNorm2d(4),
        nn.GELU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(0.2),
        nn.Linear(8, 3),
    )


OPTIMIZERS: dict[str, Callable[[Any], optim.Optimizer]] = {
    "sgd": lambda p: optim.SGD(p, lr=0.1),
    "momentum": lambda p: optim.SGD(p, lr=0.1, momentum=0.9, dampening=0.1, weight_decay=0.01),
    "adam": lambda p: optim.Adam(p, lr=0.01),
    "amsgrad": lambda p: optim.AdamW(p, lr=0.01, amsgrad=True),
    "rmsprop": lambda p: optim.RMSprop(p, lr=0.01, momentum=0.5, centered=True),
    "adagrad": lambda p: optim.Adagrad(p, lr=0.1, lr_decay=0.01),
}


def train(model: Callable[[], nn.Module], optimizer: str, recorded: bool, accumulate: bool = False) -> Any:
    """Eight steps on new batches with a changing learning rate; what they leave behind."""
    autograd.manual_seed(3)
    net = model()
    descent = OPTIMIZERS[optimizer](net.parameters())

    def step(x: autograd.Tensor, y: autograd.Tensor) -> tuple[autograd.Tensor, autograd.Tensor]:
        if not accumulate:
            descent.zero_grad()
        out = net(x)
        loss = F.cross_entropy(out, y)
        loss.backward()
        descent.step()
        return loss.detach(), out.argmax(1)

    run = record(step) if recorded else step
    batches = np.random.default_rng(0)
    trace = []
    for i in range(8):
        descent.param_groups[0]["lr"] = 0.05 / (i + 1)
        x = autograd.tensor(batches.normal(size=(5, 6)), dtype=autograd.float32)
        y = autograd.tensor(batches.integers(0, 3, 5))
        loss, guesses = run(x, y)
        trace += [host(loss).copy(), host(guesses).copy()]
    state = [host(v).copy() for v in net.state_dict().values()]
    grads = [host(p.grad).copy() for p in net.parameters()]
    kept = [host(v).copy() for s in descent.state_dict()["state"].values() for v in s.values()]
    return [*trace, *state, *grads, *kept, host(autograd.rand(3))], run, net


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("model", [mlp, cnn])
def test_replay_is_eager_bit_for_bit(model: Callable[[], nn.Module], optimizer: str) -> None:
    """Losses, parameters, running statistics, gradients, optimizer state and the random stream."""
    eager, _, _ = train(model, optimizer, recorded=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        replayed, run, _ = train(model, optimizer, recorded=True)
    assert run.program is not None
    for a, b in zip(eager, replayed, strict=True):
        np.testing.assert_array_equal(a, b)


def test_accumulating_gradients() -> None:
    """.grad is None at the first step and there afterwards: both are recorded."""
    eager, _, _ = train(mlp, "adam", recorded=False, accumulate=True)
    replayed, _, _ = train(mlp, "adam", recorded=True, accumulate=True)
    for a, b in zip(eager, replayed, strict=True):
        np.testing.assert_array_equal(a, b)


def test_replay_really_replays() -> None:
    """From the third call on: two recordings agree."""
    w = autograd.ones(3, requires_grad=True)

    def step(x: autograd.Tensor) -> autograd.Tensor:
        w.grad = None
        loss = (w * x).sum()
        loss.backward()
        with autograd.no_grad():
            w.sub_(w.grad, alpha=0.5)
        return loss.detach()

    run = record(step)
    replayed = []
    losses = [(run(autograd.full((3,), float(i))).item(), replayed.append(run.replayed))[0] for i in range(1, 5)]
    assert losses == [3.0, 3.0, -4.5, -24.0]
    assert replayed == [False, False, True, True]
    replayed.clear()
    for shape in ((2, 3), (2, 3), (2, 3), (3,)):  # a new shape is recorded anew
        run(autograd.ones(shape))
        replayed.append(run.replayed)
    assert replayed == [False, False, True, True]


def test_recordings_are_bounded() -> None:
    """Eight of a function; what comes beyond runs eagerly, and is told of once."""
    run = record(lambda x, n: x * n)
    x = autograd.ones(2)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for n in range(50):
            for _ in range(3):
                assert run(x, n).tolist() == [n, n]
                assert run.replayed is (_ == 2 and n < 8)
    assert [each.category for each in told] == [CaptureWarning]
    assert "8 recordings" in str(told[0].message)
    assert run(x, 3).tolist() == [3.0, 3.0]
    assert run.replayed


def test_the_program_reads_line_by_line() -> None:
    w = autograd.ones(3, requires_grad=True)

    def step(x: autograd.Tensor) -> autograd.Tensor:
        loss = (w * x).sum()
        (g,) = autograd.grad(loss, w)
        with autograd.no_grad():
            w.sub_(g)
        return loss.detach()

    run = record(step)
    run(autograd.ones(3))
    lines = str(run.program).splitlines()
    assert lines[0] == "inputs: x0: float32[3]"
    assert lines[1] == "states: s1: float32[3]"
    assert any(line.strip().startswith("%2: float32[3] = mul(s1, x0)") for line in lines)
    assert len([line for line in lines if line.startswith("    ")]) == len(run.program)
    names = [instruction.primitive.name for instruction in run.program.instructions]
    assert names[:2] == ["mul", "sum"]
    assert "copy" in names[-1] or "sub" in names[-1]


def test_train_and_eval_are_recorded_apart() -> None:
    net = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.5))

    def forward(x: autograd.Tensor) -> autograd.Tensor:
        with autograd.no_grad():
            return net(x)

    run = record(forward)
    x = autograd.ones(100, 2)
    run(x)
    a, b = run(x), run(x)
    assert not autograd.equal(a, b)
    net.eval()
    c, d = run(x), run(x)
    assert autograd.equal(c, d)
    assert autograd.allclose(c, net[0](x))


def test_state_that_is_changed_outside_is_read_afresh() -> None:
    net = nn.Linear(2, 1)
    run = record(lambda x: net(x).detach())
    x = autograd.ones(3, 2)
    run(x)
    with autograd.no_grad():
        net.weight.fill_(2.0)
        net.bias.fill_(1.0)
    assert run(x).tolist() == [[5.0]] * 3
    net.load_state_dict({"weight": autograd.ones(1, 2), "bias": autograd.zeros(1)})
    assert run(x).tolist() == [[2.0]] * 3


def test_arguments_in_nests_and_constants() -> None:
    def step(batch: dict[str, Any], scale: float = 1.0) -> dict[str, Any]:
        return {"sum": batch["a"][0] + batch["a"][1], "scaled": [batch["b"] * scale]}

    run = record(step)
    a, b = autograd.ones(2), autograd.full((2,), 3.0)
    for scale in (2.0, 2.0, 5.0, 2.0):
        out = run({"a": [a, b], "b": b}, scale=scale)
        assert out["sum"].tolist() == [4.0, 4.0]
        assert out["scaled"][0].tolist() == [3.0 * scale] * 2
    with pytest.raises(CaptureError, match="hashable"):
        run({"a": [a, b], "b": b}, scale=bytearray(2))


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("item", lambda x: x * x.sum().item()),
        ("bool", lambda x: x if x.sum() > 0 else -x),
        ("numpy", lambda x: x + float(x.detach().cpu().numpy().max())),
        ("tolist", lambda x: x * x.tolist()[0]),
        ("boolean mask", lambda x: x[x > 0].sum()),
        ("nonzero", lambda x: autograd.nonzero(x).sum()),
    ],
)
def test_what_cannot_be_replayed_is_noticed(name: str, step: Callable[..., Any]) -> None:
    """A value read on the host: a warning that says where, then eager calls, with right results."""
    run = record(step)
    x, y = autograd.tensor([1.0, 2.0, -1.0]), autograd.tensor([-3.0, 2.0, -4.0])
    with pytest.warns(CaptureWarning, match=r"test_record\.py:\d+"):
        assert autograd.allclose(run(x).float(), step(x).float())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert autograd.allclose(run(y).float(), step(y).float())
    assert run.program is None


def test_a_tensor_that_escapes_is_noticed() -> None:
    kept = []

    def step(x: autograd.Tensor) -> autograd.Tensor:
        y = x * 2
        kept.append(y)
        return y + 1

    with pytest.warns(CaptureWarning, match="lives on outside"):
        record(step)(autograd.ones(2))


def test_a_returned_graph_is_noticed() -> None:
    w = autograd.ones(2, requires_grad=True)
    with pytest.warns(CaptureWarning, match="detach"):
        record(lambda x: w * x)(autograd.ones(2))


def test_an_error_while_recording_leaves_no_trace() -> None:
    def step(x: autograd.Tensor) -> autograd.Tensor:
        return x + autograd.ones(7)

    run = record(step)
    with pytest.raises(autograd.OperationError):
        run(autograd.ones(2))
    assert run(autograd.ones(7)).tolist() == [2.0] * 7
    assert (autograd.ones(1) + 1).tolist() == [2.0]


def test_replay_counts_versions() -> None:
    buffer = autograd.zeros(2)

    def step(x: autograd.Tensor) -> autograd.Tensor:
        buffer.add_(x)
        return buffer * 1

    run = record(step)
    run(autograd.ones(2))
    before = buffer._version
    assert run(autograd.ones(2)).tolist() == [2.0, 2.0]
    assert buffer._version > before


def test_recorded_inside_recorded() -> None:
    inner = record(lambda x: x * 2)
    outer = record(lambda x: inner(x) + 1)
    assert [outer(autograd.ones(1)).item() for _ in range(3)] == [3.0] * 3


def test_user_functions_are_recorded_through_their_operations() -> None:
    class Cube(autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x * x

        @staticmethod
        def backward(ctx, g):
            return g * 3 * ctx.saved_tensors[0] ** 2

    w = autograd.tensor([1.0, 2.0], requires_grad=True)

    def step(x: autograd.Tensor) -> autograd.Tensor:
        w.grad = None
        Cube.apply(w * x).sum().backward()
        return w.grad * 1

    run = record(step)
    for scale in (1.0, 2.0, 3.0):
        assert run(autograd.full((2,), scale)).tolist() == [3 * scale**3, 12 * scale**3]


def test_nothing_computes_past_apply() -> None:
    """The recorder sees a whole step: replaying its list alone, with nothing else running, moves everything."""
    eager, _, _ = train(cnn, "adam", recorded=False)
    _, run, net = train(cnn, "adam", recorded=True)
    names = {each.primitive.name for each in run.program.instructions if isinstance(each, Instruction)}
    assert {"convolution", "convolution_weight", "normalise", "max_pool", "update", "keep"} <= names
    states = {id(x) for x in run.program.states.values()}
    assert all(id(p) in states for p in net.parameters())
    assert eager


def test_the_log_says_why_each_recording_was_made(caplog: pytest.LogCaptureFixture) -> None:
    w = autograd.ones(3, requires_grad=True)
    factors = {"lr": 0.5}

    def step(x: Any) -> Any:
        return (w * x * factors["lr"]).sum().detach()

    recorded = record(step)
    with caplog.at_level("INFO", "autograd.capture"):
        for _ in range(3):
            recorded(autograd.ones(3))
        factors["lr"] = 0.25
        for _ in range(2):
            recorded(autograd.ones(3))
        recorded(autograd.ones(1))
        w.requires_grad_(False)
        recorded(autograd.ones(3))
    assert caplog.messages == [
        "step: recorded: the first call",
        "step: not replayed yet: there is no second recording yet",
        "step: recorded: once more, to compare",
        "step: two recordings agree: 3 operations are replayed",
        "step: recorded: factors['lr'] changed",
        "step: not replayed yet: there is no second recording yet",
        "step: recorded: once more, to compare",
        "step: two recordings agree: 3 operations are replayed",
        "step: recorded: other shapes, dtypes, numbers or modes",
        "step: not replayed yet: there is no second recording yet",
        "step: recorded: a parameter, a buffer or an optimizer's state has another shape, dtype, device or "
        "requires_grad",
        "step: not replayed yet: there is no second recording yet",
    ]
