"""backward and grad: what they accumulate, refuse, free; hooks; anomaly detection; depth and memory."""

from __future__ import annotations

import gc
import time
import tracemalloc
import weakref

import numpy as np
import pytest

import autograd
from autograd import BackwardError
from tests.helpers.oracle import host


def leaf(*values: float) -> autograd.Tensor:
    return autograd.tensor(list(values), requires_grad=True)


def test_accumulates_into_leaves() -> None:
    x = leaf(1.0, 2.0)
    (x * x).sum().backward()
    (3 * x).sum().backward()
    assert x.grad.tolist() == [5.0, 7.0]
    assert not x.grad.requires_grad


def test_gradient_argument() -> None:
    x = leaf(1.0, 2.0)
    (x * 2).backward(autograd.tensor([1.0, 10.0]))
    assert x.grad.tolist() == [2.0, 20.0]
    with pytest.raises(BackwardError, match="scalar"):
        (x * 2).backward()
    with pytest.raises(BackwardError, match="shape"):
        (x * 2).backward(autograd.ones(3))


def test_a_shared_node_is_visited_once() -> None:
    x = leaf(2.0)
    y = x * x
    z = y * y + y  # z = x^4 + x^2
    z.sum().backward()
    assert x.grad.tolist() == [36.0]


def test_same_tensor_twice() -> None:
    x = leaf(3.0)
    (x * x + x / x - x + x).sum().backward()
    assert x.grad.tolist() == [6.0]


def test_second_backward_needs_retain_graph() -> None:
    x = leaf(1.0)
    y = (x * x).sum()
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad.tolist() == [4.0]
    with pytest.raises(BackwardError, match="retain_graph=True"):
        y.backward()


def test_nothing_to_differentiate() -> None:
    with pytest.raises(BackwardError, match="require"):
        autograd.ones(1).sum().backward()
    with pytest.raises(RuntimeError):
        autograd.grad(autograd.ones(1), leaf(1.0))


def test_grad_returns_and_leaves_grad_alone() -> None:
    x, y = leaf(2.0), leaf(3.0)
    gx, gy = autograd.grad((x * y).sum(), [x, y])
    assert (gx.item(), gy.item()) == (3.0, 2.0)
    assert x.grad is None
    (g,) = autograd.grad([x * 2, x * 3], x, [autograd.ones(1), autograd.ones(1)])
    assert g.item() == 5.0


def test_grad_of_unused_input() -> None:
    x, unused = leaf(1.0), leaf(1.0)
    with pytest.raises(RuntimeError, match="allow_unused"):
        autograd.grad(x.sum(), [x, unused])
    assert autograd.grad(x.sum(), [x, unused], allow_unused=True)[1] is None
    zeros = autograd.grad(x.sum(), [x, unused], materialize_grads=True)[1]
    assert zeros.tolist() == [0.0]


def test_grad_by_inner_tensor() -> None:
    x = leaf(2.0)
    y = x * 3
    (g,) = autograd.grad((y * y).sum(), y)
    assert g.item() == 12.0


def test_backward_inputs_limits_where_gradients_go() -> None:
    x, y = leaf(2.0), leaf(3.0)
    (x * y).sum().backward(inputs=[x])
    assert x.grad.item() == 3.0
    assert y.grad is None


def test_backward_of_several_outputs() -> None:
    x = leaf(2.0)
    autograd.backward([x * 2, (x * x).sum()], [autograd.ones(1), None])
    assert x.grad.item() == 6.0


def test_higher_orders() -> None:
    x = leaf(2.0)
    y = (x**4).sum()
    orders = []
    for _ in range(4):
        (y,) = autograd.grad(y.sum(), x, create_graph=True)
        orders.append(y.item())
    assert orders == [32.0, 48.0, 48.0, 24.0]


def test_create_graph_in_backward() -> None:
    x = leaf(3.0)
    (x**3).sum().backward(create_graph=True)
    assert x.grad.requires_grad
    g = x.grad
    x.grad = None
    g.sum().backward()
    assert x.grad.item() == 18.0


def test_inner_grads_are_kept_only_on_request() -> None:
    x = leaf(2.0)
    y = x * 3
    z = y * y
    y.retain_grad()
    z.sum().backward()
    assert y.grad.item() == 12.0
    assert y.retains_grad
    with pytest.warns(UserWarning, match=r"not a leaf Tensor.*retain_grad\(\)"):
        assert z.grad is None
    with pytest.raises(RuntimeError, match="does not require grad"):
        autograd.ones(1).retain_grad()


def test_leaf_gradients_do_not_alias() -> None:
    """Two leaves that receive the same gradient do not share its memory."""
    x, y = leaf(1.0, 1.0), leaf(1.0, 1.0)
    (x + y).sum().backward()
    x.grad.mul_(5)
    assert y.grad.tolist() == [1.0, 1.0]
    seed = autograd.ones(2)
    a = leaf(1.0, 1.0)
    (a + 0).backward(seed)
    a.grad.zero_()
    assert seed.tolist() == [1.0, 1.0]


def test_an_error_leaves_gradients_alone() -> None:
    class Broken(autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 1

        @staticmethod
        def backward(ctx, g):
            raise ZeroDivisionError

    x, y = leaf(1.0), leaf(1.0)
    loss = (Broken.apply(x) * 2 + y * 3).sum()
    with pytest.raises(ZeroDivisionError):
        loss.backward()
    assert x.grad is None
    assert y.grad is None


def test_integer_and_constant_inputs_get_no_gradient() -> None:
    x = leaf(1.0, 2.0)
    i = autograd.tensor([1, 2])
    (x * i).sum().backward()
    assert x.grad.tolist() == [1.0, 2.0]
    assert not (i + i).requires_grad
    assert not (x > 0).requires_grad
    assert not x.long().requires_grad


# Hooks


def test_hooks_see_and_replace_gradients() -> None:
    x = leaf(1.0)
    seen = []
    y = x * 2
    handle = y.register_hook(lambda g: seen.append(g.item()))
    x.register_hook(lambda g: g * 10)
    (y * 3).sum().backward()
    assert seen == [3.0]
    assert x.grad.item() == 60.0
    handle.remove()
    (x * 1).sum().backward()
    assert x.grad.item() == 70.0
    assert seen == [3.0]


def test_hook_runs_once_on_the_whole_gradient() -> None:
    x = leaf(1.0)
    calls = []
    x.register_hook(lambda g: calls.append(g.item()))
    (x * 2 + x * 3).sum().backward()
    assert calls == [5.0]


def test_post_accumulate_hook() -> None:
    x = leaf(1.0)
    seen = []
    x.register_post_accumulate_grad_hook(lambda p: seen.append(p.grad.item()))
    (x * 2).sum().backward()
    (x * 2).sum().backward()
    assert seen == [2.0, 4.0]
    with pytest.raises(RuntimeError, match="leaf"):
        (x * 2).register_post_accumulate_grad_hook(print)


# Anomaly detection


def test_anomaly_names_operation_and_place() -> None:
    with autograd.detect_anomaly():
        x = leaf(0.0)
        y = autograd.sqrt(x)  # the culprit
        with pytest.raises(RuntimeError, match=r"(?s)sqrt.*# the culprit"):
            y.sum().backward()
    assert x.grad is None
    assert not autograd.is_anomaly_enabled()


def test_anomaly_without_check_and_outside() -> None:
    x = leaf(0.0)
    autograd.sqrt(x).sum().backward()
    assert np.isinf(host(x.grad)).all()
    with autograd.detect_anomaly(check_nan=False):
        autograd.sqrt(x).sum().backward()
    with autograd.set_detect_anomaly(False):
        assert not autograd.is_anomaly_enabled()


# Depth and memory


def _chain(length: int) -> autograd.Tensor:
    x = leaf(1.0)
    y = x
    for _ in range(length):
        y = y + 0.0
    y.sum().backward()
    assert x.grad.tolist() == [1.0]
    return y


def test_a_million_nodes() -> None:
    """No recursion in recording, in the sweep or in freeing, and no superlinear cost."""
    start = time.perf_counter()
    kept = _chain(100_000)
    tenth = time.perf_counter() - start
    del kept
    start = time.perf_counter()
    kept = _chain(1_000_000)
    whole = time.perf_counter() - start
    assert kept.grad_fn is not None
    del kept
    assert whole < 40 * tenth  # ten times, but for noise; quadratic would be a hundred


def test_a_wide_graph_is_swept_in_linear_time() -> None:
    x = leaf(1.0)
    total = x
    for _ in range(300):  # 2^300 paths, 600 nodes
        total = (total + total) * 0.5
    total.sum().backward()
    assert x.grad.tolist() == [1.0]


@pytest.fixture
def no_collector():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.cpu_only
def test_activations_are_freed_by_reference_counting(no_collector: None) -> None:
    w = autograd.randn(200, 200, requires_grad=True)

    def step(backward: bool) -> None:
        x = autograd.randn(200, 200)
        for _ in range(5):
            x = autograd.tanh(x @ w) + autograd.softmax(x, 1)
        if backward:
            x.sum().backward()
            w.grad = None

    step(True)
    tracemalloc.start()
    try:
        for _ in range(3):
            step(True)
            step(False)
        current, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak > 1_500_000  # the activations were there
    assert current < 100_000  # and are gone, with the collector off


def test_graph_is_freed_with_its_last_tensor(no_collector: None) -> None:
    x = leaf(1.0)
    y = autograd.exp(x) * x
    node = weakref.ref(y.grad_fn)
    y.retain_grad()
    del y
    assert node() is None


def test_a_create_graph_gradient_is_freed_too(no_collector: None) -> None:
    x = leaf(1.0)
    (g,) = autograd.grad(autograd.exp(x).sum(), x, create_graph=True)
    node = weakref.ref(g.grad_fn)
    del g
    assert node() is None


def test_saved_values_are_freed_by_backward() -> None:
    x = leaf(1.0)
    hidden = autograd.exp(x)
    array = weakref.ref(hidden)
    y = (hidden * hidden).sum()
    y.backward()
    del hidden
    assert array() is None


def test_a_graph_that_saved_nothing_can_be_swept_again() -> None:
    """As in torch: only a node whose saved values are gone refuses."""
    x = autograd.ones(3, requires_grad=True)
    total = (x + 2).sum()
    total.backward()
    total.backward()
    assert x.grad.tolist() == [2.0, 2.0, 2.0]
    square = (x * x).sum()
    square.backward()
    with pytest.raises(BackwardError, match="second time"):
        square.backward()


# Gradients kept on results


def test_retained_gradients_add_up_and_are_nobody_elses() -> None:
    x = autograd.ones(3, requires_grad=True)
    y = x * 2
    y.retain_grad()
    y.sum().backward(retain_graph=True)
    y.grad.mul_(10)
    y.sum().backward()
    assert y.grad.tolist() == [11, 11, 11]
    assert x.grad.tolist() == [4, 4, 4]


def test_a_retained_gradient_is_that_of_the_new_value() -> None:
    x = autograd.ones(2, requires_grad=True)
    y = x * 2
    y.retain_grad()
    y.mul_(3)
    y.sum().backward()
    assert y.grad.tolist() == [1, 1]
    assert x.grad.tolist() == [6, 6]


def test_the_gradient_of_a_base_has_the_share_of_its_views() -> None:
    x = autograd.ones(2, requires_grad=True)
    base = x * 1
    view = base[:1]
    view.mul_(2)
    base.retain_grad()
    total = base.sum() + view.sum()
    (found,) = autograd.grad(total, base, retain_graph=True)
    assert found.tolist() == [2, 1]
    total.backward()
    assert base.grad.tolist() == [4, 2]  # of both, as in torch
    assert x.grad.tolist() == [4, 1]


def test_a_leaf_that_no_longer_requires_grad_gets_none() -> None:
    x, y = autograd.ones(2, requires_grad=True), autograd.ones(2, requires_grad=True)
    loss = (x * y).sum()
    y.requires_grad_(False)
    loss.backward()
    assert x.grad is not None
    assert y.grad is None


def test_an_output_set_on_a_context_makes_no_cycle() -> None:
    class Double(autograd.Function):
        @staticmethod
        def forward(ctx, x):  # type: ignore[no-untyped-def]
            ctx.factor, ctx.y = 2.0, x * 2
            return ctx.y

        @staticmethod
        def backward(ctx, g):  # type: ignore[no-untyped-def]
            return g * ctx.factor * (ctx.y == ctx.y)

    x = autograd.ones(3, requires_grad=True)
    y = Double.apply(x)
    y.sum().backward(retain_graph=True)
    y.mul_(1.0)  # an attribute is not looked after, as `save_for_backward` is
    y.sum().backward()
    assert x.grad.tolist() == [4, 4, 4]
    gc.collect()
    gc.disable()
    try:
        y = Double.apply(x)
        alive = weakref.ref(y)
        del y
        assert alive() is None
    finally:
        gc.enable()


@pytest.mark.parametrize(
    "hook", [lambda g: g.float(), lambda g: g[:1], lambda g: g.sum(), lambda g: g.unsqueeze(0), lambda g: 1.0]
)
def test_a_hook_can_not_change_what_a_gradient_is(hook) -> None:  # type: ignore[no-untyped-def]
    x = autograd.ones(3, dtype=autograd.float64, requires_grad=True)
    for watched in (x, x * 2):
        handle = watched.register_hook(hook)
        with pytest.raises(BackwardError, match="hook"):
            (watched * 3).sum().backward()
        handle.remove()
    assert x.grad is None


def test_nothing_behind_the_only_target_is_asked_for() -> None:
    """As in torch: what a first pass freed there does no harm; behind one of several targets it does."""
    x = leaf(1.0, 1.0)
    y = x.exp()
    z = (y * y).sum()
    y.sum().backward()
    (gradient,) = autograd.grad(z, y, retain_graph=True)
    assert gradient.tolist() == (2 * y).tolist()
    with pytest.raises(RuntimeError, match="a second time"):
        autograd.grad(z, [x, y])
