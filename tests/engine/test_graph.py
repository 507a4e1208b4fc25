"""graph: what is saved, nodes and edges, hooks on several gradients, as torch.autograd.graph has them."""

from __future__ import annotations

import importlib
import random
from collections.abc import Callable
from typing import Any

import pytest

import autograd
from tests.helpers.oracle import torch_or_skip


def alike(check: Callable[[Any, Any], Any]) -> None:
    """The check gives the same here and in torch, whose square root is one bit off on some processors."""
    torch = torch_or_skip()
    ours, theirs = check(autograd, autograd.graph), check(torch, importlib.import_module("torch.autograd.graph"))
    assert _rounded(ours) == _rounded(theirs)


def _rounded(result: Any) -> Any:
    if isinstance(result, tuple | list):
        return type(result)(map(_rounded, result))
    return float(f"{result:.14g}") if isinstance(result, float) else result


def test_hooks_keep_what_they_like() -> None:
    def check(T: Any, graph: Any) -> Any:
        x = T.tensor([1.0, 2.0], requires_grad=True, dtype=T.float64)
        w = T.tensor([3.0, 4.0], requires_grad=True, dtype=T.float64)
        seen = []

        def pack(t: Any) -> Any:
            seen.append((tuple(t.shape), t.requires_grad))
            return t * 4

        with graph.saved_tensors_hooks(pack, lambda t: t / 4):
            y = (x * w).sqrt()
        y.sum().backward()
        return len(seen), x.grad.tolist(), w.grad.tolist()

    alike(check)


def test_hooks_and_second_derivatives() -> None:
    def check(T: Any, graph: Any) -> Any:
        x = T.tensor([1.0, 2.0], requires_grad=True, dtype=T.float64)
        with graph.saved_tensors_hooks(lambda t: t, lambda t: t):
            (g,) = T.autograd.grad((x**3).sum(), x, create_graph=True)
        return T.autograd.grad(g.sum(), x)[0].tolist()

    alike(check)


def test_what_hooks_keep_outlives_a_write_in_place() -> None:
    def check(T: Any, graph: Any) -> Any:
        x = T.tensor([1.0, -2.0], requires_grad=True, dtype=T.float64)
        with graph.saved_tensors_hooks(lambda t: t, lambda t: t):
            y = (x * 2).sigmoid_() + (x * 1).relu_()
        y.sum().backward()
        return [round(value, 9) for value in x.grad.tolist()]

    alike(check)


def test_hooks_on_a_function_of_the_user() -> None:
    def check(T: Any, graph: Any) -> Any:
        class Square(T.autograd.Function):
            @staticmethod
            def forward(ctx: Any, x: Any) -> Any:
                y = x * x
                ctx.save_for_backward(x, y)
                return y

            @staticmethod
            def backward(ctx: Any, g: Any) -> Any:
                x, y = ctx.saved_tensors
                return g * 2 * x + 0 * y

        x = T.tensor([1.0, -2.0], requires_grad=True)
        count = [0]

        def pack(t: Any) -> Any:
            count[0] += 1
            return t

        with graph.saved_tensors_hooks(pack, lambda t: t):
            y = Square.apply(x)
        y.sum().backward()
        return count[0], x.grad.tolist()

    alike(check)


def test_mistakes_of_hooks() -> None:
    graph = autograd.graph
    x = autograd.ones(2, requires_grad=True)
    with (
        pytest.raises(autograd.BackwardError, match="modified in place"),
        graph.saved_tensors_hooks(lambda t: t.add_(1), lambda t: t),
    ):
        (x * 1).exp()
    with graph.saved_tensors_hooks(lambda t: t, lambda t: 3):  # type: ignore[arg-type, return-value]
        y = x.exp()
    with pytest.raises(TypeError, match="expected a Tensor from unpack_hook, got int"):
        y.sum().backward()
    with graph.disable_saved_tensors_hooks("not here"), pytest.raises(RuntimeError, match="not here"):
        graph.saved_tensors_hooks(lambda t: t, lambda t: t).__enter__()


def test_anomalies_are_found_under_hooks() -> None:
    x = autograd.zeros(2, requires_grad=True)
    with (
        pytest.raises(RuntimeError, match="called here"),
        autograd.detect_anomaly(),
        autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t),
    ):
        x.log().sum().backward()


def test_save_on_cpu_and_mutation() -> None:
    def check(T: Any, graph: Any) -> Any:
        x = T.tensor([1.0, -2.0], requires_grad=True)
        with graph.save_on_cpu():
            y = (x * x * x).sum()
        y.backward()
        with graph.allow_mutation_on_saved_tensors():
            a = x * 1
            b = a * a
            a.mul_(5)
            (b.sum() + a.sum()).backward()
        return x.grad.tolist()

    alike(check)


@pytest.mark.parametrize("mode", ["all", "any"])
def test_hooks_on_several_gradients(mode: str) -> None:
    def check(T: Any, graph: Any) -> Any:
        a, b, c = (T.ones(2, requires_grad=True) for _ in range(3))
        d = a * 2
        calls: list[Any] = []

        def hook(found: Any) -> None:
            calls.append([g is not None for g in found] if mode == "all" else None)

        handle = graph.register_multi_grad_hook((a, b, c, d), hook, mode=mode)
        (a * b).sum().backward()
        (a * b * c * d).sum().backward()
        (a * 2).sum().backward()
        handle.remove()
        (a * 2).sum().backward()
        return calls

    alike(check)


def test_hooks_on_nodes() -> None:
    def check(T: Any, graph: Any) -> Any:
        x = T.ones(2, requires_grad=True)
        y = x * 3
        z = y * y
        seen: list[Any] = []
        y.grad_fn.register_prehook(lambda given: seen.append(("before", len(given))) or (given[0] * 2,))
        y.grad_fn.register_hook(lambda inputs, outputs: seen.append((len(inputs), len(outputs), inputs[1] is None)))
        end = y.grad_fn.next_functions[0][0]
        end.register_hook(lambda *given: seen.append("accumulated"))
        z.sum().backward()
        y.grad_fn.metadata["a"] = 1
        again = y.grad_fn.next_functions[0][0]
        edge = graph.get_gradient_edge(x)
        names = (end.name(), y.grad_fn.name(), type(edge.node).__name__, edge.output_nr)
        return seen, x.grad.tolist(), end.variable is x, end is again, names, y.grad_fn.metadata

    alike(check)


def test_saved_values_by_their_names() -> None:
    def check(T: Any, graph: Any) -> Any:
        x = T.tensor([2.0, 3.0], requires_grad=True)
        y = x * x
        z = y.sqrt()
        values = [y.grad_fn._saved_self.tolist(), y.grad_fn._saved_other.tolist(), z.grad_fn._saved_result.tolist()]
        assert not hasattr(y.grad_fn, "_saved_nothing")
        z.sum().backward()
        with pytest.raises(RuntimeError):
            y.grad_fn._saved_self  # noqa: B018
        return values

    alike(check)


def test_increment_version() -> None:
    x = autograd.ones(2, requires_grad=True)
    y = x * 1
    z = y * y
    autograd.graph.increment_version(y)
    with pytest.raises(autograd.BackwardError, match="modified in place"):
        z.sum().backward()


@pytest.mark.parametrize("symbol", ["+", "*"])
def test_the_tensor_comes_first_in_the_graph(symbol: str) -> None:
    """Of 2 * x as of x * 2, as in torch."""

    def places(engine: Any) -> list[list[bool]]:
        x = engine.ones(2, requires_grad=True)
        made = (eval(f"2 {symbol} x", {"x": x}), eval(f"x {symbol} 2", {"x": x}))
        return [[source is not None for source, _ in y.grad_fn.next_functions] for y in made]

    assert places(autograd) == places(torch_or_skip()) == [[True, False]] * 2


@pytest.mark.parametrize("seed", range(8))
def test_gradients_pass_the_tensors_in_torchs_order(seed: int) -> None:
    """Last made, first passed: also where paths of different lengths meet, and after writes in place."""

    def check(T: Any, graph: Any) -> Any:
        choice = random.Random(seed)
        passed: list[int] = []
        made = [T.tensor([0.5 + i], requires_grad=True) for i in range(3)]
        made += [x * 1.0 for x in made]
        for _ in range(12):
            x, y = choice.choice(made[3:]), choice.choice(made)
            kind = choice.choice(["mul", "add", "sin", "unbind", "write"])
            if kind == "write":
                x = x.clone()
                x[0] += y[0]
            elif kind == "unbind":
                x = T.cat([x, y]).unbind()[1].reshape(1)
            else:
                x = x.sin() if kind == "sin" else getattr(x, kind)(y)
            number = len(made)
            x.register_hook(lambda g, number=number: passed.append(number))
            made.append(x)
        sum(choice.sample(made[3:], 6)).sum().backward()
        return passed

    alike(check)
