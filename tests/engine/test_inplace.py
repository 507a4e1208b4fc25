"""Writing in place: versions, views, gradients, refusals."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
import nn.functional
from autograd import BackwardError, OperationError
from tests.helpers.oracle import assert_same, host, torch_or_skip

PROGRAMS = {
    "mul on a result": "y = x * 2; y.mul_(3); out = y",
    "add with a tensor": "y = x * 2; y.add_(z); out = y * y",
    "iadd": "y = x * 1; y += z; y -= 2; y *= z; y /= 3; out = y",
    "on a view": "y = x * 2; y[0].mul_(3); out = y",
    "on a view, used as the view": "y = x * 2; v = y[0]; v.mul_(3); out = v",
    "view made before the base was written": "y = x * 2; v = y[:, 1]; y.mul_(5); out = v",
    "view through an order that gradients lack": "y = x.t() * 2; v = y.t().view(-1); v[1:4].mul_(z[0, 0]); out = y * y",
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
}


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


# Results that lie in an order of this engine's own (a convolution's, channels last) where torch's lie in C order


def _convolved() -> autograd.Tensor:
    return nn.functional.conv2d(autograd.ones(2, 3, 4, 4), autograd.ones(5, 3, 3, 3))


@pytest.mark.parametrize("shape", [(-1,), (2, -1), (10, 2, 2), (2, 5, 4)])
def test_a_write_into_a_view_of_a_convolution_arrives(shape: tuple) -> None:
    out = _convolved()
    first, row = out[0], out[:, 1]
    out.view(shape).zero_()
    for x in (out, first, row):
        assert (x == 0).all()
    first.fill_(2.0)
    assert (out[0] == 2).all()
    assert (out[1] == 0).all()


@pytest.mark.parametrize("method", ["flatten", "ravel", "contiguous", "reshape"])
def test_so_do_other_names_of_a_view(method: str) -> None:
    out = nn.functional.relu(_convolved())
    seen = getattr(out, method)(*((-1,) if method == "reshape" else ()))
    seen.add_(1.0)
    assert (out == 28).all()


def test_a_transposed_result_is_copied_as_in_torch() -> None:
    out = (autograd.ones(2, 3).t() * 2).reshape(-1)
    base = autograd.ones(2, 3).t() * 2
    base.reshape(-1).zero_()
    assert (base == 2).all()
    assert (out == 2).all()


@pytest.mark.cpu_only
def test_a_write_that_could_not_arrive_is_refused() -> None:
    out = _convolved()
    alias = out[:].detach()  # knows nothing of its base: the elements can't be moved away under it
    flat = alias.view(-1)
    with pytest.raises(autograd.OperationError, match="clone"):
        flat.zero_()
    with pytest.raises(autograd.OperationError, match="clone"):
        out.zero_()
    del flat
    out.zero_()
    assert (alias == 0).all()
    alone = _convolved()[:].detach()
    alone.view(-1).zero_()
    assert (alone == 0).all()


def test_a_detached_tensor_moves_along() -> None:
    out = _convolved()
    row, alias = out[0], out.detach()
    part = alias[1]
    alias.view(-1).zero_()
    out.reshape(-1)[0] = 5.0
    assert row.sum() == 5
    assert alias.sum() == 5
    part.fill_(1.0)
    assert out.sum() == 5 + part.numel()


def test_strides_are_those_of_torch() -> None:
    out = _convolved()
    assert out.is_contiguous()
    assert out.stride() == (20, 4, 2, 1)


def test_writes_into_windows_arrive_unless_they_overlap() -> None:
    x = autograd.arange(6.0)
    x.unfold(0, 2, 2).mul_(2)
    assert x.tolist() == [0, 2, 4, 6, 8, 10]
    windows = x.unfold(0, 3, 1)
    with pytest.raises(autograd.OperationError, match="share one place"):
        windows.mul_(2)
    windows[0] = 7.0
    assert x.tolist() == [7, 7, 7, 6, 8, 10]


@pytest.mark.parametrize(
    "make", [lambda x, i: x[i], lambda x, i: x[i, 0], lambda x, i: x[0, i], lambda x, i: x[..., i]]
)
def test_an_integer_tensor_of_one_element_picks_a_view(make: Any) -> None:
    x = autograd.zeros(3, 3)
    make(x, autograd.tensor(2)).add_(1.0)
    assert x.sum() > 0
    assert x[autograd.tensor([2])].sum() >= 0
    with pytest.raises(IndexError):
        make(x, autograd.tensor(3))


def test_tables_are_learned_by_index() -> None:
    values = autograd.zeros(4, 2)
    state, action = autograd.tensor(1), autograd.tensor(0)
    values[state][action] = 5.0
    values[state, action] += 1.0
    assert values[1, 0] == 6


# Reshaped in place


@pytest.mark.parametrize("reshape", ["unsqueeze_(0)", "t_()", "transpose_(0, 1)", "squeeze_()"])
def test_views_go_on_looking_where_they_looked(reshape: str) -> None:
    a = autograd.ones(2, 2, requires_grad=True)
    z = a * 1
    row = z[0]
    eval(f"z.{reshape}")
    row.mul_(3)
    z.sum().backward()
    assert a.grad.tolist() == [[3, 3], [1, 1]]
    assert z.detach().reshape(-1).sort().values.tolist() == [1, 1, 3, 3]


def test_a_reshaped_view_leaves_its_base_alone() -> None:
    a = autograd.ones(2, 3, requires_grad=True)
    z = a * 1
    part = z[:1]
    part.unsqueeze_(0)
    part.mul_(2)
    assert z.shape == (2, 3)
    z.sum().backward()
    assert a.grad.tolist() == [[2, 2, 2], [1, 1, 1]]


# Cycles


STEPS_WITHOUT_CYCLES = """
import gc
import autograd

w = autograd.ones(1, requires_grad=True)

def step():
    buffer = autograd.zeros(4)
    buffer[0:1] = w
    buffer[1:2].mul_(2.0)
    buffer.unsqueeze_(0)
    buffer[0, 2:].add_(w)

step()
gc.collect()
gc.disable()
step()
print(gc.collect())
"""


@pytest.mark.cpu_only
def test_nothing_waits_for_the_garbage_collector() -> None:
    """In a process of its own, where no other thread makes garbage."""
    root = Path(__file__).parents[2]
    run = subprocess.run([sys.executable, "-c", STEPS_WITHOUT_CYCLES], cwd=root, capture_output=True, text=True)
    assert run.stdout.strip() == "0", run.stdout + run.stderr


# What a composed function made on the way


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x @ x[0],
        lambda x: x.logsumexp(0),
        lambda x: x.median(0).values,
        lambda x: x.cumsum(0),
        lambda x: autograd.einsum("ij,jk->ki", x, x),
        lambda x: x.max(1).values,
        lambda x: x.prod(0),
        lambda x: nn.functional.linear(x, x),
        lambda x: autograd.tile(x, (2, 1)),
        lambda x: x.roll(1),
    ],
)
def test_a_result_is_no_view_of_what_nobody_sees(function: Any) -> None:
    x = autograd.rand(3, 3)
    with autograd.no_grad():
        out = function(x)
    w = autograd.ones(1, requires_grad=True)
    out += w
    out.sum().backward()
    assert w.grad.item() == out.numel()
    function(x.requires_grad_()).detach_()


def test_a_view_whose_base_or_sister_lives_stays_a_view() -> None:
    x = autograd.zeros(2, 3)
    row = (x * 1)[0]
    sister = row[1:]
    row.fill_(1.0)
    assert (sister == 1).all()
    sister.fill_(2.0)
    assert row.tolist() == [1, 2, 2]
    w = autograd.ones(1, requires_grad=True)
    first, second = (x * 1).split(1)
    both = second[0]
    second.add_(w)
    assert both.requires_grad
    assert not first.requires_grad or first.sum().item() == 0


def test_a_detached_alias_is_reshaped_alone() -> None:
    a = autograd.ones(3, 2, requires_grad=True)
    x = a * 1
    view = x.permute(1, 0)
    alias = x.detach()
    alias.t_()
    alias *= 2.0
    assert view.shape == (2, 3)
    view.sum().backward()
    assert a.grad.shape == (3, 2)


def test_reading_a_value_holds_on_to_nothing() -> None:
    """Nothing that was only read keeps the elements from being moved."""
    out = _convolved()
    seen = [out.tolist(), out[0, 0, 0, 0].item(), bool(out[0, 0, 0, 0])]
    held = [out._array]
    out.view(-1).zero_()
    assert (out == 0).all()
    assert len(seen) + len(held) == 4


@pytest.mark.cpu_only
def test_whoever_keeps_an_array_keeps_the_elements_where_they_are() -> None:
    out = _convolved()
    array = out.numpy()
    with pytest.raises(autograd.OperationError, match="clone"):
        out.view(-1).zero_()
    assert (array == 27).all()
