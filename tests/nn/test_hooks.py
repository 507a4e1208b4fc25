"""Hooks of modules, extra state, and the summary."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from tests.helpers.oracle import assert_same, torch_or_skip


class Two(nn.Module):
    """Two inputs, two outputs, one keyword."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(3, 2)

    def forward(self, x: Any, y: Any, *, scale: float = 1.0) -> Any:
        return self.linear(x) * scale, y * 2


def backward_calls(engine: Any, package: Any, change: Any) -> tuple[list[Any], list[Any]]:
    """What the backward hooks of a small net see, and the gradients in the end."""
    x = engine.tensor(np.arange(6.0).reshape(2, 3), requires_grad=True)
    first, second = package.Linear(3, 4).double(), package.Linear(4, 2).double()
    for i, p in enumerate([*first.parameters(), *second.parameters()]):
        with engine.no_grad():
            p.copy_(engine.tensor(np.cos(np.arange(p.numel()) + i).reshape(tuple(p.shape))))
    seen: list[Any] = []

    def pre(module: Any, grad_output: Any) -> Any:
        seen.append(("pre", *grad_output))
        return tuple(g * 2 for g in grad_output) if change == "output" else None

    def hook(module: Any, grad_input: Any, grad_output: Any) -> Any:
        seen.append(("hook", *grad_input, *grad_output))
        return tuple(g * 3 for g in grad_input) if change == "input" else None

    second.register_full_backward_pre_hook(pre)
    second.register_full_backward_hook(hook)
    (second(engine.tanh(first(x))) ** 2).sum().backward()
    return seen, [x.grad, *(p.grad for p in [*first.parameters(), *second.parameters()])]


@pytest.mark.parametrize("change", [None, "output", "input"])
def test_full_backward_hooks_are_torchs(change: Any) -> None:
    torch = torch_or_skip()
    ours, theirs = backward_calls(autograd, nn, change), backward_calls(torch, torch.nn, change)
    assert [call[0] for call in ours[0]] == [call[0] for call in theirs[0]] == ["pre", "hook"]
    for mine, other in zip(ours[0], theirs[0], strict=True):
        assert len(mine) == len(other)
        for g, h in zip(mine[1:], other[1:], strict=True):
            assert_same(g, h)
    for g, h in zip(ours[1], theirs[1], strict=True):
        assert_same(g, h)


def test_backward_hooks_with_several_inputs_and_outputs() -> None:
    module = Two()
    calls: list[Any] = []
    handle = module.register_full_backward_hook(lambda m, below, above: calls.append((below, above)))
    x, y = autograd.ones(2, 3), autograd.ones(2, requires_grad=True)
    a, b = module(x, y)
    (a.sum() + b.sum()).backward()
    ((below, above),) = calls
    assert below[0] is None  # x needs no gradient
    assert below[1].tolist() == [2.0, 2.0]
    assert [tuple(g.shape) for g in above] == [(2, 2), (2,)]
    handle.remove()
    calls.clear()
    module(x, y)[1].sum().backward()
    assert not calls


def test_a_backward_hook_is_called_where_no_input_needs_a_gradient() -> None:
    linear = nn.Linear(2, 1)
    calls: list[Any] = []
    linear.register_full_backward_hook(lambda m, below, above: calls.append((below, above)))
    linear(autograd.ones(1, 2)).sum().backward()
    assert calls[0][0] == (None,)
    assert calls[0][1][0].tolist() == [[1.0]]
    with autograd.no_grad():
        linear(autograd.ones(1, 2))
    assert len(calls) == 1


def test_forward_hooks_with_kwargs_and_in_order() -> None:
    module, order = Two(), []

    def pre(m: Any, args: Any, kwargs: Any) -> Any:
        order.append("pre")
        return args, {**kwargs, "scale": 0.0}

    def first(m: Any, args: Any, out: Any) -> None:
        order.append("first")

    def second(m: Any, args: Any, kwargs: Any, out: Any) -> Any:
        order.append("second")
        assert kwargs == {"scale": 0.0}
        return out[0] + 1

    module.register_forward_pre_hook(pre, with_kwargs=True)
    module.register_forward_hook(first)
    handle = module.register_forward_hook(second, prepend=True, with_kwargs=True)
    assert module(autograd.ones(1, 3), autograd.ones(1), scale=5.0).tolist() == [[1.0, 1.0]]
    assert order == ["pre", "second", "first"]
    handle.remove()
    assert isinstance(module(autograd.ones(1, 3), autograd.ones(1)), tuple)


KEPT = {
    "_forward_hooks": (lambda m, hook: m.register_forward_hook(hook), []),
    "_forward_pre_hooks": (lambda m, hook: m.register_forward_pre_hook(hook), []),
    "_backward_hooks": (lambda m, hook: m.register_full_backward_hook(hook), []),
    "_backward_pre_hooks": (lambda m, hook: m.register_full_backward_pre_hook(hook), []),
    "_forward_hooks with kwargs": (
        lambda m, hook: m.register_forward_hook(hook, with_kwargs=True, always_call=True),
        ["_forward_hooks_with_kwargs", "_forward_hooks_always_called"],
    ),
    "_forward_pre_hooks with kwargs": (
        lambda m, hook: m.register_forward_pre_hook(hook, with_kwargs=True, prepend=True),
        ["_forward_pre_hooks_with_kwargs"],
    ),
}


@pytest.mark.parametrize("kind", KEPT)
def test_a_module_keeps_hooks_as_they_are_and_what_is_special_beside_them(kind: str) -> None:
    torch = torch_or_skip()
    register, marked = KEPT[kind]
    for package in (nn, torch.nn):
        module = package.Linear(2, 2)
        handle = register(module, print)
        assert list(vars(module)[kind.split()[0]].values()) == [print]
        marks = [name for name in sorted(vars(module)) if name.startswith("_forward") and "hooks_" in name]
        assert marks == [
            "_forward_hooks_always_called",
            "_forward_hooks_with_kwargs",
            "_forward_pre_hooks_with_kwargs",
        ]
        assert {name for name in marks if handle.id in vars(module)[name]} == set(marked)
        handle.remove()
        assert not any(vars(module)[name] for name in [*marks, kind.split()[0]])


FAILURES = {  # by what fails: the hooks, in order
    "nothing": ["notes", "always", "changes", "always with kwargs"],
    "forward": ["notes", "always", "changes always", "always with kwargs"],
    "a hook": ["changes", "fails", "notes", "always", "always with kwargs"],
    "a hook that is always called": ["fails always", "always"],
    "a hook before": ["before", "always"],
    "forward and a hook": ["fails always", "always"],
}


@pytest.mark.parametrize("case", FAILURES)
def test_hooks_that_are_always_called_are_called_when_something_fails(case: str) -> None:
    def outcome(engine: Any, package: Any) -> list[Any]:
        class Failing(package.Module):  # type: ignore[misc, name-defined]
            def forward(self, x: Any, factor: float = 1.0) -> Any:
                if case.startswith("forward"):
                    raise ValueError("forward")
                return x * factor

        seen: list[Any] = []

        def hook_of(name: str) -> Any:
            def hook(module: Any, *given: Any) -> Any:
                seen.append((name, *(x.item() if hasattr(x, "item") else x for x in given[1:])))
                if "fails" in name or "before" in name:
                    raise KeyError(name)
                return engine.tensor(7.0) if "changes" in name else None

            return hook

        module = Failing()
        for name in FAILURES[case]:
            if name == "before":
                module.register_forward_pre_hook(hook_of(name))
            else:
                options = {"always_call": "always" in name, "with_kwargs": "kwargs" in name}
                module.register_forward_hook(hook_of(name), **options)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                seen.append(module(engine.tensor(2.0), factor=3.0).item())
            except (KeyError, ValueError) as error:
                seen.append(repr(error))
        return [*seen, len(caught)]

    torch = torch_or_skip()
    assert outcome(autograd, nn) == outcome(torch, torch.nn)


def test_hooks_of_modules_pickled_by_earlier_versions_are_called() -> None:
    module, seen = Two(), []
    state = {key: value for key, value in vars(module).items() if "hooks_" not in key}
    state["_forward_hooks"] = {1: (lambda m, args, out: seen.append("plain"), False)}
    state["_forward_pre_hooks"] = {2: (lambda m, args, kwargs: seen.append(kwargs), True)}
    read = Two.__new__(Two)
    read.__setstate__(state)
    read(autograd.ones(1, 3), autograd.ones(1), scale=2.0)
    assert seen == [{"scale": 2.0}, "plain"]


class Counting(nn.Module):
    """A module with something beside tensors in its state."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0
        self.linear = nn.Linear(1, 1)

    def get_extra_state(self) -> Any:
        return {"calls": self.calls}

    def set_extra_state(self, state: Any) -> None:
        self.calls = state["calls"]


def test_extra_state_and_state_hooks() -> None:
    net = nn.Sequential(Counting())
    net[0].calls = 7
    state = net.state_dict()
    assert list(state) == ["0._extra_state", "0.linear.weight", "0.linear.bias"]
    other = nn.Sequential(Counting())
    reports: list[Any] = []
    other.register_load_state_dict_post_hook(lambda module, report: reports.append(report))
    other.load_state_dict(state)
    assert other[0].calls == 7
    assert reports == [([], [])]
    del state["0._extra_state"]
    with pytest.raises(RuntimeError, match="_extra_state"):
        other.load_state_dict(state)

    def rename(module: Any, state: Any, prefix: str, *rest: Any) -> None:
        state[prefix + "linear.weight"] = state.pop(prefix + "old.weight")

    old = {
        "0._extra_state": {"calls": 1},
        "0.old.weight": autograd.full((1, 1), 5.0),
        "0.linear.bias": autograd.ones(1),
    }
    other[0].register_load_state_dict_pre_hook(rename)
    other.load_state_dict(old)
    assert other[0].linear.weight.item() == 5.0
    assert "0.old.weight" in old  # the caller's dictionary is left alone
    net.register_state_dict_post_hook(lambda module, state, prefix, metadata: state.clear())
    assert not net.state_dict()


def test_submodules_and_buffers_by_name() -> None:
    net = nn.Sequential(nn.Sequential(nn.BatchNorm1d(2)), nn.ReLU())
    assert net.get_buffer("0.0.running_mean").tolist() == [0.0, 0.0]
    with pytest.raises(AttributeError, match="no buffer"):
        net.get_buffer("0.0.weight")
    net.set_submodule("0.0", nn.Identity())
    assert isinstance(net[0][0], nn.Identity)
    with pytest.raises(AttributeError):
        net.set_submodule("0.7", nn.Identity())


def test_summary_counts() -> None:
    net = nn.Sequential(
        nn.Conv2d(3, 8, 3, stride=2, groups=1),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.ConvTranspose2d(8, 4, 2, stride=2),
        nn.Flatten(),
        nn.Linear(4 * 14 * 14, 10, bias=False),
    )
    net[0].weight.requires_grad_(False)
    report = nn.summary(net, (2, 3, 16, 16))
    rows = {row.name: row for row in report.rows}
    assert rows["0"].outputs == [(2, 8, 7, 7)]
    assert rows["0"].parameters == 8 * 3 * 9 + 8
    assert rows["0"].trainable == 8
    assert rows["0"].multiply_adds == 2 * 8 * 7 * 7 * 3 * 9
    assert rows["1"].multiply_adds == 0
    assert rows["3"].outputs == [(2, 4, 14, 14)]
    assert rows["3"].multiply_adds == 2 * 8 * 7 * 7 * 4 * 4
    assert rows["5"].multiply_adds == 2 * 10 * 4 * 14 * 14
    assert rows["5"].memory == 2 * 10 * 4
    assert report.total.multiply_adds == sum(row.multiply_adds for row in report.rows[1:])
    assert report.total.parameters == sum(p.numel() for p in net.parameters())
    assert net.training
    assert net[1].num_batches_tracked.item() == 0
    assert not net[0]._forward_hooks


def test_summary_of_attention_and_of_what_is_not_called() -> None:
    attention = nn.MultiheadAttention(8, 2, batch_first=True)
    attention.register_module("spare", nn.Linear(2, 2))
    x = autograd.ones(3, 5, 8)
    report = nn.summary(attention, (x, x, x))
    # four projections of 3 x 5 vectors of 8, and every pair of the 5 places twice
    assert report.total.multiply_adds == 4 * 3 * 5 * 8 * 8 + 2 * 3 * 5 * 5 * 8
    assert report.total.outputs == [(3, 5, 8), (3, 5, 5)]
    assert "not called" in str(report)
    assert nn.summary(attention, {"query": x, "key": x, "value": x}).total.multiply_adds == report.total.multiply_adds
