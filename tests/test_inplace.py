"""Writing in place: versions, views, gradients, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from oracle import assert_same, host, torch_or_skip

import autograd
from autograd import BackwardError, OperationError

PROGRAMS = {
    "mul on a result": "y = x * 2; y.mul_(3); out = y",
    "add with a tensor": "y = x * 2; y.add_(z); out = y * y",
    "iadd": "y = x * 1; y += z; y -= 2; y *= z; y /= 3; out = y",
    "on a view": "y = x * 2; y[0].mul_(3); out = y",
    "on a view, used as the view": "y = x * 2; v = y[0]; v.mul_(3); out = v",
    "view made before the base was written": "y = x * 2; v = y[:, 1]; y.mul_(5); out = v",
    "view of a view": "y = x * 2; v = y[1]; w = v[1:]; w.mul_(z[0, 0]); out = y + v.sum()",
    "two views that overlap": "y = x * 1; a = y[:, :2]; b = y[:, 1:]; a.mul_(2); b.mul_(z[:, :2]); out = y * y",
    "transposed view": "y = x * 1; y.t().mul_(z.t()); out = y * y",
    "reshaped view": "y = x * 1; y.view(-1)[2:4] = 0.0; out = y * y",
    "setitem with a tensor": "y = x * 1; y[:, 0] = z[:, 1]; out = y * y",
    "setitem with a number": "y = x * 1; y[1] = 4.0; out = y * y",
    "setitem with an index": "y = x * 1; y[[0, 1], [1, 2]] = z[:, 0] * 3; out = y * y",
    "setitem with a mask": "y = x * 1; y[y > 0.5] = 0.25; out = y * y",
    "setitem into a buffer": "y = torch.zeros(2, 3, dtype=torch.float64); y[0] = x[0] * 2; y[1] = z[1]; out = y * y",
    "copy": "y = x * 1; y.copy_(z * z); out = y * x",
    "copy broadcast": "y = x * 1; y.copy_(z[0]); out = y * x",
    "copy into a view of a buffer": "y = torch.zeros(4, 3, dtype=torch.float64); y[1:3].copy_(x); out = y * y",
    "fill and zero": "y = x * 1; y.fill_(3); w = z * 1; w.zero_(); out = y * x + w",
    "masked_fill": "y = x * 1; y.masked_fill_(z > 0, 1.5); out = y * y",
    "exp saves its output": "y = x * 1; y.exp_(); out = y",
    "sigmoid": "y = x * 1; y.sigmoid_(); out = y",
    "sqrt": "y = x * x; y.sqrt_(); out = y",
    "relu": "y = x - 0.3; y.relu_(); out = y * y",
    "pow by a tensor": "y = x.abs() + 1; y.pow_(z); out = y",
    "clamp": "y = x * 1; y.clamp_(-0.5, 0.5); out = y * 3",
    "div by itself before": "y = x * 1; y.div_(z); out = y",
    "a tensor that did not require grad": "y = torch.ones(2, 3, dtype=torch.float64); y.mul_(x); out = y * z",
    "view of one that did not": "y = torch.ones(2, 3, dtype=torch.float64); v = y[0]; y.mul_(x); out = v",
    "unsqueeze_ and squeeze_": "y = x * 1; y.unsqueeze_(0).mul_(z); y.squeeze_(); out = y * y",
    "transpose_ and t_": "y = x * 1; y.t_(); y.transpose_(0, 1); y.mul_(z); out = y * y",
    "fill_diagonal_": "y = x * 1; y.fill_diagonal_(2.0); out = y * y",
    "split views": "y = x * 1; a, b = y[:, :1], y[:, 1:]; a.mul_(2); out = y * b.sum()",
    "scatter": "y = x * 1; y.scatter_add_(1, torch.tensor([[0, 2, 0], [1, 1, 0]]), z); out = y * y",
}  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_values_and_gradients_are_torch(program: str) -> None:
    torch = torch_or_skip()
    rng = np.random.default_rng(3)
    values, others = rng.normal(size=(2, 3)), rng.normal(size=(2, 3))
    results = []
    for engine in (autograd, torch):
        names = {
            "torch": engine,
            "x": engine.tensor(values, requires_grad=True),
            "z": engine.tensor(others, requires_grad=True),
        }
        exec(program, names)
        out = names["out"]
        names["weight"] = engine.tensor(rng.permuted(np.arange(out.numel())).reshape(tuple(out.shape)) * 0.0 + 1.5)
        gx, gz = (
            engine.autograd.grad(out, [names["x"], names["z"]], names["weight"], allow_unused=True)
            if (engine is torch)
            else engine.grad(out, [names["x"], names["z"]], names["weight"], allow_unused=True)
        )
        results.append((out, gx, gz))
    for ours, theirs in zip(*results, strict=True):
        if ours is None or theirs is None:
            assert ours is None or not host(ours).any()
            assert theirs is None or not host(theirs).any()
        else:
            assert_same(ours, theirs)


def test_more_than_torch() -> None:
    """What an operation in place saved of its own tensor is kept, where torch would raise."""
    x = autograd.tensor([0.5, 1.5], dtype=autograd.float64, requires_grad=True)
    assert autograd.testing.gradcheck(lambda x: (x * 1).sigmoid_().tanh_().sqrt_(), x)

    def square(x: autograd.Tensor) -> autograd.Tensor:
        y = x * 1
        return y.mul_(y)

    assert autograd.testing.gradcheck(square, x)
    assert autograd.testing.gradgradcheck(square, x)


def test_in_place_is_twice_differentiable() -> None:
    x = autograd.tensor([0.5, 1.5], dtype=autograd.float64, requires_grad=True)

    def function(x: autograd.Tensor) -> autograd.Tensor:
        y = x * 1
        y[0].mul_(y[1])
        y.exp_()
        return y

    assert autograd.testing.gradcheck(function, x)
    assert autograd.testing.gradgradcheck(function, x)


def test_versions_are_shared_with_views() -> None:
    x = autograd.zeros(2, 2)
    row, again = x[0], x.detach()
    assert x._version == 0
    row.add_(1)
    x[1, 1] = 3.0
    again.zero_()
    assert x._version == row._version == again._version == 3
    assert x.data._version == 0


def test_stale_saved_value_raises() -> None:
    x = autograd.ones(2, requires_grad=True)
    y = x * 2
    z = y * y
    y.add_(1)
    with pytest.raises(BackwardError, match=r"mul: a value needed for the gradient .*version 1, saved at 0"):
        z.sum().backward()
    assert x.grad is None
    y = x * 2
    out = autograd.exp(y)
    out[0] = 0.0
    with pytest.raises(BackwardError, match="exp"):
        (out + autograd.exp(y)).sum().backward(autograd.ones(()))
    w = x * 2
    row = w[0]
    z = w * w
    row.zero_()
    with pytest.raises(BackwardError, match="modified in place"):
        z.sum().backward()


def test_unneeded_values_may_be_overwritten() -> None:
    x = autograd.ones(2, requires_grad=True)
    y = x * 2
    z = y + 1  # saves nothing
    y.zero_()
    z.sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]


def test_leaves_are_protected() -> None:
    x = autograd.ones(2, requires_grad=True)
    for write in (
        lambda: x.add_(1),
        lambda: x.zero_(),
        lambda: x[0].zero_(),
        lambda: x.__setitem__(0, 1.0),
        lambda: x.copy_(autograd.zeros(2)),
        lambda: x.uniform_(),
        lambda: x.__iadd__(1),
    ):
        with pytest.raises(BackwardError, match=r"leaf tensor that requires grad .*no_grad"):
            write()
    assert x.tolist() == [1.0, 1.0]
    assert x._version == 0
    with autograd.no_grad():
        x.add_(1)
    assert x.tolist() == [2.0, 2.0]
    assert x.is_leaf


def test_expanded_tensors_are_protected() -> None:
    if autograd.get_default_device() == "strict":
        pytest.skip("the array API's expand copies")
    x = autograd.ones(1, 2).expand(3, 2)
    with pytest.raises(OperationError, match="share one place in memory; clone"):
        x.add_(1)


def test_results_must_fit() -> None:
    x = autograd.ones(2)
    with pytest.raises(OperationError, match="does not fit"):
        x.add_(autograd.ones(3, 2))
    i = autograd.ones(2, dtype=autograd.int64)
    with pytest.raises(OperationError, match="can't be written"):
        i.add_(0.5)
    with pytest.raises(OperationError, match="can't be written"):
        i.div_(2)
    assert x.tolist() == [1.0, 1.0]
    assert i.tolist() == [1, 1]
    h = autograd.ones(2)
    assert h.add_(autograd.ones(2, dtype=autograd.float64)).dtype is autograd.float32
    assert h.copy_(autograd.tensor([3, 4])).tolist() == [3.0, 4.0]


def test_a_view_made_under_no_grad() -> None:
    x = autograd.ones(2, requires_grad=True)
    y = x * 1
    with autograd.no_grad():
        v = y[0]
    with pytest.raises(BackwardError, match="view made in no_grad"):
        v.mul_(x[0])
    assert y.tolist() == [1.0, 1.0]
    assert y._version == 0
