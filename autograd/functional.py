"""Derivatives of functions as functions: Jacobians, Hessians and their products, under torch's names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .engine.errors import BackwardError
from .engine.modes import enable_grad
from .engine.sweep import grad
from .engine.tensor import Tensor
from .ops.creation import ones_like, zeros_like
from .ops.joining import stack
from .ops.shape import reshape


def _inputs(inputs: Any, create_graph: bool) -> tuple[list[Tensor], bool]:
    """The inputs as leaves (or, to be differentiated further, tied to their origin), and if they were several."""
    several = isinstance(inputs, tuple | list)
    every = list(inputs) if several else [inputs]
    made = []
    for x in every:
        if not isinstance(x, Tensor):
            raise TypeError(f"expected tensors as inputs, got {type(x).__name__}")
        made.append(x.view_as(x) if create_graph and x.requires_grad else x.detach().clone().requires_grad_())
    return made, several


def _outputs(name: str, result: Any) -> tuple[list[Tensor], bool]:
    several = isinstance(result, tuple | list)
    outputs = list(result) if several else [result]
    for out in outputs:
        if not isinstance(out, Tensor):
            raise TypeError(f"{name}: the function must return tensors, got {type(out).__name__}")
    return outputs, several


def _vectors(name: str, v: Any, like: Sequence[Tensor], what: str) -> list[Tensor]:
    if v is None:
        if len(like) == 1 and like[0].numel() == 1:
            return [ones_like(like[0].detach())]
        raise BackwardError(f"{name}: the vector v may be left out only where the {what} is a single number")
    vectors = list(v) if isinstance(v, tuple | list) else [v]
    if [tuple(x.shape) for x in vectors] != [tuple(x.shape) for x in like]:
        raise BackwardError(
            f"{name}: v must have the shapes of the {what}, {[tuple(x.shape) for x in like]}, "
            f"got {[tuple(x.shape) for x in vectors]}"
        )
    return vectors


def _packed(values: Sequence[Any], several: bool) -> Any:
    return tuple(values) if several else values[0]


def _released(values: Sequence[Tensor], create_graph: bool) -> list[Tensor]:
    return list(values) if create_graph else [x.detach() for x in values]


def _gradients(
    name: str, outputs: Sequence[Tensor], inputs: Sequence[Tensor], weights: Any, create_graph: bool, strict: bool
) -> list[Tensor]:
    """vector-Jacobian products, zeros where an input does not matter (an error if `strict`)."""
    tracked = [i for i, out in enumerate(outputs) if out.requires_grad]
    if not tracked and strict:
        raise BackwardError(f"{name}: the output does not depend on the inputs; it is an error with strict=True")
    found: Sequence[Tensor | None] = [None] * len(inputs)
    if tracked:
        found = grad(
            [outputs[i] for i in tracked],
            inputs,
            [weights[i] for i in tracked],
            retain_graph=True,
            create_graph=create_graph,
            allow_unused=True,
        )
    for i, g in enumerate(found):
        if g is None and strict:
            raise BackwardError(f"{name}: the output does not depend on input {i}; it is an error with strict=True")
    return [zeros_like(x.detach()) if g is None else g for x, g in zip(inputs, found, strict=True)]


@enable_grad()
def vjp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """(func(inputs), v^T J): the product of a vector shaped like the outputs with the Jacobian.

    >>> import autograd
    >>> autograd.functional.vjp(lambda x: x**2, autograd.tensor([1.0, 2.0]), autograd.tensor([1.0, 10.0]))[1]
    tensor([ 2., 40.])
    """
    arguments, several = _inputs(inputs, create_graph)
    outputs, several_out = _outputs("vjp", func(*arguments))
    weights = _vectors("vjp", v, outputs, "output")
    products = _gradients("vjp", outputs, arguments, weights, create_graph, strict)
    return (
        _packed(_released(outputs, create_graph), several_out),
        _packed(_released(products, create_graph), several),
    )


@enable_grad()
def jvp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """(func(inputs), J v): the Jacobian times a vector shaped like the inputs.

    Two reverse sweeps: u^T J is linear in u, and its derivative by u in the direction v is J v.

    >>> import autograd
    >>> autograd.functional.jvp(lambda x: x.sum() * x, autograd.tensor([1.0, 2.0]), autograd.tensor([1.0, 0.0]))[1]
    tensor([4., 2.])
    """
    arguments, _ = _inputs(inputs, create_graph)
    direction = _vectors("jvp", v, arguments, "input")
    outputs, several_out = _outputs("jvp", func(*arguments))
    units = [zeros_like(out.detach()).requires_grad_() for out in outputs]
    products = _gradients("jvp", outputs, arguments, units, True, strict)
    found = _gradients("jvp", products, units, direction, create_graph, False)
    return (
        _packed(_released(outputs, create_graph), several_out),
        _packed(_released(found, create_graph), several_out),
    )


@enable_grad()
def jacobian(
    func: Callable[..., Any],
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """The derivatives of every element of the outputs by every element of the inputs.

    Of one output (*o) by one input (*i) a tensor (*o, *i); tuples of them for several.

    >>> import autograd
    >>> autograd.functional.jacobian(lambda x: x**2, autograd.tensor([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 4.]])
    """
    arguments, several = _inputs(inputs, create_graph)
    outputs, several_out = _outputs("jacobian", func(*arguments))
    blocks = []
    for out in outputs:
        rows: list[list[Tensor]] = []
        flat = reshape(out, -1)
        for i in range(out.numel()):
            one = ones_like(flat[i].detach())
            rows.append(_gradients("jacobian", [flat[i]], arguments, [one], create_graph, strict))
        parts = []
        for number, x in enumerate(arguments):
            shape = (*out.shape, *x.shape)
            made = reshape(stack([row[number] for row in rows]), shape) if rows else x.new_zeros(shape)
            parts.append(made if create_graph else made.detach())
        blocks.append(_packed(parts, several))
    return _packed(blocks, several_out)


def _scalar(name: str, outputs: Sequence[Tensor]) -> Tensor:
    if len(outputs) != 1 or outputs[0].numel() != 1:
        raise BackwardError(f"{name}: the function must return a single number")
    return outputs[0]


@enable_grad()
def hessian(
    func: Callable[..., Any],
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """The second derivatives of a function with one number as its result.

    >>> import autograd
    >>> autograd.functional.hessian(lambda x: (x**3).sum(), autograd.tensor([1.0, 2.0]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """
    several = isinstance(inputs, tuple | list)

    def gradient(*arguments: Tensor) -> Any:
        outputs, _ = _outputs("hessian", func(*arguments))
        found = _gradients(
            "hessian", [_scalar("hessian", outputs)], arguments, [ones_like(outputs[0].detach())], True, strict
        )
        return tuple(found)

    rows = jacobian(gradient, tuple(inputs) if several else (inputs,), create_graph, strict)
    return rows if several else rows[0][0]


@enable_grad()
def vhp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """(func(inputs), v^T H): a vector times the Hessian."""
    arguments, several = _inputs(inputs, create_graph)
    direction = _vectors("vhp", v, arguments, "input")
    outputs, _ = _outputs("vhp", func(*arguments))
    out = _scalar("vhp", outputs)
    first = _gradients("vhp", [out], arguments, [ones_like(out.detach())], True, strict)
    second = _gradients("vhp", first, arguments, direction, create_graph, strict)
    return _released([out], create_graph)[0], _packed(_released(second, create_graph), several)


def hvp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """(func(inputs), H v): the Hessian, which is symmetric, times a vector.

    >>> import autograd
    >>> autograd.functional.hvp(lambda x: (x**3).sum(), autograd.tensor([1.0, 2.0]), autograd.ones(2))[1]
    tensor([ 6., 12.])
    """
    return vhp(func, inputs, v, create_graph, strict)
