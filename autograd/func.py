"""Transformations of functions: each takes a function and returns one that computes its derivatives.

Arguments and results may be nests of tensors (see `pytree`). The transformations may be nested, and what they return
can be differentiated further: by the arguments, and by other tensors that the function uses.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from .batching import vmap
from .engine.errors import BackwardError
from .engine.modes import enable_grad, is_grad_enabled
from .engine.sweep import grad as _engine_grad
from .engine.tensor import Tensor
from .ops.creation import zeros_like
from .ops.joining import stack
from .pytree import TreeSpec, tree_flatten, tree_map, tree_unflatten

Argnums = int | tuple[int, ...]


class _Inputs:
    """Arguments to differentiate by, as leaves of a graph of their own, or tied to the one they come from."""

    def __init__(self, name: str, arguments: Any) -> None:
        self.recording = is_grad_enabled()
        given, self.spec = tree_flatten(arguments)
        self.tensors: list[Tensor] = []
        self.tied = False
        with enable_grad():
            for x in given:
                if not isinstance(x, Tensor):
                    raise TypeError(f"{name}: expected tensors to differentiate by, got {type(x).__name__}")
                outside = self.recording and x.requires_grad
                self.tied |= outside
                self.tensors.append(x.view_as(x) if outside else x.detach().requires_grad_())

    def tree(self) -> Any:
        return tree_unflatten(self.tensors, self.spec)

    def further(self, outputs: Sequence[Any]) -> bool:
        """Whether derivatives of these outputs may be differentiated again, by something outside."""
        return self.recording and (self.tied or _others(outputs, self.tensors))

    def gradients(
        self, outputs: Sequence[Tensor], weights: Sequence[Tensor] | None, create_graph: bool, keep: bool = False
    ) -> list[Tensor]:
        """The gradients of the outputs times the weights, zeros where an input does not matter."""
        pairs = [(out, None if weights is None else weights[i]) for i, out in enumerate(outputs) if out.requires_grad]
        found: Sequence[Tensor | None] = [None] * len(self.tensors)
        if pairs and self.tensors:
            found = _engine_grad(
                [out for out, _ in pairs],
                self.tensors,
                [weight for _, weight in pairs],
                retain_graph=keep or create_graph,
                create_graph=create_graph,
                allow_unused=True,
            )
        return [zeros_like(x.detach()) if g is None else g for x, g in zip(self.tensors, found, strict=True)]


def _others(outputs: Sequence[Any], own: Sequence[Tensor]) -> bool:
    """Whether the outputs depend on a leaf that is not one of these."""
    mine = {id(x) for x in own}
    stack: list[Any] = [out if out._node is None else out._node for out in outputs if out.requires_grad]
    seen: set[int] = set()
    while stack:
        source = stack.pop()
        if id(source) in seen or id(source) in mine:
            continue
        seen.add(id(source))
        if isinstance(source, Tensor):
            return True
        stack.extend(edge[0] for edge in source.edges if edge is not None)
    return False


def _tensors(name: str, result: Any) -> tuple[list[Tensor], TreeSpec]:
    outputs, spec = tree_flatten(result)
    for out in outputs:
        if not isinstance(out, Tensor):
            raise TypeError(f"{name}: the function must return tensors, got {type(out).__name__}")
    return outputs, spec


def _released(tree: Any, further: bool) -> Any:
    """The tensors of a nest, off the graph unless they may be differentiated further."""
    return tree if further else tree_map(lambda x: x.detach() if isinstance(x, Tensor) else x, tree)


def _split(name: str, result: Any, has_aux: bool) -> tuple[Any, Any]:
    if not has_aux:
        return result, None
    if not (isinstance(result, tuple) and len(result) == 2):
        raise RuntimeError(f"{name}: with has_aux the function must return a tuple (output, aux)")
    return result


def _chosen(name: str, args: tuple[Any, ...], argnums: Argnums) -> Any:
    """The arguments at these positions: one, or a tuple."""
    for i in (argnums,) if isinstance(argnums, int) else argnums:
        if not -len(args) <= i < len(args):
            raise RuntimeError(f"{name}: got argnums={i}, but there are only {len(args)} positional arguments")
    return args[argnums] if isinstance(argnums, int) else tuple(args[i] for i in argnums)


def _replaced(args: tuple[Any, ...], argnums: Argnums, chosen: Any) -> list[Any]:
    given = list(args)
    if isinstance(argnums, int):
        given[argnums] = chosen
    else:
        for i, x in zip(argnums, chosen, strict=True):
            given[i] = x
    return given


def grad_and_value(func: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False) -> Callable:
    """A function that returns (gradient, value) of `func`, whose result is a single number.

    The gradient is by the arguments at `argnums`, a tuple if those are a tuple; it can be
    differentiated again. With `has_aux`, func returns (number, anything), and the value is that pair.
    """

    @functools.wraps(func)
    def transformed(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        inputs = _Inputs("grad", _chosen("grad", args, argnums))
        with enable_grad():
            result = func(*_replaced(args, argnums, inputs.tree()), **kwargs)
            value, aux = _split("grad", result, has_aux)
            if not isinstance(value, Tensor) or value.numel() != 1 or value.ndim:
                shape = tuple(value.shape) if isinstance(value, Tensor) else type(value).__name__
                raise BackwardError(f"grad: the function must return a 0-d tensor, got {shape}")
            further = inputs.further([value])
            gradients = inputs.gradients([value], None, further, keep=has_aux)
        packed = tree_unflatten(gradients, inputs.spec)
        both = (value, aux) if has_aux else value
        return _released(packed, further), _released(both, further)

    return transformed


def grad(func: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False) -> Callable:
    """A function that computes the gradient of `func`, whose result is a single number.

    >>> import autograd
    >>> autograd.func.grad(lambda x: x**3)(autograd.tensor(2.0))
    tensor(12.)
    >>> autograd.func.grad(autograd.func.grad(lambda x: x**3))(autograd.tensor(2.0))
    tensor(12.)
    """
    both = grad_and_value(func, argnums, has_aux)

    @functools.wraps(func)
    def transformed(*args: Any, **kwargs: Any) -> Any:
        gradient, value = both(*args, **kwargs)
        return (gradient, value[1]) if has_aux else gradient

    return transformed


def value_and_grad(func: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False) -> Callable:
    """grad_and_value the other way round: (value, gradient)."""
    both = grad_and_value(func, argnums, has_aux)

    @functools.wraps(func)
    def transformed(*args: Any, **kwargs: Any) -> Any:
        gradient, value = both(*args, **kwargs)
        return value, gradient

    return transformed


def vjp(func: Callable[..., Any], *primals: Any, has_aux: bool = False) -> Any:
    """(func(*primals), a function from vectors like the outputs to their products with the Jacobian).

    With `has_aux` func returns (outputs, aux), and aux is the third item.
    """
    inputs = _Inputs("vjp", primals)
    with enable_grad():
        result, aux = _split("vjp", func(*inputs.tree()), has_aux)
    outputs, spec = _tensors("vjp", result)
    further = inputs.further(outputs)

    def pull_back(*vectors: Any, retain_graph: bool = True, create_graph: bool | None = None) -> Any:
        weights, given = tree_flatten(vectors[0] if spec.is_leaf() or len(vectors) == 1 else vectors)
        if given.num_leaves != spec.num_leaves:
            raise RuntimeError(f"vjp: expected {spec.num_leaves} vectors, like the outputs, got {given.num_leaves}")
        again = further or any(x.requires_grad for x in weights)
        recorded = is_grad_enabled() and again if create_graph is None else create_graph
        with enable_grad():
            found = inputs.gradients(outputs, weights, recorded, keep=True)
        return _released(tree_unflatten(found, inputs.spec), recorded)

    value = _released(result, further)
    return (value, pull_back, _released(aux, further)) if has_aux else (value, pull_back)


class _Linear:
    """The derivative of a function at a point as a linear map of directions.

    u^T J, a reverse sweep, is linear in u; its derivative by u in a direction v is J v, a second one.
    """

    def __init__(self, name: str, func: Callable[..., Any], primals: Any, has_aux: bool = False) -> None:
        self.name = name
        self.inputs = _Inputs(name, primals)
        with enable_grad():
            self.result, self.aux = _split(name, func(*self.inputs.tree()), has_aux)
            self.outputs, self.spec = _tensors(name, self.result)
            self.further = self.inputs.further(self.outputs)
            self.units = [zeros_like(out.detach()).requires_grad_() for out in self.outputs]
            self.products = self.inputs.gradients(self.outputs, self.units, True)

    def __call__(self, tangents: Any) -> Any:
        directions, spec = tree_flatten(tangents)
        if spec.num_leaves != self.inputs.spec.num_leaves:
            raise RuntimeError(
                f"{self.name}: expected {self.inputs.spec.num_leaves} tangents, like the primals, got {spec.num_leaves}"
            )
        for x, direction in zip(self.inputs.tensors, directions, strict=True):
            if not isinstance(direction, Tensor) or direction.shape != x.shape:
                shape = tuple(direction.shape) if isinstance(direction, Tensor) else type(direction).__name__
                raise RuntimeError(f"{self.name}: expected a tangent of shape {tuple(x.shape)}, got {shape}")
        recorded = is_grad_enabled() and (self.further or any(x.requires_grad for x in directions))
        pairs = [(g, v) for g, v in zip(self.products, directions, strict=True) if g.requires_grad]
        found: Sequence[Tensor | None] = [None] * len(self.units)
        if pairs and self.units:
            with enable_grad():
                found = _engine_grad(
                    [g for g, _ in pairs],
                    self.units,
                    [v for _, v in pairs],
                    retain_graph=True,
                    create_graph=recorded,
                    allow_unused=True,
                )
        values = [zeros_like(out.detach()) if g is None else g for out, g in zip(self.outputs, found, strict=True)]
        return _released(tree_unflatten(values, self.spec), recorded)


def jvp(func: Callable[..., Any], primals: Any, tangents: Any, *, strict: bool = False, has_aux: bool = False) -> Any:
    """(func(*primals), the derivative in the direction of the tangents).

    With `has_aux` func returns (outputs, aux), and aux is the third item.
    """
    if not isinstance(primals, tuple) or not isinstance(tangents, tuple):
        raise RuntimeError("jvp: expected primals and tangents to be tuples")
    linear = _Linear("jvp", func, primals, has_aux)
    value, direction = _released(linear.result, linear.further), linear(tangents)
    return (value, direction, _released(linear.aux, linear.further)) if has_aux else (value, direction)


def linearize(func: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[..., Any]]:
    """(func(*primals), the function of tangents that gives the derivative in their direction), computed once."""
    linear = _Linear("linearize", func, primals)
    return _released(linear.result, linear.further), lambda *tangents: linear(tangents)


def jacrev(
    func: Callable[..., Any], argnums: Argnums = 0, *, has_aux: bool = False, chunk_size: int | None = None
) -> Callable[..., Any]:
    """A function that computes the Jacobian by reverse sweeps, one for each element of the outputs.

    Of an output (*o) by an input (*i) it is a tensor (*o, *i); nests of outputs and inputs give nests.
    """

    @functools.wraps(func)
    def transformed(*args: Any, **kwargs: Any) -> Any:
        inputs = _Inputs("jacrev", _chosen("jacrev", args, argnums))
        with enable_grad():
            result, aux = _split("jacrev", func(*_replaced(args, argnums, inputs.tree()), **kwargs), has_aux)
            outputs, spec = _tensors("jacrev", result)
            further = inputs.further(outputs)
            blocks = []
            for out in outputs:
                rows = [inputs.gradients([out], [_unit(out, i)], further, keep=True) for i in range(out.numel())]
                parts = [
                    stack([row[k] for row in rows]).reshape(*out.shape, *x.shape)
                    if rows
                    else x.detach().new_zeros((*out.shape, *x.shape))
                    for k, x in enumerate(inputs.tensors)
                ]
                blocks.append(tree_unflatten(parts, inputs.spec))
        found = _released(tree_unflatten(blocks, spec), further)
        return (found, _released(aux, further)) if has_aux else found

    return transformed


def jacfwd(
    func: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False, *, randomness: str = "error"
) -> Callable[..., Any]:
    """The Jacobian by columns: one derivative in a direction for each element of the inputs."""

    @functools.wraps(func)
    def transformed(*args: Any, **kwargs: Any) -> Any:
        chosen = (_chosen("jacfwd", args, argnums),)
        linear = _Linear("jacfwd", lambda x: func(*_replaced(args, argnums, x), **kwargs), chosen, has_aux)
        inputs = linear.inputs.tensors
        still = [zeros_like(x.detach()) for x in inputs]
        parts: list[list[Tensor]] = []  # by input, of each output
        for k, x in enumerate(inputs):
            columns = []
            for i in range(x.numel()):
                directions = [*still[:k], _unit(x, i), *still[k + 1 :]]
                columns.append(tree_flatten(linear(tree_unflatten(directions, linear.inputs.spec)))[0])
            parts.append(
                [
                    stack([column[j] for column in columns], -1).reshape(*out.shape, *x.shape)
                    if columns
                    else out.detach().new_zeros((*out.shape, *x.shape))
                    for j, out in enumerate(linear.outputs)
                ]
            )
        inner = linear.inputs.spec.child(0)
        blocks = [tree_unflatten([part[j] for part in parts], inner) for j in range(len(linear.outputs))]
        found = tree_unflatten(blocks, linear.spec)
        return (found, _released(linear.aux, linear.further)) if has_aux else found

    return transformed


def _unit(like: Tensor, i: int) -> Tensor:
    """Zeros with a one at flat place i."""
    flat = zeros_like(like.detach()).reshape(-1)
    flat[i] = 1.0
    return flat.reshape(like.shape)


def hessian(func: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """A function that computes the Hessian."""
    return jacrev(jacrev(func, argnums), argnums)


def functionalize(func: Callable[..., Any], *, remove: str = "mutations") -> Callable[..., Any]:
    """The function itself: writes in place and views need not be removed before it is transformed."""
    return func


of_scripts: Any = None  # `autograd` sets what finds torch's own names in `torchlike`


if TYPE_CHECKING:
    from torchlike.func import functional_call as functional_call, stack_module_state as stack_module_state
else:

    def __getattr__(name: str) -> Any:
        """What works on modules, which stand above this."""
        found = None if name.startswith("_") or of_scripts is None else getattr(of_scripts("func"), name, None)
        if found is None:
            raise AttributeError(f"module 'autograd.func' has no attribute {name!r}")
        return found


__all__ = [
    "functionalize",
    "grad",
    "grad_and_value",
    "hessian",
    "jacfwd",
    "jacrev",
    "jvp",
    "linearize",
    "value_and_grad",
    "vjp",
    "vmap",
]
