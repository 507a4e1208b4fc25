"""func and vmap against torch.func: values, and the structure of what is returned."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import func, pytree
from tests.helpers.oracle import torch_or_skip

pytestmark = pytest.mark.cpu_only  # results are compared as NumPy's arrays

rng = np.random.default_rng(0)
A, B, V = rng.standard_normal((4, 3)), rng.standard_normal((3, 3)), rng.standard_normal(3)


def cases(T: Any, f: Any) -> Iterator[tuple[str, Any]]:
    """Results by name."""
    a, b, v = (T.tensor(x, dtype=T.float64) for x in (A, B, V))
    yield "vmap", f.vmap(lambda x: (x * v).sum())(a)
    yield "vmap of two", f.vmap(T.dot, in_dims=(0, None))(a, v)
    yield "dims", f.vmap(lambda x: x @ b, in_dims=1, out_dims=1)(b)
    yield "last dim", f.vmap(lambda x: x, in_dims=-1, out_dims=-1)(a)
    yield "vmap of vmap", f.vmap(f.vmap(lambda x, y: x * y, in_dims=(0, None)), in_dims=(None, 0))(v, v)
    nested = f.vmap(lambda d: {"s": d["x"].sum(), "t": (d["x"], d["y"] + 0)}, in_dims=({"x": 0, "y": None},))
    yield "nests", nested({"x": a, "y": v})
    yield "numbers", f.vmap(lambda x, k: x * k, in_dims=(0, None))(a, 2.0)
    yield "keywords are shared", f.vmap(lambda x, y: x * y)(a, y=a)
    yield "chunks", f.vmap(lambda x: x.sum(), chunk_size=2)(a)
    yield "no samples", f.vmap(lambda x: x * 2)(a[:0])
    yield "a shared result", f.vmap(lambda x: (x, v), out_dims=(0, None))(a)
    yield "gradients of samples", f.vmap(f.grad(lambda x: (x**3).sum()))(a)
    yield "jacobians of samples", f.vmap(f.jacrev(lambda x: (b @ x).sin()))(a)
    yield "jacfwd of samples", f.vmap(f.jacfwd(lambda x: (b @ x).sin()))(a)
    yield "hessians of samples", f.vmap(f.hessian(lambda x: (x @ b @ x).sin()))(a)
    yield "jvp of samples", f.vmap(lambda x: f.jvp(lambda y: y**2, (x,), (x,))[1])(a)
    yield "jacobian of vmap", f.jacrev(f.vmap(lambda x: (x * v).sin().sum()))(a)
    loss = lambda p: f.vmap(lambda x: (p["w"] * x).sum().tanh())(a).sum()  # noqa: E731
    yield "by a dictionary", f.grad(loss)({"w": v, "b": v})
    yield "grad in grad", f.grad(lambda x: f.grad(lambda y: (x * y**2).sum())(v).sum())(v)
    yield "hessian", f.hessian(lambda x: (x**3).sum() * x[0])(v)
    yield "hessian of nests", f.hessian(lambda p: (p["a"] ** 2 * p["b"]).sum())({"a": v, "b": v})
    yield "forward over reverse", f.jacfwd(f.jacrev(lambda x: (x**3).sum()))(v)
    yield "jacrev by two", f.jacrev(lambda x, y: (x @ y, {"k": y}), argnums=(0, 1))(b, v)
    yield "jacfwd by two", f.jacfwd(lambda x, y: (x @ y, {"k": y}), argnums=(0, 1))(b, v)
    yield "jacfwd, aux", f.jacfwd(lambda x: (x**2, x), has_aux=True)(v)
    yield "jacrev, aux", f.jacrev(lambda x: (x**2, x), has_aux=True)(v)
    yield "jvp", f.jvp(lambda x, y: (x @ y).sin(), (b, v), (b, v))
    yield "jvp, aux", f.jvp(lambda x: (x.sin(), x.cos()), (v,), (v,), has_aux=True)
    out, pull_back = f.vjp(lambda x, y: (x @ y, y.exp()), b, v)
    yield "vjp", (out, pull_back((v, v)))
    out, pull_back, aux = f.vjp(lambda x: (x.sin(), x + 1), v, has_aux=True)
    yield "vjp, aux", (out, pull_back(v), aux)
    out, push = f.linearize(lambda x: x.sin(), v)
    yield "linearize", (out, push(v), push(2 * v))
    yield "grad_and_value", f.grad_and_value(lambda x: ((x * x).sum(), x), has_aux=True)(v)
    w = T.tensor(V, requires_grad=True)
    f.grad(lambda x: (x**2 * w**2).sum())(v).sum().backward()
    yield "by what the function uses", w.grad
    yield "grad of vjp", f.grad(lambda x: f.vjp(lambda y: y.sin(), x)[1](v)[0].sum())(v)
    yield "grad of jvp", f.grad(lambda x: f.jvp(lambda y: y.sin(), (x,), (v,))[1].sum())(v)
    yield "grad through jvp", f.grad(lambda x: f.jvp(lambda y: y.sin() * x, (v,), (v,))[1].sum())(v)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
def test_as_torch() -> None:
    torch = torch_or_skip()
    flatten = torch.utils._pytree.tree_flatten
    for (name, ours), (_, theirs) in zip(cases(autograd, func), cases(torch, torch.func), strict=True):
        leaves, spec = pytree.tree_flatten(ours)
        expected, structure = flatten(theirs)
        assert "".join(repr(structure).split()) == "".join(repr(spec).split()), name
        for a, b in zip(leaves, expected, strict=True):
            np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=1e-9, atol=1e-12, err_msg=name)


x = autograd.ones(4, 3)
MISTAKES = [
    (ValueError, "no inputs", lambda: autograd.vmap(lambda: 0)()),
    (ValueError, "at least one", lambda: autograd.vmap(lambda x: x, in_dims=None)(x)),
    (ValueError, "same size", lambda: autograd.vmap(lambda x, y: x + y)(x, x[:2])),
    (ValueError, "non-Tensor", lambda: autograd.vmap(lambda x, y: x)(x, 3)),
    (ValueError, "dimensionality 2", lambda: autograd.vmap(lambda x: x, in_dims=5)(x)),
    (ValueError, "only return Tensors", lambda: autograd.vmap(lambda x: 3)(x)),
    (ValueError, "not compatible", lambda: autograd.vmap(lambda x: x, out_dims=(0, 0))(x)),
    (ValueError, "not compatible", lambda: autograd.vmap(lambda x: x, in_dims=(0, 0))(x)),
    (ValueError, "differ from sample", lambda: autograd.vmap(lambda x: x, out_dims=None)(autograd.eye(2))),
    (ValueError, "chunk_size", lambda: autograd.vmap(lambda x: x, chunk_size=0)),
    (RuntimeError, "random operation", lambda: autograd.vmap(lambda x: x + autograd.rand(3))(x)),
    (RuntimeError, "allowed values", lambda: autograd.vmap(lambda x: x, randomness="no")),
    (RuntimeError, "positional", lambda: func.grad(lambda x: x.sum(), argnums=3)(x)),
    (RuntimeError, "tangent of shape", lambda: func.jvp(lambda x: x, (x,), (x[0],))),
]


@pytest.mark.parametrize(("kind", "message", "call"), MISTAKES, ids=[message for _, message, _ in MISTAKES])
def test_mistakes(kind: type[Exception], message: str, call: Any) -> None:
    with pytest.raises(kind, match=message):
        call()


def test_randomness() -> None:
    draw = lambda x: x + autograd.rand(2)  # noqa: E731
    zeros = autograd.zeros(3, 2)
    same = autograd.vmap(draw, randomness="same")(zeros)
    assert autograd.equal(same[0], same[2])
    different = autograd.vmap(draw, randomness="different")(zeros)
    assert not autograd.equal(different[0], different[1])


@pytest.mark.parametrize("nested", [False, True])
def test_the_samples_share_one_backward_pass(nested: bool) -> None:
    torch = torch_or_skip()

    def pulled(T: Any, vmap: Any) -> Any:
        x = T.tensor([0.5, -1.0, 2.0], dtype=T.float64, requires_grad=True)
        y = (x**2).sin() * x.sum()
        pull = vmap(lambda v: T.autograd.grad(y, x, v)[0])
        weights = T.arange(18, dtype=T.float64).reshape(2, 3, 3)
        rows = vmap(pull)(weights) if nested else pull(weights[0])
        with pytest.raises(RuntimeError, match="second time"):  # the last sample has freed the graph
            T.autograd.grad(y.sum(), x)
        return rows

    np.testing.assert_allclose(pulled(autograd, autograd.vmap).numpy(), pulled(torch, torch.vmap).numpy(), rtol=1e-12)


def test_a_sample_frees_its_own_graph() -> None:
    def twice(x: Any) -> Any:
        x = x.detach().requires_grad_()
        y = (x**3).sum()
        autograd.grad(y, x)
        return autograd.grad(y, x)[0]

    with pytest.raises(RuntimeError, match="second time"):
        autograd.vmap(twice)(autograd.ones(3, 2))


def test_a_sample_that_raises_leaves_no_graph_shared() -> None:
    x = autograd.ones(3, requires_grad=True)
    y = x**2
    with pytest.raises(ZeroDivisionError):
        autograd.vmap(lambda v: 1 / 0)(autograd.eye(3))
    autograd.grad(y.sum(), x)
    with pytest.raises(RuntimeError, match="second time"):
        autograd.grad(y.sum(), x)


def test_a_function_may_branch_on_values() -> None:
    assert autograd.vmap(lambda x: x if x > 0 else -x)(autograd.tensor([1.0, -2.0])).tolist() == [1.0, 2.0]
